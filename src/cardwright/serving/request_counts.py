"""How many requests were answered, and how fast."""

from bisect import bisect_left
from typing import NamedTuple

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the classes of answering times, in seconds; one more class has what took longer."""

_TIMES = len(BUCKETS) + 2


class Totals(NamedTuple):
    """What was counted.

    Attributes:
        counts: requests by operation and code.
        times: by operation, the sum of seconds, then the number of requests within each of ``BUCKETS`` and beyond.
    """

    counts: dict[tuple[str, str], float]
    times: dict[str, list[float]]


class RequestCounts:
    """Counts in this process. Whoever calls sees to it that one thread does at a time.

    Attributes:
        own: what this process has counted.
    """

    def __init__(self) -> None:
        self.own = Totals({}, {})

    def add(self, operation: str, code: str, seconds: float) -> None:
        """Count one answered request."""
        counts, times = self.own
        counts[operation, code] = counts.get((operation, code), 0) + 1
        numbers = times.get(operation)
        if numbers is None:
            numbers = times[operation] = [0.0] * _TIMES
        numbers[0] += seconds
        numbers[1 + bisect_left(BUCKETS, seconds)] += 1

    def totals(self) -> Totals:
        """What was counted so far: a copy."""
        counts, times = self.own
        return Totals(dict(counts), {operation: list(numbers) for operation, numbers in times.items()})
