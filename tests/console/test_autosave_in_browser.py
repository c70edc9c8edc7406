"""A browser saves the form while the user writes, shows that, and loses nothing when it cannot."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect

from tests.console.conftest import watched
from tests.console.team import PASSWORD, add_users
from tests.console.test_editing import described
from tests.servers import Server
from tests.waiting import wait_until

SAVED = re.compile(r"^Saved at \d\d:\d\d$")


@pytest.fixture
def card(console: Server) -> Iterator[str]:
    client = console.client()
    client.create_model_card(
        ModelCardName="self-saving", Content='{"model_overview":{"model_owner":"Risk"}}', ModelCardStatus="Draft"
    )
    yield "self-saving"
    client.delete_model_card(ModelCardName="self-saving")


def edit(page: Page, name: str) -> None:
    page.goto(f"/cards/{name}")
    page.locator(f'form[action="/cards/{name}/edit"] button').first.click()
    expect(page).to_have_title(re.compile("step 1 of 5"))


def state(page: Page) -> Locator:
    return page.locator(".cw-saved")


def discard(page: Page) -> None:
    """Discard the draft of the file's card, and none of other files on the same server."""
    page.goto("/drafts")
    page.get_by_role("link", name="Discard self-saving", exact=True).click()
    page.get_by_role("button", name="Discard").click()
    page.wait_for_url("**/cards")


def test_a_field_is_saved_without_a_button(console: Server, page: Page, card: str) -> None:
    edit(page, card)
    expect(state(page)).to_have_text("Nothing to save yet")
    page.get_by_label("Owner", exact=True).fill("Credit")
    expect(state(page)).to_have_text(SAVED)
    expect(state(page)).to_have_attribute("role", "status")
    assert "/drafts/" in page.url
    page.reload()
    expect(page.get_by_label("Owner", exact=True)).to_have_value("Credit")
    page.get_by_role("button", name="Review and save").last.click()
    page.get_by_role("button", name="Save version 2").click()
    page.wait_for_url(f"**/cards/{card}")
    assert json.loads(described(console, card)[0]) == {"model_overview": {"model_owner": "Credit"}}


def test_opening_and_leaving_an_edit_leaves_no_draft(page: Page, card: str) -> None:
    edit(page, card)
    page.get_by_role("button", name="Training").last.click()
    expect(page).to_have_title(re.compile("step 2 of 5"))
    page.get_by_role("link", name="Cards", exact=True).first.click()
    page.wait_for_url("**/cards")
    page.goto("/drafts")
    expect(page.get_by_text("self-saving")).to_have_count(0)


def test_what_is_typed_before_a_click_elsewhere_is_kept(page: Page, card: str) -> None:
    edit(page, card)
    page.get_by_label("Owner", exact=True).press("End")
    page.keyboard.type("!")
    page.get_by_role("link", name="Audit", exact=True).first.click()
    page.wait_for_url("**/audit")
    edit(page, card)
    expect(page.get_by_label("Owner", exact=True)).to_have_value("Risk!")
    discard(page)


def test_what_is_typed_before_the_page_closes_is_kept(browser: Browser, console: Server, card: str) -> None:
    context = browser.new_context(base_url=console.url)
    page, other = context.new_page(), context.new_page()
    edit(page, card)
    page.get_by_label("Owner", exact=True).press("End")
    page.keyboard.type("?")
    page.close(run_before_unload=True)
    while not (found := other.get_by_role("link", name=card, exact=True)).count():
        other.goto("/drafts")
    found.click()
    expect(other.get_by_label("Owner", exact=True)).to_have_value("Risk?")
    discard(other)
    context.close()


def test_a_save_without_connection_says_so_and_is_tried_again(page: Page, card: str) -> None:
    edit(page, card)
    page.context.set_offline(True)
    page.get_by_label("Owner", exact=True).fill("Offline")
    expect(state(page)).to_have_text(re.compile("^Not saved: there is no connection to the server"))
    page.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED, timeout=15_000)
    page.complaints[:] = [text for text in page.complaints if "ERR_INTERNET_DISCONNECTED" not in text]  # type: ignore[attr-defined]
    page.reload()
    expect(page.get_by_label("Owner", exact=True)).to_have_value("Offline")
    discard(page)


def test_a_step_pressed_without_connection_keeps_the_text(page: Page, card: str) -> None:
    edit(page, card)
    address = page.url
    page.context.set_offline(True)
    page.get_by_label("Owner", exact=True).fill("Still here")
    page.get_by_role("navigation", name="Steps").get_by_text("Training").click()
    expect(state(page)).to_have_text(re.compile("^Not saved: there is no connection to the server"))
    expect(page.get_by_label("Owner", exact=True)).to_have_value("Still here")
    assert page.url.partition("#")[0] == address
    page.context.set_offline(False)
    page.get_by_role("navigation", name="Steps").get_by_text("Training").click()
    expect(page.get_by_label("Objective", exact=False).first).to_be_visible()
    page.complaints[:] = [text for text in page.complaints if "ERR_INTERNET_DISCONNECTED" not in text]  # type: ignore[attr-defined]
    page.get_by_role("navigation", name="Steps").get_by_text("Model").click()
    expect(page.get_by_label("Owner", exact=True)).to_have_value("Still here")
    discard(page)


