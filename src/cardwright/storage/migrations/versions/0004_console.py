"""The console's lists, search and drafts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from cardwright.core.card import card_facts
from cardwright.core.content import document_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_AT_ONCE = 200


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_index("cards_status_modified", "cards", ["account_id", "status", "modified_at", "card_id"])
    op.create_index("cards_risk_modified", "cards", ["account_id", "risk_rating", "modified_at", "card_id"])
    op.create_index(
        "cards_model_name", "cards", ["account_id", "model_name", "modified_at"], **where("model_name IS NOT NULL")
    )
    op.create_table(
        "card_texts",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("card_id", TEXT, primary_key=True),
        sa.Column("description", TEXT),
        sa.Column("owner", TEXT),
        sa.Column("evaluations", sa.Integer, nullable=False),
        sa.Column("words", TEXT),
        sa.Column("entry", sa.BigInteger),
        sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    )
    op.create_index("card_texts_owner", "card_texts", ["account_id", "owner"], **where("owner IS NOT NULL"))
    op.create_index("card_texts_unevaluated", "card_texts", ["account_id", "card_id"], **where("evaluations = 0"))
    op.create_index("card_texts_due", "card_texts", ["account_id", "card_id"], **where("words IS NULL"))
    op.create_index("card_texts_entry", "card_texts", ["entry", "account_id", "card_id"], **where("entry IS NOT NULL"))
    op.create_table(
        "drafts",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("draft_id", TEXT, primary_key=True),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("card", TEXT),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("drafts_user", "drafts", ["account_id", "user_name", "modified_at"])
    sqlite = op.get_context().dialect.name == "sqlite"
    if sqlite:
        # Contentless: card_texts stores the words, and the index identifies entries by their numbers.
        op.execute("CREATE VIRTUAL TABLE card_words USING fts5(words, content = '', detail = 'none')")
    else:
        op.execute("CREATE INDEX card_texts_words ON card_texts USING gin (to_tsvector('simple', words))")
    _read_cards_of_before()


def _read_cards_of_before() -> None:
    """Add the text row of each existing card, as the newest code reads its content."""
    connection = op.get_bind()
    select = sa.text(
        "SELECT c.account_id, c.card_id, t.content FROM cards c"
        " JOIN contents t ON t.account_id = c.account_id AND t.card_id = c.card_id AND t.version = c.version"
        " WHERE (c.account_id, c.card_id) > (:account, :card_id) ORDER BY c.account_id, c.card_id LIMIT :limit"
    )
    insert = sa.text(
        "INSERT INTO card_texts (account_id, card_id, description, owner, evaluations)"
        " VALUES (:account, :card_id, :description, :owner, :evaluations)"
    )
    account, card_id, full = "", "", True
    while full:
        rows = connection.execute(select, {"account": account, "card_id": card_id, "limit": _AT_ONCE}).fetchall()
        full = len(rows) == _AT_ONCE
        for account, card_id, content in rows:
            row = {"account": account, "card_id": card_id, **card_facts(document_of(content))}
            connection.execute(insert, row)
