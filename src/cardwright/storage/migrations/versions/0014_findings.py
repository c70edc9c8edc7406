"""Findings, evidence, waivers and comments on fields."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _where(condition: str) -> dict[str, Any]:
    return {f"{engine}_where": sa.text(condition) for engine in ("sqlite", "postgresql")}


def _table(name: str, key: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column(key, TEXT, primary_key=True),
        sa.Column("card_id", TEXT, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
        sqlite_with_rowid=False,
    )


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=null)


def _large(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def upgrade() -> None:
    _findings()
    _evidence()
    _waivers()
    _field_comments()


def _findings() -> None:
    _table(
        "findings",
        "finding_id",
        _text("kind"),
        _text("severity"),
        _text("category"),
        _text("source"),
        _text("title"),
        _text("text", null=True),
        _text("pointer", null=True),
        _text("rule", null=True),
        _text("owner", null=True),
        _text("former_owners"),
        _large("due_at", null=True),
        _text("state"),
        _number("version"),
        _text("content_digest"),
        _large("opened_at"),
        _text("opened_by"),
        _large("changed_at"),
        _text("changed_by"),
        _text("resolution", null=True),
        _large("accepted_until", null=True),
        _text("accepted_digest", null=True),
        _large("ended_at", null=True),
        _text("ended_by", null=True),
        _number("fixed_version", null=True),
        _text("spans"),
    )
    op.create_index(
        "findings_rule",
        "findings",
        ["account_id", "card_id", "rule"],
        unique=True,
        **_where("ended_at IS NULL AND rule IS NOT NULL"),
    )
    op.create_index("findings_card", "findings", ["account_id", "card_id", "opened_at", "finding_id"])
    op.create_index("findings_opened", "findings", ["account_id", "opened_at", "finding_id"])
    op.create_index(
        "findings_running", "findings", ["account_id", "opened_at", "finding_id"], **_where("ended_at IS NULL")
    )
    op.create_index("findings_owner", "findings", ["account_id", "owner", "opened_at", "finding_id"])


def _evidence() -> None:
    _table(
        "evidence",
        "evidence_id",
        _text("kind"),
        _text("name"),
        _text("media_type"),
        _large("size"),
        _text("file_sha256"),
        _text("source_uri", null=True),
        _text("note", null=True),
        _number("version"),
        _text("content_digest"),
        _text("finding_id", null=True),
        _text("review_id", null=True),
        _number("decision", null=True),
        _text("pointer", null=True),
        _large("added_at"),
        _text("added_by"),
    )
    op.create_index("evidence_card", "evidence", ["account_id", "card_id", "added_at", "evidence_id"])


def _waivers() -> None:
    _table(
        "waivers",
        "waiver_id",
        _text("rule", null=True),
        _text("finding_id", null=True),
        _text("scope"),
        _text("policy_name", null=True),
        _number("version"),
        _text("content_digest"),
        _text("reason"),
        _large("requested_at"),
        _text("requested_by"),
        _large("expires_at"),
        _large("granted_at", null=True),
        _text("granted_by", null=True),
        _large("revoked_at", null=True),
        _text("revoked_by", null=True),
        _text("revocation", null=True),
    )
    op.create_index("waivers_card", "waivers", ["account_id", "card_id", "requested_at", "waiver_id"])
    op.create_index("waivers_requested", "waivers", ["account_id", "requested_at", "waiver_id"])


def _field_comments() -> None:
    _table(
        "field_comments",
        "comment_id",
        _text("reply_to", null=True),
        _text("pointer"),
        _number("version"),
        _text("content_digest"),
        _text("value_digest", null=True),
        _text("text"),
        _large("written_at"),
        _text("written_by"),
        _large("resolved_at", null=True),
        _text("resolved_by", null=True),
    )
    op.create_index("field_comments_card", "field_comments", ["account_id", "card_id", "written_at", "comment_id"])
