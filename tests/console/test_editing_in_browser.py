"""A browser opens and saves cards in every step, and their contents stay equal."""

import itertools
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page, expect

from tests.console.schema_contents import FORM_DOCUMENTS
from tests.console.test_editing import HARD, LINE_BREAKS, described
from tests.servers import Server

_FEW = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
_NUMBERS = itertools.count()


def check(console: Server, page: Page, text: str) -> None:
    """Make a card, save each step of its form as it is shown, then the card."""
    name, client = f"browsed-{next(_NUMBERS)}", console.client()
    page.set_default_timeout(60_000)
    client.create_model_card(ModelCardName=name, Content=text, ModelCardStatus="Draft")
    try:
        page.goto(f"/cards/{name}")
        page.locator(f'form[action="/cards/{name}/edit"] button').first.click()
        for number in (2, 3, 4, 5):
            page.get_by_role("button", name="Save and go to").click()
            expect(page).to_have_title(re.compile(f"step {number} of 5"), timeout=60_000)
        page.get_by_role("button", name="Save", exact=True).last.click()
        page.wait_for_url(f"**/cards/{name}", timeout=60_000)
        assert described(console, name) == (text, 1)
    finally:
        client.delete_model_card(ModelCardName=name)


@pytest.mark.parametrize("text", HARD)
def test_a_browser_saves_hard_cards_unchanged(console: Server, page: Page, text: str) -> None:
    check(console, page, text)


def test_a_browser_without_scripts_saves_line_breaks_unchanged(console: Server, plain_page: Page) -> None:
    for text in HARD:
        check(console, plain_page, text)


@_FEW
@given(FORM_DOCUMENTS)
def test_a_browser_saves_any_card_unchanged(console: Server, page: Page, text: str) -> None:
    check(console, page, text)


@pytest.mark.long
@settings(_FEW, max_examples=200)
@given(FORM_DOCUMENTS)
def test_a_browser_saves_two_hundred_cards_unchanged(console: Server, page: Page, text: str) -> None:
    check(console, page, text)


def test_one_edited_line_leaves_the_others_of_a_card_alone(console: Server, page: Page) -> None:
    client = console.client()
    client.create_model_card(ModelCardName="lines", Content=LINE_BREAKS, ModelCardStatus="Draft")
    page.set_default_timeout(60_000)
    page.goto("/cards/lines")
    page.locator('form[action="/cards/lines/edit"] button').first.click()
    owner = page.get_by_label("Owner", exact=True)
    expect(owner).to_have_value("A\nB", timeout=60_000)
    owner.fill("A\nB\nC")
    page.get_by_role("button", name="Ethics and custom details").last.click()
    expect(page.get_by_label("Detail 1, value")).to_have_value("First\nSecond\n\nThird", timeout=60_000)
    page.get_by_role("button", name="Review and save").last.click()
    page.get_by_role("button", name="Save version 2").click()
    page.wait_for_url("**/cards/lines")
    changed = json.loads(LINE_BREAKS)
    changed["model_overview"]["model_owner"] = "A\nB\nC"
    assert described(console, "lines") == (json.dumps(changed, separators=(",", ":")), 2)
