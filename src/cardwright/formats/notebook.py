"""HTML for notebooks: a card, an evaluation, metrics, versions or a comparison.

The HTML runs no scripts and loads no files. Its style rules apply only inside it. It follows the theme of JupyterLab
or VS Code, else the theme of the system. Figures have four significant digits; charts match the exported page.
"""

import dataclasses
import datetime
import functools
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from markupsafe import Markup

from cardwright.core.comparison import Comparison, MetricChange, ValueChange, Verdict
from cardwright.core.field_names import name_of_change
from cardwright.formats.card import STATUS_TEXTS, outline_of
from cardwright.formats.charts.overlays import overlaid_charts
from cardwright.formats.html_page import page_environment, style_sheet
from cardwright.formats.literals import parse_literally
from cardwright.formats.metric_groups import metric_section
from cardwright.formats.outline import Outline, Section
from cardwright.formats.record import CardRecord
from cardwright.formats.values import Number, short_number

# Notebooks mark their theme: JupyterLab and Jupyter Notebook by an attribute, VS Code by classes.
_THEMES = """
.cw-nb { color-scheme: light dark }
[data-jp-theme-light="true"] .cw-nb, .vscode-light .cw-nb { color-scheme: only light }
[data-jp-theme-light="false"] .cw-nb, .vscode-dark .cw-nb, .vscode-high-contrast .cw-nb { color-scheme: only dark }
"""


def card_html(name: str, status: str, version: int | None, content: object, console: str | None = None) -> str:
    """Render a card.

    Args:
        name: the card's name; empty when it has no name yet.
        status: its status.
        version: its version; None for a card that was never created.
        content: its content as plain JSON types.
        console: the address of its page in a console.
    """
    text = orjson.dumps(content).decode()
    outline = outline_of(CardRecord(name, "", version or 0, status, text, 0, 0))
    number = "not created yet" if version is None else f"version {version}"
    return _html("card", console, outline=_with_own_ids(outline, secrets.token_hex(3)), version=number)


def evaluation_html(job: Mapping[str, object]) -> str:
    """Render an evaluation job, given as plain JSON types."""
    text = orjson.dumps({"evaluation_details": [job]}).decode()
    outline = outline_of(CardRecord("", "", 0, "Draft", text, 0, 0))
    found = _own_sections(outline.sections, secrets.token_hex(3))
    inner = [below for section in found for below in section.sections] or found
    return _html("group", None, kind="Evaluation", name=str(job.get("name", "")), sections=inner)


def metric_group_html(group: Mapping[str, object]) -> str:
    """Render a metric group, given as plain JSON types."""
    section = metric_section(parse_literally(orjson.dumps(dict(group)).decode()), secrets.token_hex(3), 2, "")
    sections = [] if section is None else [_shortened(section)]
    return _html("group", None, kind="Metric group", name=str(group.get("name", "")), sections=sections)


def versions_html(name: str, versions: Sequence[Mapping[str, object]], console: str | None = None) -> str:
    """Render the versions of a card, given as in the answer of ListModelCardVersions."""
    lines = [
        {
            "number": version["ModelCardVersion"],
            "status": version["ModelCardStatus"],
            "status_text": STATUS_TEXTS.get(str(version["ModelCardStatus"]), version["ModelCardStatus"]),
            "created": _stamp(version.get("CreationTime")),
            "changed": _stamp(version.get("LastModifiedTime") or version.get("CreationTime")),
        }
        for version in versions
    ]
    return _html("versions", console, name=name, lines=lines)


def difference_html(labels: tuple[str, str], found: Comparison, console: str | None = None) -> str:
    """Render the differences between two contents with their labels."""
    charts = [
        (pair.evaluation, _shortened(block))
        for pair in found.charts
        if not pair.same
        for block in overlaid_charts(pair.group, pair.before, pair.after, labels)
    ]
    return _html(
        "difference",
        console,
        name=f"{labels[0]} → {labels[1]}",
        labels=labels,
        equal=found.equal,
        metrics=[_metric(item) for item in found.metrics if item.verdict is not Verdict.SAME],
        texts=[
            (name_of_change(item.path), [(str(change), text) for change, text in item.words]) for item in found.texts
        ],
        changes=[_value(item) for item in found.values],
        charts=charts,
        prefix=secrets.token_hex(3),
    )


def _html(shows: str, console: str | None, **page: Any) -> str:
    template = page_environment().get_template("notebook.html")
    return template.render(page={"shows": shows, "console": console, **page}, styles=Markup(_styles()))  # noqa: S704 - packaged


@functools.cache
def _styles() -> str:
    rules = "".join(map(style_sheet, ("notebook.css", "blocks.css", "badges.css")))
    tokens = style_sheet("tokens.css").replace(":root", ".cw-nb").replace("color-scheme: light dark;", "")
    # Three times the class: a single class does not override the notebook's own rules for tables and lists.
    return f"{tokens}{_THEMES}.cw-nb.cw-nb.cw-nb {{\n{rules}}}\n"


def _with_own_ids(outline: Outline, prefix: str) -> Outline:
    return dataclasses.replace(outline, sections=_own_sections(outline.sections, prefix))


def _own_sections(sections: Sequence[Section], prefix: str) -> tuple[Section, ...]:
    """Give sections ids that are unique in the notebook, and short numbers."""
    return tuple(
        dataclasses.replace(
            section,
            id=f"{prefix}-{section.id}",
            blocks=_shortened(section.blocks),
            sections=_own_sections(section.sections, prefix),
        )
        for section in sections
    )


def _shortened(value: Any) -> Any:
    """Round numbers in blocks to four significant digits."""
    if isinstance(value, Number):
        return dataclasses.replace(value, text=value.short)
    if isinstance(value, tuple):
        return tuple(map(_shortened, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = {field.name: _shortened(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **members)
    return value


def _metric(item: MetricChange) -> dict[str, str]:
    sign = "+" if item.difference is not None and item.difference > 0 else ""
    return {
        "name": item.name,
        "where": " · ".join(part for part in (item.evaluation, item.group) if part),
        "before": _with_deviation(item.before, item.before_deviation),
        "after": _with_deviation(item.after, item.after_deviation),
        "difference": "–" if item.difference is None else sign + _figure(item.difference),
        "verdict": item.verdict.value,
    }


def _value(item: ValueChange) -> tuple[str, list[str], list[str]]:
    if item.kept or item.inserted or item.deleted:
        return name_of_change(item.path), [_figure(v) for v in item.deleted], [_figure(v) for v in item.inserted]
    before, after = ([] if side is None else [_figure(side)] for side in (item.before, item.after))
    return name_of_change(item.path), before, after


def _with_deviation(value: object, deviation: float | None) -> str:
    return _figure(value) if deviation is None else f"{_figure(value)} ± {_figure(deviation)}"


def _figure(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value if isinstance(value, str) else orjson.dumps(value).decode()
    return short_number(str(value))


def _stamp(moment: object) -> str:
    if not isinstance(moment, datetime.datetime):
        return "" if moment is None else str(moment)
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M")
