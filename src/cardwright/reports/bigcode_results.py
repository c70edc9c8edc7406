"""Results of BigCode's evaluation harness (``evaluation_results.json``): scores by task and the configuration.

https://github.com/bigcode-project/bigcode-evaluation-harness

One group for each task, with its scores as numbers; counts by difficulty are named ``Easy - passed``. The notes of each
score hold temperature and number of samples, without which pass@k cannot be compared.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_CONFIG = "config"
_OF_CONFIG = {"n_samples", "do_sample", "temperature", "max_length_generation", "allow_code_execution", "prefix"}
_NOTED = {"temperature": "temperature {}", "n_samples": "{} samples for each problem", "limit": "limit {}"}
_PATHS = ("metric_output_path", "save_generations_path", "save_references_path", "load_generations_path")


def recognises(document: Document) -> bool:
    """Whether the file has a configuration of the harness, and next to it only tasks with scores."""
    config = document.get(_CONFIG)
    tasks = [value for name, value in document.items() if name != _CONFIG]
    if not isinstance(config, dict) or not config.keys() & _OF_CONFIG or "results" in document:
        return False
    return any(_has_score(task) for task in tasks)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the tasks in the order of the file."""
    config = cast(Document, document.get(_CONFIG, {}))
    notes = ", ".join(_notes(config))
    groups: list[MetricGroup] = []
    for task, scores, here in cursor.members(document):
        if task == _CONFIG:
            for name, value, there in here.members(scores):
                if name in _PATHS and value is not None:
                    there.omit("left out: it is a path of the machine that ran the evaluation")
                else:
                    there.add_fact(value)
        elif isinstance(scores, dict):
            metric_data = [metric | ({"notes": notes} if notes else {}) for metric in _scores(scores, here)]
            groups += [group(task, metric_data, here)] if metric_data else []
    return groups


def _has_score(task: object) -> bool:
    return isinstance(task, dict) and any(as_number(value) is not None for value in task.values())


def _scores(scores: Document, cursor: Cursor) -> Iterator[Metric]:
    for name, value, here in cursor.members(scores):
        if isinstance(value, dict):
            for part, inner, there in here.members(cast(Document, value)):
                if not isinstance(inner, (dict, list)):
                    yield from number(f"{name} - {part}", inner, there)
        elif not isinstance(value, list):
            yield from number(name, value, here)


def _notes(config: Document) -> Iterator[str]:
    for name, text in _NOTED.items():
        if as_number(config.get(name)) is not None:
            yield text.format(config[name])
