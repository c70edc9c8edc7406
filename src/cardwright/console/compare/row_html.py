"""Table rows of compared metrics as HTML. A template takes ten times as long, and fifty jobs have a thousand rows."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from cardwright.console.compare.metrics import Row

_ICON = '<svg class="cw-icon" aria-hidden="true"><use href="/static/icons.svg#i-{}"/></svg>'
_ICONS = {"better": "check", "worse": "warn", "unknown": "unknown", "same": "same", "new": "plus", "gone": "minus"}
_CLASSES = {"better": "better", "worse": "worse", "unknown": "unknown"}
_VERDICTS = {
    value: f'<span class="cw-verdict v-{_CLASSES.get(value, "same")}">{_ICON.format(icon)}{{}}</span>'
    for value, icon in _ICONS.items()
}
_NONE = '<span class="cw-none">not reported</span>'
_PLOT = (
    '<svg class="cw-delta" viewBox="0 0 140 16" aria-hidden="true"><rect class="t" y="7" width="140" height="2"/>'
    '<line class="z" x1="70" x2="70" y1="0" y2="16"/>{}</svg>'
)
_BARS = {
    "better": '<rect class="better" x="71" y="3" width="{size}" height="10" rx="1"/>',
    "worse": '<rect class="worse" x="{left}" y="3" width="{size}" height="10" rx="1"/>',
    "unknown": '<rect class="unknown" x="{middle}" y="3.5" width="{size}" height="9" rx="1"/>',
}


def rows_html(rows: Iterable[Row], labels: tuple[str, str]) -> Markup:
    """Return the rows of one metric group. ``labels`` name the two sides on narrow screens."""
    one, other = (f' data-label="{escape(label)}"' for label in labels)
    return Markup("".join(_row(row, one, other) for row in rows))  # noqa: S704 - every text is escaped


def _row(row: Row, one: str, other: str) -> str:
    word = "Within ±" if row.change.within else row.verdict.capitalize()
    return (
        f'<tr role="row"><th role="rowheader" scope="row"><b title="{escape(row.change.name)}">{escape(row.name)}</b>'
        f"<small>{row.direction}</small></th>"
        f'<td role="cell" class="cw-num c-a"{one}>{_value(row.before, row.before_deviation)}</td>'
        f'<td role="cell" class="cw-num is-lead c-b"{other}>{_value(row.after, row.after_deviation)}</td>'
        f'<td role="cell" class="cw-num c-d" data-label="Change">{row.difference}</td>'
        f'<td role="cell" class="cw-num cw-soft c-r" data-label="Relative">{row.relative}</td>'
        f'<td role="cell" class="c-v">{_VERDICTS[row.verdict].format(word)}</td>'
        f'<td role="cell" class="c-plot">{_plot(row)}</td></tr>'
    )


def _value(value: str | None, deviation: str) -> str:
    spread = f'<span class="cw-pm">{deviation}</span>' if deviation else ""
    return (_NONE if value is None else str(escape(value))) + spread


def _plot(row: Row) -> str:
    if not row.size:
        return ""
    bar = _BARS.get(row.verdict, "")
    return _PLOT.format(bar.format(size=row.size, left=row.left, middle=70 - row.size / 2))
