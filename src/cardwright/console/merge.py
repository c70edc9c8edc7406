"""Two people, one card: a draft's changes on top of a version that somebody saved meanwhile."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from cardwright.console.forms import REPORTS, Form, put, value_at

_LABELS = {"evaluation_details": "Evaluation"}


@dataclass(frozen=True, slots=True)
class Both:
    """A field that both changed: the draft's text stands, the other's is shown."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The draft's form on top of the newer version, who saved that, and which fields each changed."""

    form: Form
    version: int
    who: str
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    both: tuple[Both, ...]


def merged(form: Form, content: str, version: int, who: str) -> Merge:
    """Put what the draft changed on top of a newer version's content. Where both changed a field, the draft's stands.

    Args:
        form: a draft that began with an earlier version of the card.
        content: the newer version's content; ``version`` its number and ``who`` its author.
    """
    base, theirs, mine = orjson.loads(form["base"]), orjson.loads(content), form["content"]
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
    new = form | {"content": result, "base": content, "version": version}
    return Merge(new, version, who, tuple(by_them), tuple(by_me), tuple(both))


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
