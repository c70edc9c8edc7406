"""How a filtered page is read without a scan of the account.

A filter can match nearly every row or nearly none, and no index serves both. Lists and Search therefore try three ways:

- *narrow*: an index returns the rows of a filter, and at most ``FEW`` of them are sorted;
- *walk*: the matches among the first ``WALKED`` rows of the order fill the page;
- *whole*: the order is walked until the page is full. More than ``FEW`` rows match then, so this usually ends early.

A list of cards whose index has all that it filters by reads rows of the index cheaply. It walks ``WALKED`` rows, looks
up ``HANDFUL``, walks ``WALKED_ON`` rows, and only then looks up ``FEW``. Any other list walks ``PAGES`` and looks up
``HANDFUL`` first: most filters match a quarter of all cards or very few.
"""

from collections.abc import Sequence

import orjson

WALKED = 2_000
"""Rows of an order that are tried before all of them: 5 ms."""

WALKED_ON = 20_000
"""Rows of an index that covers a list: 3 ms."""

HANDFUL = 200
"""Rows that are looked up before a long walk: 1 ms."""

PAGES = 5
"""Pages of rows that are walked before a long walk: 2 ms for pages of 100."""

FEW = 5_000
"""Rows that are looked up one by one and sorted: 25 ms."""

TRIGRAM = 3
"""Characters that a trigram index needs to find a text."""

_LISTED = {
    "sqlite": "SELECT value AS given FROM json_each(:{})",
    "postgresql": "SELECT jsonb_array_elements_text(CAST(:{} AS jsonb)) AS given",
}


def listed(engine: str, parameter: str) -> str:
    """Return a statement with the texts of a parameter (from :func:`as_list`) in a column ``given``."""
    return _LISTED[engine].format(parameter)


def as_list(texts: Sequence[str]) -> str:
    """Return texts as the one parameter that :func:`listed` reads."""
    return orjson.dumps(list(texts)).decode()
