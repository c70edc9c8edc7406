"""The filters of the list of cards: one row for each, with its words, its choices and its part of the query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cardwright.console.address_values import clean
from cardwright.console.wording import STATUSES, status_word
from cardwright.core.portfolio import ANY_FINDING, DAY, ME, UNTOUCHED_DAYS, Portfolio

RISKS = ("High", "Medium", "Low", "Unknown")
AGES: Mapping[str, tuple[str, int, bool]] = {
    "7": ("Changed in 7 days", 7, True),
    "30": ("Changed in 30 days", 30, True),
    "180": ("Changed in 180 days", UNTOUCHED_DAYS, True),
    "older": ("Not updated for 180 days", UNTOUCHED_DAYS, False),
}
DUES: Mapping[str, tuple[str, int | None, int | None]] = {
    "overdue": ("Review overdue", None, 0),
    "7": ("Review due in 7 days", 0, 7),
    "30": ("Review due in 30 days", 0, 30),
    "any": ("With a review date", None, 100_000),
}
"""By the word of the address: the words people read, and bounds in days from now."""

FINDINGS: Mapping[str, str] = {"open": "Open findings", "overdue": "Overdue findings"}

LONGEST = 200
"""Characters of one value."""

_LONGEST_MODEL = 1024
_VALUE_LIMIT = 10  # values of one filter

Parts = Mapping[str, object]
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    Attributes:
        name: the word of the address.
        label: the name of its field.
        any: the choice that sets no filter, or the hint of a text field.
        part: the members of a ``PortfolioQuery`` for the chosen values and the time now.
        accepted: the values that it takes; None for any text.
        choices: what its field offers.
        word: the words of a chosen value.
        shown: the words before the value in the list of chosen filters.
        several: whether cards match several values: all of them, or any with ``joined``.
        first: whether its field is always visible.
    """

    name: str
    label: str
    any: str
    part: Callable[[tuple[str, ...], int], Parts]
    choices: Callable[[Portfolio], Choices]
    accepted: frozenset[str] | None = None
    word: Callable[[str], str] = str
    shown: str = ""
    several: bool = False
    joined: bool = False
    text: bool = False
    first: bool = False
    longest: int = LONGEST

    def read(self, given: Sequence[str]) -> tuple[str, ...]:
        """Return the values of an address that the filter takes."""
        cleaned = [clean(value, self.longest) for value in given]
        known = [value for value in dict.fromkeys(cleaned) if value and value in (self.accepted or {value})]
        return tuple(known[: _VALUE_LIMIT if self.several else 1])


def _same(name: str) -> Callable[[tuple[str, ...], int], Parts]:
    return lambda values, _: {name: values[0]}


def _person(name: str) -> str:
    return "you" if name == ME else name


def _pairs(values: Sequence[str]) -> Choices:
    return [(value, value) for value in values]


def _tags(values: tuple[str, ...], _: int) -> Parts:
    """Read ``key=value``; a key alone means any value."""
    pairs = [value.partition("=") for value in values]
    return {"tags": [(key.strip(), text.strip() if sign else None) for key, sign, text in pairs]}


def _due(values: tuple[str, ...], now: int) -> Parts:
    _, first, last = DUES[values[0]]
    after, before = (None if days is None else now + days * DAY for days in (first, last))
    return {"due_after": after, "due_before": before}


def _age(values: tuple[str, ...], now: int) -> Parts:
    _, days, within = AGES[values[0]]
    return {"changed_after" if within else "changed_before": now - days * DAY}


FILTERS: tuple[Filter, ...] = (
    Filter(
        "status",
        "Status",
        "Any status",
        lambda values, _: {"status": values},
        lambda _: [(value, word) for value, (word, _) in STATUSES.items()],
        accepted=frozenset(STATUSES),
        word=status_word,
        shown="Status: ",
        several=True,
        joined=True,
        first=True,
    ),
    Filter(
        "risk",
        "Risk",
        "Any risk",
        lambda values, _: {"risk": values},
        lambda _: _pairs(RISKS),
        accepted=frozenset(RISKS),
        shown="Risk: ",
        several=True,
        joined=True,
        first=True,
    ),
    Filter(
        "due",
        "Review date",
        "Any review",
        _due,
        lambda _: [(value, word) for value, (word, *_) in DUES.items()],
        accepted=frozenset(DUES),
        word=lambda value: DUES[value][0],
        first=True,
    ),
    Filter(
        "tag",
        "Tag, as key=value",
        "Tag",
        _tags,
        lambda portfolio: [(f"{key}=", "") for key in portfolio.tag_keys],
        several=True,
        text=True,
        first=True,
        longest=400,
    ),
    Filter(
        "owner",
        "Owner",
        "Any owner",
        _same("owner"),
        lambda portfolio: _pairs(portfolio.owners),
        shown="Owner: ",
    ),
    Filter(
        "reviewer",
        "Reviewer",
        "Reviewer",
        _same("reviewer"),
        lambda _: ((ME, ""),),
        word=_person,
        shown="Reviewer: ",
        text=True,
    ),
    Filter(
        "waiting",
        "Waiting for",
        "Anyone",
        lambda *_: {"waiting": True},
        lambda _: [(ME, "Me")],
        accepted=frozenset({ME}),
        word=lambda _: "Waiting for me",
    ),
    Filter(
        "author",
        "Author of a version",
        "Author",
        _same("author"),
        lambda _: ((ME, ""),),
        word=_person,
        shown="Author: ",
        text=True,
    ),
    Filter(
        "group",
        "Package group",
        "Any group",
        _same("group"),
        lambda portfolio: _pairs(portfolio.groups),
        shown="Package group: ",
    ),
    Filter(
        "model",
        "Model",
        "Any model",
        _same("model"),
        lambda portfolio: _pairs(portfolio.models),
        shown="Model: ",
        longest=_LONGEST_MODEL,
    ),
    Filter(
        "age",
        "Changed",
        "Any time",
        _age,
        lambda _: [(value, word) for value, (word, *_) in AGES.items()],
        accepted=frozenset(AGES),
        word=lambda value: AGES[value][0],
    ),
    Filter(
        "findings",
        "Findings",
        "Any findings",
        lambda values, now: {"findings_before": now if values == ("overdue",) else ANY_FINDING},
        lambda _: list(FINDINGS.items()),
        accepted=frozenset(FINDINGS),
        word=lambda value: FINDINGS[value],
    ),
    Filter(
        "evaluation",
        "Evaluation",
        "Any evaluation",
        lambda *_: {"unevaluated": True},
        lambda _: [("none", "No evaluation")],
        accepted=frozenset({"none"}),
        word=lambda _: "No evaluation",
    ),
)
"""A new filter is one row: the list's form, its address, its chosen filters and its query follow."""

NAMED: Mapping[str, Filter] = {one.name: one for one in FILTERS}
