"""What governs a card's status: its review policy and its open review. Completes approvals whose requirements are met.

Actions of cards and reviews ask here, so that every interface follows the policy. All writes happen in the caller's
unit of work: an approval is stored with its decisions and the card's status, or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import attrs

from cardwright.actions.card_chain import add_link
from cardwright.actions.check_subject import SECONDS, time_for_checks
from cardwright.actions.check_subject import subject_of as subject_of_check
from cardwright.actions.deciders import deciders_of
from cardwright.actions.policies import parsed
from cardwright.core.card import Card, Status
from cardwright.core.content import Document, document_of
from cardwright.core.errors import Denied, Invalid
from cardwright.core.integrity.history import Event, approved_before
from cardwright.core.people import Role
from cardwright.core.policy.approval import Approval
from cardwright.core.policy.policy import ReviewPolicy, choose
from cardwright.core.policy.requirements import BY_ROLE, Approver, Standing, may_count, standing
from cardwright.core.policy.result import LATE, Result
from cardwright.core.policy.selector import UNRATED, Facts
from cardwright.core.policy.subject import card_version
from cardwright.core.review import (
    DAY,
    CardApproval,
    Decision,
    PolicyMark,
    Review,
    ReviewState,
    Verdict,
    check_review_by,
    effective,
    objections,
    text_digest,
)
from cardwright.core.users import User, user_key
from cardwright.storage.unit import Unit

_LISTED = 20  # blocking findings that a message names
_ROLES = frozenset(role.value for role in Role)
_NO_GROUPS: Mapping[str, Sequence[str]] = {}


class ApprovalIncomplete(Denied):
    """The requirements of a review policy are not met.

    Attributes:
        missing: what is missing, one part each.
    """

    def __init__(self, message: str, missing: Sequence[str]) -> None:
        super().__init__(message)
        self.missing = tuple(missing)


class ChecksTooSlow(Invalid):
    """The required checks of a policy take too long. Nothing was stored."""

    def __init__(self, policy: ReviewPolicy, card: Card) -> None:
        super().__init__(
            f"The required checks of the review policy {policy.name}, version {policy.version}, take longer than"
            f" {SECONDS} seconds for version {card.version} of the card, and nothing was stored: ask an administrator"
            " for a policy with quicker rules"
        )


class Subject(NamedTuple):
    """The content that a decision is about, of the card as it is in this unit of work."""

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


class ApprovalCheck(NamedTuple):
    """The outcome of the required checks of a policy.

    Attributes:
        failed: a result of each failed check, in the order of the policy.
        passed: the number of required checks that passed, were skipped or waived.
    """

    failed: Sequence[Result]
    passed: int

    @property
    def late(self) -> Sequence[Result]:
        """The failed checks for which there was no time."""
        return [result for result in self.failed if result.message == LATE]


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
    waivers = policy.approval.waivers
    named = {*(one.reviewers for one in policy.approval.approvals), None if waivers is None else waivers.by}
    elsewhere = [name for name in named if name is not None and name not in policy.reviewers and name not in _ROLES]
    return unit.users.members(elsewhere) if elsewhere else _NO_GROUPS


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


def person_of(unit: Unit) -> User | None:
    """Return the person of the account who calls; None for a program, an unproven name and a disabled person."""
    if not unit.actor.authenticated:
        return None
    user = unit.users.find(unit.actor.user)
    return user if user is not None and user.disabled_at is None else None


def caller_name(unit: Unit) -> str:
    """Return the caller's name, as decisions of the caller have it."""
    person = person_of(unit)
    return unit.actor.user if person is None else person.name


def caller_may_count(unit: Unit, governance: Governance) -> bool:
    """Whether a requirement of the policy names the caller, by group or role: the policy decides then, not the role."""
    person = None if governance.policy is None else person_of(unit)
    if person is None:
        return False
    return may_count(governance.approval, caller_as_approver(unit, person), governance.groups)


def caller_as_approver(unit: Unit, person: User) -> Approver:
    """Return the person who calls as an approver. A key may have a lower role than its person."""
    return Approver(person.name.lower(), min(unit.actor.role, person.role, key=list(Role).index))


def insiders_of(unit: Unit, card: Card, review: Review | None) -> frozenset[str]:
    """Return the keys of the people who do not count for independent requirements.

    They are the authors of the versions since the last approved one before this version, and the person who asked.
    """
    base = approved_before(unit.audit.giving_status(card.card_id), card.version)
    names = [*unit.versions.authors(card.card_id, base, card.version)]
    if review is not None and review.requested_by is not None:
        names.append(review.requested_by)
    return frozenset(name.lower() for name in names)


