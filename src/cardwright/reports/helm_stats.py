"""``stats.json`` of a run of HELM: the statistics of each metric.

https://crfm-helm.readthedocs.io/en/latest/benchmark/

One group for each split, and for each perturbation of it. The mean is the value; the notes hold count, minimum, maximum
and standard deviation. What HELM counts about the run (tokens, runtime, truncation) is a separate group. Sums and
variances are left out: they follow from the others.
"""

import re
from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, group, number
from cardwright.reports.translation import ROWS, Document, Metric, MetricGroup

_STATISTICS = {"count", "sum", "sum_squared"}
_SHOWN = ("count", "min", "max", "stddev")
_OF_THE_RUN = re.compile(
    r"num_.*|finish_reason_.*|training_.*_cost|inference_.*|batch_size|prompt_truncated|max_prob|logprob|.*_runtime"
)


def recognises(document: Document) -> bool:
    """Whether the file is a list of statistics that HELM names by metric and split."""
    rows = document.get(ROWS)
    return isinstance(rows, list) and any(_is_statistic(row) for row in cast(list[object], rows))


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the groups in the order of the file, then those about the run."""
    groups: dict[tuple[bool, str], list[Metric]] = {}
    for statistic, here in cursor.at(ROWS).objects(document.get(ROWS)):
        if not _is_statistic(statistic):
            here.omit("left out: a statistic with a name and a count was expected here")
            continue
        if as_number(statistic.get("mean")) is None:
            counted = "HELM counted no instance for it" if statistic.get("count") == 0 else "its mean is not a number"
            here.omit(f"left out: {counted}")
            continue
        about = cast(Document, statistic["name"])
        name = str(about.get("name", ""))
        key = (_OF_THE_RUN.fullmatch(name) is not None, _part(about, here.at("name")))
        groups.setdefault(key, []).extend(_mean(name, statistic, here))
    return [
        group(f"{part} - about the run" if of_run else part, metric_data, cursor)
        for (of_run, part), metric_data in sorted(groups.items(), key=lambda item: item[0][0])
        if metric_data
    ]


def _is_statistic(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("name"), dict) and row.keys() >= _STATISTICS


def _part(about: Document, cursor: Cursor) -> str:
    """Return the split with its perturbation, as the name of a group."""
    cursor.at("name").mark_used()
    words: list[str] = []
    for key in ("split", "sub_split"):
        if isinstance(about.get(key), str):
            cursor.at(key).mark_used()
            words.append(str(about[key]))
    if isinstance(about.get("train_trial_index"), int):
        cursor.at("train_trial_index").mark_used()
        words.append(f"trial {about['train_trial_index']}")
    perturbation = about.get("perturbation")
    if isinstance(perturbation, dict):
        here = cursor.at("perturbation")
        here.at("name").mark_used()
        computed_on = perturbation.get("computed_on")
        if isinstance(computed_on, str):
            here.at("computed_on").mark_used()
            words.append(f"perturbation {perturbation.get('name', '')} ({computed_on})")
        else:
            words.append(f"perturbation {perturbation.get('name', '')}")
    return ", ".join(words) or "all"


def _mean(name: str, statistic: Document, cursor: Cursor) -> Iterator[Metric]:
    notes = []
    for key in _SHOWN:
        if as_number(statistic.get(key)) is not None:
            cursor.at(key).mark_used()
            notes.append(f"{key} {statistic[key]}")
    for metric in number(name, statistic.get("mean"), cursor.at("mean")):
        yield metric | ({"notes": ", ".join(notes)} if notes else {})
