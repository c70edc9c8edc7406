"""The limits of the card's members, from the content schema, and texts that are cut to them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from cardwright.core.content import schema

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
    return text in rule.get("enum", [text])


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
    found: int | None = rule.get(keyword, rule.get(f"x-intended-{keyword}"))
    return found


def _kinds(path: Path) -> Path:
    return tuple(0 if isinstance(step, int) else step for step in path)


@lru_cache(1024)
def _rule(path: Path) -> Mapping[str, Any]:
    root = schema()
    rule: Any = root
    for step in path:
        rule = _below(_resolved(root, rule), step)
    found: Mapping[str, Any] = _resolved(root, rule)
    return found


def _below(rule: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return rule.get("items", {})
    if step in rule.get("properties", {}):
        return rule["properties"][step]
    more = rule.get("additionalProperties")
    return more if isinstance(more, dict) else {}


def _resolved(root: Mapping[str, Any], rule: Any) -> Any:
    while "$ref" in rule:
        rule = root["definitions"][rule["$ref"].rsplit("/", 1)[-1]]
    return rule
