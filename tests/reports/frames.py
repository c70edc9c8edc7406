"""The layouts in which pandas and CSV readers write the report of ``sklearn_iris.json``."""

import copy
from typing import Any

from tests.reports.samples import sample

REPORT: dict[str, Any] = sample("sklearn_iris.json")
MEASURES = ["precision", "recall", "f1-score", "support"]
ROWS: dict[str, dict[str, Any]] = {
    name: copy.copy(row) if isinstance(row, dict) else dict.fromkeys(MEASURES, row) for name, row in REPORT.items()
}


def _turned(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {measure: {name: row[measure] for name, row in rows.items()} for measure in MEASURES}


def _records(rows: dict[str, dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [{key: name, **row} for name, row in rows.items()]


def _split(rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    columns = list(next(iter(rows.values())))
    return {"columns": columns, "index": list(rows), "data": [list(row.values()) for row in rows.values()]}


def _columns(rows: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    records = _records(rows, key)
    return {column: {str(n): record[column] for n, record in enumerate(records)} for column in records[0]}


def _as_text(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {measure: str(value) for measure, value in row.items()} for name, row in rows.items()}


def _as_printed(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The layout of the text report: accuracy only under F1, next to the number of samples."""
    total = rows["macro avg"]["support"]
    shown = {"precision": None, "recall": None, "f1-score": rows["accuracy"]["f1-score"], "support": total}
    return rows | {"accuracy": shown}


LAYOUTS: dict[str, Any] = {
    "by columns": ROWS,
    "turned, by columns": _turned(ROWS),
    "split": _split(ROWS),
    "turned, split": _split(_turned(ROWS)),
    "records": _records(ROWS, "index"),
    "records without a name for the index": _records(ROWS, ""),
    "records of classes": _records(ROWS, "class"),
    "turned, records": _records(_turned(ROWS), "index"),
    "table": {
        "schema": {"fields": [{"name": "index", "type": "string"}], "primaryKey": ["index"]},
        "data": _records(ROWS, "index"),
    },
    "CSV, by columns": _columns(ROWS, "Unnamed: 0"),
    "CSV, as lists": {key: list(column.values()) for key, column in _columns(ROWS, "Unnamed: 0").items()},
    "CSV, as text": _records(_as_text(ROWS), ""),
    "as printed": _as_printed(ROWS),
    "as printed, turned": _turned(_as_printed(ROWS)),
}
