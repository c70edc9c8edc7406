"""The main navigation: one row for each area of the console."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, url_for

from cardwright.console.context import PageContext, page_context
from cardwright.console.reader import own_findings, waiting


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        word: its name.
        endpoint: its page; an entry whose page the application does not have is left out.
        icon: its mark in the menu of small screens.
        areas: the areas of the pages that it leads to.
        count: a number next to its name, with the words that say what it counts.
    """

    word: str
    endpoint: str
    icon: str
    areas: frozenset[str]
    count: Callable[[PageContext], tuple[int, str]] | None = None

    @property
    def href(self) -> str:
        return url_for(self.endpoint)

    def current(self, area: str) -> str | None:
        """The value of ``aria-current`` on a page of an area; pages of a card are of the area ``in-cards``."""
        return "page" if area in self.areas else "true" if area.removeprefix("in-") in self.areas else None

    def number(self) -> tuple[int, str] | None:
        """The number to show; None for none."""
        found = None if self.count is None else self.count(page_context())
        return found if found and found[0] else None


ENTRIES = (
    Entry("Cards", "cards.index", "list", frozenset({"cards", "drafts"})),
    Entry("Reviews", "my_reviews.index", "pending", frozenset({"reviews"}), waiting),
    Entry("Findings", "findings.index", "warn", frozenset({"findings"}), own_findings),
    Entry("Registry", "registry.models", "package", frozenset({"models", "groups", "training-jobs"})),
    Entry("Policies", "policies.index", "check", frozenset({"policies"})),
    Entry("Audit", "audit.index", "history", frozenset({"audit"})),
    Entry("Help", "console.help_page", "help", frozenset({"help"})),
)
"""A page of another area appears as soon as the application has its endpoint."""


def entries() -> list[Entry]:
    """Return the entries whose pages the application has."""
    return [entry for entry in ENTRIES if entry.endpoint in current_app.view_functions]
