"""What every page needs to know about its reader, read once for each request."""

from typing import NamedTuple

from flask import g

from cardwright.actions.account_settings import uses_shortcuts
from cardwright.actions.findings import count_my_findings
from cardwright.actions.review_work import count_waiting
from cardwright.console.context import PageContext, page_context
from cardwright.core.errors import Unavailable

FINDINGS = 1000
"""Findings of the reader are counted up to this number."""


class Reader(NamedTuple):
    """The reader of a page.

    Attributes:
        waiting: the number of reviews that wait for the reader.
        findings: the number of findings of the reader that have not ended.
        shortcuts: whether keyboard shortcuts are on.
    """

    waiting: int = 0
    findings: int = 0
    shortcuts: bool = True


def reader() -> Reader:
    """Return the reader of this page; the usual settings while the database does not respond, and before sign-in."""
    if "reader" not in g:
        g.reader = _read(page_context()) if g.get("person") else Reader()
    found: Reader = g.reader
    return found


def waiting(_: PageContext) -> tuple[int, str]:
    """The number of reviews that wait for the reader of the page, with words for the navigation."""
    return reader().waiting, "waiting for you"


def own_findings(_: PageContext) -> tuple[int, str]:
    """The number of findings of the reader of the page that have not ended, with words for the navigation."""
    return reader().findings, "assigned to you"


def _read(context: PageContext) -> Reader:
    try:
        with context.reading() as unit:
            return Reader(count_waiting(unit), count_my_findings(unit, FINDINGS), uses_shortcuts(unit))
    except Unavailable:
        return Reader()  # the page that says so has a navigation too
