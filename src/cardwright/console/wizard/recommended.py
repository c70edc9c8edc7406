"""The recommended fields of each step of the form: the parts of a good card, and the fields that explain them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cardwright.console.wizard.forms import value_at
from cardwright.console.wizard.steps import fields_of, step_of
from cardwright.core.lint import parts

_FURTHER: Mapping[str, Sequence[tuple[str, str]]] = {
    "model": (
        ("model_overview.model_name", "Name the model"),
        ("model_overview.problem_type", "Say which kind of problem the model solves"),
        ("intended_uses.factors_affecting_model_efficiency", "Say when the model works better or worse"),
        ("intended_uses.explanations_for_risk_rating", "Say why the risk has this rating"),
    ),
    "training": (
        ("training_details.objective_function", "Say what the training maximizes or minimizes"),
        ("training_details.training_job_details.training_arn", "Choose the training job to fill in its facts"),
        ("training_details.training_job_details.training_datasets", "Name the datasets of the training"),
        ("training_details.training_job_details.hyper_parameters", "List the hyperparameters"),
        ("training_details.training_observations", "Say what a person should know who trains the model again"),
    ),
    "ethics": (
        ("additional_information.custom_details", "Add what your organization tracks, such as an inventory number"),
    ),
}
"""By step: paths and what to write there, besides the parts of a good card."""

_LABELS = {
    "training_details.objective_function": "Objective",
    "training_details.training_job_details.hyper_parameters": "Hyperparameters",
    "training_details.training_observations": "Observations",
}
_ALSO = {
    "training_details.training_job_details.hyper_parameters": (
        "training_details.training_job_details.user_provided_hyper_parameters"
    ),
}
"""A second place that counts for the first."""

_OF_JOBS: Sequence[tuple[str, str, Callable[[int], str]]] = (
    ("metric_groups", "Add a report or numbers", "job-{}".format),
    ("datasets", "Name the datasets of the evaluation", "f-evaluation_details-{}-datasets".format),
    ("evaluation_observation", "Say what was observed", "f-evaluation_details-{}-evaluation_observation".format),
)
"""What each evaluation job should have: the member, what to write there, and the id of its input."""

_JOB_LABELS = {"metric_groups": "results", "datasets": "datasets", "evaluation_observation": "observations"}
_ANCHORS = {"evaluation_details": "add-job"}


class Recommended(NamedTuple):
    """A recommended field: the slug of its step, the id of its input, and whether it is given."""

    step: str
    target: str
    label: str
    sentence: str
    given: bool


def recommended(content: Any) -> Iterator[Recommended]:
    """Yield the recommended fields of a content, in the order of the steps."""
    for part in parts(content):
        if part.path != "training_details":  # its fields are asked for one by one
            yield _field(part.path, part.sentence, given=part.given)
    for step in _FURTHER.values():
        for path, sentence in step:
            places = [path, _ALSO[path]] if path in _ALSO else [path]
            yield _field(path, sentence, given=any(_is_given(value_at(content, one.split("."))) for one in places))
    yield from _of_jobs(content)


def _field(path: str, sentence: str, *, given: bool) -> Recommended:
    step = step_of(path)
    field = next((one for one in fields_of(step) if one.path == path or one.path.startswith(f"{path}.")), None)
    target = field.id if field else _ANCHORS.get(path, f"g-{step.slug}")
    label = _LABELS.get(path) or (field.label if field else step.title)
    return Recommended(step.slug, target, label, f"{sentence}.", given)


def _of_jobs(content: Any) -> Iterator[Recommended]:
    """Yield what all evaluation jobs should have; a missing one leads to the first job that lacks it."""
    jobs = content.get("evaluation_details") if isinstance(content, dict) else None
    jobs = jobs if isinstance(jobs, list) else []
    for member, sentence, target in _OF_JOBS:
        lacking = [
            place for place, job in enumerate(jobs) if not (isinstance(job, dict) and _is_given(job.get(member)))
        ]
        place = lacking[0] if lacking else 0
        label = f"Job {place + 1}, {_JOB_LABELS[member]}" if jobs else "Evaluation"
        yield Recommended(
            "evaluation", target(place) if jobs else "add-job", label, f"{sentence}.", bool(jobs) and not lacking
        )


def _is_given(value: Any) -> bool:
    """Whether a value has a text, a number or a truth value anywhere inside."""
    if isinstance(value, dict):
        return any(map(_is_given, value.values()))
    if isinstance(value, list):
        return any(map(_is_given, value))
    return value is not None and (not isinstance(value, str) or bool(value.strip()))
