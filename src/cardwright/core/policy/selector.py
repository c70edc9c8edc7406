"""Selectors: which cards a policy or a rule applies to, and which of two selectors is more specific."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

import attrs

UNRATED = "Unknown"
"""The risk rating of a card that has none."""
RATINGS = ("High", "Medium", "Low", UNRATED)

Rank: TypeAlias = tuple[bool, bool, bool, bool, bool]
_NOTHING: Mapping[str, str] = MappingProxyType({})


@attrs.frozen
class Facts:
    """The facts of a card that selectors read.

    Attributes:
        name: the card's name.
        risk: its risk rating; ``Unknown`` without one.
        tags: its tags, by key.
        group: its model package group, if it has one.
    """

    name: str
    risk: str = UNRATED
    tags: Mapping[str, str] = _NOTHING
    group: str | None = None


@attrs.frozen
class Selector:
    """The conditions of ``applies_to`` and ``when``. All that are given must hold; without any, every card is selected.

    Attributes:
        risk: risk ratings, of which the card has one.
        tags: tags that the card has, with these values.
        name: the card's name, or a pattern in which ``*`` is any text and ``?`` any character.
        group: the card's model package group.
    """

    risk: tuple[str, ...] = ()
    tags: Mapping[str, str] = _NOTHING
    name: str | None = None
    group: str | None = None

    def selects(self, facts: Facts) -> bool:
        """Whether all conditions hold for a card."""
        return (
            (not self.risk or facts.risk in self.risk)
            and (self.group is None or self.group == facts.group)
            and all(facts.tags.get(key) == value for key, value in self.tags.items())
            and (self.name is None or matches(self.name, facts.name))
        )

    @property
    def rank(self) -> Rank:
        """How specific the selector is; the greater of two is more specific.

        The conditions count in this order: name without wildcard, name pattern, package group, tags, risk.
        """
        pattern = self.name is not None and has_wildcard(self.name)
        exact = self.name is not None and not pattern
        return exact, pattern, self.group is not None, bool(self.tags), bool(self.risk)

    def overlaps(self, other: "Selector") -> bool:
        """Whether one card can satisfy both selectors."""
        return (
            (not self.risk or not other.risk or not set(self.risk).isdisjoint(other.risk))
            and (self.group is None or other.group is None or self.group == other.group)
            and all(other.tags.get(key, value) == value for key, value in self.tags.items())
            and (self.name is None or other.name is None or _can_meet(self.name, other.name))
        )

    def ties(self, other: "Selector") -> bool:
        """Whether both selectors are equally specific and one card can satisfy both."""
        return self.rank == other.rank and self.overlaps(other)


def has_wildcard(pattern: str) -> bool:
    """Whether a pattern has a ``*`` or a ``?``."""
    return "*" in pattern or "?" in pattern


def matches(pattern: str, text: str) -> bool:
    """Whether a whole text matches a pattern of ``*``, ``?`` and literal characters. Capital letters count."""
    if not has_wildcard(pattern):
        return pattern == text
    return _glob(pattern, text)


def _glob(pattern: str, text: str) -> bool:
    """Match greedily with one step back, which costs at most the product of both lengths."""
    at = place = 0
    star, mark = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in {"?", text[place]}:
            at, place = at + 1, place + 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return not pattern[at:].strip("*")


def _can_meet(one: str, other: str) -> bool:
    """Whether one text matches both patterns."""
    one, other = (re.sub(r"\*+", "*", pattern) for pattern in (one, other))

    @cache
    def meet(i: int, j: int) -> bool:
        if i == len(one) or j == len(other):
            return not (one[i:] + other[j:]).strip("*")
        if one[i] == "*":
            return meet(i + 1, j) or meet(i, j + 1)
        if other[j] == "*":
            return meet(i, j + 1) or meet(i + 1, j)
        return (one[i] == other[j] or "?" in {one[i], other[j]}) and meet(i + 1, j + 1)

    return meet(0, 0)
