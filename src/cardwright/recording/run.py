"""``cardwright.record``: collects the facts of a training, and saves them as a version of a card."""

import json
import math
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from cardwright.model_card import service
from cardwright.model_card.card import ModelCard
from cardwright.model_card.schema_constraints import ModelCardStatus, ModelCardStatusEnum
from cardwright.model_card.service import logger
from cardwright.model_card.stored_card import find_card
from cardwright.recording import observed
from cardwright.recording.datasets import Dataset, Role, dataset
from cardwright.recording.fits import Fit, read_fit
from cardwright.recording.run_card import RunFacts, filled
from cardwright.recording.surroundings import packages, surroundings

if TYPE_CHECKING:
    from cardwright.client.answers.sagemaker_cards import DescribeModelCardAnswer
    from cardwright.model_card.evaluation import EvaluationJob

_NAME_LENGTH = 255
_GAP_METRICS = ("selection_rate", "recall", "accuracy", "mae")
"""The metrics whose difference between groups a card names, in order of preference."""


class Run:
    """A training that a card records. ``cardwright.record`` creates it. Threads may share it.

    Attributes:
        id: identifies the run in its card.
        name: the card's name.
        card: the saved card; None before the end.
    """

    def __init__(
        self,
        name: str,
        session: service.AnySession,
        status: ModelCardStatusEnum | None,
        seconds: float | None = None,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.name = name
        self.card: ModelCard | None = None
        self._session = session
        self._status = status
        self._lock = threading.Lock()
        self._seconds = seconds  # of a training that has ended
        self._started = datetime.now(UTC) - timedelta(seconds=seconds or 0)
        self._clock = time.perf_counter()
        self._surroundings = surroundings()
        self._parameters: dict[str, str] = {}
        self._metrics: dict[str, list[tuple[int | float, float]]] = {}
        self._datasets: list[Dataset] = []
        self._fits: list[Fit] = []
        self._evaluations: dict[str, Mapping[str, object]] = {}
        self._task: str | None = None
        self._gaps: dict[str, str] = {}

    def log_param(self, name: str, value: object) -> None:
        """Record a hyperparameter. Its value is stored as text."""
        self.log_params({name: value})

    def log_params(self, parameters: Mapping[str, object]) -> None:
        """Record hyperparameters. A later value replaces an earlier one.

        Raises:
            ValueError: a name is empty or longer than 255 characters.
        """
        checked = {_checked_name(name): str(value) for name, value in parameters.items()}
        with self._lock:
            self._parameters |= checked

    def log_metric(self, name: str, value: float, step: float | None = None) -> None:
        """Record a metric. Several values of a name become a curve; the last is the result.

        A name that begins with ``val_``, ``valid_``, ``validation_``, ``test_`` or ``eval_`` belongs to an evaluation,
        any other to the training.

        Args:
            name: the metric's name, 1 to 255 characters.
            value: a number. A number that is not finite is left out, with a warning.
            step: the step or epoch; by default one more than the step before, from 0.

        Raises:
            TypeError: the value or step is not a number.
            ValueError: the name is empty or longer than 255 characters.
        """
        number, at = _number(value, "value"), None if step is None else _number(step, "step")
        name = _checked_name(name)
        if not math.isfinite(number) or (at is not None and not math.isfinite(at)):
            logger.warning("The metric %s was left out at step %s: %s is not a finite number", name, step, value)
            return
        with self._lock:
            points = self._metrics.setdefault(name, [])
            last = points[-1][0] if points else -1
            place = last + 1 if at is None else int(at) if at.is_integer() else at
            points.append((place, number))

    def log_metrics(self, metrics: Mapping[str, float], step: float | None = None) -> None:
        """Record several metrics of one step; see ``log_metric``."""
        for name, value in metrics.items():
            self.log_metric(name, value, step)

    def log_dataset(self, data: object, name: str, *, uri: str | None = None, role: Role = "training") -> str | None:
        """Record a dataset with the SHA-256 digest of its content.

        Args:
            data: the path of a file or folder, or an array, table, list or bytes.
            name: the dataset's name in the card.
            uri: where it is stored; for a path, the path by default.
            role: ``training`` or ``evaluation``.

        Returns:
            The digest; None for a type of data whose bytes are unknown, which is recorded by name and size.

        Raises:
            OSError: the file or folder cannot be read.
            ValueError: the role is unknown, or the name is empty or too long.
        """
        found = dataset(data, _checked_name(name), uri, role)
        with self._lock:
            self._datasets.append(found)
        return found.sha256

    def log_model(self, model: object, features: object = None, target: object = None) -> None:
        """Record a fitted model: class, parameters, feature names, and the data that it was fitted with.

        Fits of scikit-learn, xgboost and lightgbm in the thread of the run are recorded without this call.

        Raises:
            TypeError: the model is not an estimator or a Booster.
            sklearn.exceptions.NotFittedError: the model is not fitted.
        """
        found = read_fit(model, features, target)
        with self._lock:
            self._fits.append(found)

    def evaluate(  # noqa: PLR0913 - the parts of an evaluation
        self,
        y_true: Iterable[object],
        y_pred: Iterable[object],
        y_score: Iterable[object] | None = None,
        *,
        sensitive: object = None,
        task: Literal["binary", "multiclass", "regression"] | None = None,
        name: str = "Evaluation of predictions",
        datasets: list[str] | None = None,
    ) -> "EvaluationJob":
        """Evaluate predictions with scikit-learn, also for each group, and record the evaluation.

        Args:
            y_true: the true classes or numbers.
            y_pred: the predictions.
            y_score: scores, as for ``EvaluationJob.from_predictions``.
            sensitive: the group of each prediction: one column, a table, or a mapping of names to columns.
            task: the task; guessed from the values by default.
            name: the evaluation's name. A second evaluation of the name replaces the first.
            datasets: URIs of the data.

        Raises:
            ValueError: as for ``EvaluationJob.from_predictions``, or a column has another length.
            ImportError: scikit-learn is not installed.
        """
        from cardwright.model_card.evaluation import EvaluationJob

        with observed.not_observed():
            job = EvaluationJob.from_predictions(
                y_true, y_pred, y_score, task=task, name=name, sensitive=sensitive, datasets=datasets
            )
        document = job.to_dict()
        with self._lock:
            self._evaluations[name] = document
            self._task = task or self._task
            self._gaps |= dict(_gaps(document))
        return job

    def save(self) -> ModelCard:
        """Save the facts as a new version of the card. The end of ``record`` calls this.

        An approved card becomes a draft, because the approval was for another training.

        Raises:
            botocore.exceptions.ClientError: the server refuses the request. The run keeps its facts.
        """
        stored = _stored(self._session, self.name)
        status = self._status or _status_after(stored)
        content = filled(json.loads(stored["Content"]) if stored else {}, self.facts())
        card = ModelCard.from_dict(content, self.name, status, self._session)
        if stored:
            card._read_answer(stored)
        card.save()
        self.card = card
        return card

    def facts(self) -> RunFacts:
        """Return what was recorded until now."""
        seconds = time.perf_counter() - self._clock if self._seconds is None else self._seconds
        loaded = packages()
        with self._lock:
            return RunFacts(
                name=self.name,
                run_id=self.id,
                details={
                    "started": self._started.isoformat(timespec="seconds"),
                    "duration_seconds": f"{seconds:.3f}",
                    **self._surroundings,
                    "packages": loaded,
                },
                parameters=dict(self._parameters),
                metrics={name: sorted(points, key=_step) for name, points in self._metrics.items()},
                datasets=tuple(self._datasets),
                fits=tuple(self._fits),
                evaluations=tuple(self._evaluations.values()),
                task=self._task,
                gaps=tuple(self._gaps.values()),
            )

    def _add_fit(self, fit: Fit) -> None:
        with self._lock:
            self._fits.append(fit)

    def _add_score(self, model: object, data: object, score: object) -> None:
        """Record the result of ``model.score``: of the training data a training metric, else an evaluation."""
        if not isinstance(score, Real) or not math.isfinite(score):
            return
        facts = dataset(data, f"X of {type(model).__name__}.score", role="evaluation")
        metric = observed.score_name(model)
        with self._lock:
            trained = {one.sha256 for fit in self._fits for one in fit.datasets}
        if facts.sha256 is not None and facts.sha256 in trained:
            self.log_metric(f"training_{metric}", float(score))
            return
        name = f"Score of {type(model).__name__}"[:63]
        group = {"name": "score", "metric_data": [{"name": metric, "type": "number", "value": float(score)}]}
        with self._lock:
            self._evaluations[name] = {"name": name, "datasets": [str(facts)], "metric_groups": [group]}


@contextmanager
def record(
    name: str,
    *,
    sagemaker_session: service.AnySession | None = None,
    status: ModelCardStatusEnum | ModelCardStatus | None = None,
) -> Iterator[Run]:
    """Record a training, and save it as a new version of a card when the block ends.

    Fits of scikit-learn, xgboost and lightgbm in the block's thread are recorded without a call. After an exception
    nothing is saved. Texts that people wrote in the card stay; facts of the run before are replaced.

    Args:
        name: the card's name. A missing card is created.
        sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
        status: the status of the new version; by default an approved card becomes a draft, and others keep theirs.

    Raises:
        ValueError: the card is archived, or the status is unknown. The block does not start.
        botocore.exceptions.ClientError: the name is invalid, or the server refuses the request.
    """
    session = service.session_or_default(sagemaker_session)
    stored = _stored(session, name)
    if stored and stored["ModelCardStatus"] == ModelCardStatusEnum.ARCHIVED.value:
        raise ValueError(f"The model card {name} is archived: a run cannot change it. Take it out of the archive first")
    run = Run(name, session, None if status is None else ModelCardStatusEnum(status))
    with observed.active(run):
        yield run
    run.save()


def _stored(session: service.AnySession, name: str) -> "DescribeModelCardAnswer | None":
    """Return the card on the server; None if the server has no card with this name."""
    return find_card(session.sagemaker_client, name)


def _status_after(stored: "DescribeModelCardAnswer | None") -> ModelCardStatusEnum:
    status = ModelCardStatusEnum(stored["ModelCardStatus"]) if stored else ModelCardStatusEnum.DRAFT
    return ModelCardStatusEnum.DRAFT if status is ModelCardStatusEnum.APPROVED else status


def _gaps(evaluation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a sentence for each sensitive feature: the largest difference between its groups."""
    for group in evaluation.get("metric_groups", ()):
        if not group["name"].startswith("by "):
            continue
        bars = {metric["name"]: metric for metric in group["metric_data"] if metric["type"] == "bar_chart"}
        metric = next((bars[name] for name in _GAP_METRICS if name in bars), None)
        if metric is None or len(metric["value"]) < 2:
            continue
        values = dict(zip(metric["x_axis_name"], metric["value"], strict=True))
        low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        feature, shown = group["name"].removeprefix("by "), metric["name"].replace("_", " ")
        sentence = (
            f"Metrics were computed for {len(values)} groups of {feature}: the {shown} is between {values[low]:.4g}"
            f" ({low}) and {values[high]:.4g} ({high})."
        )
        yield f"{evaluation['name']}/{feature}", sentence


def _checked_name(name: str) -> str:
    text = str(name)
    if not text.strip() or len(text) > _NAME_LENGTH:
        raise ValueError(f"A name should have 1 to {_NAME_LENGTH} characters, not {len(text)}: {text[:40]!r}")
    return text


def _number(value: object, what: str) -> float:
    item = value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value
    if isinstance(item, bool) or not isinstance(item, Real):
        raise TypeError(f"The {what} of a metric should be a number, not {type(value).__name__}")
    return float(item)


def _step(point: tuple[int | float, float]) -> float:
    return point[0]
