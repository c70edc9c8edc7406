"""Two people, one card: a draft's changes on top of a version that somebody saved meanwhile."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from cardwright.console.wizard.forms import REPORTS, Form, put, value_at
from cardwright.console.wizard.objective import documented
from cardwright.core.card import Card, Description

_LABELS = {"evaluation_details": "Evaluation"}


@dataclass(frozen=True, slots=True)
class Both:
    """A field that both changed: the draft's text stands, the other's is shown."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The draft's form on top of the newer version, who saved that, and which fields each changed.

    Attributes:
        anew: whether the card that the draft began with was deleted, and this is another one of its name.
    """

    form: Form
    version: int
    anew: bool
    who: str
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    both: tuple[Both, ...]

    @property
    def same(self) -> bool:
        """Whether both changed a field, to the same."""
        return not self.both and not set(self.theirs).isdisjoint(self.mine)


def merged(form: Form, card_id: str, newest: Description) -> Merge:
    """Put what the draft changed on top of a newer version's content. Where both changed a field, the draft's stands.

    Args:
        form: a draft that began with an earlier version of the card, or with an earlier card of its name.
        card_id: that of the card as it is now; ``newest`` its newest version.
    """
    base, theirs, mine = (
        documented(orjson.loads(form["base"])),
        documented(orjson.loads(newest.content)),
        form["content"],
    )
    places = sorted({*_places(base), *_places(theirs), *_places(mine)})
    result = copy.deepcopy(theirs)
    by_them, by_me, both = [], [], []
    for keys in places:
        before, there, here = (value_at(value, keys) for value in (base, theirs, mine))
        if there != before:
            by_them.append(_label(keys))
        if here != before:
            by_me.append(_label(keys))
            put(result, keys, copy.deepcopy(here))
        if there != before and here not in (before, there):
            both.append(Both(_label(keys), _short(there), _short(here)))
    anew = is_of_earlier_card(form, card_id)
    new = form | {"content": result, "base": newest.content, "version": newest.version, "card_id": card_id}
    return Merge(new, newest.version, anew, newest.modified_by, tuple(by_them), tuple(by_me), tuple(both))


def is_of_earlier_card(form: Form, card_id: str) -> bool:
    """Whether the card that a draft began with is gone, and this is another one of its name.

    A draft that was begun before drafts remembered their card is taken for this one's.
    """
    return form.get("card_id") not in {None, card_id}


def status_moved(form: Form, card: Card | None) -> bool:
    """Whether a card has another status than its draft knows; one that was begun before drafts knew is not asked."""
    if card is None or is_of_earlier_card(form, card.card_id):
        return False
    return form.get("status_then") not in {None, card.status}


def _places(content: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The fields of content: members of its sections, and lists as a whole."""
    for section, value in content.items():
        if isinstance(value, dict):
            for member in value:
                yield section, member
        else:
            yield (section,)


def _label(keys: tuple[str, ...]) -> str:
    return _LABELS.get(keys[0]) or " ".join(keys[-1].split("_")).capitalize()


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"{len(value)} entries" if not value or isinstance(value[0], dict) else ", ".join(map(str, value))
    shown = {key: item for key, item in value.items() if key != REPORTS} if isinstance(value, dict) else value
    return orjson.dumps(shown).decode()[:400]
