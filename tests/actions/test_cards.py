"""Create, update, review and delete cards: roles, statuses, conflicts, and the audit chain."""

import json

import pytest

from cardwright.actions.cards import (
    create_card,
    delete_card,
    describe_card,
    find_card,
    list_cards,
    list_versions,
    review_card,
    role_to_delete,
    update_card,
)
from cardwright.actions.history import audit_trail, find_trail, list_deleted, version_history
from cardwright.core.card import Status
from cardwright.core.errors import CardMissing, CardMoved, CardOutdated, Conflict, ContentInvalid, Denied, Invalid
from cardwright.core.kms import KmsKeys
from cardwright.core.listing import CardQuery, VersionQuery
from cardwright.core.people import Role
from cardwright.core.rules import Rules
from tests.actions.conftest import ABROAD, HERE, NOW, Verbs, actor

AUTHOR = actor(Role.AUTHOR)
APPROVER = actor(Role.APPROVER, "ravi")
VIEWER = actor(Role.VIEWER, "vic")


def content(purpose: str = "score", model_id: str | None = None) -> str:
    overview = {} if model_id is None else {"model_id": model_id}
    return json.dumps({"model_overview": overview, "intended_uses": {"purpose_of_model": purpose}})


def make(verbs: Verbs, name: str = "fraud", status: Status = Status.DRAFT, text: str | None = None) -> None:
    verbs.run(APPROVER, create_card, name, text or content(), status)


def events(verbs: Verbs, name: str = "fraud") -> list[str]:
    return [link.event for link in verbs.run(VIEWER, audit_trail, name)][::-1]


def test_a_created_card_has_one_version_and_its_own_text(verbs: Verbs) -> None:
    text = '{ "model_overview": {"model_version": 1.50} }'
    arn = verbs.run(AUTHOR, create_card, "fraud", text, Status.DRAFT, [("team", "risk")])
    assert arn == HERE.card_arn("fraud")
    described = verbs.run(VIEWER, describe_card, "fraud")
    assert (described.version, described.status, described.content) == (1, "Draft", text)
    assert (described.created_at, described.created_by, described.modified_by) == (NOW, "ana", "ana")
    assert events(verbs) == ["created"]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PENDING_REVIEW, Status.ARCHIVED])
def test_an_author_creates_cards_except_approved_ones(verbs: Verbs, status: Status) -> None:
    verbs.run(AUTHOR, create_card, "fraud", content(), status)
    with pytest.raises(Denied, match="may not set ModelCardStatus Approved") as refused:
        verbs.run(AUTHOR, create_card, "other", content(), Status.APPROVED)
    assert refused.value.role == Role.APPROVER
    with pytest.raises(Denied, match="does not include author"):
        verbs.run(VIEWER, create_card, "other", content(), status)
    assert [card.name for card in verbs.run(VIEWER, list_cards, CardQuery()).items] == ["fraud"]


def test_a_name_and_a_model_have_one_card_in_an_account(verbs: Verbs) -> None:
    make(verbs, text=content(model_id="model-1"))
    with pytest.raises(Conflict, match="Modelcard fraud already exists"):
        make(verbs)
    with pytest.raises(Conflict, match="has a model card already: fraud"):
        make(verbs, "second", text=content(model_id="model-1"))
    make(verbs, "third")
    with pytest.raises(Conflict, match="has a model card already: fraud"):
        verbs.run(AUTHOR, update_card, "third", content(model_id="model-1"), None)
    verbs.run(actor(Role.AUTHOR, scope=ABROAD), create_card, "fraud", content(model_id="model-1"), Status.DRAFT)


def test_invalid_content_and_tags_create_nothing(verbs: Verbs) -> None:
    with pytest.raises(ContentInvalid):
        verbs.run(AUTHOR, create_card, "fraud", '{"model_overview": 1}', Status.DRAFT)
    with pytest.raises(Invalid, match="Duplicate tag keys"):
        verbs.run(AUTHOR, create_card, "fraud", content(), Status.DRAFT, [("a", "1"), ("a", "2")])
    with pytest.raises(CardMissing):
        verbs.run(VIEWER, find_card, "fraud")


def test_a_kms_key_is_stored_only_where_the_operator_records_keys(verbs: Verbs) -> None:
    with pytest.raises(Invalid, match="encrypts nothing"):
        verbs.run(AUTHOR, create_card, "fraud", content(), Status.DRAFT, kms_key_id="key")
    verbs.store.rules = Rules(kms_keys=KmsKeys.RECORD)
    verbs.run(AUTHOR, create_card, "fraud", content(), Status.DRAFT, kms_key_id="key")
    assert verbs.run(VIEWER, describe_card, "fraud").kms_key_id == "key"


def test_new_content_makes_a_version_and_a_new_status_does_not(verbs: Verbs) -> None:
    make(verbs)
    verbs.run(AUTHOR, update_card, "fraud", content("rank"), None, note="a better purpose")
    verbs.run(AUTHOR, update_card, "fraud", None, Status.PENDING_REVIEW)
    verbs.run(AUTHOR, update_card, "fraud", content("rank"), Status.PENDING_REVIEW)
    versions = verbs.run(VIEWER, version_history, "fraud")
    assert [(one.number, one.status, one.note) for one in versions] == [
        (2, "PendingReview", "a better purpose"),
        (1, "Draft", None),
    ]
    assert events(verbs) == ["created", "content", "status"]
    assert verbs.run(VIEWER, describe_card, "fraud", 1).content == content()
    assert len(verbs.run(VIEWER, list_versions, "fraud", VersionQuery()).items) == 2


