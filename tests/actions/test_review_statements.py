"""What the page of a card under review asks the database."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from cardwright.actions.cards import review_card, update_card
from cardwright.actions.evaluation_pairs import JobOf, keep_pair
from cardwright.actions.review_work import describe_card_review, my_work
from cardwright.actions.reviews import request_review
from cardwright.console.reviewing.row_changes import RowChanges
from cardwright.core.card import Status
from cardwright.core.metric_changes import Verdict as Moved
from cardwright.core.names import TimeOrderedIds
from cardwright.core.people import Actor
from cardwright.core.review import Review, Verdict
from cardwright.storage.unit import Unit
from tests.actions.conftest import Verbs
from tests.actions.test_reviews import ANA, BEN, CEM, DORA, card, decide, four_eyes, team

__all__ = ["team"]


def statements(verbs: Verbs, caller: Actor, name: str) -> Counter[str]:
    """Count the statements of a read of a card's review, by the first table that each names."""
    seen = traced(verbs, caller, lambda unit: describe_card_review(unit, name))
    return Counter(sql.split(" FROM ", 1)[1].split()[0] for sql in seen if " FROM " in sql)


def traced(verbs: Verbs, caller: Actor, read: Callable[[Unit], object]) -> list[str]:
    """The statements of a read."""
    store, seen = verbs.store, list[str]()
    transaction: Any = store.database.begin_write()
    transaction.connection.raw.set_trace_callback(seen.append)
    unit = Unit(
        lambda: transaction, caller, store.clock, TimeOrderedIds(), store.rules, store.seals, store.known_keys.forget
    )
    try:
        read(unit)
    finally:
        transaction.connection.raw.set_trace_callback(None)
        transaction.rollback(InterruptedError())
    return seen


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


def test_the_changes_of_a_page_of_reviews_take_three_statements_however_many(team: Verbs) -> None:
    def evaluated(auc: float, recall: float) -> str:
        numbers = {"auc": auc, "recall": recall}
        metrics = [{"name": name, "type": "number", "value": value} for name, value in numbers.items()]
        groups = [{"name": "g", "metric_data": metrics}]
        jobs = [{"name": f"job {auc}", "metric_groups": groups}]
        return json.dumps({"evaluation_details": jobs, "model_overview": {"model_owner": f"team {number}"}})

    for number in range(8):
        name = card(team, f"card-{number}", evaluated(0.5, 0.5))
        if number % 2:
            team.run(BEN, review_card, name, Status.APPROVED, None)
            team.run(BEN, update_card, name, evaluated(0.9, 0.9), Status.DRAFT)
        team.run(ANA, update_card, name, evaluated(0.6, 0.4), None)
        team.run(ANA, keep_pair, name, JobOf(1, "job 0.5"), JobOf(3 if number % 2 else 2, "job 0.6"))
        team.run(ANA, request_review, name)
    team.run(ANA, request_review, card(team, "first"))
    reviews: list[Review] = [item.review for item in team.run(BEN, my_work).waiting]
    assert len(reviews) == 9
    changes, names = RowChanges(None), {review.review_id: review.card_name for review in reviews}  # type: ignore[arg-type]  # nothing of the page
    assert len(traced(team, BEN, lambda unit: changes.of(unit, reviews[:2]))) == 3
    assert len(traced(team, BEN, lambda unit: changes.of(unit, reviews))) == 3
    assert len(traced(team, BEN, lambda unit: changes.of(unit, reviews))) == 2, "the counts are kept"
    assert traced(team, BEN, lambda unit: changes.of(unit, [])) == []
    found = team.run(BEN, changes.of, reviews)
    assert {names[review_id] for review_id in found} == {f"card-{number}" for number in range(8)}
    for change in found.values():
        assert (change.since, change.changes.counts[Moved.BETTER], change.changes.counts[Moved.WORSE]) == (1, 1, 1)
