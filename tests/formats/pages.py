"""The visible text of a page, and the leaves of a JSON document that must be in it."""

import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser

_FREE = {"metadata", "custom_details"}
_HIDDEN = {"style", "title", "script", "desc"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self._hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def text_of_html(page: str) -> str:
    """Return the visible text of a page, with entities resolved."""
    return "".join(_parsed(page).parts)


def tags_and_attributes(page: str) -> tuple[list[str], set[str]]:
    parsed = _parsed(page)
    return parsed.tags, parsed.attributes


def _parsed(page: str) -> _Text:
    parser = _Text()
    parser.feed(page)
    parser.close()
    return parser


def squeezed(text: str) -> str:
    """Return a text without white space and with code points for hidden characters, so that layout does not matter."""
    shown = "".join(f"[U+{ord(c):04X}]" if _is_unseen(c) else c for c in text)
    return re.sub(r"\s+", "", shown)


def _is_unseen(character: str) -> bool:
    noncharacter = 0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE
    turns = unicodedata.bidirectional(character) in {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    return noncharacter or turns or (unicodedata.category(character) == "Cc" and character not in "\t\n\r")


def leaves(value: object, key: str = "") -> Iterator[str]:
    """Yield every text of a parsed document, including free keys, except the types of metrics."""
    if isinstance(value, dict):
        for name, item in value.items():
            if key in _FREE:
                yield name
            yield from leaves(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str) and key != "type":
        yield value
