"""Rows of tables whose height is known before the layout: the pages are the same as with measured rows."""

import json
import random
from typing import Any

import pytest
import typst

from cardwright.formats.pdf import blocks, one_line, render_pdf
from tests.formats.records import evaluated, record
from tests.formats.test_fonts import FONTS
from tests.formats.test_pdf import line, number

_LETTERS = "".join(map(chr, range(0x21, 0x7F)))


def of_many_widths() -> dict[str, Any]:
    """Content with table cells of all widths: of narrow, wide and mixed letters, as names, notes, numbers and code."""
    chosen = random.Random(3)  # noqa: S311 - not for secrets
    names = ["".join(chosen.choices(_LETTERS, k=size)) for size in range(1, 90)]
    names += [letter * size for letter in ("W", "@", "m", "i", "AV", "a ") for size in range(8, 50, 3)]
    metrics: list[object] = [
        number(name, chosen.random() * 10 ** chosen.randrange(-9, 12), notes=names[-index] if index % 3 else "")
        for index, name in enumerate(names)
    ]
    # A graph puts its points and the stored form of its names, which are code, into annexes.
    graphs = [line("Zm_" * size, [[n / 7, n**size / 7] for n in range(9)]) for size in range(1, 12)]
    return evaluated(*metrics, *graphs, group="Wm_group " * 6)


def test_rows_of_known_height_give_the_same_pages_as_measured_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[bool] = []

    def noted(row: Any, widths: Any) -> bool:
        known.append(one_line.is_one_line(row, widths))
        return known[-1]

    content = of_many_widths()
    monkeypatch.setattr(blocks, "is_one_line", noted)
    printed = render_pdf(record(content)).data
    assert known.count(True) > 50
    assert known.count(False) > 50
    monkeypatch.setattr(blocks, "is_one_line", lambda *_: False)
    assert printed == render_pdf(record(content)).data


def test_the_widths_of_letters_are_those_of_the_fonts() -> None:
    assert widths_in("Source Sans 3", 1000) == list(one_line.ADVANCES)
    assert set(widths_in("Source Code Pro", 860)) == {one_line.CODE_ADVANCE}


def widths_in(font: str, points: int) -> list[int]:
    """Measure the printable ASCII characters in points with Typst: each between two bars, whose width is known."""
    source = f"""#set text(font: "{font}", size: {points}pt, kerning: false, number-width: "tabular")
    #let wide(letters) = measure(text(letters)).width.pt()
    #context [#metadata(range(0x20, 0x7f).map(c => wide("|" + str.from-unicode(c) + "|") - wide("||"))) <widths>]"""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    compiler = typst.Compiler(source.encode(), font_paths=fonts, ignore_system_fonts=True)
    return [round(width) for width in json.loads(compiler.query("<widths>", field="value", one=True))]


@pytest.mark.parametrize(
    ("row", "width"),
    [
        (["W" * 30], 80.0),
        (["a\nb"], 80.0),
        (["\u0131"], 80.0),
        ([{"t": "code", "mono": True}], 80.0),
        (["", ""], 80.0),
        ([{"t": "abc", "rtl": True}, "a"], 80.0),
        (["a", {"n": "0.5", "pad": 40.0}], 80.0),
    ],
)
def test_a_row_of_unknown_height_is_measured(row: list[Any], width: float) -> None:
    assert not one_line.is_one_line(row, [width] * len(row))
