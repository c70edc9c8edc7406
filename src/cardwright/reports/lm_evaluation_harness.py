"""Results files of EleutherAI's lm-evaluation-harness (``results_<time>.json``, from 0.3 on).

https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md

A group for each task. ``acc,none`` becomes ``acc``, ``exact_match,strict-match`` becomes ``exact_match
(strict-match)`` and ``acc_stderr,none`` becomes ``acc - standard_error``; what a reader must know to compare
(shots, samples, version of the task, whether higher is better) stands in the notes of each score.
"""

from typing import cast

from cardwright.reports.metric import group, number
from cardwright.reports.place import Place
from cardwright.reports.translation import Document, Metric, MetricGroup

_COMPANIONS = (
    "versions",
    "configs",
    "config",
    "n-shot",
    "n-samples",
    "group_subtasks",
    "higher_is_better",
    "lm_eval_version",
)
_STANDARD_ERROR = "_stderr"


def recognises(document: Document) -> bool:
    """The file has results by task, with filters in metric names or the harness's other sections beside."""
    results = document.get("results")
    if not isinstance(results, dict) or not any(isinstance(scores, dict) for scores in results.values()):
        return False
    filtered = any("," in key for scores in results.values() if isinstance(scores, dict) for key in scores)
    return filtered or any(section in document for section in _COMPANIONS)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """The tasks in the order of the file; aggregates that stand only under ``groups`` come last."""
    groups: list[MetricGroup] = []
    results = cast(Document, document.get("results"))
    for section in ("results", "groups"):
        for task, scores, here in place.at(section).members(document.get(section, {})):
            if section == "groups" and task in results:
                continue  # the harness repeats there what results holds
            metric_data = _scores(task, scores, document, here)
            if metric_data:
                groups.append(group(task, metric_data, here))
    return groups


def _scores(task: str, scores: object, document: Document, place: Place) -> list[Metric]:
    metric_data: list[Metric] = []
    for key, value, here in place.members(scores):
        metric, _, filtered_by = key.partition(",")
        if metric in ("alias", "name") or not metric.strip():
            continue  # how the harness's own table shows the task
        is_error = metric.endswith(_STANDARD_ERROR)
        metric = metric.removesuffix(_STANDARD_ERROR)
        name = metric if filtered_by in ("", "none") else f"{metric} ({filtered_by})"
        if is_error:
            metric_data += number(f"{name} - standard_error", value, here)
        else:
            notes = _notes(task, metric, document)
            metric_data += [score | notes for score in number(name, value, here)]
    return metric_data


def _notes(task: str, metric: str, document: Document) -> Metric:
    facts: list[str] = []
    shots = _looked_up(document, "n-shot", task)
    if isinstance(shots, int):
        facts.append(f"{shots}-shot")
    samples = _looked_up(document, "n-samples", task, "effective")
    if isinstance(samples, int):
        facts.append(f"{samples} samples")
    version = _looked_up(document, "versions", task)
    if isinstance(version, (int, float, str)):
        facts.append(f"task version {str(version)[:30]}")
    better = _looked_up(document, "higher_is_better", task, metric)
    if isinstance(better, bool):
        facts.append("higher is better" if better else "lower is better")
    return {"notes": ", ".join(facts)} if facts else {}


def _looked_up(document: Document, *steps: str) -> object:
    found: object = document
    for step in steps:
        found = cast(Document, found).get(step) if isinstance(found, dict) else None
    return found
