"""A search of the audit log for words reads a bounded number of events, and its pages have no gaps and no doubles."""

import pytest

from cardwright.actions import audit
from cardwright.actions.audit import list_audit_records
from cardwright.actions.cards import create_card, update_card
from cardwright.actions.review_decisions import decide_review
from cardwright.actions.reviews import request_review
from cardwright.core.account_events import AccountEventKind
from cardwright.core.audit_log import AuditQuery, AuditRecord, AuditRecordKind, kind_of, sentence
from cardwright.core.card import Status
from cardwright.core.event_words import SENTENCES
from cardwright.core.integrity.history import Event
from cardwright.core.listing import Position
from cardwright.core.people import Actor
from cardwright.core.review import Verdict
from tests.actions.conftest import Verbs
from tests.actions.test_reviews import ANA, BEN, CEM, DORA, digest, team, verified

__all__ = ["team"]  # the fixture


@pytest.fixture
def log(team: Verbs, monkeypatch: pytest.MonkeyPatch) -> Verbs:
    """A log of 30 cards, of which every sixth is Archived, and a search that reads eight events."""
    monkeypatch.setattr(audit, "SEARCHED", 8)
    monkeypatch.setattr(audit, "AT_ONCE", 2)
    for number in range(30):
        team.now += 1
        team.run(ANA, create_card, f"card-{number:02}", "{}", Status.DRAFT)
        if number % 6 == 0:
            team.run(BEN, update_card, f"card-{number:02}", None, Status.ARCHIVED)
    return team


QUERY = AuditQuery(words=("archived", "ben"))


def walk(log: Verbs, limit: int) -> tuple[list[AuditRecord], list[Position]]:
    found: list[AuditRecord] = []
    places: list[Position] = []
    at: Position | None = None
    while True:
        page = log.run(DORA, list_audit_records, QUERY, after=at, limit=limit)
        assert len(page.items) <= limit
        found += page.items
        if page.position is None:
            return found, places
        at = page.position
        places.append(at)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_a_search_have_every_match_once(log: Verbs, limit: int) -> None:
    found, places = walk(log, limit)
    assert [record.card for record in found] == ["card-24", "card-18", "card-12", "card-06", "card-00"]
    assert len(places) >= 4  # each request reads eight of more than thirty events


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_search_goes_back_page_by_page_to_the_newest_match(log: Verbs, limit: int) -> None:
    found, places = walk(log, limit)
    newer = [record for record in found if record.position > places[-1]]
    back: list[AuditRecord] = []
    at: Position | None = places[-1]
    while at is not None:
        page = log.run(DORA, list_audit_records, QUERY, before=at, limit=limit)
        back = [record for record in page.items if record not in back] + back
        at = page.back
    assert [record for record in found if record in back and record in newer] == newer


@pytest.mark.parametrize("event", [*Event, *AccountEventKind])
def test_every_event_has_a_kind_that_filters_find(event: str) -> None:
    assert kind_of(event) is not AuditRecordKind.OTHER


def test_a_draft_is_sent_back_by_reviewers_and_withdrawn_by_its_author(team: Verbs) -> None:
    def words_of_last(*people: Actor) -> list[str]:
        found = []
        for person in people:
            team.run(BEN, create_card, f"by-{person.user}", "{}", Status.DRAFT)
            team.run(ANA, update_card, f"by-{person.user}", None, Status.PENDING_REVIEW)
            team.run(person, update_card, f"by-{person.user}", None, Status.DRAFT)
            newest = team.run(DORA, list_audit_records, AuditQuery(card=f"by-{person.user}")).items[0]
            found.append(sentence(newest)[0])
        return found

    assert words_of_last(ANA, CEM) == ["Request withdrawn", "Sent back to draft"]
    team.run(CEM, create_card, "own", "{}", Status.PENDING_REVIEW)
    team.run(CEM, update_card, "own", None, Status.DRAFT)
    assert sentence(team.run(DORA, list_audit_records, AuditQuery(card="own")).items[0])[0] == "Request withdrawn"
    team.run(BEN, create_card, "asked", "{}", Status.DRAFT)
    team.run(BEN, request_review, "asked")
    team.run(BEN, decide_review, "asked", Verdict.WITHDRAW, digest("{}"))
    last, before = team.run(DORA, list_audit_records, AuditQuery(card="asked")).items[:2]
    assert (sentence(last)[0], sentence(before)[0]) == (
        "Returned to draft",
        "Withdrew the request for a review of version 1",
    )
    assert verified(team) == []


@pytest.mark.parametrize("event", Event)
def test_every_event_of_a_card_has_a_sentence(event: str) -> None:
    assert event in SENTENCES
