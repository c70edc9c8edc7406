"""The loss report of an import: what became of each leaf of the source."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What became of one leaf of the source."""

    KEPT = "kept"
    """The card has the equal value."""
    CHANGED = "changed"
    """The card has the value in another form: parsed, joined, in another unit."""
    SHORTENED = "shortened"
    """The card has the beginning of the text; the detail has both lengths."""
    MOVED = "moved"
    """The card has no field for it: it became a custom detail or metadata of an evaluation."""
    DROPPED = "dropped"
    """The card does not have it; the detail has the reason."""
    INFERRED = "inferred"
    """The value was read from prose, because the caller asked for it."""


class ReportLine(NamedTuple):
    """What became of one leaf.

    Attributes:
        source: the leaf as JSON Pointer (RFC 6901); in Markdown ``#heading/heading``.
        target: the card's member as JSON Pointer; None for a dropped leaf.
        outcome: one of six.
        detail: the reason, both lengths, or what was changed; empty for a kept leaf.
    """

    source: str
    target: str | None
    outcome: Outcome
    detail: str = ""

    def as_json(self) -> dict[str, object]:
        """The line as members of a JSON object."""
        return {"source": self.source, "target": self.target, "outcome": self.outcome.value, "detail": self.detail}


class LossReport(NamedTuple):
    """One line for each leaf of the source, in the order of the source."""

    lines: tuple[ReportLine, ...] = ()

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """The number of lines of each outcome, zeros included."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def arrived(self) -> int:
        """The number of leaves that the card has, in whatever form."""
        return len(self.lines) - self.counts[Outcome.DROPPED]

    def of(self, outcomes: Iterable[Outcome]) -> tuple[ReportLine, ...]:
        """The lines with one of these outcomes."""
        wanted = frozenset(outcomes)
        return tuple(line for line in self.lines if line.outcome in wanted)

    def summary(self) -> str:
        """One sentence with the counts, such as ``27 of 31 facts arrive: 20 kept, 7 moved; 4 dropped``."""
        counts = self.counts
        arrived = ", ".join(f"{counts[one]:,} {one}" for one in Outcome if counts[one] and one is not Outcome.DROPPED)
        dropped = f"{counts[Outcome.DROPPED]:,} dropped" if counts[Outcome.DROPPED] else ""
        words = "; ".join(part for part in (arrived, dropped) if part)
        facts = "fact arrives" if len(self.lines) == 1 else "facts arrive"
        return f"{self.arrived:,} of {len(self.lines):,} {facts}" + (f": {words}" if words else "")
