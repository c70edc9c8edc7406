"""Breaches: where a document violates a schema, one by one and in document order.

jsonschema-rs decides in microseconds whether a document is valid. This walk runs only for invalid documents, because no
validator offers the three things it needs: messages without values, a bounded cost for hostile documents (jsonschema-rs
took eight seconds to list 50,000 bad metrics), and, for a metric, only the violations of the type that it names.
It reads the same schema and supports only the keywords that are used there. Tests check that, and that both
validators always agree.

With ``INTENDED`` keywords the same walk finds violations of documented limits that are not enforced, for ``lint``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypedDict

from cardwright.core.json_value import is_json_number, list_at, text_at

Path: TypeAlias = tuple[str | int, ...]

# The keywords that code reads by name. ``Inspection`` reads the limits of the other keywords.
Schema = TypedDict(
    "Schema",
    {
        "$ref": str,
        "title": str,
        "type": str | list[str],
        "definitions": Mapping[str, "Schema"],
        "properties": Mapping[str, "Schema"],
        "additionalProperties": "bool | Schema",
        "items": "Schema",
        "anyOf": Sequence["Schema"],
        "enum": Sequence[str],
        "maxLength": int,
        "x-intended-by": str,
        "x-intended-schema": "Schema",
    },
    total=False,
)

ENFORCED = ""
INTENDED = "x-intended-"


@dataclass(frozen=True, slots=True)
class Breach:
    """One keyword of the schema that a value violates. Carries the rule, never the value.

    Attributes:
        path: member names and array indexes from the root.
        keyword: the JSON Schema keyword, without any ``x-intended-`` before it.
        limit: the keyword's value; for ``required``, ``additionalProperties`` and ``propertyNames`` the
            name of the member that is missing, unknown or invalid; for ``type`` a list of names.
        given: the JSON type of the value, in gojsonschema's words.
        schema: the subschema that contains the keyword.
    """

    path: Path
    keyword: str
    limit: object
    given: str
    schema: Schema = field(compare=False, repr=False)

    @property
    def listed(self) -> Sequence[object]:
        """The limit of ``type`` and ``enum``: the names or values that are allowed."""
        return list_at(self.limit)


_TYPES = {type(None): "null", bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


def json_type(value: object) -> str:
    """Return the JSON type of a parsed value; ``1.0`` is an ``integer``, as draft-07 and gojsonschema say."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _TYPES[type(value)]


# Whether a value satisfies a keyword with a number. In draft-07 a keyword applies only to some types.
_HOLDS: Mapping[str, Callable[[object, int | float], bool]] = {
    "minLength": lambda value, limit: not isinstance(value, str) or len(value) >= limit,
    "maxLength": lambda value, limit: not isinstance(value, str) or len(value) <= limit,
    "minimum": lambda value, limit: isinstance(value, bool) or not isinstance(value, int | float) or value >= limit,
    "minItems": lambda value, limit: not isinstance(value, list) or len(value) >= limit,
    "maxItems": lambda value, limit: not isinstance(value, list) or len(value) <= limit,
}


