"""Open findings on cards, change them through their states, and list them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, NoReturn

from cardwright.actions.annotations import caller_of, card_of, check_writer, locked_with_card, may_annotate, put_finding
from cardwright.actions.approvers import insiders_of, person_of
from cardwright.actions.cards import find_card, lock_card
from cardwright.actions.governance import governance_of
from cardwright.actions.paging import page_at
from cardwright.actions.policies import active_policies
from cardwright.actions.review_settlement import settle_review
from cardwright.core.annotations import Noun, check_line, check_pointer, check_room
from cardwright.core.card import Card
from cardwright.core.errors import Denied, Invalid
from cardwright.core.finding import (
    LONGEST_TITLE,
    Category,
    Finding,
    FindingCounts,
    FindingKind,
    FindingQuery,
    FindingState,
    NamedFinding,
    PressingCounts,
    Severity,
    Source,
    due_of,
    first_span,
    is_lower,
    moved,
    owned_by,
    owners_of,
)
from cardwright.core.integrity.history import AuditLink, Event
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.refusals import Part, TookPart
from cardwright.core.review import check_text
from cardwright.storage.unit import Unit

_LONGEST_RULE = 63
_LONGEST_OWNER = 64


@dataclass(frozen=True, slots=True)
class FindingChange:
    """What changes of a finding; None leaves a member as it is. Title and text never change: open another finding."""

    state: FindingState | None = None
    severity: Severity | None = None
    category: Category | None = None
    owner: str | None = None
    due_at: int | None = None
    resolution: str | None = None


class Opened(NamedTuple):
    """A finding, and whether the call opened it: a rule has one finding on a card at a time."""

    named: NamedFinding
    is_new: bool

    @property
    def finding(self) -> Finding:
        return self.named.finding


def open_finding(  # noqa: PLR0913 - the parts of a finding
    unit: Unit,
    name: str,
    title: str,
    *,
    severity: Severity,
    kind: FindingKind = FindingKind.ISSUE,
    category: Category = Category.OTHER,
    source: Source | None = None,
    text: str | None = None,
    pointer: str | None = None,
    rule: str | None = None,
    owner: str | None = None,
    due_at: int | None = None,
) -> Opened:
    """Open a finding on a card, against its newest version.

    Args:
        source: ``review`` by default, and ``policy`` for a failed rule.
        pointer: JSON Pointer to the field that it is about.
        rule: the rule that failed. While the card has a finding about it that has not ended, that one is returned.
        owner: the person who answers for it.
        due_at: when it is due; by default after the days of its severity.

    Raises:
        CardMissing, Denied: the card does not exist, or the caller may not write.
        Invalid: a text is missing or too long, the owner is unknown, the pointer is malformed, or the date has passed.
        LimitExceeded: the card has too many findings.
    """
    unit.actor.require(Role.VIEWER, "OpenFinding", unit.actor.scope.card_arn(name))
    checked_text, where, about = check_text(text, "A text"), check_pointer(pointer), _rule(rule)
    shown = check_line(title, "The title of a finding", LONGEST_TITLE)
    card = lock_card(unit, name)
    check_writer(unit, card, "OpenFinding")
    present = None if about is None else unit.findings.of_rule(card.card_id, about)
    if present is not None:
        return Opened(NamedFinding(present, card.name, card.content_digest), is_new=False)
    check_room(Noun.FINDING, unit.findings.count(card.card_id))
    by = caller_of(unit)
    finding = Finding(
        finding_id=unit.new_id(),
        card_id=card.card_id,
        kind=kind,
        severity=severity,
        category=category,
        source=source or (Source.REVIEW if about is None else Source.POLICY),
        title=shown,
        text=checked_text,
        pointer=where,
        rule=about,
        owner=_owner(unit, owner),
        former_owners="[]",
        due_at=due_of(severity, due_at, unit.now),
        state=FindingState.OPEN,
        version=card.version,
        content_digest=card.content_digest,
        opened_at=unit.now,
        opened_by=by,
        changed_at=unit.now,
        changed_by=by,
        resolution=None,
        accepted_until=None,
        accepted_digest=None,
        ended_at=None,
        ended_by=None,
        fixed_version=None,
        spans=first_span(card.version),
    )
    unit.cards.update(put_finding(unit, card, Event.FINDING_OPENED, finding), None)
    return Opened(NamedFinding(finding, card.name, card.content_digest), is_new=True)


def update_finding(unit: Unit, finding_id: str, change: FindingChange) -> NamedFinding:
    """Change a finding. A review of its card is completed when the finding was the last thing that was missing.

    Raises:
        NotFound: no such finding.
        Denied: the caller may not write; or ends a critical or high finding, or lowers its severity, as an owner, or
            under a policy as an author since the last approved version or as a program.
        Invalid: the state does not follow, the owner is unknown, a resolution is missing, or the date has passed.
    """
    unit.actor.require(Role.VIEWER, "UpdateFinding", "*")
    resolution = check_text(change.resolution, "A resolution")
    card, finding = _locked(unit, finding_id)
    by = caller_of(unit)
    if not _is_owner(unit, finding):
        check_writer(unit, card, "UpdateFinding")
    changed = _changed(unit, finding, change)
    present = finding.state_at(unit.now, card.content_digest)
    state = present if change.state is None else change.state
    if change.state is not None or resolution is not None:
        changed = _moved(unit, card, changed, state, resolution)
    if finding.is_grave and finding.ended_at is None and changed.ended_at is not None:
        end = "close it" if changed.state == FindingState.CLOSED else "make it invalid"
        _check_second_person(unit, card, finding, by, end)
    if finding.is_grave and is_lower(changed.severity, finding.severity):
        _check_second_person(unit, card, finding, by, "lower its severity")
    if changed == finding:
        return NamedFinding(finding, card.name, card.content_digest)
    changed = changed._replace(changed_at=unit.now, changed_by=by)
    unit.cards.update(put_finding(unit, card, _event(finding, changed), changed), None)
    settle_review(unit, card.name)
    return NamedFinding(changed, card.name, card.content_digest)


def describe_finding(unit: Unit, finding_id: str) -> NamedFinding:
    """Return a finding with the name of its card. Raises :class:`NotFound`."""
    unit.actor.require(Role.VIEWER, "DescribeFinding", "*")
    card, finding = card_of(unit, Noun.FINDING, unit.findings.find(finding_id), finding_id)
    return NamedFinding(finding, card.name, card.content_digest)


def list_findings(
    unit: Unit,
    query: FindingQuery,
    *,
    card_name: str | None = None,
    after: Position | None = None,
    before: Position | None = None,
) -> Page[NamedFinding]:
    """Return a page of findings, in the order of the query.

    Args:
        query: the filters, the order and the length of the page; its time and position are set here.
        card_name: only findings of this card.
        after, before: the position after which the page begins, or before which it ends.

    Raises:
        CardMissing: the card does not exist.
    """
    unit.actor.require(Role.VIEWER, "ListFindings", "*")
    card = None if card_name is None else find_card(unit, card_name, "ListFindings")
    owner = None if query.owner is None else unit.users.find(query.owner)
    wanted = replace(
        query,
        now=unit.now,
        card_id=None if card is None else card.card_id,
        owner=query.owner if owner is None else owner.name,
        blocked_by=_blocked_by(unit) if query.blocking else (),
    )

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[NamedFinding]:
        return unit.findings.page(replace(wanted, at=at, backwards=backwards, limit=limit))

    return page_at(
        read, after=after, before=before, limit=query.limit, position_of=lambda named: wanted.position(named.finding)
    )


def limitations_of(unit: Unit, name: str) -> Sequence[Finding]:
    """Return the findings of a card that are limitations, open or ended, oldest first. Raises :class:`CardMissing`."""
    return unit.findings.limitations(find_card(unit, name, "ListFindings").card_id)


def count_findings(unit: Unit) -> FindingCounts:
    """Return how many findings of the account have not ended."""
    unit.actor.require(Role.VIEWER, "ListFindings", "*")
    return unit.findings.counts(unit.now, caller_of(unit))


def count_pressing(unit: Unit) -> PressingCounts:
    """Return how many findings will soon be open again, and how many keep a card under review from approval."""
    unit.actor.require(Role.VIEWER, "ListFindings", "*")
    return unit.findings.pressing(unit.now, _blocked_by(unit))


def _blocked_by(unit: Unit) -> Sequence[str]:
    """The severities that block an approval under each active policy."""
    policies = active_policies(unit)
    return [f"{policy.name}/{severity}" for policy in policies for severity in policy.approval.blocking_findings]


def count_my_findings(unit: Unit, limit: int) -> int:
    """Return how many findings of the caller have not ended, at most ``limit``."""
    unit.actor.require(Role.VIEWER, "ListFindings", "*")
    return unit.findings.owned(caller_of(unit), limit)


def finding_history(unit: Unit, finding: Finding, *, limit: int = 200) -> Sequence[AuditLink]:
    """Return at most ``limit`` links of the card's chain about a finding, its evidence and its waivers, newest first.

    Evidence and waivers name the finding; a waiver's later links do too, since each link has the complete record.
    """
    unit.actor.require(Role.VIEWER, "DescribeFinding", "*")
    return unit.audit.of_finding(finding.card_id, finding.finding_id, limit)


def may_update(unit: Unit, finding: Finding) -> bool:
    """Whether the caller may change a finding at all: its owner, and callers who may annotate its card."""
    card = unit.cards.by_id(finding.card_id)
    return card is not None and (_is_owner(unit, finding) or may_annotate(unit, card))


def blocking_policy(unit: Unit, named: NamedFinding) -> str | None:
    """Return the name of the policy under which a finding blocks the approval of its card now; None if it does not."""
    card = unit.cards.by_id(named.finding.card_id)
    ended = named.finding.ended_at is not None or named.state_at(unit.now) is FindingState.ACCEPTED
    policy = None if card is None or ended else governance_of(unit, card).policy
    return policy.name if policy is not None and named.finding.severity in policy.approval.blocking_findings else None


def ending_refusal(unit: Unit, finding: Finding) -> object:
    """Return why the caller may not end a finding or lower its severity; None if the caller may."""
    card = unit.cards.by_id(finding.card_id)
    if card is None or not finding.is_grave or finding.ended_at is not None:
        return None
    try:
        _check_second_person(unit, card, finding, caller_of(unit), "close it or lower its severity")
    except Denied as error:
        return error.reason
    return None


def locked_finding(unit: Unit, finding_id: str) -> tuple[Card, Finding]:
    """Return a finding with its card, which is locked until the unit ends. Raises :class:`NotFound`."""
    return _locked(unit, finding_id)


def _is_owner(unit: Unit, finding: Finding) -> bool:
    person = person_of(unit)
    return person is not None and finding.owner is not None and finding.owner.lower() == person.name.lower()


def _changed(unit: Unit, finding: Finding, change: FindingChange) -> Finding:
    changed = finding
    if change.owner is not None:
        changed = owned_by(changed, _owner(unit, change.owner))
    if change.due_at is not None and change.due_at != finding.due_at:
        changed = changed._replace(due_at=due_of(finding.severity, change.due_at, unit.now))
    if change.severity is not None:
        changed = changed._replace(severity=change.severity)
    if change.category is not None:
        changed = changed._replace(category=change.category)
    return changed


def _moved(unit: Unit, card: Card, finding: Finding, state: FindingState, resolution: str | None) -> Finding:
    if state is finding.state_at(unit.now, card.content_digest) is FindingState.ACCEPTED:
        return finding._replace(resolution=resolution or finding.resolution)
    if finding.ended_at is not None and state not in {FindingState.CLOSED, FindingState.INVALID}:
        _check_rule_is_free(unit, finding)
    return moved(finding, state, resolution, card, now=unit.now, by=caller_of(unit))


def _check_rule_is_free(unit: Unit, finding: Finding) -> None:
    other = None if finding.rule is None else unit.findings.of_rule(finding.card_id, finding.rule)
    if other is not None:
        raise Invalid(f"The rule {finding.rule} has a newer finding on this card: {other.finding_id}")


def _event(before: Finding, after: Finding) -> Event:
    if (before.ended_at is None) is (after.ended_at is None):
        return Event.FINDING_CHANGED
    return Event.FINDING_REOPENED if after.ended_at is None else Event.FINDING_ENDED


def _check_second_person(unit: Unit, card: Card, finding: Finding, by: str, what: str) -> None:
    """Raise :class:`Denied` for callers who may not end a critical or high finding or lower its severity."""
    if by.lower() in owners_of(finding):
        _deny(unit, card, TookPart(by, Part.OWNER, f"this {finding.severity} finding", f"another person can {what}"))
    governed = governance_of(unit, card)
    if governed.policy is None:
        return
    if person_of(unit) is None:
        _deny(unit, card, f"{by} is not a person of the account: only a person can {what}")
    if by.lower() in insiders_of(unit, card, None):
        _deny(unit, card, TookPart(by, Part.AUTHOR, instead=f"another person can {what}"))


def _deny(unit: Unit, card: Card, because: object) -> NoReturn:
    unit.actor.deny("UpdateFinding", unit.actor.scope.card_arn(card.name), because)


def _owner(unit: Unit, name: str | None) -> str | None:
    """Return an owner as the account names the person. Without sign-in there are no people, and any name is kept."""
    if name is None:
        return None
    user = unit.users.find(name)
    if user is not None and user.disabled_at is None:
        return user.name
    if unit.actor.authenticated:
        raise Invalid(f"{name[:80]} is not a person of the account: an owner is one")
    return check_line(name, "The name of an owner", _LONGEST_OWNER)


def _rule(rule: str | None) -> str | None:
    return None if rule is None else check_line(rule, "The id of a rule", _LONGEST_RULE)


def _locked(unit: Unit, finding_id: str) -> tuple[Card, Finding]:
    return locked_with_card(unit, Noun.FINDING, unit.findings, finding_id)
