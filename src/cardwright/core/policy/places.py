"""The places of a card that the rules of a policy ask for, so that a form can mark its fields."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import singledispatch
from typing import TypeAlias

import attrs

from cardwright.core.places import escaped
from cardwright.core.policy.pointers import MISSING, gap, parts, value_at
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.rule import OneOf, Require, Rule, Schema, Severity
from cardwright.core.policy.selector import Facts
from cardwright.core.recommended import is_recommended


@attrs.frozen
class Wanted:
    """A place that a rule asks for.

    Attributes:
        number: the number of the rule in the policy, from 1.
        pointer: JSON Pointer into the content.
        others: further places; a value at one of them is enough.
        fault: why the place counts as missing, such as ``is missing``; None for a place with a value.
        blocks: whether the card cannot be approved without it.
    """

    number: int
    rule: Rule
    pointer: str
    others: tuple[str, ...]
    fault: str | None
    blocks: bool

    @property
    def is_required(self) -> bool:
        """Whether the rule is an error. The other rules recommend."""
        return self.blocks or self.rule.severity is Severity.ERROR


def wanted_places(policy: ReviewPolicy, facts: Facts, content: object) -> Iterator[Wanted]:
    """Yield the places that the rules of a policy ask for, in the order of the rules, each once for a rule.

    Reads rules of the kinds ``require``, ``one_of``, and ``schema`` with its ``required`` names. The other kinds judge
    values that are there.
    """
    for number, rule in enumerate(policy.rules, 1):
        if not rule.when.selects(facts):
            continue
        blocks = rule.id in policy.approval.required_checks
        seen = set()
        for pointer, others, fault in _places_of(rule.demand, content):
            if pointer not in seen:
                seen.add(pointer)
                yield Wanted(number, rule, pointer, others, fault, blocks)


def advised_places(places: Iterable[Wanted], content: object) -> Sequence[Wanted]:
    """Return the places that a policy recommends beyond the recommended fields, each once."""
    advised = {one.pointer: one for one in places if not one.is_required}
    return [one for one in advised.values() if not is_recommended(content, ".".join(parts(one.pointer)))]


_Place: TypeAlias = tuple[str, tuple[str, ...], str | None]


@singledispatch
def _places_of(_demand: object, _content: object) -> Iterator[_Place]:
    """Yield pointer, other pointers and fault of each place that a rule asks for; none for the kinds not below."""
    return iter(())


@_places_of.register
def _require(demand: Require, content: object) -> Iterator[_Place]:
    for pointer in demand.pointers:
        yield pointer, (), gap(value_at(content, pointer), demand.min_length)


@_places_of.register
def _one_of(demand: OneOf, content: object) -> Iterator[_Place]:
    faults = [gap(value_at(content, pointer)) for pointer in demand.pointers]
    given = next((pointer for pointer, fault in zip(demand.pointers, faults, strict=True) if fault is None), None)
    first = given or demand.pointers[0]
    yield first, tuple(pointer for pointer in demand.pointers if pointer != first), None if given else faults[0]


@_places_of.register
def _schema(demand: Schema, content: object) -> Iterator[_Place]:
    for pointer in _required_names(demand.document, ""):
        yield pointer, (), "is missing" if value_at(content, pointer) is MISSING else None


def _required_names(schema: object, above: str) -> Iterator[str]:
    """Yield the pointers of the names that a schema requires; a nested one only below a place that is not required."""
    if not isinstance(schema, Mapping):
        return
    inner = schema.get("properties")
    members = inner if isinstance(inner, Mapping) else {}
    for name in schema.get("required", ()):
        nested = list(_required_names(members.get(name), f"{above}/{escaped(name)}"))
        yield from nested or [f"{above}/{escaped(name)}"]
