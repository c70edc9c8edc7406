"""Advice about valid card content: documented limits that are not enforced, and the recommended fields.

Lint never refuses content. The limits are the ``x-intended-`` keywords of the content schema, where
``x-intended-by`` names who recommends them. Rules here cover only what a schema cannot express.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from cardwright.core.breaches import ENFORCED, INTENDED, Breach, Inspection, json_type
from cardwright.core.content import check, parse, path_text, schema, shown
from cardwright.core.field_names import sentence
from cardwright.core.json_value import JsonObject, list_at, object_at, objects_at, value_at
from cardwright.core.recommended import recommended

HOUSE = "Cardwright"
OBJECTIVE = ("training_details", "objective_function")


@dataclass(frozen=True, slots=True)
class Advice:
    """One improvement of a card.

    Attributes:
        path: dotted path with array indexes, ``(root)`` for the document; for a missing part, its future path.
        message: one or two sentences with their source in brackets. Contains no value except the name of a job.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def lint(content: str) -> list[Advice]:
    """Return advice about card content: documented limits in document order, then metrics, then gaps.

    Args:
        content: the JSON text, as ``check`` takes it. Lint does not check its length.

    Raises:
        ContentInvalid: the content is not valid; the same error as from ``check``.
    """
    check(content)
    document = parse(content)
    return [*_limits(document), *beyond_limits(document), *missing_fields(document)]


def beyond_limits(document: object) -> Iterator[Advice]:
    """Yield the advice about a parsed, valid content that is neither about a documented limit nor about a gap."""
    yield from _package(document)
    yield from _metrics(document)


# Documented limits, from the schema


def _limits(document: object) -> Iterator[Advice]:
    breaches = Inspection(schema(), (INTENDED,)).breaches(document)
    objective = value_at(document, *OBJECTIVE)
    if not _is_flat(objective):
        yield from map(_limit, breaches)
        return
    yield from (_limit(breach) for breach in breaches if breach.path[:2] != OBJECTIVE)
    definitions = schema()["definitions"]
    recommended_by = definitions["objective_function"]["x-intended-by"]
    yield Advice(
        path_text(OBJECTIVE),
        "This is the flat form that SDK v3 writes. Put function, facet and condition into an inner object "
        f"named function, where other readers look for them (recommended by {recommended_by}).",
    )
    inner = Inspection({**definitions["function"], "definitions": definitions}, (ENFORCED, INTENDED))
    for breach in inner.breaches(objective):
        if (breach.keyword, breach.limit) != ("additionalProperties", "notes"):  # notes is in its right place
            yield _limit(replace(breach, path=OBJECTIVE + breach.path))


def _limit(breach: Breach) -> Advice:
    words = WORDING[breach.keyword](breach)
    return Advice(path_text(breach.path), f"{words} (recommended by {breach.schema['x-intended-by']}).")


def _is_flat(objective: object) -> bool:
    """Whether the objective function lacks the documented inner object."""
    if not isinstance(objective, dict) or isinstance(objective.get("function"), dict):
        return False
    return isinstance(objective.get("function"), str) or bool({"facet", "condition"} & objective.keys())


def _type(breach: Breach) -> str:
    return f"This should be of type {' or '.join(map(str, breach.listed))}, not {breach.given}"


def _count(number: object, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


WORDING: Mapping[str, Callable[[Breach], str]] = {
    "type": _type,
    "enum": lambda breach: f"Use one of {', '.join(map(str, breach.listed))}",
    "maxLength": lambda breach: f"Keep this to {_count(breach.limit, 'character')} or fewer",
    "maxItems": lambda breach: f"Keep this list to {_count(breach.limit, 'item')} or fewer",
    "minItems": lambda breach: f"Give this list at least {_count(breach.limit, 'item')}",
    "required": lambda breach: f"Give this a {breach.limit}",
    "additionalProperties": lambda breach: f"Leave out {shown(str(breach.limit))}, which is not documented here",
    "propertyNames": lambda breach: f"Give the key {shown(str(breach.limit)) or '(empty)'} a letter or an underscore",
}


# Rules that a schema cannot express


def _package(document: object) -> Iterator[Advice]:
    if "model_id" in object_at(document, "model_overview") and "model_package_details" in object_at(document):
        yield Advice(
            "model_overview.model_id",
            "Leave model_id out of a card that has model_package_details, or SDK v2 cannot load the card "
            "(recommended by SDK v2).",
        )


def _metrics(document: object) -> Iterator[Advice]:
    for e, evaluation in enumerate(objects_at(document, "evaluation_details")):
        for g, group in enumerate(objects_at(evaluation, "metric_groups")):
            for m, metric in enumerate(objects_at(group, "metric_data")):
                path = path_text(("evaluation_details", e, "metric_groups", g, "metric_data", m))
                for member, advice in _METRIC_RULES.get(str(metric["type"]), _simple)(metric):
                    yield Advice(f"{path}.{member}", advice)


def _simple(metric: JsonObject) -> Iterator[tuple[str, str]]:
    given, named = json_type(metric["value"]), metric["type"]
    if given != named and not (given == "integer" and named == "number"):
        yield "value", f"Let type and value agree: they are {named} and {given} (recommended by SDK v2)."


def _bar_chart(metric: JsonObject) -> Iterator[tuple[str, str]]:
    yield from _axis(metric, "x_axis_name", len(list_at(metric, "value")), "bar")


def _matrix(metric: JsonObject) -> Iterator[tuple[str, str]]:
    rows = list_at(metric, "value")
    widths = {len(list_at(row)) for row in rows}
    if len(widths) > 1:
        yield "value", f"Give every row the same number of cells (recommended by {HOUSE})."
    else:
        yield from _axis(metric, "x_axis_name", widths.pop(), "column")
    yield from _axis(metric, "y_axis_name", len(rows), "row")


def _axis(metric: JsonObject, axis: str, wanted: int, what: str) -> Iterator[tuple[str, str]]:
    names = metric.get(axis)
    if isinstance(names, list) and len(names) != wanted:
        counts = f"{_count(wanted, what)}, {_count(len(names), 'name')}"
        yield axis, f"Name each {what} once: {counts} (recommended by {HOUSE})."


_METRIC_RULES: Mapping[str, Callable[[JsonObject], Iterator[tuple[str, str]]]] = {
    "bar_chart": _bar_chart,
    "matrix": _matrix,
    "linear_graph": lambda _: iter(()),
}


# The recommended fields


def missing_fields(document: object) -> Iterator[Advice]:
    """Yield the recommended fields that a content lacks, in the order of the card.

    Without an evaluation job, the fields of a job are left out: the first gap is the job itself.
    """
    has_jobs = bool(list_at(object_at(document), "evaluation_details"))
    for one in recommended(document):
        if not one.given and (has_jobs or not one.path.startswith("evaluation_details.")):
            yield Advice(
                one.path, f"{sentence(one.label, 'is missing')}. {one.sentence[:-1]} (recommended by {HOUSE})."
            )
