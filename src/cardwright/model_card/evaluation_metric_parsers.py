"""The kinds of evaluation reports under SageMaker's names, and the parsers that SageMaker's SDK v2 offers."""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from cardwright.model_card.service import logger

if TYPE_CHECKING:
    from cardwright.reports import Translation


class EvaluationMetricTypeEnum(str, Enum):  # noqa: UP042 - as in SDK v2, whose str() of a member names it
    """The kind of an evaluation report."""

    MODEL_CARD_METRIC_SCHEMA = "Model Card Metric Schema"
    CLARIFY_BIAS = "Clarify Bias"
    CLARIFY_EXPLAINABILITY = "Clarify Explainability"
    MODEL_MONITOR_MODEL_QUALITY = "Model Monitor Model Quality"
    REGRESSION = "Model Monitor Model Quality Regression"
    BINARY_CLASSIFICATION = "Model Monitor Model Quality Binary Classification"
    MULTICLASS_CLASSIFICATION = "Model Monitor Model Quality Multiclass Classification"


# SDK v2's messages for a file that is not of the given kind.
_COMPLAINTS: Mapping[str | None, str] = {
    EvaluationMetricTypeEnum.MODEL_CARD_METRIC_SCHEMA: "Missing metric_group in the metric data.",
    EvaluationMetricTypeEnum.CLARIFY_BIAS: "Missing facets value from the clarify bias.",
    EvaluationMetricTypeEnum.CLARIFY_EXPLAINABILITY: "Invalid explanations value.",
    EvaluationMetricTypeEnum.MODEL_MONITOR_MODEL_QUALITY: (
        "Missing model monitor model quality metrics from the metric data."
    ),
    EvaluationMetricTypeEnum.REGRESSION: "Missing regression_metrics from the metric data.",
    EvaluationMetricTypeEnum.BINARY_CLASSIFICATION: "Missing *_classification_metrics from the metric data.",
    EvaluationMetricTypeEnum.MULTICLASS_CLASSIFICATION: "Missing *_classification_metrics from the metric data.",
}
_NO_LIST = 'Invalid metric data format. {"metric_groups": [......]} is expected'


class ReportRefused(ValueError):
    """The file is not a report of the given kind or of any kind, or it holds no metric."""


class _Readable(Protocol):
    def read(self, amount: int, /) -> bytes: ...


def read_report_file(file: _Readable) -> bytes:
    """Read a report; of a file that is too large, only as many bytes as prove it."""
    from cardwright.reports.document import MAX_BYTES

    return file.read(MAX_BYTES + 1)


def translate(
    source: bytes | Mapping[str, object],
    metric_type: EvaluationMetricTypeEnum | str | None,
    content_type: str | None = None,
) -> "Translation":
    """Translate a report to metric groups.

    Args:
        source: the file, or the report as an object.
        metric_type: the kind of the report: an ``EvaluationMetricTypeEnum``, any name in ``reports.KINDS``, or None
            to detect the kind.
        content_type: the content type that the object store reports.

    Raises:
        ReportRefused: the file is not of the given kind or of any kind, or it holds no metric.
        ValueError: the kind is unknown.
    """
    from cardwright import reports

    kind = metric_type.value if isinstance(metric_type, Enum) else metric_type
    if kind is not None and kind not in reports.KINDS:
        raise ValueError(
            "Please use cardwright.model_card.EvaluationMetricTypeEnum, None, or one of these names: "
            f"{', '.join(reports.KINDS)}"
        )
    try:
        return reports.read_report(source, kind=kind, content_type=content_type)
    except reports.ReportInvalid as error:
        raise ReportRefused(_complaint(kind, source, str(error))) from error


def _complaint(kind: str | None, source: bytes | Mapping[str, object], reason: str) -> str:
    if kind not in _COMPLAINTS or not reason.startswith(f"This file is not a {kind} report"):
        return reason
    named = EvaluationMetricTypeEnum(kind)
    has_groups = named is EvaluationMetricTypeEnum.MODEL_CARD_METRIC_SCHEMA and "metric_groups" in _members(source)
    return f"{_NO_LIST if has_groups else _COMPLAINTS[named]} {reason}"


def _members(source: bytes | Mapping[str, object]) -> Mapping[str, object]:
    from cardwright.reports.document import open_document

    return open_document(source) if isinstance(source, bytes) else source


def report_losses(translation: "Translation", source: str) -> None:
    """Log one warning that lists all omissions of a translation, and its facts as information."""
    if translation.omissions:
        logger.warning("%s: %s", source, "; ".join(map(str, translation.omissions)))
    if translation.facts:
        logger.info("Facts in %s: %s", source, "; ".join(map(str, translation.facts)))


class _Parser:
    """Reads one kind of report from an object in memory."""

    def __init__(self, kind: EvaluationMetricTypeEnum) -> None:
        self._kind = kind

    def run(self, json_data: Mapping[str, object]) -> dict[str, Any]:
        """Return ``{"metric_groups": [...]}``. Raises ValueError for an object of another kind."""
        translation = translate(json_data, self._kind)
        report_losses(translation, self._kind.value)
        return {"metric_groups": translation.metric_groups}


EVALUATION_METRIC_PARSERS: Mapping[EvaluationMetricTypeEnum, _Parser] = {
    kind: _Parser(kind) for kind in EvaluationMetricTypeEnum
}