def standing_of(
    unit: Unit,
    governance: Governance,
    subject: Subject,
    decisions: Iterable[Decision],
    *,
    check: ApprovalCheck | None = None,
) -> Standing:
    """Return how far the approval of a content is.

    Args:
        decisions: those of all reviews of the card, in order.
        check: the outcome of the required checks, if the caller has it.
    """
    everything = list(decisions)
    review = governance.review
    approvals = approvals_in(unit, everything, None if review is None else review.review_id)
    return standing(
        governance.approval,
        [one for decision in approvals if (one := approver_of(unit, governance, decision)) is not None],
        groups=governance.groups,
        insiders=insiders_of(unit, subject.card, review),
        blockers=blockers_of(unit, governance, subject, everything, check=check),
    )


def approvals_in(unit: Unit, decisions: Iterable[Decision], review_id: str | None) -> list[Decision]:
    """Return the approvals of a review that count."""
    mine = [decision for decision in decisions if decision.review_id == review_id]
    standing = effective(mine, deciders_of(unit, mine).of)
    return [one for one in standing.values() if one.verdict == Verdict.APPROVE]


def objections_in(unit: Unit, decisions: Iterable[Decision]) -> list[Decision]:
    """Return the requests for changes that block an approval, of all reviews of a card."""
    everything = list(decisions)
    return objections(everything, deciders_of(unit, everything).of)


def approver_of(unit: Unit, governance: Governance, decision: Decision) -> Approver | None:
    """Return the approver behind an approval; None for a program, and for a person who left.

    A person whose name was deleted since the decision is another one, who only has the name.
    """
    user = unit.users.find(decision.user) if decision.by_person else None
    if user is not None and unit.account_events.has_deleted_user(user_key(user.name), decision.decided_at):
        user = None
    if user is None or user.disabled_at is not None:
        return Approver(decision.user.lower(), Role(decision.role)) if governance.policy is None else None
    return Approver(user.name.lower(), min(Role(decision.role), user.role, key=list(Role).index))


def blockers_of(
    unit: Unit,
    governance: Governance,
    subject: Subject,
    decisions: Iterable[Decision],
    *,
    check: ApprovalCheck | None = None,
) -> tuple[str, ...]:
    """Return what blocks an approval besides missing approvals: requests for changes, findings, failed checks.

    Args:
        check: the outcome of the required checks, if the caller has it.
    """
    asked = tuple(f"{one.user} requested changes" for one in objections_in(unit, decisions))
    policy = governance.policy
    if policy is None:
        return asked
    failed = failed_checks((check or check_of(unit, policy, subject)).failed)
    return (*asked, *open_findings(unit, policy, subject), *failed)


def check_in_time(unit: Unit, governance: Governance, subject: Subject) -> ApprovalCheck | None:
    """Check a content for an approval; None without a policy. :func:`refuse_late` follows."""
    return None if governance.policy is None else check_of(unit, governance.policy, subject)


def refuse_late(governance: Governance, subject: Subject, found: Standing, check: ApprovalCheck | None) -> None:
    """Raise :class:`ChecksTooSlow` when only checks that did not run in time prevent an approval."""
    if governance.policy is None or check is None or not check.late:
        return
    if set(found.missing) <= set(failed_checks(check.late)):
        raise ChecksTooSlow(governance.policy, subject.card)


def open_findings(unit: Unit, policy: ReviewPolicy, subject: Subject) -> tuple[str, ...]:
    """Return the findings that block an approval under a policy, in words."""
    severities = policy.approval.blocking_findings
    if not severities:
        return ()
    digest = subject.card.content_digest
    found = unit.findings.blocking(subject.card.card_id, severities, unit.now, _LISTED)
    return tuple(
        f"the {one.severity} finding {one.title!r} ({one.finding_id}) is {one.state_at(unit.now, digest)}"
        for one in found
    )


def check_of(unit: Unit, policy: ReviewPolicy, subject: Subject) -> ApprovalCheck:
    """Check a content against the required checks of a policy."""
    required = policy.approval.required_checks
    if not required:
        return ApprovalCheck((), 0)
    from cardwright.core.policy.checking import Checker  # the rule engine waits for the first check

    card = subject.card
    asked = attrs.evolve(policy, rules=tuple(rule for rule in policy.rules if rule.id in required))
    checked = card_version(card.name, subject.content, card.version, card.status)
    found = Checker(asked).check(subject_of_check(unit, asked, card, checked, tags=subject.tags), time_for_checks(unit))
    failures = {result.rule: result for result in reversed(found.results) if result.outcome.failed}
    failed = tuple(failures[rule] for rule in required if rule in failures)
    return ApprovalCheck(failed, len(required) - len(failed))


def failed_checks(failed: Iterable[Result]) -> tuple[str, ...]:
    """Return the required checks of a policy that a content fails, in words."""
    return tuple(f"the check {result.rule} fails: {result.message}" for result in failed)


