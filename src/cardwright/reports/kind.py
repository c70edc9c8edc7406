"""The type of a row in the table of report kinds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cardwright.reports.cursor import Cursor, Omissions
from cardwright.reports.translation import Document, MetricGroup, ReportInvalid, Translation


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A kind of report, with the functions that recognise and read it.

    Attributes:
        name: the value of ``read_report(kind=...)``; SageMaker's own name if SageMaker has this kind.
        expects: what a file of this kind holds, for messages that refuse other files.
        recognises: whether a file is of this kind; for detection.
        read: returns the metric groups of an accepted file and notes what it leaves out.
        accepts: whether the kind can read a file when the caller names the kind; ``recognises`` by default.
    """

    name: str
    expects: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document, Cursor], list[MetricGroup]]
    accepts: Callable[[Document], bool] | None = None

    def can_read(self, document: Document) -> bool:
        """Whether this kind can read the file."""
        return (self.accepts or self.recognises)(document)

    def translate(self, document: Document, omissions: Omissions | None = None) -> Translation:
        """Translate a file that this kind can read. Omissions noted before come first.

        Raises:
            ReportInvalid: the file holds no metric.
        """
        noted = omissions or Omissions()
        metric_groups = self.read(document, Cursor(noted))
        noted.add_unaccounted(document)
        if not any(group["metric_data"] for group in metric_groups):
            raise ReportInvalid("\n".join(self._nothing_found(noted)))
        return Translation(self.name, metric_groups, noted.listed(), noted.facts())

    def _nothing_found(self, noted: Omissions) -> Iterator[str]:
        yield f"This file was read as {self.name}, but it holds no metric."
        found = noted.listed()
        if found:
            more = f", and {len(found) - 1:,} more" if len(found) > 1 else ""
            yield f"Left out: {found[0].path}{more}."
        yield f"A report of this kind holds {self.expects}."
