"""Reads confusion matrices from all forms that tools write, into two types.

Model Monitor writes ``{actual: {predicted: count}}``. Scripts write rows as lists (``confusion_matrix(...).tolist()``
of scikit-learn), flat lists (``.ravel()``), named outcomes (``tn``, ``fp``, ``fn``, ``tp``), columns of a data frame,
one record for each cell, or counts of each class against all others. In all of them, rows are the actual classes.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias, cast

from cardwright.reports.cursor import Cursor
from cardwright.reports.metric import Number, as_number, why_no_number
from cardwright.reports.translation import Document

Counts: TypeAlias = dict[str, dict[str, Number]]


@dataclass(frozen=True, slots=True)
class ByClass:
    """Numbers of each class when the report has no matrix: ``{measure: [(class, value)]}``."""

    series: Mapping[str, Sequence[tuple[str, object]]]


Numbers: TypeAlias = Counts | ByClass | None

_OUTCOMES = ("tn", "fp", "fn", "tp")
_TWO = ("negative", "positive")
_MATRIX = ("value", "matrix", "values", "counts", "data", "confusion_matrix", "z")
_LABELS = ("labels", "classes", "class_names", "label_names", "target_names", "categories")
_ACTUAL = ("actual", "true", "y_true", "true_label", "actual_label", "truth", "target", "label", "reference")
_PREDICTED = ("predicted", "pred", "y_pred", "predicted_label", "prediction", "pred_label")
_COUNT = ("count", "value", "n", "nb", "num", "freq", "frequency", "samples", "npred")
_ROW_LABELS, _COLUMN_LABELS = ("index", "y", "rows", "actual"), ("columns", "x", "predicted")
_UNNAMED = "the report does not name the classes; their positions 0, 1, ... are used as names"
_COMMA, _ARROW = re.compile(r"[,|]"), re.compile(r"→|->|=>")
_QUOTES = "'\""
_WORDS = {"true": "t", "false": "f", "negative": "n", "positive": "p", "negatives": "n", "positives": "p"}


def read_matrix(given: object, classes: Sequence[str] | None, cursor: Cursor) -> Numbers:
    """Read the counts of a confusion matrix, or numbers by class; None when it is left out, with the reason noted.

    Args:
        classes: the names of the classes, if the report gives them next to the matrix.
    """
    if isinstance(given, dict):
        return _of_object(cast(Document, given), classes, cursor)
    if isinstance(given, list):
        return _of_list(cast(list[object], given), classes, classes, cursor)
    cursor.omit("left out: an object or a list of counts was expected here")
    return None


@dataclass(frozen=True, slots=True)
class Labels:
    """The names of the classes that an object gives next to its matrix."""

    names: list[str]
    cursor: Cursor

    def mark_used_if_shown(self, shown: Iterable[str]) -> None:
        """Mark the names as used when the metrics show all of them; else they are reported as left out."""
        if set(self.names) <= set(shown):
            self.cursor.mark_used()


def labels_in(holder: Document, cursor: Cursor, keys: Sequence[str] = _LABELS) -> Labels | None:
    """Return the first list of distinct names among the members of an object."""
    for key in keys:
        given = holder.get(key)
        if isinstance(given, list) and given and all(isinstance(label, (str, int, float, bool)) for label in given):
            names = [str(label) for label in given]
            if len(set(names)) == len(names):
                return Labels(names, cursor.at(key))
    return None


def _of_object(given: Document, classes: Sequence[str] | None, cursor: Cursor) -> Numbers:
    wrapped = None if _is_rows(given) else next((key for key in _MATRIX if _is_matrix(given.get(key))), None)
    if wrapped is not None:
        return _unwrapped(given, wrapped, classes, cursor)
    outcomes = _outcomes(given)
    if outcomes:
        for key in outcomes.values():
            cursor.at(key).mark_used()
        return _square([given[outcomes[name]] for name in _OUTCOMES], _TWO, cursor, accounted=True)
    members = list(given.values())
    if any(isinstance(row, dict) for row in members):
        return _by_outcome(given, cursor) or _nested(given, cursor)
    if members and all(isinstance(row, list) for row in members):
        return _of_list(members, list(given), classes or list(given), cursor)
    return _of_pairs(given, cursor) or _one_each(list(given.items()), cursor)


def _of_pairs(given: Document, cursor: Cursor) -> Counts | None:
    """Read ``{"cat,dog": count}`` or ``{"cat→dog": count}``: a member for each pair of actual and predicted class."""
    arrows = [_pair(key, _ARROW) for key in given]
    pairs = arrows if all(arrows) else [_pair(key, _COMMA) for key in given]
    cells: dict[str, dict[str, object]] = {}
    for pair, count in zip(pairs, given.values(), strict=True):
        if pair is None:
            return None
        cells.setdefault(pair[0], {})[pair[1]] = count
    square = bool(cells) and all(row.keys() == cells.keys() for row in cells.values())
    # a comma may be a part of a name; an arrow is not, so that a pair without a count may be missing
    return _checked(cells, cursor) if square or (cells and pairs is arrows) else None


def _pair(key: str, sign: re.Pattern[str]) -> tuple[str, str] | None:
    """Split ``cat→dog``, ``cat,dog`` or ``('cat', 'dog')`` at its one sign; linear in the length of the key."""
    parts = [part.strip() for part in sign.split(key)]
    if len(parts) != 2:
        return None
    if sign is _COMMA:
        if parts[0].startswith("(") and parts[1].endswith(")"):
            parts = [parts[0][1:].strip(), parts[1][:-1].strip()]
        parts = [_unquoted(part) for part in parts]
    return (parts[0], parts[1]) if all(parts) else None


def _unquoted(name: str) -> str:
    quoted = len(name) > 2 and name[0] in _QUOTES and name[-1] == name[0]
    return name[1:-1] if quoted else name


def _unwrapped(given: Document, wrapped: str, classes: Sequence[str] | None, cursor: Cursor) -> Numbers:
    """Read the matrix of an object that holds it next to the names of its classes."""
    both = labels_in(given, cursor)
    names = both.names if both else classes
    inner, here = given[wrapped], cursor.at(wrapped)
    rows, columns = (labels_in(given, cursor, keys) for keys in (_ROW_LABELS, _COLUMN_LABELS))
    if isinstance(inner, list):
        matrix = _of_list(
            cast(list[object], inner), rows.names if rows else names, columns.names if columns else names, here
        )
    else:
        matrix = read_matrix(inner, names, here)
    for labels in (both, rows, columns):
        if labels and matrix:
            labels.mark_used_if_shown(labels_of(matrix))
    return matrix


def labels_of(matrix: Counts | ByClass) -> Iterator[str]:
    """Yield every class name of a matrix."""
    if isinstance(matrix, ByClass):
        yield from (name for values in matrix.series.values() for name, _ in values)
    else:
        yield from matrix
        yield from (name for row in matrix.values() for name in row)


def _of_list(given: list[object], rows: Sequence[str] | None, columns: Sequence[str] | None, cursor: Cursor) -> Numbers:
    if not given:
        cursor.omit("left out: it has no rows")
        return None
    if all(isinstance(row, dict) for row in given):
        return _of_records(cast(list[Document], given), rows, cursor)
    if all(isinstance(row, list) for row in given):
        lists = cast(list[list[object]], given)
        if all(row and all(isinstance(cell, list) for cell in row) for row in lists):
            return _of_many(lists, rows, cursor)
        return _of_rows(lists, rows, columns, cursor)
    if any(isinstance(cell, (list, dict)) for cell in given):
        cursor.omit("left out: rows of counts were expected here")
        return None
    return _of_flat(given, rows, cursor)


def _of_rows(
    given: list[list[object]], rows: Sequence[str] | None, columns: Sequence[str] | None, cursor: Cursor
) -> Counts | None:
    width = len(given[0])
    if not width or any(len(row) != width for row in given):
        cursor.omit("left out: its rows are not of the same length")
        return None
    names, others = _names(rows, len(given), cursor), _names(columns, width, cursor)
    if rows is None or columns is None:
        cursor.note(_UNNAMED)
    return _checked({name: dict(zip(others, row, strict=True)) for name, row in zip(names, given, strict=True)}, cursor)


def _of_flat(given: list[object], classes: Sequence[str] | None, cursor: Cursor) -> Numbers:
    side = math.isqrt(len(given))
    if side > 1 and side * side == len(given) and (classes is None or len(classes) != len(given)):
        cursor.note(f"a flat list of {len(given)} numbers; it was read as {side} rows of {side}, actual classes first")
        return _square(given, _names(classes, side, cursor), cursor)
    if classes is not None and len(classes) == len(given):
        return _one_each(list(zip(classes, given, strict=True)), cursor)
    cursor.omit(f"left out: {len(given)} numbers in one list do not make a square of classes")
    return None


def _one_each(values: Sequence[tuple[str, object]], cursor: Cursor) -> ByClass | None:
    if not values:
        cursor.omit("left out: it has no values")
        return None
    cursor.mark_used()
    cursor.note("the report gives one number for each class and no matrix; it is a bar chart")
    return ByClass({"": values})


def _square(cells: Sequence[object], names: Sequence[str], cursor: Cursor, *, accounted: bool = False) -> Counts | None:
    side = len(names)
    return _checked(
        {name: dict(zip(names, cells[row * side : row * side + side], strict=True)) for row, name in enumerate(names)},
        cursor,
        accounted=accounted,
    )


def _of_many(given: list[list[object]], classes: Sequence[str] | None, cursor: Cursor) -> ByClass | None:
    """Read one two-by-two matrix for each class, as scikit-learn's ``multilabel_confusion_matrix`` returns."""
    flat = [list(chain.from_iterable(cast(list[list[object]], matrix))) for matrix in given]
    if any(len(cells) != len(_OUTCOMES) for cells in flat):
        cursor.omit("left out: a matrix of two by two for each class was expected here")
        return None
    names = _names(classes, len(given), cursor)
    if classes is None:
        cursor.note(_UNNAMED)
    cursor.mark_used()
    return ByClass(
        {
            outcome: [(name, cells[index]) for name, cells in zip(names, flat, strict=True)]
            for index, outcome in enumerate(_OUTCOMES)
        }
    )


