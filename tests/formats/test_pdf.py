"""A card as a PDF: valid, readable by people and screen readers, the same bytes each time."""

import hashlib
import io
import json
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pikepdf
import pytest

from cardwright.core.errors import PrintingFailed
from cardwright.examples import examples
from cardwright.formats import CardRecord, VersionEntry
from cardwright.formats.pdf import engine, render_pdf
from cardwright.formats.pdf.streams import with_clear_ends
from tests.formats.pages import leaves
from tests.formats.pdf_files import (
    Letter,
    attachments_of,
    bookmarks_of,
    faults,
    letters,
    letters_of,
    overprinted,
    pages_of,
    place_of,
    structure_of,
    text_of,
)
from tests.formats.records import CHANGED, CREATED, evaluated, record

EXAMPLES = {
    example.name: json.loads([step.content for step in example.steps if step.content][-1]) for example in examples()
}
URL = (
    "https://policies.example.com/model-risk/tier-1/unsecured-personal-loans?version=2026-04&section=validation#review"
)


def number(name: str, value: float, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "number", "value": value, **more}


def line(name: str, points: list[list[float]], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "linear_graph", "value": points, **more}


def matrix(name: str, size: int, value: float) -> dict[str, Any]:
    labels = [f"class {index} of a long name" for index in range(size)]
    rows = [[value * (1 + row * size + column) for column in range(size)] for row in range(size)]
    return {"name": name, "type": "matrix", "value": rows, "x_axis_name": labels, "y_axis_name": labels}


SCRIPTS = {
    "model_overview": {
        "model_name": "نموذج الائتمان",
        "model_owner": "李雷",
        "model_creator": "Ame\u0301lia Ōkafor Ω",
        "model_description": "审批人员必须在拒绝任何申请之前复核模型输出。\n審査担当者は、申込みを確認すること。",
        "problem_type": "심사 담당자는 확인해야 한다",
        "algorithm_type": "Ученый, Επιστήμη, מדע, विज्ञान, বিজ্ঞান, வேலை, วิทยาศาสตร์",
    },
    "intended_uses": {"purpose_of_model": "يجب مراجعة النتائج قبل رفض أي طلب\n⚠ ✅ 1️⃣ 🇩🇪 👩🏽‍🔬 🧪 ✔️ \U0001d6fc ∑"},
}
UGLY = {
    "model_overview": {
        "model_name": "tibetan \u0f40 control \x01 private \ue000 override \u202e mark \ufffe",
        "model_description": "tab\there\r\nline\u2028separator",
    },
    "additional_information": {"custom_details": {"word": "x" * 180, "url": URL, "\u0f40": "\u0f40"}},
}
CURVE = [[step, round(math.sin(step / 300), 4)] for step in range(10_000)]
EVERYTHING = {
    **EXAMPLES["fraud-classifier"],
    "unheard_of": {"deep": [1, {"a": [True, None]}]},
    "evaluation_details": [
        *EXAMPLES["fraud-classifier"]["evaluation_details"],
        evaluated(
            *(number(f"metric_{index:03}", index / 7, notes="n" * (index % 50)) for index in range(500)),
            line("long curve", CURVE, x_axis_name="step", y_axis_name="loss"),
            matrix("counts", 20, 1),
            matrix("floats", 20, 1 / 7),
            {"name": "bars", "type": "bar_chart", "value": [1, -2, 3], "x_axis_name": ["a", "b", "c"]},
        )["evaluation_details"][0],  # type: ignore[index]  # a list of one
    ],
}
CARDS: dict[str, object] = {
    **EXAMPLES,
    "everything": EVERYTHING,
    "empty": {},
    "no object": [1, 2],
    "one name": {"model_overview": {"model_name": "m"}},
    "scripts": SCRIPTS,
    "ugly": UGLY,
}


@pytest.fixture(scope="module", params=CARDS)
def printed(request: pytest.FixtureRequest) -> tuple[CardRecord, bytes]:
    card = record(CARDS[request.param], status="Draft")
    return card, render_pdf(card).data


def test_validators_accept_the_pdf(printed: tuple[CardRecord, bytes]) -> None:
    assert faults(printed[1]) == []


