"""The HTML page in a real browser: no refused resource, no cut text, light and dark, on paper."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Browser, Page

from cardwright.examples import examples
from cardwright.formats import FORMATS
from tests.formats.pdf_files import colours
from tests.formats.records import evaluated, record

CONTENTS = {example.name: [step.content for step in example.steps if step.content][-1] for example in examples()}
LONG = "x" * 180
UGLY_CHARTS = [
    {
        "name": LONG,
        "type": "matrix",
        "value": [[n * m for m in range(20)] for n in range(20)],
        "x_axis_name": [f"class {n}" for n in range(20)],
    },
    {
        "name": LONG,
        "type": "linear_graph",
        "value": [[1e300, -1e300], [1e308, 1e308]],
        "x_axis_name": "x" * 63,
        "y_axis_name": "y" * 63,
    },
    {"name": "columns", "type": "bar_chart", "value": [-123456.789, 2], "x_axis_name": ["سنة", "b"]},
]
UGLY_BARS = [{"name": f"{LONG} {n}", "type": "number", "value": n / 7 - 2} for n in range(45)]
UGLY: dict[str, Any] = {
    "model_overview": {
        "model_name": LONG,
        "model_description": f"{LONG}\n\nيجب مراجعة النتائج",
        "model_artifact": [f"s3://b/{LONG}"],
    },
    "additional_information": {"custom_details": {LONG: LONG, "url": f"https://example.org/{LONG}"}},
    "evaluation_details": [
        {
            "name": LONG,
            "metric_groups": [
                {"name": "explanations - global_shap_values, label=x", "metric_data": UGLY_BARS},
                {"name": LONG, "metric_data": UGLY_CHARTS},
            ],
        }
    ],
}
CARDS = {name: CONTENTS[name] for name in ("fraud-classifier", "waste-sorter-vision")} | {"ugly": UGLY, "empty": "{}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, content in CARDS.items():
        (folder / f"{name}.html").write_bytes(FORMATS["html"].print(record(content, status="Draft")))
    return folder


def opened(browser: Browser, file: Path, *, width: int = 1280, scheme: Any = "light") -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.on("request", lambda request: logged.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(file.as_uri())
    return page, logged


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("width", [1280, 768, 360])
def test_the_page_fits_every_width_and_the_browser_logs_no_message(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    page, logged = opened(browser, folder / f"{name}.html", width=width)
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert logged == []
        cut = page.evaluate(
            "[...document.querySelectorAll('svg.ch-s text')].filter(text => {"
            "  const box = text.getBoundingClientRect(), drawing = text.closest('svg').getBoundingClientRect();"
            "  return box.left < drawing.left - 1 || box.right > drawing.right + 1 || box.bottom > drawing.bottom + 1;"
            "}).map(text => text.textContent)"
        )
        assert cut == []
    finally:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["fraud-classifier", "ugly", "empty"])
def test_axe_finds_no_barrier(browser: Browser, folder: Path, name: str, scheme: str) -> None:
    page, _ = opened(browser, folder / f"{name}.html", scheme=scheme)
    try:
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    finally:
        page.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_no_text_of_a_drawing_is_smaller_than_eleven_pixels(browser: Browser, folder: Path, width: int) -> None:
    page, _ = opened(browser, folder / "fraud-classifier.html", width=width)
    try:
        smallest = page.evaluate(
            "Math.min(...[...document.querySelectorAll('svg text')].map(text =>"
            "  parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 1)))"
        )
        assert smallest >= 11
    finally:
        page.close()


def test_one_drawing_follows_light_and_dark(browser: Browser, folder: Path) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page, _ = opened(browser, folder / "fraud-classifier.html", scheme=scheme)
        bar = "getComputedStyle(document.querySelector('.ch-f1')).fill"
        colours.append((page.evaluate(bar), page.evaluate("getComputedStyle(document.body).backgroundColor")))
        page.close()
    assert colours == [("rgb(26, 95, 168)", "rgb(241, 244, 245)"), ("rgb(125, 180, 243)", "rgb(12, 20, 28)")]


def test_the_numbers_open_without_a_script(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder / "fraud-classifier.html")
    try:
        summary = page.locator("summary", has_text="Show the numbers").first
        numbers = page.locator("figure .cw-numbers table").first
        assert not numbers.is_visible()
        summary.focus()
        page.keyboard.press("Enter")
        assert numbers.is_visible()
    finally:
        page.close()


def test_the_page_prints_in_light_colours_on_a4(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder / "fraud-classifier.html", scheme="dark")
    try:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.querySelector('.ch-f1')).fill") == "rgb(26, 95, 168)"
        assert not page.locator(".cw-toc").is_visible()
        printed = page.pdf(prefer_css_page_size=True)
        assert printed.startswith(b"%PDF-")
    finally:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_page_keeps_the_shades_of_a_matrix(browser: Browser, folder: Path, scheme: str) -> None:
    page, _ = opened(browser, folder / "fraud-classifier.html", scheme=scheme)
    try:
        printed = page.pdf(prefer_css_page_size=True)
    finally:
        page.close()
    assert {(0x1A, 0x5F, 0xA8), (0xF2, 0xF6, 0xFA)} <= colours(printed)


def test_line_breaks_and_indentation_survive_in_cells(browser: Browser, tmp_path: Path) -> None:
    text = "First\nSecond\n\n    indented  apart"
    content = evaluated({"name": "m", "type": "number", "value": 1, "notes": text}) | {
        "model_overview": {"model_owner": text},
        "additional_information": {"custom_details": {text: text, "b": text.replace("\n", "\r\n")}},
        "training_details": {"training_job_details": {"hyper_parameters": [{"name": text, "value": text}]}},
    }
    (tmp_path / "page.html").write_bytes(FORMATS["html"].print(record(content)))
    page, _ = opened(browser, tmp_path / "page.html")
    try:
        shown = [cell.inner_text() for cell in page.locator("td, tbody th, dd > div", has_text="First").all()]
    finally:
        page.close()
    assert len(shown) == 7
    assert set(shown) == {text}
