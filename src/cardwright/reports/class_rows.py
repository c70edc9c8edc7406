"""Reads the rows of a classification report from every JSON layout of a data frame.

https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html

``pd.DataFrame(report)`` has the classes as columns; ``.T`` has them as rows. Both can be written by columns, by index,
split, as records or as a table. A CSV file that was written and read again has the names in a separate column.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from cardwright.reports.cursor import Path
from cardwright.reports.translation import ROWS, Document

Cell: TypeAlias = tuple[object, Path]
Rows: TypeAlias = dict[str, dict[str, Cell]]

_MEASURES: Mapping[str, str] = {
    "precision": "precision",
    "recall": "recall",
    "f1-score": "f1-score",
    "f1_score": "f1-score",
    "f1score": "f1-score",
    "f1": "f1-score",
    "support": "support",
}
_ALL = frozenset(_MEASURES.values())
_NAMES = ("index", "class", "label", "", "Unnamed: 0", "name", "Class", "Label", "category", "level_0", "field1")


def measure_of(key: str) -> str | None:
    """Return scikit-learn's own name of a measure; None for other keys."""
    return _MEASURES.get(key.strip().lower())


@dataclass(frozen=True, slots=True)
class Frame:
    """A data frame of a classification report.

    Attributes:
        rows: ``{name: {measure: (value, path)}}``; rows without a measure are left out.
        names: the paths of the row names and of the layout.
    """

    rows: Rows
    names: Sequence[Path] = ()


def frame_of(document: Document) -> Frame | None:
    """Return the rows of a classification report; None for other documents."""
    for layout in (_by_measure, _by_name, _records, _split):
        frame = layout(document)
        if frame is not None:
            measured = {name: row for name, row in frame.rows.items() if _measures(row)}
            if any(_measures(row) == _ALL for row in measured.values()):
                return Frame(measured, frame.names)
    return None


def _by_name(document: Document) -> Frame:
    return Frame(
        {
            name: {key: (value, (name, key)) for key, value in cast(Document, row).items()}
            for name, row in document.items()
            if isinstance(row, dict)
        }
    )


def _by_measure(document: Document) -> Frame | None:
    """``{measure: {name: value}}`` or ``{measure: [value, ...]}``, with the names in a separate member."""
    if _measures(document) != _ALL:
        return None
    named = _by_name(document).rows  # averages are sometimes written as rows next to the columns
    averages = {key: row for key, row in named.items() if measure_of(key) is None and _measures(row)}
    columns = {
        key: _cells(key, column)
        for key, column in document.items()
        if isinstance(column, (dict, list)) and key not in averages
    }
    names = _names_among(columns)
    lists = {key: len(cells) for key, cells in columns.items() if isinstance(document[key], list)}
    if lists and (names is None or len(set(lists.values())) > 1):
        return None  # two rows would have the same name
    rows: Rows = dict(averages)
    for key, cells in columns.items():
        for step, cell in cells.items():
            if names is None:
                rows.setdefault(str(step), {})[key] = cell
            elif key != names[0] and step in names[1]:
                rows.setdefault(names[1][step], {})[key] = cell
    return Frame(rows, [(names[0], step) for step, name in names[1].items() if name in rows] if names else ())


def _cells(key: str, column: object) -> dict[str | int, Cell]:
    steps: Iterable[tuple[str | int, object]]
    steps = column.items() if isinstance(column, dict) else enumerate(cast(list[object], column))
    return {step: (value, (key, step)) for step, value in steps}


def _names_among(columns: Mapping[str, Mapping[str | int, Cell]]) -> tuple[str, dict[str | int, str]] | None:
    """Return the column of names: the first column of texts that is not a measure."""
    for key in (*_NAMES, *columns):
        cells = columns.get(key)
        if cells and measure_of(key) is None and all(isinstance(value, str) for value, _ in cells.values()):
            return key, {step: str(value) for step, (value, _) in cells.items()}
    return None


def _records(document: Document) -> Frame | None:
    """Read ``[{name column, measure, ...}]`` at the top level or under ``data``; the rows may also be measures."""
    for holder in (ROWS, "data"):
        records = document.get(holder)
        if isinstance(records, list) and records and all(isinstance(record, dict) for record in records):
            return _of_records(cast(list[Document], records), (holder,))
    return None


def _of_records(records: Sequence[Document], path: Path) -> Frame | None:
    key = next((name for name in _NAMES if name in records[0]), None)
    if key is None:
        others = [name for name in records[0] if measure_of(name) is None]
        key = next((name for name in others if isinstance(records[0][name], str)), None)
    if key is None:
        return None
    rows: Rows = {}
    for index, record in enumerate(records):
        cells: dict[str, Cell] = {k: (v, (*path, index, k)) for k, v in record.items() if k != key}
        if record.get(key) is not None:
            rows[str(record[key])] = cells
    names: list[Path] = [(*path, index, key) for index in range(len(records))]
    return Frame(_upright(rows), names)


def _split(document: Document) -> Frame | None:
    parts = [document.get(name) for name in ("columns", "index", "data")]
    if not all(isinstance(part, list) for part in parts):
        return None
    columns, index, data = cast(list[list[object]], parts)
    if len(index) != len(data):
        return None  # two rows would have the same name
    key = next((name for name in _NAMES if name in columns), None)
    named = columns.index(key) if key is not None else None
    rows: Rows = {}
    names: list[Path] = [("columns",), ("index",)]
    for number, (name, row) in enumerate(zip(index, data, strict=True)):
        if not isinstance(row, list) or len(row) != len(columns):
            return None
        steps = enumerate(zip(columns, row, strict=True))
        cells: dict[str, Cell] = {str(column): (value, ("data", number, step)) for step, (column, value) in steps}
        if key is not None and named is not None:
            names.append(("data", number, named))
        rows[str(name if key is None else cells.pop(key)[0])] = cells
    return Frame(_upright(rows), names)


def _upright(rows: Rows) -> Rows:
    """Transpose the rows when they are measures and their columns are classes."""
    if _measures(rows) != _ALL:
        return rows
    turned: Rows = {}
    for measure, cells in rows.items():
        for name, cell in cells.items():
            turned.setdefault(name, {})[measure] = cell
    return turned


def _measures(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(measure for key in keys if (measure := measure_of(key)) is not None)
