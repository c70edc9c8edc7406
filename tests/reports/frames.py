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


def _by_index(rows: dict[str, dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {str(n): record for n, record in enumerate(_records(rows, key))}


def _split_by_position(rows: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    records = _records(rows, key)
    return {
        "columns": list(records[0]),
        "index": list(range(len(records))),
        "data": [list(record.values()) for record in records],
    }


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
    "table with the names in a column": {
        "schema": {"fields": [{"name": "index", "type": "integer"}], "primaryKey": ["index"]},
        "data": [{"index": n, **record} for n, record in enumerate(_records(ROWS, "class"))],
    },
    "by index, names in a column": _by_index(ROWS, "index"),
    "by index, names in a column of its own name": _by_index(ROWS, "species"),
    "turned, by index, names in a column": _by_index(_turned(ROWS), "index"),
    "turned, by columns, names in a column": _columns(_turned(ROWS), "index"),
    "records with a column of its own name": _records(ROWS, "species"),
    "CSV, by columns": _columns(ROWS, "Unnamed: 0"),
    "CSV, as lists": {key: list(column.values()) for key, column in _columns(ROWS, "Unnamed: 0").items()},
    "CSV, as text": _records(_as_text(ROWS), ""),
    "as printed": _as_printed(ROWS),
    "as printed, turned": _turned(_as_printed(ROWS)),
}

# Their index holds positions, and the title of the column of names is layout: neither is shown in a card.
POSITIONED: dict[str, Any] = {
    "split, names in a column": _split_by_position(ROWS, "index"),
    "split, names in a column of its own name": _split_by_position(ROWS, "species"),
    "turned, split, names in a column": _split_by_position(_turned(ROWS), "species"),
}
