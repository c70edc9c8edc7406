"""Drafts become cards or versions, and show what reviews and policies will say of them."""

import json
from typing import Any

import attrs
import pytest

from cardwright.actions.cards import delete_card, describe_card, review_card, update_card
from cardwright.actions.draft_review import DraftReview, review_of_draft
from cardwright.actions.drafts import begin_draft, card_of_form, draft_of_card, find_draft, list_drafts
from cardwright.actions.history import audit_trail, version_history
from cardwright.actions.publishing import publish_draft
from cardwright.actions.reviews import request_review
from cardwright.actions.tags import list_tags
from cardwright.actions.templates import TEMPLATE_TAG, list_templates, template_content
from cardwright.core.card import Status
from cardwright.core.draft import Draft, DraftGone
from cardwright.core.draft_form import DraftForm, card_as_edited
from cardwright.core.errors import CardMissing, CardMoved, CardOutdated, Conflict, Invalid
from cardwright.core.people import Actor
from tests.actions.conftest import HERE, Verbs
from tests.actions.test_reviews import ANA, BEN, HIGH, LOW, MEI, activate, card, decide, status, team

__all__ = ["team"]  # the fixture

OWNED = """
policy: owned
version: 1
applies_to: {risk: [High]}
approval:
  approvals:
    - {role: approver, count: 1, independent: true}
rules:
  - {id: owner-named, severity: error, require: [/model_overview/model_owner]}
"""


def draft_of(verbs: Verbs, name: str = "card", by: Actor = ANA, **more: Any) -> Draft:
    """Begin a draft that changes a card, as it is now."""
    newest = verbs.run(by, describe_card, name)
    with verbs.store.open_unit(by) as unit:
        stored = unit.cards.find(name)
        assert stored is not None
        edited = card_as_edited(stored.card_id, newest)
        return begin_draft(unit, attrs.evolve(DraftForm(name=name, status=newest.status, card=edited), **more))


def review_of(verbs: Verbs, content: str, by: Actor = ANA, name: str = "card", *, check: bool = True) -> DraftReview:
    with verbs.store.open_unit(by) as unit:
        return review_of_draft(unit, name, content, {}, unit.cards.find(name), check=check)


def test_a_new_card_is_published_with_its_tags_and_its_draft_is_gone(team: Verbs) -> None:
    draft = team.run(ANA, begin_draft, DraftForm(name="fraud", status="PendingReview", tags=[["team", "risk"]]))
    team.run(ANA, publish_draft, draft, HIGH, "")
    stored = team.run(MEI, describe_card, "fraud")
    assert (stored.content, stored.status, stored.version) == (HIGH, "PendingReview", 1)
    assert team.run(MEI, list_tags, HERE.card_arn("fraud")) == {"team": "risk"}
    assert team.run(ANA, find_draft, draft.draft_id) is None


def test_a_draft_is_published_once_and_by_its_author(team: Verbs) -> None:
    draft = team.run(ANA, begin_draft, DraftForm(name="fraud"))
    with pytest.raises(DraftGone):
        team.run(BEN, publish_draft, draft, HIGH, "")
    team.run(ANA, publish_draft, draft, HIGH, "")
    team.run(ANA, delete_card, "fraud")
    with pytest.raises(DraftGone):
        team.run(ANA, publish_draft, draft, HIGH, "")
    with pytest.raises(CardMissing):
        team.run(ANA, describe_card, "fraud")


def test_a_name_that_is_taken_keeps_the_draft_and_the_card(team: Verbs) -> None:
    card(team)
    draft = team.run(ANA, begin_draft, DraftForm(name="card"))
    with pytest.raises(Conflict, match="already exists"):
        team.run(ANA, publish_draft, draft, LOW, "")
    assert team.run(MEI, describe_card, "card").content == HIGH
    assert team.run(ANA, find_draft, draft.draft_id) == draft


