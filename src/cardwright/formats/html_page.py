"""Prints a card as one HTML file without scripts or external files, for light and dark themes and for paper."""

import base64
import functools
import hashlib
import importlib.resources
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cardwright.formats import html_values
from cardwright.formats.card import outline_of
from cardwright.formats.chart_numbers import all_numbers_of, numbers_of
from cardwright.formats.charts import svg
from cardwright.formats.charts.chart import BarLayout, Bars, LineGraph, Matrix, MatrixCell
from cardwright.formats.charts.confusions import Edges, confusions, edges, is_confusion, step_of
from cardwright.formats.code_points import UNSEEN, unshown, visible
from cardwright.formats.metric_names import readable
from cardwright.formats.numbers import deviation, percent, rounded, rounded_column
from cardwright.formats.outline import Block, Metric, MetricRow, Table
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard
from cardwright.formats.rich_html import rich
from cardwright.formats.values import Number, Text, Value, label_of, one_way

_SMALL_MATRIX, _SHORT_LABEL, _WIDE_MATRIX = 2, 10, 12
_DARK_FROM = (0.1, 0.4, 0.75)
_LONGEST_FRACTION = 20


def render_html(record: CardRecord) -> RenderedCard:
    """Render a card as a UTF-8 HTML document.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    unprintable = unshown(record)
    styles = page_styles()
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    page = page_environment().get_template("card.html")
    text = page.render(
        outline=outline_of(record),
        unprintable=unprintable,
        unseen=UNSEEN,
        styles=Markup(styles),  # noqa: S704 - a packaged file
        style_digest=digest,
    )
    return RenderedCard(text.encode(), unprintable)


@functools.cache
def page_styles() -> str:
    """Return the style sheet of the exported page."""
    return "".join(map(style_sheet, ("blocks.css", "tokens.css", "badges.css", "page.css")))


def style_sheet(name: str) -> str:
    """Read a style sheet of this package."""
    folder = importlib.resources.files("cardwright.formats") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def add_to(environment: Environment) -> None:
    """Add the filters that ``blocks.html`` needs to a Jinja environment, so that other pages can use its macros."""
    environment.filters |= {
        "kind": lambda block: type(block).__name__,
        "runs": chart_runs,
        "one_way": one_way,
        "label": label_of,
        "small": _is_small,
        "number": _aligned,
        "all_numbers": lambda row: all(isinstance(value, Number) for value in row),
        "short": svg.shown_number,
        "rate": _rate,
        "aligned": _aligned_text,
        "figure_parts": _figure_parts,
        "baseline_parts": _baseline_parts,
        "readable": _readable,
        "rounded_text": rounded,
        "percent": percent,
        "shade": _shade,
        "share": _share,
        "signed": svg.signed,
    }
    environment.globals |= {
        "show": html_values.value,
        "tongue": html_values.tongue,
        "rich": rich,
        "line_svg": svg.line_svg,
        "column_svg": svg.column_svg,
        "bar_svg": svg.bar_svg,
        "axis_svg": svg.axis_svg,
        "rate_svg": svg.rate_svg,
        "sample_svg": svg.sample_svg,
        "numbers_of": numbers_of,
        "number_row": _number_row,
        "is_number": lambda value: isinstance(value, Number),
        "fraction_width": _fraction_width,
        "decimals_width": _decimals_width,
        "all_numbers_of": all_numbers_of,
        "matrix_edges": edges,
        "matrix_rows": _matrix_rows,
        "confusions": confusions,
        "rounded_columns": _rounded_columns,
        "has_rates": lambda table: table.has_baselines and any(_rate(row) for row in table.rows),
    }


@functools.cache
def page_environment() -> Environment:
    """Return the Jinja environment of this package's templates. It escapes all card content."""
    environment = Environment(
        loader=PackageLoader("cardwright.formats"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    add_to(environment)
    return environment


def _visible(value: object) -> object:
    """Show characters by code point that HTML hides or forbids."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def chart_runs(blocks: Sequence[Block]) -> Iterator[tuple[bool, list[Block]]]:
    """Group blocks into runs. The flag is true for small charts that are placed side by side."""
    return ((side_by_side, list(run)) for side_by_side, run in groupby(blocks, _is_small))


def _is_small(block: Block) -> bool:
    if isinstance(block, Bars):
        return block.layout is BarLayout.COLUMNS
    if isinstance(block, Matrix):
        labels = [*block.columns, *(row.label for row in block.rows)]
        return len(block.columns) <= _SMALL_MATRIX and all(len(label.text) <= _SHORT_LABEL for label in labels)
    return isinstance(block, LineGraph)


_PARTS = re.compile(r"([^.eE]*)(.*)", re.DOTALL)


def _aligned(number: Number) -> Markup:
    return _aligned_text(number.text)


def _aligned_text(number: str) -> Markup:
    """Split a number at its decimal point, so that a column can align there."""
    whole, fraction = _PARTS.fullmatch(number).groups()  # type: ignore[union-attr]  # it matches any text
    return Markup(f'{escape(whole)}<span class="cw-f">{escape(fraction)}</span>')  # noqa: S704 - escaped


def _figure_parts(row: MetricRow) -> tuple[str, str]:
    """A figure and its deviation, rounded; empty texts for what is missing or no number."""
    return _parts(row.metric, row.deviation)


def _baseline_parts(row: MetricRow) -> tuple[str, str]:
    return _parts(row.baseline, row.baseline_deviation)


def _parts(metric: Metric | None, spread: Metric | None) -> tuple[str, str]:
    if metric is None or not isinstance(metric.value, Number):
        return "", ""
    figure = metric.value.text
    if spread is None or not isinstance(spread.value, Number):
        return rounded(figure), ""
    return rounded(figure), deviation(figure, spread.value.text)


def _readable(name: Text) -> Text:
    return replace(name, text=readable(name.text))


def _decimals_width(rows: Sequence[MetricRow], baselines: bool = False) -> int:
    """Number of characters from the decimal point on, in the longest rounded figure of a column."""
    parts = map(_baseline_parts if baselines else _figure_parts, rows)
    found = [len(_PARTS.fullmatch(figure)[2]) for figure, _ in parts]  # type: ignore[index]  # it matches any text
    return min(max(found, default=0), _LONGEST_FRACTION)


def _number_row(row: Sequence[Number], widths: Sequence[int]) -> Markup:
    """Render a row that has only numbers. Python is faster than the template, and a curve has thousands of rows."""
    cells = ""
    for number, width in zip(row, widths, strict=True):
        whole, fraction = _PARTS.fullmatch(number.text).groups()  # type: ignore[union-attr]  # it matches any text
        cells += f'<td class="cw-num cw-f{width}">{escape(whole)}<span class="cw-f">{escape(fraction)}</span></td>'
    return Markup(f"<tr>{cells}</tr>")  # noqa: S704 - escaped above


def _fraction_width(cells: Sequence[Value | None]) -> int:
    """Number of characters from the decimal point on, in the longest number of a column."""
    found = [len(_PARTS.fullmatch(cell.text)[2]) for cell in cells if isinstance(cell, Number)]  # type: ignore[index]
    return min(max(found, default=0), _LONGEST_FRACTION)


def _rate(row: MetricRow) -> tuple[float, float | None] | None:
    """A figure between 0 and 1 with its baseline, for a small bar; None for other figures."""
    value = row.metric.value
    if not isinstance(value, Number) or value.value is None or not 0 <= value.value <= 1:
        return None
    baseline = row.baseline.value if row.baseline else None
    known = baseline.value if isinstance(baseline, Number) else None
    return value.value, known if known is not None and 0 <= known <= 1 else None


def _shade(cell: MatrixCell) -> str:
    step = sum(cell.shade >= edge for edge in _DARK_FROM)
    return f"cw-n{step}" if cell.negative else f"cw-m{step}"


def _share(cell: MatrixCell, chart: Matrix) -> str | None:
    """The share of the row. Wide matrices show whole percents, because their columns are narrow."""
    if cell.share is None or len(chart.columns) <= _WIDE_MATRIX:
        return cell.share_text
    return f"{cell.share * 100:.0f}%"


def _matrix_rows(chart: Matrix, known: Edges | None) -> Markup:
    """The body of a large matrix."""
    diagonal = is_confusion(chart)
    rows = []
    for number, row in enumerate(chart.rows):
        cells = (_matrix_cell(cell, diagonal=diagonal and n == number) for n, cell in enumerate(row.cells))
        ends = f'<td class="tot">{escape(rounded(row.total))}</td>' if known and row.total is not None else ""
        ends += '<td class="tot"></td>' if known and row.total is None else ""
        if known and known.recalls:
            recall = known.recalls[number]
            ends += f'<td class="tot rc">{"–" if recall is None else percent(recall)}</td>'
        rows.append(f'<tr><th scope="row">{html_values.value(row.label)}</th>{"".join(cells)}{ends}</tr>')
    return Markup("".join(rows))  # noqa: S704 - escaped above


def _matrix_cell(cell: MatrixCell | None, *, diagonal: bool) -> str:
    if cell is None:
        return '<td class="cw-m-none"><span class="cw-hidden">no value</span></td>'
    shade = _shade(cell) if cell.share is None else f"cw-q{step_of(cell.share)}"
    share = "" if cell.share is None else f", {percent(cell.share)} of the row"
    words = f'{shade} dg"' if diagonal else f'{shade}"'
    return f'<td class="{words} title="{escape(cell.value.text)}{share}">{escape(rounded(cell.value.text))}</td>'


def _rounded_columns(table: Table) -> list[list[str]]:
    """The figures of each column with the same decimals; an empty text for what is missing."""
    columns = []
    for index in range(len(table.columns)):
        cells = [row[index] for row in table.rows]
        shown = iter(rounded_column([cell.text for cell in cells if isinstance(cell, Number)]))
        columns.append([next(shown) if isinstance(cell, Number) else "" for cell in cells])
    return columns
