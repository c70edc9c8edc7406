"""What reading a report gives: a translation with its omissions, or the reason why there is none."""

from dataclasses import dataclass
from typing import TypeAlias

from cardwright.core.errors import Invalid

Document: TypeAlias = dict[str, object]
Metric: TypeAlias = dict[str, object]
MetricGroup: TypeAlias = dict[str, object]


class ReportInvalid(Invalid):
    """A file is no report of the kind it was said to be, or of any kind Cardwright knows.

    The message says what was expected; it holds no value of the report.
    """


@dataclass(frozen=True, slots=True)
class Omission:
    """One place where a translation differs from its report: left out, cut short, or read as something else.

    Attributes:
        path: dotted path with array indexes in the report, such as ``regression_metrics.mae.value``;
            ``(root)`` for the file as a whole.
        message: what was left out or changed, and why.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Translation:
    """A report in the words of the card's content schema.

    Attributes:
        kind: the kind the report was read as, a name in ``KINDS``.
        metric_groups: ``[{"name", "metric_data": [{"name", "type", "value", ...}]}]``, ready for
            ``evaluation_details[].metric_groups``; every number is finite and every metric fits the schema.
        omissions: where the translation says less or other than the report does; empty when nothing was lost.
    """

    kind: str
    metric_groups: list[MetricGroup]
    omissions: tuple[Omission, ...]
