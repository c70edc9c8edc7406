"""Deletion: who may delete a card that was Approved, and what stays to be read of a deleted card."""

import json
from typing import Any

import pytest

from cardwright.client.answers.cards import DeletedModelCard, ModelCardEventsPage
from cardwright.client.own_client import own_client
from tests.cli.commands import run_text
from tests.servers import Server
from tests.wire.calls import account, arn, create, fresh, post, refused


@pytest.fixture
def team(signed_server: Server) -> dict[str, Any]:
    """Clients of one account, by role, and the account's number."""
    number = account()
    roles = ("viewer", "author", "approver")
    return {role: signed_server.client(*signed_server.key(number, f"the-{role}", role)) for role in roles} | {
        "account": number
    }


def events(client: Any, name: str, **members: Any) -> ModelCardEventsPage:
    return own_client(client).list_model_card_events(ModelCardName=name, **members)


def deleted(client: Any, **members: Any) -> list[DeletedModelCard]:
    return own_client(client).list_deleted_model_cards(**members)["DeletedModelCards"]


def approved_now(team: dict[str, Any], name: str) -> None:
    create(team["author"], name)
    team["approver"].update_model_card(ModelCardName=name, ModelCardStatus="Approved")


def created_as_approved(team: dict[str, Any], name: str) -> None:
    create(team["approver"], name, ModelCardStatus="Approved")


def reopened(team: dict[str, Any], name: str) -> None:
    approved_now(team, name)
    team["author"].update_model_card(ModelCardName=name, ModelCardStatus="Draft")


def changed_after_approval(team: dict[str, Any], name: str) -> None:
    created_as_approved(team, name)
    team["author"].update_model_card(ModelCardName=name, Content=" {}", ModelCardStatus="Draft")
    team["author"].update_model_card(ModelCardName=name, Content="  {}", ModelCardStatus="PendingReview")


def archived(team: dict[str, Any], name: str) -> None:
    approved_now(team, name)
    team["author"].update_model_card(ModelCardName=name, ModelCardStatus="Archived")


@pytest.mark.parametrize("lived", [approved_now, created_as_approved, reopened, changed_after_approval, archived])
def test_a_card_that_was_ever_approved_takes_an_approver_to_delete(team: dict[str, Any], lived: Any) -> None:
    name = fresh("approved")
    lived(team, name)
    with refused("AccessDeniedException", "sagemaker:DeleteModelCard", "is or was Approved"):
        team["author"].delete_model_card(ModelCardName=name)
    assert team["viewer"].describe_model_card(ModelCardName=name)["ModelCardName"] == name
    team["approver"].delete_model_card(ModelCardName=name)
    with refused("ResourceNotFound"):
        team["approver"].describe_model_card(ModelCardName=name)


def test_a_word_in_a_comment_or_a_tag_does_not_approve(team: dict[str, Any]) -> None:
    name = create(team["author"], ModelCardStatus="PendingReview", Tags=[{"Key": "status", "Value": "Approved"}])
    own_client(team["author"]).review_model_card(
        ModelCardName=name, ModelCardStatus="Draft", Comment='Not "to":"Approved" yet. "status":"Approved"'
    )
    with refused("AccessDeniedException"):
        team["viewer"].delete_model_card(ModelCardName=name)
    team["author"].delete_model_card(ModelCardName=name)


def test_the_history_of_a_deleted_card_is_read_by_name_and_by_arn(team: dict[str, Any]) -> None:
    name = fresh("gone")
    approved_now(team, name)
    team["approver"].delete_model_card(ModelCardName=name)
    found = events(team["viewer"], name)
    assert [item["EventType"] for item in found["ModelCardEvents"]] == ["Deleted", "StatusChanged", "Created"]
    last = found["ModelCardEvents"][0]
    assert (last["UserName"], last["ModelCardVersion"], last["ModelCardStatus"]) == ("the-approver", 1, "Approved")
    ended = found["DeletedModelCard"]
    assert (ended["UserName"], ended["Role"]) == ("the-approver", "approver")
    assert ended["DeletionTime"] == last["EventTime"]
    assert ended["ModelCardId"] == found["ModelCardId"]
    assert "EarlierModelCards" not in found
    by_arn = events(team["viewer"], arn(name, team["account"]))
    assert by_arn["ModelCardEvents"] == found["ModelCardEvents"]
    assert deleted(team["viewer"]) == [ended]
    with refused("ResourceNotFound"):
        events(team["viewer"], fresh("never"))


