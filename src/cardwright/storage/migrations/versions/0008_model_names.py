"""Indexed model names: only the beginnings of very long names, which PostgreSQL refuses to index."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("UPDATE cards SET model_name = substr(model_name, 1, 512) WHERE length(model_name) > 512"))
