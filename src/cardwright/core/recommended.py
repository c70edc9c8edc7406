"""The recommended fields of a card: the one list that lint, the form, the page of a card and the inventory use."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cardwright.core.field_names import name_of_place
from cardwright.core.policy.pointers import pointer_to

_JOBS, _ENTRIES = "evaluation_details", "additional_information.custom_details"
_FIELDS: Sequence[tuple[str, str]] = (
    ("model_overview.model_name", "Name the model"),
    ("model_overview.model_description", "Say in a sentence or two what the model does"),
    ("model_overview.problem_type", "Say which kind of problem the model solves"),
    ("model_overview.model_owner", "Name the person or team responsible for the model"),
    ("intended_uses.purpose_of_model", "Say what the model is for"),
    ("intended_uses.intended_uses", "Say where the model may be used, and where it may not"),
    ("intended_uses.factors_affecting_model_efficiency", "Say when the model works better or worse"),
    ("intended_uses.risk_rating", "Rate the risk: Low, Medium or High"),
    ("intended_uses.explanations_for_risk_rating", "Say why the risk has this rating"),
    ("training_details.objective_function", "Say what the training maximizes or minimizes"),
    ("training_details.training_job_details.training_arn", "Choose the training job to fill in its facts"),
    ("training_details.training_job_details.training_datasets", "Name the datasets of the training"),
    ("training_details.training_job_details.hyper_parameters", "List the hyperparameters"),
    ("training_details.training_observations", "Say what a person should know who trains the model again"),
    (_JOBS, "Add at least one evaluation"),
    ("additional_information.ethical_considerations", "Say who could be harmed, and how that was weighed"),
    ("additional_information.caveats_and_recommendations", "Say what a user must know before relying on the model"),
    (_ENTRIES, "Add what your organization tracks, such as an inventory number"),
)
"""Paths in the order of the card, and what to write there."""

_ALSO = {
    "training_details.training_job_details.hyper_parameters": (
        "training_details.training_job_details.user_provided_hyper_parameters"
    ),
}
"""A second place that counts for the first."""

_OF_JOBS: Sequence[tuple[str, str]] = (
    ("metric_groups", "Add a report or numbers"),
    ("datasets", "Name the datasets of the evaluation"),
    ("evaluation_observation", "Say what was observed"),
)
"""What each evaluation job should have."""


class Recommended(NamedTuple):
    """A recommended field.

    Attributes:
        path: its dotted path. For a member of all evaluation jobs, that of the first job that lacks it.
        label: its name in the form and on the card's page. A card without a job has one name for all of its jobs.
        sentence: what to write there.
        given: whether the card has it.
    """

    path: str
    label: str
    sentence: str
    given: bool


def recommended(document: Any) -> Iterator[Recommended]:
    """Yield the recommended fields of a parsed card."""
    for path, sentence in _FIELDS:
        places = [path, _ALSO[path]] if path in _ALSO else [path]
        given = any(_is_given(path, _value_at(document, one)) for one in places)
        yield Recommended(path, _label(document, path), f"{sentence}.", given)
        if path == _JOBS:
            yield from _of_jobs(document)


def recommended_count(document: Any) -> tuple[int, int]:
    """Return how many of the recommended fields a parsed card has, and how many there are."""
    found = [one.given for one in recommended(document)]
    return sum(found), len(found)


def is_recommended(document: Any, path: str) -> bool:
    """Whether a dotted path is a recommended field of a parsed card, or an entry of one."""
    return any(
        path == one.path or (one.path == _ENTRIES and path.startswith(f"{_ENTRIES}.")) for one in recommended(document)
    )


def _of_jobs(document: Any) -> Iterator[Recommended]:
    jobs = document.get(_JOBS) if isinstance(document, dict) else None
    jobs = jobs if isinstance(jobs, list) else []
    for member, sentence in _OF_JOBS:
        lacking = (place for place, job in enumerate(jobs) if not (isinstance(job, dict) and _has(job.get(member))))
        place = next(lacking, None)
        path = f"{_JOBS}.{place or 0}.{member}"
        label = _label(document, path if jobs else _JOBS)
        yield Recommended(path, label, f"{sentence}.", bool(jobs) and place is None)


def _label(document: Any, path: str) -> str:
    return name_of_place(document, pointer_to(tuple(path.split("."))))


def _value_at(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _is_given(path: str, value: Any) -> bool:
    """Whether a field has a value. A job counts before it has a name; the rating Unknown does not count."""
    if path == _JOBS:
        return bool(value)
    return _has(value) and not (path == "intended_uses.risk_rating" and value == "Unknown")


def _has(value: Any) -> bool:
    """Whether a value has a text, a number or a truth value anywhere inside."""
    if isinstance(value, dict):
        return any(map(_has, value.values()))
    if isinstance(value, list):
        return any(map(_has, value))
    return value is not None and (not isinstance(value, str) or bool(value.strip()))