@dataclass(frozen=True, slots=True)
class Inspection:
    """A walk through a document together with its schema.

    Attributes:
        root: the whole schema; ``$ref`` points into its ``definitions``.
        prefixes: the keywords to check: ``ENFORCED``, ``INTENDED`` or both. Members, items and metric types
            are always found by the plain keywords.
    """

    root: Schema
    prefixes: Sequence[str] = (ENFORCED,)

    def breaches(self, document: object) -> Iterator[Breach]:
        """Yield every breach in document order, lazily; an object's missing members come before its other breaches."""
        return self._at(self.root, document, ())

    def _at(self, schema: Schema, value: object, path: Path) -> Iterator[Breach]:
        schema = self._resolved(schema)
        rules = self._rules(schema)
        given = json_type(value)
        if "type" in rules and not _fits(given, rules["type"]):
            # The other keywords do not apply to a value of the wrong type.
            yield Breach(path, "type", _names(rules["type"]), given, schema)
            return
        if "enum" in rules and value not in list_at(rules, "enum"):
            yield Breach(path, "enum", rules["enum"], given, schema)
        for keyword, holds in _HOLDS.items():
            limit = rules.get(keyword)
            if is_json_number(limit) and not holds(value, limit):
                yield Breach(path, keyword, limit, given, schema)
        if "anyOf" in schema:
            yield from self._any_of(schema, value, path)
        if isinstance(value, dict):
            yield from self._members(schema, rules, value, path)
        elif isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self._at(schema["items"], item, (*path, index))
        if INTENDED in self.prefixes and "x-intended-schema" in schema:
            yield from Inspection(self.root, (ENFORCED, INTENDED))._at(schema["x-intended-schema"], value, path)

    def _members(
        self, schema: Schema, rules: Mapping[str, object], value: Mapping[str, object], path: Path
    ) -> Iterator[Breach]:
        for required in list_at(rules, "required"):
            if required not in value:
                yield Breach(path, "required", required, "object", schema)
        members = schema.get("properties", {})
        others = schema.get("additionalProperties")
        pattern = text_at(rules, "propertyNames", "pattern")
        for name, member in value.items():
            if pattern is not None and not re.search(pattern, name):
                yield Breach(path, "propertyNames", name, "object", schema)
            if name in members:
                yield from self._at(members[name], member, (*path, name))
            elif rules.get("additionalProperties") is False:
                yield Breach(path, "additionalProperties", name, "object", schema)
            elif isinstance(others, dict):
                yield from self._at(others, member, (*path, name))

    def _any_of(self, schema: Schema, value: object, path: Path) -> Iterator[Breach]:
        branches = [self._resolved(branch) for branch in schema["anyOf"]]
        named = _named_branch(branches, value)
        if named is not None:
            # The type names this branch, so no other branch can accept the value.
            found = list(self._at(named, value, path))
        else:
            found = _shared([list(self._at(branch, value, path)) for branch in branches])
        if found and ENFORCED in self.prefixes:
            yield Breach(path, "anyOf", None, json_type(value), schema)
        yield from found

    def _resolved(self, schema: Schema) -> Schema:
        reference = schema.get("$ref")
        if reference is None:
            return schema
        return self.root["definitions"][reference.removeprefix("#/definitions/")]

    def _rules(self, schema: Schema) -> dict[str, object]:
        """The keywords to check here, under their plain names."""
        rules = {}
        for keyword, limit in schema.items():
            prefix = INTENDED if keyword.startswith(INTENDED) else ENFORCED
            if prefix in self.prefixes:
                rules[keyword.removeprefix(prefix)] = limit
        return rules


def _names(types: object) -> Sequence[object]:
    return [types] if isinstance(types, str) else list_at(types)


def _fits(given: str, types: object) -> bool:
    names = _names(types)
    return given in names or (given == "integer" and "number" in names)


def _named_branch(branches: Sequence[Schema], value: object) -> Schema | None:
    """Return the branch that a value's ``type`` member names, or its JSON type for other values than objects."""
    for branch in branches:
        if not isinstance(value, dict):
            if _fits(json_type(value), branch["type"]):
                return branch
        elif value.get("type") in list_at(branch, "properties", "type", "enum"):
            return branch
    return None


def _shared(found: Sequence[Sequence[Breach]]) -> list[Breach]:
    """Return the breaches that all branches share. Differing types or enums are merged into one list."""
    shared = []
    for breach in found[0]:
        alike = [next((other for other in others if _alike(breach, other)), None) for others in found]
        if None in alike:
            continue
        if breach.keyword in {"type", "enum"}:
            limits = [limit for other in alike if other is not None for limit in other.listed]
            shared.append(replace(breach, limit=list(dict.fromkeys(limits))))
        else:
            shared.append(breach)
    return shared


def _alike(one: Breach, other: Breach) -> bool:
    merges = one.keyword in {"type", "enum"}
    return (one.path, one.keyword) == (other.path, other.keyword) and (merges or one.limit == other.limit)
