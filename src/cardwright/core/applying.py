"""Rules for cards that are declared in files: what has to change in a store so that it holds them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from math import isfinite

import orjson
from attrs import field, frozen

from cardwright.core import content as contents
from cardwright.core.card import Status
from cardwright.core.errors import ContentInvalid, Invalid
from cardwright.core.names import is_card_name
from cardwright.core.rewriting import rewritten, same
from cardwright.core.tags import check_tags

SET_TAG = "cardwright:set"
"""The key of the tag that names the set of files a card is declared in."""


class Action(StrEnum):
    """What becomes of one card."""

    CREATE = "create"
    UPDATE = "update"
    EQUAL = "equal"
    DELETE = "delete"


@frozen
class Declared:
    """A card as a file declares it.

    Attributes:
        where: the file, for messages.
        name: the card's name.
        content: the parsed content.
        status: the status; None if the file leaves it to others.
        tags: all tags by key; None if the file leaves them to others.
    """

    where: str
    name: str
    content: Mapping[str, object]
    status: str | None = None
    tags: Mapping[str, str] | None = None


@frozen
class Existing:
    """A card in the store: its newest content, its status and its tags."""

    content: str
    status: str
    tags: Mapping[str, str]


@frozen
class Change:
    """What has to change in one card.

    Attributes:
        name: the card's name.
        action: create, update, equal or delete.
        content: the new content; None if it stays.
        status: the new status; None if it stays.
        tags: tags to add or to replace.
        removed_tags: keys of tags to remove.
    """

    name: str
    action: Action
    content: str | None = None
    status: str | None = None
    tags: Mapping[str, str] = field(factory=dict)
    removed_tags: tuple[str, ...] = ()


def check(cards: Iterable[Declared]) -> None:
    """Check all cards before the first is written.

    Raises:
        Invalid: a name, content, status or tag is not valid, or two files declare one card. Names the file.
    """
    seen: dict[str, str] = {}
    for card in cards:
        if not is_card_name(card.name):
            raise Invalid(f"{card.where}: {card.name!r} is not a card name: use letters, digits and inner hyphens")
        if card.name in seen:
            raise Invalid(f"{card.where}: the card {card.name} is declared in {seen[card.name]} too")
        seen[card.name] = card.where
        if card.status is not None and card.status not in list(Status):
            raise Invalid(f"{card.where}: the status {card.status!r} is unknown: use one of {', '.join(Status)}")
        place = next(_no_numbers(card.content), None)
        if place is not None:
            raise Invalid(f"{card.where}: {place} is NaN or infinite, which no card can hold")
        try:
            contents.check(orjson.dumps(card.content).decode())
            check_tags([*(card.tags or {}).items()])
        except ContentInvalid as error:
            places = "; ".join(map(str, error.violations))
            raise Invalid(f"{card.where}: the content of {card.name} is not valid: {places}") from None
        except (Invalid, TypeError) as error:
            raise Invalid(f"{card.where}: {error}") from None


def _no_numbers(value: object, place: str = "content") -> Iterator[str]:
    """Yield the places of NaN and infinite values, which JSON does not have."""
    if isinstance(value, float) and not isfinite(value):
        yield place
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in members:
        yield from _no_numbers(item, f"{place}.{key}")


def plan(card: Declared, existing: Existing | None, set_name: str = "") -> Change:
    """Return what has to change so that the store holds a declared card.

    Content counts as equal when it is the same JSON; unchanged parts keep the text that the store has.

    Args:
        card: the declared card, checked.
        existing: the card in the store; None if there is none.
        set_name: the set that the file belongs to; it becomes a tag.
    """
    marks = {SET_TAG: set_name} if set_name else {}
    if existing is None:
        return Change(
            card.name,
            Action.CREATE,
            orjson.dumps(card.content).decode(),
            card.status or Status.DRAFT.value,
            {**(card.tags or {}), **marks},
        )
    is_same = same(orjson.loads(existing.content), card.content)
    content = None if is_same else rewritten(existing.content, card.content)
    wanted = {**(existing.tags if card.tags is None else card.tags), **marks}
    tags = {key: value for key, value in wanted.items() if existing.tags.get(key) != value}
    removed = tuple(key for key in existing.tags if key not in wanted and key != SET_TAG)
    status = card.status if card.status not in {None, existing.status} else None
    action = Action.UPDATE if content or status or tags or removed else Action.EQUAL
    return Change(card.name, action, content, status, tags, removed)


def pruned(cards: Sequence[Declared], in_set: Iterable[str]) -> list[Change]:
    """Return the deletion of the cards of a set that no file declares any more.

    Args:
        cards: the declared cards.
        in_set: the names of the store's cards with the tag of the set.
    """
    declared = {card.name for card in cards}
    return [Change(name, Action.DELETE) for name in in_set if name not in declared]
