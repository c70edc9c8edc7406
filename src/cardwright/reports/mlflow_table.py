"""The ``eval_results_table.json`` of an MLflow evaluation: a row for each evaluated input.

https://mlflow.org/docs/latest/ml/evaluation/

One group: the number of rows, and for each column of scores their mean, computed from the rows, with the lowest and the
highest value in the notes. A column of true and false becomes the share of true. Texts are left out: they hold the
inputs, outputs and justifications of single rows.
"""

import re
from collections.abc import Sequence
from typing import cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import Number, as_number, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_SCORE = re.compile(r".+/(v\d+/)?(score|value)|token_count|latency|.+_score|.+/v\d+")
_OF_EVALUATION = re.compile(r".+/v\d+/(score|justification)|token_count|latency")
_COLUMNS = {"inputs", "outputs", "targets", "predictions", "ground_truth", "context", "prediction", "target"}


def recognises(document: Document) -> bool:
    """Whether the file is a table by columns and rows, with a column that MLflow's evaluators write."""
    columns, rows = document.get("columns"), document.get("data")
    if not isinstance(columns, list) or not isinstance(rows, list) or "index" in document:
        return False
    names = {name for name in cast(list[object], columns) if isinstance(name, str)}
    if not rows or not all(isinstance(row, list) and len(row) == len(columns) for row in rows):
        return False
    scored = any(_OF_EVALUATION.fullmatch(name) for name in names)
    return scored or (bool(names & _COLUMNS) and any(_SCORE.fullmatch(name) for name in names))


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the one group of the table."""
    columns = cast(list[object], document.get("columns"))
    rows = cast(list[list[object]], document.get("data"))
    metric_data: list[Metric] = [{"name": "rows", "type": "number", "value": len(rows)}]
    for index, column in enumerate(columns):
        metric_data += _column(index, str(column), [row[index] for row in rows], cursor)
    if len(metric_data) == 1:
        return []
    return [group("eval_results_table", metric_data, cursor)]


def _column(index: int, name: str, values: Sequence[object], cursor: Cursor) -> list[Metric]:
    where = cursor.at("columns", index)
    if values and all(isinstance(value, bool) for value in values):
        numbers: list[Number] = [int(bool(value)) for value in values]
        what, lost = "share of true", 0
    else:
        numbers = [found for value in values if not isinstance(value, str) and (found := as_number(value)) is not None]
        what, lost = "mean", sum(value is not None for value in values) - len(numbers)
    for row, value in enumerate(values):
        if not isinstance(value, (dict, list)):
            cursor.at("data", row, index).mark_used()
    if not numbers or lost or not _SCORE.fullmatch(name):
        where.omit(_why_left_out(name, len(numbers), len(values)))
        cursor.at("data").note(f'the column "{name}" was left out: it holds the data of single rows')
        return []
    where.mark_used()
    missing = f", {len(values) - len(numbers)} rows without a value" if len(numbers) < len(values) else ""
    notes = f"{what} of {len(numbers)} rows, computed from the table; lowest {min(numbers)}, highest {max(numbers)}"
    cursor.at("data").note(f'the {len(numbers)} values of "{name}" are given as their {what}{missing}')
    return [metric | {"notes": f"{notes}{missing}"} for metric in number(f"{name} - {what}", _mean(numbers), where)]


def _why_left_out(name: str, numbers: int, rows: int) -> str:
    if not numbers:
        return "left out: a column without numbers holds the data of single rows"
    if numbers < rows and not _SCORE.fullmatch(name):
        return "left out: a column of texts and numbers holds the data of single rows"
    return "left out: its name is not that of a score"


def _mean(numbers: Sequence[Number]) -> float:
    return sum(numbers) / len(numbers)
