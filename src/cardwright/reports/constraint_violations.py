"""SageMaker Model Monitor constraint violations (``constraint_violations.json``), of data quality, model
quality, bias drift and feature attribution drift; SageMaker has no translation of its own for them.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html

One group ``violations``: how many there are (none is worth saying too), then each by what it is about, with
the check as its value and the description, which is longer than a text value may be, as its notes.
"""

from collections.abc import Iterator

from cardwright.reports.metric import NOTES_LIMIT, group, string
from cardwright.reports.place import Place, clean, shortened
from cardwright.reports.translation import Document, Metric, MetricGroup


def recognises(document: Document) -> bool:
    """The file has a list of violations."""
    return isinstance(document.get("violations"), list)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """The group of violations."""
    here = place.at("violations")
    found = list(_violations(document.get("violations"), here))
    count: Metric = {"name": "violations", "type": "number", "value": len(found)}
    return [group("violations", [count, *found], here)]


def _violations(violations: object, place: Place) -> Iterator[Metric]:
    for violation, here in place.objects(violations):
        check = violation.get("constraint_check_type")
        if not isinstance(check, str):
            here.at("constraint_check_type").omit("the report does not name the check; (not given) stands for it")
            check = "(not given)"
        (metric,) = string(_subject(violation), check, here)
        yield metric | _notes(violation, here)


def _subject(violation: Document) -> str:
    """What the violation is about: a feature; a metric, with its facet or label; else just a violation."""
    parts = [str(violation[key]) for key in ("feature_name", "metric_name") if violation.get(key)]
    if violation.get("facet"):
        parts.append(f"facet {violation['facet']}={violation.get('facet_value', '')}")
    if violation.get("label"):
        parts.append(f"label={violation['label']}")
    return ", ".join(parts) or "violation"


def _notes(violation: Document, place: Place) -> Metric:
    description = violation.get("description")
    if not isinstance(description, str) or not description.strip():
        return {}
    if len(description) > NOTES_LIMIT:
        place.at("description").omit(f"the description is longer than {NOTES_LIMIT} characters; cut there")
    return {"notes": shortened(clean(description.strip()), NOTES_LIMIT)}
