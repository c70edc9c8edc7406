"""What the inputs of a form show of stored values, and which stored value a posted text is.

A browser changes texts on their way. It sends every line break as CR LF, drops line breaks from an ``input``, and
reads a null character as U+FFFD: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html. So a posted
text is compared with what the page showed, and an equal text keeps the stored value, byte for byte.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias, TypeVar

_Row = TypeVar("_Row")
Texts: TypeAlias = tuple[str, ...]

_COMPARED = 4_000_000  # pairs of rows; with more, rows that changed are paired by their places


def shown(value: object) -> str:
    """A value as an input shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def has_lines(text: str) -> bool:
    """Whether a text has line breaks that a single-line ``input`` would drop, so that it needs a ``textarea``."""
    return "\n" in text or "\r" in text


def entered(text: str) -> str:
    """A posted text as it is compared and kept: one character for a line break, and only what UTF-8 can hold."""
    ended = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    return ended.encode("utf-8", "replace").decode()


def looks(value: object) -> str:
    """What a browser posts for a stored value that the user does not change, as :func:`entered` gives it."""
    return entered(shown(value))


def typed(text: str, before: object = None) -> str:
    """A text that the user changed, without the spaces around it, unless the text before had some."""
    padded = isinstance(before, str) and before != before.strip()
    return text if padded and text.strip() else text.strip()


def changed_rows(
    stored: Sequence[_Row],
    own: Sequence[_Row],
    posted: Sequence[Texts],
    look: Callable[[_Row], Texts],
    write: Callable[[_Row | None, Texts], _Row],
) -> list[_Row]:
    """The rows of a list after a post: what looks as it did is kept, blank rows go, others are written.

    Args:
        stored: the rows that the page showed, in their order.
        own: the rows that the card itself has, which a draft may have changed: a row that looks like one is that row.
        look: the texts that the inputs of a row show, see :func:`looks`.
        write: the row that posted texts make of a stored one, or of None.
    """
    looked = [look(row) for row in stored]
    known = {look(row): row for row in reversed(own)}
    rows = []
    for texts, place in zip(posted, _places(looked, posted), strict=True):
        if place is not None and looked[place] == texts:
            rows.append(stored[place])
        elif not any(text.strip() for text in texts):
            continue
        elif texts in known:
            rows.append(known[texts])
        else:
            rows.append(write(None if place is None else stored[place], texts))
    return rows


def changed_members(row: Mapping[str, object], texts: Mapping[str, str], read: Callable[[str, str], object]) -> object:
    """An object with the posted texts of some members: those that look as they did stay, blank ones go.

    Args:
        read: the value that a member's posted text means.
    """
    changed = dict(row)
    for name, text in texts.items():
        if text == looks(row.get(name)):
            continue
        if text.strip():
            changed[name] = read(name, text)
        else:
            changed.pop(name, None)
    return changed


def _places(shown_rows: Sequence[Texts], posted: Sequence[Texts]) -> Iterator[int | None]:
    """For each posted row, the place of the row that it shows or changes; None for a new row."""
    shortest = min(len(shown_rows), len(posted))
    start = next((place for place in range(shortest) if shown_rows[place] != posted[place]), shortest)
    shortest -= start
    end = next((place for place in range(shortest) if shown_rows[-1 - place] != posted[-1 - place]), shortest)
    before, after = shown_rows[start : len(shown_rows) - end], posted[start : len(posted) - end]
    yield from range(start)
    for tag, first, last, begin, stop in _differences(before, after):
        for number in range(stop - begin):
            paired = tag != "insert" and number < last - first
            yield start + first + number if paired else None
    yield from range(len(shown_rows) - end, len(shown_rows))


def _differences(before: Sequence[Texts], after: Sequence[Texts]) -> Sequence[tuple[str, int, int, int, int]]:
    if not after:
        return ()
    if len(before) == len(after) or len(before) * len(after) > _COMPARED:
        return (("replace", 0, len(before), 0, len(after)),)
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
