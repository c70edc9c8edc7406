"""Prints a card as Markdown for GitHub: front matter, headings and tables, with all card content escaped.

GitHub Flavored Markdown, https://github.github.com/gfm/. Charts become tables, with the shares of a matrix in
brackets. Very long tables fold into a ``<details>`` element. Markdown has no text direction, so a line from right to
left is in an HTML element with ``dir``. GitHub keeps both elements; it removes ``<bdi>``.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from cardwright.formats.card import outline_of
from cardwright.formats.chart_numbers import numbers_of
from cardwright.formats.charts.chart import Bars, Chart, LineGraph, Matrix, MatrixCell
from cardwright.formats.code_points import UNSEEN, unshown, visible
from cardwright.formats.layout import TAB, is_laid_out, lines_ended
from cardwright.formats.outline import (
    Block,
    ClassTable,
    Column,
    Field,
    Fields,
    Metric,
    MetricTable,
    Note,
    Outline,
    Prose,
    RichProse,
    Section,
    Table,
)
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard, Unprintable
from cardwright.formats.rich_text import (
    CodeBlock,
    Divider,
    Grid,
    Line,
    Listing,
    Paragraph,
    Part,
    Quotation,
    Span,
    rich_text,
)
from cardwright.formats.values import Text, Value, label_of, lines_of, one_way

_FOLDED = 30  # a chart with more rows is folded

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&$#]|:(?=[\w+-]+:))")
_STARTS = re.compile(r"^(\s*)([#+\-=:])|^(\s*\d{1,9})([.)])")
_BARE_LINKS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)|(@)")


def render_markdown(record: CardRecord) -> RenderedCard:
    """Render a card as UTF-8 Markdown.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    outline, unprintable = outline_of(record), unshown(record)
    about = [*_about(outline), *_characters(unprintable)]
    text = "\n".join([*_front_matter(outline), *_title(outline), *_body(outline), *about])
    return RenderedCard(text.encode(), unprintable)


def literal(text: str) -> str:
    """Escape all Markdown in a text and join its lines into one."""
    one_line = re.sub(r"[ \t]*[\r\n\u2028\u2029]+[ \t]*", " ", visible(text))
    escaped = _BARE_LINKS.sub(_unlinked, _MARKUP.sub(r"\\\1", one_line))
    return _STARTS.sub(_unstarted, escaped)


def paragraphs(text: str, is_markdown: bool) -> str:
    """Write a text as paragraphs with all Markdown escaped; one that is Markdown is parsed and written again.

    No line of the result begins a heading, a block of HTML or front matter.
    """
    if is_markdown:
        return "\n".join(_rich(rich_text(text))).strip()
    found = (block.strip().split("\n") for block in re.split(r"\n\s*\n", lines_ended(text)) if block.strip())
    return "\n\n".join("\\\n".join(literal(line.strip()) for line in lines) for lines in found)


def laid_out(text: str) -> str:
    """Escape all Markdown in a text, but keep its line breaks and spaces, for a cell or a paragraph."""
    if not is_laid_out(text):
        return literal(text)
    first, *others = (_laid_out_line(line.expandtabs(TAB)) for line in lines_ended(text).split("\n"))
    # The space separates words when a Markdown reader drops the element; a browser does not show it.
    return "<br>".join([first, *(line if line.startswith("&nbsp;") else f" {line}" for line in others)])


def _laid_out_line(line: str) -> str:
    shown = line.strip(" ")
    indent = len(line) - len(line.lstrip(" ")) if shown else 0
    return "&nbsp;" * indent + re.sub(" ( +)", lambda more: " " + "&nbsp;" * len(more[1]), literal(shown))


def _unlinked(match: re.Match[str]) -> str:
    """Escape the mark of a bare address, so that GitHub does not make a link or a mention."""
    word, mark = match[1] or match[3] or "", match[2] or match[4] or match[5]
    return f"{word}\\{mark}"


def _unstarted(match: re.Match[str]) -> str:
    return f"{match[1] or ''}\\{match[2]}" if match[2] else f"{match[3]}\\{match[4]}"


def _front_matter(outline: Outline) -> Iterator[str]:
    """Write YAML front matter. Every JSON string is also a YAML string."""
    yield "---"
    facts: dict[str, str | int | None] = {
        "model_card": outline.name,
        "arn": outline.arn,
        "version": outline.version,
        "status": outline.status,
        "risk_rating": outline.risk_rating,
        "model": outline.model.text if outline.model else None,
        "content_sha256": outline.content_digest,
    }
    for name, fact in facts.items():
        if fact is not None:
            yield f"{name}: {_yaml(fact)}"
    yield "---\n"


