"""Converts metric groups, the results of an evaluation, to tables and charts.

A metric that does not match its declared type is printed as a table of its members. Such metrics come from other
servers or newer schemas.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NotRequired, TypedDict, TypeGuard

from cardwright.core.json_value import list_at, text_at
from cardwright.formats.charts.bars import (
    bar_chart,
    bar_entries,
    bias_bars,
    feature_bars,
    is_bias_group,
    is_feature_group,
)
from cardwright.formats.charts.bars import labels_of as bar_labels
from cardwright.formats.charts.chart import Bars, LineGraph, Matrix
from cardwright.formats.charts.class_tables import ClassBars, class_bars, class_tables, sharing_classes
from cardwright.formats.charts.line_graphs import Line, line_graph, overlaid, overlay
from cardwright.formats.charts.matrices import matrix
from cardwright.formats.leftovers import flat_table, scalar, unknown_members
from cardwright.formats.metric_names import BASELINE, DEVIATION
from cardwright.formats.outline import Block, ClassTable, Fields, Metric, MetricRow, MetricTable, Note, Section, Table
from cardwright.formats.values import Number, Text, text_of
from cardwright.formats.wording import GROUPS, METRICS, Wording, in_words

_AREA = re.compile(r"(area.under.the.)?(roc[ _-])?(auc|curve)([ _-]roc)?|auroc|roc_auc_score", re.IGNORECASE)
_MEMBERS = frozenset({"name", "type", "value", "notes", "x_axis_name", "y_axis_name"})
_SIMPLE = frozenset({"number", "string", "boolean"})


def metric_section(group: object, section_id: str, level: int, path: str) -> Section | None:
    """Build the section of one metric group; None when the value is not a metric group."""
    if not isinstance(group, dict) or not isinstance(group.get("name"), str):
        return None
    if not isinstance(group.get("metric_data"), list):
        return None
    title, stored_name = titled(group["name"], GROUPS)
    fields, tables = unknown_members({k: v for k, v in group.items() if k not in {"name", "metric_data"}}, path)
    blocks = [*([Fields(fields)] if fields else []), *tables, *_blocks(group["name"], title, group["metric_data"])]
    if not group["metric_data"]:
        blocks.append(Note("This group has no metrics."))
    return Section(section_id, level, title, tuple(blocks), (), stored_name, path)


def titled(stored: str, wording: Wording) -> tuple[Text, Text | None]:
    """Return the heading for a stored name, and the stored name when the heading replaces it."""
    words = in_words(stored, wording)
    return (text_of(stored), None) if words is None else (text_of(words), text_of(stored))


def metric_table(metrics: Sequence[Metric]) -> MetricTable:
    """Build a table of figures. Standard deviations and baselines join the row of their figure."""
    deviations, baselines = _belonging(metrics, DEVIATION), _belonging(metrics, BASELINE)
    folded = {id(metric) for metric in (*deviations.values(), *baselines.values())}
    rows = []
    for metric in metrics:
        if id(metric) not in folded:
            baseline = baselines.get(metric.name.text)
            of_baseline = deviations.get(baseline.name.text) if baseline else None
            rows.append(MetricRow(metric, deviations.get(metric.name.text), baseline, of_baseline))
    return MetricTable(tuple(rows), tuple(metrics))


def _belonging(metrics: Sequence[Metric], ending: str) -> dict[str, Metric]:
    """Map each base name to the plain number named ``<base name><ending>``.

    Both names must be unique, and the base name must not have an ending itself. So every joined figure has a row."""
    counts = Counter(metric.name.text for metric in metrics)
    found = {}
    for metric in metrics:
        name = metric.name.text.removesuffix(ending)
        plain = isinstance(metric.value, Number) and not metric.notes and not metric.axes
        deeper = name.endswith(DEVIATION) or (ending == BASELINE and name.endswith(BASELINE))
        if plain and not deeper and name != metric.name.text and counts[name] == counts[metric.name.text] == 1:
            found[name] = metric
    return found


def _blocks(name: str, title: Text, metric_data: Sequence[object]) -> Iterator[Block]:
    read = [(stored, _simple(stored)) for stored in metric_data]
    simple = [metric for _, metric in read if metric]
    if is_feature_group(name, simple):
        shown: list[Block] = [*feature_bars(title, simple)]
    elif is_bias_group(name, simple):
        shown = [*bias_bars(title, simple)]
    else:
        shown = []
    if shown:
        yield from shown
    elif simple:
        yield metric_table(simple)
    yield from _charts(name, simple, [stored for stored, metric in read if metric is None])


class _Stored(TypedDict):
    """A metric with the members of the schema, so far as :func:`_well_formed` checks them."""

    name: str
    value: object
    type: NotRequired[object]
    notes: NotRequired[str]
    x_axis_name: NotRequired[object]
    y_axis_name: NotRequired[object]


def _simple(stored: object) -> Metric | None:
    """Convert a single figure. The declared type may differ from the type of the value."""
    if not _well_formed(stored) or stored.get("type") not in _SIMPLE:
        return None
    value = scalar(stored["value"])
    axes = [stored.get("x_axis_name"), stored.get("y_axis_name")]
    if value is None or not all(axis is None or isinstance(axis, str) for axis in axes):
        return None
    names = tuple(text_of(axis) for axis in axes if isinstance(axis, str) and axis)
    return Metric(text_of(stored["name"]), value, _notes(stored), names)


def _well_formed(stored: object) -> TypeGuard[_Stored]:
    return (
        isinstance(stored, dict)
        and isinstance(stored.get("name"), str)
        and "value" in stored
        and isinstance(stored.get("notes", ""), str)
        and stored.keys() <= _MEMBERS
    )


def _charts(group: str, simple: Sequence[Metric], metric_data: Sequence[object]) -> Iterator[Block]:
    made = {id(stored): line for stored in metric_data if (line := line_of(group, stored))}
    shared = {id(some[0]): some for some in overlaid(list(made.values()))}
    tables = _class_tables(metric_data)
    for stored in metric_data:
        line = made.get(id(stored))
        if id(stored) in tables:
            yield from tables[id(stored)]
        elif line is None:
            yield _bars(stored) or _matrix(stored) or _leftover(stored)
        elif id(line) in shared:
            together = shared[id(line)]
            graph = overlay(together) if len(together) > 1 else _single(line, simple)
            yield graph or _leftover(stored)


def _class_tables(metric_data: Sequence[object]) -> dict[int, list[ClassTable]]:
    """The class tables that replace bar charts: placed at the first chart; the others are dropped."""
    charts: dict[int, ClassBars] = {}
    for stored in metric_data:
        chart = _bars(stored)
        found = class_bars(chart, text_at(stored, "y_axis_name") or "") if chart else None
        if found:
            charts[id(stored)] = found
    ids = {id(chart): stored_id for stored_id, chart in charts.items()}
    tables: dict[int, list[ClassTable]] = {}
    for some in sharing_classes(list(charts.values())):
        tables |= {ids[id(chart)]: [] for chart in some} | {ids[id(some[0])]: class_tables(some)}
    return tables


def _single(line: Line, simple: Sequence[Metric]) -> LineGraph | None:
    areas = [m.value for m in simple if isinstance(m.value, Number) and _AREA.fullmatch(m.name.text)]
    return line_graph(line, area=areas[0] if len(areas) == 1 else None, base_rate=_base_rate(simple))


def _base_rate(simple: Sequence[Metric]) -> Number | None:
    """The share of positives: the precision of a constant classifier with recall 1."""
    by_name = {metric.name.text: metric.value for metric in simple}
    recall, precision = by_name.get(f"recall{BASELINE}"), by_name.get(f"precision{BASELINE}")
    return precision if isinstance(recall, Number) and recall.value == 1 and isinstance(precision, Number) else None


def line_of(group: str, stored: object) -> Line | None:
    """Convert a stored metric to a line; None when it is not a valid line."""
    if not _well_formed(stored) or not _typed(stored, "linear_graph", str, str):
        return None
    pairs = list_at(stored["value"])
    points = tuple((pair[0], pair[1]) for pair in pairs if _numbers(pair) and len(pair) == 2)
    if len(points) != len(pairs):
        return None
    title, stored_name = titled(stored["name"], METRICS)
    return Line(
        text_of(stored["name"]),
        title,
        points,
        text_at(stored, "x_axis_name") or "",
        text_at(stored, "y_axis_name") or "",
        group,
        stored_name,
        _notes(stored),
    )


def _bars(stored: object) -> Bars | None:
    if not _well_formed(stored) or not _typed(stored, "bar_chart", list, str):
        return None
    values = stored["value"]
    if not _numbers(values):
        return None
    title, stored_name = titled(stored["name"], METRICS)
    axis = text_at(stored, "y_axis_name")
    return bar_chart(
        title,
        bar_entries(values, bar_labels(stored.get("x_axis_name"))),
        value_title=text_of(axis) if axis else None,
        stored_name=stored_name,
        notes=_notes(stored),
    )


def _matrix(stored: object) -> Matrix | None:
    if not _well_formed(stored) or not _typed(stored, "matrix", list, list):
        return None
    cells = [row for row in list_at(stored["value"]) if _numbers(row)]
    if len(cells) != len(list_at(stored["value"])):
        return None
    title, stored_name = titled(stored["name"], METRICS)
    rows, columns = bar_labels(stored.get("x_axis_name")), bar_labels(stored.get("y_axis_name"))
    return matrix(title, cells, rows, columns, stored_name, _notes(stored))


def _typed(stored: _Stored, kind: str, x_axis: type, y_axis: type) -> bool:
    """Whether a metric is a chart of this type: a list of values, with axis names of the right types, if any."""
    return (
        stored.get("type") == kind
        and isinstance(stored["value"], list)
        and _axis_fits(stored.get("x_axis_name"), x_axis)
        and _axis_fits(stored.get("y_axis_name"), y_axis)
    )


def _axis_fits(name: object, kind: type) -> bool:
    if name is None or (kind is str and isinstance(name, str)):
        return True
    return kind is list and isinstance(name, list) and all(isinstance(label, str) for label in name)


def _numbers(values: object) -> TypeGuard[list[Number]]:
    return isinstance(values, list) and all(isinstance(value, Number) for value in values)


def _notes(stored: _Stored) -> Text | None:
    notes = stored.get("notes")
    return text_of(notes) if notes else None


def _leftover(stored: object) -> Table:
    name = stored["name"] if isinstance(stored, dict) and isinstance(stored.get("name"), str) else "Metric"
    return flat_table(name, stored)