def test_it_carries_the_stored_content_whose_hash_is_on_the_first_page(printed: tuple[CardRecord, bytes]) -> None:
    card, pdf = printed
    attached = attachments_of(pdf)
    assert list(attached) == ["content.json"]
    assert attached["content.json"] == card.content.encode()
    digest = hashlib.sha256(attached["content.json"]).hexdigest()
    assert digest in letters(pages_of(pdf)[0])
    for page in pages_of(pdf):
        assert f"{digest[:12]}…{digest[52:]}" in letters(page)


def test_every_page_names_its_card_and_status(printed: tuple[CardRecord, bytes]) -> None:
    card, pdf = printed
    pages = pages_of(pdf)
    assert card.name in pages[0]
    assert "Status: Draft" in pages[0]
    assert "not been reviewed or approved" in pages[0]
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "D R A F T" in page or "DRAFT" in letters(page)
        assert number == 1 or letters(f"{card.name} version {card.version}") in letters(page)


def test_a_screen_reader_finds_title_language_headings_and_alternatives(printed: tuple[CardRecord, bytes]) -> None:
    card, pdf = printed
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en-GB"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.docinfo.Title) == f"Model card: {card.name}, version {card.version}"
    structure = structure_of(pdf)
    levels = [0, *structure.headings]
    assert levels[1] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(structure.alternatives)
    assert structure.roles["/Table"] == structure.roles["/THead"] == structure.roles["/TBody"]


def test_no_text_and_no_number_of_an_example_is_missing_from_the_pages() -> None:
    for name, content in EXAMPLES.items():
        card = record(content)
        shown = letters(text_of(render_pdf(card).data))
        literals = [str(value) for value in numbers(json.loads(card.content, parse_float=str, parse_int=str))]
        texts = [leaf for leaf in leaves(content) if letters(leaf) not in shown]
        assert not texts, name
        assert not [literal for literal in literals if literal not in shown], name


def numbers(value: Any, key: str = "") -> list[Any]:
    """Return the numbers of a content as written. They are parsed as texts, so the result also has texts."""
    if isinstance(value, dict):
        return [found for name, item in value.items() for found in numbers(item, name)]
    if isinstance(value, list):
        return [found for item in value for found in numbers(item, key)]
    return [value] if isinstance(value, str) and value.lstrip("-")[:1].isdigit() and " " not in value else []


def test_a_card_with_everything_prints_all_but_the_points_of_its_thinned_curve() -> None:
    card = record(EVERYTHING)
    pdf = render_pdf(card).data
    shown = letters(text_of(pdf))
    last = EVERYTHING["evaluation_details"][-1]["metric_groups"][0]["metric_data"]
    assert not [metric["name"] for metric in last[:500] if metric["name"] not in shown]
    assert not [metric["value"] for metric in last[:500] if repr(metric["value"]) not in shown]
    for stored in last[501:503]:
        assert not [value for row in stored["value"] for value in row if repr(value) not in shown]
    assert "10,000points;allareintheattachedcontent.json" in shown
    assert "unheard_of" in shown


def test_tables_repeat_their_header_on_every_page() -> None:
    pages = pages_of(render_pdf(record(evaluated(*(number(f"m{index}", index) for index in range(300))))).data)
    running_on = [page for page in pages[1:-1] if "m1" in page or "m2" in page]
    assert len(running_on) > 3
    assert all("Metric" in page and "Value" in page for page in running_on)


def test_line_graphs_are_figures_and_bars_and_matrices_are_tables() -> None:
    structure = structure_of(render_pdf(record(EXAMPLES["fraud-classifier"])).data)
    graphs = json.dumps(EXAMPLES["fraud-classifier"]).count('"linear_graph"')
    assert len(structure.alternatives) >= graphs > 0
    assert any("area under the curve 0.9465" in text for text in structure.alternatives)
    bars = structure_of(render_pdf(record(evaluated(*(number(f"f{n}", n) for n in range(45)), group="shap"))).data)
    assert not bars.alternatives
    assert bars.roles["/TR"] > 45


LONG_NAMES = {
    "snake case": "share_of_card_payments_held_for_manual_review_per_thousand_txns",
    "wide": "W" * 63,
    "wide, just wider than its place": "W" * 35,
    "wide, narrower than a line": "M" * 24,
    "words": "Share of the card payments held for manual review per thousand of all the transactions that were seen",
    "Cyrillic": "\u042e" * 63,
    "Chinese": "\u5ba1\u6279\u4eba\u5458\u5fc5\u987b" * 10,
}
_PAGE_RIGHT = (210 - 22) * 72 / 25.4
_AXIS_TITLE, _ON_COLUMN, _READING = 7.4, 6.9, 8.0