def _by_outcome(given: Document, cursor: Cursor) -> ByClass | None:
    """Read ``{class: {"tp", "fp", ...}}``: counts of each class against all others."""
    rows = {name: cast(Document, row) for name, row in given.items() if isinstance(row, dict)}
    known = [_outcomes_among(row) for row in rows.values()]
    of_classes = any(row.keys() == rows.keys() for row in rows.values())
    if len(rows) < len(given) or of_classes or not all(known):
        return None
    series: dict[str, list[tuple[str, object]]] = {}
    for (name, row), outcomes in zip(rows.items(), known, strict=True):
        for outcome, key in outcomes.items():
            cursor.at(name, key).mark_used()
            series.setdefault(outcome, []).append((name, row[key]))
    return ByClass(series)


def _nested(given: Document, cursor: Cursor) -> Counts | None:
    rows: dict[str, Mapping[str, object]] = {}
    for actual, row in given.items():
        if isinstance(row, dict):
            rows[actual] = cast(Document, row)
        else:
            cursor.at(actual).omit("row left out: an object of counts was expected here")
    return _checked(rows, cursor)


def _of_records(given: list[Document], classes: Sequence[str] | None, cursor: Cursor) -> Counts | None:
    keys = [next((key for key in words if key in given[0]), None) for words in (_ACTUAL, _PREDICTED, _COUNT)]
    if None not in keys:
        actual, predicted, count = cast(list[str], keys)
        cells: dict[str, dict[str, object]] = {}
        for index, record in enumerate(given):
            for key in (actual, predicted, count):
                cursor.at(index, key).mark_used()
            cells.setdefault(str(record.get(actual)), {})[str(record.get(predicted))] = record.get(count)
        return _checked(cells, cursor, accounted=True)
    column = _name_column(given)
    if column is not None:
        for index in range(len(given)):
            cursor.at(index, column).mark_used()
        rows = {str(row[column]): {key: row[key] for key in row if key != column} for row in given}
        return _checked(rows, cursor)
    names = classes if classes is not None and len(classes) == len(given) else None
    if names is None and len(given[0]) == len(given):
        names = list(given[0])
    if names is None:
        cursor.omit("left out: the rows do not name their classes")
        return None
    return _checked(dict(zip(names, given, strict=True)), cursor)


