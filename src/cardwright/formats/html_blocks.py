"""Writes the most frequent blocks of a card as HTML: fields, tables of metrics, line graphs and small matrices.

A card with fifty evaluation jobs has hundreds of them, and Python is several times as fast as a macro.
"""

from collections.abc import Callable, Iterable

from markupsafe import Markup

from cardwright.formats import html_tables
from cardwright.formats.anchors import anchor
from cardwright.formats.chart_numbers import all_numbers_of, numbers_of
from cardwright.formats.charts import svg
from cardwright.formats.charts.chart import Axis, BarLayout, Bars, LineGraph, Matrix
from cardwright.formats.code_points import visible
from cardwright.formats.escaping import escaped
from cardwright.formats.html_folding import folded, folded_value
from cardwright.formats.html_values import tongue, written
from cardwright.formats.outline import Block, Field, MetricTable, Prose, RichProse, Section, Table

Mark = Callable[[str, str, str], str]
"""Returns the HTML that a page puts where a field begins or ends: ``mark(kind, path, label)``.

A page that has a mark folds long texts.
"""
_MANY_COLUMNS, _DRAWN_COLUMNS = 8, 12
_SMALL_MATRIX, _SHORT_LABEL = 2, 10


def marked(mark: Mark | None, kind: str, part: Field | Prose | RichProse | Section, label: str = "") -> Markup:
    """What a page puts at a field; empty for a field without a path."""
    return Markup(mark(kind, part.path, label) if mark and part.path else "")  # noqa: S704 - a mark is HTML


def unmarked(kind: str, path: str, label: str) -> str:  # noqa: ARG001 - a mark
    """The mark of a page that folds texts in a place where it puts nothing next to fields."""
    return ""


def text(html: Markup, label: str, mark: Mark | None) -> Markup:
    """A text, folded on a page that folds long texts."""
    return Markup(folded(html, label)) if mark else html  # noqa: S704 - HTML, and an escaped label


def fields(rows: Iterable[Field], mark: Mark | None = None) -> Markup:
    """A list of fields with short values."""
    written_rows = "".join(_field(row, mark) for row in rows)
    return Markup(f'<dl class="cw-kv">\n{written_rows}</dl>\n')  # noqa: S704 - escaped below


def _field(row: Field, mark: Mark | None) -> str:
    values = "".join(f"<div>{written(value)}</div>" for value in row.values)
    label = row.label.text
    if mark is not None:
        values = folded_value(values, label)
    if mark is None or not row.path:
        return f"<dt{place_id(row)}>{written(row.label)}</dt><dd>{values}</dd>\n"
    return (
        f"{mark('row', row.path, label)}<dt{place_id(row)}>{written(row.label)}{mark('pin', row.path, '')}</dt>"
        f"<dd>{values}{mark('form', row.path, label)}</dd>{mark('endrow', row.path, '')}\n"
    )


def place_id(part: Field | Prose | RichProse) -> Markup:
    """The id of a field, to which links lead."""
    found = anchor(part.path)
    return Markup(f' id="{found}"' if found else "")  # noqa: S704 - an anchor has no marks of HTML


def quick_block(block: Block, id: str, title: str, mark: Mark | None = None) -> Markup:  # noqa: A002 - an id of HTML
    """A block that Python writes; empty for the other kinds, which macros write.

    Args:
        title: the name of a table that has no name of its own.
    """
    if isinstance(block, MetricTable):
        return metric_table(block, title, folds=mark is not None)
    if isinstance(block, LineGraph):
        return line_graph(block, id)
    if isinstance(block, Matrix) and len(block.columns) <= _DRAWN_COLUMNS:
        return small_matrix(block, id, in_row=is_small(block))
    return html_tables.table(block, title, folds=mark is not None) if isinstance(block, Table) else Markup()


def is_small(block: Block) -> bool:
    """Whether a block is a chart that has room next to another one."""
    if isinstance(block, Bars):
        return block.layout is BarLayout.COLUMNS
    if isinstance(block, Matrix):
        labels = [*block.columns, *(row.label for row in block.rows)]
        return len(block.columns) <= _SMALL_MATRIX and all(len(label.text) <= _SHORT_LABEL for label in labels)
    return isinstance(block, LineGraph)


def metric_table(block: MetricTable, label: str = "Metrics", *, folds: bool = False) -> Markup:
    """The rounded figures of a group, with deviations in their rows, and below them the list of what is stored.

    Args:
        folds: whether long notes are folded.
    """
    width, baseline_width = html_tables.figure_widths(block)
    heads = [f'<th scope="col">Metric</th><th scope="col" class="cw-num cw-f{width}">Value</th>\n']
    if block.has_deviations:
        heads.append(
            '<th scope="col" class="cw-dev"><span aria-hidden="true">±</span>'
            '<span class="cw-hidden">Standard deviation</span></th>'
        )
    if block.has_baselines:
        heads.append(f'<th scope="col" class="cw-num cw-f{baseline_width}">Best constant</th>')
    if html_tables.has_rates(block):
        mark = ", mark: best constant" if block.has_baselines else ""
        heads.append(f'<th scope="col" class="cw-plot">0 to 1{mark}</th>')
    if block.has_notes:
        heads.append('<th scope="col">Notes</th>')
    noted = ' cw-noted" role="table"' if block.has_notes else '"'
    body = html_tables.metric_body(block, (width, baseline_width), folds=folds)
    return Markup(  # noqa: S704 - escaped
        f'<div class="cw-scroll" tabindex="0" role="group" aria-label="{_shown(label)}">\n'
        f'<table class="cw-table cw-table-plain cw-metric{noted}>\n<thead><tr>{"".join(heads)}</tr></thead>\n'
        f"<tbody>\n{body}</tbody></table></div>\n{_all_numbers(all_numbers_of(block), label)}"
    )


