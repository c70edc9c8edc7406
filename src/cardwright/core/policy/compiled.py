"""Regular expressions and JSON Schemas of rules, compiled by jsonschema-rs.

Its expressions are those of Rust's ``regex``: they take linear time and have no look-around and back-references. No
schema fetches anything: the validators are offline.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import attrs

from cardwright.core.policy.pointers import MISSING, Stray, value_at

if TYPE_CHECKING:
    import jsonschema_rs

LONGEST_PATTERN = 1_000
"""Characters of a regular expression."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MOST_REPEATS = 1_000
"""Product of the counts in an expression: the time for a text grows with it."""
MOST_STEPS = 2_000
"""Subschemas of a schema, with those that it refers to counted at each reference. Expressions count by their cost."""
MOST_BRANCHES = 20_000
"""Subschemas in ``anyOf`` and ``oneOf`` times values of a content, up to which each place that breaks it is named.

The validator explains every branch that a value does not match, which takes about 30 microseconds each.
"""

_PATTERN_BYTES = 1 << 20
_ESCAPED = re.compile(r"\\(?:[xuU]\{[0-9A-Fa-f]*\}|.)", re.DOTALL)
_COUNT = re.compile(r"\{\s*([0-9]+)\s*(?:,\s*([0-9]*)\s*)?\}")
_VERBOSE = re.compile(r"\(\?[a-zA-Z-]*x")


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
    """One place where a content violates the schema of a rule.

    Attributes:
        path: keys and indexes; those of the missing member, if one is missing.
        fault: what is wrong there, such as ``is missing``.
    """

    path: tuple[str | int, ...]
    fault: str


@lru_cache(maxsize=128)
def finder(pattern: str) -> Callable[[str], bool]:
    """Return a function that finds out whether a text has a match of a pattern.

    Raises:
        Uncompiled: the pattern is invalid or too large.
    """
    _repeats(pattern)
    import jsonschema_rs

    try:
        return _validator({"type": "string", "pattern": pattern}).is_valid
    except (jsonschema_rs.ValidationError, ValueError):
        raise Uncompiled("the regular expression is invalid or too large") from None


