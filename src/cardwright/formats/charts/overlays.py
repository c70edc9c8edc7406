"""Charts of two cards or versions in one drawing, for comparisons."""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from cardwright.formats.charts.chart import LineGraph
from cardwright.formats.charts.line_graphs import overlay_pair
from cardwright.formats.literals import parse_literally
from cardwright.formats.metric_groups import line_of, metric_section
from cardwright.formats.outline import Bars, Block, Matrix
from cardwright.formats.values import Text


def overlaid_charts(
    group: str, before: Mapping[str, object] | None, after: Mapping[str, object] | None, labels: tuple[str, str]
) -> list[Block]:
    """Draw two charts of the same name. Lines share a drawing; other charts are placed side by side with labels.

    Args:
        group: the name of their metric group.
        before, after: the stored metrics; None when a version does not have the metric.
        labels: the names of the two versions.
    """
    sides = [(label, _literally(metric)) for label, metric in zip(labels, (before, after), strict=True) if metric]
    lines = [line_of(group, metric) for _, metric in sides]
    if len(lines) == 2 and lines[0] is not None and lines[1] is not None:
        drawn = overlay_pair(lines[0], lines[1], labels)
        if drawn is not None:
            return [drawn]
    charts: list[Block] = []
    for label, metric in sides:
        section = metric_section({"name": group, "metric_data": [metric]}, "overlay", 3, "")
        charts += [
            replace(block, title=Text(f"{block.title.text}: {label}"))
            for block in (section.blocks if section else ())
            if isinstance(block, LineGraph | Bars | Matrix)
        ]
    return charts


def _literally(metric: Mapping[str, object]) -> object:
    return parse_literally(orjson.dumps(metric).decode())
