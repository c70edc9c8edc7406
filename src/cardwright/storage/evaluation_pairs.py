"""Pairs of evaluation jobs that are stored with a card."""

from collections.abc import Sequence

from cardwright.core.pairing import KeptChoice
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import as_list, listed

_LIST = """
    SELECT before_name, after_name, at, actor FROM evaluation_pairs
    WHERE account_id = :account AND card_id = :card_id ORDER BY at, before_name"""
_OF_CARDS = """
    SELECT p.card_id, p.before_name, p.after_name, p.at, p.actor
    FROM ({few}) AS few CROSS JOIN evaluation_pairs p
    WHERE p.account_id = :account AND p.card_id = few.given ORDER BY p.card_id, p.at, p.before_name"""
_PUT = """
    INSERT INTO evaluation_pairs (account_id, card_id, before_name, after_name, at, actor)
    VALUES (:account, :card_id, :before, :after, :at, :actor)
    ON CONFLICT (account_id, card_id, before_name) DO UPDATE SET after_name = :after, at = :at, actor = :actor"""
_REMOVE = """
    DELETE FROM evaluation_pairs WHERE account_id = :account AND card_id = :card_id AND before_name = :before"""
_REMOVE_ALL = "DELETE FROM evaluation_pairs WHERE account_id = :account AND card_id = :card_id"


class EvaluationPairTable:
    """The stored pairs of evaluation jobs of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def list(self, card_id: str) -> list[KeptChoice]:
        """Return the pairs of a card, oldest choice first."""
        rows = self._connection.rows(_LIST, {"account": self._account, "card_id": card_id})
        return [KeptChoice(*row) for row in rows]

    def of_cards(self, card_ids: Sequence[str]) -> dict[str, tuple[KeptChoice, ...]]:
        """Return the pairs of a few cards, by card and oldest choice first; cards without pairs are left out."""
        sql = _OF_CARDS.format(few=listed(self._connection.engine, "cards"))
        found: dict[str, tuple[KeptChoice, ...]] = {}
        for row in self._connection.rows(sql, {"account": self._account, "cards": as_list(list(card_ids))}):
            found[row[0]] = (*found.get(row[0], ()), KeptChoice(*row[1:]))
        return found

    def put(self, card_id: str, kept: KeptChoice) -> None:
        """Add a pair, replacing another one of the same older job."""
        self._connection.run(
            _PUT,
            {
                "account": self._account,
                "card_id": card_id,
                "before": kept.before,
                "after": kept.after,
                "at": kept.at,
                "actor": kept.actor,
            },
        )

    def remove(self, card_id: str, before: str) -> None:
        self._connection.run(_REMOVE, {"account": self._account, "card_id": card_id, "before": before})

    def remove_all(self, card_id: str) -> None:
        self._connection.send(_REMOVE_ALL, {"account": self._account, "card_id": card_id})
