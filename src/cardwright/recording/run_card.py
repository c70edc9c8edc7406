"""Content of a card from the facts of a run. Pure: a document and facts in, a document out.

Facts of an earlier run are replaced. Text that a person wrote stays: the card keeps a digest of each text that a run
wrote, and a text with another digest is a person's.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from cardwright.core.content import LONGEST
from cardwright.model_card.schema_constraints import (
    EVALUATION_DATASETS_MAX_SIZE,
    TRAINING_DATASETS_MAX_SIZE,
    USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE,
    USER_PROVIDED_TRAINING_METRICS_MAX_SIZE,
)
from cardwright.model_card.service import logger
from cardwright.recording.datasets import Dataset
from cardwright.recording.fits import Fit, described_classes
from cardwright.reports.cursor import shortened

RUN = "cw.run."
"""The beginning of the keys of a run in ``custom_details`` and in the metadata of evaluations."""

EVALUATION_PREFIXES = ("val_", "valid_", "validation_", "test_", "eval_")
"""Metrics whose names begin so are of an evaluation."""

_TEXTS = f"{RUN}texts"
_CURVES = "Training curves"
_CURVE_POINTS = 200
_ALL_POINTS = 2000  # of all curves, because a card has a limit of characters
_DETAIL_LENGTH = 1024
_VALUE_LENGTH = 255
_LENGTHS = {"intended_uses": 2048, "additional_information": 2048}
_TASKS = {"binary": "Binary Classification", "multiclass": "Multiclass Classification", "regression": "Regression"}


@attrs.frozen
class RunFacts:
    """What a run recorded.

    Attributes:
        name: the card's name.
        run_id: the run's identifier.
        details: facts by name, such as ``git_commit``; all texts.
        parameters: the parameters that the code logged.
        metrics: the points (step, value) of each metric.
        datasets: the datasets that the code logged.
        fits: the fits, in order.
        evaluations: ``evaluation_details`` items.
        task: the task of an evaluation, if the code gave one.
        gaps: sentences on differences between groups.
    """

    name: str
    run_id: str
    details: Mapping[str, str]
    parameters: Mapping[str, str] = attrs.Factory(dict)
    metrics: Mapping[str, Sequence[tuple[int | float, float]]] = attrs.Factory(dict)
    datasets: tuple[Dataset, ...] = ()
    fits: tuple[Fit, ...] = ()
    evaluations: tuple[Mapping[str, object], ...] = ()
    task: str | None = None
    gaps: tuple[str, ...] = ()

    @property
    def model(self) -> Fit | None:
        """The last fit of a model that predicts; the last fit if none does."""
        found = [fit for fit in self.fits if fit.predicts] or list(self.fits)
        return found[-1] if found else None


def filled(document: Mapping[str, object], facts: RunFacts) -> dict[str, Any]:
    """Return the content of a card with the facts of a run in their members."""
    content: dict[str, Any] = copy.deepcopy(dict(document))
    training = content.setdefault("training_details", {})
    environment = training.get("training_job_details", {}).get("training_environment")
    training["training_job_details"] = _job_details(facts, environment)
    kept = [evaluation for evaluation in content.get("evaluation_details", ()) if not _of_a_run(evaluation)]
    content["evaluation_details"] = _evaluations(kept, facts)
    information = content.setdefault("additional_information", {})
    details = dict(information.get("custom_details") or {})
    before = _written(details.get(_TEXTS, ""))
    texts = _write_texts(content, facts, before)
    kept_details = {key: value for key, value in details.items() if not key.startswith(RUN)}
    information["custom_details"] = kept_details | _details(facts, texts)
    if len(json.dumps(content, ensure_ascii=False)) > LONGEST:
        logger.warning("The training curves were left out: the card would have more than %s characters", LONGEST)
        evaluations = content["evaluation_details"]
        content["evaluation_details"] = [one for one in evaluations if one["name"] != _CURVES]
    return content


def _job_details(facts: RunFacts, environment: object) -> dict[str, object]:
    found: dict[str, object] = {
        "training_datasets": [str(one) for one in _datasets(facts, "training")][:TRAINING_DATASETS_MAX_SIZE],
        "training_environment": environment,
        "user_provided_training_metrics": _training_metrics(facts)[:USER_PROVIDED_TRAINING_METRICS_MAX_SIZE],
        "user_provided_hyper_parameters": _parameters(facts)[:USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE],
    }
    return {name: value for name, value in found.items() if value}


def _parameters(facts: RunFacts) -> list[dict[str, str]]:
    """Return the logged parameters, then those of the model."""
    model = facts.model
    fitted = [] if model is None else model.details["training_job_details"]["user_provided_hyper_parameters"]
    logged = [{"name": name, "value": shortened(value, _VALUE_LENGTH)} for name, value in facts.parameters.items()]
    return [*logged, *(one for one in fitted if one["name"] not in facts.parameters)]


def _training_metrics(facts: RunFacts) -> list[dict[str, object]]:
    return [_number(name, points) for name, points in _all_metrics(facts) if _evaluation_of(name) is None]


def _datasets(facts: RunFacts, role: str) -> list[Dataset]:
    fitted = [one for fit in facts.fits for one in fit.datasets]
    return list(dict.fromkeys(one for one in [*facts.datasets, *fitted] if one.role == role))


def _all_metrics(facts: RunFacts) -> Iterator[tuple[str, Sequence[tuple[int | float, float]]]]:
    yield from facts.metrics.items()
    model = facts.model
    for name, values in () if model is None else model.curves.items():
        if name not in facts.metrics:
            yield name, list(enumerate(values))


def _evaluation_of(name: str) -> str | None:
    """Return the prefix of a metric of an evaluation; None for a metric of the training."""
    return next((prefix for prefix in EVALUATION_PREFIXES if name.lower().startswith(prefix)), None)


def _number(name: str, points: Sequence[tuple[int | float, float]]) -> dict[str, object]:
    step, value = points[-1]
    notes = {"notes": f"last of {len(points)} steps, step {step}"} if len(points) > 1 else {}
    return {"name": shortened(name, _VALUE_LENGTH), "value": value, **notes}


# Evaluations


def _of_a_run(evaluation: Mapping[str, object]) -> bool:
    return f"{RUN}id" in _metadata(evaluation)


def _metadata(evaluation: Mapping[str, object]) -> Mapping[str, object]:
    found = evaluation.get("metadata")
    return found if isinstance(found, Mapping) else {}


def _evaluations(kept: Sequence[Mapping[str, object]], facts: RunFacts) -> list[Mapping[str, object]]:
    model = facts.model
    found = [*facts.evaluations, *(() if model is None else model.evaluations), *_logged_evaluations(facts)]
    names = {evaluation["name"] for evaluation in found}
    datasets = [str(one) for one in _datasets(facts, "evaluation")][:EVALUATION_DATASETS_MAX_SIZE]
    marked = [
        {
            **evaluation,
            **({"datasets": datasets} if datasets and not evaluation.get("datasets") else {}),
            "metadata": {**_metadata(evaluation), f"{RUN}id": facts.run_id},
        }
        for evaluation in found
    ]
    return [*(evaluation for evaluation in kept if evaluation["name"] not in names), *marked]


def _logged_evaluations(facts: RunFacts) -> Iterator[dict[str, object]]:
    """Yield one evaluation for each prefix of metrics, and one with the curves of the training."""
    by_prefix: dict[str, list[dict[str, object]]] = {}
    curves = []
    for name, points in _all_metrics(facts):
        prefix = _evaluation_of(name)
        if prefix is not None:
            metric = {"type": "number", **_number(name, points)}
            by_prefix.setdefault(prefix.rstrip("_"), []).append(metric)
        if len(points) > 1:
            curves.append((name, points))
    for prefix, metrics in by_prefix.items():
        yield {"name": f"Logged {prefix} metrics", "metric_groups": [{"name": prefix, "metric_data": metrics}]}
    if curves:
        limit = max(2, min(_CURVE_POINTS, _ALL_POINTS // len(curves)))
        drawn = [_curve(name, points, limit) for name, points in curves]
        yield {"name": _CURVES, "metric_groups": [{"name": "curves", "metric_data": drawn}]}


def _curve(name: str, points: Sequence[tuple[int | float, float]], limit: int) -> dict[str, object]:
    """Return a line graph of at most ``limit`` points, with both ends."""
    last = len(points) - 1
    kept = points if last < limit else [points[round(at * last / (limit - 1))] for at in range(limit)]
    notes = {} if last < limit else {"notes": f"{limit} of {len(points)} points"}
    return {
        "name": shortened(name, _VALUE_LENGTH),
        "type": "linear_graph",
        "value": [[step, value] for step, value in kept],
        "x_axis_name": "step",
        "y_axis_name": shortened(name, 63),
        **notes,
    }


# Texts


def _write_texts(content: dict[str, Any], facts: RunFacts, before: Mapping[str, str]) -> dict[str, str]:
    """Write the texts of a run where no person's text is. Returns the digest of each text that was written."""
    written = {}
    for path, text in _texts(facts):
        section, _, member = path.partition(".")
        members = content.setdefault(section, {})
        current = members.get(member)
        if current and before.get(path) != _digest(current):
            continue
        members.pop(member, None)
        if text:
            members[member] = shortened(text, _LENGTHS.get(section, _DETAIL_LENGTH))
            written[path] = _digest(members[member])
    return written


