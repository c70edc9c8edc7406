"""The audit chain of each card. Links are only ever added."""

from collections.abc import Sequence

from cardwright.core.integrity.history import AuditLink, StoredLink
from cardwright.core.listing import Position
from cardwright.storage.engines.database import Connection

_INSERT = """
    INSERT INTO audit (account_id, card_id, sequence, name, event, at, actor, role, source, request_id, details,
        previous_digest, digest)
    VALUES (:account, :card_id, :sequence, :name, :event, :at, :actor, :role, :source, :request_id, :details,
        :previous_digest, :digest)"""

_COLUMNS = """
    account_id, card_id, name, sequence, event, at, actor, role, source, request_id, details, previous_digest"""

_LIST = f"""
    SELECT {_COLUMNS} FROM audit WHERE account_id = :account AND card_id = :card_id AND sequence < :before
    ORDER BY sequence DESC LIMIT :limit"""

_GIVING_STATUS = f"""
    SELECT {_COLUMNS} FROM audit WHERE account_id = :account AND card_id = :card_id
    AND event IN ('created', 'content', 'status', 'approval withdrawn') ORDER BY sequence"""
_COMPLETED = f"""
    SELECT {_COLUMNS} FROM audit WHERE account_id = :account AND card_id = :card_id
    AND event = 'review completed' ORDER BY sequence DESC LIMIT :limit"""
_DECIDED = f"""
    SELECT {_COLUMNS} FROM audit WHERE account_id = :account AND card_id = :card_id
    AND event = 'review decided' AND details LIKE :named ORDER BY sequence"""
# The records of findings and of what is linked to them name the finding by its identifier, which no other text has.
_OF_FINDING = f"""
    SELECT {_COLUMNS} FROM audit WHERE account_id = :account AND card_id = :card_id
    AND event IN ('finding opened', 'finding changed', 'finding ended', 'finding reopened', 'evidence added',
        'waiver requested', 'waiver granted', 'waiver revoked')
    AND details LIKE :named ORDER BY sequence DESC LIMIT :limit"""
_DELETIONS = f"SELECT {_COLUMNS} FROM audit WHERE account_id = :account AND event = 'deleted'"
_DELETION = _DELETIONS + " AND card_id = :card_id"


class AuditTable:
    """The audit chains of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def append(self, stored: StoredLink) -> None:
        link = stored.link
        self._connection.send(
            _INSERT,
            {
                "account": self._account,
                "card_id": link.card_id,
                "sequence": link.sequence,
                "name": link.name,
                "event": link.event,
                "at": link.at,
                "actor": link.actor,
                "role": link.role,
                "source": link.source,
                "request_id": link.request_id,
                "details": link.details,
                "previous_digest": link.previous_digest,
                "digest": stored.digest,
            },
        )

    def list(self, card_id: str, before: int, limit: int) -> list[AuditLink]:
        """Return at most ``limit`` links with sequence numbers below ``before``, newest first."""
        parameters = {"account": self._account, "card_id": card_id, "before": before, "limit": limit}
        return [AuditLink(*row) for row in self._connection.rows(_LIST, parameters)]

    def giving_status(self, card_id: str) -> Sequence[AuditLink]:
        """Return the links that gave a card a status or withdrew an approval, in their order."""
        parameters = {"account": self._account, "card_id": card_id}
        return [AuditLink(*row) for row in self._connection.rows(_GIVING_STATUS, parameters)]

    def completed_reviews(self, card_id: str, limit: int) -> Sequence[AuditLink]:
        """Return at most ``limit`` links that record a completed review of a card, newest first."""
        parameters = {"account": self._account, "card_id": card_id, "limit": limit}
        return [AuditLink(*row) for row in self._connection.rows(_COMPLETED, parameters)]

    def decided(self, card_id: str, review_id: str) -> Sequence[AuditLink]:
        """Return the links that record the decisions of a review, oldest first."""
        parameters = {"account": self._account, "card_id": card_id, "named": f'%"review":"{review_id}"%'}
        return [AuditLink(*row) for row in self._connection.rows(_DECIDED, parameters)]

    def of_finding(self, card_id: str, finding_id: str, limit: int) -> Sequence[AuditLink]:
        """Return at most ``limit`` links of a card about a finding, its evidence and its waivers, newest first."""
        parameters = {
            "account": self._account,
            "card_id": card_id,
            "named": f'%"finding_id":"{finding_id}"%',
            "limit": limit,
        }
        return [AuditLink(*row) for row in self._connection.rows(_OF_FINDING, parameters)]

    def deletion(self, card_id: str) -> AuditLink | None:
        """Return the link that ends the chain of a deleted card."""
        row = self._connection.row(_DELETION, {"account": self._account, "card_id": card_id})
        return None if row is None else AuditLink(*row)

    def deletions(
        self, limit: int, *, name: str | None = None, at: Position | None = None, backwards: bool = False
    ) -> Sequence[AuditLink]:
        """Return at most ``limit`` deletions before a position, newest first; backwards, those after it, oldest first.

        Args:
            name: only deletions of cards with this name.
            at: a deletion's time and card.
        """
        compare, order = (">", "ASC") if backwards else ("<", "DESC")
        sql = _DELETIONS
        parameters: dict[str, object] = {"account": self._account, "limit": limit}
        if name is not None:
            sql += " AND name = :name"
            parameters["name"] = name
        if at is not None:
            sql += f" AND (at, card_id) {compare} (:at, :at_id)"
            parameters |= {"at": at[0], "at_id": at[1]}
        rows = self._connection.rows(f"{sql} ORDER BY at {order}, card_id {order} LIMIT :limit", parameters)
        return [AuditLink(*row) for row in rows]
