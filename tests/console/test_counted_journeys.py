"""Journeys at the size of a portfolio, counted in a real browser: clicks, key presses, and what comes out."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.own_client import own_client
from tests.console.conftest import governed_server
from tests.console.test_review_journey import CONTENT, person
from tests.servers import Server


@pytest.fixture
def governed_alone(tmp_path: Path) -> Iterator[Server]:
    """A server whose reviews are those of one test: the shared one has reviews that wait for every approver."""
    with governed_server(tmp_path) as server:
        yield server


@pytest.mark.long
def test_sixty_cards_are_reviewed_with_at_most_130_key_presses(browser: Browser, governed_alone: Server) -> None:
    author = governed_alone.client(*governed_alone.key("000000000000", "lea", "author"))
    own = own_client(author)
    names = [f"sixty-{number:02}" for number in range(60)]
    for name in names:
        author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
        own.request_review(ModelCardName=name, Reviewers=["una"])
    with person(browser, governed_alone, "una") as reader:
        reader.page.set_default_timeout(60_000)
        reader.page.goto("/reviews")
        reader.press("q")
        for number in range(1, len(names) + 1):
            expect(reader.page.locator(".cw-qpos")).to_contain_text(f"{number} of 60")
            reader.press("a")
            expect(reader.page.locator("#approve")).to_be_focused()
            reader.press("Enter")
        expect(reader.page.get_by_role("heading", level=1)).to_have_text("All 60 reviewed")
        assert (reader.presses <= 130, reader.clicks) == (True, 0)
    for name in names:
        review = own.list_reviews(ModelCardName=name)["Reviews"][0]
        decisions = own.describe_review(ReviewId=review["ReviewId"])["Decisions"]
        assert [(one["UserName"], one["Decision"]) for one in decisions] == [("una", "approve")], name


def test_a_card_is_found_by_the_value_of_a_metric_with_keys_and_one_click(page: Page, console: Server) -> None:
    metric = {"name": "true_positive_rate", "type": "number", "value": 0.60417}
    jobs = [
        {"name": f"part {n}", "metric_groups": [{"name": "g", "metric_data": [metric | {"value": n + 0.60417}]}]}
        for n in range(30)
    ]
    text = json.dumps({"evaluation_details": jobs})
    console.client().create_model_card(ModelCardName="found-by-value", Content=text, ModelCardStatus="Draft")
    page.goto("/cards")
    page.locator("html.cw-js").wait_for(state="attached")
    page.keyboard.press("/")
    page.keyboard.type("17.60417")
    hit = page.locator(".hit a")
    expect(hit).to_have_text("Recall 17.60417")
    hit.click()
    expect(page.locator("details.cw-fold[open]")).to_have_count(1)
    expect(page.locator("#e18").get_by_role("row", name="Recall")).to_be_in_viewport()


def test_twenty_pdfs_take_five_clicks(page: Page, console: Server) -> None:
    names = [f"twenty-pdf-{number:02}" for number in range(20)]
    for name in names:
        console.client().create_model_card(
            ModelCardName=name,
            Content=json.dumps(CONTENT | {"model_overview": {"model_name": name}}),
            ModelCardStatus="Draft",
            Tags=[{"Key": "twenty", "Value": "pdf"}],
        )
    page.set_default_timeout(60_000)
    page.goto("/cards?tag=twenty")
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("20 selected")).to_be_visible()
    page.get_by_role("button", name="Export…").click()
    page.get_by_label("PDF").check()
    page.get_by_role("button", name="Export 20 cards").click()
    expect(page.get_by_role("heading", name="20 cards printed")).to_be_visible(timeout=120_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download model-cards.zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sorted(archive.namelist()) == [f"{name}-v1.pdf" for name in names]
        assert {archive.read(name)[:5] for name in archive.namelist()} == {b"%PDF-"}
