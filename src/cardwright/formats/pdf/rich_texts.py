"""Converts texts in Markdown to template data. The template gets words, never Typst markup."""

from collections.abc import Sequence

from cardwright.formats.pdf.words import Words
from cardwright.formats.rich_text import CodeBlock, Divider, Grid, Line, Listing, Paragraph, Part, Quotation, Span
from cardwright.formats.values import Text

_MEASURE, _INDENT = 148.0, 6.0  # millimetres
_NOTHING = Paragraph(((Span(Text("")),),))


def rich_parts(words: Words, parts: Sequence[Part], width: float = _MEASURE) -> list[dict[str, object]]:
    """The parts of a text, for a width in millimetres."""
    return [_part(words, part, max(width, _INDENT * 3)) for part in parts]


def _part(words: Words, part: Part, width: float) -> dict[str, object]:
    match part:
        case Paragraph():
            lines = [_line(words, line, width) for line in part.lines]
            return {"rich": "paragraph", "lines": lines, "head": part.heading, "to_left": part.direction == "rtl"}
        case Listing():
            items = [rich_parts(words, item or (_NOTHING,), width - _INDENT) for item in part.items]
            return {"rich": "list", "items": items, "start": part.start}
        case Quotation():
            return {"rich": "quotation", "parts": rich_parts(words, part.parts, width - _INDENT)}
        case CodeBlock():
            return {"rich": "code", "text": words.value(part.text, width - _INDENT)}
        case Grid():
            room = width / max(1, len(part.head)) - _INDENT / 2
            rows = [[_line(words, cell, room) for cell in row] for row in part.rows]
            head = [_line(words, cell, room) for cell in part.head]
            return {"rich": "table", "head": head, "repeat": not _has_link(part.head), "rows": rows}
        case Divider():
            return {"rich": "divider"}


def _has_link(cells: Sequence[Line]) -> bool:
    """Whether the head of a table has a link: PDF/UA forbids links in what is repeated on the next page."""
    return any(span.text.link for cell in cells for span in cell)


def _line(words: Words, line: Line, width: float) -> list[dict[str, object]]:
    return [{"w": words.value(span.text, width), "b": span.strong, "i": span.emphasis} for span in line]
