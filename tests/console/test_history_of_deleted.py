"""Deleted cards in the console: who may delete, the list, the history, and another card under the old name."""

from typing import Any

import pytest
from playwright.sync_api import Page

from cardwright.client.own_client import own_client
from tests.console.team import signed_in
from tests.console.test_widths import WIDTHS
from tests.console.visits import Visitor
from tests.servers import Server


@pytest.fixture
def client(team: Server) -> Any:
    return team.client(*team.key("000000000000", "maker", "admin"))


def create(client: Any, name: str, status: str = "Draft") -> None:
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus=status)


def identifier(client: Any, name: str) -> str:
    """The identifier of the card that was deleted last under a name."""
    found = own_client(client).list_deleted_model_cards(ModelCardName=name)["DeletedModelCards"]
    return str(found[0]["ModelCardId"])


def test_only_approvers_delete_a_card_that_was_approved(team: Server, client: Any) -> None:
    create(client, "once-approved", "Approved")
    client.update_model_card(ModelCardName="once-approved", ModelCardStatus="Draft")
    create(client, "never-approved")
    mei, ravi = signed_in(team, "mei"), signed_in(team, "ravi")
    assert "/cards/never-approved/delete" in mei.get("/cards/never-approved").text
    assert "/cards/once-approved/delete" not in mei.get("/cards/once-approved").text
    asked = mei.get("/cards/once-approved/delete")
    assert (asked.status, "Only approvers and administrators can do this" in asked.text) == (403, True)
    assert mei.post("/cards/once-approved/delete", [("name", "once-approved")]).status == 403
    assert client.describe_model_card(ModelCardName="once-approved")["ModelCardStatus"] == "Draft"
    assert "/cards/once-approved/delete" in ravi.get("/cards/once-approved").text
    ravi.get("/cards/once-approved/delete")
    assert ravi.post("/cards/once-approved/delete", [("name", "once-approved")]).url.endswith("/cards")
    mei.get("/cards/never-approved/delete")
    assert mei.post("/cards/never-approved/delete", [("name", "never-approved")]).url.endswith("/cards")


def test_a_deleted_card_is_listed_and_its_history_read(team: Server, client: Any) -> None:
    create(client, "listed-and-gone", "PendingReview")
    approver = own_client(team.client(*team.key("000000000000", "ravi", "approver")))
    approver.review_model_card(ModelCardName="listed-and-gone", ModelCardStatus="Draft", Comment="Say <why>.")
    client.delete_model_card(ModelCardName="listed-and-gone")
    vic = signed_in(team, "vic")
    address = f"/deleted/{identifier(client, 'listed-and-gone')}"
    assert 'href="/deleted"' in vic.get("/cards").text
    assert f'href="{address}">listed-and-gone</a>' in vic.get("/deleted").text
    history = vic.get(address).text
    for text in ("Card deleted", "Sent back to draft", "Say &lt;why&gt;.", "Card created as pending review", "maker"):
        assert text in history
    gone = vic.get("/cards/listed-and-gone")
    assert (gone.status, f'href="{address}">Its history</a>' in gone.text) == (404, True)
    assert "The card listed-and-gone was deleted." in gone.text
    assert "Its history" not in vic.get("/cards/never-was").text
    for wrong in (
        "/deleted/x",
        f"{address[:-1]}g",
        f"/deleted/{'0' * 8}-0000-7000-8000-{'0' * 12}",
        f"{address}?before=x",
    ):
        assert vic.get(wrong).status == 404


def test_a_new_card_under_an_old_name_says_that_it_is_another(team: Server, client: Any) -> None:
    create(client, "same-name")
    vic = signed_in(team, "vic")
    assert "another card than the one that had this name" not in vic.get("/cards/same-name").text
    client.delete_model_card(ModelCardName="same-name")
    create(client, "same-name")
    address = f"/deleted/{identifier(client, 'same-name')}"
    for page in ("/cards/same-name", "/cards/same-name/history"):
        text = vic.get(page).text
        assert "This is another card than the one that had this name before" in text
        assert f'href="{address}">its history</a>' in text
    assert "Another card has this name now" in vic.get(address).text


def test_pages_of_deleted_cards_follow_one_another(console: Server) -> None:
    client, visitor = console.client(), Visitor(console.url)
    for number in range(30):
        create(client, f"paged-deletion-{number:02}")
        client.delete_model_card(ModelCardName=f"paged-deletion-{number:02}")
    first = visitor.get("/deleted").text
    assert "paged-deletion-29" in first
    assert "paged-deletion-04" not in first
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "paged-deletion-04" in visitor.get(following).text


def test_pages_of_deleted_cards_fit_their_window(page: Page, console: Server) -> None:
    client, name = console.client(), "deleted" * 9
    create(client, name)
    client.delete_model_card(ModelCardName=name)
    create(client, name)
    for address in ("/deleted", f"/deleted/{identifier(client, name)}", f"/cards/{name}"):
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert found <= window, (address, width, found)