def test_an_author_changes_approved_content_only_together_with_the_status(verbs: Verbs) -> None:
    make(verbs, status=Status.APPROVED)
    with pytest.raises(Denied, match="only together with ModelCardStatus Draft or PendingReview"):
        verbs.run(AUTHOR, update_card, "fraud", content("rank"), None)
    with pytest.raises(Denied):
        verbs.run(AUTHOR, update_card, "fraud", content("rank"), Status.ARCHIVED)
    verbs.run(AUTHOR, update_card, "fraud", content("rank"), Status.PENDING_REVIEW)
    assert verbs.run(VIEWER, describe_card, "fraud").status == "PendingReview"
    verbs.run(APPROVER, update_card, "fraud", None, Status.APPROVED)
    verbs.run(APPROVER, update_card, "fraud", content("sort"), None)
    assert verbs.run(VIEWER, describe_card, "fraud").version == 3


def test_archived_content_changes_only_with_another_status(verbs: Verbs) -> None:
    make(verbs, status=Status.ARCHIVED)
    with pytest.raises(Invalid, match="Archived state"):
        verbs.run(APPROVER, update_card, "fraud", content("rank"), None)
    verbs.run(AUTHOR, update_card, "fraud", content("rank"), Status.DRAFT)
    assert verbs.run(VIEWER, describe_card, "fraud").version == 2


def test_an_update_based_on_an_older_version_is_refused(verbs: Verbs) -> None:
    make(verbs)
    verbs.run(AUTHOR, update_card, "fraud", content("rank"), None, based_on=1)
    with pytest.raises(CardOutdated) as refused:
        verbs.run(AUTHOR, update_card, "fraud", content("sort"), None, based_on=1)
    assert refused.value.version == 2
    with pytest.raises(CardMissing):
        verbs.run(AUTHOR, update_card, "missing", content(), None)


def test_a_review_stores_its_comment_in_the_audit_chain(verbs: Verbs) -> None:
    verbs.run(AUTHOR, create_card, "fraud", content(), Status.PENDING_REVIEW)
    with pytest.raises(Invalid, match="add a comment"):
        verbs.run(APPROVER, review_card, "fraud", Status.DRAFT, "  ")
    verbs.run(APPROVER, review_card, "fraud", Status.DRAFT, " Name the owner.\r\n", was="PendingReview")
    link = verbs.run(VIEWER, audit_trail, "fraud", limit=1)[0]
    assert json.loads(link.details) == {
        "version": 1,
        "from": "PendingReview",
        "to": "Draft",
        "comment": "Name the owner.",
    }


def test_a_review_is_refused_for_another_status_or_without_a_change(verbs: Verbs) -> None:
    make(verbs)
    with pytest.raises(CardMoved) as refused:
        verbs.run(APPROVER, review_card, "fraud", Status.APPROVED, None, was="PendingReview")
    assert refused.value.status == "Draft"
    with pytest.raises(Invalid, match="The card is Draft already"):
        verbs.run(AUTHOR, review_card, "fraud", Status.DRAFT, "a comment")
    with pytest.raises(Invalid, match="at most 1,000 characters"):
        verbs.run(AUTHOR, review_card, "fraud", Status.PENDING_REVIEW, "x" * 1001)
    with pytest.raises(Denied, match="may not set ModelCardStatus Approved"):
        verbs.run(AUTHOR, review_card, "fraud", Status.APPROVED, "a comment")
    assert events(verbs) == ["created"]


def test_only_approvers_delete_a_card_that_was_ever_approved(verbs: Verbs) -> None:
    make(verbs, "draft")
    make(verbs, "approved", Status.APPROVED)
    verbs.run(AUTHOR, update_card, "approved", None, Status.DRAFT)
    roles = [verbs.run(VIEWER, role_to_delete, name) for name in ("draft", "approved")]
    assert roles == [Role.AUTHOR, Role.APPROVER]
    with pytest.raises(Denied, match="is or was Approved"):
        verbs.run(AUTHOR, delete_card, "approved")
    with pytest.raises(Denied):
        verbs.run(VIEWER, delete_card, "draft")
    verbs.run(AUTHOR, delete_card, "draft")
    verbs.run(APPROVER, delete_card, "approved")
    assert verbs.run(VIEWER, list_cards, CardQuery()).items == []


def test_a_deleted_card_keeps_its_audit_chain_and_frees_its_name(verbs: Verbs) -> None:
    make(verbs, text=content(model_id="model-1"))
    verbs.run(AUTHOR, delete_card, "fraud")
    with pytest.raises(CardMissing):
        verbs.run(AUTHOR, delete_card, "fraud")
    ended = verbs.run(VIEWER, find_trail, "fraud")
    assert ended.deleted is not None
    assert (ended.deleted.versions, ended.deleted.deleted_by, ended.later) == (1, "ana", False)
    make(verbs, text=content(model_id="model-1"))
    assert verbs.run(VIEWER, find_trail, "fraud").deleted is None
    assert verbs.run(VIEWER, find_trail, "fraud", ended.card_id).later
    assert [card.card_id for card in verbs.run(VIEWER, list_deleted, limit=5).items] == [ended.card_id]


def test_a_card_of_another_account_does_not_exist(verbs: Verbs) -> None:
    make(verbs)
    abroad = actor(Role.ADMIN, scope=ABROAD)
    for verb in (describe_card, find_card, delete_card, version_history, audit_trail, find_trail):
        with pytest.raises(CardMissing):
            verbs.run(abroad, verb, "fraud")
