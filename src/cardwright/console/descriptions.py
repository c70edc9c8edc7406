"""The description of a card as a list shows it: one line, without the marks of Markdown."""

import re
from functools import lru_cache
from typing import Any

from cardwright.core.card_text import DESCRIPTION
from cardwright.formats.rich_text import plain_text

_MARKS = re.compile(r"[*_`#>|\\\[~&<]|(?:^|\s)(?:[-+]|[0-9]{1,9}[.)])\s|---|===")
_READ = 2 * DESCRIPTION  # characters that are read for a line


def has_marks(text: str | None) -> bool:
    """Whether a text could look different as Markdown. Spares a list the contents of its other cards."""
    return text is not None and _MARKS.search(text) is not None


def unmarked_description(content: Any) -> str | None:
    """Return the beginning of the description of a parsed content in Markdown, without its marks."""
    overview = content.get("model_overview") if isinstance(content, dict) else None
    stored = overview.get("model_description") if isinstance(overview, dict) else None
    return _kept_plain(stored[:_READ])[:DESCRIPTION] or None if isinstance(stored, str) else None


_kept_plain = lru_cache(maxsize=2048)(plain_text)  # reading Markdown takes a millisecond, and a list has many
