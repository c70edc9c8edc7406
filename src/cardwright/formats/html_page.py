"""Prints a card as one HTML file without scripts or external files, for light and dark themes and for paper."""

import base64
import functools
import hashlib
import importlib.resources
from collections.abc import Iterator, Sequence
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cardwright.formats import html_blocks, html_tables, html_values
from cardwright.formats.anchors import anchor
from cardwright.formats.card import outline_of
from cardwright.formats.charts import svg
from cardwright.formats.charts.confusions import confusions, edges
from cardwright.formats.charts.matrix_width import matrix_width
from cardwright.formats.code_points import UNSEEN, unshown, visible
from cardwright.formats.numbers import percent, rounded
from cardwright.formats.outline import Block
from cardwright.formats.page_template import PageTemplate
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard
from cardwright.formats.rich_html import rich
from cardwright.formats.template_cache import TemplateCache
from cardwright.formats.values import Number, label_of, one_way


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
        "anchor": anchor,
        "kind": lambda block: type(block).__name__,
        "runs": chart_runs,
        "one_way": one_way,
        "label": label_of,
        "short": svg.shown_number,
        "rounded_text": rounded,
        "percent": percent,
        "share": html_tables.share,
        "signed": svg.signed,
    }
    environment.globals |= {
        "show": html_values.value,
        "tongue": html_values.tongue,
        "rich": rich,
        "column_svg": svg.column_svg,
        "bar_svg": svg.bar_svg,
        "axis_svg": svg.axis_svg,
        "rate_svg": svg.rate_svg,
        "is_number": lambda value: isinstance(value, Number),
        "table": html_tables.table,
        "matrix_edges": edges,
        "matrix_width": matrix_width,
        "matrix_body": html_tables.matrix_body,
        "is_rounded": html_tables.is_rounded,
        "confusions": confusions,
        "rounded_columns": html_tables.rounded_columns,
        "marked": html_blocks.marked,
        "unmarked": html_blocks.unmarked,
        "text": html_blocks.text,
        "fields": html_blocks.fields,
        "place_id": html_blocks.place_id,
        "quick_block": html_blocks.quick_block,
        "caption": html_blocks.caption,
        "after": html_blocks.after,
        "numbers": html_blocks.numbers,
        "axis_title": html_blocks.axis_title,
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
        bytecode_cache=TemplateCache(),
    )
    environment.template_class = PageTemplate
    add_to(environment)
    return environment


def _visible(value: object) -> object:
    """Show characters by code point that HTML hides or forbids."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def chart_runs(blocks: Sequence[Block]) -> Iterator[tuple[bool, list[Block]]]:
    """Group blocks into runs. The flag is true for small charts that are placed side by side."""
    return ((side_by_side, list(run)) for side_by_side, run in groupby(blocks, html_blocks.is_small))
