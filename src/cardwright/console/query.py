"""The list's state in the address: filters, order, columns and page, both ways."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import orjson
from werkzeug.datastructures import MultiDict

from cardwright.console.address_values import clean, with_values
from cardwright.console.columns import read_columns
from cardwright.console.filters import FILTERS, LONGEST, NAMED
from cardwright.core.listing import Page, Position
from cardwright.core.portfolio import PortfolioQuery, PortfolioSort

SORTS: Mapping[str, str] = {
    PortfolioSort.CHANGED: "Newest change",
    PortfolioSort.OLDEST: "Oldest change",
    PortfolioSort.NAME: "Name",
    PortfolioSort.CREATED: "Newest card",
}
PER_PAGE = (25, 50, 100)
"""How many cards a page may have; the first number is the usual one."""

_PATH = "/cards"


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, with the address that takes it away."""

    text: str
    label: str
    without: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ListState:
    """The state of the list, read from the query string. Unknown values are ignored, so that no address fails.

    Attributes:
        filters: the chosen values of each filter, by its name.
        columns: the chosen columns, as the query string names them; empty for the person's saved columns.
        exact: whether a search without hits is not tried with near words.
        after, before: the page's position.
        skipped: the number of cards before that page, as far as the address knows it.
        per: the number of cards of a page.
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = PortfolioSort.CHANGED
    columns: tuple[str, ...] = ()
    exact: bool = False
    after: str = ""
    before: str = ""
    skipped: int = 0
    per: int = PER_PAGE[0]

    @classmethod
    def read(cls, args: "MultiDict[str, str]") -> "ListState":
        per = whole_number(args.get("per", ""))
        sort = args.get("sort", "")
        chosen = {one.name: one.read(args.getlist(one.name)) for one in FILTERS}
        return cls(
            q=clean(args.get("q", ""), LONGEST),
            filters={name: values for name, values in chosen.items() if values},
            sort=sort if sort in SORTS else PortfolioSort.CHANGED,
            columns=read_columns(
                args.getlist("columns"), {"metric": args.get("metric", ""), "tag": args.get("tagged", "")}
            ),
            exact=args.get("exact") == "1",
            after=args.get("after", ""),
            before=args.get("before", ""),
            skipped=whole_number(args.get("skipped", "")) or 0,
            per=per if per in PER_PAGE else PER_PAGE[0],
        )

    @classmethod
    def of_address(cls, address: str) -> "ListState":
        """Read the address of a list, or its query alone. Its page is its first."""
        query = urlsplit(address).query if address.startswith(_PATH) else address
        return replace(cls.read(MultiDict(parse_qsl(query, keep_blank_values=True))), after="", before="", skipped=0)

    @property
    def is_whole(self) -> bool:
        """Whether the list has all cards."""
        return not (self.q or self.filters)

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return the chosen values of a filter."""
        return self.filters.get(name, ())

    def query(self, now: int, limit: int) -> PortfolioQuery:
        """Return the query; an unreadable place in the list means its beginning."""
        sort = PortfolioSort(self.sort)
        wanted = (str if sort is PortfolioSort.NAME else int, str)
        parts: dict[str, Any] = {}
        for name, values in self.filters.items():
            parts |= NAMED[name].part(values, now)
        return PortfolioQuery(
            text=self.q,
            sort=sort,
            limit=limit,
            after=read_position(self.after, wanted),
            before=read_position(self.before, wanted),
            **parts,
        )

    def address(self, **changes: Any) -> str:
        """Return the list's address with some of its state changed, also filters by their names.

        Pages begin again unless their place is among the changes.
        """
        filters = dict(self.filters)
        for name in changes.keys() & NAMED.keys():
            value = changes.pop(name)
            filters[name] = (value,) if isinstance(value, str) and value else tuple(value)
        state = replace(self, **{"after": "", "before": "", "skipped": 0, "filters": filters, **changes})
        wanted = [
            ("q", state.q),
            *((one.name, value) for one in FILTERS for value in state.chosen(one.name)),
            ("sort", "" if state.sort == PortfolioSort.CHANGED else state.sort),
            *(("columns", word) for word in state.columns),
            ("exact", "1" if state.exact else ""),
            ("after", state.after),
            ("before", state.before),
            ("skipped", state.skipped or ""),
            ("per", "" if state.per == PER_PAGE[0] else state.per),
        ]
        return with_values(_PATH, wanted)

    @property
    def list_word(self) -> str:
        """The list as the address of one of its cards has it."""
        return urlsplit(self.address(columns=(), exact=False, per=PER_PAGE[0])).query or "all"

    def first_of(self, page: Page[Any]) -> int | None:
        """The number of a page's first card in the list, from 1; None where the address does not know it."""
        if not (self.after or self.before) or page.back is None:
            return 1
        return self.skipped + 1 if self.skipped else None

    def ways(self, page: Page[Any]) -> "Ways":
        """The addresses of the pages around one."""
        first = self.first_of(page)

        def address(**place: str) -> str:
            if first is None or not place:
                return self.address(**place)
            following = first - 1 + len(page.items)
            return self.address(**place, skipped=following if "after" in place else max(0, first - 1 - self.per))

        return ways_from(page, address, placed=bool(self.after or self.before))

    def chips(self) -> list[Chip]:
        """The filters that are set."""
        chips = [Chip(f"“{self.q}”", "Clear the search", self.address(q="", exact=False))] if self.q else []
        for one in FILTERS:
            values = self.chosen(one.name)
            groups = [values] if one.joined and values else [(value,) for value in values]
            for group in groups:
                left = tuple(value for value in values if value not in group)
                words = one.shown + " or ".join(map(one.word, group))
                label = (
                    f"Remove the filter {words}" if one.several and not one.joined else f"Remove the {one.name} filter"
                )
                chips.append(Chip(words, label, self.address(**{one.name: left}), "tag" if one.name == "tag" else ""))
        return chips