# YAML forbids DEL, C1 controls and noncharacters, and direction overrides mislead; JSON does not escape them.
# Readers without front matter parse it as Markdown, where the other characters are markup. An underscore between
# letters is literal there.
_YAML = re.compile(
    r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff<>&\[\]`*~|$]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
)


def _yaml(fact: str | int) -> str:
    """Write a JSON string without markup characters. YAML reads the same string from it."""
    return _YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(fact, ensure_ascii=False))


def _title(outline: Outline) -> Iterator[str]:
    yield f"# {literal(outline.name)}\n"
    risk = literal(outline.risk_rating) if outline.risk_rating else "not given"
    yield f"**Status:** {literal(outline.status_text)} · **Risk rating:** {risk} · **Version:** {outline.version}\n"
    if outline.warning:
        yield f"> [!WARNING]\n> {outline.warning}\n"
    yield from _paragraphs(outline.lead)
    yield from _rich(outline.rich_lead)
    yield from _fields(outline.facts)


def _body(outline: Outline) -> Iterator[str]:
    for section in outline.sections:
        yield from _section(section)


def _about(outline: Outline) -> Iterator[str]:
    yield "## About this document\n"
    if outline.missing:
        yield f"Not provided in this card: {', '.join(gap.label for gap in outline.missing)}.\n"
    if outline.versions:
        columns = (Column("Version"), Column("Status"), Column("Changed (UTC)"), Column("Written by"), Column("Note"))
        yield from _rows(
            columns,
            (
                (
                    str(line.number),
                    literal(line.status),
                    line.changed,
                    _value(label_of(line.author or "")),
                    _value(label_of(line.note or "")),
                )
                for line in outline.versions
            ),
        )
    yield "The content digest is the SHA-256 of the card's content as it is stored.\n"


def _characters(unprintable: Sequence[Unprintable]) -> Iterator[str]:
    if unprintable:
        yield "### Characters shown by code point\n"
        yield f"{UNSEEN}\n"
        columns = (Column("Shown as"), Column("Character"), Column("Times", numeric=True))
        yield from _rows(columns, ((_code(one.shown), one.name, f"{one.count}") for one in unprintable))


def _section(section: Section) -> Iterator[str]:
    if section.title.direction == "rtl":
        yield _to_left([section.title], f"h{section.level + 1}")
    else:
        yield f"{'#' * (section.level + 1)} {literal(section.title.text)}\n"
    if section.stored_name:
        yield f"{_code(section.stored_name.text)}\n"
    for block in section.blocks:
        yield from _block(block, section.level)
    for below in section.sections:
        yield from _section(below)


def _block(block: Block, level: int) -> Iterator[str]:
    match block:
        case Fields():
            yield from _fields(block.rows)
        case Prose():
            yield f"{'#' * (level + 2)} {literal(block.label.text)}\n"
            yield from _paragraphs(block.paragraphs)
        case RichProse():
            yield f"{'#' * (level + 2)} {literal(block.label.text)}\n"
            yield from _rich(block.parts)
        case Table():
            yield from _table(block)
        case ClassTable():
            yield from _table(block.table)
        case MetricTable():
            yield from _metrics(block)
        case Note():
            yield f"*{block.text}*\n"
        case Matrix():
            yield from _matrix(block)
        case Bars() | LineGraph():
            yield from _chart(block)


def _fields(rows: Sequence[Field]) -> Iterator[str]:
    columns = (Column("Field"), Column("Value"))
    yield from _rows(columns, ((_value(row.label), "<br>".join(map(_value, row.values))) for row in rows))


def _paragraphs(paragraphs: Sequence[Sequence[Text]]) -> Iterator[str]:
    for lines in paragraphs:
        for run in one_way(lines):
            if run[0].direction == "rtl":
                yield _to_left(run)
            else:
                yield "\\\n".join(_value(line).strip() for line in run) + "\n"


def _rich(parts: Sequence[Part]) -> Iterator[str]:
    """Write a text in Markdown again, each word escaped, so that readers parse the same parts and no HTML."""
    for part in parts:
        yield _part(part) + "\n"


def _part(part: Part) -> str:
    match part:
        case Paragraph():
            lines = "\\\n".join(_spans(line).strip() for line in part.lines)
            return f"**{lines}**" if part.heading and lines else lines
        case Listing():
            return "\n".join(_item(item, part.start, number) for number, item in enumerate(part.items))
        case Quotation():
            return _indented("\n\n".join(map(_part, part.parts)), "> ", "> ")
        case CodeBlock():
            text = visible(part.text.text)
            fence = "`" * max([3, *(len(found[0]) + 1 for found in re.finditer("`+", text))])
            return f"{fence}\n{text}\n{fence}"
        case Grid():
            rows = [_row(map(_cell_words, row)) for row in part.rows]
            return "\n".join([_row(map(_cell_words, part.head)), _row("---" for _ in part.head), *rows])
        case Divider():
            return "---"


def _item(parts: Sequence[Part], start: int | None, number: int) -> str:
    mark = "- " if start is None else f"{start + number}. "
    return _indented("\n\n".join(map(_part, parts)), mark, " " * len(mark))


def _indented(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *((others + line).rstrip() for line in lines[1:])])


def _cell_words(line: Line) -> str:
    return _spans(line).replace("\n", " ")


def _spans(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    """One span; its outer spaces stay outside the marks, where Markdown wants them."""
    text = span.text.text
    inner = text.strip()
    if not inner:
        return text
    words = _code(inner) if span.text.code else literal(inner)
    if span.text.link:
        words = f"[{words}](<{span.text.link}>)" if _plain_link(span.text.link) else words
    mark = ("**" if span.strong else "") + ("*" if span.emphasis else "")
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{mark}{words}{mark[::-1]}{after}"


def _to_left(lines: Sequence[Text], tag: str = "p", *, bold: bool = False) -> str:
    """Write lines from right to left as an HTML block, which Markdown does not parse."""
    escaped = (html.escape(" ".join(visible(line.text).split()), quote=False) for line in lines)
    shown = "<br>".join(escaped)
    return f'<{tag} dir="rtl">{f"<strong>{shown}</strong>" if bold else shown}</{tag}>\n'


def _table(table: Table) -> Iterator[str]:
    if table.label:
        bold = f"**{literal(table.label.text)}**\n"
        yield _to_left([table.label], bold=True) if table.label.direction == "rtl" else bold
    yield from _rows(table.columns, ((_value(value) for value in row) for row in table.rows))


def _metrics(table: MetricTable) -> Iterator[str]:
    columns = [Column("Metric"), Column("Value", numeric=True)] + ([Column("Notes")] if table.has_notes else [])
    yield from _rows(
        columns,
        (
            (_value(metric.name), _value(metric.value), *([_notes(metric)] if table.has_notes else []))
            for metric in table.metrics
        ),
    )


def _notes(metric: Metric) -> str:
    notes = [_value(metric.notes)] if metric.notes else []
    axes = [f"Axes: {', '.join(map(_value, metric.axes))}"] if metric.axes else []
    return "<br>".join(notes + axes)


def _matrix(chart: Matrix) -> Iterator[str]:
    yield from _caption(chart)
    corner = f"{chart.row_title} \\ {chart.column_title}" if chart.row_title else ""
    columns = [Column(corner), *(Column(label.text, numeric=True) for label in chart.columns)]
    if chart.total is not None:
        columns.append(Column("Total", numeric=True))
    rows = []
    for row in chart.rows:
        total = [row.total or ""] if chart.total is not None else []
        rows.append([_value(row.label), *map(_cell, row.cells), *total])
    yield from _rows(columns, rows)
    yield from _chart_notes(chart)


def _cell(cell: MatrixCell | None) -> str:
    if cell is None:
        return ""
    return _value(cell.value) + (f" ({cell.share_text})" if cell.share_text else "")


def _chart(chart: Bars | LineGraph) -> Iterator[str]:
    yield from _caption(chart)
    if isinstance(chart, LineGraph):
        yield f"{literal(chart.alt)}\n"
    table = numbers_of(chart)
    if len(table.rows) > _FOLDED and isinstance(chart, LineGraph):
        yield f"<details><summary>The {len(table.rows):,} points</summary>\n"
        yield from _table(table)
        yield "</details>\n"
    else:
        yield from _table(table)
    yield from _chart_notes(chart)


def _caption(chart: Chart) -> Iterator[str]:
    hint = chart.reading if not isinstance(chart, Matrix) else "share of the row in brackets" if _shares(chart) else ""
    reading = f" · {hint}" if hint else ""
    stored = f" · {_code(chart.stored_name.text)}" if chart.stored_name else ""
    if chart.title.direction == "rtl":
        yield _to_left([chart.title], bold=True)
        yield (reading + stored).removeprefix(" · ") + "\n"
    else:
        yield f"**{literal(chart.title.text)}**{reading}{stored}\n"


def _shares(chart: Matrix) -> bool:
    return any(cell and cell.share is not None for row in chart.rows for cell in row.cells)


def _chart_notes(chart: Chart) -> Iterator[str]:
    if chart.notes:
        yield from _paragraphs([lines_of(chart.notes)])


def _rows(columns: Sequence[Column], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield _row(
        _value(label_of(column.title)) + (f" {_code(column.stored_title.text)}" if column.stored_title else "")
        for column in columns
    )
    yield _row("---:" if column.numeric else "---" for column in columns)
    yield from (_row(row) for row in rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _value(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Text):
        if value.link:
            return f"<{value.link}>" if _plain_link(value.link) else laid_out(value.text)
        return "".join(map(_one_way, one_way(lines_of(value))))
    return laid_out(value.text)


def _one_way(lines: Sequence[Text]) -> str:
    """Join lines of one direction for a cell."""
    shown = [_code(line.text) if line.code else laid_out(line.text) for line in lines]
    if lines[0].direction == "rtl":
        return "".join(f'<p dir="rtl">{line}</p>' for line in shown)
    return "<br>".join(shown) + ("<br>" if len(shown) > 1 and not shown[-1] else "")  # a <br> before <p> adds no line


def _plain_link(link: str) -> bool:
    """Whether an address is valid between angle brackets and in a table cell without escapes."""
    return not re.search(r"[<>|\\`]", link) and link.isprintable()


def _code(text: str) -> str:
    """Write a code span. A text with characters that a span in a table cannot hold is escaped instead."""
    if text != text.strip() or not text or not text.isprintable() or set(text) & set("|`\\"):
        return laid_out(text)
    return f"`{text}`"