def columns(name: str, axis: str, labels: tuple[str, ...] = ("1", "2")) -> dict[str, Any]:
    values = list(range(1, len(labels) + 1))
    return {"name": name, "type": "bar_chart", "value": values, "x_axis_name": labels, "y_axis_name": axis}


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
def test_long_names_overlap_nothing_in_every_kind_of_chart(name: str) -> None:
    graph = [[0.0, 1.0], [1.0, 2e6], [2.0, 1.5e6]]
    square = matrix(name, 4, 1) | {"x_axis_name": [name, "b", "c", "d"], "y_axis_name": [name, "b", "c", "d"]}
    content = evaluated(
        columns("columns", name), columns(name, name), columns("bars", name, (name, "b", "c")),
        line("of two axes", graph, x_axis_name=name, y_axis_name=name), line(name, graph, x_axis_name="x"),
        line("one of two", graph, x_axis_name=f"{name}x", y_axis_name=name),
        line(f"two of two {name}", graph, x_axis_name=f"{name}x", y_axis_name=name),
        square, number(name, 1), group=name,
    )  # fmt: skip
    content["evaluation_details"][0]["name"] = name  # type: ignore[index]  # a list of one
    pdf = render_pdf(record(content)).data
    assert overprinted(pdf) == []
    assert [letter for letter in letters_of(pdf) if letter.right > _PAGE_RIGHT + 1] == []
    assert faults(pdf) == []


def in_drawings(content: dict[str, Any], size: float) -> list[Letter]:
    """Return the letters of this size above the footer."""
    foot = 23 * 72 / 25.4
    return [
        letter
        for letter in letters_of(render_pdf(record(content)).data)
        if letter.size == size and letter.bottom > foot
    ]


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
def test_wrapped_y_axis_title_overlaps_no_column_number(name: str) -> None:
    content = evaluated(columns("m", name))
    title = [letter for letter in in_drawings(content, _AXIS_TITLE) if letter.shown.isalpha()]
    assert [letter.shown for letter in title] == list(filter(str.isalpha, name))
    assert min(letter.bottom for letter in title) > max(letter.top for letter in in_drawings(content, _ON_COLUMN))


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
def test_wrapped_x_axis_title_overlaps_neither_ticks_nor_caption(name: str) -> None:
    content = evaluated(line("m", [[0, 1], [1, 2]], x_axis_name=name))
    drawn = in_drawings(content, _AXIS_TITLE)
    title = [letter for letter in drawn if letter.shown.isalpha()]
    lowest_tick = min(letter.bottom for letter in drawn if letter.shown.isdigit())
    assert [letter.shown for letter in title] == list(filter(str.isalpha, name))
    assert max(letter.top for letter in title) < lowest_tick
    lowest = [letter for letter in in_drawings(content, _READING) if letter.top < lowest_tick]
    assert "".join(letter.shown for letter in lowest).startswith("2points")
    assert min(letter.bottom for letter in title) > max(letter.top for letter in lowest)


def with_evaluations(count: int, name: str) -> dict[str, Any]:
    group = {"name": "g", "metric_data": [number("m", 1)]}
    evaluations = [{"name": name.format(index), "metric_groups": [group]} for index in range(count)]
    return {"model_overview": {"model_name": "m"}, "evaluation_details": evaluations}


def contents_of(content: dict[str, Any]) -> str:
    """Return the text between the headings of contents and versions; empty without contents."""
    text = text_of(render_pdf(record(content)).data).replace("\r", "")
    return text.partition("\nContents\n")[2].partition("\nVersions\n")[0]


def test_few_sections_with_many_evaluations_have_a_table_of_contents() -> None:
    assert not contents_of(with_evaluations(8, "evaluation {}"))
    contents = letters(contents_of(with_evaluations(9, "evaluation {}")))
    assert [index for index in range(9) if f"2.{index + 1}evaluation{index}" in contents] == list(range(9))
    assert "3Aboutthisdocument" in contents


@pytest.mark.parametrize(
    ("count", "name"),
    [(60, "evaluation {}"), (30, f"evaluation {{}} {'of long names ' * 6}"), (30, "\u5ba1" * 60 + "{}")],
)
def test_contents_that_would_be_longer_than_a_page_list_the_sections_alone(count: int, name: str) -> None:
    contents = letters(contents_of(with_evaluations(count, name)))
    assert "2Evaluationdetails" in contents
    assert "3Aboutthisdocument" in contents
    assert letters(name.format(1)) not in contents


