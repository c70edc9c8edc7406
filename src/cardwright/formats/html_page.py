"""Prints a card as one HTML file without scripts or external files, for light and dark themes and for paper."""

import base64
import functools
import hashlib
import importlib.resources
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cardwright.formats.card import outline_of
from cardwright.formats.charts import svg
from cardwright.formats.charts.chart import BarLayout, Bars, LineGraph, Matrix, MatrixCell
from cardwright.formats.code_points import UNSEEN, unshown, visible
from cardwright.formats.layout import is_laid_out, lines_ended
from cardwright.formats.numbers import numbers_of
from cardwright.formats.outline import Block, MetricRow
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard
from cardwright.formats.values import Number, Value, label_of, lines_of, one_way

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
        "lines": lines_of,
        "one_way": one_way,
        "label": label_of,
        "small": _is_small,
        "number": _aligned,
        "all_numbers": lambda row: all(isinstance(value, Number) for value in row),
        "short": svg.shown_number,
        "rate": _rate,
        "shade": _shade,
        "share": _share,
        "signed": svg.signed,
        "lines_ended": lines_ended,
    }
    environment.tests["laid_out"] = is_laid_out
    environment.globals |= {
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


_NUMBER_CELL = Markup('<td class="cw-num cw-f{}">{}<span class="cw-f">{}</span></td>')
_ROW = Markup("<tr>{}</tr>")
_PARTS = re.compile(r"([^.eE]*)(.*)", re.DOTALL)


def _aligned(number: Number) -> Markup:
    """Split a number at its decimal point, so that a column can align there."""
    whole, fraction = _PARTS.fullmatch(number.text).groups()  # type: ignore[union-attr]  # it matches any text
    return Markup('{}<span class="cw-f">{}</span>').format(whole, fraction)


def _number_row(row: Sequence[Number], widths: Sequence[int]) -> Markup:
    """Render a row that has only numbers. Python is faster than the template, and a curve has thousands of rows."""
    cells = (
        _NUMBER_CELL.format(width, *_PARTS.fullmatch(number.text).groups())  # type: ignore[union-attr]  # matches any text
        for number, width in zip(row, widths, strict=True)
    )
    return _ROW.format(Markup("").join(cells))


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
