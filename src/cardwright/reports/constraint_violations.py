"""SageMaker Model Monitor constraint violations (``constraint_violations.json``).

They concern data quality, model quality, bias drift and feature attribution drift. SageMaker has no translation for
them.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html

One group ``violations``: their count, which may be 0, then each violation, named by its subject, with the check as its
value. Its notes hold the description, which may be too long for a text value, and members that custom monitors add.
Custom monitors may also write a violation as a text.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor, clean, shortened
from cardwright.reports.metric import NOTES_LIMIT, TEXT_LIMIT, group, string
from cardwright.reports.translation import Document, Metric, MetricGroup

_CHECK = "constraint_check_type"
_SUBJECTS = ("feature_name", "metric_name", "feature", "column_name", "column", "metric")
_OF_MONITORS = {_CHECK, *_SUBJECTS, "facet", "label", "violation", "message", "description"}
_ABOUT_THE_RUN = ("version", "dataset", "monitoring_type", "endpoint_name", "timestamp")


def recognises(document: Document) -> bool:
    """Whether the file has a list of violations that a monitor could have written.

    Files of other tools have violations too (of accessibility, of policies), with other members.
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
    """Whether the file has a list of violations."""
    return isinstance(document.get("violations"), list)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the group of violations. It has no count if entries cannot be read, because it would be too low."""
    for name in _ABOUT_THE_RUN:
        if name in document:
            cursor.at(name).add_fact(document[name])
    here = cursor.at("violations")
    items = cast(list[object], document.get("violations"))
    found = [metric for index, item in enumerate(items) for metric in _violation(item, here.at(index))]
    if items and not found:
        return []
    count: Metric = {"name": "violations", "type": "number", "value": len(found)}
    return [group("violations", [count, *found], here)]


def _violation(item: object, cursor: Cursor) -> Iterator[Metric]:
    if isinstance(item, dict):
        yield _described(cast(Document, item), cursor)
    elif isinstance(item, str) and item.strip():
        yield from _text(item.strip(), cursor)
    else:
        cursor.omit("left out: an object or a text was expected here")


def _text(text: str, cursor: Cursor) -> Iterator[Metric]:
    """Translate a violation that is a text. A long text goes to the notes."""
    cursor.mark_used()
    shown = clean(text)
    if len(shown) <= TEXT_LIMIT:
        yield from string("violation", shown, cursor)
        return
    if len(shown) > NOTES_LIMIT:
        cursor.note(f"the text is longer than {NOTES_LIMIT} characters; cut there")
    yield {
        "name": "violation",
        "type": "string",
        "value": shortened(shown, TEXT_LIMIT),
        "notes": shortened(shown, NOTES_LIMIT),
    }


def _described(violation: Document, cursor: Cursor) -> Metric:
    check = violation.get(_CHECK)
    if isinstance(check, str):
        cursor.at(_CHECK).mark_used()
    else:
        cursor.at(_CHECK).note("the report does not name the check; it is shown as (not given)")
        check = "(not given)"
    subject, named = _subject(violation)
    for key in named:
        cursor.at(key).mark_used()
    (metric,) = string(subject, check, cursor.at(_CHECK))
    return metric | _notes(violation, {_CHECK, *named}, cursor)


def _subject(violation: Document) -> tuple[str, list[str]]:
    """Return the subject of a violation and the members that hold it: a feature; a metric, with its facet or label."""
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


def _notes(violation: Document, named: set[str], cursor: Cursor) -> Metric:
    """Join the description and further members as ``name: value``, up to the limit of the notes."""
    parts: list[str] = []
    description = violation.get("description")
    if isinstance(description, str):
        cursor.at("description").mark_used()
        text = clean(description.strip())
        if len(text) > NOTES_LIMIT:
            cursor.at("description").note(f"the description is longer than {NOTES_LIMIT} characters; cut there")
        parts += [shortened(text, NOTES_LIMIT)] if text else []
        named = {*named, "description"}
    for key, value, here in cursor.members(violation):
        if key in named or isinstance(value, (dict, list)) or value is None:
            continue
        text = clean(f"{key}: {value}")
        if sum(map(len, parts)) + 2 * len(parts) + len(text) > NOTES_LIMIT:
            here.omit("left out: the notes of the violation are full")
            continue
        here.mark_used()
        parts.append(text)
    return {"notes": "; ".join(parts)} if parts else {}


def _is_scalar(value: object) -> bool:
    return value not in (None, "", False) and not isinstance(value, (dict, list))
