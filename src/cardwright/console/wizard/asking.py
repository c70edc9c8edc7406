"""Asking for a review at the last step of the form, and what the policy says about the draft."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import request

from cardwright.actions.draft_review import DraftReview, review_of_draft
from cardwright.actions.review_work import asked_before, describe_card_review
from cardwright.actions.reviews import request_review
from cardwright.console.dates import days_of_reader, due_date
from cardwright.console.refusals import requirement_words
from cardwright.console.reviewers import reviewers_offered
from cardwright.console.wizard.fields import Step
from cardwright.console.wizard.steps import step_of
from cardwright.core.card import Card, Status
from cardwright.core.draft_form import DraftForm
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import Result
from cardwright.core.policy.words import title_of
from cardwright.storage.unit import Unit


class Gap(NamedTuple):
    """A rule of the policy that the draft fails.

    Attributes:
        required: whether an approval needs it.
        anchor: the field that it is about; empty for the whole card.
    """

    title: str
    why: str
    message: str
    required: bool
    step: Step
    anchor: str


def shown_review(unit: Unit, form: DraftForm, content: str, card: Card | None, *, last: bool) -> Mapping[str, object]:
    """The variables of the parts of a step that are about reviews."""
    tags = {key: value for key, value in form.tags if key}
    found = review_of_draft(unit, form.name, content, tags, card, check=last)
    shown: dict[str, object] = {"draft_review": found, "by_review": found.policy is not None}
    if not last or found.policy is None:
        return shown
    return shown | {
        "policy_gaps": _gaps(found, found.policy),
        "ask": reviewers_offered(unit, found.policy),
        "approval_words": [(False, word) for word in _needed_approvals(found.policy)],
        "names": _names(unit, card, found.policy) + ([""] if request.form.get("do") == "reviewer" else []),
        "added": request.form.get("do") == "reviewer",
        "days": days_of_reader(unit.now),
        "due": request.form.get("due", ""),
        "ask_message": request.form.get("ask_message", ""),
    }


def _names(unit: Unit, card: Card | None, policy: ReviewPolicy) -> list[str]:
    """The reviewers that the form has; at first, those of the card's last review."""
    if "reviewer" in request.form or card is None:
        return request.form.getlist("reviewer")
    return asked_before(unit, card, policy)


def ask_for_review(unit: Unit, form: DraftForm) -> None:
    """Ask for a review of what was just saved, where the form asks for one. In the unit of work that saves.

    Raises:
        Invalid: a reviewer is unknown, or the date has passed.
    """
    if "asks" not in request.form or form.status != Status.PENDING_REVIEW:
        return
    if describe_card_review(unit, form.name).review is not None:
        return  # the content is unchanged, and its review is open
    names = [item.strip() for item in request.form.getlist("reviewer") if item.strip()]
    request_review(
        unit,
        form.name,
        reviewers=list(dict.fromkeys(names)),
        due_at=due_date(request.form.get("due", ""), days_of_reader(unit.now)),
        comment=request.form.get("ask_message"),
    )


def _needed_approvals(policy: ReviewPolicy) -> list[str]:
    return [requirement_words(one) for one in policy.approval.approvals for _ in range(one.count)]


def _gaps(found: DraftReview, policy: ReviewPolicy) -> Sequence[Gap]:
    """The failed rules, those first that an approval needs."""
    rules = {rule.id: rule for rule in policy.rules}
    gaps = []
    for result in found.failed:
        rule = rules[result.rule]
        required = rule.id in policy.approval.required_checks
        step, anchor = _place(result)
        gaps.append(Gap(title_of(rule), rule.fix or rule.why, result.message, required, step, anchor))
    return sorted(gaps, key=lambda gap: not gap.required)


def _place(result: Result) -> tuple[Step, str]:
    keys = [part for part in result.pointer.split("/") if part]
    return step_of(".".join(keys)), f"f-{'-'.join(keys)}" if keys else ""
