"""The recommended fields of a card: the one list that the form, the page of a card and the inventory count."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cardwright.core.lint import parts

_SECTION = "training_details"  # a part of a good card whose fields are asked for one by one
_ENTRIES = "additional_information.custom_details"
_FURTHER: Sequence[tuple[str, str]] = (
    ("model_overview.model_name", "Name the model"),
    ("model_overview.problem_type", "Say which kind of problem the model solves"),
    ("intended_uses.factors_affecting_model_efficiency", "Say when the model works better or worse"),
    ("intended_uses.explanations_for_risk_rating", "Say why the risk has this rating"),
    ("training_details.objective_function", "Say what the training maximizes or minimizes"),
    ("training_details.training_job_details.training_arn", "Choose the training job to fill in its facts"),
    ("training_details.training_job_details.training_datasets", "Name the datasets of the training"),
    ("training_details.training_job_details.hyper_parameters", "List the hyperparameters"),
    ("training_details.training_observations", "Say what a person should know who trains the model again"),
    (_ENTRIES, "Add what your organization tracks, such as an inventory number"),
)
"""Paths and what to write there, besides the parts of a good card."""

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
        sentence: what to write there.
        given: whether the card has it.
    """

    path: str
    sentence: str
    given: bool


def recommended(document: Any) -> Iterator[Recommended]:
    """Yield the recommended fields of a parsed card."""
    for part in parts(document):
        if part.path != _SECTION:
            yield Recommended(part.path, f"{part.sentence}.", part.given)
    for path, sentence in _FURTHER:
        places = [path, _ALSO[path]] if path in _ALSO else [path]
        yield Recommended(path, f"{sentence}.", any(_is_given(_value_at(document, one)) for one in places))
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
    jobs = document.get("evaluation_details") if isinstance(document, dict) else None
    jobs = jobs if isinstance(jobs, list) else []
    for member, sentence in _OF_JOBS:
        lacking = (
            place for place, job in enumerate(jobs) if not (isinstance(job, dict) and _is_given(job.get(member)))
        )
        place = next(lacking, None)
        yield Recommended(f"evaluation_details.{place or 0}.{member}", f"{sentence}.", bool(jobs) and place is None)


def _value_at(document: Any, path: str) -> Any:
    for name in path.split("."):
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _is_given(value: Any) -> bool:
    """Whether a value has a text, a number or a truth value anywhere inside."""
    if isinstance(value, dict):
        return any(map(_is_given, value.values()))
    if isinstance(value, list):
        return any(map(_is_given, value))
    return value is not None and (not isinstance(value, str) or bool(value.strip()))
