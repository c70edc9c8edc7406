"""Ask for waivers of failed rules and of findings, grant and revoke them, and list them."""

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from cardwright.actions.annotations import caller_of, card_of, check_writer, locked_with_card, put_finding, put_waiver
from cardwright.actions.approvers import insiders_of, person_of
from cardwright.actions.cards import find_card, lock_card
from cardwright.actions.governance import Governance, governance_of
from cardwright.actions.paging import page_at
from cardwright.actions.review_settlement import settle_review
from cardwright.core.annotations import Noun, check_room
from cardwright.core.card import Card
from cardwright.core.errors import Conflict, DateRefused, Denied, Invalid, PartMissing
from cardwright.core.finding import Finding, FindingState, accepted, owners_of
from cardwright.core.integrity.history import Event
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.refusals import Part, TookPart
from cardwright.core.review import check_text
from cardwright.core.users import User
from cardwright.core.waiver import LONGEST_WITHOUT_POLICY, Scope, Waiver, WaiverState, check_expiry
from cardwright.storage.unit import Unit


class NamedWaiver(NamedTuple):
    """A waiver with the name of its card."""

    waiver: Waiver
    card_name: str


def request_waiver(  # noqa: PLR0913 - the parts of a waiver
    unit: Unit,
    name: str,
    *,
    reason: str,
    expires_at: int,
    rule: str | None = None,
    finding_id: str | None = None,
    scope: Scope = Scope.CARD,
) -> NamedWaiver:
    """Ask for a waiver of a rule or a finding. It has no effect before a second person grants it.

    Args:
        rule: the id of a rule of the card's policy.
        scope: whether all versions of the card are covered, or only its newest one.

    Raises:
        CardMissing, NotFound: no such card or finding.
        Denied: the caller may not write, or is a program.
        Invalid: neither or both of rule and finding are given, the policy has no such rule, the finding has ended, the
            reason is missing, or the expiry has passed or is later than the policy allows.
        LimitExceeded: the card has too many waivers.
    """
    unit.actor.require(Role.VIEWER, "PutWaiver", unit.actor.scope.card_arn(name))
    if (rule is None) is (finding_id is None):
        raise Invalid("Give one of CheckId and FindingId")
    why = check_text(reason, "A reason")
    if why is None:
        raise Invalid("A waiver needs a reason")
    card = lock_card(unit, name)
    check_writer(unit, card, "PutWaiver")
    governed = governance_of(unit, card)
    person = person_of(unit)
    if person is None and unit.actor.authenticated:
        _deny(unit, card, f"{unit.actor.user} is not a person of the account: a waiver is agreed by two people")
    _check_subject(unit, card, governed, rule, finding_id)
    check_room(Noun.WAIVER, unit.waivers.count(card.card_id))
    waiver = Waiver(
        waiver_id=unit.new_id(),
        card_id=card.card_id,
        rule=rule,
        finding_id=finding_id,
        scope=scope,
        policy_name=None if governed.policy is None else governed.policy.name,
        version=card.version,
        content_digest=card.content_digest,
        reason=why,
        requested_at=unit.now,
        requested_by=caller_of(unit),
        expires_at=check_expiry(expires_at, unit.now, _max_days(governed)),
        granted_at=None,
        granted_by=None,
        revoked_at=None,
        revoked_by=None,
        revocation=None,
    )
    unit.cards.update(put_waiver(unit, card, Event.WAIVER_REQUESTED, waiver), None)
    return NamedWaiver(waiver, name)


def grant_waiver(unit: Unit, waiver_id: str, *, expires_at: int | None = None) -> NamedWaiver:
    """Agree to a waiver that another person asked for. A finding becomes accepted; a review may be completed.

    Args:
        expires_at: an earlier expiry than the requested one.

    Raises:
        NotFound: no such waiver or finding.
        Denied: the caller asked for it, is a program, is not named by the policy, owns the finding, or under a policy
            wrote the card since its last approved version.
        Conflict: it is granted, revoked or expired already.
        Invalid: the expiry is later than requested or allowed, or the finding has ended.
    """
    unit.actor.require(Role.VIEWER, "PutWaiver", "*")
    card, waiver = _locked(unit, waiver_id)
    state = waiver.state_at(unit.now)
    if state is not WaiverState.REQUESTED:
        raise Conflict(f"The waiver is {state}: ask for another one")
    governed = governance_of(unit, card)
    finding = None if waiver.finding_id is None else _finding(unit, card, waiver.finding_id)
    person = _check_granter(unit, card, governed, waiver, finding)
    ends = waiver.expires_at if expires_at is None else expires_at
    if ends > waiver.expires_at:
        raise DateRefused("ExpiryTime", "is later than the requested one: ask for another waiver")
    ends = check_expiry(ends, unit.now, _max_days(governed))
    granted = waiver._replace(granted_at=unit.now, granted_by=person.name, expires_at=ends)
    card = put_waiver(unit, card, Event.WAIVER_GRANTED, granted)
    if finding is not None:
        accepted(finding, ends, None)  # raises for a finding that has ended
        card = _follow(unit, card, finding)
    unit.cards.update(card, None)
    settle_review(unit, card.name)
    return NamedWaiver(granted, card.name)


