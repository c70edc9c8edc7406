"""Add, list and remove the tags of resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cardwright.actions.approvers import caller_name, insiders_of
from cardwright.actions.cards import record_tags
from cardwright.actions.governance import subject_of
from cardwright.actions.policies import active_policies, selected_tags
from cardwright.core.card import Card
from cardwright.core.errors import Invalid
from cardwright.core.integrity.history import Event
from cardwright.core.people import Role
from cardwright.core.policy.policy import choose
from cardwright.core.registry import ResourceKind, package_key
from cardwright.core.tags import check_tags
from cardwright.storage.unit import Unit


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A tagged resource: the identifier that its tags belong to, and the card, if it is one."""

    tags_id: str
    card: Card | None = None


def add_tags(unit: Unit, arn: str, tags: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Add tags to a resource or replace their values. Returns all its tags, by key.

    Raises:
        Invalid: the resource does not exist or takes no tags, or the tags are not valid.
        Denied: a review policy selects cards by one of the tags, and the role does not include approver, or the
            caller wrote the card and would take it out of its policy.
    """
    tagged = _tagged(unit, "AddTags", arn, Role.AUTHOR)
    existing = unit.tags.get(tagged.tags_id)
    wanted = check_tags(tags, existing)
    changed = {key: value for key, value in wanted.items() if existing.get(key) != value}
    if changed:
        _check_selected(unit, "AddTags", arn, tagged, changed, existing | wanted)
        unit.tags.put(tagged.tags_id, changed)
        _record(unit, tagged, Event.TAGGED, sorted(changed.items()))
    return dict(sorted((existing | wanted).items()))


def list_tags(unit: Unit, arn: str) -> dict[str, str]:
    """Return all tags of a resource, by key. Raises :class:`Invalid` when it does not exist."""
    return unit.tags.get(_tagged(unit, "ListTags", arn, Role.VIEWER).tags_id)


def delete_tags(unit: Unit, arn: str, keys: Sequence[str]) -> None:
    """Remove tags; unknown keys are ignored.

    Raises:
        Invalid: the resource does not exist or takes no tags.
        Denied: a review policy selects cards by one of the tags, and the role does not include approver, or the
            caller wrote the card and would take it out of its policy.
    """
    tagged = _tagged(unit, "DeleteTags", arn, Role.AUTHOR)
    existing = unit.tags.get(tagged.tags_id)
    gone = sorted(existing.keys() & set(keys))
    if gone:
        left = {key: value for key, value in existing.items() if key not in gone}
        _check_selected(unit, "DeleteTags", arn, tagged, gone, left)
        unit.tags.remove(tagged.tags_id, gone)
        _record(unit, tagged, Event.UNTAGGED, gone)


def _tagged(unit: Unit, action: str, arn: str, role: Role) -> _Tagged:
    unit.actor.require(role, action, arn)
    kind, path = unit.actor.scope.resource(arn)
    if kind == "model-card":
        card = (unit.cards.find if role is Role.VIEWER else unit.cards.lock)(path)
        if card is not None:
            return _Tagged(card.card_id, card)
    elif kind in set(ResourceKind):
        find = unit.registry.find if role is Role.VIEWER else unit.registry.lock
        key = package_key(path) if kind == ResourceKind.PACKAGE else (path, 0)
        resource = None if key is None else find(ResourceKind(kind), *key)
        if resource is not None:
            if resource.version and role is not Role.VIEWER:
                raise Invalid(f"{arn} takes no tags: those of its model package group apply")
            return _Tagged(resource.tags_id)
    raise Invalid(f"The resource {arn} does not exist")


def _check_selected(  # noqa: PLR0913, PLR0917 - the request and the tags after it
    unit: Unit, action: str, arn: str, tagged: _Tagged, keys: Iterable[str], after: Mapping[str, str]
) -> None:
    """Raise :class:`Denied` when a tag decides about review policies, and the caller may not change that."""
    if tagged.card is None:
        return
    policies = active_policies(unit)
    selecting = sorted(selected_tags(policies).intersection(keys))
    if not selecting:
        return
    if not unit.actor.role.includes(Role.APPROVER):
        unit.actor.deny(action, arn, f"review policies select cards by the tag {', '.join(selecting)}", Role.APPROVER)
    subject = subject_of(unit, tagged.card)
    before = choose(policies, subject.facts)
    leaves = before is not None and choose(policies, subject._replace(tags=after).facts) is not before
    if leaves and before is not None and caller_name(unit).lower() in insiders_of(unit, tagged.card, None):
        because = f"authors since the last approved version do not take a card out of its review policy {before.name}"
        unit.actor.deny(action, arn, because)


def _record(unit: Unit, tagged: _Tagged, event: Event, tags: object) -> None:
    if tagged.card is not None:
        record_tags(unit, tagged.card, event, tags)
        unit.portfolio.expire_words(tagged.card.card_id)
