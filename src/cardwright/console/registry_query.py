"""The state of a list of the registry in its address: search, filters, order and page, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from cardwright.console.query import Chip, position_text, read_position
from cardwright.core.listing import Position, ResourceQuery, ResourceSort

SORTS: Mapping[str, tuple[str, ResourceSort, bool]] = {
    "newest": ("Newest first", ResourceSort.CREATION_TIME, True),
    "oldest": ("Oldest first", ResourceSort.CREATION_TIME, False),
    "name": ("Name", ResourceSort.NAME, False),
}
"""By the word of the address: the word people read, and the order."""

_LONGEST = 200  # characters of one search


@dataclass(frozen=True, slots=True)
class RegistryState:
    """What the address asks for. Words it does not know are ignored, so that no address is broken.

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

    @classmethod
    def read(cls, path: str, args: "MultiDict[str, str]", statuses: Mapping[str, tuple[str, str]]) -> "RegistryState":
        sort, status = args.get("sort", ""), args.get("status", "")
        return cls(
            path,
            statuses,
            q=args.get("q", "").replace("\x00", "").strip()[:_LONGEST],
            status=status if status in statuses else "",
            card="none" if args.get("card") == "none" else "",
            sort=sort if sort in SORTS else "newest",
            after=args.get("after", ""),
        )

    def query(self, limit: int) -> ResourceQuery:
        """The same for the registry; an unreadable place in the list means its beginning."""
        _, sort, descending = SORTS[self.sort]
        wanted = (str, int) if sort is ResourceSort.NAME else (int, str)
        return ResourceQuery(
            sort_by=sort,
            descending=descending,
            limit=limit,
            after=read_position(self.after, wanted),
            name_contains=self.q or None,
            status=self.status or None,
        )

    def address(self, **changes: str) -> str:
        """The list's address with some of its state changed; pages begin again unless ``after`` is among them."""
        state = replace(self, **{"after": "", **changes})  # type: ignore[arg-type]  # texts of this class
        wanted = [
            ("q", state.q),
            ("status", state.status),
            ("card", state.card),
            ("sort", "" if state.sort == "newest" else state.sort),
            ("after", state.after),
        ]
        given = [(name, value) for name, value in wanted if value]
        return state.path + (f"?{urlencode(given)}" if given else "")

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

    def following(self, position: Position | None) -> str | None:
        """The address of the next page."""
        return None if position is None else self.address(after=position_text(position))