class Ways(NamedTuple):
    """The addresses of the pages around one; None where there is none, and where a link would lead to the same page."""

    first: str | None
    previous: str | None
    following: str | None


def ways_from(page: Page[Any], address: Callable[..., str], *, placed: bool) -> Ways:
    """The ways from a page.

    Args:
        address: returns the address of the list's first page; with ``after`` or ``before``, a position as text, of
            another page.
        placed: whether the page was asked for by its place in the list.
    """
    behind_the_last = placed and not page.items
    return Ways(
        address() if page.back is not None or behind_the_last else None,
        None if page.back is None else address(before=position_text(page.back)),
        None if page.position is None else address(after=position_text(page.position)),
    )


def ways_from_numbered(newest: int, before: int | None, limit: int, address: Callable[..., str]) -> Ways:
    """The ways from a page of items that are numbered from 1 to ``newest``, the newest first.

    Args:
        before: the number below which the page begins.
        limit: the number of items of a page.
        address: returns the address of the first page; with ``before``, of another page.
    """
    top = newest + 1 if before is None else min(before, newest + 1)
    is_second = top <= newest < top + limit
    return Ways(
        address() if top <= newest and not is_second else None,
        address() if is_second else address(before=top + limit) if top <= newest else None,
        address(before=top - limit) if top - limit > 1 else None,
    )


def whole_number(text: str) -> int | None:
    """A whole number of at most nine digits, as addresses and forms write a version; None for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def position_text(position: tuple[str | int | float, ...]) -> str:
    """A place in the list as an address holds it."""
    return base64.urlsafe_b64encode(orjson.dumps(list(position))).decode().rstrip("=")


def read_position(text: str, wanted: tuple[type, ...]) -> Position | None:
    """The place that an address holds, when it holds values of the wanted types."""
    if not text:
        return None
    try:
        value = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(value, list) or tuple(map(type, value)) != wanted:
        return None
    fits = all("\x00" not in item if isinstance(item, str) else abs(item) < 2**63 for item in value)
    return tuple(value) if fits else None


def read_place(
    args: Mapping[str, str], wanted: tuple[type, ...], names: tuple[str, str] = ("after", "before")
) -> tuple[Position | None, Position | None]:
    """The positions that a page of a list is to begin after, or to end before, by what an address calls them."""
    after, before = (read_position(args.get(name, ""), wanted) for name in names)
    return after, before
