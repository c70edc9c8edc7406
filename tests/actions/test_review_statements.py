"""What the page of a card under review asks the database."""

from collections import Counter
from typing import Any

from cardwright.actions.review_work import describe_card_review
from cardwright.actions.reviews import request_review
from cardwright.core.names import TimeOrderedIds
from cardwright.core.people import Actor
from cardwright.core.review import Verdict
from cardwright.storage.unit import Unit
from tests.actions.conftest import Verbs
from tests.actions.test_reviews import ANA, BEN, CEM, DORA, card, decide, four_eyes, team

__all__ = ["team"]


def statements(verbs: Verbs, caller: Actor, name: str) -> Counter[str]:
    """Count the statements of a read of a card's review, by the first table that each names."""
    store, seen = verbs.store, list[str]()
    transaction: Any = store.database.begin_write()
    transaction.connection.raw.set_trace_callback(seen.append)
    unit = Unit(lambda: transaction, caller, store.clock, TimeOrderedIds(), store.rules, store.known_keys.forget)
    try:
        describe_card_review(unit, name)
    finally:
        transaction.connection.raw.set_trace_callback(None)
        transaction.rollback(InterruptedError())
    return Counter(sql.split(" FROM ", 1)[1].split()[0] for sql in seen if " FROM " in sql)


def test_a_card_under_review_asks_once_who_was_deleted_however_many_decided(team: Verbs) -> None:
    four_eyes(team, count=3)
    card(team)
    team.run(ANA, request_review, "card")
    assert statements(team, BEN, "card")["account_events"] == 0
    decide(team, BEN, Verdict.APPROVE)
    decide(team, CEM, Verdict.REQUEST_CHANGES, comment="Explain the bias.")
    decide(team, DORA, Verdict.APPROVE)
    found = statements(team, BEN, "card")
    assert (found["account_events"], found["review_decisions"], found["reviews"]) == (1, 1, 1), found
