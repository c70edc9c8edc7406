"""Read the selectors of a policy file: ``applies_to`` and ``when``."""

import re
from collections.abc import Mapping

from cardwright.core.names import CARD_NAME_LENGTH, is_card_name
from cardwright.core.places import Node
from cardwright.core.policy import values
from cardwright.core.policy.selector import RATINGS, Selector
from cardwright.core.tags import MAX_TAGS

_PATTERN_CHARACTERS = re.compile(r"[a-zA-Z0-9*?-]+")


def _card_pattern(node: Node) -> str:
    pattern = values.text(CARD_NAME_LENGTH * 2, example="a card name or a pattern such as fraud-*")(node)
    literal = pattern.replace("*", "")
    if not _PATTERN_CHARACTERS.fullmatch(pattern) or len(literal) > CARD_NAME_LENGTH:
        remedy = "Use letters, digits, hyphens, * for any text and ? for any character; a name has at most 63"
        values.fail(node, f"no card name can match {pattern[:80]!r}", remedy)
    if "*" not in pattern and "?" not in pattern and not is_card_name(pattern):
        values.fail(node, f"{pattern!r} is not a card name", "Use letters, digits and inner hyphens")
    return pattern


def _tags(node: Node) -> Mapping[str, str]:
    if not isinstance(node.value, dict):
        values.wrong(node, "an object for tags", "tags such as {team: payments}")
    if not 1 <= len(node.value) <= MAX_TAGS:
        values.fail(node, f"{len(node.value)} tags", f"Name 1 to {MAX_TAGS} tags, or leave the key out")
    for key in node.value:
        if not 1 <= len(key) <= 128:
            values.fail(node.keys[key], "a tag key has 1 to 128 characters", "Write the key of a tag")
    return {
        key: values.text(256, example="the value of the tag", blank=True)(value) for key, value in node.value.items()
    }


_SELECTOR: values.Readers = {
    "risk": values.list_of(values.word(RATINGS), unique=True),
    "tags": _tags,
    "name": _card_pattern,
    "group": values.text(CARD_NAME_LENGTH, example="the name of a model package group"),
}

read_selector = values.object_of(_SELECTOR, (), "a selector", Selector)
"""Reads a selector."""