def approve_directly(unit: Unit, governance: Governance, subject: Subject, action: str) -> Card:
    """Record the caller's own approval and complete the review with it. Returns the card, to be stored by the caller.

    This is what ``UpdateModelCard`` to Approved means where a policy or a review governs the card.

    Raises:
        ApprovalIncomplete: it does not complete the requirements. Nothing is recorded.
    """
    card = subject.card
    person = person_of(unit)
    review = governance.review or _direct_review(unit, card, governance)
    decisions = unit.reviews.decisions(card.card_id)
    decision = None
    if person is not None:
        review_by = check_review_by(None, unit.now, governance.approval.valid_for_days)
        decision = new_decision(unit, review, decisions, Verdict.APPROVE, user=person.name, review_by=review_by)
    elif governance.policy is None:
        decision = new_decision(unit, review, decisions, Verdict.APPROVE)
    decided = decisions if decision is None else [*decisions, decision]
    check = check_in_time(unit, governance, subject)
    found = standing_of(unit, governance._replace(review=review), subject, decided, check=check)
    refuse_late(governance, subject, found, check)
    if governance.policy is not None and found.missing:
        _refuse(unit, governance.policy, subject.card, found, action, person)
    if governance.review is None:
        unit.reviews.insert(review)
        card = add_link(unit, card, Event.REVIEW_REQUESTED, request_details(review, ()) | {"direct": True})
    if decision is not None:
        card = add_decision(unit, card, decision, governance.mark, review.version)
    return complete(unit, governance._replace(review=review), subject._replace(card=card), found, decided)


def complete(
    unit: Unit, governance: Governance, subject: Subject, found: Standing, decisions: Iterable[Decision]
) -> Card:
    """Store the approval of a review whose requirements are met. Returns the card, to be stored by the caller.

    The caller sets the status in the same unit of work.
    """
    review, card, approval = governance.review, subject.card, governance.approval
    assert review is not None  # noqa: S101 - an approval completes a review
    approvals = approvals_in(unit, decisions, review.review_id)
    counted = {place.person for place in found.met}
    dates = [one.review_by for one in approvals if one.review_by is not None and one.user.lower() in counted]
    latest = None if approval.valid_for_days is None else unit.now + approval.valid_for_days * DAY
    review_by = min([*dates, *([] if latest is None else [latest])], default=None)
    expires = review_by is not None and governance.policy is not None
    last = unit.reviews.approval(card.card_id)
    renewed = last is not None and last.ended_at is None and last.content_digest == card.content_digest
    held = governance.policy if renewed else governance.chosen
    stored = CardApproval(
        card_id=card.card_id,
        card_name=card.name,
        version=card.version,
        content_digest=card.content_digest,
        review_id=review.review_id,
        policy=governance.mark,
        held_by=None if held is None else held.name,
        approved_at=unit.now,
        review_by=review_by,
        expires_at=review_by + approval.grace_days * DAY if expires and review_by is not None else None,
        after_expiry=approval.after_expiry if expires else None,
    )
    details = _known(
        review=review.review_id,
        version=card.version,
        content_sha256=card.content_digest,
        policy=_policy_details(governance.mark),
        held_by=stored.held_by,
        review_by=stored.review_by,
        expires_at=stored.expires_at,
        after_expiry=stored.after_expiry,
        renews=review.renews,
        met=[list(place) for place in found.met],
    )
    card = add_link(unit, card, Event.REVIEW_COMPLETED, details)
    unit.reviews.put_approval(stored)
    unit.reviews.set_state(review.review_id, ReviewState.APPROVED, unit.now)
    return card


def new_decision(  # noqa: PLR0913 - the parts of a decision
    unit: Unit,
    review: Review,
    decisions: Iterable[Decision],
    verdict: Verdict,
    *,
    user: str | None = None,
    comment: str | None = None,
    review_by: int | None = None,
) -> Decision:
    """Return the caller's next decision in a review, not stored yet.

    Args:
        user: the name of the person who calls; None for a program.
    """
    earlier = list(decisions)
    # The order of decisions and of deletions of users is that of their times, and clocks of servers differ.
    deleted = unit.account_events.deletions([user_key(user)]) if user is not None else {}
    unit.not_before(max((*(one.decided_at for one in earlier), *(at + 1 for ats in deleted.values() for at in ats), 0)))
    return Decision(
        review_id=review.review_id,
        number=1 + sum(1 for one in earlier if one.review_id == review.review_id),
        card_id=review.card_id,
        user=unit.actor.user if user is None else user,
        role=unit.actor.role,
        by_person=int(user is not None),
        verdict=verdict,
        content_digest=review.content_digest,
        comment=comment,
        review_by=review_by,
        decided_at=unit.now,
    )


