"""SageMaker Clarify explanations of a time series (asymmetric Shapley values), as JSON or as JSON Lines.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-data-format-time-series.html

One group for each explained series: one graph over the forecast steps for each feature, and for each timestamp it has.
A series with a single step becomes a bar chart over the features.
"""

from typing import cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import bar_chart, group, linear_graph
from cardwright.reports.translation import ROWS, Document, Metric, MetricGroup

_STEP, _SCORE = "forecast step", "attribution"


def recognises(document: Document) -> bool:
    """Whether the file, or each line of it, has a list of explanations with scores."""
    if ROWS in document:
        rows = document[ROWS]
        return isinstance(rows, list) and bool(rows) and all(_is_series(row) for row in cast(list[object], rows))
    return _is_series(document)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return a group for each series, in the order of the lines."""
    if ROWS not in document:
        return [_group("explanations", document, cursor)]
    groups: list[MetricGroup] = []
    for index, (row, here) in enumerate(cursor.at(ROWS).objects(document[ROWS])):
        item = row.get("item_id")
        if isinstance(item, (str, int)):
            here.at("item_id").mark_used()
        groups.append(_group(f"explanations - series {item if item is not None else index + 1}", row, here))
    return groups


def _is_series(row: object) -> bool:
    explanations = row.get("explanations") if isinstance(row, dict) else None
    return isinstance(explanations, list) and any(
        isinstance(item, dict)
        and isinstance(item.get("scores"), list)
        and ("feature_name" in item or "timestamp" in item)
        for item in cast(list[object], explanations)
    )


def _group(name: str, series: Document, cursor: Cursor) -> MetricGroup:
    if "version" in series:
        cursor.at("version").add_fact(series["version"])
    metric_data: list[Metric] = []
    single: list[tuple[object, object]] = []
    for explanation, here in cursor.at("explanations").objects(series.get("explanations")):
        title = _title(explanation, here)
        scores = explanation.get("scores")
        if not isinstance(scores, list):
            here.at("scores").omit("left out: a list of scores was expected here")
            continue
        here.at("scores").mark_first_used(cast(list[object], scores), len(scores))
        if len(scores) == 1:
            single.append((title, scores[0]))
        else:
            points = enumerate(cast(list[object], scores), start=1)
            metric_data += linear_graph(title, points, (_STEP, _SCORE), here.at("scores"))
    if single:
        metric_data += bar_chart("attributions", single, _SCORE, cursor.at("explanations"))
    return group(name, metric_data, cursor)


def _title(explanation: Document, cursor: Cursor) -> str:
    words: list[str] = []
    for key in ("feature_name", "timestamp"):
        if isinstance(explanation.get(key), (str, int)):
            cursor.at(key).mark_used()
            words.append(str(explanation[key]))
    return ", ".join(words)
