"""Checks inside an approval end in time, and then nothing is stored."""

import json

import pytest

from cardwright.actions import check_subject
from cardwright.actions.blockers import ChecksTooSlow
from cardwright.actions.cards import create_card, update_card
from cardwright.actions.review_work import describe_card_review
from cardwright.actions.reviews import describe_review, request_review
from cardwright.core.card import Status
from cardwright.core.policy.missing import in_words
from tests.actions.conftest import Verbs
from tests.actions.test_reviews import ANA, BEN, CEM, HIGH, activate, card, decide, events, status, team, verified

__all__ = ["team"]  # the fixture

CHECKED = """
policy: checked
approval:
  approvals: [{{role: approver, count: {count}, independent: true}}]
  required_checks: [first, second]
rules:
  - {{id: first, severity: error, forbid: "TBD"}}
  - {{id: second, severity: error, forbid: "lorem ipsum"}}
"""


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_subject, "SECONDS", -1)


@pytest.mark.usefixtures("no_time")
def test_an_approval_whose_checks_take_too_long_is_refused_and_stores_nothing(team: Verbs) -> None:
    activate(team, CHECKED.format(count=1))
    card(team)
    review, _ = team.run(ANA, request_review, "card")
    before = events(team)
    with pytest.raises(ChecksTooSlow, match="take longer than 10 seconds for version 1 of the card, and nothing was"):
        decide(team, BEN, "approve")
    with pytest.raises(ChecksTooSlow):
        team.run(BEN, update_card, "card", None, Status.APPROVED)
    assert (events(team), status(team)) == (before, "PendingReview")
    assert team.run(ANA, describe_review, review.review_id).decisions == []
    assert verified(team) == []


@pytest.mark.usefixtures("no_time")
def test_other_decisions_are_recorded_though_the_checks_take_too_long(team: Verbs) -> None:
    activate(team, CHECKED.format(count=2))
    card(team)
    team.run(ANA, request_review, "card")
    late = "the check first fails: The rule did not run: the time is over"
    assert late in decide(team, CEM, "comment", comment="Slow").missing
    assert late in decide(team, BEN, "approve").missing
    with pytest.raises(ChecksTooSlow):
        decide(team, CEM, "approve")
    assert "cem requested changes" in decide(team, CEM, "request_changes", comment="Too slow").missing
    assert late in in_words(team.run(ANA, describe_card_review, "card").lacks)
    assert status(team) == "PendingReview"
    assert verified(team) == []


def test_the_time_is_that_of_all_checks_of_one_request(team: Verbs, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(team, CHECKED.format(count=1))
    with team.store.open_unit(BEN) as unit:
        create_card(unit, "one", HIGH, Status.DRAFT)
        over = check_subject.time_for_checks(unit)
        assert not over()
        monkeypatch.setattr(check_subject, "SECONDS", 1000)
        first = unit.checks_end
        check_subject.time_for_checks(unit)
        assert unit.checks_end == first


def test_the_rules_that_ran_before_the_time_was_over_count(team: Verbs, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(team, CHECKED.format(count=1))
    card(team, content=json.dumps({"intended_uses": {"purpose_of_model": "TBD"}}))
    team.run(ANA, request_review, "card")
    ticks = iter([False, True, True])
    monkeypatch.setattr("cardwright.actions.blockers.time_for_checks", lambda _: lambda: next(ticks))
    content = json.dumps({"intended_uses": {"purpose_of_model": "TBD"}})
    missing = decide(team, BEN, "approve", content).missing
    assert [one.partition(":")[0] for one in missing] == ["the check first fails", "the check second fails"]
