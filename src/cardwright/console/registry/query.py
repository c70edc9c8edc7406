"""The state of a list of the registry in its address: search, filters, order and page, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from cardwright.console.address_values import clean, with_values
from cardwright.console.query import Chip, Ways, read_position, ways_from
from cardwright.core.listing import Page, ResourceQuery, ResourceSort

SORTS: Mapping[str, tuple[str, ResourceSort, bool]] = {
    "newest": ("Newest first", ResourceSort.CREATION_TIME, True),
    "oldest": ("Oldest first", ResourceSort.CREATION_TIME, False),
    "name": ("Name", ResourceSort.NAME, False),
}
"""By the word of the address: the word people read, and the order."""

_LONGEST = 200  # characters of one search


@dataclass(frozen=True, slots=True)
class RegistryState:
    """The state of the list, read from the query string. Unknown values are ignored, so that no address fails.

    Attributes:
        path: of the list.
        statuses: the statuses to filter by, with their words; none where resources have none.
        card: ``none`` for what no card is about.
    """

    path: str
    statuses: Mapping[str, tuple[str, str]]
    q: str = ""
    status: str = ""
    card: str = ""
    sort: str = "newest"
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, path: str, args: "MultiDict[str, str]", statuses: Mapping[str, tuple[str, str]]) -> "RegistryState":
        sort, status = args.get("sort", ""), args.get("status", "")
        return cls(
            path,
            statuses,
            q=clean(args.get("q", ""), _LONGEST),
            status=status if status in statuses else "",
            card="none" if args.get("card") == "none" else "",
            sort=sort if sort in SORTS else "newest",
            after=args.get("after", ""),
            before=args.get("before", ""),
        )

    def query(self, limit: int) -> ResourceQuery:
        """Return the query of the registry; an unreadable place in the list means its beginning."""
        _, sort, descending = SORTS[self.sort]
        wanted = (str, int) if sort is ResourceSort.NAME else (int, str)
        return ResourceQuery(
            sort_by=sort,
            descending=descending,
            limit=limit,
            after=read_position(self.after, wanted),
            before=read_position(self.before, wanted),
            name_contains=self.q or None,
            status=self.status or None,
        )

    def address(self, **changes: str) -> str:
        """The list's address with some of its state changed; pages begin again unless their place is among that."""
        state = replace(self, **{"after": "", "before": "", **changes})  # type: ignore[arg-type]  # texts of this class
        wanted = [
            ("q", state.q),
            ("status", state.status),
            ("card", state.card),
            ("sort", "" if state.sort == "newest" else state.sort),
            ("after", state.after),
            ("before", state.before),
        ]
        return with_values(state.path, wanted)

    def chips(self) -> list[Chip]:
        """The filters that are set."""
        chips = []
        if self.q:
            chips.append(Chip(f"“{self.q}”", "Clear the search", self.address(q="")))
        if self.status:
            word = self.statuses[self.status][0]
            chips.append(Chip(word, "Remove the status filter", self.address(status="")))
        if self.card:
            chips.append(Chip("Without a card", "Remove the card filter", self.address(card="")))
        return chips

    def ways(self, page: Page[Any]) -> Ways:
        """The addresses of the pages around one."""
        return ways_from(page, self.address, placed=bool(self.after or self.before))
