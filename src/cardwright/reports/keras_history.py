"""Training history of Keras: ``History.history`` as JSON, or its data frame, with a list for each metric.

https://keras.io/api/callbacks/history/

One group with a graph over the epochs for each metric, under Keras's own names (``loss``, ``val_loss``). Training
loops of PyTorch often write the same form, with ``train_loss``.
"""

from collections.abc import Sized
from typing import cast

from cardwright.reports import boosting_history, sklearn_report
from cardwright.reports.cursor import Cursor
from cardwright.reports.curve_lists import curve, is_curve
from cardwright.reports.metric import group
from cardwright.reports.translation import Document, Metric, MetricGroup

_HISTORY, _VALIDATION, _TRAINING = "history", "val_", "train_"
_LOSS = "loss"


def recognises(document: Document) -> bool:
    """Whether the file has curves of the same length, with a loss or with a validation curve next to another."""
    history = _history(document)
    curves = [name for name, value in history.items() if is_curve(value)]
    lengths = {len(cast(Sized, history[name])) for name in curves}
    if len(lengths) != 1 or 2 * len(curves) < len(history):
        return False
    if boosting_history.recognises(document) or sklearn_report.recognises(document):
        return False
    trained = {name.removeprefix(_TRAINING) for name in curves if not name.startswith(_VALIDATION)}
    return _LOSS in curves or any(f"{_VALIDATION}{name}" in curves for name in trained)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the one group of the history."""
    here = cursor.at(_HISTORY) if isinstance(document.get(_HISTORY), dict) else cursor
    metric_data: list[Metric] = []
    for name, value, place in here.members(_history(document)):
        metric_data += curve(name, value, ("epoch", name), place)
    if here is not cursor:
        for name in ("epoch", "params"):
            if document.get(name) is not None:
                cursor.at(name).add_fact(document[name])
    return [group(_HISTORY, metric_data, cursor)] if metric_data else []


def _history(document: Document) -> Document:
    inner = document.get(_HISTORY)
    return cast(Document, inner) if isinstance(inner, dict) else document
