"""The audit chain of each card. Links are only ever added."""

from cardwright.core.history import AuditLink
from cardwright.storage.database import Connection

_INSERT = """
    INSERT INTO audit (account_id, card_id, sequence, name, event, at, actor, role, source, request_id, details,
        previous_digest, digest)
    VALUES (:account, :card_id, :sequence, :name, :event, :at, :actor, :role, :source, :request_id, :details,
        :previous_digest, :digest)"""

_LIST = """
    SELECT account_id, card_id, name, sequence, event, at, actor, role, source, request_id, details, previous_digest
    FROM audit WHERE account_id = :account AND card_id = :card_id AND sequence < :before
    ORDER BY sequence DESC LIMIT :limit"""


class AuditTable:
    """The audit chains of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def append(self, link: AuditLink, digest: str) -> None:
        self._connection.run(
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
                "digest": digest,
            },
        )

    def list(self, card_id: str, before: int, limit: int) -> list[AuditLink]:
        """At most ``limit`` links with sequence numbers below ``before``, the newest first."""
        parameters = {"account": self._account, "card_id": card_id, "before": before, "limit": limit}
        return [AuditLink(*row) for row in self._connection.rows(_LIST, parameters)]