def test_bookmarks_lead_to_every_section_evaluation_and_group() -> None:
    titles = bookmarks_of(render_pdf(record(EXAMPLES["fraud-classifier"])).data)
    assert "1 Model overview" in titles
    assert "5.1 Model quality, first quarter of 2026" in titles
    assert "Binary classification metrics" in titles
    assert "9 About this document" in titles


def test_each_text_has_its_language() -> None:
    assert structure_of(render_pdf(record(SCRIPTS)).data).languages >= {"ar", "zh", "ja", "ko"}


def test_no_script_we_ship_a_font_for_is_unprintable() -> None:
    printed = render_pdf(record(SCRIPTS))
    assert printed.unprintable == ()
    shown = letters(text_of(printed.data))
    for text in ("审批人员必须在拒绝任何申请之前复核模型输出。", "심사담당자는확인해야한다", "李雷", "Ученый"):
        assert text in shown


def test_characters_without_a_glyph_are_shown_by_code_point_and_listed() -> None:
    printed = render_pdf(record(UGLY))
    assert {found.shown: found.count for found in printed.unprintable} == {
        "[U+0001]": 2, "[U+0F40]": 4, "[U+202E]": 2, "[U+E000]": 2, "[U+FFFE]": 2,
    }  # fmt: skip
    shown = text_of(printed.data)
    assert "tibetan [U+0F40] control [U+0001] private [U+E000] override [U+202E] mark [U+FFFE]" in shown
    assert "12 characters of the card cannot be printed" in shown
    assert "tibetan letter ka" in shown


def test_a_code_point_keeps_its_position_in_text_from_right_to_left() -> None:
    text = "\u062e\u0637\u0631 abc \u0f40 \u062e\u0637\u0631 \u0645\u0631\u0627\u062c\u0639\u0629"
    printed = render_pdf(record({"intended_uses": {"purpose_of_model": text}}))
    latin, shown = (place_of(printed.data, word) for word in ("abc", "U+0F40"))
    assert shown < latin  # left of the Latin word, because it follows it
    assert "[U+0F40]" in bookmarks_of(render_pdf(record({"evaluation_details": [{"name": text}]})).data)[1]
    assert not faults(printed.data)
    assert not set(text_of(printed.data)) & set("\u2066\u2067\u2069\u200e\u200f")  # the text that a reader copies


def test_card_content_is_never_parsed_as_typst() -> None:
    attempts = [
        '#read("/etc/passwd")', "$x^2$", "<label>", "@reference", "*bold* _it_ `raw`", "= heading", "- list",
        "#import \"@preview/x:1.0.0\"", '"; #panic("x") //', "\\u{41} \\ // /* */ -- --- ... '",
    ]  # fmt: skip
    content = {
        "model_overview": {"model_name": attempts[0], "model_owner": attempts[1]},
        "intended_uses": {"purpose_of_model": "\n".join(attempts)},
        "evaluation_details": [{"name": attempts[0], "metric_groups": [{"name": attempts[3], "metric_data": [
            number(attempts[0], 1, notes=attempts[8]), line(attempts[0], [[1, 2], [2, 3]], x_axis_name=attempts[1]),
        ]}]}],
        "additional_information": {"custom_details": dict.fromkeys(attempts, attempts[7])},
    }  # fmt: skip
    shown = letters(text_of(render_pdf(record(content)).data))
    assert not [attempt for attempt in attempts if letters(attempt) not in shown]


@pytest.mark.parametrize(
    ("status", "word"), [("Draft", "DRAFT"), ("PendingReview", "PENDINGREVIEW"), ("Archived", "ARCHIVED")]
)
def test_every_page_of_an_unapproved_card_is_marked_at_its_edge(status: str, word: str) -> None:
    pages = pages_of(render_pdf(record(EXAMPLES["fraud-classifier"], status=status)).data)
    assert all(word in letters(page) for page in pages)
    assert not any(word in letters(page) for page in pages_of(render_pdf(record(EXAMPLES["fraud-classifier"])).data))


