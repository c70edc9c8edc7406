"""Settings: the format of card texts for an account, and keyboard shortcuts for a person."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.documents import print_card
from cardwright.core.content import digest
from cardwright.formats import FORMATS
from tests import servers
from tests.cli.commands import run_text
from tests.console.conftest import open_as
from tests.console.team import add_users, signed_in
from tests.console.visits import Visitor
from tests.formats.pdf_files import text_of
from tests.servers import Server

TEXT = "Scores **loans**.\n\n- one\n- two"


def content(stated: str | None) -> str:
    details = {} if stated is None else {"custom_details": {"cw.text_format": stated}}
    card: dict[str, Any] = {
        "model_overview": {"model_description": TEXT},
        "additional_information": {"ethical_considerations": "Only **adults**.", **details},
    }
    return json.dumps(card)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where people sign in, with three cards: two say how their texts are written, one does not."""
    with servers.running(tmp_path_factory.mktemp("settings"), "--auth", "sigv4") as server:
        add_users(server, ana="admin", mei="author")
        client = server.client(*server.key("000000000000", "loader", "admin"))
        for stated in (None, "plain", "markdown"):
            name = f"card-{stated or 'silent'}"
            client.create_model_card(ModelCardName=name, Content=content(stated), ModelCardStatus="Draft")
        yield server


def choose(server: Server, text_format: str) -> Visitor:
    ana = signed_in(server, "ana")
    ana.get("/settings")
    assert ana.post("/settings/texts", [("text_format", text_format)]).status == 200
    return ana


def is_rich(page: str) -> bool:
    return "<strong>adults</strong>" in page


def test_card_texts_follow_the_account_unless_the_card_says_otherwise(server: Server) -> None:
    cards = ("card-silent", "card-plain", "card-markdown")
    for text_format, rich in (("markdown", [True, False, True]), ("plain", [False, False, True])):
        ana = choose(server, text_format)
        assert [is_rich(ana.get(f"/cards/{name}").text) for name in cards] == rich
        assert [is_rich(ana.get(f"/cards/{name}/export/html").text) for name in cards] == rich
        markdown = [ana.get(f"/cards/{name}/export/md").text for name in cards]
        assert ["Only **adults**." in text for text in markdown] == rich


def test_documents_of_the_server_and_of_the_sdk_are_alike(server: Server) -> None:
    client: Any = server.client(*server.key("000000000000", "reader", "admin"))
    before = client.describe_model_card(ModelCardName="card-silent")["Content"]
    for text_format, rich in (("markdown", True), ("plain", False)):
        ana = choose(server, text_format)
        printed = {kind: print_card(client, "card-silent", FORMATS[kind]).data for kind in ("html", "md", "pdf")}
        assert is_rich(printed["html"].decode()) is rich
        assert ("Only **adults**." in printed["md"].decode()) is rich
        assert ("Only adults." in text_of(printed["pdf"])) is rich
        assert ana.get("/cards/card-silent/export/md").text == printed["md"].decode()
    assert client.describe_model_card(ModelCardName="card-silent")["Content"] == before
    assert digest(before) == digest(content(None))


def test_only_administrators_change_the_account_and_each_change_is_an_event(server: Server) -> None:
    mei = signed_in(server, "mei")
    assert "An administrator can change it." in mei.get("/settings").text
    assert mei.post("/settings/texts", [("text_format", "markdown")]).status == 403
    ana = choose(server, "markdown")
    assert ana.post("/settings/texts", [("text_format", "html")]).status == 400
    assert "Card texts are Markdown already" in ana.post("/settings/texts", [("text_format", "markdown")]).text
    assert "from plain to markdown" in ana.get("/audit?person=ana").text
    choose(server, "plain")
    assert "from markdown to plain" in ana.get("/audit?person=ana").text


def test_the_command_line_shows_and_changes_the_format(server: Server) -> None:
    def account(*arguments: str) -> str:
        done = run_text("account", arguments[0], *server.store_options, *arguments[1:])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert account("update", "--text-format", "markdown") == "Card texts of account 000000000000 are Markdown"
    assert account("update", "--text-format", "markdown").endswith("are Markdown, as before")
    assert json.loads(account("show", "--json")) == {"account": "000000000000", "text_format": "markdown"}
    assert is_rich(signed_in(server, "mei").get("/cards/card-silent").text)
    account("update", "--text-format", "plain")
    assert "plain text" in account("show")
    assert run_text("verify", *server.store_options).returncode == 0


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url)
    page = open_as(context, server, "mei")
    yield page
    assert page.complaints == []  # type: ignore[attr-defined]  # a place of our own on Playwright's object
    context.close()


def test_the_key_e_edits_a_card_and_nothing_while_a_field_has_the_focus(page: Page) -> None:
    page.goto("/cards/card-plain")
    page.locator("#tag-key, [name=key]").first.evaluate(
        "field => { field.closest('details').open = true; field.focus() }"
    )
    page.keyboard.press("e")
    assert page.url.endswith("/cards/card-plain")
    page.locator("h1").click()
    page.keyboard.press("e")
    page.wait_for_url("**/cards/card-plain/edit/model")
    page.goto("/drafts")
    expect(page.get_by_role("link", name="card-plain")).to_have_count(0)


def test_all_shortcuts_are_switched_off_in_the_profile(page: Page) -> None:
    search = page.get_by_role("searchbox")
    page.goto("/cards")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.goto("/me")
    page.get_by_label("Use keyboard shortcuts").uncheck()
    page.locator("form", has_text="Keyboard shortcuts").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Keyboard shortcuts are off")).to_be_visible()
    page.goto("/cards")
    for key in ("/", "?", "j", "x", "o"):
        page.keyboard.press(key)
    expect(search).not_to_be_focused()
    assert page.url.endswith("/cards")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    expect(page.locator(".cw-search kbd")).to_be_hidden()
    search.fill("o/j?")
    expect(search).to_have_value("o/j?")
    page.goto("/settings")
    page.get_by_label("Use keyboard shortcuts").check()
    page.locator("form", has_text="Keyboard shortcuts").get_by_role("button", name="Save").click()
    page.goto("/cards")
    page.keyboard.press("/")
    expect(search).to_be_focused()


def test_the_form_shows_the_format_of_the_account_and_sets_another(page: Page, server: Server) -> None:
    choose(server, "markdown")
    client: Any = server.client(*server.key("000000000000", "reader", "admin"))
    client.create_model_card(ModelCardName="card-form", Content=content(None), ModelCardStatus="Draft")
    box = page.get_by_label("Texts are Markdown")
    for ticked, stated in ((False, {"cw.text_format": "plain"}), (True, None)):
        page.goto("/cards/card-form/edit/review")
        expect(box).to_be_checked(checked=not ticked)
        box.set_checked(ticked)
        page.locator('button[value="publish"]').click()
        page.wait_for_url("**/cards/card-form*")
        stored = json.loads(client.describe_model_card(ModelCardName="card-form")["Content"])
        assert stored["additional_information"].get("custom_details") == stated
    choose(server, "plain")
