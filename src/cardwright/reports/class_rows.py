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
    for layout in (_by_measure, _by_position, _by_name, _records, _split):
        frame = layout(document)
        if frame is not None:
            measured = {name: row for name, row in frame.rows.items() if _measures(row)}
            if any(_measures(row) == _ALL for row in measured.values()):
                return Frame(measured, frame.names)
    return None


def _by_name(document: Document) -> Frame:
    return Frame(_rows_by_name(document))


def _rows_by_name(document: Document) -> Rows:
    return {
        name: {key: (value, (name, key)) for key, value in cast(Document, row).items()}
        for name, row in document.items()
        if isinstance(row, dict)
    }


def _by_position(document: Document) -> Frame | None:
    """``{"0": {name column, measure, ...}, ...}``, or the same by columns: the rows have names in a column."""
    rows = _rows_by_name(document)
    if not rows:
        return None
    if _are_positions(list(rows)):
        return _named_by_column(list(rows.values()))
    steps = list(next(iter(rows.values())))
    if not steps or not _are_positions(steps) or any(list(column) != steps for column in rows.values()):
        return None
    return _named_by_column([{name: column[step] for name, column in rows.items()} for step in steps])


def _are_positions(names: Sequence[object]) -> bool:
    return [str(name) for name in names] == [str(position) for position in range(len(names))]


def _by_measure(document: Document) -> Frame | None:
    """``{measure: {name: value}}`` or ``{measure: [value, ...]}``, with the names in a separate member."""
    if _measures(document) != _ALL:
        return None
    named = _rows_by_name(document)  # averages are sometimes written as rows next to the columns
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
            rows = enumerate(cast(list[Document], records))
            return _named_by_column(
                [{key: (value, (holder, index, key)) for key, value in row.items()} for index, row in rows]
            )
    return None


def _named_by_column(rows: Sequence[Mapping[str, Cell]]) -> Frame | None:
    """The frame of rows that have their names in one of their cells."""
    key = _name_column(rows)
    if key is None:
        return None
    layout = {key, *(name for name in _NAMES if _are_positions([row[name][0] for row in rows if name in row]))}
    named = {
        str(row[key][0]): {name: cell for name, cell in row.items() if name not in layout}
        for row in rows
        if key in row and row[key][0] is not None
    }
    return Frame(_upright(named), [row[name][1] for row in rows for name in layout if name in row])


def _name_column(rows: Sequence[Mapping[str, Cell]]) -> str | None:
    """The column of names: one that holds texts alone, else one that is called as such a column is."""
    others = [key for key in rows[0] if measure_of(key) is None]
    usual = [key for key in _NAMES if key in others]
    texts = (key for key in (*usual, *others) if all(_is_text_or_missing(row.get(key)) for row in rows))
    return next(texts, None) or next(iter(usual), None)


def _is_text_or_missing(cell: Cell | None) -> bool:
    return cell is None or cell[0] is None or isinstance(cell[0], str)


def _split(document: Document) -> Frame | None:
    parts = [document.get(name) for name in ("columns", "index", "data")]
    if not all(isinstance(part, list) for part in parts):
        return None
    columns, index, data = cast(list[list[object]], parts)
    if len(index) != len(data):
        return None  # a name would be that of another row
    rows: list[dict[str, Cell]] = []
    for number, row in enumerate(data):
        if not isinstance(row, list) or len(row) != len(columns):
            return None
        steps = enumerate(zip(columns, row, strict=True))
        rows.append({str(column): (value, ("data", number, step)) for step, (column, value) in steps})
    layout: list[Path] = [("columns",), ("index",)]
    if rows and _name_column(rows) is not None and (_are_positions(index) or set(_NAMES) & set(map(str, columns))):
        frame = _named_by_column(rows)
        return frame and Frame(frame.rows, [*layout, *frame.names])
    return Frame(_upright({str(name): row for name, row in zip(index, rows, strict=True)}), layout)


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
