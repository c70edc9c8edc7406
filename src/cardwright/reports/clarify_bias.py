"""SageMaker Clarify bias analysis (``analysis.json``), translated name for name as SageMaker's SDK does.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html

One group for each facet value, named ``<section> - label <label> = <value> and facet <facet>=<value>``. A facet value
may be a range such as ``(0.5, 0.99]``. A metric whose value is null is left out, with the error that Clarify wrote for
it.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor, shortened
from cardwright.reports.metric import fitted_name, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_LONGEST_ERROR = 300


def recognises(document: Document) -> bool:
    """Whether a section has facets in Clarify's form. Other tools, for example search engines, use another form."""
    sections = [cast(Document, section) for section in document.values() if isinstance(section, dict)]
    return any(_has_facets(section) for section in sections)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the groups of every section with facets. Other sections are noted as omissions."""
    groups: list[MetricGroup] = []
    for section_name, section, here in cursor.members(document):
        if section_name == "version":
            here.add_fact(section)
            continue
        if not isinstance(section, dict) or "facets" not in section:
            here.omit("left out: the section has no facets, so it is not part of a bias report")
            continue
        groups += _section_groups(section_name, cast(Document, section), here)
    return groups


def has_facets(document: Document) -> bool:
    """Whether a section of the file has facets."""
    return any(isinstance(section, dict) and "facets" in section for section in document.values())


def _has_facets(section: Document) -> bool:
    facets = section.get("facets")
    if not isinstance(facets, dict):
        return False
    entries = [entry for facet in facets.values() if isinstance(facet, list) for entry in facet]
    return any(isinstance(entry, dict) and isinstance(entry.get("metrics"), list) for entry in entries)


def _section_groups(section_name: str, section: Document, cursor: Cursor) -> Iterator[MetricGroup]:
    label = _given(section, "label", cursor)
    label_value = _given(section, "label_value_or_threshold", cursor)
    for facet, entries, facet_place in cursor.at("facets").members(section["facets"]):
        by_name: dict[str, list[Metric]] = {}
        for entry, here in facet_place.objects(entries):
            facet_value = _given(entry, "value_or_threshold", here)
            name = f"{section_name} - label {label} = {label_value} and facet {facet}={facet_value}"
            by_name.setdefault(fitted_name(name, here), []).extend(_metrics(entry, here))
        for name, metric_data in by_name.items():
            yield group(name, metric_data, facet_place)


def _metrics(entry: Document, cursor: Cursor) -> Iterator[Metric]:
    for metric, here in cursor.at("metrics").objects(entry.get("metrics")):
        value = metric.get("value")
        here.at("name").mark_used()
        if isinstance(metric.get("description"), str):
            here.at("description").add_fact(metric["description"])
        if value is None:
            here.at("value").omit(f"left out: {_why_no_value(metric)}")
            here.at("error").mark_used()
        else:
            yield from number(metric.get("name", ""), value, here.at("value"))


def _why_no_value(metric: Document) -> str:
    if metric.get("error"):
        return f"there is no value; the report gives this error: {shortened(str(metric['error']), _LONGEST_ERROR)}"
    return "the value is null" if "value" in metric else "there is no value"


def _given(holder: Document, key: str, cursor: Cursor) -> object:
    if key not in holder:
        cursor.at(key).note("the report does not give it; the name of the group has (not given) instead")
        return "(not given)"
    cursor.at(key).mark_used()
    return holder[key]