def test_the_same_version_in_the_same_status_is_the_same_bytes_in_every_process() -> None:
    code = (
        "import sys; from cardwright.formats.pdf import render_pdf; from tests.formats.test_pdf import EXAMPLES;"
        "from tests.formats.records import record;"
        "sys.stdout.buffer.write(render_pdf(record(EXAMPLES['fraud-classifier'])).data)"
    )
    here = render_pdf(record(EXAMPLES["fraud-classifier"])).data
    places = (
        {"TZ": "Asia/Tokyo", "LANG": "C"},
        {"TZ": "America/Lima", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "5"},
    )
    for place in places:
        result = subprocess.run([sys.executable, "-c", code], env=os.environ | place, capture_output=True, check=True)
        assert result.stdout == here


def test_threads_print_concurrently_and_get_their_own_documents() -> None:
    cards = [record(EXAMPLES["demand-forecaster"], name=f"card-{number}") for number in range(8)]
    alone = [render_pdf(card).data for card in cards]
    with ThreadPoolExecutor(4) as threads:
        assert [printed.data for printed in threads.map(render_pdf, cards)] == alone


def test_a_separate_process_writes_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    card = record(EXAMPLES["fraud-classifier"])
    here = render_pdf(card).data
    monkeypatch.setattr(engine, "MAX_IN_PROCESS", 0)
    assert render_pdf(card).data == here
    monkeypatch.setattr(engine, "compile_in_process", None)  # the separate process must compile, or the test fails
    assert render_pdf(card).data == here


@pytest.mark.parametrize("length", [0, engine.MAX_IN_PROCESS])
def test_a_refused_document_is_an_error_without_its_content_and_the_next_one_prints(length: int) -> None:
    secret = "secret-" + "x" * length
    with pytest.raises(PrintingFailed, match=r"^Typst refused the document: ") as refused:
        engine.compile_document({"lang": secret}, "{}", 0)
    assert "secret" not in str(refused.value)
    assert render_pdf(record({})).data.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("program", "fault"), [("/bin/false", "ended with code 1"), ("/missing", "did not finish: FileNotFoundError")]
)
def test_a_separate_process_that_fails_is_an_error_that_names_its_end(
    monkeypatch: pytest.MonkeyPatch, program: str, fault: str
) -> None:
    monkeypatch.setattr(engine, "MAX_IN_PROCESS", 0)
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(PrintingFailed, match=f"The process that prints long documents {fault}"):
        render_pdf(record({}))


def test_an_invalid_picture_is_refused() -> None:
    assert engine.compile_picture('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')[1:4] == b"PNG"
    with pytest.raises(PrintingFailed, match="Typst refused a picture of a chart"):
        engine.compile_picture("<svg")


def test_dates_come_from_the_card_not_from_the_clock() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(record({})).data)) as document:
        assert str(document.docinfo.CreationDate).startswith("D:20260621160200")


def test_a_long_history_is_in_the_annex_up_to_the_printed_version() -> None:
    versions = tuple(VersionEntry(n, "Approved", CREATED, CHANGED, "mei", note="why") for n in range(60, 0, -1))
    card = CardRecord("a", "arn", 60, "Approved", "{}", CREATED, CHANGED, versions=versions)
    pages = pages_of(render_pdf(card).data)
    assert "50 earlier versions are listed in the annex" in pages[0]
    assert "Annex: all versions" in "".join(pages)


def test_only_streams_that_end_in_a_carriage_return_are_repaired() -> None:
    begin = b"%PDF\n1 0 obj\n<</Length 3/Params<</A 1>>>>\nstream\n"
    other = b"\nendstream\nendobj\n2 0 obj\n<</Length 2>>\nstream\nab\nendstream\nendobj\n"
    cleared = with_clear_ends(begin + b"ab\r" + other)
    assert cleared == begin[:-8] + b"stream\nab\r\r" + other
    assert len(cleared) == len(begin + b"ab\r" + other)
    for untouched in (begin + b"abc" + other, begin + b"ab\r", b"", b">>\nstream\n"):
        assert with_clear_ends(untouched) == untouched


def test_without_the_extra_the_error_names_it() -> None:
    code = (
        "import sys; sys.modules['typst'] = None\n"
        "import importlib.metadata as m; real = m.version\n"
        "def version(name):\n"
        "    if name == 'typst': raise m.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "m.version = version\n"
        "from cardwright.formats import FORMATS\n"
        "from tests.formats.records import record\n"
        "try: FORMATS['pdf'].print(record({}))\n"
        "except Exception as error: print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "PDF needs the package typst. Install it with: pip install 'cardwright[pdf]'\n"
