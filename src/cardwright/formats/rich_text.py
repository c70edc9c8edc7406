"""Reads Markdown of card texts as plain data that every printer prints.

CommonMark with tables. HTML is text, images become links to them, and only web and mail addresses become links.
Content never becomes markup of a printer: printers get words, and escape them as all other words.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from cardwright.formats.languages import direction_of, language_of
from cardwright.formats.values import Direction, Text, text_of

_SAFE = ("https://", "http://", "mailto:")
_DEEPEST = 20  # levels of tokens; the parser would leave out what is deeper


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one kind. The text may have a link, or be code."""

    text: Text
    strong: bool = False
    emphasis: bool = False


Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text; ``heading`` for a heading inside a card text, of any level."""

    lines: tuple[Line, ...]
    heading: bool = False

    @property
    def direction(self) -> Direction:
        return direction_of("".join(span.text.text for line in self.lines for span in line))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; ``start`` is the first number of a numbered list."""

    items: tuple[tuple["Part", ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    text: Text


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Every row has one cell for each column."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Divider:
    pass


Part: TypeAlias = Paragraph | Listing | Quotation | CodeBlock | Grid | Divider


def rich_text(stored: str) -> tuple[Part, ...]:
    """Read a text as Markdown. A text with lists or quotations nested too deep is read as plain lines."""
    tokens = _parser().parse(stored)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        return tuple(Paragraph(((Span(text_of(line)),),)) for line in stored.splitlines() if line.strip())
    return tuple(_parts(SyntaxTreeNode(tokens).children))


def words_of(parts: Sequence[Part]) -> Iterator[Text]:
    """Yield every text of some parts, in order."""
    for part in parts:
        match part:
            case Paragraph():
                yield from (span.text for line in part.lines for span in line)
            case Listing():
                for item in part.items:
                    yield from words_of(item)
            case Quotation():
                yield from words_of(part.parts)
            case CodeBlock():
                yield part.text
            case Grid():
                yield from (span.text for row in (part.head, *part.rows) for line in row for span in line)
            case Divider():
                pass


def plain_text(stored: str) -> str:
    """Return a text of Markdown without its marks, in one line."""
    return " ".join(" ".join(_plain(rich_text(stored))).split())


def _plain(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case Paragraph():
                yield from map(_words, part.lines)
            case Listing():
                yield "; ".join(" ".join(_plain(item)) for item in part.items)
            case Quotation():
                yield from _plain(part.parts)
            case CodeBlock():
                yield part.text.text
            case Grid():
                yield "; ".join(", ".join(map(_words, row)) for row in (part.head, *part.rows))
            case Divider():
                pass


def _words(line: Line) -> str:
    return "".join(span.text.text for span in line)


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST}).enable("table")
    parser.validateLink = lambda url: url.lower().startswith(_SAFE)  # type: ignore[method-assign]  # its documented hook
    return parser


def _parts(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Part]:
    for node in nodes:
        match node.type:
            case "paragraph" | "heading":
                yield Paragraph(_lines(node), heading=node.type == "heading")
            case "bullet_list":
                yield Listing(tuple(tuple(_parts(item.children)) for item in node.children))
            case "ordered_list":
                start = node.attrGet("start")
                items = tuple(tuple(_parts(item.children)) for item in node.children)
                yield Listing(items, int(start) if start is not None else 1)
            case "blockquote":
                yield Quotation(tuple(_parts(node.children)))
            case "fence" | "code_block":
                yield CodeBlock(replace(_code(node.content.removesuffix("\n")), direction="ltr"))
            case "table":
                yield _grid(node)
            case "hr":
                yield Divider()


def _grid(node: SyntaxTreeNode) -> Grid:
    rows = [tuple(_line(cell) for cell in row.children) for part in node.children for row in part.children]
    return Grid(rows[0], tuple(rows[1:]))


def _line(node: SyntaxTreeNode) -> Line:
    return tuple(span for line in _lines(node) for span in line)


def _lines(node: SyntaxTreeNode) -> tuple[Line, ...]:
    """The lines of a block, split at hard breaks only. A soft break is a space."""
    lines: list[list[Span]] = [[]]
    for span in _spans(node.children, Span(Text(""))):
        if span is None:
            lines.append([])
        else:
            lines[-1].append(span)
    return tuple(tuple(_joined(line)) for line in lines)


def _spans(nodes: Sequence[SyntaxTreeNode], style: Span) -> Iterator[Span | None]:
    """Yield the spans below some nodes in a style; None for a hard break."""
    for node in nodes:
        match node.type:
            case "inline":
                yield from _spans(node.children, style)
            case "text" | "text_special":
                yield replace(style, text=_styled(node.content, style.text.link))
            case "softbreak":
                yield replace(style, text=_styled(" ", style.text.link))
            case "hardbreak":
                yield None
            case "code_inline":
                yield replace(style, text=replace(_code(node.content), link=style.text.link))
            case "strong":
                yield from _spans(node.children, replace(style, strong=True))
            case "em":
                yield from _spans(node.children, replace(style, emphasis=True))
            case "link":
                address = str(node.attrGet("href"))
                yield from _spans(node.children, replace(style, text=Text("", link=address)))
            case "image":
                address = str(node.attrGet("src"))
                yield replace(style, text=_styled(node.content or address, style.text.link or address))


def _joined(line: Sequence[Span]) -> Iterator[Span]:
    """Join neighbours of one style, then guess the language of the whole."""
    open_span: Span | None = None
    for span in line:
        if open_span is not None and _is_alike(open_span, span):
            open_span = replace(span, text=_styled(open_span.text.text + span.text.text, span.text.link))
            continue
        if open_span is not None:
            yield open_span
        open_span = span
    if open_span is not None:
        yield open_span


def _is_alike(one: Span, other: Span) -> bool:
    style = (one.strong, one.emphasis, one.text.link)
    return style == (other.strong, other.emphasis, other.text.link) and not one.text.code and not other.text.code


def _styled(text: str, link: str | None) -> Text:
    if link is None:
        return replace(text_of(text), code=False)
    return Text(text, language_of(text), direction_of(text), link=link)


def _code(text: str) -> Text:
    return Text(text, language_of(text), direction_of(text, by_majority=False), code=True)
