"""Results of a Hugging Face ``Trainer``: ``eval_results.json``, ``all_results.json``, ``train_results.json``.

https://huggingface.co/docs/transformers/main_classes/trainer

One group for each prefix (``eval``, ``train``, ``predict``) with its scores under the Trainer's own names. Runtime,
throughput, counts of samples and the epoch are facts.
"""

from cardwright.reports import mlflow_metrics
from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, group, number
from cardwright.reports.metric_names import names_the_run
from cardwright.reports.translation import Document, Metric, MetricGroup

_PREFIXES = ("eval", "train", "predict", "test")
_LOSSES = tuple(f"{prefix}_loss" for prefix in _PREFIXES)
_NO_PREFIX = "metrics"


def recognises(document: Document) -> bool:
    """Whether the file is flat and has a loss or a runtime under the Trainer's names."""
    if any(isinstance(value, (dict, list)) for value in document.values()) or mlflow_metrics.recognises(document):
        return False
    if any(name.startswith("_") for name in document):
        return False  # trackers and Hugging Face evaluate
    return any(name in _LOSSES or (names_the_run(name) and _prefix(name) != _NO_PREFIX) for name in document)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the groups in the order of their first scores."""
    by_prefix: dict[str, list[Metric]] = {}
    for name, value, here in cursor.members(document):
        if isinstance(value, (dict, list)):
            continue
        if names_the_run(name) or isinstance(value, bool) or (isinstance(value, str) and as_number(value) is None):
            here.add_fact(value)
        else:
            by_prefix.setdefault(_prefix(name), []).extend(number(name, value, here))
    return [group(prefix, metric_data, cursor) for prefix, metric_data in by_prefix.items() if metric_data]


def _prefix(name: str) -> str:
    prefix, separator, _ = name.partition("_")
    return prefix if separator and prefix in _PREFIXES else _NO_PREFIX
