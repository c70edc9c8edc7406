"""Drafts of cards, by user."""

from cardwright.core.draft import Draft, DraftLine
from cardwright.core.draft_form import read_form, stored_text
from cardwright.storage.engines.database import Connection, Row

_COLUMNS = "draft_id, user_name, created_at, modified_at, revision, name, card, step, form"
_FIND = f"SELECT {_COLUMNS} FROM drafts WHERE account_id = :account AND draft_id = :draft_id"
_LIST = """
    SELECT draft_id, name, card, step, modified_at FROM drafts WHERE account_id = :account AND user_name = :user
    ORDER BY modified_at DESC, draft_id DESC LIMIT :limit"""
_INSERT = f"""
    INSERT INTO drafts (account_id, {_COLUMNS})
    VALUES (:account, :draft_id, :user, :created_at, :modified_at, :revision, :name, :card, :step, :form)"""
_UPDATE = """
    UPDATE drafts SET modified_at = :modified_at, revision = :revision, name = :name, card = :card, step = :step,
        form = :form
    WHERE account_id = :account AND draft_id = :draft_id"""
_DELETE = "DELETE FROM drafts WHERE account_id = :account AND draft_id = :draft_id"


class DraftTable:
    """The drafts of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, draft_id: str, *, lock: bool = False) -> Draft | None:
        """Return a draft; with ``lock``, locked against other writers until the unit ends."""
        sql = _FIND + " FOR UPDATE" if lock and self._connection.engine == "postgresql" else _FIND
        row = self._connection.row(sql, {"account": self._account, "draft_id": draft_id})
        return None if row is None else _draft(row)

    def list(self, user: str, limit: int) -> list[DraftLine]:
        """Return a user's drafts, last saved first."""
        rows = self._connection.rows(_LIST, {"account": self._account, "user": user, "limit": limit})
        return [DraftLine._make(row) for row in rows]

    def insert(self, draft: Draft) -> None:
        self._connection.run(_INSERT, self._row(draft))

    def update(self, draft: Draft) -> None:
        self._connection.run(_UPDATE, self._row(draft))

    def delete(self, draft_id: str) -> None:
        self._connection.run(_DELETE, {"account": self._account, "draft_id": draft_id})

    def _row(self, draft: Draft) -> dict[str, object]:
        return {
            "account": self._account,
            "draft_id": draft.draft_id,
            "user": draft.user,
            "created_at": draft.created_at,
            "modified_at": draft.modified_at,
            "revision": draft.revision,
            "name": draft.name,
            "card": draft.card,
            "step": draft.step,
            "form": stored_text(draft.form),
        }


def _draft(row: Row) -> Draft:
    *rest, form = row
    return Draft(*rest, form=read_form(str(form)))  # type: ignore[misc]  # the columns in their order
