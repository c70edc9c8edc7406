"""No form of the console sends a card back without a comment, whatever is posted."""

import urllib.parse
from typing import Any

import pytest

from tests.console.team import signed_in
from tests.console.visits import Visitor
from tests.servers import Server


@pytest.fixture(scope="module")
def client(team: Server) -> Any:
    return team.client(*team.key("000000000000", "reviewer", "admin"))


def begin_edit(visitor: Visitor, name: str) -> str:
    """Begin to edit a card; gives the draft's address without the step."""
    visitor.get(f"/cards/{name}")
    return urllib.parse.urlsplit(visitor.post(f"/cards/{name}/edit", []).url).path.rpartition("/")[0]


def in_review(client: Any, name: str) -> str:
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="PendingReview")
    return name


def test_a_card_that_went_to_review_meanwhile_is_not_sent_back_unseen(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="sent-meanwhile", Content="{}", ModelCardStatus="Draft")
    mei = signed_in(team, "mei")
    draft = begin_edit(mei, "sent-meanwhile")
    assert "Comment on the review" not in mei.get(f"{draft}/review").text
    client.update_model_card(ModelCardName="sent-meanwhile", ModelCardStatus="PendingReview")
    refused = mei.save(draft, "review", [("status", "Draft")], "publish")
    assert (refused.status, "Comment on the review" in refused.text) == (422, True)
    assert client.describe_model_card(ModelCardName="sent-meanwhile")["ModelCardStatus"] == "PendingReview"
    mei.save(draft, "review", [("status", "Draft"), ("comment", "I go on with it.")], "publish")
    assert client.describe_model_card(ModelCardName="sent-meanwhile")["ModelCardStatus"] == "Draft"
    assert "I go on with it." in mei.get("/cards/sent-meanwhile/history").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([("status", "Draft"), ("comment", " \n ")], "Say what should change"),
        ([("status", "Draft"), ("comment", "x" * 1001)], "A comment has at most 1,000 characters"),
        ([("status", "PendingReview"), ("comment", "x")], "and the status stays as it is"),
        ([("status", "Gone"), ("comment", "x")], "Choose one of the statuses"),
    ],
)
def test_what_is_wrong_with_a_comment_stands_beside_it(
    team: Server, client: Any, fields: list[tuple[str, str]], words: str
) -> None:
    name = in_review(client, f"wrong-{len(fields[1][1])}-{fields[0][1].lower()}")
    ravi = signed_in(team, "ravi")
    draft = begin_edit(ravi, name)
    refused = ravi.save(draft, "review", fields, "publish")
    assert (refused.status, words in refused.text) == (422, True)
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "PendingReview"


def test_an_edit_that_stays_in_review_or_approves_needs_no_comment(team: Server, client: Any) -> None:
    name = in_review(client, "stays-in-review")
    ravi = signed_in(team, "ravi")
    changed = ("model_overview.model_owner", "Somebody")
    for status in ("PendingReview", "Approved"):
        draft = begin_edit(ravi, name)
        ravi.save(draft, "model", [changed])
        assert ravi.save(draft, "review", [("status", status)], "publish").url.endswith(name)
        assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == status


def test_an_undo_of_many_sends_no_card_back(team: Server, client: Any) -> None:
    name = in_review(client, "undone-to-draft")
    mei = signed_in(team, "mei")
    mei.get("/cards")
    assert f"Not as before: {name}" in mei.post("/cards/restore", [(name, "Draft")]).text
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "PendingReview"