def _name_column(given: list[Document]) -> str | None:
    """The column that names the row of each record, where the other columns are the same classes."""
    for key in given[0]:
        names = [str(record.get(key)) for record in given]
        if set(names) == given[0].keys() - {key} and all(record.keys() == given[0].keys() for record in given):
            return key
    return None


def _checked(rows: Mapping[str, Mapping[str, object]], cursor: Cursor, *, accounted: bool = False) -> Counts | None:
    """The counts as numbers; one cell without a number costs the whole matrix, since its sums would be wrong."""
    counts: Counts = {}
    for actual, row in rows.items():
        counts[actual] = {}
        for predicted, value in row.items():
            count = as_number(value)
            if count is None:
                cursor.at(actual, predicted).note(f"the whole matrix was left out: {why_no_number(value)}")
                cursor.omit("left out: a cell of it is not a number")
                return None
            counts[actual][predicted] = count
    if not counts:
        cursor.omit("left out: it has no rows")
        return None
    if not accounted:
        cursor.mark_used()
    if any(isinstance(value, str) for row in rows.values() for value in row.values()):
        cursor.note("some values are text; they were read as numbers")
    return counts


def _is_rows(given: Document) -> bool:
    """Whether this is ``{actual: [count, ...]}``, a square."""
    return bool(given) and all(
        isinstance(row, list) and len(row) == len(given) and all(as_number(cell) is not None for cell in row)
        for row in given.values()
    )


def _is_matrix(value: object) -> bool:
    if isinstance(value, list):
        return True
    return isinstance(value, dict) and any(isinstance(row, (dict, list)) for row in value.values())


def _names(given: Sequence[str] | None, count: int, cursor: Cursor) -> list[str]:
    if given is not None and len(given) == count:
        return list(given)
    if given is not None:
        cursor.note(f"{len(given)} names for {count} classes; their positions 0, 1, ... are used as names")
    return [str(index) for index in range(count)]


def _outcomes(given: Document) -> dict[str, str]:
    """Return the keys of the four outcomes of a binary classifier, if the object has all four and no rows."""
    named = _outcomes_among(given)
    scalar = not any(isinstance(value, (dict, list)) for value in given.values())
    return named if scalar and len(named) == len(_OUTCOMES) else {}


def _outcomes_among(given: Document) -> dict[str, str]:
    return {outcome: key for key in given if (outcome := _outcome(key)) is not None}


def _outcome(key: str) -> str | None:
    parts = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower())
    short = "".join(_WORDS.get(part, part) for part in parts if part)
    return short if short in _OUTCOMES else None
