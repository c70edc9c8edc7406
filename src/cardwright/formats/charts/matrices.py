"""Matrices: counts with their share of the row, or numbers shaded by size."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation, localcontext

from cardwright.formats.charts.chart import Matrix, MatrixCell, MatrixRow
from cardwright.formats.values import Number, Text

_PRECISION = 60
_PLAIN = 30  # digits; a longer total is written with an exponent


def matrix(  # noqa: PLR0913, PLR0917 - the parts of a matrix
    title: Text,
    rows: Sequence[Sequence[Number]],
    row_labels: Sequence[Text],
    column_labels: Sequence[Text],
    stored_name: Text | None = None,
    notes: Text | None = None,
) -> Matrix | None:
    """Build a matrix from the content schema; None when it has no cell.

    ``x_axis_name`` labels the rows and ``y_axis_name`` the columns, as in SageMaker's own translation of reports. The
    labels are swapped when they only fit that way. Extra labels get empty rows or columns, so that none is lost.
    """
    width = max((len(row) for row in rows), default=0)
    if not width:
        return None
    if (len(row_labels), len(column_labels)) == (width, len(rows)) and width != len(rows):
        row_labels, column_labels = column_labels, row_labels
    width, height = max(width, len(column_labels)), max(len(rows), len(row_labels))
    counted = all(number.value is not None and number.value >= 0 for row in rows for number in row)
    confusion = counted and ("confusion" in title.text.lower() or _same(row_labels, column_labels))
    largest = max((abs(number.value) for row in rows for number in row if number.value is not None), default=0.0)
    padded = [list(row) + [None] * (width - len(row)) for row in rows] + [[None] * width] * (height - len(rows))
    made = tuple(
        _row(_label(row_labels, index, "Row"), row, largest, counted=counted) for index, row in enumerate(padded)
    )
    return Matrix(
        title=title,
        stored_name=stored_name,
        notes=notes,
        alt=_finding(title, made, confusion=confusion),
        reading=_reading(counted=counted, confusion=confusion),
        columns=tuple(_label(column_labels, index, "Column") for index in range(width)),
        rows=made,
        row_title="Actual" if confusion else "",
        column_title="Predicted" if confusion else "",
        total=exact_sum([number for row in rows for number in row]) if counted else None,
        confusion=confusion,
    )


def _row(label: Text, numbers: Sequence[Number | None], largest: float, *, counted: bool) -> MatrixRow:
    given = [number for number in numbers if number is not None]
    total = exact_sum(given) if counted and given else None
    whole = Decimal(total) if total is not None else Decimal(0)
    return MatrixRow(
        label, tuple(None if number is None else _cell(number, whole, largest) for number in numbers), total
    )


def _cell(number: Number, whole: Decimal, largest: float) -> MatrixCell:
    value = number.value
    if value is None:
        return MatrixCell(number, None, 0.0)
    if whole > 0:
        with localcontext(prec=_PRECISION):
            share = round(float(_exact(number) / whole), 6)
        return MatrixCell(number, share, share)
    return MatrixCell(number, None, round(abs(value) / largest, 6) if largest else 0.0, negative=value < 0)


def exact_sum(numbers: Sequence[Number]) -> str:
    """Add numbers without rounding."""
    with localcontext(prec=_PRECISION):
        total = sum((_exact(number) for number in numbers), Decimal(0))
    return f"{total:f}" if abs(total.adjusted()) < _PLAIN else f"{total}"


def _exact(number: Number) -> Decimal:
    try:
        return Decimal(number.text)
    except InvalidOperation:  # an exponent beyond Decimal: the number rounds to zero, or it has no value
        return Decimal(number.value or 0)


def _label(labels: Sequence[Text], index: int, word: str) -> Text:
    return labels[index] if index < len(labels) else Text(f"{word} {index + 1}")


def _same(rows: Sequence[Text], columns: Sequence[Text]) -> bool:
    return bool(rows) and [label.text for label in rows] == [label.text for label in columns]


def _reading(*, counted: bool, confusion: bool) -> str:
    if confusion:
        return "Rows are what happened, columns what was predicted; stronger colour: a larger share of the row"
    if counted:
        return "Stronger colour: a larger share of the row"
    return "Stronger colour: further from zero"


def _finding(title: Text, rows: Sequence[MatrixRow], *, confusion: bool) -> str:
    size = f"Matrix of {len(rows)} rows and {len(rows[0].cells)} columns, {title}"
    if not confusion:
        return f"{size}."
    shares = [
        f"{row.label} {cell.share_text}"
        for index, row in enumerate(rows)
        if index < len(row.cells) and (cell := row.cells[index]) is not None and cell.share_text
    ]
    return f"{size}; predicted correctly: {', '.join(shares)}."
