"""Owners of buckets, and events for access keys that are older than account events."""

import sqlalchemy as sa
from alembic import op

from cardwright.core.buckets import bucket_key
from cardwright.core.errors import Invalid
from cardwright.core.names import identifier_at
from cardwright.core.objects import parse_folder

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "buckets",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("bucket", TEXT, primary_key=True),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("claimed_by", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("buckets_name", "buckets", ["bucket"], unique=True)
    _claim_for_the_oldest_jobs()
    _add_missing_key_events()


def _claim_for_the_oldest_jobs() -> None:
    """Assign each bucket to the account that exported to it first, by the remaining job records."""
    connection = op.get_bind()
    oldest_of_each_path = sa.text(
        "SELECT account_id, output_path, created_at, created_by FROM ("
        "SELECT account_id, output_path, created_at, created_by, job_id,"
        " ROW_NUMBER() OVER (PARTITION BY output_path ORDER BY created_at, job_id) AS place FROM export_jobs"
        ") AS jobs WHERE place = 1 ORDER BY created_at, job_id"
    )
    insert = sa.text(
        "INSERT INTO buckets (account_id, bucket, claimed_at, claimed_by) VALUES (:account, :bucket, :at, :by)"
        " ON CONFLICT DO NOTHING"
    )
    for account, output_path, at, by in connection.execute(oldest_of_each_path).fetchall():
        try:
            bucket = bucket_key(parse_folder(output_path)[0])
        except Invalid:  # the path was not valid, so nothing was written there
            continue
        connection.execute(insert, {"account": account, "bucket": bucket, "at": at, "by": by})


def _add_missing_key_events() -> None:
    """Add the missing events of older access keys: verification requires them."""
    connection = op.get_bind()
    events = connection.execute(sa.text("SELECT account_id, subject, event FROM account_events"))
    known = {tuple(row) for row in events}
    keys = connection.execute(
        sa.text("SELECT account_id, access_key_id, user_name, role, created_at, revoked_at FROM access_keys")
    )
    insert = sa.text(
        "INSERT INTO account_events"
        " (account_id, event_id, at, actor, role, source, request_id, event, subject, details)"
        " VALUES (:account, :id, :at, 'migration', 'admin', '', '', :event, :key, :details)"
    )
    for account, key, user, role, created_at, revoked_at in keys.fetchall():
        for event, at, details in (
            ("access key created", created_at, f"for {user} as {role}"),
            ("access key revoked", revoked_at, f"of {user}"),
        ):
            if at is not None and (account, key, event) not in known:
                row = {
                    "account": account,
                    "id": identifier_at(at),
                    "at": at,
                    "event": event,
                    "key": key,
                    "details": details,
                }
                connection.execute(insert, row)