def test_two_tabs_show_both_texts_and_lose_neither(page: Page, card: str) -> None:
    edit(page, card)
    other = page.context.new_page()
    edit(other, card)
    page.get_by_label("Owner", exact=True).fill("Here")
    expect(state(page)).to_have_text(SAVED)
    other.get_by_label("Owner", exact=True).fill("There")
    expect(state(other)).to_contain_text("Not saved: this draft was saved in another window.")
    other.get_by_role("button", name="Show both").click()
    expect(other.get_by_text("The other window has: Here")).to_be_visible()
    expect(other.get_by_label("Owner", exact=True)).to_have_value("There")
    expect(state(other)).to_have_text("Not saved yet")
    other.get_by_role("button", name="Save draft").click()
    expect(other.get_by_text("Draft saved", exact=True)).to_be_visible()
    expect(other.get_by_label("Owner", exact=True)).to_have_value("There")
    discard(other)


def test_a_session_that_ended_keeps_the_text_and_saves_after_sign_in(browser: Browser, team: Server) -> None:
    add_users(team, sara="author")
    context = browser.new_context(base_url=team.url)
    page = watched(context)

    def sign_in() -> None:
        page.get_by_label("Name").fill("sara")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()

    page.goto("/new")
    sign_in()
    page.wait_for_url("**/new")
    context.clear_cookies()
    page.get_by_label("Card name").fill("after-the-session")
    expect(state(page)).to_contain_text("Not saved: your session ended.")
    expect(page.get_by_label("Card name")).to_have_value("after-the-session")
    page.get_by_role("button", name="Sign in and save").click()
    sign_in()
    page.get_by_role("button", name="Send it").click()
    expect(page).to_have_title(re.compile("step 1 of 5"))
    expect(page.get_by_label("Card name")).to_have_value("after-the-session")
    assert "/drafts/" in page.url
    context.close()


def test_a_row_written_and_saved_by_itself_appears_once(console: Server, page: Page, card: str) -> None:
    edit(page, card)
    page.goto(f"/cards/{card}/edit/training")
    name, value = (page.get_by_label(f"Hyperparameter of your own 1, {column}") for column in ("name", "value"))
    name.fill("depth")
    expect(state(page)).to_have_text(SAVED)
    value.fill("3")
    value.blur()
    expect(page.locator('[name="revision"]')).to_have_value(re.compile("^[2-9]$"))
    value.fill("4")
    page.get_by_role("button", name="Add a hyperparameter of your own").click()
    expect(page.get_by_label("Hyperparameter of your own 1, value")).to_have_value("4")
    expect(page.get_by_label("Hyperparameter of your own 2, name")).to_have_value("")
    page.get_by_label("Hyperparameter of your own 2, name").fill("rate")
    expect(state(page)).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("Hyperparameter of your own 2, name")).to_have_value("rate")
    expect(page.get_by_label("Hyperparameter of your own 3, name")).to_have_count(0)
    discard(page)


def test_a_failed_save_warns_before_the_page_closes(page: Page, card: str) -> None:
    edit(page, card)

    def fail(route: Route) -> None:
        route.fulfill(status=500, body="no") if route.request.method == "POST" else route.continue_()

    page.route("**/edit/**", fail)
    page.get_by_label("Owner", exact=True).fill("Lost?")
    expect(state(page)).to_have_text(re.compile("^Not saved: the server failed"))
    seen: list[str] = []

    def leave(dialog: Dialog) -> None:
        seen.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/cards")
    assert seen == ["beforeunload"]
    page.complaints[:] = [text for text in page.complaints if "status of 500" not in text]  # type: ignore[attr-defined]


def test_without_scripts_each_button_saves(console: Server, plain_page: Page, card: str) -> None:
    edit(plain_page, card)
    plain_page.get_by_label("Owner", exact=True).fill("Plain")
    plain_page.get_by_role("button", name="Save and go to training").click()
    expect(plain_page).to_have_title(re.compile("step 2 of 5"))
    assert "/drafts/" in plain_page.url
    plain_page.goto(f"/cards/{card}/edit/model")
    expect(plain_page.get_by_label("Owner", exact=True)).to_have_value("Plain")
    discard(plain_page)


class SlowSave:
    """Holds the answers to saves of the form until `let_go`."""

    def __init__(self, page: Page) -> None:
        self._held: list[Route] = []
        self._is_holding = True
        page.route("**/edit/**", self._answer)
        page.route("**/drafts/**", self._answer)
        self._page = page

    def _answer(self, route: Route) -> None:
        is_save = "do=auto" in (route.request.post_data or "")
        if self._is_holding and is_save:
            self._held.append(route)
        else:
            route.continue_()

    def wait_for_one(self) -> None:
        def is_held() -> bool:
            self._page.wait_for_timeout(20)  # Playwright calls the route only while a call to it runs
            return bool(self._held)

        wait_until(is_held, "a save of the form")

    def let_go(self) -> None:
        self._is_holding = False
        self._held.pop().continue_()


def test_a_step_that_is_clicked_while_the_form_saves_opens(page: Page, card: str) -> None:
    edit(page, card)
    slow = SlowSave(page)
    page.get_by_label("Purpose of the model").fill("Sorting.")
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click(no_wait_after=True)
    slow.wait_for_one()
    slow.let_go()
    expect(page).to_have_title(re.compile("step 5 of 5"))
    discard(page)


def test_a_save_that_ends_while_a_step_is_pressed_leaves_the_click(page: Page, card: str) -> None:
    edit(page, card)
    slow = SlowSave(page)
    page.get_by_label("Purpose of the model").fill("Sorting.")
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").hover()
    page.mouse.down()
    slow.wait_for_one()
    slow.let_go()
    expect(page.locator('input[name="revision"]')).not_to_have_value("")
    page.mouse.up()
    expect(page).to_have_title(re.compile("step 5 of 5"))
    discard(page)
