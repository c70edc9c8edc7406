"""A table of metrics: a CSV file, or a list of objects with the same members.

The shape decides what a column means:

- a column of metric names and a column of values: one number for each row, in groups by the other columns of texts;
- one row: one number for each column;
- a column of steps (``epoch``, ``step``), or an index that counts from 0: one graph for each column;
- a column that names the rows (classes, groups, models): one bar chart for each column.

A table without a column or name of a known metric is not recognised, since data sets are tables too.
"""

from collections.abc import Callable, Sequence
from typing import cast

from cardwright.reports import clarify_time_series, helm_stats, sklearn_report
from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, bar_chart, group, linear_graph, number
from cardwright.reports.metric_names import names_a_metric, names_the_run
from cardwright.reports.translation import ROWS, Document, Metric, MetricGroup

_METRIC = ("metric", "metric_name", "metrics", "measure", "name", "key", "", "unnamed: 0", "index", "scorer")
_VALUE = ("value", "score", "values", "result", "metric_value", "mean", "0")
_STEP = ("epoch", "epochs", "step", "steps", "global_step", "iteration", "iter", "round", "trees")
_INDEX = ("", "unnamed: 0", "index", "level_0")
_LABEL = ("class", "label", "group", "model", "name", "category", "fold", "split", "dataset", "task", "positive_class")
_GROUP = "metrics"
_MOST_ROWS = 1000
_KNOWN_SHARE = 4  # at least every fourth name is that of a metric
_FEW = 4  # columns of texts that a table of metrics has at most
_WEAK = {"score", "error", "loss", "prediction", "probability"}  # data sets have such columns as well

_Rows = Sequence[Document]


def recognises(document: Document) -> bool:
    """Whether the file is a table with a metric, in one of the shapes, and of no other kind."""
    rows = _rows(document)
    if rows is None or _reader(rows) is None:
        return False
    return not any(kind.recognises(document) for kind in (sklearn_report, helm_stats, clarify_time_series))


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the groups of the table."""
    rows = _rows(document)
    reader = _reader(rows) if rows is not None else None
    if rows is None or reader is None:
        return []
    return [one for one in reader(rows, cursor.at(ROWS)) if one["metric_data"]]


def _rows(document: Document) -> _Rows | None:
    """Return the rows if they have the same members, and no lists or objects."""
    rows = document.get(ROWS)
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST_ROWS:
        return None
    objects = [cast(Document, row) for row in rows if isinstance(row, dict) and row]
    scalar = not any(isinstance(value, (dict, list)) for row in objects for value in row.values())
    same = all(row.keys() == objects[0].keys() for row in objects)
    return objects if len(objects) == len(rows) and scalar and same else None


def _reader(rows: _Rows) -> Callable[[_Rows, Cursor], list[MetricGroup]] | None:
    """Return the reader of the first shape that the table has."""
    if _long(rows) is not None:
        return _read_long
    known = [name for name in _numeric(rows) if names_a_metric(name)]
    step = _step(rows) if len(rows) > 1 else None
    if known and step is not None and step.strip().lower() in _STEP:
        return _read_curves
    if all(name.strip().lower() in _WEAK for name in known):
        return None
    if len(rows) == 1:
        return _read_single
    if step is not None:
        return _read_curves
    return _read_by_row if _labels(rows) is not None else None


def _numeric(rows: _Rows) -> list[str]:
    """Return the columns with numbers, where every other cell is blank."""
    return [
        name
        for name in rows[0]
        if any(as_number(row[name]) is not None for row in rows)
        and all(as_number(row[name]) is not None or _is_blank(row[name]) for row in rows)
    ]


def _is_blank(value: object) -> bool:
    return (
        value is None or (isinstance(value, float) and as_number(value) is None) or str(value).strip().lower() in _BLANK
    )


_BLANK = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "inf", "-inf"})


def _long(rows: _Rows) -> tuple[str, Sequence[str]] | None:
    """Return the column of the metrics' names and those of their values, of which the first may have no name."""
    names = [name for name in rows[0] if name.strip().lower() in _METRIC and _all_texts(rows, name)]
    values = [name for name in rows[0] if name.strip().lower() in _VALUE and _has_number(rows, name)]
    for name in names:
        others = [other for other in rows[0] if other != name]
        if not values and all(other in _numeric(rows) and not names_a_metric(other) for other in others):
            values = others  # one column for each part of the data, or a single one
        known = sum(names_a_metric(str(row[name])) for row in rows)
        if values and _KNOWN_SHARE * known >= len(rows):
            return name, values
    return None


