"""Counts of requests, of their durations, and of other events."""

from bisect import bisect_left
from typing import NamedTuple

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the histogram of durations, in seconds; one more bucket has longer ones."""

_TIMES = len(BUCKETS) + 2

OPEN_CONNECTIONS = "open_connections"
GAUGES = frozenset({OPEN_CONNECTIONS})
"""The metrics whose value ends with their process."""


class Totals(NamedTuple):
    """Counts so far.

    Attributes:
        counts: requests by operation and code.
        times: by operation, the sum of seconds, then the number of requests within each of ``BUCKETS`` and beyond.
        numbers: of other metrics, by metric and label.
    """

    counts: dict[tuple[str, str], float]
    times: dict[str, list[float]]
    numbers: dict[tuple[str, str], float]


class RequestCounts:
    """Counts in this process. Not thread-safe: callers hold a lock.

    Attributes:
        own: the counts of this process.
    """

    def __init__(self) -> None:
        self.own = Totals({}, {}, {})

    def add(self, operation: str, code: str, seconds: float) -> None:
        """Count one answered request."""
        counts, times, _ = self.own
        counts[operation, code] = counts.get((operation, code), 0) + 1
        numbers = times.get(operation)
        if numbers is None:
            numbers = times[operation] = [0.0] * _TIMES
        numbers[0] += seconds
        numbers[1 + bisect_left(BUCKETS, seconds)] += 1

    def count(self, metric: str, label: str = "") -> None:
        """Count one event of a metric."""
        self.set(metric, self.own.numbers.get((metric, label), 0) + 1, label)

    def set(self, metric: str, number: float, label: str = "") -> None:
        """Set a number of this process; the totals are sums over processes."""
        self.own.numbers[metric, label] = number

    def totals(self) -> Totals:
        """A copy of the counts so far."""
        counts, times, numbers = self.own
        copied = {operation: list(one) for operation, one in times.items()}
        return Totals(dict(counts), copied, dict(numbers))
