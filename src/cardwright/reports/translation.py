"""The result of reading a report: a translation with omissions and facts, or the reason for a refusal."""

from dataclasses import dataclass
from typing import TypeAlias

from cardwright.core.errors import Invalid

Document: TypeAlias = dict[str, object]
Metric: TypeAlias = dict[str, object]
MetricGroup: TypeAlias = dict[str, object]

ROWS = "(rows)"
"""The member that holds a document which is a list of objects; paths in it begin with this step."""


class ReportInvalid(Invalid):
    """A file that cannot be read as a report.

    The message names what was expected; it never holds a value of the report.
    """


@dataclass(frozen=True, slots=True)
class Omission:
    """One difference between a translation and its report: a value left out, cut or converted.

    Attributes:
        path: dotted path with array indexes in the report, such as ``regression_metrics.mae.value``;
            ``(root)`` for the whole file, ``*`` for every item of a list or every member of an object.
        message: what was left out or changed, and why.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a report that describes the run and is not a score. Metric groups have no field for it.

    Attributes:
        path: as in ``Omission``, such as ``dataset.item_count``.
        text: the value as text, at most 120 characters.
    """

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


@dataclass(frozen=True, slots=True)
class Translation:
    """A report in the form of the content schema.

    Every value of the report is in a metric, in a fact, or in an omission.

    Attributes:
        kind: the kind of the report, a name in ``KINDS``.
        metric_groups: ``[{"name", "metric_data": [{"name", "type", "value", ...}]}]``, ready for
            ``evaluation_details[].metric_groups``. Every number is finite, every metric fits the schema, and there
            is at least one metric.
        omissions: the differences from the report; empty when nothing was lost.
        facts: values about the run that no metric repeats, such as the version of the format.
    """

    kind: str
    metric_groups: list[MetricGroup]
    omissions: tuple[Omission, ...]
    facts: tuple[Fact, ...] = ()
