"""Values in the addresses of pages, both ways."""

from collections.abc import Iterable
from urllib.parse import urlencode


def clean(text: str, longest: int | None = None) -> str:
    """Return a text from an address without outer white space and NUL, which databases refuse, cut to a length."""
    return text.replace("\x00", "").strip()[:longest]


def with_values(path: str, values: Iterable[tuple[str, object]]) -> str:
    """Return an address with the values that are set."""
    given = [(name, value) for name, value in values if value]
    return path + (f"?{urlencode(given)}" if given else "")
