"""Finds line breaks in a text, and spaces that indent or align its parts."""

import re

_BREAK = re.compile(r"\r\n|[\r\u2028\u2029]")
_LAYOUT = re.compile(r"[\n\r\u2028\u2029\t]|  |^ | $")
TAB = 4
"""Number of spaces that replace a tab."""


def lines_ended(text: str) -> str:
    """Replace every line break by a line feed."""
    return _BREAK.sub("\n", text)


def is_laid_out(text: str) -> bool:
    """Whether a text has line breaks or spaces that HTML would collapse or drop."""
    return _LAYOUT.search(text) is not None