def _repeats(pattern: str) -> int:
    """Return the product of the counts in a pattern.

    Raises:
        Uncompiled: the pattern is too long, counts too much, or has the mode that allows other ways to write counts.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise Uncompiled(f"the expression has {len(pattern):,} characters, of {LONGEST_PATTERN:,} allowed")
    bare = _ESCAPED.sub("", pattern)
    if _VERBOSE.search(bare):
        raise Uncompiled("the expression has the flag x")
    repeats = math.prod(max(int(minimum), int(maximum or 1), 1) for minimum, maximum in _COUNT.findall(bare))
    if repeats > MOST_REPEATS:
        raise Uncompiled(f"the counts in the expression multiply to more than {MOST_REPEATS:,}")
    return repeats


@lru_cache(maxsize=128)
def clean_check(pattern: str) -> Callable[[object], bool]:
    """Return a function that finds out whether no text of a content matches a valid pattern, in one call."""
    clean = {"not": {"type": "string", "pattern": pattern}}
    below = {"items": {"$ref": "#"}, "additionalProperties": {"$ref": "#"}}
    return _validator({**clean, **below}).is_valid


def schema_check(document: Mapping[str, object]) -> Callable[[object], tuple[SchemaBreach, ...]]:
    """Return a function that lists where a content violates a schema of draft 2020-12.

    Raises:
        Uncompiled: the schema is invalid, refers to another document or to itself, or has too many steps.
    """
    import jsonschema_rs

    try:
        branches = _Steps(document).check()
        jsonschema_rs.meta.validate(dict(document))
        validator = _validator(document)
    except jsonschema_rs.ValidationError as error:
        raise Uncompiled(_words(error), tuple(error.instance_path)) from None
    except ValueError as error:
        raise Uncompiled(str(error)) from None

    def breaches(content: object) -> tuple[SchemaBreach, ...]:
        if validator.is_valid(content):
            return ()
        if branches and branches * _values(content) > MOST_BRANCHES:
            return (SchemaBreach((), "breaks the schema, which has too many branches to name the place"),)
        return tuple(map(_breach, validator.iter_errors(content)))

    return breaches


class _Size(NamedTuple):
    """The steps of a schema, and those of them that are in branches: ``anyOf`` and ``oneOf``."""

    steps: int
    branches: int


class _Steps:
    """Counts the steps of a schema. References that double at each level would otherwise take hours to evaluate."""

    def __init__(self, document: Mapping[str, object]) -> None:
        self._document = document
        self._known: dict[int, _Size] = {}
        self._open: set[int] = set()

    def check(self) -> int:
        """Return the subschemas in branches."""
        size = self._size(self._document)
        if size.steps > MOST_STEPS:
            raise Uncompiled(f"the schema has more than {MOST_STEPS:,} subschemas, with its references and expressions")
        return size.branches

    def _size(self, node: object) -> _Size:
        if not isinstance(node, dict | list):
            return _Size(0, 0)
        if id(node) in self._open:
            raise Uncompiled("the schema refers to itself")
        if id(node) not in self._known:
            self._open.add(id(node))
            self._known[id(node)] = self._size_of_members(node)
            self._open.discard(id(node))
        return self._known[id(node)]

    def _size_of_members(self, node: dict[str, object] | list[object]) -> _Size:
        members: Iterable[tuple[object, object]] = node.items() if isinstance(node, dict) else enumerate(node)
        sizes = {key: self._size(child) for key, child in members}
        target = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(target, str):
            sizes["$ref"] = self._size(self._target(target))
        return _Size(
            1 + sum(size.steps for size in sizes.values()) + sum(map(_cost, _expressions(node))),
            sum(size.steps if key in {"anyOf", "oneOf"} else size.branches for key, size in sizes.items()),
        )

    def _target(self, reference: str) -> object:
        if reference == "#":
            return self._document
        try:
            found = value_at(self._document, unquote(reference.removeprefix("#")))
        except Stray:
            found = MISSING
        if found is MISSING:
            raise Uncompiled(f"{reference[:80]} does not exist in it")
        return found


def _values(content: object) -> int:
    """Count the values of a content: objects, lists, texts, numbers."""
    count, waiting = 0, [content]
    while waiting:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return count


def _expressions(node: object) -> list[str]:
    """Return the regular expressions in the keywords of a subschema."""
    if not isinstance(node, dict):
        return []
    names = node.get("patternProperties")
    found = [node.get("pattern"), *(names if isinstance(names, dict) else ())]
    return [pattern for pattern in found if isinstance(pattern, str)]


def _cost(pattern: str) -> int:
    """Return the steps that a pattern counts for. A pattern of 1,000 takes about a second for the longest text."""
    return _repeats(pattern) + len(pattern) // 2


def _validator(document: Mapping[str, object]) -> "jsonschema_rs.Draft202012Validator":
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        dict(document), offline=True, pattern_options=jsonschema_rs.RegexOptions(_PATTERN_BYTES, _PATTERN_BYTES)
    )


def _breach(error: "jsonschema_rs.ValidationError") -> SchemaBreach:
    path, keyword, limit = tuple(error.instance_path), error.kind.name, error.kind.value
    if keyword == "required":
        return SchemaBreach((*path, str(limit)), "is missing")
    if keyword == "falseSchema" and list(error.schema_path)[-1:] == ["additionalProperties"]:
        return SchemaBreach(path, "has a member that is not allowed")  # the path is that of the object
    fault = _FAULTS[keyword](limit) if keyword in _FAULTS else f"breaks the schema: {_words(error)}"
    return SchemaBreach(path, " ".join(fault.split())[:_LONGEST_FAULT])


_LONGEST_FAULT = 300
_TYPES: Mapping[str, str] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "empty",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _typed(types: object) -> str:
    return " or ".join(_TYPES.get(str(one), str(one)) for one in _several(types))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_FAULTS: Mapping[str, Callable[[object], str]] = {
    "type": lambda types: f"is not {_typed(types)}",
    "enum": lambda values: f"is none of {', '.join(map(_shown, _several(values)))}",
    "const": lambda value: f"is not {_shown(value)}",
    "pattern": lambda pattern: f"does not match the expression {pattern}",
    "minLength": lambda limit: f"has fewer than {limit} characters",
    "maxLength": lambda limit: f"has more than {limit} characters",
    "minItems": lambda limit: f"has fewer than {limit} items",
    "maxItems": lambda limit: f"has more than {limit} items",
    "minimum": lambda limit: f"is less than {limit}",
    "maximum": lambda limit: f"is more than {limit}",
    "exclusiveMinimum": lambda limit: f"is not more than {limit}",
    "exclusiveMaximum": lambda limit: f"is not less than {limit}",
    "additionalProperties": lambda names: f"has members that are not allowed: {', '.join(map(str, _several(names)))}",
    "falseSchema": lambda _: "is not allowed",
}
"""What is wrong, by keyword of JSON Schema and its limit."""


def _words(error: "jsonschema_rs.ValidationError") -> str:
    return " ".join(error.message.split())[:_LONGEST_FAULT]
