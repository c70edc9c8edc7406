"""What reviews and policies say about a draft: the policy that will govern it, failed checks, requested changes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardwright.actions.check_subject import checker_of, subject_of
from cardwright.actions.decisions import decisions_of
from cardwright.actions.governance import governance_of
from cardwright.actions.policies import active_policies
from cardwright.core.card import Card
from cardwright.core.content import document_of
from cardwright.core.errors import ContentInvalid
from cardwright.core.people import Role
from cardwright.core.policy.policy import ReviewPolicy, choose
from cardwright.core.policy.result import Result
from cardwright.core.policy.selector import UNRATED, Facts
from cardwright.core.policy.subject import Subject, card_version
from cardwright.core.review import Decision, Review
from cardwright.storage.unit import Unit


class DraftReview(NamedTuple):
    """What reviews and policies say about a draft.

    Attributes:
        policy: the policy that will govern the content; None without one.
        review: the open review of the stored content, which new content ends.
        objections: requests for changes that block an approval.
        failed: a result of each rule that the content fails; empty unless it was checked.
    """

    policy: ReviewPolicy | None
    review: Review | None
    objections: Sequence[Decision]
    failed: Sequence[Result]


def review_of_draft(  # noqa: PLR0913 - the draft and its card
    unit: Unit, name: str, content: str, tags: Mapping[str, str], card: Card | None, *, check: bool
) -> DraftReview:
    """Return what reviews and policies say about a content that is not stored yet.

    Args:
        card: the card that the draft changes, as it is now; None for a new card.
        check: whether the content is checked against the policy.
    """
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    try:
        document = document_of(content)
    except ContentInvalid:
        return DraftReview(None, None, (), ())
    if card is None:
        facts = Facts(name, document.risk_rating or UNRATED, tags, document.model_package_group_name)
        policy, review, asked = choose(active_policies(unit), facts), None, list[Decision]()
    else:
        governed = governance_of(unit, card, document=document)
        policy, review = governed.policy, governed.review
        asked = decisions_of(unit, card.card_id).objections()
    failed = () if policy is None or not check else _failed(unit, policy, name, content, tags, card)
    return DraftReview(policy, review, asked, failed)


def _failed(  # noqa: PLR0913, PLR0917 - the content and its surroundings
    unit: Unit, policy: ReviewPolicy, name: str, content: str, tags: Mapping[str, str], card: Card | None
) -> Sequence[Result]:
    checked = card_version(name, content)
    subject = Subject(checked, unit.now, tags) if card is None else subject_of(unit, policy, card, checked)
    return [result for result in checker_of(policy).check(subject).results if result.outcome.failed]
