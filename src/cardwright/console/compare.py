"""Two versions, or two cards, side by side."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import orjson
from flask import Blueprint, abort, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card
from cardwright.actions.history import version_history
from cardwright.console.context import page_context
from cardwright.console.wording import figure
from cardwright.core import content as contents
from cardwright.core.card import Description
from cardwright.core.comparison import ChartPair, MetricChange, Verdict, Word, as_document, compare
from cardwright.core.directions import Direction
from cardwright.core.errors import Invalid
from cardwright.core.names import is_card_name
from cardwright.formats.charts.overlays import overlaid_charts
from cardwright.formats.outline import Block
from cardwright.storage.unit import Unit

_DIRECTIONS = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.ZERO: "Closer to 0 is better",
    Direction.ONE: "Closer to 1 is better",
    Direction.UNKNOWN: "Direction not known",
}
_MOST = 200  # versions that a picker offers
_BAR = 69  # half of a bar's width


blueprint = Blueprint("compare", __name__)


@blueprint.get("/compare")
def show() -> str:
    context = page_context()
    with context.reading() as unit:
        one, other = _asked(unit, "a"), _asked(unit, "b")
        versions = {card.name: version_history(unit, card.name, limit=_MOST) for card in (one, other)}
    found = compare(contents.parse(one.content), contents.parse(other.content))
    same_card = one.name == other.name
    labels = [
        f"Version {card.version}" if same_card else f"{card.name}, version {card.version}" for card in (one, other)
    ]
    return render_template(
        "compare.html",
        one=one,
        other=other,
        same_card=same_card,
        labels=labels,
        found=found,
        words=Word,
        changed=_groups([item for item in found.metrics if item.verdict is not Verdict.SAME]),
        same=_groups([item for item in found.metrics if item.verdict is Verdict.SAME]),
        counts={verdict.value: found.count(verdict) for verdict in Verdict},
        charts=_charts(found.charts, labels),
        versions=versions,
        label=_label,
        shown=_shown,
    )


@blueprint.get("/compare.json")
def data() -> Response:
    context = page_context()
    with context.reading() as unit:
        one, other = _asked(unit, "a"), _asked(unit, "b")
    found = as_document(compare(contents.parse(one.content), contents.parse(other.content)))
    return Response(orjson.dumps(found, option=orjson.OPT_INDENT_2), content_type="application/json")


def _asked(unit: Unit, which: str) -> Description:
    """``name:version``, or ``name`` for the newest."""
    name, _, number = request.args.get(which, "").partition(":")
    if number and not (number.isascii() and number.isdecimal() and 0 < len(number) < 10):
        raise Invalid("A version is a whole number, such as in fraud-classifier:3")
    if not is_card_name(name):
        abort(404)
    return describe_card(unit, name, int(number) if number else None)


def _groups(metrics: Sequence[MetricChange]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The metrics by evaluation job and group, each with a bar that grows right for better."""
    groups = []
    for (evaluation, group), items in groupby(metrics, key=lambda item: (item.evaluation, item.group)):
        changes = list(items)
        largest = max((abs(item.difference) for item in changes if item.difference), default=0)
        title = " · ".join(part for part in (evaluation, group) if part)
        groups.append((title, [_row(item, largest) for item in changes]))
    return groups


def _row(item: MetricChange, largest: float) -> dict[str, Any]:
    size = round(_BAR * abs(item.difference) / largest, 1) if item.difference and largest else 0
    sign = "+" if item.difference and item.difference > 0 else ""
    return {
        "name": item.name,
        "direction": _DIRECTIONS[item.direction],
        "before": item.before,
        "after": item.after,
        "difference": None if item.difference is None else f"{sign}{figure(item.difference)}",
        "verdict": item.verdict.value,
        "size": size,
    }


def _charts(pairs: Sequence[ChartPair], labels: list[str]) -> list[tuple[str, Block]]:
    """The charts that differ, both sides in one drawing where they can share one."""
    charts: list[tuple[str, Block]] = []
    for pair in pairs:
        if pair.same:
            continue
        blocks = overlaid_charts(pair.group, pair.before, pair.after, (labels[0], labels[1]))
        charts += [(pair.evaluation, block) for block in blocks]
    return charts


def _label(path: Sequence[str]) -> str:
    """A place in words: ``Dataset of Holdout`` reads ``Holdout: Datasets``."""
    row = len(path) > 3 and path[-1] in {"value", "notes"} and path[0] == "training_details"
    if row:
        return path[-2] if path[-1] == "value" else f"{path[-2]}, {path[-1]}"
    words = " ".join(path[-1].split("_"))
    words = words[:1].upper() + words[1:]
    if path[0] == "evaluation_details" and len(path) > 2:
        return f"{path[1]}: {words}"
    if path[-2:-1] == ("custom_details",):
        return f"Custom field: {path[-1]}"
    return words


def _shown(value: Any) -> str | Markup:
    """A value of a list or a field, in one line."""
    if isinstance(value, dict) and "name" in value:
        rest = f"{value['name']} = {value.get('value', '')}"
        return f"{rest} ({value['notes']})" if value.get("notes") else rest
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return figure(value) if isinstance(value, bool) else str(value)
