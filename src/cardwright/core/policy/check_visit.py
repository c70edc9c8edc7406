"""One check of one card: the subject, and what the judges of several rules share."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import attrs

from cardwright.core.field_names import name_of_place, sentence
from cardwright.core.measures import measures_of
from cardwright.core.metric_changes import MetricChange, changes_of
from cardwright.core.pairing import Job, JobPair, evaluation_jobs, pair_jobs
from cardwright.core.policy.rule import Against
from cardwright.core.policy.selector import matches
from cardwright.core.policy.subject import CardVersion, Subject

EVALUATIONS = "/evaluation_details"
"""Pointer to the evaluation jobs of a content."""


@attrs.frozen
class Found:
    """What a judge finds at one place. ``good`` is None where there is nothing to judge."""

    good: bool | None
    pointer: str
    message: str
    value: Any = None


@attrs.frozen
class PlacedMetric:
    """A metric of an evaluation job, without the deviations, and its JSON Pointer."""

    group: str
    name: str
    value: Any
    pointer: str


@attrs.define
class Visit:
    """A check of one card: the subject, and what several rules share."""

    subject: Subject
    named: Callable[[str], str]
    jobs: tuple[Job, ...] = attrs.field(
        init=False, default=attrs.Factory(lambda self: evaluation_jobs(self.subject.card.content), takes_self=True)
    )
    metrics: dict[int, "list[PlacedMetric]"] = attrs.Factory(dict)
    changes: dict[Against, tuple[CardVersion, list[JobPair], list[MetricChange]] | None] = attrs.Factory(dict)

    def sentence(self, pointer: str, predicate: str) -> str:
        """Return a sentence about a place of the content, such as ``Owner is missing``."""
        return sentence(name_of_place(self.subject.card.content, pointer), predicate)

    def metrics_of(self, job: Job) -> "list[PlacedMetric]":
        """Return the metrics of a job of the card, with their pointers."""
        if job.position not in self.metrics:
            places = _places(job)
            found = [
                PlacedMetric(one.group, one.name, one.stored.get("value"), places[id(one.stored)])
                for one in measures_of(job.value)
            ]
            self.metrics[job.position] = found
        return self.metrics[job.position]

    def jobs_named(self, glob: str) -> list[Job]:
        """Return the jobs whose names fit a pattern."""
        return [job for job in self.jobs if fits(glob, str(job.value.get("name", "")))]

    def changes_since(self, against: Against) -> tuple[CardVersion, list[JobPair], list[MetricChange]] | None:
        """Return the baseline, the pairs of jobs and the changes of metrics; None without a baseline."""
        if against not in self.changes:
            self.changes[against] = self._compare(against)
        return self.changes[against]

    def _compare(self, against: Against) -> tuple[CardVersion, list[JobPair], list[MetricChange]] | None:
        baselines = self.subject.baselines
        baseline = baselines.approved if against is Against.APPROVED else baselines.previous
        if baseline is None:
            return None
        content = self.subject.card.content
        pairs = pair_jobs(baseline.content, content, (), self.subject.choices)
        objective = _objective(content) or _objective(baseline.content)
        return baseline, pairs, changes_of(pairs, objective)[0]


Judge: TypeAlias = Callable[[Visit], Iterable[Found]]


@lru_cache(maxsize=8192)
def fits(glob: str, name: str) -> bool:
    """Whether a name fits a pattern. The names of metrics and evaluations fit in any case."""
    return glob == "*" or matches(glob.lower(), name.lower())


def _places(job: Job) -> Mapping[int, str]:
    """Return the pointers of a job's metrics by identity."""
    start = f"{EVALUATIONS}/{job.position}/metric_groups"
    groups = job.value.get("metric_groups")
    return {
        id(metric): f"{start}/{index}/metric_data/{number}"
        for index, group in enumerate(groups if isinstance(groups, list) else ())
        if isinstance(group, dict) and isinstance(group.get("metric_data"), list)
        for number, metric in enumerate(group["metric_data"])
    }


def _objective(content: Any) -> Any:
    training = content.get("training_details") if isinstance(content, dict) else None
    return training.get("objective_function") if isinstance(training, dict) else None
