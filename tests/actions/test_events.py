"""All events of cards and of an account have one writer, where a delivery to other systems can begin."""

import pytest

from cardwright.actions import cards as card_actions
from cardwright.actions import events as event_actions
from cardwright.actions.access_keys import create_key, revoke_key
from cardwright.actions.audit import list_audit_records
from cardwright.actions.buckets import claim_bucket, give_bucket
from cardwright.actions.cards import create_card, delete_card, review_card, update_card
from cardwright.actions.events import write_event
from cardwright.actions.reviews import request_review
from cardwright.actions.tags import add_tags
from cardwright.actions.users import change_role, create_user, delete_user
from cardwright.core.audit_log import AuditQuery
from cardwright.core.card import Status
from cardwright.core.errors import Conflict
from cardwright.core.events import Occurrence
from cardwright.core.people import Actor, Role
from cardwright.storage.unit import Unit
from tests.actions.conftest import ABROAD, HERE, Verbs, actor
from tests.actions.test_reviews import ANA, BEN, DORA, HIGH, LOW, card, decide, four_eyes, team

__all__ = ["team"]  # the fixture

ROOT = actor(Role.ADMIN, "root")
NEIGHBOUR = actor(Role.ADMIN, "root", ABROAD)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Occurrence]:
    """The events that pass through the writer."""
    found: list[Occurrence] = []

    def write(unit: Unit, occurrence: Occurrence) -> None:
        found.append(occurrence)
        write_event(unit, occurrence)

    for module in (card_actions, event_actions):
        monkeypatch.setattr(module, "write_event", write)
    return found


def stored(verbs: Verbs, admin: Actor) -> list[tuple[object, ...]]:
    records = verbs.run(admin, list_audit_records, AuditQuery(), limit=500).items
    return sorted(
        (one.event, one.card or one.subject, one.details, one.at, one.actor, one.sequence or 0) for one in records
    )


def passed(written: list[Occurrence], account: str) -> list[tuple[object, ...]]:
    return sorted(
        (one.event, one.subject, one.details, one.at, one.actor.user, one.link.link.sequence if one.link else 0)
        for one in written
        if one.account == account
    )


def test_every_stored_event_passes_the_one_writer(written: list[Occurrence], team: Verbs) -> None:
    four_eyes(team)
    team.run(ROOT, create_user, "eve", Role.VIEWER, "hash")
    team.run(ROOT, change_role, "eve", Role.AUTHOR)
    key = team.run(ROOT, create_key, "eve", Role.AUTHOR)
    team.run(ROOT, revoke_key, key.access_key_id)
    team.run(ROOT, delete_user, "eve")
    team.run(NEIGHBOUR, claim_bucket, "exports")
    team.run(ROOT, give_bucket, "exports")
    card(team)
    team.run(ANA, add_tags, HERE.card_arn("card"), [("team", "risk")])
    team.run(ANA, request_review, "card", reviewers=["ben"])
    decide(team, BEN, "approve")
    team.run(BEN, review_card, "card", Status.DRAFT, "An error in the data.", content=LOW)
    card(team, "gone", "{}")
    team.run(ANA, delete_card, "gone")
    assert stored(team, DORA) == passed(written, HERE.account)
    assert stored(team, NEIGHBOUR) == passed(written, ABROAD.account)
    assert {"bucket claimed", "bucket released"} == {one.event for one in written if one.account == ABROAD.account}
    assert len(written) > 20


def test_an_event_is_not_stored_when_its_change_fails(team: Verbs) -> None:
    card(team)
    before = stored(team, DORA)
    with pytest.raises(Conflict):
        team.run(ANA, create_card, "card", HIGH, Status.DRAFT)

    def change_and_fail(unit: Unit) -> None:
        create_user(unit, "eve", Role.VIEWER, "hash")
        update_card(unit, "card", LOW, None)
        raise RuntimeError("after both changes")

    with pytest.raises(RuntimeError, match="after both changes"):
        team.run(DORA, change_and_fail)
    assert stored(team, DORA) == before
