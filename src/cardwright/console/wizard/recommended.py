"""The recommended fields of a card with their places in the form."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cardwright.console.wizard.steps import fields_of, step_of
from cardwright.core.recommended import recommended

_OF_JOBS: Mapping[str, Callable[[str], str]] = {
    "metric_groups": "job-{}".format,
    "datasets": "f-evaluation_details-{}-datasets".format,
    "evaluation_observation": "f-evaluation_details-{}-evaluation_observation".format,
}
"""By the member of an evaluation job: the id of its input."""

_JOBS = "evaluation_details"
_ADD_JOB = "add-job"


class RecommendedField(NamedTuple):
    """A recommended field: the slug of its step, the id of its input, whether it is given, and its dotted path."""

    step: str
    target: str
    label: str
    sentence: str
    given: bool
    path: str


def recommended_fields(content: Any) -> Iterator[RecommendedField]:
    """Yield the recommended fields of a content."""
    jobs = content.get(_JOBS) if isinstance(content, dict) else None
    has_jobs = isinstance(jobs, list) and bool(jobs)
    for one in recommended(content):
        section, _, rest = one.path.partition(".")
        if section == _JOBS:
            target = _ADD_JOB
            if rest and has_jobs:
                place, _, member = rest.partition(".")
                target = _OF_JOBS[member](place)
            yield RecommendedField("evaluation", target, one.label, one.sentence, one.given, one.path)
            continue
        step = step_of(one.path)
        field = next(
            (item for item in fields_of(step) if item.path == one.path or item.path.startswith(f"{one.path}.")), None
        )
        target = field.id if field else f"g-{step.slug}"
        yield RecommendedField(step.slug, target, one.label, one.sentence, one.given, one.path)
