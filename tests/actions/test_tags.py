"""Tags of cards and of registry resources."""

import pytest

from cardwright.actions.cards import create_card
from cardwright.actions.history import audit_trail
from cardwright.actions.packages import create_package
from cardwright.actions.registry import create_resource
from cardwright.actions.tags import add_tags, delete_tags, list_tags
from cardwright.core.card import Status
from cardwright.core.errors import Denied, Invalid
from cardwright.core.people import Role
from cardwright.core.registry import ResourceKind
from tests.actions.conftest import ABROAD, HERE, Verbs, actor

AUTHOR = actor(Role.AUTHOR)
VIEWER = actor(Role.VIEWER)
CARD = HERE.card_arn("fraud")


@pytest.fixture(autouse=True)
def card(verbs: Verbs) -> None:
    verbs.run(AUTHOR, create_card, "fraud", "{}", Status.DRAFT, [("team", "risk")])


def events(verbs: Verbs) -> list[str]:
    return [link.event for link in verbs.run(VIEWER, audit_trail, "fraud")][::-1]


def test_tags_are_added_replaced_and_removed_with_audit_links(verbs: Verbs) -> None:
    added = verbs.run(AUTHOR, add_tags, CARD, [("team", "credit"), ("stage", "test")])
    assert added == {"stage": "test", "team": "credit"} == verbs.run(VIEWER, list_tags, CARD)
    verbs.run(AUTHOR, add_tags, CARD, [("stage", "test")])
    verbs.run(AUTHOR, delete_tags, CARD, ["team", "unknown"])
    verbs.run(AUTHOR, delete_tags, CARD, ["unknown"])
    assert verbs.run(VIEWER, list_tags, CARD) == {"stage": "test"}
    assert events(verbs) == ["created", "tagged", "untagged"]


def test_a_viewer_reads_tags_only(verbs: Verbs) -> None:
    for verb, argument in ((add_tags, [("a", "b")]), (delete_tags, ["team"])):
        with pytest.raises(Denied):
            verbs.run(VIEWER, verb, CARD, argument)  # type: ignore[arg-type]  # two verbs in one table
    assert verbs.run(VIEWER, list_tags, CARD) == {"team": "risk"}


def test_a_resource_has_at_most_fifty_tags(verbs: Verbs) -> None:
    verbs.run(AUTHOR, add_tags, CARD, [(f"key-{number}", "") for number in range(49)])
    with pytest.raises(Invalid, match="cannot exceed 50"):
        verbs.run(AUTHOR, add_tags, CARD, [("one more", "")])
    verbs.run(AUTHOR, add_tags, CARD, [("team", "replaced")])
    with pytest.raises(Invalid, match="aws: prefixed"):
        verbs.run(AUTHOR, add_tags, CARD, [("AWS:owner", "")])


def test_unknown_resources_and_other_accounts_have_no_tags(verbs: Verbs) -> None:
    for arn in (HERE.card_arn("missing"), HERE.arn("model", "missing"), HERE.arn("pipeline", "fraud")):
        with pytest.raises(Invalid, match="does not exist"):
            verbs.run(VIEWER, list_tags, arn)
    with pytest.raises(Denied):
        verbs.run(VIEWER, list_tags, ABROAD.card_arn("fraud"))


def test_a_package_version_has_the_tags_of_its_group(verbs: Verbs) -> None:
    verbs.run(AUTHOR, create_resource, ResourceKind.GROUP, "group", {}, status="Completed", tags=[("team", "risk")])
    version = verbs.run(AUTHOR, create_package, None, "group", {})
    assert verbs.run(VIEWER, list_tags, version) == {"team": "risk"}
    with pytest.raises(Invalid, match="those of its model package group apply"):
        verbs.run(AUTHOR, add_tags, version, [("a", "b")])
