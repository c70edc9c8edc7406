"""Changed texts as people read them: a text in Markdown is compared without its marks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cardwright.core.comparison import Comparison, Path, TextChange, word_changes
from cardwright.core.fields import PROSE_PATHS
from cardwright.core.json_value import value_at
from cardwright.core.text_format import is_markdown
from cardwright.formats.rich_text import CodeBlock, Divider, Grid, Line, Listing, Paragraph, Part, Quotation, rich_text


def as_read(found: Comparison, before: object, after: object, *, markdown: bool = False) -> Comparison:
    """Return a comparison whose Markdown texts are compared by the words that a page shows.

    A change of nothing but marks, such as bold type, leaves words that are all kept.

    Args:
        found: the comparison of the two parsed contents.
        markdown: whether the account's texts are Markdown, for a content that does not say it.
    """
    sides = tuple(
        is_markdown(value_at(content, "additional_information", "custom_details"), otherwise=markdown)
        for content in (before, after)
    )
    if not any(sides):
        return found
    texts = tuple(_read(change, *sides) if _is_prose(change.path) else change for change in found.texts)
    same = tuple((path, reading_text(text) if _is_prose(path) else text) for path, text in found.same_texts)
    return replace(found, texts=texts, same_texts=same)


def reading_text(stored: str) -> str:
    """Return a text of Markdown as lines without marks: lists with bullets or numbers, links with their addresses."""
    return "\n".join(_blocks(rich_text(stored)))


def _is_prose(path: Path) -> bool:
    return (path if path[0] != "evaluation_details" else (path[0], *path[2:])) in PROSE_PATHS


def _read(change: TextChange, of_before: bool, of_after: bool) -> TextChange:
    before, after = (
        reading_text(text) if text is not None and is_rich else text
        for text, is_rich in ((change.before, of_before), (change.after, of_after))
    )
    return TextChange(change.path, before, after, word_changes(before or "", after or ""))


def _blocks(parts: Sequence[Part]) -> Iterator[str]:
    """Yield the lines of some parts, with an empty line between two parts."""
    for number, part in enumerate(parts):
        if number:
            yield ""
        yield from _lines(part)


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Paragraph():
            yield from map(_words, part.lines)
        case Listing():
            for number, item in enumerate(part.items):
                mark = "•" if part.start is None else f"{part.start + number}."
                first, *rest = [line for inner in item for line in _lines(inner)] or [""]
                yield f"{mark} {first}"
                yield from (f"  {line}" for line in rest)
        case Quotation():
            yield from (f"“{line}”" if line else line for line in _blocks(part.parts))
        case CodeBlock():
            yield from part.text.text.splitlines()
        case Grid():
            yield from (" | ".join(map(_words, row)) for row in (part.head, *part.rows))
        case Divider():
            yield "—"


def _words(line: Line) -> str:
    """The words of a line; a link whose words are not its address has it in brackets."""
    found = []
    for span in line:
        text = span.text
        hidden = text.link is not None and text.text not in {text.link, text.link.removeprefix("mailto:")}
        found.append(f"{text.text} ({text.link})" if hidden else text.text)
    return "".join(found)
