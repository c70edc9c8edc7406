"""Add, list and remove the tags of resources."""

from collections.abc import Sequence

from cardwright.actions.cards import record_tags
from cardwright.actions.unit import Unit
from cardwright.core.card import Card
from cardwright.core.errors import Invalid
from cardwright.core.history import Event
from cardwright.core.people import Role
from cardwright.core.tags import check_tags


def add_tags(unit: Unit, arn: str, tags: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Add tags to a resource, replacing values of keys it has; gives all its tags, by key.

    Raises:
        Invalid: no such resource, or tags that may not be.
    """
    card = _tagged(unit, "AddTags", arn, Role.AUTHOR)
    existing = unit.tags.get(card.card_id)
    wanted = check_tags(tags, existing)
    changed = {key: value for key, value in wanted.items() if existing.get(key) != value}
    if changed:
        unit.tags.put(card.card_id, changed)
        record_tags(unit, card, Event.TAGGED, sorted(changed.items()))
    return dict(sorted((existing | wanted).items()))


def list_tags(unit: Unit, arn: str) -> dict[str, str]:
    """All tags of a resource, by key. Raises :class:`Invalid`: no such resource."""
    return unit.tags.get(_tagged(unit, "ListTags", arn, Role.VIEWER).card_id)


def delete_tags(unit: Unit, arn: str, keys: Sequence[str]) -> None:
    """Remove tags; keys that are not there are no fault. Raises :class:`Invalid`: no such resource."""
    card = _tagged(unit, "DeleteTags", arn, Role.AUTHOR)
    gone = sorted(unit.tags.get(card.card_id).keys() & set(keys))
    if gone:
        unit.tags.remove(card.card_id, gone)
        record_tags(unit, card, Event.UNTAGGED, gone)


def _tagged(unit: Unit, action: str, arn: str, role: Role) -> Card:
    unit.actor.require(role, action, arn)
    kind, name = unit.actor.scope.resource(arn)
    find = unit.cards.find if role is Role.VIEWER else unit.cards.lock
    card = find(name) if kind == "model-card" else None
    if card is None:
        raise Invalid(f"The resource {arn} does not exist")
    return card
