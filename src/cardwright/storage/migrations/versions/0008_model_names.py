"""Models' names as the index holds them: the beginnings of very long ones, which PostgreSQL refused whole."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("UPDATE cards SET model_name = substr(model_name, 1, 512) WHERE length(model_name) > 512"))
