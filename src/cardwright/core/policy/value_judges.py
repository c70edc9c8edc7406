"""Judges of values: rules of the kinds ``require``, ``one_of``, ``schema`` and ``forbid``."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cardwright.core.field_names import name_of_place
from cardwright.core.places import escaped
from cardwright.core.policy import rule as kinds
from cardwright.core.policy.check_visit import Found, Judge, Visit
from cardwright.core.policy.compiled import clean_check, finder, schema_check
from cardwright.core.policy.pointers import gap, pointer_to, value_at

_LISTED = 50  # results of one schema rule; a card that breaks it in more places needs no longer list


def judge_require(demand: kinds.Require) -> Judge:
    """Return the judge of whether each place has a value."""

    def judge(visit: Visit) -> Iterator[Found]:
        for pointer in demand.pointers:
            fault = gap(value_at(visit.subject.card.content, pointer), demand.min_length)
            yield Found(fault is None, pointer, visit.sentence(pointer, fault or "has a value"))

    return judge


def judge_one_of(demand: kinds.OneOf) -> Judge:
    """Return the judge of whether at least one place has a value."""

    def judge(visit: Visit) -> Iterator[Found]:
        content = visit.subject.card.content
        found = next((place for place in demand.pointers if gap(value_at(content, place)) is None), None)
        if found is None:
            names = ", ".join(name_of_place(content, pointer) for pointer in demand.pointers)
            yield Found(False, demand.pointers[0], f"None of these has a value: {names}")
        else:
            yield Found(True, found, visit.sentence(found, "has a value"))

    return judge


def judge_schema(demand: kinds.Schema) -> Judge:
    """Return the judge of whether the content follows a JSON Schema."""
    breaches = schema_check(demand.document)

    def judge(visit: Visit) -> Iterator[Found]:
        found = breaches(visit.subject.card.content)
        for breach in found[:_LISTED]:
            pointer = pointer_to(breach.path)
            yield Found(False, pointer, visit.sentence(pointer, breach.fault))
        if len(found) > _LISTED:
            yield Found(False, "", f"{len(found) - _LISTED} more places break the schema")
        if not found:
            yield Found(True, "", "The content follows the schema")

    return judge


def judge_forbid(demand: kinds.Forbid) -> Judge:
    """Return the judge of whether no text matches an expression."""
    is_found, is_clean = finder(demand.pattern), clean_check(demand.pattern)

    def judge(visit: Visit) -> Iterator[Found]:
        found = list(_matching("", visit.subject.card.content, is_found, is_clean))
        for pointer in found:
            words = f"has a text that matches the forbidden expression {demand.pattern}"
            yield Found(False, pointer, visit.sentence(pointer, words))
        if not found:
            yield Found(True, "", f"No text matches the forbidden expression {demand.pattern}")

    return judge


def _matching(
    pointer: str, value: Any, is_found: Callable[[str], bool], is_clean: Callable[[Any], bool]
) -> Iterator[str]:
    """Yield the pointers of texts that match. Clean parts of the content are passed over as a whole."""
    if isinstance(value, str):
        if is_found(value):
            yield pointer
        return
    if is_clean(value):
        return
    children: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in children:
        if isinstance(child, str | dict | list):
            yield from _matching(f"{pointer}/{escaped(str(key))}", child, is_found, is_clean)
