"""Users who sign in to the console."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("user_key", TEXT, primary_key=True),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("password", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("password_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("signed_in_at", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sessions",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("sessions_user", "sessions", ["account_id", "user_name"])
    op.create_index("sessions_seen", "sessions", ["account_id", "seen_at"])
    op.create_table(
        "sign_in_tries",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("subject", TEXT, primary_key=True),
        sa.Column("ahead_to", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("sign_in_tries_ahead", "sign_in_tries", ["ahead_to"])
    op.create_table(
        "account_events",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("event_id", TEXT, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("details", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
