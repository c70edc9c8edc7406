"""Places inside a card's document, as the fragments of addresses."""

import re
from collections.abc import Sequence

from cardwright.core.fields import SECTIONS, FieldKind, FieldRule

_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_APART = frozenset({FieldKind.METRICS, FieldKind.ROWS, FieldKind.PAIRS})  # each is a subsection


def anchor(path: str) -> str:
    """Return the id of a field with this path; empty for paths that an id cannot have."""
    return f"at-{path}" if _PLAIN.fullmatch(path) else ""


def place_of(path: Sequence[str | int]) -> str:
    """Return the id of the evaluation job, the field or the section that shows a value of a content; may be empty.

    Args:
        path: the keys and indices that lead to the value.
    """
    if len(path) > 1 and path[0] == "evaluation_details" and isinstance(path[1], int):
        return f"e{path[1] + 1}"
    section = next((rule for rule in SECTIONS if path and rule.name == path[0]), None)
    if section is None or len(path) < 2:
        return "" if section is None else section.id
    rules: Sequence[FieldRule] = section.fields
    for key in path[1:]:
        rule = next((one for one in rules if one.name == key), None)
        if rule is None:
            break
        if rule.kind in _APART:
            return f"{section.id}-{rule.name.replace('_', '-')}"
        if rule.kind is FieldKind.LEAD:
            return ""  # at the top of the page
        rules = rule.parts
    keys = [key for key in path if isinstance(key, str)]
    return anchor(".".join(keys)) or section.id