def add_decision(unit: Unit, card: Card, decision: Decision, policy: PolicyMark | None, version: int) -> Card:
    """Store a decision with its link. Returns the card, to be stored by the caller."""
    unit.reviews.add_decision(decision)
    details = _known(
        review=decision.review_id,
        number=decision.number,
        user=decision.user,
        by_person=bool(decision.by_person),
        verdict=decision.verdict,
        version=version,
        content_sha256=decision.content_digest,
        policy=_policy_details(policy),
        comment_sha256=None if decision.comment is None else text_digest(decision.comment),
        review_by=decision.review_by,
        earlier_user_deleted=deciders_of(unit, [decision]).deleted_before(decision),
    )
    return add_link(unit, card, Event.REVIEW_DECIDED, details)


def request_details(review: Review, reviewers: Iterable[Sequence[str]]) -> dict[str, object]:
    """Return the details of the link that records a request."""
    return _known(
        review=review.review_id,
        version=review.version,
        content_sha256=review.content_digest,
        policy=_policy_details(review.policy),
        requested_by=review.requested_by,
        due=review.due_at,
        renews=review.renews,
        comment_sha256=None if review.comment is None else text_digest(review.comment),
        reviewers=[list(reviewer) for reviewer in reviewers],
    )


def review_details(review: Review, policy: PolicyMark | None, **more: object) -> dict[str, object]:
    """Return the details of a link about a review: which review, digest and policy, and more."""
    return _known(
        review=review.review_id,
        version=review.version,
        content_sha256=review.content_digest,
        policy=_policy_details(policy),
        **more,
    )


def end_with_content(unit: Unit, card: Card, review: Review | None) -> None:
    """End what new content of a card ends: its open review, and the approval of the content before."""
    if review is not None:
        unit.reviews.set_state(review.review_id, ReviewState.SUPERSEDED, unit.now)
    if card.status is Status.APPROVED:
        unit.reviews.end_approval(card.card_id, unit.now)


def end_with_status(unit: Unit, card: Card, status: Status, review: Review | None) -> None:
    """End what a new status of a card ends: Draft and Archived withdraw an open review, and an approval ends."""
    if review is not None and status in _WITHDRAWING:
        unit.reviews.set_state(review.review_id, ReviewState.WITHDRAWN, unit.now)
    if card.status is Status.APPROVED:
        unit.reviews.end_approval(card.card_id, unit.now)


_WITHDRAWING = frozenset({Status.DRAFT, Status.ARCHIVED})


def check_content_of_approved(unit: Unit, governance: Governance, card: Card, wanted: Status, action: str) -> None:
    """Raise :class:`Denied` when new content would stay Approved, or be archived, under a policy."""
    policy = governance.policy or governance.before
    if policy is None or card.status is not Status.APPROVED or wanted in {Status.DRAFT, Status.PENDING_REVIEW}:
        return
    raise Denied(
        f"User: {unit.actor.scope.user_arn(unit.actor.user)} is not authorized to perform: sagemaker:{action} on"
        f" resource: {unit.actor.scope.card_arn(card.name)} because the card is Approved under the review policy"
        f" {policy.name}: its content changes only together with ModelCardStatus Draft or PendingReview"
    )


def _direct_review(unit: Unit, card: Card, governance: Governance) -> Review:
    return Review(
        review_id=unit.new_id(),
        card_id=card.card_id,
        card_name=card.name,
        version=card.version,
        content_digest=card.content_digest,
        state=ReviewState.OPEN,
        policy=governance.mark,
        requested_at=unit.now,
        requested_by=None,
        due_at=None,
        comment=None,
    )


def _refuse(  # noqa: PLR0913, PLR0917 - the parts of the message
    unit: Unit, policy: ReviewPolicy, card: Card, found: Standing, action: str, person: User | None
) -> None:
    scope, user = unit.actor.scope, unit.actor.user
    missing = list(found.missing)
    if person is None and any(requirement.count for requirement in policy.approval.approvals):
        missing.append(f"a person who approves: {user} is not a person of the account, and programs do not count")
    raise ApprovalIncomplete(
        f"User: {scope.user_arn(user)} is not authorized to perform: sagemaker:{action} on resource:"
        f" {scope.card_arn(card.name)} because the review policy {policy.name}, version {policy.version}, is not"
        f" met for version {card.version} of the card. Missing: {'; '.join(missing)}",
        missing,
    )


def _policy_details(policy: PolicyMark | None) -> dict[str, object] | None:
    return None if policy is None else {"name": policy.name, "version": policy.version, "sha256": policy.digest}


def _known(**details: object) -> dict[str, object]:
    """Leave out details without a value."""
    return {name: value for name, value in details.items() if value is not None}
