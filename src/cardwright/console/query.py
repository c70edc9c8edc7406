"""The list's state in the address: filters, order and page, both ways."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from werkzeug.datastructures import MultiDict

from cardwright.console.wording import STATUSES, status_word
from cardwright.core.listing import Page, Position
from cardwright.core.portfolio import DAY, UNTOUCHED_DAYS, PortfolioQuery, PortfolioSort

SORTS: Mapping[str, str] = {
    PortfolioSort.CHANGED: "Newest change",
    PortfolioSort.OLDEST: "Oldest change",
    PortfolioSort.NAME: "Name",
    PortfolioSort.CREATED: "Newest card",
}
RISKS = ("High", "Medium", "Low", "Unknown")
AGES: Mapping[str, tuple[str, int, bool]] = {
    "7": ("Changed in 7 days", 7, True),
    "30": ("Changed in 30 days", 30, True),
    "180": ("Changed in 180 days", UNTOUCHED_DAYS, True),
    "older": ("Unchanged for 180 days", UNTOUCHED_DAYS, False),
}
_LONGEST = 200  # characters of one search


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, with the address that takes it away."""

    text: str
    label: str
    without: str


@dataclass(frozen=True, slots=True)
class ListState:
    """What the address asks for. Words it does not know are ignored, so that no address is broken."""

    q: str = ""
    status: tuple[str, ...] = ()
    risk: tuple[str, ...] = ()
    owner: str = ""
    group: str = ""
    model: str = ""
    age: str = ""
    evaluation: str = ""
    sort: str = PortfolioSort.CHANGED
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, args: "MultiDict[str, str]") -> "ListState":
        sort, age = args.get("sort", ""), args.get("age", "")
        return cls(
            q=args.get("q", "").replace("\x00", "").strip()[:_LONGEST],
            status=tuple(item for item in dict.fromkeys(args.getlist("status")) if item in STATUSES),
            risk=tuple(item for item in dict.fromkeys(args.getlist("risk")) if item in RISKS),
            owner=args.get("owner", "").replace("\x00", "")[:_LONGEST],
            group=args.get("group", "").replace("\x00", "")[:_LONGEST],
            model=args.get("model", "").replace("\x00", "")[:1024],
            age=age if age in AGES else "",
            evaluation="none" if args.get("evaluation") == "none" else "",
            sort=sort if sort in SORTS else PortfolioSort.CHANGED,
            after=args.get("after", ""),
            before=args.get("before", ""),
        )

    def query(self, now: int, limit: int) -> PortfolioQuery:
        """The same for the portfolio; an unreadable place in the list means its beginning."""
        days = AGES.get(self.age)
        bound = None if days is None else now - days[1] * DAY
        within = days is not None and days[2]
        sort = PortfolioSort(self.sort)
        wanted = (str if sort is PortfolioSort.NAME else int, str)
        return PortfolioQuery(
            text=self.q,
            status=self.status,
            risk=self.risk,
            owner=self.owner or None,
            group=self.group or None,
            model=self.model or None,
            changed_after=bound if within else None,
            changed_before=None if within else bound,
            unevaluated=self.evaluation == "none",
            sort=sort,
            limit=limit,
            after=read_position(self.after, wanted),
            before=read_position(self.before, wanted),
        )

    def address(self, **changes: object) -> str:
        """The list's address with some of its state changed; pages begin again unless their place is among that."""
        state = replace(self, **{"after": "", "before": "", **changes})  # type: ignore[arg-type]  # fields of this class
        wanted = [
            ("q", state.q),
            *(("status", item) for item in state.status),
            *(("risk", item) for item in state.risk),
            ("owner", state.owner),
            ("group", state.group),
            ("model", state.model),
            ("age", state.age),
            ("evaluation", state.evaluation),
            ("sort", "" if state.sort == PortfolioSort.CHANGED else state.sort),
            ("after", state.after),
            ("before", state.before),
        ]
        given = [(name, value) for name, value in wanted if value]
        return "/cards" + (f"?{urlencode(given)}" if given else "")

    def chips(self) -> list[Chip]:
        """The filters that are set."""
        chips = []
        if self.q:
            chips.append(Chip(f"“{self.q}”", "Clear the search", self.address(q="")))
        for name, values in (("status", self.status), ("risk", self.risk)):
            if values:
                words = " or ".join(map(status_word, values))
                chips.append(
                    Chip(f"{name.capitalize()}: {words}", f"Remove the {name} filter", self.address(**{name: ()}))
                )
        for name in ("owner", "group", "model"):
            value = getattr(self, name)
            if value:
                word = {"group": "Package group"}.get(name, name.capitalize())
                chips.append(Chip(f"{word}: {value}", f"Remove the {name} filter", self.address(**{name: ""})))
        if self.age:
            chips.append(Chip(AGES[self.age][0], "Remove the time filter", self.address(age="")))
        if self.evaluation:
            chips.append(Chip("No evaluation", "Remove the evaluation filter", self.address(evaluation="")))
        return chips


class Ways(NamedTuple):
    """The addresses of the pages around one; None where there is none, and where a link would lead to the same page."""

    first: str | None
    previous: str | None
    following: str | None


def ways_from(page: Page[Any], address: Callable[..., str], *, placed: bool) -> Ways:
    """The ways from a page.

    Args:
        address: that of the list's first page; of another one with ``after`` or ``before``, a position as text.
        placed: whether the page was asked for by its place in the list.
    """
    behind_the_last = placed and not page.items
    return Ways(
        address() if page.back is not None or behind_the_last else None,
        None if page.back is None else address(before=position_text(page.back)),
        None if page.position is None else address(after=position_text(page.position)),
    )


def ways_from_numbered(newest: int, before: int | None, limit: int, address: Callable[..., str]) -> Ways:
    """The ways from a page of what is numbered from 1 to ``newest``, the newest first.

    Args:
        before: the number that the page goes on below; ``limit`` how many it holds.
        address: that of the first page; of another one with ``before``.
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
