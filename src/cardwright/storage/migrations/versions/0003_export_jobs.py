"""Export jobs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

WAITING: dict[str, Any] = {
    "sqlite_where": sa.text("status = 'InProgress'"),
    "postgresql_where": sa.text("status = 'InProgress'"),
}


def upgrade() -> None:
    op.create_table(
        "export_jobs",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("job_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, nullable=False),
        sa.Column("card_name", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("output_path", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("artifact", TEXT),
        sa.Column("failure_reason", TEXT),
        sa.Column("engine", TEXT),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("claim", TEXT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
        sqlite_with_rowid=False,
    )
    op.create_index("export_jobs_name", "export_jobs", ["account_id", "card_id", "name"], unique=True)
    op.create_index("export_jobs_created", "export_jobs", ["account_id", "card_id", "created_at", "job_id"])
    op.create_index("export_jobs_status", "export_jobs", ["account_id", "card_id", "status", "job_id"])
    op.create_index("export_jobs_waiting", "export_jobs", ["due_at", "job_id"], **WAITING)
