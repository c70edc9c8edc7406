"""Pairs of evaluation jobs that a user chose, stored with the card."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "evaluation_pairs",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, primary_key=True),
        sa.Column("before_name", TEXT, primary_key=True),
        sa.Column("after_name", TEXT),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
        sqlite_with_rowid=False,
    )
