"""Markdown as sections: headings, the texts below them, and the bullets that name a fact.

Only headings, fences of code and HTML comments are recognised (https://spec.commonmark.org): texts stay as they are.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FACT = re.compile(r"[ \t]*[-*+][ \t]+(?:\*\*|__)([^*_\n]{1,80}?):?(?:\*\*|__)[ \t]*:?[ \t]*(\S.*)?$")
_PLAIN_FACT = re.compile(r"[ \t]*[-*+][ \t]+([^:*_`\n][^:*`\n]{0,60}?)[ \t]*:[ \t]+(\S.*)$")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONGEST_RULE = 2000
_LEVELS = {"=": 1, "-": 2}


class Bullet(NamedTuple):
    """A bullet ``- **Label:** text``. ``text`` may be empty."""

    label: str
    text: str


class Part(NamedTuple):
    """The text below one heading, up to the next heading of any level.

    Attributes:
        heading: the words of the heading; empty for the text before the first.
        level: 1 to 6; 0 for the text before the first heading.
        path: the headings above and this one, from the top.
        text: without outer white space and comments.
    """

    heading: str
    level: int
    path: tuple[str, ...]
    text: str


def parts_of(markdown: str) -> Iterator[Part]:
    """Yield the parts of a Markdown text in its order. HTML comments are left out: templates instruct in them."""
    above: list[tuple[int, str]] = []
    heading, level, lines = "", 0, list[str]()
    fence = ""
    for line in (*_without_comments(markdown), None):
        start = None if line is None or fence else _heading(line, lines)
        if line is not None and start is None:
            fence = _fence(fence, line)
            lines.append(line)
            continue
        if level or any(text.strip() for text in lines):
            yield Part(heading, level, tuple(words for _, words in above), "\n".join(lines).strip())
        if start is not None:
            level, heading = start
            above = [one for one in above if one[0] < level] + [(level, heading)]
        lines = []


def _heading(line: str, before: list[str]) -> tuple[int, str] | None:
    """Return level and words of a heading. An underline makes the line before it the heading."""
    found = _HEADING.match(line)
    if found is not None:
        return len(found[1]), _without_closing(line[found.end() :].strip())
    under = _UNDERLINE.match(line)
    if under is None or not before or not before[-1].strip() or _is_other(before[-1]):
        return None
    if len(before) > 1 and before[-2].strip():
        return None  # the underline of a paragraph of several lines, or a table
    return _LEVELS[under[1][0]], before.pop().strip()


def _without_closing(words: str) -> str:
    """Return the words of a heading without number signs at its end."""
    kept = words.rstrip("#")
    return kept.rstrip() if not kept or kept[-1] in " \t" else words


def _is_other(line: str) -> bool:
    return line.lstrip()[:1] in {"-", "*", "+", ">", "|", "#"} or line.startswith("    ")


def _fence(fence: str, line: str) -> str:
    """Return the fence that is open after a line; empty if none is."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    closes = found[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def bullets_of(text: str, *, plain: bool = False) -> tuple[str, list[Bullet]]:
    """Return a text without the bullets that name a fact, and these bullets.

    Args:
        plain: whether ``- label: text`` without bold type is one too, as lists of hyperparameters have it.
    """
    bullets, rest, fence = list[Bullet](), list[str](), ""
    for line in text.splitlines():
        before, fence = fence, _fence(fence, line)
        found = None if before or fence else _FACT.match(line) or (_PLAIN_FACT.match(line) if plain else None)
        if found is None:
            rest.append(line)
        else:
            bullets.append(Bullet(found[1].strip().rstrip(":").strip(), (found[2] or "").strip()))
    return "\n".join(rest).strip(), bullets


def unescaped(text: str) -> str:
    """Return a line without the backslashes that escape Markdown (https://spec.commonmark.org/0.31.2/#backslash-escapes)."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _without_comments(markdown: str) -> Iterator[str]:
    """Yield the lines without HTML comments; comments in fences of code stay."""
    fence, is_inside = "", False
    for line in markdown.split("\n"):
        before, fence = fence, fence if is_inside else _fence(fence, line)
        if before or fence:
            yield line
        else:
            was_inside = is_inside
            text, is_inside = _uncommented(line, is_inside)
            if text.strip() or not (was_inside or is_inside or line.strip()):
                yield text


def _uncommented(line: str, is_inside: bool) -> tuple[str, bool]:
    kept = ""
    while line:
        if is_inside:
            _, end, line = line.partition("-->")
            is_inside = not end
        else:
            text, start, line = line.partition("<!--")
            kept += text
            is_inside = bool(start)
    return kept, is_inside


class MarkdownTable(NamedTuple):
    """A table: its column heads, and its rows as cells without outer white space and bold type."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_of(text: str) -> list[MarkdownTable]:
    """Return the tables of a text (https://github.github.com/gfm/#tables-extension-)."""
    lines = text.splitlines()
    found = []
    for place, line in enumerate(lines):
        if place and len(line) < _LONGEST_RULE and _RULE.match(line) and "|" in lines[place - 1]:
            rows = itertools.takewhile(lambda row: "|" in row, lines[place + 1 :])
            found.append(MarkdownTable(_cells(lines[place - 1]), tuple(_cells(row) for row in rows)))
    return found


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip().strip("*_`").strip() for cell in row.strip().strip("|").split("|"))