def test_a_new_card_under_an_old_name_is_another_card(team: dict[str, Any]) -> None:
    author, name = team["author"], fresh("again")
    ids = []
    for _ in range(2):
        create(author, name)
        author.delete_model_card(ModelCardName=name)
        ids.append(events(author, name)["ModelCardId"])
    create(author, name)
    found = events(author, name)
    assert "DeletedModelCard" not in found
    assert [card["ModelCardId"] for card in found["EarlierModelCards"]] == ids[::-1]
    assert found["ModelCardId"] not in ids
    assert [event.get("EarlierModelCardId") for event in found["ModelCardEvents"]] == [ids[1]]
    first, second = (events(author, name, ModelCardId=card_id) for card_id in ids)
    assert [card["ModelCardId"] for card in second["EarlierModelCards"]] == [ids[0]]
    assert [event["EventType"] for event in first["ModelCardEvents"]] == ["Deleted", "Created"]
    assert "EarlierModelCards" not in first
    with refused("ResourceNotFound"):
        events(author, name, ModelCardId=found["ModelCardId"][:-1])
    with refused("ValidationException", "modelCardId"):
        events(author, name, ModelCardId="no such thing")
    other = create(author)
    with refused("ResourceNotFound"):
        events(author, other, ModelCardId=ids[0])


def test_pages_of_deleted_cards_and_of_their_events_go_on_with_the_same_card(team: dict[str, Any]) -> None:
    author, name = team["author"], fresh("paged")
    own = own_client(author)
    for suffix in ("a", "b", "c"):
        create(author, f"{name}-{suffix}")
        author.delete_model_card(ModelCardName=f"{name}-{suffix}")
    page = own.list_deleted_model_cards(MaxResults=2)
    rest = own.list_deleted_model_cards(MaxResults=2, NextToken=page["NextToken"])
    names = [card["ModelCardName"] for card in page["DeletedModelCards"] + rest["DeletedModelCards"]]
    assert names == [f"{name}-c", f"{name}-b", f"{name}-a"]
    assert "NextToken" not in rest
    assert [card["ModelCardName"] for card in deleted(author, ModelCardName=f"{name}-b")] == [f"{name}-b"]
    first = own.list_model_card_events(ModelCardName=f"{name}-a", MaxResults=1)
    create(author, f"{name}-a")  # has the name now; the next page is still of the card before
    then = own.list_model_card_events(ModelCardName=f"{name}-a", MaxResults=1, NextToken=first["NextToken"])
    assert then["ModelCardId"] == first["ModelCardId"]
    both = first["ModelCardEvents"] + then["ModelCardEvents"]
    assert [event["EventType"] for event in both] == ["Deleted", "Created"]


def test_deleted_cards_are_those_of_the_account_alone(signed_server: Server, team: dict[str, Any]) -> None:
    name = create(team["author"])
    team["author"].delete_model_card(ModelCardName=name)
    card_id = deleted(team["viewer"])[0]["ModelCardId"]
    foreign = signed_server.client(*signed_server.key(account(), "amy", "admin"))
    assert deleted(foreign) == []
    for members in ({}, {"ModelCardId": card_id}):
        with refused("ResourceNotFound"):
            events(foreign, name, **members)


def test_the_command_line_lists_deleted_cards_and_reads_their_events(open_server: Server) -> None:
    client, name = open_server.client(), fresh("listed")

    def run(*arguments: str) -> str:
        ended = run_text("card", *arguments, "--endpoint-url", open_server.url)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    create(client, name)
    client.delete_model_card(ModelCardName=name)
    card_id = json.loads(run("deleted", name, "--json"))[0]["ModelCardId"]
    assert run("deleted", "--limit", "1").splitlines()[1].split()[0] == name
    assert f"{name}  Draft   1" in run("deleted", name)
    assert run("deleted", fresh("none")) == "No deleted cards.\n"
    page = run("events", name)
    assert "deleted as Draft, version 1" in page
    assert "This card was deleted on " in page
    create(client, name)
    for page in (run("events", name), run("show", name)):
        assert "An earlier card with this name was deleted on " in page
        assert f"cardwright card events {name} --id {card_id}" in page
    assert "deleted as Draft, version 1" in run("events", name, "--id", card_id)
    assert json.loads(run("events", name, "--json"))[-1]["EarlierModelCardId"] == card_id
    assert post(open_server, "SageMaker.ListDeletedModelCards", {}).error[0] == "UnknownOperationException"
