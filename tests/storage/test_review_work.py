"""Lists of work for reviewers, on each engine, through the actions."""

import json
from collections.abc import Iterator

import pytest

from cardwright.actions.cards import create_card, update_card
from cardwright.actions.policies import deactivate_policy, parsed, put_policy
from cardwright.actions.policy_dry_run import dry_run
from cardwright.actions.portfolio import browse_cards
from cardwright.actions.review_decisions import decide_review
from cardwright.actions.review_work import bases_of, count_waiting, my_work, queue_since, sides_of, waiting_among
from cardwright.actions.reviews import request_review
from cardwright.actions.users import create_user
from cardwright.core.card import Status
from cardwright.core.content import digest
from cardwright.core.errors import Conflict
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.portfolio import PortfolioQuery
from cardwright.core.review import DAY, Base, Verdict
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store

HERE = Scope("us-east-1", "000000000000")
NOW = 1_800_000_000_000
MEI, RAVI, TOM, ANA = (
    Actor(HERE, name, role, authenticated=True)
    for name, role in (("mei", Role.AUTHOR), ("ravi", Role.APPROVER), ("tom", Role.VIEWER), ("ana", Role.ADMIN))
)
POLICY = """
policy: risky
version: 1
applies_to: {risk: [High]}
approval:
  approvals: [{role: approver, count: 1}, {reviewers: model-risk, count: 1}]
  required_checks: [owner-named]
rules: [{id: owner-named, severity: error, require: [/model_overview/model_owner]}]
reviewers: {model-risk: [tom]}
"""


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    store = open_store(store_settings)
    times = iter(range(NOW, NOW + 1_000_000, 1_000))
    store.clock = lambda: next(times)
    with store.open_unit(ANA) as unit:
        for one in (MEI, RAVI, TOM, ANA):
            create_user(unit, one.user, one.role, "hash")
        put_policy(unit, POLICY)
    yield store
    store.close()


def content(risk: str, owner: str = "") -> str:
    return json.dumps({"model_overview": {"model_owner": owner}, "intended_uses": {"risk_rating": risk}})


def asked(store: Store, name: str, *reviewers: str, risk: str = "High", due: int | None = None) -> None:
    with store.open_unit(MEI) as unit:
        create_card(unit, name, content(risk, "x"), Status.DRAFT)
        request_review(unit, name, reviewers=reviewers, due_at=due)


def decide(store: Store, by: Actor, name: str, verdict: Verdict, risk: str = "High") -> None:
    with store.open_unit(by) as unit:
        decide_review(unit, name, verdict, digest(content(risk, "x")), comment="Because.")


def waiting(store: Store, who: Actor) -> list[str]:
    with store.open_unit(who, writes=False) as unit:
        names = [item.review.card_name for item in my_work(unit).waiting]
        assert count_waiting(unit) == len(names)
        page, _ = browse_cards(unit, PortfolioQuery(waiting=True))
        assert {row.name for row in page.items} == {*names}
        every, _ = browse_cards(unit, PortfolioQuery())
        marked = waiting_among(unit, [row.card_id for row in every.items])
        assert marked == {row.card_id for row in page.items}
        assert waiting_among(unit, []) == set()
        return names


def test_the_most_urgent_review_comes_first_and_decided_ones_leave(store: Store) -> None:
    asked(store, "later", "ravi", due=NOW + 9 * DAY)
    asked(store, "undated", "ravi", "model-risk")
    asked(store, "soon", "ravi", due=NOW + DAY)
    asked(store, "unasked", risk="Low")
    assert waiting(store, RAVI) == ["soon", "later", "undated", "unasked"]
    assert waiting(store, TOM) == ["undated"]
    assert waiting(store, MEI) == []
    decide(store, RAVI, "soon", Verdict.APPROVE)
    decide(store, RAVI, "later", Verdict.REQUEST_CHANGES)
    assert waiting(store, RAVI) == ["undated", "unasked"]
    with store.open_unit(MEI, writes=False) as unit:
        work = my_work(unit)
    assert [item.review.card_name for item in work.sent_back] == ["later"]
    assert {item.review.card_name for item in work.requested} == {"undated", "soon", "unasked"}
    decide(store, RAVI, "soon", Verdict.WITHDRAW)
    assert waiting(store, RAVI) == ["soon", "undated", "unasked"]


def test_the_places_of_a_queue_stay_while_cards_are_decided(store: Store) -> None:
    for number in range(4):
        asked(store, f"place-{number}", "ravi", due=NOW + (number + 1) * DAY)
    with store.open_unit(RAVI, writes=False) as unit:
        since = unit.now
    decide(store, RAVI, "place-1", Verdict.APPROVE)
    decide(store, RAVI, "place-2", Verdict.REQUEST_CHANGES)
    with store.open_unit(MEI) as unit:
        update_card(unit, "place-0", content("High", "y"), None)
    asked(store, "too-late", "ravi")
    with store.open_unit(RAVI, writes=False) as unit:
        found = queue_since(unit, since)
    assert [item.review.card_name for item, _ in found] == [f"place-{number}" for number in range(4)]
    assert [mine and mine.verdict for _, mine in found] == [None, "approve", "request_changes", None]
    assert [item.review.is_open for item, _ in found] == [False, True, True, True]


def test_a_review_compares_with_the_last_approved_version_else_the_one_before(store: Store) -> None:
    versions = [content("Low", str(number)) for number in range(4)]
    for name, statuses in (("approved", ["Draft", "Approved", "Draft"]), ("drafts", ["Draft"] * 3)):
        with store.open_unit(RAVI) as unit:
            create_card(unit, name, versions[0], Status(statuses[0]))
            for text, status in zip(versions[1:], [*statuses[1:], "Draft"], strict=True):
                update_card(unit, name, text, Status(status))
            request_review(unit, name)
    asked(store, "first", risk="Low")
    with store.open_unit(ANA, writes=False) as unit:
        reviews = {item.review.card_name: item.review for item in my_work(unit).waiting}
        bases, sides = bases_of(unit, [*reviews.values()]), sides_of(unit, [*reviews.values()])
        assert unit.evaluation_pairs.of_cards([review.card_id for review in reviews.values()]) == {}
    found = {name: (bases.get(one.review_id), sides.get(one.review_id)) for name, one in reviews.items()}
    assert found == {
        "approved": (Base(2, digest(versions[1])), (versions[1], versions[3])),
        "drafts": (Base(3, digest(versions[2])), (versions[2], versions[3])),
        "first": (None, None),
    }


def test_a_dry_run_names_what_fails_newly_and_leaves_other_cards_out(store: Store) -> None:
    with store.open_unit(MEI) as unit:
        for name, risk, owner in (("owned", "High", "x"), ("unowned", "High", ""), ("low", "Low", "")):
            create_card(unit, name, content(risk, owner), Status.DRAFT)
    stricter = POLICY.replace("version: 1", "version: 2").replace("model_owner]", "model_owner, /business_details]")
    with store.open_unit(MEI, writes=False) as unit:
        run = dry_run(unit, parsed(stricter))
    assert (run.read, len(run.cards), run.position) == (3, 2, None)
    assert {card.name: card.fails_today for card in run.failing} == {"owned": False, "unowned": True}


def test_a_policy_is_deactivated_with_an_event_that_verify_follows(store: Store) -> None:
    with store.open_unit(ANA) as unit:
        assert deactivate_policy(unit, "risky").active == 0
    with store.open_unit(ANA) as unit, pytest.raises(Conflict):
        deactivate_policy(unit, "risky")
    assert list(Verification(store.database).faults()) == []
