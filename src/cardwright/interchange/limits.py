"""The limits of the card's members, from the content schema, and texts that are cut to them."""

import re
from functools import lru_cache
from typing import Final, TypeAlias

from cardwright.core.breaches import Schema
from cardwright.core.content import schema
from cardwright.core.json_value import value_at

Path: TypeAlias = tuple[str | int, ...]

ELLIPSIS: Final = "…"
_SENTENCE_END = re.compile(r"[.!?。！？]['\")\]’”]*(?=\s|$)|\n\s*\n")  # noqa: RUF001 - Chinese and Japanese end so
_WORD_END = re.compile(r"\s+")


def longest_text(path: Path) -> int | None:
    """Return how many characters the text at a path of the content may have; None for no limit."""
    return _limit(path, "maxLength")


def most_items(path: Path) -> int | None:
    """Return how many items the list at a path may have; None for no limit."""
    return _limit(path, "maxItems")


def kind_of(path: Path) -> str:
    """Return the JSON type of the member at a path: ``string``, ``number``, ``array``, ``object``; or empty."""
    return str(_rule(_kinds(path)).get("type", ""))


def may_be(path: Path, text: str) -> bool:
    """Whether the member at a path takes a text of this kind: any text, or one of its list of values."""
    rule = _rule(_kinds(path))
    return "enum" not in rule or text in rule["enum"]


def shortened(text: str, limit: int) -> str:
    """Cut a text at the end of a sentence, else of a word, and add an ellipsis. Lengths are in code points.

    The cut is never before the middle of what fits: a text without an end there is cut at the limit.
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    for pattern in (_SENTENCE_END, _WORD_END):
        ends = [found.end() if pattern is _SENTENCE_END else found.start() for found in pattern.finditer(head)]
        if ends and ends[-1] >= limit // 2:
            return head[: ends[-1]].rstrip() + ELLIPSIS
    return head.rstrip() + ELLIPSIS


def _limit(path: Path, keyword: str) -> int | None:
    rule = _rule(_kinds(path))
    found = value_at(rule, keyword if keyword in rule else f"x-intended-{keyword}")
    return found if isinstance(found, int) else None


def _kinds(path: Path) -> Path:
    return tuple(0 if isinstance(step, int) else step for step in path)


@lru_cache(1024)
def _rule(path: Path) -> Schema:
    root = schema()
    rule = root
    for step in path:
        rule = _below(_resolved(root, rule), step)
    return _resolved(root, rule)


def _below(rule: Schema, step: str | int) -> Schema:
    if isinstance(step, int):
        return rule.get("items", {})
    if step in rule.get("properties", {}):
        return rule["properties"][step]
    more = rule.get("additionalProperties", True)
    return {} if isinstance(more, bool) else more


def _resolved(root: Schema, rule: Schema) -> Schema:
    while "$ref" in rule:
        rule = root["definitions"][rule["$ref"].rsplit("/", 1)[-1]]
    return rule


def lengths(before: str, after: str, limit: int) -> str:
    """Return the detail of a shortened text: both lengths and the limit."""
    return f"Shortened from {len(before):,} to {len(after):,} characters; the limit is {limit:,}"


def shown(text: str) -> str:
    """Return a text as the detail of a line shows it."""
    return shortened(text, 120)
