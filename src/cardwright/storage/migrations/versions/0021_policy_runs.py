"""Dry runs of policies that are stored."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "policy_runs",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("run_id", TEXT, primary_key=True),
        sa.Column("policy_name", TEXT, nullable=False),
        sa.Column("policy_version", sa.Integer, nullable=False),
        sa.Column("policy_digest", TEXT, nullable=False),
        sa.Column("begun_by", TEXT, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("worked_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("counts", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("policy_runs_policy", "policy_runs", ["account_id", "policy_name", "policy_version", "begun_at"])
    op.create_table(
        "policy_run_parts",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("run_id", TEXT, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cards", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["account_id", "run_id"], ["policy_runs.account_id", "policy_runs.run_id"]),
        sqlite_with_rowid=False,
    )
