"""Finds the rows of a table that need one line: Typst lays the cells of other rows out twice to measure them."""

from collections.abc import Sequence

from cardwright.formats.pdf.words import Word

_EM = 3.387  # millimetres, at 9.6 points
_MARGIN = 0.97  # for kerning, which widens a few pairs of letters
_KNOWN = frozenset({"t", "n", "pad", "mono"})  # keys of words; others change the direction or the face
_FIRST = 0x20
CODE_ADVANCE = 516  # Source Code Pro, 600 at 0.86 of the size
ADVANCES = (
    200,
    289,
    426,
    497,
    497,
    824,
    609,
    249,
    303,
    303,
    418,
    497,
    249,
    311,
    249,
    350,
    497,
    497,
    497,
    497,
    497,
    497,
    497,
    497,
    497,
    497,
    249,
    249,
    497,
    497,
    497,
    425,
    847,
    544,
    588,
    571,
    615,
    527,
    494,
    617,
    652,
    263,
    480,
    579,
    486,
    727,
    647,
    664,
    566,
    664,
    569,
    534,
    536,
    645,
    515,
    786,
    513,
    476,
    539,
    303,
    350,
    303,
    497,
    500,
    542,
    504,
    553,
    456,
    555,
    496,
    292,
    504,
    544,
    246,
    247,
    495,
    255,
    829,
    547,
    542,
    555,
    555,
    347,
    419,
    338,
    544,
    467,
    719,
    446,
    467,
    425,
    303,
    241,
    303,
    497,
)
"""Widths of the printable ASCII characters from the space on, in thousandths of an em, of Source Sans 3 Regular."""


def is_one_line(row: Sequence[Word], widths: Sequence[float]) -> bool:
    """Whether each cell of a row certainly fits on one line of its width in millimetres. False if that is unknown.

    One cell must have letters of the usual size: a row of code only is lower.
    """
    return any(map(_is_of_usual_size, row)) and all(_fits(word, width) for word, width in zip(row, widths, strict=True))


def _is_of_usual_size(word: Word) -> bool:
    return bool(word) if isinstance(word, str) else "mono" not in word


def _fits(word: Word, width: float) -> bool:
    marks: dict[str, object] = {"t": word} if isinstance(word, str) else word
    if not marks.keys() <= _KNOWN:
        return False
    shown, pad = marks.get("n", marks.get("t")), marks.get("pad", 0.0)
    text = shown if isinstance(shown, str) else "".join(map(str, shown)) if isinstance(shown, list) else None
    if text is None or not isinstance(pad, float) or not (text.isascii() and text.isprintable()):
        return False
    thousandths = (
        len(text) * CODE_ADVANCE if "mono" in marks else sum([ADVANCES[code - _FIRST] for code in text.encode()])
    )
    return (thousandths / 1000 + pad) * _EM < width * _MARGIN
