"""Refusals and errors in the console's words. The API has words of its own, which name its members and operations."""

from collections.abc import Callable
from typing import Any

from cardwright.actions.approval import ApprovalIncomplete
from cardwright.console.finding_words import STATES
from cardwright.console.wording import ROLES, many, status_word
from cardwright.core import errors
from cardwright.core.errors import CardwrightError, Denied
from cardwright.core.people import Role
from cardwright.core.policy import missing
from cardwright.core.policy.approval import Requirement
from cardwright.core.policy.requirements import FillsNoRequirement, NotIndependent
from cardwright.core.refusals import Part, RoleMayNot, RoleTooLow, StaysApproved, TookPart
from cardwright.core.review import NoOpenReview, ReviewIsOpen, ReviewMoved, ReviewSuperseded

_ROLES = {Role.VIEWER: "Viewer", Role.AUTHOR: "Author", Role.APPROVER: "Approver", Role.ADMIN: "Administrator"}
_DATES = {"ReviewBy": "The review date", "DueTime": "The due date", "ExpiryTime": "The end of the waiver"}


def words_of(error: CardwrightError) -> str:
    """Return what is wrong, without a full stop at its end."""
    if isinstance(error, ApprovalIncomplete):
        return f"An approval is not complete. Missing: {'; '.join(map(lack_words, error.lacks))}"
    if isinstance(error, Denied):
        reason = reason_words(error.reason)
        return f"{reason[:1].upper()}{reason[1:]}".rstrip(".")
    return (_named(_ERRORS, error) or str(error)).rstrip(".")


def reason_words(reason: object) -> str:
    """Return why the reader may not do something: the end of a sentence, without a full stop."""
    return _named(_REASONS, reason) or str(reason)


def lack_words(lack: missing.Lack) -> str:
    """Return one thing that an approval lacks, in few words."""
    return _named(_LACKS, lack) or str(lack)


def requirement_words(requirement: Requirement) -> str:
    """``Approver, independent``, ``model-risk``: the people whom a requirement counts."""
    who = requirement.reviewers or (_ROLES[requirement.role] if requirement.role is not None else "Anyone")
    return f"{who}, independent" if requirement.independent else who


def _named(table: dict[type, Callable[[Any], str]], value: object) -> str | None:
    words = table.get(type(value))
    return None if words is None else words(value)


def _missing(error: errors.CardMissing) -> str:
    if error.version is not None:
        return f"{error.name} has no version {error.version}"
    return f"There is no card {error.name}. It may have been deleted"


def _superseded(error: ReviewSuperseded) -> str:
    saved = f"Version {error.by} was saved" if error.author is None else f"{error.author} saved version {error.by}"
    return f"{saved}, and the review of version {error.ended} has ended. " + (
        f"No review of version {error.version} is open"
        if error.open_review is None
        else f"The open review is of version {error.version}: read it, and decide about it"
    )


_ERRORS: dict[type, Callable[[Any], str]] = {
    errors.CardMissing: _missing,
    errors.PartMissing: lambda error: f"{error.card} has no {error.part}",
    errors.CardArchived: lambda _: "The card is archived: set another status first",
    errors.CardExists: lambda error: f"There is a card {error.name} already: {error.remedy or 'choose another name'}",
    errors.CardOutdated: lambda error: f"The card has version {error.version} now",
    errors.CardMoved: lambda error: f"The card is {status_word(error.status).lower()} now",
    errors.DateRefused: lambda error: f"{_DATES[error.member]} {error.problem}",
    NoOpenReview: lambda error: f"{error.card} has no open review: ask for one first",
    ReviewIsOpen: lambda _: "It has an open review already",
    ReviewMoved: lambda error: f"Its content changed: version {error.version} is the newest",
    ReviewSuperseded: _superseded,
}


def _role_too_low(reason: RoleTooLow | RoleMayNot) -> str:
    return f"this needs the role {ROLES[reason.needed][0].lower()}, and you are {ROLES[reason.role][1]}"


def _stays_approved(reason: StaysApproved) -> str:
    under = "" if reason.policy is None else f" under the policy {reason.policy}"
    return f"the card is approved{under}: save new content as a draft, or send it for review"


def _fills_none(reason: FillsNoRequirement) -> str:
    wanted = " and ".join(dict.fromkeys(map(requirement_words, reason.requirements)))
    return f"the policy {reason.policy} counts approvals from {wanted}, and you are {ROLES[reason.role][1]}"


def _took_part(reason: TookPart) -> str:
    did = {
        Part.OWNER: f"you are or were the owner of {reason.subject}",
        Part.AUTHOR: "you wrote the card since its last approved version",
        Part.REQUESTER: f"you asked for {reason.subject}",
    }
    return f"{did[reason.part]}{reason.instead and f': {reason.instead}'}"


_REASONS: dict[type, Callable[[Any], str]] = {
    RoleTooLow: _role_too_low,
    RoleMayNot: _role_too_low,
    StaysApproved: _stays_approved,
    FillsNoRequirement: _fills_none,
    NotIndependent: lambda reason: (
        f"the policy {reason.policy} asks for independent approvals, and you wrote the card since its last approved"
        " version or asked for the review"
    ),
    TookPart: _took_part,
}
_LACKS: dict[type, Callable[[Any], str]] = {
    missing.LackingApprovals: lambda lack: f"{many(lack.count, 'approval')} from {requirement_words(lack.requirement)}",
    missing.OpenFinding: lambda lack: f"the {lack.severity} finding “{lack.title}” is {STATES[lack.state][0].lower()}",
}
