"""Results files of Hugging Face's lighteval (``results_<time>.json``).

https://huggingface.co/docs/lighteval/saving-and-reading-results

One group for each task, named as in the file (``lighteval|gsm8k|5``); ``acc_stderr`` becomes ``acc - standard_error``.
The notes of each score hold shots, limit, data set, version of the task and whether higher is better.
"""

import re
from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor, clean
from cardwright.reports.metric import as_number, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_GENERAL = "config_general"
_OF_GENERAL = {"lighteval_sha", "model_config", "num_fewshot_seeds", "model_name", "total_evaluation_time_secondes"}
_FACTS_OF_TASK = ("hf_repo", "hf_subset", "hf_revision", "evaluation_splits", "few_shots_split", "version")
_STANDARD_ERROR = "_stderr"
_SHOTS = re.compile(r"\|(\d{1,4})(\|\d+)?$")
_LONGEST_NOTE = 120


def recognises(document: Document) -> bool:
    """Whether the file has results by task, and a general configuration as lighteval writes it."""
    general, results = document.get(_GENERAL), document.get("results")
    if not isinstance(general, dict) or not isinstance(results, dict):
        return False
    return bool(general.keys() & _OF_GENERAL)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the tasks in the order of the file. The averages over all tasks are the group ``all``."""
    groups: list[MetricGroup] = []
    for task, scores, here in cursor.at("results").members(document.get("results")):
        metric_data = list(_scores(task, scores, document, here)) if isinstance(scores, dict) else []
        if metric_data:
            groups.append(group(task, metric_data, here))
    for section in (_GENERAL, "versions"):
        if section in document:
            cursor.at(section).add_fact(document[section])
    for _, config, here in cursor.at("config_tasks").members(document.get("config_tasks", {})):
        for name in _FACTS_OF_TASK:
            if isinstance(config, dict) and config.get(name) is not None:
                here.at(name).add_fact(config[name])
    for section in ("summary_tasks", "summary_general"):
        if document.get(section):
            cursor.at(section).omit("left out: counts and hashes of prompts, which are not scores")
    return groups


def _scores(task: str, scores: Document, document: Document, cursor: Cursor) -> Iterator[Metric]:
    for key, value, here in cursor.members(scores):
        if isinstance(value, (dict, list)):
            continue  # it is reported as left out
        if key.endswith(_STANDARD_ERROR):
            yield from number(f"{key.removesuffix(_STANDARD_ERROR)} - standard_error", value, here)
            continue
        notes = clean(", ".join(_notes(task, key, document)))
        for metric in number(key, value, here):
            yield metric | ({"notes": notes} if notes else {})


def _notes(task: str, metric: str, document: Document) -> Iterator[str]:
    config = _config(task, document)
    shots = _SHOTS.search(task)
    if shots:
        yield f"{shots[1]}-shot"
    limit = _member(document.get(_GENERAL), "max_samples")
    if as_number(limit) is not None:
        yield f"limit {limit}"
    sources = [config.get(name) for name in ("hf_repo", "hf_subset")]
    named = [source for source in sources if isinstance(source, str) and source]
    if named:
        yield f"data set {' '.join(named)[:_LONGEST_NOTE]}"
    version = _member(document.get("versions"), task)
    if isinstance(version, (int, float, str)):
        yield f"task version {str(version)[:30]}"
    better = _higher_is_better(metric, config)
    if better is not None:
        yield "higher is better" if better else "lower is better"


def _config(task: str, document: Document) -> Document:
    """Return the configuration of a task; its key has no shots in some versions."""
    configs = document.get("config_tasks")
    for key in (task, _SHOTS.sub("", task)):
        found = _member(configs, key)
        if isinstance(found, dict):
            return cast(Document, found)
    return {}


def _higher_is_better(metric: str, config: Document) -> bool | None:
    listed = config.get("metrics", config.get("metric"))
    for item in cast(list[object], listed) if isinstance(listed, list) else ():
        better = _member(item, "higher_is_better")
        if isinstance(better, dict):
            better = better.get(metric)
        elif _member(item, "metric_name") != metric:
            continue
        if isinstance(better, bool):
            return better
    return None


def _member(holder: object, name: str) -> object:
    return holder.get(name) if isinstance(holder, dict) else None
