"""Refusals in the console's words, next to those of the API."""

import re

import pytest

from cardwright.actions.approval import ApprovalIncomplete
from cardwright.actions.bulk import ChangedCard
from cardwright.console.bulk import done_words
from cardwright.console.bulk_actions import ACTIONS
from cardwright.console.refusals import lack_words, reason_words, words_of
from cardwright.core.errors import (
    CardArchived,
    CardExists,
    CardMissing,
    CardMoved,
    CardOutdated,
    CardwrightError,
    DateRefused,
    Denied,
    Invalid,
    PartMissing,
)
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.policy.approval import Requirement
from cardwright.core.policy.missing import FailedCheck, Lack, LackingApprovals, LackingPerson, OpenFinding
from cardwright.core.policy.requirements import FillsNoRequirement, NotIndependent
from cardwright.core.refusals import Part, RoleMayNot, RoleTooLow, StaysApproved, TookPart
from cardwright.core.review import NoOpenReview, ReviewIsOpen, ReviewMoved
from tests.console.team import signed_in
from tests.servers import Server

REVIEW = "01a22ae5-d55b-7050-8abf-c149eb83a463"
WIRE = re.compile(r"Model ?[Cc]ard|[a-z][A-Z]|sagemaker|arn:|[0-9a-f]{8}-")


@pytest.mark.parametrize(
    ("reason", "api", "words"),
    [
        (
            RoleTooLow("viewer", "author"),
            "the role viewer does not include author",
            "needs the role author, and you are",
        ),
        (
            RoleMayNot("author", "approver", "set ModelCardStatus Approved"),
            "may not set ModelCardStatus",
            "you are an author",
        ),
        (
            StaysApproved(None, "author"),
            "ModelCardStatus Draft or",
            "save new content as a draft, or send it for review",
        ),
        (StaysApproved("strict", "admin"), "ModelCardStatus Draft or", "approved under the policy strict: save"),
        (
            FillsNoRequirement(
                "four-eyes", "ana", "author", [Requirement(role=Role.APPROVER), Requirement(reviewers="risk")]
            ),
            "the review policy four-eyes has no requirement for ana with the role author",
            "the policy four-eyes counts approvals from Approver and risk, and you are an author",
        ),
        (NotIndependent("four-eyes"), "authors since the last approved version", "and you wrote the card since"),
        (
            TookPart("ben", Part.OWNER, "this high finding", "another person can close it"),
            "ben is or was",
            "you are or were",
        ),
        (
            TookPart("ben", Part.REQUESTER, "the waiver", "a second person agrees"),
            "ben asked for",
            "you asked for the waiver: a",
        ),
        (TookPart("ben", Part.AUTHOR), "ben wrote the card", "you wrote the card since its last approved version"),
        ("only approvers grant waivers", "only approvers grant waivers", "only approvers grant waivers"),
    ],
)
def test_a_reason_speaks_to_the_reader_and_the_api_names_the_caller(reason: object, api: str, words: str) -> None:
    actor = Actor(Scope("us-east-1", "000000000000"), "ana", Role.AUTHOR)
    with pytest.raises(Denied) as caught:
        actor.deny("DecideReview", "arn:aws:sagemaker:us-east-1:000000000000:model-card/x", reason)
    assert api in str(caught.value)
    assert str(caught.value).startswith("User: arn:aws:iam::")
    assert words in reason_words(reason)
    assert words_of(caught.value)[1:] == reason_words(reason)[1:]
    assert not WIRE.search(reason_words(reason))


