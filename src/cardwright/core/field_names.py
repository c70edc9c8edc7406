"""The names of the places of a content, as readers know them from the form, and sentences about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from cardwright.core.fields import SECTIONS, FieldRule
from cardwright.core.policy.pointers import MISSING, parts, pointer_to, value_at

_JOBS, _DETAILS = "evaluation_details", ("additional_information", "custom_details")
_GROUPS = "metric_groups"
_LONGEST = 63
_OF_JOBS = {"name": "Name of the job", _GROUPS: "Results"}
"""What every page shows of an evaluation job in a place of its own, so that the table of fields has no row for it."""


def field_label(path: str) -> str:
    """Return the label of a field, such as ``Owner``: the same in the form, on pages and in documents.

    Args:
        path: the dotted path of the field; the index of an evaluation job does not matter.

    Raises:
        KeyError: no field has this path.
    """
    keys = path.split(".")
    return _NAMES[tuple(keys if keys[0] != _JOBS else [_JOBS, *keys[2:]])]


def name_of_place(content: Any, pointer: str) -> str:
    """Return the name of a place of a content, such as ``Owner``.

    Args:
        content: gives evaluation jobs and metric groups their names.
        pointer: a JSON Pointer; empty for the whole content.
    """
    if not pointer:
        return "The content"
    if pointer.startswith(f"/{_JOBS}/"):
        return _name_in_job(content, parts(pointer))
    return _fixed_name(pointer)


@lru_cache(maxsize=4096)
def _fixed_name(pointer: str) -> str:
    """Return the name of a place that is in no evaluation job: it depends on no content."""
    keys = parts(pointer)
    if keys[:2] == _DETAILS and len(keys) > 2:
        return ", ".join([f'Custom detail "{keys[2]}"', *map(_word, keys[3:])])
    for length in range(len(keys), 0, -1):
        if keys[:length] in _NAMES:
            return ", ".join([_NAMES[keys[:length]], *map(_word, keys[length:])])
    return " ".join(keys).replace("_", " ").strip().capitalize() or "Member without a name"


def name_of_change(path: Sequence[str]) -> str:
    """Return the name of a place that a comparison names, such as ``Holdout, datasets``.

    Args:
        path: evaluation jobs and rows by their names, as :mod:`cardwright.core.comparison` gives them.
    """
    keys = tuple(path)
    if keys[0] == _JOBS and len(keys) > 1:
        known = _NAMES.get((_JOBS, *keys[2:3])) if len(keys) > 2 else None
        words = map(_word, keys[2:]) if known is None else (f"{known[0].lower()}{known[1:]}", *keys[3:])
        return ", ".join([_shortened(keys[1]), *words])
    length = next((number for number in range(len(keys), 0, -1) if keys[:number] in _NAMES), 0)
    if not length or keys[:2] == _DETAILS:
        return _fixed_name(pointer_to(keys))
    row = keys[length:]
    return ", ".join([_NAMES[keys[:length]], *(row[:-1] if row[1:] == ("value",) else row)])


def sentence(name: str, predicate: str) -> str:
    """Return a sentence about a place, such as ``Intended uses are missing``.

    Args:
        predicate: begins with a verb in the singular, such as ``is missing``.
    """
    verb, space, rest = predicate.partition(" ")
    return f"{name} {_PLURALS.get(verb, verb) if _is_plural(name) else verb}{space}{rest}"


_PLURALS = {"is": "are", "has": "have", "does": "do", "breaks": "break"}
_NOUN_ENDS = re.compile(r" (?:of|on|affecting) ")
_PLURAL = re.compile(r"[^su]s\Z")


def _is_plural(name: str) -> bool:
    """Whether a name such as ``Notes on the objective`` or ``Training details`` is one of several things."""
    noun = _NOUN_ENDS.split(name.rpartition(", ")[2])[0]
    return _PLURAL.search(noun) is not None


def _word(key: str) -> str:
    return f"row {int(key) + 1}" if key.isdecimal() and len(key) < 10 else key.replace("_", " ")


def _names(rules: tuple[FieldRule, ...], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for rule in rules:
        yield (*above, rule.name), rule.label
        yield from _names(rule.parts, (*above, rule.name))


_NAMES: Mapping[tuple[str, ...], str] = {
    keys: name
    for section in SECTIONS
    for keys, name in (((section.name,), section.title), *_names(section.fields, (section.name,)))
} | {(_JOBS, member): label for member, label in _OF_JOBS.items()}
"""By the keys of a place."""


def _name_in_job(content: Any, keys: tuple[str, ...]) -> str:
    """``Holdout, observations``: the name of an evaluation job and the place in it."""
    title = _shortened(_text_at(content, (*keys[:2], "name"))) or " ".join(["Evaluation", *map(_number, keys[1:2])])
    if not keys[2:]:
        return title
    known = _NAMES.get((_JOBS, keys[2]))
    in_group = keys[2] == _GROUPS and len(keys) > 3
    if known is not None and not in_group:
        return ", ".join([title, f"{known[0].lower()}{known[1:]}", *map(_word, keys[3:])])
    words = _text_at(content, (*keys[:4], "name")) if in_group else ""
    metric = _text_at(content, (*keys[:6], "name")) if len(keys) > 5 else ""
    return f"{title}, {words or ' '.join(keys[2:]).replace('_', ' ')}" + (f", {metric}" if words and metric else "")


def _shortened(name: str) -> str:
    """The name of an evaluation job, which the content schema does not limit, as a part of a label."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _number(key: str) -> str:
    return str(int(key) + 1) if key.isdecimal() and len(key) < 10 else key


def _text_at(content: Any, keys: tuple[str, ...]) -> str:
    found = value_at(content, pointer_to(keys))
    return found if found is not MISSING and isinstance(found, str) else ""
