"""What governs a card's status: its review policy and its open review.

Actions of cards and reviews ask here, so that every interface follows the policy.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardwright.actions.policies import parsed
from cardwright.core.card import Card, Status
from cardwright.core.content import Document, document_of
from cardwright.core.people import Role
from cardwright.core.policy.approval import Approval
from cardwright.core.policy.policy import ReviewPolicy, choose
from cardwright.core.policy.requirements import BY_ROLE
from cardwright.core.policy.selector import UNRATED, Facts
from cardwright.core.refusals import StaysApproved
from cardwright.core.review import PolicyMark, Review
from cardwright.core.users import User
from cardwright.storage.unit import Unit

_NO_GROUPS: Mapping[str, Sequence[str]] = {}


class Subject(NamedTuple):
    """A card in this unit of work, with the content that a decision is about."""

    card: Card
    content: str
    document: Document
    tags: Mapping[str, str]

    @property
    def facts(self) -> Facts:
        """The facts that policies select by."""
        document = self.document
        risk = document.risk_rating or UNRATED
        return Facts(self.card.name, risk, self.tags, document.model_package_group_name)


class Governance(NamedTuple):
    """What governs a card: nothing, its open review, or also a policy.

    Attributes:
        policy: the policy that applies; None without one.
        chosen: the policy that the card's facts select; the other one only while an earlier approval holds the card.
        before: the policy that applied before a change of the content.
        account_groups: the account's groups of people that the policy names and does not list itself.
    """

    policy: ReviewPolicy | None = None
    chosen: ReviewPolicy | None = None
    review: Review | None = None
    before: ReviewPolicy | None = None
    account_groups: Mapping[str, Sequence[str]] = _NO_GROUPS

    @property
    def approval(self) -> Approval:
        return BY_ROLE if self.policy is None else self.policy.approval

    @property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """The groups of reviewers with their people. The policy's own lists win over groups of the account."""
        return self.account_groups if self.policy is None else {**self.account_groups, **self.policy.reviewers}

    @property
    def mark(self) -> PolicyMark | None:
        return mark_of(self.policy)


def mark_of(policy: ReviewPolicy | None) -> PolicyMark | None:
    """Return the version of a policy as records name it."""
    return None if policy is None else PolicyMark(policy.name, policy.version, policy.digest)


def governance_of(
    unit: Unit, card: Card, *, document: Document | None = None, subject: Subject | None = None
) -> Governance:
    """Return what governs a card. One statement when nothing does.

    Args:
        document: the new content, if the content changes.
        subject: the card's newest content, if the caller has it.
    """
    texts, review_id = unit.reviews.governed(card.card_id)
    if not texts and review_id is None:
        return Governance()
    review = None if review_id is None else unit.reviews.open(card.card_id)
    if not texts:
        return Governance(review=review)
    policies = [parsed(text) for text in texts]
    subject = subject or subject_of(unit, card)
    last = unit.reviews.approval(card.card_id)
    held = next((policy for policy in policies if last is not None and policy.name == last.held_by), None)
    before = chosen = choose(policies, subject.facts)
    if document is not None:
        chosen = choose(policies, subject._replace(document=document).facts)
    return Governance(held or chosen, chosen, review, held or before, _account_groups(unit, held or chosen))


def governance_of_new(unit: Unit, subject: Subject) -> Governance:
    """Return what governs a card that is about to be created."""
    texts, _ = unit.reviews.governed(subject.card.card_id)
    chosen = choose([parsed(text) for text in texts], subject.facts)
    return Governance(chosen, chosen, account_groups=_account_groups(unit, chosen))


def _account_groups(unit: Unit, policy: ReviewPolicy | None) -> Mapping[str, Sequence[str]]:
    """Return the people of groups that a policy names and does not list itself. No statement without such groups."""
    if policy is None:
        return _NO_GROUPS
    return unit.users.members(policy.account_groups) if policy.account_groups else _NO_GROUPS


def groups_of_person(unit: Unit, governance: Governance, person: User) -> set[str]:
    """Return the groups of reviewers that a person is in: those of the policy, and of the account otherwise."""
    listed = {} if governance.policy is None else governance.policy.reviewers
    mine = {group for group, people in listed.items() if person.name.lower() in map(str.lower, people)}
    return mine | {group for group in unit.users.groups(person.name) if group not in listed}


def subject_of(unit: Unit, card: Card) -> Subject:
    """Return the newest content of a card as the subject of a decision."""
    described = unit.cards.describe(card.name, None)
    content = "{}" if described is None else described.content
    return Subject(card, content, document_of(content), unit.tags.get(card.card_id))


def may_stay_approved(unit: Unit, card: Card) -> bool:
    """Whether an Approved card stays Approved when the caller saves new content: without a policy, for approvers."""
    governed = governance_of(unit, card)
    return (governed.policy or governed.before) is None and unit.actor.role.includes(Role.APPROVER)


def check_content_of_approved(unit: Unit, governance: Governance, card: Card, wanted: Status, action: str) -> None:
    """Raise :class:`Denied` when new content would stay Approved, or be archived, under a policy."""
    policy = governance.policy or governance.before
    if policy is None or card.status is not Status.APPROVED or wanted in {Status.DRAFT, Status.PENDING_REVIEW}:
        return
    unit.actor.deny(action, unit.actor.scope.card_arn(card.name), StaysApproved(policy.name, unit.actor.role))
