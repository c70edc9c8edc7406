"""The input of the printers: the results of several cards under one policy, with the places of their texts."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import attrs

from cardwright.core.places import Misplaced, Node, Place, read_json
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import CardCheck, Outcome, Result
from cardwright.core.policy.rule import Rule, Severity

_FIRST = Place(1, 1)


@attrs.frozen(slots=False, eq=False)
class Source:
    """The text that holds a card, for the lines of its values.

    Attributes:
        path: path of the file below the root of the repository, with ``/``.
        text: the file's text.
        is_file: whether the file exists. Otherwise the text is the content as Cardwright prints it.
    """

    path: str
    text: str
    is_file: bool = True

    def region(self, pointer: str) -> tuple[Place, Place]:
        """Return where a value begins and ends. A place that does not exist is that of the nearest value above."""
        while pointer not in self._nodes and pointer:
            pointer = pointer.rpartition("/")[0]
        node = self._nodes.get(pointer)
        if node is None:
            return _FIRST, Place(1, 2)
        if isinstance(node.value, dict | list):
            return node.place, Place(node.place.line, node.place.column + 1)
        return node.place, node.end

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        try:
            root = read_json(self.text.removeprefix("\ufeff"))
        except Misplaced:  # a file in another format, or with repeated members: it has no places
            return {}
        for member in ("content", "Content"):  # a record, and an answer of DescribeModelCard
            held = root.value.get(member) if isinstance(root.value, dict) else None
            if held is not None and isinstance(held.value, str):
                return {"": held}
        return dict(root.walk())


@attrs.frozen
class CheckedCard:
    """The results of one card, and its text."""

    check: CardCheck
    source: Source


@attrs.frozen
class CheckTotals:
    """Counts of a report.

    Attributes:
        cards, failed_cards: all cards, and those with a failed rule of severity ``error``.
        outcomes: results by outcome.
        failures: failed results by severity.
    """

    cards: int
    failed_cards: int
    outcomes: dict[str, int]
    failures: dict[str, int]


def _in_order(cards: Iterable[CheckedCard]) -> tuple[CheckedCard, ...]:
    return tuple(sorted(cards, key=_order))


def _order(card: CheckedCard) -> tuple[str, int, str]:
    return card.check.card.name, card.check.card.version or 0, card.source.path


@attrs.frozen(slots=False)
class CheckReport:
    """The results of several cards under one policy.

    Attributes:
        started_at: milliseconds since the epoch.
        engine: the version of Cardwright that checked the cards.
        cards: ordered by name, version and path.
        fail_on: the lowest severity that fails the check; None if none does.
    """

    policy: ReviewPolicy
    started_at: int
    engine: str
    cards: tuple[CheckedCard, ...] = attrs.field(converter=_in_order)
    fail_on: Severity | None = Severity.ERROR

    @property
    def failed(self) -> bool:
        """Whether a rule at or above ``fail_on`` failed."""
        return any(self.fails(card.check.worst) for card in self.cards)

    def fails(self, severity: Severity | None) -> bool:
        """Whether a failure of this severity fails the check."""
        return self.fail_on is not None and severity is not None and severity.weight >= self.fail_on.weight

    @property
    def totals(self) -> CheckTotals:
        results = [result for card in self.cards for result in card.check.results]
        outcomes = Counter(result.outcome for result in results)
        failures = Counter(result.severity for result in results if result.outcome.failed)
        return CheckTotals(
            cards=len(self.cards),
            failed_cards=sum(not card.check.passed for card in self.cards),
            outcomes={str(outcome): outcomes[outcome] for outcome in Outcome},
            failures={str(severity): failures[severity] for severity in Severity},
        )

    @property
    def started(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.started_at / 1000, datetime.UTC)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.policy.rules}

    def problems(self, outcomes: Iterable[Outcome] = (Outcome.FAIL, Outcome.ERROR)) -> "Iterator[Problem]":
        """Yield results with these outcomes in the order of the report, each with a fingerprint of its own."""
        wanted, seen = frozenset(outcomes), Counter[str]()
        for card in self.cards:
            for result in card.check.results:
                if result.outcome in wanted:
                    place = fingerprint(result.rule, card.check.card.name, result.pointer)
                    seen[place] += 1
                    yield Problem(card, result, self.rules[result.rule], f"{place}:{seen[place]}")

    def worst_first(self) -> "Sequence[Problem]":
        """Return the failures, the most severe first."""
        return sorted(self.problems(), key=lambda problem: -problem.result.severity.weight)


@attrs.frozen
class Problem:
    """A result with its card, its rule and its fingerprint."""

    card: CheckedCard
    result: Result
    rule: Rule
    fingerprint: str

    @property
    def region(self) -> tuple[Place, Place]:
        return self.card.source.region(self.result.pointer)


def fingerprint(*parts: str) -> str:
    """Return 16 hexadecimal digits that name a place: they depend on neither the line nor the message."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