def _has_number(rows: _Rows, name: str) -> bool:
    return any(as_number(row[name]) is not None for row in rows)


def _all_texts(rows: _Rows, name: str) -> bool:
    return all(isinstance(row[name], str) and as_number(row[name]) is None for row in rows)


def _read_long(rows: _Rows, cursor: Cursor) -> list[MetricGroup]:
    columns = _long(rows)
    if columns is None:
        return []
    of_names, of_values = columns
    groups: dict[str, list[Metric]] = {}
    for index, row in enumerate(rows):
        here = cursor.at(index)
        here.at(of_names).mark_used()
        where = [value for column, value in row.items() if column != of_names and _is_word(value)]
        for column, value in row.items():
            if column == of_names or (column not in of_values and _is_blank(value)):
                continue
            if _is_word(value) and column not in of_values:
                here.at(column).mark_used()
                continue
            name = row[of_names] if column in of_values else f"{row[of_names]} - {column}"
            part = [*where, column] if len(of_values) > 1 else where
            groups.setdefault(", ".join(map(str, part)) or _GROUP, []).extend(number(name, value, here.at(column)))
    return [group(name, metric_data, cursor) for name, metric_data in groups.items()]


def _is_word(value: object) -> bool:
    return isinstance(value, str) and as_number(value) is None and not _is_blank(value) and not value.endswith("%")


def _read_single(rows: _Rows, cursor: Cursor) -> list[MetricGroup]:
    metric_data: list[Metric] = []
    for name, value, here in cursor.at(0).members(rows[0]):
        if name.strip().lower() in _INDEX and as_number(value) is not None:
            here.mark_used()  # the number of the row
        elif names_the_run(name) or isinstance(value, bool) or (not _is_blank(value) and as_number(value) is None):
            here.add_fact(value)
        else:
            metric_data += number(name, value, here)
    return [group(_GROUP, metric_data, cursor)]


def _step(rows: _Rows) -> str | None:
    """Return the column of steps: one named so, or an index that counts from 0."""
    numeric = _numeric(rows)
    named = next((name for name in numeric if name.strip().lower() in _STEP), None)
    if named is not None:
        return named
    counted = (name for name in numeric if name.strip().lower() in _INDEX)
    return next((name for name in counted if [as_number(row[name]) for row in rows] == list(range(len(rows)))), None)


def _read_curves(rows: _Rows, cursor: Cursor) -> list[MetricGroup]:
    step = _step(rows)
    if step is None:
        return []
    axis = step.strip() if step.strip().lower() in _STEP else "step"
    steps = [row[step] for row in rows]
    metric_data: list[Metric] = []
    for name in _numeric(rows):
        for index in range(len(rows)):
            cursor.at(index, name).mark_used()
        if name != step:
            points = [(at, row[name]) for at, row in zip(steps, rows, strict=True)]
            metric_data += linear_graph(name, points, (axis, name), cursor.at(f"[every row].{name}"))
    return [group("history", metric_data, cursor)]


def _labels(rows: _Rows) -> list[str] | None:
    """Return the columns that name the rows together, each row in another way."""
    texts = [name for name in rows[0] if any(not _is_blank(row[name]) and as_number(row[name]) is None for row in rows)]
    if len(texts) > _FEW:
        return None
    named = [name for name in rows[0] if name.strip().lower() in (*_LABEL, *_INDEX) and name not in texts]
    for columns in (texts, [*texts, *named[:1]]):
        labels = [_label(row, columns) for row in rows]
        if columns and len(set(labels)) == len(rows):
            return columns
    return None


def _label(row: Document, columns: Sequence[str]) -> str:
    return ", ".join(str(row[name]).strip() for name in columns)


def _read_by_row(rows: _Rows, cursor: Cursor) -> list[MetricGroup]:
    columns = _labels(rows)
    if columns is None:
        return []
    labels = [_label(row, columns) for row in rows]
    metric_data: list[Metric] = []
    for index in range(len(rows)):
        for name in columns:
            cursor.at(index, name).mark_used()
    for name in _numeric(rows):
        if name in columns:
            continue
        for index in range(len(rows)):
            cursor.at(index, name).mark_used()
        bars = [(label, row[name]) for label, row in zip(labels, rows, strict=True)]
        metric_data += bar_chart(name, bars, name, cursor.at(f"[every row].{name}"))
    return [group(f"by {', '.join(name.strip() or 'row' for name in columns)}", metric_data, cursor)]
