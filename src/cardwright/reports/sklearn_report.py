"""``sklearn.metrics.classification_report(output_dict=True)``, as an object, as JSON, or written by pandas.

https://scikit-learn.org/stable/modules/generated/sklearn.metrics.classification_report.html

One group: accuracy and the averages as numbers (``macro avg - recall`` and so on), and one bar chart over the classes
for each measure. A measure that is NaN (``zero_division=np.nan``) has no bar.
"""

import re

from cardwright.reports.class_rows import Cell, Rows, frame_of, measure_of
from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import Number, as_number, bar_chart, group, number, why_no_number
from cardwright.reports.translation import Document, Metric, MetricGroup

_ACCURACY = "accuracy"
_AVERAGES = ("micro avg", "macro avg", "weighted avg", "samples avg", "avg / total")
_SCORE = re.compile(r"accuracy|auc|f1|precision|recall|kappa|mcc|matthews|log_?loss|jaccard|hamming", re.IGNORECASE)


def recognises(document: Document) -> bool:
    """Whether a row of the file has the four measures, in any layout of a data frame."""
    return frame_of(document) is not None


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """The one group of the report."""
    return [group("classification_report", metrics(document, cursor), cursor)]


def metrics(document: Document, cursor: Cursor) -> list[Metric]:
    """The metrics of a report, which may be a part of another."""
    frame = frame_of(document)
    rows = frame.rows if frame else {}
    for path in frame.names if frame else ():
        cursor.at(*path).mark_used()
    if "schema" in document and "data" in document:
        cursor.at("schema").add_fact(document["schema"])  # pandas' description of the columns
    metric_data: list[Metric] = []
    classes: Rows = {}
    for name, value, here in cursor.members(document):
        if not isinstance(value, (dict, list)) and _SCORE.search(name):
            metric_data += number(name, value, here)
    for name, row in rows.items():
        if name.strip() == _ACCURACY and _is_one_value(row, rows):
            metric_data += _accuracy(row, cursor)
        elif _average(name) in _AVERAGES:
            for measure, (value, path) in row.items():
                metric_data += number(f"{_average(name)} - {measure}", value, cursor.at(*path))
        else:
            classes[name] = row
    measures = dict.fromkeys(measure for row in classes.values() for measure in row)
    for measure in measures:
        metric_data += _bars(measure, classes, cursor)
    return metric_data


def _average(name: str) -> str:
    """The name of a row as scikit-learn writes those of averages."""
    return name.strip().replace("_", " ")


def _bars(measure: str, classes: Rows, cursor: Cursor) -> list[Metric]:
    cells = {name: row[measure] for name, row in classes.items() if measure in row}
    usable = {name for name, (value, _) in cells.items() if as_number(value) is not None}
    if not usable and measure_of(measure) is None:
        return []  # for example a column of remarks; it is reported as left out
    for name, (value, path) in cells.items():
        if name in usable:
            cursor.at(*path).mark_used()
        else:
            cursor.at(*path).omit(f"left out: {why_no_number(value)}")
    bars = [(name, value) for name, (value, _) in cells.items() if name in usable]
    return bar_chart(measure, bars, measure, cursor.at(f"[every class].{measure}")) if bars else []


def _is_one_value(row: dict[str, Cell], rows: Rows) -> bool:
    """Whether a row repeats one value, as a data frame repeats the accuracy. The measures of a class differ."""
    values = {measure: as_number(value) for key, (value, _) in row.items() if (measure := measure_of(key))}
    support = values.pop("support", None)
    scores = {value for value in values.values() if value is not None}
    return len(scores) == 1 and (support is None or support in scores or support in _totals(rows))


def _totals(rows: Rows) -> set[Number | None]:
    cells = [cell for name in _AVERAGES for key, cell in rows.get(name, {}).items() if measure_of(key) == "support"]
    return {as_number(value) for value, _ in cells}


def _accuracy(row: dict[str, Cell], cursor: Cursor) -> list[Metric]:
    measures = {key: cell for key, cell in row.items() if measure_of(key)}
    known = {key: cell for key, cell in measures.items() if as_number(cell[0]) is not None}
    key = next(key for key in known if measure_of(key) != "support")
    for _, path in measures.values():
        cursor.at(*path).mark_used()
    (metric,) = number(_ACCURACY, known[key][0], cursor.at(*known[key][1]))
    samples = [as_number(value) for name, (value, _) in known.items() if measure_of(name) == "support"]
    return [metric | ({"notes": f"{samples[0]:g} samples"} if samples and samples[0] != metric["value"] else {})]
