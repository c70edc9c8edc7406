"""SageMaker Clarify bias analysis (``analysis.json``), translated name for name as SageMaker's SDK does.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html

One group a facet value, named ``<section> - label <label> = <value> and facet <facet>=<value>``; a facet
value may be a range such as ``(0.5, 0.99]``. A metric whose value is null is left out with the error that
Clarify wrote beside it.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.metric import fitted_name, group, number
from cardwright.reports.place import Place, shortened
from cardwright.reports.translation import Document, Metric, MetricGroup

_LONGEST_ERROR = 300


def recognises(document: Document) -> bool:
    """Some section of the file has facets as Clarify writes them; other tools, of search above all, have others."""
    sections = [cast(Document, section) for section in document.values() if isinstance(section, dict)]
    return any(_has_facets(section) for section in sections)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """The groups of every section that has facets; sections without are noted."""
    groups: list[MetricGroup] = []
    for section_name, section, here in place.members(document):
        if section_name == "version":
            here.state(section)
            continue
        if not isinstance(section, dict) or "facets" not in section:
            here.omit("left out: the section has no facets, so it is no part of a bias report")
            continue
        groups += _section_groups(section_name, cast(Document, section), here)
    return groups


def has_facets(document: Document) -> bool:
    """Some section of the file has facets."""
    return any(isinstance(section, dict) and "facets" in section for section in document.values())


def _has_facets(section: Document) -> bool:
    facets = section.get("facets")
    if not isinstance(facets, dict):
        return False
    entries = [entry for facet in facets.values() if isinstance(facet, list) for entry in facet]
    return any(isinstance(entry, dict) and isinstance(entry.get("metrics"), list) for entry in entries)


def _section_groups(section_name: str, section: Document, place: Place) -> Iterator[MetricGroup]:
    label = _given(section, "label", place)
    label_value = _given(section, "label_value_or_threshold", place)
    for facet, entries, facet_place in place.at("facets").members(section["facets"]):
        by_name: dict[str, list[Metric]] = {}
        for entry, here in facet_place.objects(entries):
            facet_value = _given(entry, "value_or_threshold", here)
            name = f"{section_name} - label {label} = {label_value} and facet {facet}={facet_value}"
            by_name.setdefault(fitted_name(name, here), []).extend(_metrics(entry, here))
        for name, metric_data in by_name.items():
            yield group(name, metric_data, facet_place)


def _metrics(entry: Document, place: Place) -> Iterator[Metric]:
    for metric, here in place.at("metrics").objects(entry.get("metrics")):
        value = metric.get("value")
        here.at("name").take()
        if isinstance(metric.get("description"), str):
            here.at("description").state(metric["description"])
        if value is None:
            here.at("value").omit(f"left out: {_why_no_value(metric)}")
            here.at("error").take()
        else:
            yield from number(metric.get("name", ""), value, here.at("value"))


def _why_no_value(metric: Document) -> str:
    if metric.get("error"):
        return f"there is no value; the report says: {shortened(str(metric['error']), _LONGEST_ERROR)}"
    return "the value is null" if "value" in metric else "there is no value"


def _given(holder: Document, key: str, place: Place) -> object:
    if key not in holder:
        place.at(key).note("the report does not give it; (not given) stands in the name of the group")
        return "(not given)"
    place.at(key).take()
    return holder[key]