def _texts(facts: RunFacts) -> Iterator[tuple[str, str]]:
    """Yield each text that a run can write, with its path. An empty text means that the run does not know it."""
    model, user = facts.model, facts.details.get("user", "")
    yield "model_overview.model_name", facts.name
    yield "model_overview.model_creator", user
    yield "model_overview.model_owner", user
    yield "model_overview.algorithm_type", "" if model is None else model.algorithm
    yield "model_overview.problem_type", _problem_type(facts)
    yield "model_overview.model_description", "" if model is None else _description(facts, model)
    yield "intended_uses.purpose_of_model", "" if model is None else _purpose(model)
    yield "training_details.training_observations", _observations(facts)
    yield "additional_information.ethical_considerations", " ".join(facts.gaps)
    yield "additional_information.caveats_and_recommendations", " ".join(_caveats(facts))


def _problem_type(facts: RunFacts) -> str:
    model = facts.model
    if facts.task is not None:
        return _TASKS[facts.task]
    if model is None or model.kind == "other":
        return ""
    if model.kind == "regressor":
        return _TASKS["regression"]
    return _TASKS["binary" if len(model.classes) == 2 else "multiclass"] if model.classes else "Classification"


def _parameter(fit: Fit, name: str) -> str:
    listed = fit.details["training_job_details"]["user_provided_hyper_parameters"]
    return next((one["value"] for one in listed if one["name"] == name), "")


