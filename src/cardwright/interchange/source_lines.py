"""The leaves of a source, and what became of each: the lines of a loss report."""

from cardwright.interchange.card_places import pointer_of
from cardwright.interchange.limits import Path, shortened
from cardwright.interchange.loss_report import LossReport, Outcome, ReportLine
from cardwright.interchange.source import Source

NO_FIELD = "The card has no field for it; it stays in the kept source"
PLACEHOLDER = "A placeholder: it says nothing"

_SHOWN = 120  # characters of a value in a report


class SourceLines:
    """The leaves of a source, each with at most one line. A leaf without a line was dropped.

    Args:
        roots: the parts of the source. Their order is the order of the report.
    """

    def __init__(self, *roots: Source) -> None:
        self._leaves = {leaf.pointer: leaf for root in roots for leaf in root.leaves()}
        self._lines: dict[str, ReportLine] = {}

    def claim(self, source: Source, target: Path, outcome: Outcome, detail: str = "") -> bool:
        """Report every leaf of a source with this outcome. A leaf that has a line gets the second target in its detail.

        Returns:
            True.
        """
        pointer = pointer_of(target)
        for leaf in source.leaves():
            before = self._lines.get(leaf.pointer)
            if before is None or before.target is None:
                self._lines[leaf.pointer] = ReportLine(leaf.pointer, pointer, outcome, detail)
            elif before.target != pointer and f"also at {pointer}" not in before.detail:
                more = f"{before.detail}; also at {pointer}" if before.detail else f"also at {pointer}"
                self._lines[leaf.pointer] = before._replace(detail=more)
        return True

    def drop(self, source: Source, reason: str) -> bool:
        """Report every leaf of a source that has no line yet as dropped. Returns False."""
        for leaf in source.leaves():
            self._lines.setdefault(leaf.pointer, ReportLine(leaf.pointer, None, Outcome.DROPPED, reason))
        return False

    def is_used(self, source: Source) -> bool:
        """Whether every leaf of a source has a line."""
        return all(leaf.pointer in self._lines for leaf in source.leaves())

    def report(self) -> LossReport:
        """Return one line for each leaf, in the order of the source; a leaf without a line was dropped."""
        return LossReport(tuple(self._line_of(leaf) for leaf in self._leaves.values()))

    def given(self) -> dict[str, str]:
        """Return the beginning of each leaf's text, by pointer."""
        return {leaf.pointer: shortened(leaf.text, _SHOWN) for leaf in self._leaves.values()}

    def infer(self, leaf: Source) -> bool:
        """Add a leaf that was read from prose. Returns False for one that is known already."""
        return self._leaves.setdefault(leaf.pointer, leaf) is leaf

    def mark_inferred(self, leaf: Source, detail: str) -> None:
        """Report a leaf that the card has as inferred."""
        line = self._lines[leaf.pointer]
        if line.target is not None:
            self._lines[leaf.pointer] = line._replace(outcome=Outcome.INFERRED, detail=detail)

    def _line_of(self, leaf: Source) -> ReportLine:
        known = self._lines.get(leaf.pointer)
        if known is not None:
            return known
        return ReportLine(leaf.pointer, None, Outcome.DROPPED, PLACEHOLDER if leaf.is_placeholder else NO_FIELD)
