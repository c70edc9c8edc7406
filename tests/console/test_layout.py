"""A card's texts and shades on its page and on paper."""

import json

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.formats.pdf_files import colours
from tests.servers import Server


def test_line_breaks_and_indentation_survive_in_cells(console: Server, page: Page) -> None:
    text = "First\nSecond\n\n    indented  apart"
    content = {
        "model_overview": {"model_owner": text},
        "additional_information": {"custom_details": {text: text}},
        "training_details": {"training_job_details": {"hyper_parameters": [{"name": text, "value": text}]}},
    }
    console.client().create_model_card(ModelCardName="laid-out", Content=json.dumps(content), ModelCardStatus="Draft")
    page.set_default_timeout(60_000)
    page.goto("/cards/laid-out")
    cells = page.locator("article").locator("td, tbody th, dd > div", has_text="First")
    expect(cells).to_have_count(5, timeout=60_000)
    assert {cell.inner_text() for cell in cells.all()} == {text}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_printed_card_keeps_the_shades_of_a_matrix(console: Server, page: Page, theme: str) -> None:
    page.context.add_cookies([{"name": "cw_theme", "value": theme, "url": console.url}])
    page.set_default_timeout(60_000)
    page.goto("/cards/fraud-classifier")
    found = colours(page.pdf(prefer_css_page_size=True))
    assert {(0x1A, 0x5F, 0xA8), (0xF2, 0xF6, 0xFA)} <= found


def test_the_heads_of_a_printed_matrix_are_above_its_rows(console: Server, page: Page) -> None:
    names = [f"class {number} of the waste" for number in range(20)]
    counts = [[900 if row == column else 7 for column in range(20)] for row in range(20)]
    matrix = {"name": "confusion_matrix", "type": "matrix", "value": counts}
    matrix |= {"x_axis_name": names, "y_axis_name": names}
    job = {"name": "Holdout", "metric_groups": [{"name": "classes", "metric_data": [matrix]}]}
    content = json.dumps({"evaluation_details": [job]})
    console.client().create_model_card(ModelCardName="printed-matrix", Content=content, ModelCardStatus="Draft")
    page.goto("/cards/printed-matrix")
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as document:
        sheet = next(one for one in document if one.get_textpage().search("Most frequent confusions").get_next())
        texts = sheet.get_textpage()
        legend, first = (texts.search(words).get_next()[0] for words in ("over 50 %", "900"))
        assert texts.get_charbox(legend)[1] - texts.get_charbox(first)[3] > 60, "the heads have no room of their own"
