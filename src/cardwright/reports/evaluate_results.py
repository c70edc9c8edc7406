"""A result that Hugging Face ``evaluate.save`` wrote: scores, and members with an underscore about the run.

https://huggingface.co/docs/evaluate/package_reference/saving_methods

One group. A list of scores, one for each class or n-gram, becomes a bar chart; so do the entity types of seqeval. The
path of the interpreter is left out, since it names a machine and often a user.
"""

from typing import cast

from cardwright.reports import seqeval_results
from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, bar_chart, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_VERSION = "_evaluate_version"
_PATHS = ("_interpreter_path",)


def recognises(document: Document) -> bool:
    """Whether the file names the version of evaluate that saved it."""
    return _VERSION in document and "_wandb" not in document


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the one group of the file."""
    scores: Document = {}
    for name, value, here in cursor.members(document):
        if name in _PATHS:
            here.omit("left out: it is a path of the machine that ran the evaluation")
        elif name.startswith("_"):
            here.add_fact(value)
        else:
            scores[name] = value
    if any(seqeval_results.is_entity(value) for value in scores.values()):
        return [group("seqeval", seqeval_results.metrics(scores, cursor), cursor)]
    metric_data: list[Metric] = []
    for name, value, here in cursor.members(scores):
        metric_data += _score(name, value, here)
    return [group("evaluate", metric_data, cursor)]


def _score(name: str, value: object, cursor: Cursor) -> list[Metric]:
    if isinstance(value, list):
        items = cast(list[object], value)
        if not any(as_number(item) is not None for item in items):
            return []  # it is reported as left out
        cursor.mark_first_used(items, len(items))
        scalars = [item for item in items if not isinstance(item, (dict, list))]
        return bar_chart(name, ((str(index), item) for index, item in enumerate(scalars)), name, cursor)
    if isinstance(value, dict):
        metric_data: list[Metric] = []
        for part, inner, here in cursor.members(cast(Document, value)):
            if not isinstance(inner, (dict, list)):
                metric_data += _score(f"{name} - {part}", inner, here)
        return metric_data
    if isinstance(value, bool) or (isinstance(value, str) and as_number(value) is None):
        cursor.add_fact(value)
        return []
    return number(name, value, cursor)