def _all_numbers(stored: Table | None, label: str) -> str:
    if stored is None:
        return ""
    table = html_tables.table(stored, f"All numbers of {label}")
    summary = "All numbers, with stored names and exact values"
    return f'<details class="cw-numbers"><summary>{summary}</summary>{table}</details>'


def line_graph(chart: LineGraph, id: str) -> Markup:  # noqa: A002 - an id of HTML
    """A line graph with its legend, the titles of its axes and its numbers."""
    legend = ""
    if len(chart.series) > 1:
        lines = (f"<li>{svg.sample_svg(n)}{written(line.name)}</li>" for n, line in enumerate(chart.series, 1))
        legend = f'<ul class="cw-legend">{"".join(lines)}</ul>'
    return Markup(  # noqa: S704 - escaped
        f'<figure class="cw-chart">\n{caption(chart)}\n{legend}{axis_title(chart.y, "cw-axis-y")}\n'
        f"{svg.line_svg(chart, id)}\n{axis_title(chart.x, 'cw-axis-x')}\n{after(chart)}{numbers(chart)}\n</figure>\n"
    )


def small_matrix(chart: Matrix, id: str, *, in_row: bool) -> Markup:  # noqa: A002 - an id of HTML
    """A matrix with all its cells.

    Args:
        in_row: whether it is small enough to be placed next to other charts.
    """
    columns = len(chart.columns)
    over = ""
    if chart.column_title:
        title = f'<th scope="colgroup" colspan="{columns}" class="cw-matrix-title">{_shown(chart.column_title)}</th>'
        over = f"<tr><td></td>{title}<td></td></tr>"
    corner = "<td></td>"
    if chart.row_title:
        corner = f'<th scope="col" class="cw-matrix-title">{_shown(chart.row_title)}</th>'
    heads = "".join(f'<th scope="col"><span>{written(label)}</span></th>' for label in chart.columns)
    total = "" if chart.total is None else '<th scope="col" class="cw-total">Total</th>'
    table = numbers(chart) if html_tables.is_rounded(chart) else ""
    return Markup(  # noqa: S704 - escaped
        f'<figure class="cw-chart{"" if in_row else " cw-chart-wide"}" aria-describedby="{escaped(id)}-d">\n'
        f'{caption(chart)}\n<p class="cw-hidden" id="{escaped(id)}-d">{_shown(chart.alt)}</p>\n'
        f'<div class="cw-scroll" tabindex="0" role="group" aria-label="{_shown(chart.title.text)}">\n'
        f'<table class="cw-matrix{" cw-matrix-many" if columns > _MANY_COLUMNS else ""}">\n<thead>\n'
        f"{over}<tr>{corner}{heads}{total}</tr>\n</thead>\n<tbody>\n"
        f"{html_tables.small_matrix_body(chart)}</tbody></table></div>\n{after(chart)}{table}</figure>\n"
    )


def caption(chart: Bars | LineGraph | Matrix) -> Markup:
    """The title of a chart, how to read it, and its stored name where the title replaces it."""
    reading = f"<small>{_shown(chart.reading)}</small>" if chart.reading else ""
    stored = (
        f'<small class="cw-stored"><code>{_shown(chart.stored_name.text)}</code></small>' if chart.stored_name else ""
    )
    return Markup(f"<figcaption>{written(chart.title)}{reading}{stored}</figcaption>\n")  # noqa: S704 - escaped


def after(chart: Bars | LineGraph | Matrix) -> Markup:
    """The card's own note on a chart."""
    if chart.notes is None:
        return Markup()
    return Markup(f'<p class="cw-chartnote"{tongue(chart.notes)}>{written(chart.notes)}</p>')  # noqa: S704 - escaped


def numbers(chart: Bars | LineGraph | Matrix) -> Markup:
    """Return a folded table with every number of a chart."""
    table = html_tables.table(numbers_of(chart), f"Numbers of {chart.title.text}")
    return Markup(  # noqa: S704 - escaped
        f'<details class="cw-numbers"><summary>Show the numbers</summary>{table}</details>\n'
    )


def axis_title(axis: Axis, name: str) -> Markup:
    """The title of an axis, if the card names it."""
    return Markup(f'<div class="{name}">{written(axis.title)}</div>' if axis.title else "")  # noqa: S704 - escaped


def _shown(text: str) -> str:
    return escaped(visible(text))
