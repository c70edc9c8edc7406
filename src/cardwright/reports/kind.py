"""One row of the table of report kinds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cardwright.reports.place import Omissions, Place
from cardwright.reports.translation import Document, MetricGroup, ReportInvalid, Translation


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report: how it is recognised, and how it is read.

    Attributes:
        name: as ``read_report(kind=...)`` takes it; SageMaker's own name where SageMaker has the kind.
        expects: what a file of this kind holds, for the sentence that refuses another.
        recognises: whether a file is of this kind, when nobody named it.
        read: the metric groups of a file that this kind accepts; notes at its place what it leaves out.
        accepts: whether the kind can read a file when it was named; ``recognises`` where it is no wider.
    """

    name: str
    expects: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document, Place], list[MetricGroup]]
    accepts: Callable[[Document], bool] | None = None

    def can_read(self, document: Document) -> bool:
        """Whether the kind can read this file."""
        return (self.accepts or self.recognises)(document)

    def translate(self, document: Document, omissions: Omissions | None = None) -> Translation:
        """The translation of a file that the kind can read; omissions noted before it come first.

        Raises:
            ReportInvalid: the file holds no metric.
        """
        noted = omissions or Omissions()
        metric_groups = self.read(document, Place(noted))
        noted.add_unaccounted(document)
        if not any(group["metric_data"] for group in metric_groups):
            raise ReportInvalid("\n".join(self._nothing_found(noted)))
        return Translation(self.name, metric_groups, noted.listed(), noted.facts())

    def _nothing_found(self, noted: Omissions) -> Iterator[str]:
        yield f"This file was read as {self.name}, and it holds no metric."
        found = noted.listed()
        if found:
            more = f", and {len(found) - 1:,} more" if len(found) > 1 else ""
            yield f"Left out: {found[0].path}{more}."
        yield f"A report of this kind holds {self.expects}."
