"""The interface of account events, and the indexes of the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("account_events", sa.Column("interface", TEXT))
    op.create_index("audit_event", "audit", ["account_id", "event", "at", "card_id", "sequence"])
    op.create_index("audit_actor", "audit", ["account_id", "actor", "event", "at", "card_id", "sequence"])
    op.create_index("audit_name", "audit", ["account_id", "name", "at", "card_id", "sequence"])
    op.create_index("account_events_event", "account_events", ["account_id", "event", "at", "event_id"])
    op.create_index("account_events_actor", "account_events", ["account_id", "actor", "event", "at", "event_id"])
