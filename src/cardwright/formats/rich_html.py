"""Writes texts in Markdown as HTML. Every word is escaped; the only attributes are links and directions."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from cardwright.formats.code_points import visible
from cardwright.formats.html_values import value
from cardwright.formats.rich_text import CodeBlock, Divider, Grid, Line, Listing, Paragraph, Part, Quotation, Span


def rich(parts: Sequence[Part], name: str = "cw-prose") -> Markup:
    """The HTML of some parts, in a block of a class."""
    return Markup(f'<div class="{name} cw-rich">{_parts(parts)}</div>') if parts else Markup()  # noqa: S704 - escaped


def _parts(parts: Sequence[Part]) -> str:
    return "".join(map(_part, parts))


def _part(part: Part) -> str:
    match part:
        case Paragraph():
            words = "<br>".join(map(_line, part.lines))
            direction = ' dir="rtl"' if part.direction == "rtl" else ""
            return f"<p{direction}>{f'<strong>{words}</strong>' if part.heading else words}</p>"
        case Listing():
            items = "".join(f"<li>{_item(item)}</li>" for item in part.items)
            start = f' start="{part.start}"' if part.start not in {None, 1} else ""
            return f"<ul>{items}</ul>" if part.start is None else f"<ol{start}>{items}</ol>"
        case Quotation():
            return f"<blockquote>{_parts(part.parts)}</blockquote>"
        case CodeBlock():
            return f'<pre tabindex="0"><code>{escape(visible(part.text.text))}</code></pre>'
        case Grid():
            head = "".join(f'<th scope="col">{_line(cell)}</th>' for cell in part.head)
            rows = "".join(f"<tr>{''.join(f'<td>{_line(cell)}</td>' for cell in row)}</tr>" for row in part.rows)
            table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
            return f'<div class="cw-scroll" tabindex="0" role="group" aria-label="Table">{table}</div>'
        case Divider():
            return "<hr>"


def _item(parts: Sequence[Part]) -> str:
    """The content of a list item; a single paragraph needs no paragraph of its own."""
    if parts and isinstance(parts[0], Paragraph) and all(isinstance(part, Listing) for part in parts[1:]):
        direction = ' dir="rtl"' if parts[0].direction == "rtl" else ""
        words = "<br>".join(map(_line, parts[0].lines))
        return (f"<span{direction}>{words}</span>" if direction else words) + _parts(parts[1:])
    return _parts(parts)


def _line(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    text = span.text
    plain = not (text.code or text.link or text.language or text.direction == "rtl")
    words = str(escape(visible(text.text)) if plain else value(text))
    words = f"<em>{words}</em>" if span.emphasis else words
    return f"<strong>{words}</strong>" if span.strong else words
