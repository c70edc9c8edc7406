"""The values of key metrics in the last versions of a card, which pages show as a small line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cardwright.core.key_metrics import JobSummary, KeyMetric
from cardwright.core.measures import is_number, measures_of
from cardwright.core.pairing import KeptChoice, pair_jobs
from cardwright.core.periods import without_period

VERSIONS = 4
"""Versions of a line, the shown one included."""

Values = Mapping[tuple[str, str], float]


def with_trends(
    jobs: Sequence[JobSummary], content: object, earlier: Sequence[object], stored: Sequence[KeptChoice] = ()
) -> list[JobSummary]:
    """Give each key metric its values in earlier contents.

    Args:
        jobs: the summaries of the jobs of ``content``, in stored order.
        earlier: the parsed contents of earlier versions, oldest first.
        stored: the pairs of evaluation jobs that are stored with the card.
    """
    before = [_by_position(one, content, stored) for one in earlier]
    return [
        replace(
            job,
            metrics=tuple(_with_trend(metric, [values.get(place, {}) for values in before]) for metric in job.metrics),
        )
        for place, job in enumerate(jobs)
    ]


def _with_trend(metric: KeyMetric, before: Sequence[Values]) -> KeyMetric:
    keys = (metric.group, metric.name), (without_period(metric.group), metric.name)
    found = [next((values[key] for key in keys if key in values), None) for values in before]
    return replace(metric, trend=(*found, metric.value))


def _by_position(earlier: object, content: object, stored: Sequence[KeptChoice]) -> Mapping[int, Values]:
    """The numbers of the partner of each job, by the position of the job and by group and name."""
    pairs = pair_jobs(earlier, content, stored=stored)
    return {pair.after.position: _numbers(pair.before.value) for pair in pairs if pair.before and pair.after}


def _numbers(job: Mapping[str, object]) -> Values:
    found: dict[tuple[str, str], float] = {}
    for measure in measures_of(job):
        value = measure.stored.get("value")
        if is_number(value):
            found.setdefault((measure.group, measure.name), value)
            found.setdefault((without_period(measure.group), measure.name), value)
    return found
