"""Replaces characters that HTML and Markdown cannot show by their code points.

These are control characters except tabs and line ends, characters that change the order of a line, and the
noncharacters of Unicode: https://html.spec.whatwg.org/multipage/parsing.html#preprocessing-the-input-stream
"""

import re
from collections import Counter
from collections.abc import Iterator

from cardwright.formats.literals import parse_literally
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import Unprintable, shown_by_code_point

_ENDS_OF_PLANES = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_UNSHOWN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef{_ENDS_OF_PLANES}]")

UNSEEN = (
    "These characters of the card would be invisible here, or change the order of a line. They appear as code points."
)
"""The explanation that a document prints above its list of such characters."""


def visible(text: str) -> str:
    """Replace each character that a page cannot show by its code point, such as ``[U+0000]``."""
    return text if text.isprintable() else _UNSHOWN.sub(lambda found: shown_by_code_point(ord(found[0])), text)


def unshown(record: CardRecord) -> tuple[Unprintable, ...]:
    """Count the characters of a card that are shown as code points.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    counts: Counter[int] = Counter()
    notes = (entry.note for entry in record.versions if entry.note)
    for text in (*_texts(parse_literally(record.content)), *notes):
        if not text.isprintable():
            counts.update(map(ord, _UNSHOWN.findall(text)))
    return tuple(Unprintable(point, count) for point, count in sorted(counts.items()))


def _texts(document: object) -> Iterator[str]:
    """Yield every text of a parsed document at any depth, member names included."""
    left = [document]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            left += [*value, *value.values()]
