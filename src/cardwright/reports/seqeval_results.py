"""Results of seqeval as Hugging Face evaluate returns them: a row for each entity type, and overall scores.

https://huggingface.co/spaces/evaluate-metric/seqeval

One group: the overall scores as numbers, and one bar chart over the entity types for each measure. What seqeval's own
``classification_report(output_dict=True)`` returns has scikit-learn's form and is read as that kind.
"""

from typing import cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import as_number, bar_chart, group, number, why_no_number
from cardwright.reports.translation import Document, Metric, MetricGroup

_OVERALL = ("overall_precision", "overall_recall", "overall_f1", "overall_accuracy")
_MEASURES = ("precision", "recall", "f1", "number")


def recognises(document: Document) -> bool:
    """Whether the file has seqeval's overall scores, and was not saved by Hugging Face evaluate."""
    return "_evaluate_version" not in document and any(name in document for name in _OVERALL)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the one group of the file."""
    return [group("seqeval", metrics(document, cursor), cursor)]


def metrics(document: Document, cursor: Cursor) -> list[Metric]:
    """Return the overall scores, then the measures of the entity types. The report may be a part of another."""
    metric_data: list[Metric] = []
    bars: dict[str, list[tuple[object, object]]] = {}
    for name, value, here in cursor.members(document):
        if is_entity(value):
            for measure in _MEASURES:
                cell = cast(Document, value)[measure]
                if as_number(cell) is None:
                    here.at(measure).omit(f"left out: {why_no_number(cell)}")
                else:
                    here.at(measure).mark_used()
                    bars.setdefault(measure, []).append((name, cell))
        elif not isinstance(value, (dict, list)):
            metric_data += number(name, value, here) if as_number(value) is not None else _fact(value, here)
    for measure, values in bars.items():
        metric_data += bar_chart(measure, values, measure, cursor.at(f"[every entity type].{measure}"))
    return metric_data


def is_entity(value: object) -> bool:
    """Whether the value is a row of an entity type."""
    return isinstance(value, dict) and all(measure in value for measure in _MEASURES)


def _fact(value: object, cursor: Cursor) -> list[Metric]:
    if isinstance(value, str) and value.strip().lower() != "nan":
        cursor.add_fact(value)
        return []
    return number("", value, cursor)  # it is left out, with the reason