def revoke_waiver(unit: Unit, waiver_id: str, reason: str) -> NamedWaiver:
    """Revoke a waiver, or refuse a request for one. The check fails again, the finding is open again.

    Raises:
        NotFound: no such waiver.
        Denied: the caller neither asked for it nor may grant waivers nor is an administrator.
        Conflict: it is revoked or expired already.
        Invalid: the reason is missing.
    """
    unit.actor.require(Role.VIEWER, "RevokeWaiver", "*")
    why = check_text(reason, "A reason")
    if why is None:
        raise Invalid("To revoke a waiver, give a reason")
    card, waiver = _locked(unit, waiver_id)
    by = caller_of(unit)
    state = waiver.state_at(unit.now)
    if state not in {WaiverState.REQUESTED, WaiverState.ACTIVE}:
        raise Conflict(f"The waiver is {state} already")
    if not _may_revoke(unit, card, waiver):
        _deny(unit, card, f"{by} neither asked for the waiver nor may grant waivers", "RevokeWaiver")
    revoked = waiver._replace(revoked_at=unit.now, revoked_by=by, revocation=why)
    card = put_waiver(unit, card, Event.WAIVER_REVOKED, revoked)
    finding = None if waiver.finding_id is None else unit.findings.find(waiver.finding_id)
    if finding is not None and finding.state == FindingState.ACCEPTED:
        card = _follow(unit, card, finding)
    unit.cards.update(card, None)
    return NamedWaiver(revoked, card.name)


def describe_waiver(unit: Unit, waiver_id: str) -> NamedWaiver:
    """Return a waiver with the name of its card. Raises :class:`NotFound`."""
    unit.actor.require(Role.VIEWER, "ListWaivers", "*")
    card, waiver = card_of(unit, Noun.WAIVER, unit.waivers.find(waiver_id), waiver_id)
    return NamedWaiver(waiver, card.name)


def grant_refusal(unit: Unit, waiver: Waiver) -> object:
    """Return why the caller may not grant a waiver; None if the caller may."""
    card = unit.cards.by_id(waiver.card_id)
    if card is None:
        return "the card was deleted"
    finding = None if waiver.finding_id is None else unit.findings.find(waiver.finding_id)
    try:
        _check_granter(unit, card, governance_of(unit, card), waiver, finding)
    except Denied as error:
        return error.reason
    return None


def may_revoke(unit: Unit, waiver: Waiver) -> bool:
    """Whether the caller may revoke a waiver, or refuse the request for it."""
    card = unit.cards.by_id(waiver.card_id)
    return card is not None and _may_revoke(unit, card, waiver)


def longest_waiver(unit: Unit, card: Card) -> int:
    """Return the days that a waiver on a card lasts at most."""
    days = _max_days(governance_of(unit, card))
    return LONGEST_WITHOUT_POLICY if days is None else days


def has_waivers(unit: Unit, card: Card) -> bool:
    """Whether someone can grant a waiver on a card: its policy has rules for waivers, or no policy governs it."""
    policy = governance_of(unit, card).policy
    return policy is None or policy.approval.waivers is not None


def list_waivers(  # noqa: PLR0913 - the filters and the page
    unit: Unit,
    *,
    card_name: str | None = None,
    finding_id: str | None = None,
    state: WaiverState | None = None,
    limit: int = 100,
    after: Position | None = None,
    before: Position | None = None,
) -> Page[NamedWaiver]:
    """Return a page of waivers, last requested first.

    Args:
        card_name, finding_id, state: only waivers of this card or finding, or in this state.
        after, before: the position after which the page begins, or before which it ends.

    Raises:
        CardMissing: the card does not exist.
    """
    unit.actor.require(Role.VIEWER, "ListWaivers", "*")
    card = None if card_name is None else find_card(unit, card_name, "ListWaivers")
    card_id = None if card is None else card.card_id
    if card_id is None and finding_id is not None:  # the waivers of a card have an index
        finding = unit.findings.find(finding_id)
        card_id = "" if finding is None else finding.card_id

    def read(at: Position | None, backwards: bool, limit: int) -> Sequence[Waiver]:
        return unit.waivers.list(
            limit, at, backwards=backwards, condition=state, now=unit.now, card_id=card_id, finding_id=finding_id
        )

    page = page_at(read, after=after, before=before, limit=limit, position_of=lambda waiver: waiver.position)
    names = {one.card_id: "" for one in page.items}
    for card_id in names:
        owner = unit.cards.by_id(card_id)
        names[card_id] = "" if owner is None else owner.name
    return Page([NamedWaiver(one, names[one.card_id]) for one in page.items], page.position, page.back)


