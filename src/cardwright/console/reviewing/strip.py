"""What the page of a card shows of its review, and the forms of its decisions."""

from collections.abc import Sequence
from typing import Any

from cardwright.actions.approvers import caller_name
from cardwright.actions.review_withdrawal import may_withdraw_request
from cardwright.actions.review_work import CardReview, RequirementProgress
from cardwright.console.context import PageContext
from cardwright.console.dates import days_of_reader
from cardwright.console.findings.on_card import findings_on_card
from cardwright.console.refusals import lack_words, requirement_words
from cardwright.console.reviewers import reviewers_offered
from cardwright.core.people import Role
from cardwright.core.policy.words import title_of
from cardwright.core.review import DAY, Reviewer, ReviewerKind
from cardwright.storage.unit import Unit


def review_shown(context: PageContext, unit: Unit, found: CardReview, version: int | None = None) -> dict[str, Any]:
    """The variables of the review's parts of a page, and of the findings' parts.

    Args:
        version: the version that the page shows; the newest by default.
    """
    days = days_of_reader(unit.now)
    policy = found.policy
    longest = None if policy is None else policy.approval.valid_for_days
    latest = None if longest is None else unit.now + longest * DAY
    may_ask = found.review is None and context.person.role.includes(Role.AUTHOR)
    return {
        "found": found,
        "days": days,
        "me": caller_name(unit),
        "by_review": policy is not None,
        "checks": checks_in_words(found),
        "requirement_words": requirement_words,
        "approval_words": approval_words(found.requirements),
        "my_requirement": next(
            (requirement_words(one.requirement) for one in found.requirements if one.mine and one.lacking), ""
        ),
        "waits_for": waits_for(found),
        "stops": stops(found),
        "may_withdraw": may_withdraw(unit, found),
        "latest": latest,
        "longest": longest,
        "ask": reviewers_offered(unit, policy) if may_ask else None,
        "people": reviewers_offered(unit, policy)["people"] if found.review is not None else (),
        "my_approval": caller_name(unit).lower() in {name.lower() for name in found.approvers},
        "outdated": outdated(found),
        **findings_on_card(unit, found, version),
    }


def may_withdraw(unit: Unit, found: CardReview) -> bool:
    """Whether the page offers to withdraw the request for review."""
    return found.review is not None and may_withdraw_request(unit, found.review)


def approval_words(requirements: Sequence[RequirementProgress]) -> list[tuple[bool, str]]:
    """Each approval that is needed: whether it is given, and by whom or from whom."""
    words: list[tuple[bool, str]] = []
    for one in requirements:
        word = requirement_words(one.requirement)
        words += [(True, f"{word}: {name}") for name in one.met] + [(False, word)] * one.lacking
    return words


def waits_for(found: CardReview) -> Sequence[Reviewer]:
    """The reviewers who have not decided. A group has decided when its requirement is met."""
    decided = {one.user.lower() for one in found.decisions if one.verdict in {"approve", "request_changes"}}
    filled = {one.requirement.reviewers for one in found.requirements if not one.lacking}
    return [
        one
        for one in found.reviewers
        if (one.name not in filled if one.kind is ReviewerKind.GROUP else one.name.lower() not in decided)
    ]


def stops(found: CardReview) -> Sequence[str]:
    """What is missing before the card can be approved, in few words: the people, then what blocks."""
    return [lack_words(lack) for lack in found.lacks]


def checks_in_words(found: CardReview) -> Sequence[tuple[str, str, str]]:
    """The failed checks: id, title and what was found."""
    if found.check is None or found.policy is None:
        return ()
    rules = {rule.id: rule for rule in found.policy.rules}
    return [(one.rule, title_of(rules[one.rule]), one.message) for one in found.check.failed]


def outdated(found: CardReview) -> str:
    """Why an approval is not under the active version of the card's policy; empty when it is."""
    mark = None if found.approval is None else found.approval.policy
    policy = found.policy
    if mark is None or policy is None or (mark.name, mark.version) == (policy.name, policy.version):
        return ""
    return f"version {policy.version} of {policy.name} is active"


def initials(name: str) -> str:
    """``MT`` of ``mei.tanaka``: the sign before a name."""
    for mark in ".-_":
        name = name.replace(mark, " ")
    return "".join(part[0] for part in name.split()[:2]).upper() or "?"
