"""Groups of cards that name only a package version, KMS keys of cards, and the index of deleted cards."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from cardwright.core.package_group import group_of_card

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("cards", sa.Column("kms_key_id", TEXT))
    _group_cards_of_versions()
    where: dict[str, Any] = {f"{engine}_where": sa.text("event = 'deleted'") for engine in ("sqlite", "postgresql")}
    op.create_index("audit_deleted", "audit", ["account_id", "at", "card_id"], **where)
    op.create_index("audit_deleted_name", "audit", ["account_id", "name", "at", "card_id"], **where)


def _group_cards_of_versions() -> None:
    """Set the group of cards that name a package version and no group."""
    connection = op.get_bind()
    ungrouped = sa.text(
        "SELECT account_id, card_id, model_package_arn, model_id FROM cards WHERE model_package_group_name IS NULL"
        " AND model_id IS NOT NULL AND (account_id, card_id) > (:account, :card) ORDER BY account_id, card_id"
        " LIMIT :limit"
    )
    update = sa.text(
        "UPDATE cards SET model_package_group_name = :group WHERE account_id = :account AND card_id = :card"
    )
    account, card = "", ""
    while rows := connection.execute(ungrouped, {"account": account, "card": card, "limit": _AT_ONCE}).fetchall():
        grouped = [(row[0], row[1], group_of_card(None, row[2], row[3])) for row in rows]
        changes = [{"account": of, "card": card_id, "group": group} for of, card_id, group in grouped if group]
        if changes:
            connection.execute(update, changes)
        account, card = rows[-1][0], rows[-1][1]