def _description(facts: RunFacts, model: Fit) -> str:
    problem, library, shape = _problem_type(facts), _parameter(model, "library"), _parameter(model, "data_shape")
    return (
        f"{model.algorithm}{f' of {library}' if library else ''}"
        f"{f' for {problem.lower()}' if problem else ''}{f', trained on {shape}' if shape else ''}."
    )


def _purpose(model: Fit) -> str:
    shape = _parameter(model, "data_shape").rpartition(" x ")[2]
    features = f" from {shape}" if shape else ""
    if model.kind == "classifier" and model.classes:
        return f"Predict {model.target or 'a class'}, one of {described_classes(model.classes)},{features}.".replace(
            ",.", "."
        )
    return f"Predict {model.target or 'a number'}{features}." if model.kind == "regressor" else ""


def _observations(facts: RunFacts) -> str:
    known = facts.details
    place = f" by {known['script']}" if "script" in known else ""
    commit = f" at commit {known['git_commit'][:12]}" if "git_commit" in known else ""
    dirty = " with uncommitted changes" if known.get("git_dirty") == "true" else ""
    ran = f"Recorded{place}{commit}{dirty} in {float(known.get('duration_seconds', 0)):.4g} s."
    model = facts.model
    return ran if model is None else f"{model.details['training_observations']} {ran}"


def _caveats(facts: RunFacts) -> Iterator[str]:
    known, model = facts.details, facts.model
    library = "" if model is None else _parameter(model, "library")
    if library:
        yield f"Load the model with {library} and {known.get('python', 'the same Python')}: other versions may differ."
    if known.get("git_dirty") == "true":
        yield "The code had uncommitted changes: its commit does not reproduce the model."
    elif "git_commit" not in known:
        yield "The code was in no git repository: no commit identifies it."
    if not facts.evaluations and (model is None or not model.evaluations):
        yield "The run evaluated no predictions."


# Custom details


def _details(facts: RunFacts, texts: Mapping[str, str]) -> dict[str, str]:
    found = {f"{RUN}id": facts.run_id}
    for name, value in facts.details.items():
        found |= _numbered(f"{RUN}{name}", value)
    if len(facts.fits) > 1:
        found |= _numbered(f"{RUN}fits", ", ".join(fit.model for fit in facts.fits))
    over_limits: dict[str, Sequence[Mapping[str, object]]] = {
        "parameters": _parameters(facts)[USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE:],
        "metrics": _training_metrics(facts)[USER_PROVIDED_TRAINING_METRICS_MAX_SIZE:],
    }
    for key, listed in over_limits.items():
        more = ", ".join(f"{one['name']}={one['value']}" for one in listed)
        found |= _numbered(f"{RUN}{key}", more) if more else {}
    over = _datasets(facts, "training")[TRAINING_DATASETS_MAX_SIZE:]
    over += _datasets(facts, "evaluation")[EVALUATION_DATASETS_MAX_SIZE:]
    found |= {f"{RUN}datasets.{number}": str(one) for number, one in enumerate(over)}
    return found | _numbered(_TEXTS, ", ".join(f"{path}:{digest}" for path, digest in texts.items()))


def _numbered(key: str, value: str) -> dict[str, str]:
    """Split a text that is too long for one detail over numbered keys."""
    if len(value) <= _DETAIL_LENGTH:
        return {key: value}
    parts = range(0, len(value), _DETAIL_LENGTH)
    return {f"{key}.{number}": value[start : start + _DETAIL_LENGTH] for number, start in enumerate(parts)}


def _written(listed: str) -> dict[str, str]:
    pairs = (entry.rpartition(":") for entry in listed.split(", ") if ":" in entry)
    return {path: digest for path, _, digest in pairs}


def _digest(text: str) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]
