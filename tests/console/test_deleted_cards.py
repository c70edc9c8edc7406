"""A draft whose card was deleted, or deleted and created again: nothing is overwritten unseen, nothing is lost."""

import json
from typing import Any

import pytest

from tests.console.test_reviews import begin_edit
from tests.console.visits import Visitor
from tests.servers import Server


@pytest.fixture(scope="module")
def client(console: Server) -> Any:
    return console.client("jonas")


@pytest.fixture
def visitor(console: Server) -> Visitor:
    return Visitor(console.url)


def content(**purpose: str) -> str:
    return json.dumps({"intended_uses": purpose})


def create(client: Any, name: str, status: str = "Draft", **purpose: str) -> None:
    client.create_model_card(ModelCardName=name, Content=content(**purpose), ModelCardStatus=status)


def current(client: Any, name: str) -> tuple[int, str, Any]:
    card = client.describe_model_card(ModelCardName=name)
    return card["ModelCardVersion"], card["ModelCardStatus"], json.loads(card["Content"])["intended_uses"]


def drafted(visitor: Visitor, name: str) -> str:
    """Change a field of a card, and return the path of the draft that the change begins."""
    visitor.save(begin_edit(visitor, name), "model", [("intended_uses.intended_uses", "mine")])
    return begin_edit(visitor, name)


@pytest.mark.parametrize("version", [1, 2])
def test_a_draft_of_a_card_that_was_created_again_is_merged_before_it_is_saved(
    client: Any, visitor: Visitor, version: int
) -> None:
    name = f"created-again-{version}"
    create(client, name, purpose_of_model="first")
    draft = drafted(visitor, name)
    client.delete_model_card(ModelCardName=name)
    create(client, name, "Approved", purpose_of_model="second")
    if version == 2:
        client.update_model_card(ModelCardName=name, Content=content(purpose_of_model="third"))
    newest = current(client, name)
    assert "of an earlier card of this name, which was deleted" in visitor.get(f"{draft}/training").text
    assert begin_edit(visitor, name) == draft
    met = visitor.save(draft, "review", [("status", "Draft")], "publish")
    assert met.status == 409
    assert f"{name} was deleted and created again while you were editing" in met.text
    assert f"jonas saved version {version} of the new card. It is approved" in met.text
    assert "and saving moves it to draft." in met.text
    assert "They changed <b>Purpose of the model</b>. You changed <b>Intended uses</b>." in met.text
    assert "since you began" not in met.text
    assert current(client, name) == newest
    asked = visitor.save(draft, "review", [("status", "Draft")], "publish")
    assert (asked.status, current(client, name) == newest) == (422, True)
    why = [("status", "Draft"), ("comment", "The new card lacks its uses.")]
    assert visitor.save(draft, "review", why, "publish").url.endswith(f"/cards/{name}")
    theirs = {1: "second", 2: "third"}[version]
    assert current(client, name) == (version + 1, "Draft", {"purpose_of_model": theirs, "intended_uses": "mine"})


def test_a_draft_of_a_card_that_was_deleted_becomes_that_of_a_new_card(client: Any, visitor: Visitor) -> None:
    create(client, "deleted-in-between", purpose_of_model="first")
    draft = drafted(visitor, "deleted-in-between")
    client.delete_model_card(ModelCardName="deleted-in-between")
    assert "of a card that has been deleted" in visitor.get(f"{draft}/training").text
    answer = visitor.save(draft, "review", [("status", "Draft")], "publish")
    assert (answer.status, "deleted-in-between was deleted while you were editing" in answer.text) == (409, True)
    assert "<h1>New card</h1>" in answer.text
    assert visitor.save(draft, "review", [("status", "Draft")], "publish").url.endswith("/cards/deleted-in-between")
    written = {"purpose_of_model": "first", "intended_uses": "mine"}
    assert current(client, "deleted-in-between") == (1, "Draft", written)


def test_a_note_and_a_comment_that_a_new_card_cannot_keep_are_refused(client: Any, visitor: Visitor) -> None:
    create(client, "noted-and-deleted", "PendingReview", purpose_of_model="first")
    draft = begin_edit(visitor, "noted-and-deleted")
    written = [("status", "Draft"), ("note", "A long <note>."), ("comment", "A comment.")]
    visitor.save(draft, "review", written, "stay")
    client.delete_model_card(ModelCardName="noted-and-deleted")
    answer = visitor.save(draft, "review", written, "publish")
    assert answer.status == 409
    assert "to keep what you wrote there: “A long &lt;note&gt;.”, “A comment.”" in answer.text


def test_a_newer_version_is_merged_before_anything_is_to_be_corrected(client: Any, visitor: Visitor) -> None:
    def of_model(name: str, about: str = "") -> str:
        return json.dumps({"model_overview": {"model_name": name, "model_description": about}})

    client.create_model_card(ModelCardName="renamed", Content=of_model("old"), ModelCardStatus="Draft")
    draft = begin_edit(visitor, "renamed")
    visitor.save(draft, "model", [("model_overview.model_description", "mine")])
    client.update_model_card(ModelCardName="renamed", Content=of_model("new"))
    client.create_model_card(ModelCardName="takes-the-name", Content=of_model("old"), ModelCardStatus="Draft")
    met = visitor.save(draft, "review", [("status", "Draft")], "publish")
    assert (met.status, "saved version 2 while you were editing" in met.text) == (409, True)
    assert visitor.save(draft, "review", [("status", "Draft")], "publish").url.endswith("/cards/renamed")
    newest = client.describe_model_card(ModelCardName="renamed")
    assert (newest["ModelCardVersion"], newest["Content"]) == (
        3,
        of_model("new", "mine").replace(": ", ":").replace(", ", ","),
    )
