"""Lines from right to left keep their own direction in the PDF, on the page and in Markdown."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from cardwright.formats import FORMATS
from cardwright.formats.pdf import render_pdf
from cardwright.formats.values import Text, code_of, lines_of, one_way, text_of
from tests.formats.pdf_files import (
    Letter,
    bookmarks_of,
    faults,
    letters,
    letters_of,
    overprinted,
    place_of,
)
from tests.formats.pdf_files import (
    text_of as text_of_pdf,
)
from tests.formats.records import evaluated, record
from tests.formats.test_pdf import line, matrix, number

BEFORE, AFTER = "הבא", "שלנו"


def hebrew(word: str) -> str:
    """A sentence from right to left around a Latin word; it ends with a colon."""
    return f"{BEFORE} {word} {AFTER}:"


def as_drawn(word: str) -> str:
    """The letters of this sentence from left to right on the page; the colon comes first."""
    return letters(":" + AFTER[::-1] + word + BEFORE[::-1])


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("## دفتر الشرح Google Colab", "rtl"),
        ("العربية is one of the languages that this model supports.", "rtl"),
        (hebrew("import"), "rtl"),
        ("(22) نتائج", "rtl"),
        ("1. ثانيًا", "rtl"),
        ("- שלום world and more words", "rtl"),
        ("AUC يجب مراجعة النتائج", "rtl"),  # most letters are Arabic
        ("\u200fabc", "rtl"),
        ("\u200e\u05e9\u05dc\u05d5\u05dd", "ltr"),
        ("ދިވެހި", "rtl"),
        ("ߒߞߏ abc", "rtl"),
        ("𞤀𞤣𞤤𞤢𞤥", "rtl"),
        ("The word שלום in a sentence", "ltr"),
        ("12.5 % – (3)", "ltr"),
        ("審査 ⚠", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_first_letter_or_most_letters_decide_the_direction_of_a_line(text: str, direction: str) -> None:
    assert text_of(text).direction == direction


def test_the_first_letter_of_an_address_decides_its_direction() -> None:
    assert code_of("s3://bucket/نموذج-الائتمان/بيانات.csv").direction == "ltr"
    assert code_of("نموذج.csv").direction == "rtl"


def test_each_line_of_a_value_has_its_own_direction_and_language() -> None:
    found = lines_of(text_of(f"Owner\r\n\n{hebrew('import')}\u2028审批"))
    assert [(part.text, part.direction, part.language) for part in found] == [
        ("Owner", "ltr", None), ("", "ltr", None), (hebrew("import"), "rtl", "he"), ("审批", "ltr", "zh"),
    ]  # fmt: skip
    assert [len(run) for run in one_way(found)] == [2, 1, 1]
    plain = Text("one\ntwo")
    assert lines_of(plain) == (plain,)


EVERYWHERE: dict[str, Any] = {
    "model_overview": {
        "model_name": hebrew("qalone"),
        "model_owner": f"Owner\n\n{hebrew('qowner')}",
        "model_description": f"First line\n{hebrew('qlead')}\nLast line",
        "model_creator": f"{hebrew('qcreator')}\nsecond",
    },
    "business_details": {"line_of_business": f"Steps\n\n{hebrew('qprose')}"},
    "training_details": {
        "training_job_details": {"hyper_parameters": [{"name": hebrew("qcolumn"), "value": hebrew("qcode")}]}
    },
    "evaluation_details": [
        {
            "name": hebrew("qheading"),
            "metric_groups": [
                {
                    "name": hebrew("qgroup"),
                    "metric_data": [
                        number(hebrew("qmetric"), 1, notes=f"note\n{hebrew('qremark')}"),
                        line(hebrew("qgraph"), [[0, 1], [1, 2]], x_axis_name=hebrew("qacross"), notes=hebrew("qbelow")),
                        matrix(hebrew("qmatrix"), 2, 1) | {"notes": hebrew("qsaid")},
                        {
                            "name": hebrew("qbars"), "type": "bar_chart", "value": [1, 2], "y_axis_name": "n",
                            "x_axis_name": [hebrew("qlabel"), "long label number two"],
                        },
                    ],
                }
            ],
        },
        *({"name": f"evaluation {index}"} for index in range(9)),
    ],
    "additional_information": {
        "custom_details": {hebrew("qname"): hebrew("qvalue"), "mixed": f"First\n{hebrew('qcell')}\n\nThird"}
    },
    hebrew("qsection"): {hebrew("qfield"): "x"},
}  # fmt: skip
WORDS = re.findall(f"{BEFORE} (\\w+) {AFTER}", repr(EVERYWHERE))


@pytest.fixture(scope="module")
def everywhere() -> bytes:
    return render_pdf(record(EVERYWHERE)).data


def test_a_line_from_right_to_left_is_drawn_so_in_every_block(everywhere: bytes) -> None:
    drawn = letters_of(everywhere)
    assert len(WORDS) > 20
    wrong = {word: shown for word in WORDS for shown in lines_with(drawn, word) if as_drawn(word) not in shown}
    assert wrong == {}
    assert all(list(lines_with(drawn, word)) for word in WORDS)
    assert faults(everywhere) == []
    assert overprinted(everywhere) == []


def lines_with(drawn: list[Letter], word: str) -> Iterator[str]:
    """Return the letters around each occurrence of a word, from left to right, up to the next wide gap."""
    for index in range(len(drawn) - len(word) + 1):
        found = drawn[index : index + len(word)]
        if "".join(letter.shown for letter in found) != word:
            continue
        first = found[0]
        same = [
            other for other in drawn if other.page == first.page and abs(other.bottom - first.bottom) < first.size / 2
        ]
        yield "".join(letter.shown for letter in sorted(same, key=lambda letter: letter.left))


def test_the_contents_and_the_annex_keep_the_direction_of_a_heading(everywhere: bytes) -> None:
    drawn = letters_of(everywhere)
    assert len(list(lines_with(drawn, "qheading"))) >= 3  # in the contents, above its section, in the annex
    assert any(hebrew("qheading") in title for title in bookmarks_of(everywhere))


def test_a_line_from_right_to_left_begins_at_the_right_edge_of_prose_and_cells(everywhere: bytes) -> None:
    drawn = letters_of(everywhere)
    for word, edge in (("qlead", 173.0), ("qvalue", 184.0), ("qcell", 184.0), ("qremark", 184.0)):
        right = max(letter.right for letter in near(drawn, word))
        assert abs(right - edge * 72 / 25.4) < 4, word


def near(drawn: list[Letter], word: str) -> list[Letter]:
    index = "".join(letter.shown for letter in drawn).index(word)
    return [
        other
        for other in drawn
        if other.page == drawn[index].page and abs(other.bottom - drawn[index].bottom) < drawn[index].size / 2
    ]


def test_latin_words_in_an_arabic_heading_are_left_of_its_first_word() -> None:
    content = {"evaluation_details": [{"name": "دفتر الشرح Google Colab"}]}
    pdf = render_pdf(record(content)).data
    arabic = max(letter.right for letter in near(letters_of(pdf), "Colab"))
    assert place_of(pdf, "Google") < place_of(pdf, "Colab") < arabic - 30


JOINED = {
    "Arabic that joins": "ب" * 65,
    "Arabic, joined and not": "النموذجالائتمانيالذييحسباحتمالالتعثرخلالاثنيعشرشهراًمنتاريخالقرض",
    "Arabic, very long": "ب" * 400,
    "Hebrew": "ש" * 90,
    "Syriac": "ܒ" * 90,
    "Devanagari": "क्षि" * 60,
    "Malayalam": "സ്ഥിതിവിവരക്കണക്കുകളുടെ" * 6,
    "Tamil": "கொ" * 60,
    "Ethiopic": "ማ" * 90,
    "Vietnamese": "ệ" * 120,
    "mixed": "نموذج_credit_scoring_" * 8,
}


@pytest.mark.parametrize("name", JOINED.values(), ids=JOINED)
def test_a_long_word_of_any_script_overlaps_nothing_and_stays_on_the_page(name: str) -> None:
    content = {
        **evaluated(
            number(name, 1, notes=name), line(name, [[0, 1], [1, 2]], x_axis_name=name, y_axis_name=name),
            {"name": name, "type": "bar_chart", "value": [1, 2], "x_axis_name": [name, "b"]}, group=name,
        ),
        "model_overview": {"model_name": name, "model_owner": name},
        "intended_uses": {"purpose_of_model": name},
        "additional_information": {"custom_details": {name: name}},
    }  # fmt: skip
    pdf = render_pdf(record(content)).data
    right, left = (210 - 22) * 72 / 25.4 + 1, 25 * 72 / 25.4 - 1
    outside = [
        letter for letter in letters_of(pdf) if letter.right > right or (letter.left < left and letter.shown in name)
    ]
    assert outside == []
    assert faults(pdf) == []


def test_a_broken_word_of_joined_letters_keeps_its_letters() -> None:
    word = "ب" * 400
    pdf = render_pdf(record({"intended_uses": {"purpose_of_model": word}})).data
    assert text_of_pdf(pdf).count("ب") == len(word)


def test_the_page_gives_each_line_its_direction() -> None:
    page = FORMATS["html"].print(record(EVERYWHERE)).decode()
    assert f'Owner<br><br><bdi lang="he" dir="rtl">{hebrew("qowner")}</bdi>' in page
    assert '<p class="cw-prose">Steps</p>\n<p class="cw-prose" lang="he" dir="rtl">' in page.replace("\n\n", "\n")
    for word in WORDS:
        whole = re.escape(hebrew(word))
        shown = re.findall(rf"<[^<>]*>(?=[^<>]*{whole})", page)
        assert any('dir="rtl"' in tag or 'direction="rtl"' in tag for tag in shown), word


def test_a_browser_draws_each_line_of_a_cell_in_its_direction(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(FORMATS["html"].print(record(EVERYWHERE)).decode())
    for word in ("qowner", "qcell", "qvalue", "qheading", "qremark"):
        line = page.locator("bdi", has_text=hebrew(word)).first
        drawn = line.evaluate(
            """e => {
                const at = (i) => { const r = document.createRange(); const t = e.firstChild;
                    r.setStart(t, i); r.setEnd(t, i + 1); return r.getBoundingClientRect().left };
                return [at(e.textContent.length - 1), at(0)];
            }"""
        )
        assert drawn[0] < drawn[1], word  # the colon is left of the first letter
    for word in ("qcell", "qremark"):
        edges = page.locator("bdi", has_text=hebrew(word)).first.evaluate(
            """e => { const cell = e.closest("td, th"), style = getComputedStyle(cell);
                return [e.getBoundingClientRect().right,
                        cell.getBoundingClientRect().right - parseFloat(style.paddingRight)]; }"""
        )
        assert abs(edges[0] - edges[1]) < 1, word  # as in the PDF
    page.close()


def test_markdown_gives_each_line_its_direction() -> None:
    text = FORMATS["md"].print(record(EVERYWHERE)).decode().split("\n---\n", 1)[1]
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert f'Owner<br><br><p dir="rtl">{hebrew("qowner")}</p>' in html
    assert f'<h3 dir="rtl">{hebrew("qheading")}</h3>' in html
    assert f'<p>Steps</p>\n<p dir="rtl">{hebrew("qprose")}</p>' in html
    for word in WORDS:
        assert re.search(rf'<(?:p|h\d) dir="rtl">(?:<strong>|<code>)?{re.escape(hebrew(word))}', html), word