def _follow(unit: Unit, card: Card, finding: Finding) -> Card:
    """Store what the waivers of a finding make of its state. Returns the card, to be stored by the caller."""
    active = [one for one in unit.waivers.active(card.card_id, unit.now) if one.finding_id == finding.finding_id]
    wide = [one for one in active if one.scope == Scope.CARD] or active
    if wide:
        ends = max(wide, key=lambda waiver: waiver.expires_at)
        digest = None if ends.scope == Scope.CARD else ends.content_digest
        changed = accepted(finding, ends.expires_at, digest)
    else:
        changed = finding._replace(state=FindingState.OPEN, accepted_until=None, accepted_digest=None)
    changed = changed._replace(changed_at=unit.now, changed_by=caller_of(unit))
    return put_finding(unit, card, Event.FINDING_CHANGED, changed)


def _check_subject(unit: Unit, card: Card, governed: Governance, rule: str | None, finding_id: str | None) -> None:
    """Raise :class:`Invalid` or :class:`NotFound` when there is no such rule or open finding."""
    if finding_id is not None:
        accepted(_finding(unit, card, finding_id), unit.now, None)
    elif governed.policy is not None and governed.policy.rule(str(rule)) is None:
        known = ", ".join(one.id for one in governed.policy.rules) or "none"
        raise Invalid(f"The review policy {governed.policy.name} has no rule {rule}. Its rules are: {known}")


def _check_granter(unit: Unit, card: Card, governed: Governance, waiver: Waiver, finding: Finding | None) -> User:
    """Return the person who may grant a waiver. Raises :class:`Denied` for other callers."""
    person = person_of(unit)
    if person is None:
        _deny(unit, card, f"{unit.actor.user} is not a person of the account: a waiver is agreed by two people")
    key = person.name.lower()
    if key == waiver.requested_by.lower():
        _deny(unit, card, TookPart(person.name, Part.REQUESTER, "the waiver", "a second person agrees to it"))
    if not _may_grant(unit, governed):
        _deny(unit, card, _who_grants(governed))
    if finding is not None and key in owners_of(finding):
        _deny(unit, card, TookPart(person.name, Part.OWNER, "the finding"))
    if governed.policy is not None and key in insiders_of(unit, card, None):
        _deny(unit, card, TookPart(person.name, Part.AUTHOR))
    return person


def _may_revoke(unit: Unit, card: Card, waiver: Waiver) -> bool:
    mine = caller_of(unit).lower() == waiver.requested_by.lower()
    return mine or unit.actor.role.includes(Role.ADMIN) or _may_grant(unit, governance_of(unit, card))


def _may_grant(unit: Unit, governed: Governance) -> bool:
    """Whether the caller is a person whom the policy lets grant waivers; an approver without a policy."""
    person = person_of(unit)
    if person is None:
        return False
    if governed.policy is None:
        return unit.actor.role.includes(Role.APPROVER)
    rule = governed.policy.approval.waivers
    if rule is None:
        return False
    if rule.by not in {role.value for role in Role}:
        return person.name.lower() in {name.lower() for name in governed.groups.get(rule.by, ())}
    return person.role.includes(Role(rule.by)) and unit.actor.role.includes(Role(rule.by))


def _who_grants(governed: Governance) -> str:
    policy = governed.policy
    if policy is None:
        return "only approvers grant waivers"
    if policy.approval.waivers is None:
        return f"the review policy {policy.name} lets no one grant waivers"
    return f"the review policy {policy.name} lets {policy.approval.waivers.by} grant waivers"


def _max_days(governed: Governance) -> int | None:
    rule = None if governed.policy is None else governed.policy.approval.waivers
    return None if rule is None else rule.max_days


def _finding(unit: Unit, card: Card, finding_id: str) -> Finding:
    finding = unit.findings.find(finding_id)
    if finding is None or finding.card_id != card.card_id:
        raise PartMissing(card.name, f"finding {finding_id}")
    return finding


def _locked(unit: Unit, waiver_id: str) -> tuple[Card, Waiver]:
    return locked_with_card(unit, Noun.WAIVER, unit.waivers, waiver_id)


def _deny(unit: Unit, card: Card, because: object, action: str = "PutWaiver") -> NoReturn:
    unit.actor.deny(action, unit.actor.scope.card_arn(card.name), because)
