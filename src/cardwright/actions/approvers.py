"""People as approvers: who calls, who counts for a requirement, and who is too close to a content."""

from cardwright.actions.governance import Governance
from cardwright.core.card import Card
from cardwright.core.integrity.history import approved_before
from cardwright.core.people import Role
from cardwright.core.policy.requirements import Approver, may_count
from cardwright.core.review import Decision, Review
from cardwright.core.users import User
from cardwright.storage.unit import Unit


def person_of(unit: Unit) -> User | None:
    """Return the person of the account who calls; None for a program, an unproven name and a disabled person."""
    if not unit.actor.authenticated:
        return None
    user = unit.users.find(unit.actor.user)
    return user if user is not None and user.disabled_at is None else None


def caller_name(unit: Unit) -> str:
    """Return the caller's name, as decisions of the caller have it."""
    return name_of(unit, person_of(unit))


def name_of(unit: Unit, person: User | None) -> str:
    """Return the caller's name, as :func:`caller_name`, for a person that was read already."""
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


def approver_of(unit: Unit, governance: Governance, decision: Decision, *, has_left: bool) -> Approver | None:
    """Return the approver behind an approval; None for a program, and for a person who left."""
    user = unit.users.find(decision.user) if decision.by_person and not has_left else None
    if user is None or user.disabled_at is not None:
        return Approver(decision.user.lower(), Role(decision.role)) if governance.policy is None else None
    return Approver(user.name.lower(), min(Role(decision.role), user.role, key=list(Role).index))


def insiders_of(unit: Unit, card: Card, review: Review | None) -> frozenset[str]:
    """Return the keys of the people who do not count for independent requirements.

    They are the authors of the versions since the last approved one before this version, and the person who asked.
    """
    base = approved_before(unit.audit.giving_status(card.card_id), card.version)
    names = [*unit.versions.authors(card.card_id, base, card.version)]
    if review is not None and review.requested_by is not None:
        names.append(review.requested_by)
    return frozenset(name.lower() for name in names)
