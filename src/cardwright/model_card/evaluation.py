"""Evaluation jobs with their metric groups and metrics."""

import json
from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypedDict, Unpack
from urllib.parse import urlsplit

from cardwright.model_card.display import displayable
from cardwright.model_card.evaluation_metric_parsers import (
    EvaluationMetricTypeEnum,
    read_report_file,
    report_losses,
    translate,
)
from cardwright.model_card.schema_constraints import (
    EVALUATION_DATASETS_MAX_SIZE,
    METRIC_VALUE_TYPE_MAP,
    MetricType,
    MetricTypeEnum,
)
from cardwright.model_card.section import Converted, ItemsOf, MemberType, Section, Texts, items, member, one_of, section
from cardwright.model_card.service import logger, service_error_of

if TYPE_CHECKING:
    from cardwright.client.s3 import S3
    from cardwright.reports import Omission, Translation


class BotoSession(Protocol):
    """Creates clients of AWS services: a ``boto3.Session`` or ``Session().boto_session``."""

    def client(self, service_name: Any, *args: Any, **settings: Any) -> Any: ...  # boto3's stubs have overloads


class EvaluationMembers(TypedDict, total=False):
    """The members of an evaluation job that do not follow from predictions."""

    evaluation_observation: str | None
    evaluation_job_arn: str | None
    datasets: list[str] | None
    metadata: dict[str, Any] | None


class _MetricValue(MemberType):
    def accept(self, holder: object, name: str, value: object) -> object:
        del name
        if isinstance(value, Integral) and not isinstance(value, bool):
            value = int(value)
        elif isinstance(value, Real) and not isinstance(value, bool | int):
            value = float(value)
        metric_type = getattr(holder, "type", None)
        expected = None if metric_type is None else METRIC_VALUE_TYPE_MAP.get(metric_type)
        if expected is None or type(value) not in expected:
            raise ValueError(f"One of type {expected} is expected for metric type {metric_type}")
        return value


@section
class Metric(Section):
    """One result of an evaluation.

    Args:
        name: the metric's name, 1 to 255 characters.
        type: a member of ``MetricTypeEnum`` or its text.
        value: a number, text, True or False; ``[[x, y], ...]`` for a linear graph; ``[number, ...]`` for a bar
            chart; rows of numbers, at most 20 by 20, for a matrix.
        notes: notes on the metric; at most 1024 characters.
        x_axis_name: the name of the axis; a list for a bar chart (one name for each bar) or a matrix.
        y_axis_name: the name of the axis; a list for a matrix.

    Raises:
        ValueError: the type is not a member of ``MetricTypeEnum``, or the value does not match the type.
    """

    name: str
    type: Converted[MetricTypeEnum, MetricTypeEnum | MetricType] = one_of(MetricTypeEnum)
    value: int | float | str | bool | list[Any] = member(_MetricValue())
    notes: str | None = None
    x_axis_name: str | list[Any] | None = None
    y_axis_name: str | list[Any] | None = None

    def __repr__(self) -> str:
        return f"Metric(name={self.name}, type={self.type}, value={self.value})"

    __str__ = __repr__


@section
class MetricGroup(Section):
    """A named group of metrics.

    Args:
        name: the group's name, 1 to 63 characters.
        metric_data: its metrics.
    """

    name: str
    metric_data: ItemsOf[Metric] = items(Metric, default=None)

    def add_metric(self, metric: Metric) -> None:
        """Add a metric to the group.

        Raises:
            TypeError: ``metric`` is not a ``Metric``.
        """
        self.metric_data.append(metric)

    def to_dict(self) -> dict[str, Any]:
        """Return the group as plain JSON types. ``metric_data`` is present even when it is empty."""
        document = super().to_dict()
        return document if "metric_data" in document else {**document, "metric_data": []}

    def _repr_html_(self) -> str:
        from cardwright.formats.notebook import metric_group_html

        return metric_group_html(displayable(self.to_dict()))

    def __repr__(self) -> str:
        return f"MetricGroup(name={self.name}, size={len(self.metric_data)})"

    __str__ = __repr__


