"""The layout of a text inside a cell: its line breaks, and the spaces that indent its lines or align their parts."""

import re

_BREAK = re.compile(r"\r\n|[\r\u2028\u2029]")
_LAYOUT = re.compile(r"[\n\r\u2028\u2029\t]|  |^ | $")
TAB = 4
"""Spaces that a tab is shown as."""


def lines_ended(text: str) -> str:
    """The text with a line feed for every line break."""
    return _BREAK.sub("\n", text)


def is_laid_out(text: str) -> bool:
    """Whether a text has line breaks or spaces that HTML shows as one space, or not at all."""
    return _LAYOUT.search(text) is not None