@pytest.mark.parametrize(
    ("error", "api", "words"),
    [
        (
            CardArchived("its content cannot be updated."),
            "Model Card is in Archived state: its",
            "The card is archived: set",
        ),
        (CardExists("x"), "Modelcard x already exists", "There is a card x already: choose another name"),
        (CardMissing("x"), "Modelcard x does not exist.", "There is no card x. It may have been deleted"),
        (CardMissing("x", 3), "with name x and version: 3", "x has no version 3"),
        (CardOutdated("x", 3), "Modelcard x has version 3", "The card has version 3 now"),
        (CardMoved("x", "PendingReview"), "Modelcard x is PendingReview", "The card is pending review now"),
        (PartMissing("x", "finding y"), "Modelcard x has no finding y", "x has no finding y"),
        (NoOpenReview("x"), "ask for one with RequestReview", "x has no open review: ask for one first"),
        (ReviewIsOpen("x", REVIEW), f"an open review of this content: {REVIEW}", "It has an open review already"),
        (ReviewMoved("x", 2, "0" * 64), "with the content digest 000", "Its content changed: version 2 is the newest"),
        (DateRefused("ReviewBy", "has passed"), "ReviewBy has passed", "The review date has passed"),
        (Invalid("A comment needs a text"), "A comment needs a text", "A comment needs a text"),
    ],
)
def test_an_error_names_no_member_of_the_api(error: CardwrightError, api: str, words: str) -> None:
    assert api in str(error)
    assert words_of(error).startswith(words)
    assert not WIRE.search(words_of(error))


@pytest.mark.parametrize(
    ("lack", "api", "words"),
    [
        (
            OpenFinding(REVIEW, "critical", "Recall (2026)", "in_progress"),
            f"the critical finding 'Recall (2026)' ({REVIEW}) is in_progress",
            "the critical finding “Recall (2026)” is in progress",
        ),
        (
            LackingApprovals(Requirement(role=Role.APPROVER, independent=True), 2),
            "2 approvals from the role approver, independent of the authors since the last approved version and of the"
            " person who asked",
            "2 approvals from Approver, independent",
        ),
        (
            FailedCheck("owner-named", "Owner is missing"),
            "the check owner-named fails: Owner is missing",
            "the check owner",
        ),
        (FailedCheck("owner-named"), "the check owner-named fails", "the check owner-named fails"),
        (LackingPerson("ci"), "ci is not a person of the account, and programs", "a person who approves: ci"),
    ],
)
def test_what_an_approval_lacks_has_no_identifier(lack: Lack, api: str, words: str) -> None:
    assert api in str(lack)
    assert lack_words(lack).startswith(words)
    assert not WIRE.search(lack_words(lack))


def test_pages_say_refusals_in_plain_words(team: Server, governed: Server) -> None:
    admin = team.client(*team.key("000000000000", "refusing", "admin"))
    admin.create_model_card(ModelCardName="refused-archived", Content="{}", ModelCardStatus="Archived")
    mei = signed_in(team, "mei")
    mei.get("/cards/refused-archived")
    page = mei.post("/cards/refused-archived/review", [("reviewer", "ravi")])
    assert (page.status, "The card is archived: set another status first" in page.text) == (422, True)
    author = governed.client(*governed.key("000000000000", "lea", "author"))
    author.create_model_card(ModelCardName="refused-place", Content="{}", ModelCardStatus="Draft")
    lea = signed_in(governed, "lea")
    lea.get("/cards/refused-place")
    assert lea.post("/cards/refused-place/review", []).status == 200
    page = lea.get("/cards/refused-place")
    counted = "the policy two-reviews counts approvals from Approver, independent and model-risk, independent"
    assert f"You cannot approve this version: {counted}, and you are an author." in page.text
    for text in (page.text, mei.get("/cards/refused-archived").text):
        assert not re.search(r"Model Card is in|has no requirement|Modelcard", text)


def test_an_approval_that_lacks_something_says_what_in_a_list_of_reasons() -> None:
    lack = LackingApprovals(Requirement(reviewers="model-risk", independent=True), 1)
    error = ApprovalIncomplete("User: arn:aws:iam::1:user/una is not authorized", [lack])
    assert words_of(error) == "An approval is not complete. Missing: 1 approval from model-risk, independent"


def test_an_incomplete_approval_is_not_counted_as_an_approved_card() -> None:
    approve = next(action for action in ACTIONS if action.name == "approve")
    lack = LackingPerson("bot")
    for lacks, words in (
        ([()], "1 card approved"),
        ([(lack,)], "1 approval recorded"),
        ([(), (), (lack,)], "2 cards approved, 1 approval recorded"),
    ):
        assert done_words(approve, [ChangedCard("a", "PendingReview", one) for one in lacks]) == words
