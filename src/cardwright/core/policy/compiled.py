"""Regular expressions and JSON Schemas of rules, compiled by jsonschema-rs.

Its expressions are those of Rust's ``regex``: they take linear time and have no look-around and back-references. No
schema fetches anything: the validators are offline.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import attrs
import jsonschema_rs

from cardwright.core.policy.pointers import MISSING, Stray, value_at

LONGEST_PATTERN = 1_000
"""Characters of a regular expression."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MOST_REPEATS = 1_000
"""Product of the counts in an expression: the time for a text grows with it."""
MOST_STEPS = 2_000
"""Subschemas of a schema, with those that it refers to counted at each reference."""

_PATTERN_BYTES = 1 << 20
_COUNT = re.compile(r"(?<!\\)\{([0-9]+)(?:,([0-9]*))?\}")


class Uncompiled(ValueError):
    """An expression or a schema is invalid.

    Attributes:
        path: the place within the schema; empty for an expression.
    """

    def __init__(self, fault: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(fault)
        self.fault, self.path = fault, path


@attrs.frozen
class SchemaBreach:
    """One place where a content violates the schema of a rule."""

    path: tuple[str | int, ...]
    message: str


@lru_cache(maxsize=128)
def finder(pattern: str) -> Callable[[str], bool]:
    """Return a function that finds out whether a text has a match of a pattern.

    Raises:
        Uncompiled: the pattern is invalid or too large.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise Uncompiled(f"the expression has {len(pattern):,} characters, of {LONGEST_PATTERN:,} allowed")
    if math.prod(max(int(least), int(most or 1), 1) for least, most in _COUNT.findall(pattern)) > MOST_REPEATS:
        raise Uncompiled(f"the counts in the expression multiply to more than {MOST_REPEATS:,}")
    try:
        return _validator({"type": "string", "pattern": pattern}).is_valid
    except (jsonschema_rs.ValidationError, ValueError):
        raise Uncompiled("the regular expression is invalid or too large") from None


@lru_cache(maxsize=128)
def clean_check(pattern: str) -> Callable[[Any], bool]:
    """Return a function that finds out whether no text of a content matches a valid pattern, in one call."""
    clean = {"not": {"type": "string", "pattern": pattern}}
    below = {"items": {"$ref": "#"}, "additionalProperties": {"$ref": "#"}}
    return _validator({**clean, **below}).is_valid


def schema_check(document: Mapping[str, Any]) -> Callable[[Any], tuple[SchemaBreach, ...]]:
    """Return a function that lists where a content violates a schema of draft 2020-12.

    Raises:
        Uncompiled: the schema is invalid, refers to another document or to itself, or has too many steps.
    """
    try:
        _Steps(document).check()
        jsonschema_rs.meta.validate(dict(document))
        validator = _validator(document)
    except jsonschema_rs.ValidationError as error:
        raise Uncompiled(_words(error), tuple(error.instance_path)) from None
    except ValueError as error:
        raise Uncompiled(str(error)) from None

    def breaches(content: Any) -> tuple[SchemaBreach, ...]:
        if validator.is_valid(content):
            return ()
        return tuple(
            SchemaBreach(tuple(error.instance_path), _words(error)) for error in validator.iter_errors(content)
        )

    return breaches


class _Steps:
    """Counts the steps of a schema. References that double at each level would otherwise take hours to evaluate."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._known: dict[int, int] = {}
        self._open: set[int] = set()

    def check(self) -> None:
        if self._count(self._document) > MOST_STEPS:
            raise Uncompiled(f"the schema has more than {MOST_STEPS:,} subschemas, with its references")

    def _count(self, node: Any) -> int:
        if not isinstance(node, dict | list):
            return 0
        if id(node) in self._open:
            raise Uncompiled("the schema refers to itself")
        if id(node) not in self._known:
            self._open.add(id(node))
            members = list(node.values()) if isinstance(node, dict) else node
            target = node.get("$ref") if isinstance(node, dict) else None
            referred = [self._target(target)] if isinstance(target, str) else []
            self._known[id(node)] = 1 + sum(self._count(child) for child in (*members, *referred))
            self._open.discard(id(node))
        return self._known[id(node)]

    def _target(self, reference: str) -> Any:
        if reference == "#":
            return self._document
        try:
            found = value_at(self._document, unquote(reference.removeprefix("#")))
        except Stray:
            found = MISSING
        if found is MISSING:
            raise Uncompiled(f"{reference[:80]} does not exist in it")
        return found


def _validator(document: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        dict(document), offline=True, pattern_options=jsonschema_rs.RegexOptions(_PATTERN_BYTES, _PATTERN_BYTES)
    )


def _words(error: jsonschema_rs.ValidationError) -> str:
    return " ".join(error.message.split())[:300]
