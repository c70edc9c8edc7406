"""The places of a card's page and of its content that comments are about, and their words."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cardwright.core.policy.pointers import parts, pointer_to
from cardwright.formats.fields import SECTIONS, FieldRule


def pointer_of(content: Any, path: str) -> str:
    """Return the JSON Pointer of a dotted path in a content, whose names may have dots themselves."""
    keys: list[str | int] = []
    rest: str | None = path.removeprefix(".")
    while rest is not None:
        key, rest = _first(content, rest)
        keys.append(key)
        content = _below(content, key)
    return pointer_to(tuple(keys))


def nearest(pointer: str, shown: Collection[str]) -> str | None:
    """Return the pointer among those that a page shows that is a pointer itself, or the nearest above it."""
    while pointer not in shown:
        pointer, found, _ = pointer.rpartition("/")
        if not found or not pointer:
            return None
    return pointer


def label_of(content: Any, pointer: str) -> str:
    """Return the words for a place of a content, such as ``Intended uses``."""
    keys = parts(pointer)
    if keys[0] == "evaluation_details" and len(keys) > 1:
        return _label_of_job(content, keys)
    while keys:
        if keys in _LABELS:
            return ", ".join([_LABELS[keys], *map(_word, parts(pointer)[len(keys) :])])
        keys = keys[:-1]
    return " ".join(parts(pointer)).replace("_", " ").strip().capitalize() or "Member without a name"


def _word(key: str) -> str:
    return f"row {int(key) + 1}" if key.isdecimal() and len(key) < 10 else key.replace("_", " ")


def _first(content: Any, path: str) -> tuple[str, str | None]:
    """The first key of a path and the rest: the longest member that the path begins with, else up to a dot."""
    if isinstance(content, dict):
        names = [name for name in content if path == name or path.startswith(f"{name}.")]
        if names:
            name = max(names, key=len)
            return name, None if path == name else path[len(name) + 1 :]
    key, dot, rest = path.partition(".")
    return key, rest if dot else None


def _below(content: Any, key: str) -> Any:
    if isinstance(content, dict):
        return content.get(key)
    if isinstance(content, list) and key.isdecimal() and len(key) < 10 and int(key) < len(content):
        return content[int(key)]
    return None


def _labels(rules: tuple[FieldRule, ...], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for rule in rules:
        yield (*above, rule.name), rule.label
        yield from _labels(rule.parts, (*above, rule.name))


_LABELS: Mapping[tuple[str, ...], str] = {
    keys: label
    for section in SECTIONS
    for keys, label in (((section.name,), section.title), *_labels(section.fields, (section.name,)))
}
_OF_JOB = dict(_labels(next(one.fields for one in SECTIONS if one.name == "evaluation_details"), ()))


def _label_of_job(content: Any, keys: tuple[str, ...]) -> str:
    """``Holdout, observation``: the name of an evaluation job and the place in it."""
    job = _below(_below(content, "evaluation_details"), keys[1])
    named = job.get("name") if isinstance(job, dict) else None
    title = named if isinstance(named, str) and named else f"Evaluation {keys[1]}"
    if not keys[2:]:
        return title
    known = _OF_JOB.get(keys[2:3])
    if known is not None:
        return f"{title}, {known.lower()}"
    group = _below(_below(job, keys[2]), keys[3]) if keys[2] == "metric_groups" and len(keys) > 3 else None
    words = group.get("name") if isinstance(group, dict) else None
    return f"{title}, {words if isinstance(words, str) and words else ' '.join(keys[2:]).replace('_', ' ')}"