@section
class EvaluationJob(Section):
    """One evaluation of a model.

    Args:
        name: the job's name, 1 to 63 characters.
        evaluation_observation: observations on the evaluation; at most 2096 characters.
        evaluation_job_arn: the ARN of the job, if it ran on SageMaker.
        datasets: URIs of the evaluation data, at most 10.
        metadata: further texts by key.
        metric_groups: the results.

    Raises:
        ValueError: a list has another type, or there are more than 10 datasets.
        TypeError: an item has another type, or a dict has an unknown key.
    """

    name: str
    evaluation_observation: str | None = None
    evaluation_job_arn: str | None = None
    datasets: Texts = items(str, EVALUATION_DATASETS_MAX_SIZE, default=None)
    metadata: dict[str, Any] | None = None
    metric_groups: ItemsOf[MetricGroup] = items(MetricGroup, default=None)

    @classmethod
    def from_predictions(  # noqa: PLR0913 - the parts of an evaluation
        cls,
        y_true: Iterable[object],
        y_pred: Iterable[object],
        y_score: Iterable[object] | None = None,
        *,
        task: Literal["binary", "multiclass", "regression"] | None = None,
        sensitive: object = None,
        name: str = "Evaluation of predictions",
        **kwargs: Unpack[EvaluationMembers],
    ) -> Self:
        """Create an evaluation from predictions, computed with scikit-learn.

        Classes give accuracy, precision, recall, F1 and a confusion matrix; with scores also ROC and precision-recall
        curves with their areas. Numbers give MAE, MSE, RMSE and R squared. Curves keep at most 100 points; areas are
        computed from all points.

        Args:
            y_true: the true classes or numbers, of length n.
            y_pred: the predicted classes or numbers, of length n.
            y_score: scores of the positive class (the last in sorted order), of length n, or of every class in
                sorted order, of shape (n, classes). Not allowed for regression.
            task: the prediction task. Pass it if whole numbers could be classes or quantities. By default it is
                guessed from the values; then ``metadata`` and a warning say so.
            sensitive: the group of each prediction: one column, a table, or a mapping of names to columns. Each
                feature gives a metric group that compares its groups, and one for each of the 20 largest groups.
            name: the job's name.
            **kwargs: further members of the job, such as ``datasets``.

        Raises:
            ValueError: there are no values, lengths differ, scores are given for regression, or values do not match
                the task.
            ImportError: scikit-learn is not installed; the message names the extra.
        """
        from cardwright.model_card.scikit_learn import evaluate

        found = evaluate(y_true, y_pred, y_score, task, sensitive)
        note = f"{found.task}, guessed from the values" if found.guessed else found.task
        if found.guessed:
            logger.warning("%s: the task is %s; set it with task=", name, note)
        members: dict[str, Any] = {**kwargs, "metadata": {"task": note, **(kwargs.get("metadata") or {})}}
        return cls(name, metric_groups=[MetricGroup.from_dict(group) for group in found.metric_groups], **members)

    @classmethod
    def from_mlflow_run(
        cls,
        run_id: str,
        *,
        tracking_uri: str | None = None,
        name: str | None = None,
        **kwargs: Unpack[EvaluationMembers],
    ) -> Self:
        """Create an evaluation from a run of an MLflow server: the metrics of evaluations, curves and datasets.

        Metrics belong to an evaluation if their name begins with ``val_``, ``valid_``, ``test_`` or ``eval_``, or if
        they name a dataset. ``TrainingDetails.from_mlflow_run`` has the others.

        Args:
            run_id: the run's identifier.
            tracking_uri: the URL of the server; ``MLFLOW_TRACKING_URI`` by default.
            name: the job's name; by default the run's identifier.
            **kwargs: further members of the job.

        Raises:
            ValueError: there is no URL, the server has no such run, or the run has no evaluation.
            ConnectionError: the server did not answer.
        """
        from cardwright.model_card.other_systems import file_of_mlflow

        jobs = json.loads(file_of_mlflow(run_id, None, tracking_uri).cards[0].content).get("evaluation_details", [])
        groups = [MetricGroup.from_dict(group) for job in jobs for group in job.get("metric_groups", ())]
        if not groups:
            raise ValueError(f"The run {run_id} has no metric of an evaluation: names begin with val_, test_ or eval_")
        datasets = list(dict.fromkeys(text for job in jobs for text in job.get("datasets", ())))
        members: dict[str, Any] = {"datasets": datasets[:EVALUATION_DATASETS_MAX_SIZE], **kwargs}
        return cls(name or run_id, metric_groups=groups, **members)

    @classmethod
    def from_fairlearn(
        cls, metric_frame: object, name: str = "Metrics by group", **kwargs: Unpack[EvaluationMembers]
    ) -> Self:
        """Create an evaluation from a ``fairlearn.metrics.MetricFrame``.

        Gives a group ``overall``, a group that compares the values of the sensitive features, and one for each value.
        Values that are not finite are left out.

        Raises:
            TypeError: the object is not a MetricFrame.
        """
        from cardwright.model_card.other_systems import groups_of_fairlearn

        groups = [MetricGroup.from_dict(group) for group in groups_of_fairlearn(metric_frame)]
        members: dict[str, Any] = dict(kwargs)
        return cls(name, metric_groups=groups, **members)

    def get_metric_group(self, group_name: str) -> MetricGroup | None:
        """Return the metric group with this name, the last one if there are several; None if there is none."""
        named = {group.name: group for group in self.metric_groups}
        return named.get(group_name)

    def add_metric_group(self, group_name: str) -> MetricGroup:
        """Add an empty metric group and return it."""
        group = MetricGroup(group_name)
        self.metric_groups.append(group)
        return group

    def add_metric_group_from_json(
        self,
        json_path: str,
        metric_type: EvaluationMetricTypeEnum | str | None = EvaluationMetricTypeEnum.MODEL_CARD_METRIC_SCHEMA,
    ) -> "tuple[Omission, ...]":
        """Add the metric groups of an evaluation report in a local file.

        Args:
            json_path: the file, at most 50 MB.
            metric_type: the kind of the report: an ``EvaluationMetricTypeEnum``, any name in
                ``cardwright.reports.KINDS``, or None to detect the kind.

        Returns:
            The omissions: what was left out or changed, and why. One warning lists all of them.

        Raises:
            OSError: the file cannot be read.
            ValueError: the kind is unknown, or the file is of another kind or holds no metric. The job stays unchanged.
        """
        with Path(json_path).open("rb") as file:
            content = read_report_file(file)
        return self._add(translate(content, metric_type), str(json_path))

    def add_metric_group_from_s3(
        self,
        session: BotoSession,
        s3_url: str,
        metric_type: EvaluationMetricTypeEnum | str | None = EvaluationMetricTypeEnum.MODEL_CARD_METRIC_SCHEMA,
    ) -> "tuple[Omission, ...]":
        """Add the metric groups of an evaluation report in S3. Any content type of the object is accepted.

        Args:
            session: a boto3 session, such as ``Session().boto_session``.
            s3_url: ``s3://bucket/key`` of the report, at most 50 MB.
            metric_type: the kind of the report: an ``EvaluationMetricTypeEnum``, any name in
                ``cardwright.reports.KINDS``, or None to detect the kind.

        Returns:
            The omissions: what was left out or changed, and why. One warning lists all of them.

        Raises:
            botocore.exceptions.ClientError: S3 refuses the request; a missing object is also logged with its name.
            ValueError: the URL is invalid, the kind is unknown, or the object is of another kind or holds no metric.
                The job stays unchanged.
        """
        content = _s3_object(session, s3_url)
        if content is None:
            return ()
        return self._add(translate(content[0], metric_type, content[1]), s3_url)

    def _repr_html_(self) -> str:
        from cardwright.formats.notebook import evaluation_html

        return evaluation_html(displayable(self.to_dict()))

    def _add(self, translation: "Translation", source: str) -> "tuple[Omission, ...]":
        report_losses(translation, source)
        list.extend(self.metric_groups, [MetricGroup.from_dict(group) for group in translation.metric_groups])
        return translation.omissions


def _s3_object(session: BotoSession, s3_url: str) -> tuple[bytes, str | None] | None:
    """Return the bytes and the content type of an object."""
    url = urlsplit(s3_url)
    bucket, key = url.netloc, url.path.lstrip("/")
    client: S3 = session.client("s3")
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        found = client.get_object(Bucket=bucket, Key=key)
    except ParamValidationError:
        raise ValueError(f"{s3_url} is not the URL of an S3 object, such as s3://bucket/report.json") from None
    except ClientError as error:
        code = service_error_of(error).code
        if code in {"NoSuchKey", _MISSPELT}:
            logger.warning("Metric file %s does not exist in %s.", key, bucket)
        if code == _MISSPELT:
            return None
        raise
    return read_report_file(found["Body"]), found.get("ContentType")


_MISSPELT = "NoSchKey"  # the code that SDK v2 treats as a missing key and ignores; only its tests send it
