"""SageMaker Model Monitor constraint violations (``constraint_violations.json``), of data quality, model
quality, bias drift and feature attribution drift; SageMaker has no translation of its own for them.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html

One group ``violations``: how many there are (none is worth saying too), then each by what it is about, with
the check as its value. Its notes hold the description, which is longer than a text value may be, and the
members that a monitor of one's own adds. Such monitors also write a violation as a text.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.metric import NOTES_LIMIT, TEXT_LIMIT, group, string
from cardwright.reports.place import Place, clean, shortened
from cardwright.reports.translation import Document, Metric, MetricGroup

_CHECK = "constraint_check_type"
_SUBJECTS = ("feature_name", "metric_name", "feature", "column_name", "column", "metric")
_OF_MONITORS = {_CHECK, *_SUBJECTS, "facet", "label", "violation", "message", "description"}
_ABOUT_THE_RUN = ("version", "dataset", "monitoring_type", "endpoint_name", "timestamp")


def recognises(document: Document) -> bool:
    """The file has a list of violations, and they could be those of a monitor.

    Other tools have violations too (of accessibility, of policies): those have other members.
    """
    violations = document.get("violations")
    if not isinstance(violations, list):
        return False
    items = cast(list[object], violations)
    if any(isinstance(item, dict) and _CHECK in item for item in items):
        return True
    alone = not any(isinstance(value, (dict, list)) for name, value in document.items() if name not in _OWN)
    objects = [cast(Document, item) for item in items if isinstance(item, dict) and item]
    return alone and all(item.keys() & _OF_MONITORS and not _FOREIGN & item.keys() for item in objects)


_OWN = ("violations", *_ABOUT_THE_RUN)
_FOREIGN = {"impact", "nodes", "rule", "rule_id", "ruleId", "severity", "helpUrl", "check_id", "policy"}


def has_list(document: Document) -> bool:
    """The file has a list of violations."""
    return isinstance(document.get("violations"), list)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """The group of violations; without a count where an entry that cannot be read would make it too low."""
    for name in _ABOUT_THE_RUN:
        if name in document:
            place.at(name).state(document[name])
    here = place.at("violations")
    items = cast(list[object], document.get("violations"))
    found = [metric for index, item in enumerate(items) for metric in _violation(item, here.at(index))]
    if items and not found:
        return []
    count: Metric = {"name": "violations", "type": "number", "value": len(found)}
    return [group("violations", [count, *found], here)]


def _violation(item: object, place: Place) -> Iterator[Metric]:
    if isinstance(item, dict):
        yield _described(cast(Document, item), place)
    elif isinstance(item, str) and item.strip():
        yield from _text(item.strip(), place)
    else:
        place.omit("left out: an object or a text was expected here")


def _text(text: str, place: Place) -> Iterator[Metric]:
    """A violation that is a text; the notes hold a long text as a whole."""
    place.take()
    shown = clean(text)
    if len(shown) <= TEXT_LIMIT:
        yield from string("violation", shown, place)
        return
    if len(shown) > NOTES_LIMIT:
        place.note(f"the text is longer than {NOTES_LIMIT} characters; cut there")
    yield {
        "name": "violation",
        "type": "string",
        "value": shortened(shown, TEXT_LIMIT),
        "notes": shortened(shown, NOTES_LIMIT),
    }


def _described(violation: Document, place: Place) -> Metric:
    check = violation.get(_CHECK)
    if isinstance(check, str):
        place.at(_CHECK).take()
    else:
        place.at(_CHECK).note("the report does not name the check; (not given) stands for it")
        check = "(not given)"
    subject, named = _subject(violation)
    for key in named:
        place.at(key).take()
    (metric,) = string(subject, check, place.at(_CHECK))
    return metric | _notes(violation, {_CHECK, *named}, place)


def _subject(violation: Document) -> tuple[str, list[str]]:
    """What the violation is about, and the members that say it: a feature; a metric, with its facet or label."""
    named = [key for key in _SUBJECTS if _is_scalar(violation.get(key))]
    named = [key for key in named if key in _SUBJECTS[:2]] or named[:1]
    parts = [str(violation[key]) for key in named]
    if _is_scalar(violation.get("facet")):
        parts.append(f"facet {violation['facet']}={violation.get('facet_value', '')}")
        named += ["facet", "facet_value"] if _is_scalar(violation.get("facet_value")) else ["facet"]
    if _is_scalar(violation.get("label")):
        parts.append(f"label={violation['label']}")
        named.append("label")
    return ", ".join(parts) or "violation", named


def _notes(violation: Document, named: set[str], place: Place) -> Metric:
    """The description, then the further members as ``name: value``, as many as the notes have room for."""
    parts: list[str] = []
    description = violation.get("description")
    if isinstance(description, str):
        place.at("description").take()
        text = clean(description.strip())
        if len(text) > NOTES_LIMIT:
            place.at("description").note(f"the description is longer than {NOTES_LIMIT} characters; cut there")
        parts += [shortened(text, NOTES_LIMIT)] if text else []
        named = {*named, "description"}
    for key, value, here in place.members(violation):
        if key in named or isinstance(value, (dict, list)) or value is None:
            continue
        text = clean(f"{key}: {value}")
        if sum(map(len, parts)) + 2 * len(parts) + len(text) > NOTES_LIMIT:
            here.omit("left out: the notes of the violation have no room for it")
            continue
        here.take()
        parts.append(text)
    return {"notes": "; ".join(parts)} if parts else {}


def _is_scalar(value: object) -> bool:
    return value not in (None, "", False) and not isinstance(value, (dict, list))
