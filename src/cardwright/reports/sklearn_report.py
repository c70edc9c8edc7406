"""``sklearn.metrics.classification_report(output_dict=True)``, as an object or dumped to JSON.

https://scikit-learn.org/stable/modules/generated/sklearn.metrics.classification_report.html

One group: accuracy and the averages as numbers, ``macro avg - recall`` and so on, and for each measure one
bar chart over the classes. A measure that is NaN (``zero_division=np.nan``) leaves its bar out.
"""

from typing import cast

from cardwright.reports.metric import bar_chart, group, number
from cardwright.reports.place import Place
from cardwright.reports.translation import Document, Metric, MetricGroup

_MEASURES = ("precision", "recall", "f1-score", "support")
_AVERAGES = ("micro avg", "macro avg", "weighted avg", "samples avg")


def recognises(document: Document) -> bool:
    """Some row of the file has the four measures."""
    return any(isinstance(row, dict) and all(measure in row for measure in _MEASURES) for row in document.values())


def read(document: Document, place: Place) -> list[MetricGroup]:
    """The one group of the report."""
    numbers: list[Metric] = []
    classes: dict[str, Document] = {}
    for name, row, here in place.members(document):
        if not isinstance(row, dict):
            numbers += number(name, row, here)  # the accuracy
        elif name in _AVERAGES:
            for measure, value, measure_place in here.members(row):
                numbers += number(f"{name} - {measure}", value, measure_place)
        else:
            classes[name] = cast(Document, row)
    measures = dict.fromkeys(measure for row in classes.values() for measure in row)
    for measure in measures:
        bars = [(name, row.get(measure)) for name, row in classes.items()]
        numbers += bar_chart(measure, bars, measure, place.at(f"[every class].{measure}"))
    return [group("classification_report", numbers, place)]