def test_a_change_is_published_as_the_next_version_with_its_note(team: Verbs) -> None:
    card(team)
    draft = draft_of(team, note="Retrained.", status="PendingReview")
    assert team.run(ANA, draft_of_card, "card") == draft
    team.run(ANA, publish_draft, draft, LOW, "Please look.")
    stored = team.run(MEI, describe_card, "card")
    assert (stored.version, stored.content, stored.status) == (2, LOW, "PendingReview")
    assert team.run(MEI, version_history, "card")[0].note == "Retrained."
    assert team.run(ANA, audit_trail, "card")[0].details.count("Please look.") == 1
    assert team.run(ANA, list_drafts) == []


def test_a_draft_overwrites_no_version_status_or_card_that_its_user_has_not_seen(team: Verbs) -> None:
    card(team)
    draft = draft_of(team)
    team.run(BEN, review_card, "card", Status.PENDING_REVIEW, "")
    with pytest.raises(CardMoved, match="Modelcard card is PendingReview"):
        team.run(ANA, publish_draft, draft, LOW, "")
    team.run(BEN, update_card, "card", "{}", Status.DRAFT)
    with pytest.raises(CardOutdated):
        team.run(ANA, publish_draft, draft, LOW, "")
    team.run(ANA, delete_card, "card")
    with pytest.raises(CardMissing):
        team.run(ANA, publish_draft, draft, LOW, "")
    card(team, by=BEN)  # another card of the name, also at version 1
    with pytest.raises(CardOutdated):
        team.run(ANA, publish_draft, draft, LOW, "")
    assert team.run(MEI, describe_card, "card").content == HIGH
    assert team.run(ANA, find_draft, draft.draft_id) == draft


def test_a_draft_shows_the_policy_and_the_checks_of_what_it_will_be(team: Verbs) -> None:
    activate(team, OWNED)
    for name in ("new", "card"):
        found = review_of(team, HIGH, name=name)
        assert (found.policy and found.policy.name, [one.rule for one in found.failed]) == ("owned", ["owner-named"])
        owned = review_of(team, json.dumps(json.loads(HIGH) | {"model_overview": {"model_owner": "Ana"}}), name=name)
        assert (owned.policy and owned.policy.name, [*owned.failed]) == ("owned", [])
        assert review_of(team, HIGH, name=name, check=False).failed == ()
        assert review_of(team, LOW, name=name).policy is None
        assert review_of(team, "not JSON", name=name) == DraftReview(None, None, (), ())
        if name == "new":
            card(team)


def test_a_draft_shows_the_review_that_it_ends_and_the_changes_that_were_requested(team: Verbs) -> None:
    card(team)
    review, _ = team.run(ANA, request_review, "card")
    decide(team, BEN, "request_changes", comment="Explain the data.")
    found = review_of(team, LOW)
    assert found.review is not None
    assert found.review.review_id == review.review_id
    assert [(one.user, one.verdict) for one in found.objections] == [("ben", "request_changes")]
    assert status(team) == "PendingReview"


def test_a_template_is_a_card_with_the_tag_and_gives_its_content(team: Verbs) -> None:
    card(team, "b", LOW, tags=[(TEMPLATE_TAG, "For scores")])
    card(team, "a", HIGH, tags=[(TEMPLATE_TAG, "")])
    card(team, "plain")
    assert team.run(MEI, list_templates) == [("a", ""), ("b", "For scores")]
    assert team.run(MEI, template_content, "b") == LOW
    with pytest.raises(Invalid, match="plain is no longer a template"):
        team.run(MEI, template_content, "plain")
    with pytest.raises(CardMissing):
        team.run(MEI, template_content, "missing")


def test_a_draft_keeps_the_card_that_it_changes_until_the_card_is_gone(team: Verbs) -> None:
    card(team)
    draft = draft_of(team)
    found = team.run(ANA, card_of_form, draft.form)
    assert found is not None
    assert found.name == "card"
    assert team.run(ANA, card_of_form, DraftForm(name="card")) is None
    assert team.run(BEN, draft_of_card, "card") is None
    with pytest.raises(DraftGone):
        team.run(BEN, find_draft, draft.draft_id)
    team.run(ANA, delete_card, "card")
    assert team.run(ANA, card_of_form, draft.form) is None
