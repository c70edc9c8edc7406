"""The names of the places of a content, as readers know them from the form, and sentences about them."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from cardwright.core.fields import SECTIONS, FieldRule
from cardwright.core.policy.pointers import MISSING, parts, pointer_to, value_at

_JOBS, _DETAILS = "evaluation_details", ("additional_information", "custom_details")


def name_of_place(content: Any, pointer: str) -> str:
    """Return the name of a place of a content, such as ``Model owner``.

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
        yield (*above, rule.name), rule.alone or rule.label
        yield from _names(rule.parts, (*above, rule.name))


_NAMES: Mapping[tuple[str, ...], str] = {
    keys: name
    for section in SECTIONS
    for keys, name in (((section.name,), section.title), *_names(section.fields, (section.name,)))
}
"""By the keys of a place."""


def _name_in_job(content: Any, keys: tuple[str, ...]) -> str:
    """``Holdout, observation``: the name of an evaluation job and the place in it."""
    title = _text_at(content, (*keys[:2], "name")) or " ".join(["Evaluation", *map(_number, keys[1:2])])
    if not keys[2:]:
        return title
    known = _NAMES.get((_JOBS, keys[2]))
    if known is not None:
        return f"{title}, {known[0].lower()}{known[1:]}"
    in_group = keys[2] == "metric_groups" and len(keys) > 3
    words = _text_at(content, (*keys[:4], "name")) if in_group else ""
    return f"{title}, {words or ' '.join(keys[2:]).replace('_', ' ')}"


def _number(key: str) -> str:
    return str(int(key) + 1) if key.isdecimal() and len(key) < 10 else key


def _text_at(content: Any, keys: tuple[str, ...]) -> str:
    found = value_at(content, pointer_to(keys))
    return found if found is not MISSING and isinstance(found, str) else ""
