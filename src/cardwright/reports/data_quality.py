"""SageMaker Model Monitor data quality statistics (``statistics.json``). SageMaker has no translation for them.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html

A group ``dataset``, then a group ``features - <name>`` for each feature, with metrics under the report's own names and
the distribution as a bar chart. The sketches are left out: they hold samples of the data, which do not belong on a
card.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import bar_chart, group, number, simple
from cardwright.reports.translation import Document, Metric, MetricGroup

_SKETCH = ("numerical_statistics", "distribution", "kll", "sketch")
_OF_BUCKETS = {"kll": ("lower_bound", "upper_bound", "count"), "categorical": ("value", "count")}
_STATISTICS = ("numerical_statistics", "string_statistics")


def recognises(document: Document) -> bool:
    """Whether a feature of the file has statistics. The features of a constraints file have none."""
    features = document.get("features")
    return isinstance(features, list) and any(_has_statistics(feature) for feature in cast(list[object], features))


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the number of items, then a group for each feature in the order of the file."""
    groups: list[MetricGroup] = []
    if "version" in document:
        cursor.at("version").add_fact(document["version"])
    dataset = document.get("dataset")
    if isinstance(dataset, dict):
        for name, value, here in cursor.at("dataset").members(cast(Document, dataset)):
            if name == "item_count":
                groups.append(group("dataset", number(name, value, here), here))
            else:
                here.add_fact(value)
    sketches = 0
    for feature, here in cursor.at("features").objects(document.get("features")):
        here.at("name").mark_used()
        groups.append(group(f"features - {feature.get('name', '')}", list(_metrics(feature, here)), here))
        if _has_sketch(feature):
            here.at(*_SKETCH).mark_used()
            sketches += 1
    if sketches:
        cursor.at("features").note(
            f"the sketches of {sketches} features were left out: they hold samples of the data; "
            "the buckets hold the same information"
        )
    return groups


def _has_statistics(feature: object) -> bool:
    return isinstance(feature, dict) and any(isinstance(feature.get(name), dict) for name in _STATISTICS)


def _metrics(feature: Document, cursor: Cursor) -> Iterator[Metric]:
    if "inferred_type" in feature:
        yield from simple("inferred_type", feature["inferred_type"], cursor.at("inferred_type"))
    if not _has_statistics(feature):
        cursor.note("left out: the feature has no statistics")
    for name in _STATISTICS:
        if name in feature:
            for member, value, here in cursor.at(name).members(feature[name]):
                yield from _statistic(member, value, here)


def _statistic(name: str, value: object, cursor: Cursor) -> Iterator[Metric]:
    if name == "common":
        for member, count, here in cursor.members(value):
            yield from number(member, count, here)
    elif name == "distribution":
        for form, buckets, here in cursor.members(value):
            yield from _distribution(form, buckets, here)
    else:
        yield from number(name, value, cursor)


def _distribution(form: str, distribution: object, cursor: Cursor) -> list[Metric]:
    if form not in _OF_BUCKETS or not isinstance(distribution, dict):
        cursor.omit("left out: only kll and categorical distributions are translated")
        return []
    buckets = []
    for bucket, here in cursor.at("buckets").objects(distribution.get("buckets")):
        buckets.append(bucket)
        for member in _OF_BUCKETS[form]:
            here.at(member).mark_used()
    bars = [(_bucket_label(form, bucket), bucket.get("count")) for bucket in buckets]
    return bar_chart("distribution", bars, "count", cursor.at("buckets"))


def _bucket_label(form: str, bucket: Document) -> object:
    if form == "categorical":
        return bucket.get("value", "")
    return f"{bucket.get('lower_bound', '')} to {bucket.get('upper_bound', '')}"


def _has_sketch(feature: Document) -> bool:
    holder: object = feature
    for step in _SKETCH:
        holder = cast(Document, holder).get(step) if isinstance(holder, dict) else None
    return holder is not None
