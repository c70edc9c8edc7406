"""ListModelCardEvents: the events of a card with the comments of reviews, for every role that may read it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cardwright.client.answers.cards import ModelCardEvent
from cardwright.client.own_client import own_client
from tests.cli.commands import run_text
from tests.servers import Server
from tests.wire.calls import account, arn, content, create, fresh, post, refused


def events(client: Any, name: str, **members: Any) -> list[ModelCardEvent]:
    answer = own_client(client).list_model_card_events(ModelCardName=name, **members)
    assert answer["ModelCardArn"].endswith(f"model-card/{name}")
    return answer["ModelCardEvents"]


def lived(client: Any) -> str:
    """Make a card to which everything happened that can; gives its name."""
    name = create(client, ModelCardStatus="PendingReview", Tags=[{"Key": "team", "Value": "risk"}])
    review = own_client(client).review_model_card
    review(ModelCardName=name, ModelCardStatus="Draft", Comment="Bias by age\nis missing: ≥ 60.")
    client.update_model_card(ModelCardName=name, Content=content(model_name=name), ModelCardStatus="PendingReview")
    client.add_tags(ResourceArn=client.describe_model_card(ModelCardName=name)["ModelCardArn"], Tags=[TAG])
    client.delete_tags(ResourceArn=client.describe_model_card(ModelCardName=name)["ModelCardArn"], TagKeys=["team"])
    review(ModelCardName=name, ModelCardStatus="Approved", Comment="It is there now.")
    return name


TAG = {"Key": "stage", "Value": "live"}
WHO_AND_WHEN = {"EventTime", "UserName", "Role", "SourceAddress", "RequestId", "Digest", "Interface"}


def test_all_events_are_listed_with_their_comments_newest_first(open_server: Server) -> None:
    client = open_server.client()
    name = lived(client)
    found = events(client, name)
    shown = [{member: value for member, value in item.items() if member not in WHO_AND_WHEN} for item in found]
    approved = {"ModelCardStatus": "Approved", "PreviousModelCardStatus": "PendingReview"}
    sent = {"ModelCardStatus": "PendingReview", "PreviousModelCardStatus": "Draft"}
    back = {"ModelCardStatus": "Draft", "PreviousModelCardStatus": "PendingReview"}
    assert shown == [
        {"EventNumber": 7, "EventType": "StatusChanged", "ModelCardVersion": 2, "Comment": "It is there now."}
        | approved,
        {"EventNumber": 6, "EventType": "TagsRemoved", "TagKeys": ["team"]},
        {"EventNumber": 5, "EventType": "TagsSet", "Tags": [TAG]},
        {"EventNumber": 4, "EventType": "StatusChanged", "ModelCardVersion": 2} | sent,
        {"EventNumber": 3, "EventType": "ContentChanged", "ModelCardVersion": 2, "ModelCardStatus": "Draft"},
        {
            "EventNumber": 2,
            "EventType": "StatusChanged",
            "ModelCardVersion": 1,
            "Comment": "Bias by age\nis missing: ≥ 60.",
        }
        | back,
        {
            "EventNumber": 1,
            "EventType": "Created",
            "ModelCardVersion": 1,
            "ModelCardStatus": "PendingReview",
            "Tags": [{"Key": "team", "Value": "risk"}],
        },
    ]
    first = found[-1]
    assert first["EventTime"] == client.describe_model_card(ModelCardName=name)["CreationTime"]
    assert (first["UserName"], first["Role"]) == ("tester", "admin")
    assert first["SourceAddress"] == "127.0.0.1"
    assert len({item["RequestId"] for item in found}) == 6  # one update did two things
    assert all(len(item["Digest"]) == 64 for item in found)
    assert events(client, arn(name).rpartition("/")[2], MaxResults=1) == found[:1]


def test_pages_follow_one_another_and_their_tokens_are_this_lists_alone(open_server: Server) -> None:
    client = open_server.client()
    own, name = own_client(client), lived(client)
    numbers, page = [], own.list_model_card_events(ModelCardName=name, MaxResults=3)
    while True:
        numbers.append([item["EventNumber"] for item in page["ModelCardEvents"]])
        if "NextToken" not in page:
            break
        token = page["NextToken"]
        page = own.list_model_card_events(ModelCardName=name, MaxResults=3, NextToken=token)
    assert numbers == [[7, 6, 5], [4, 3, 2], [1]]
    other = create(client)
    for wrong in (token[:-4] + "AAAA", "x"):
        with refused("ValidationException", "NextToken"):
            own.list_model_card_events(ModelCardName=name, NextToken=wrong)
    with refused("ValidationException", "NextToken"):
        own.list_model_card_events(ModelCardName=other, NextToken=token)
    with refused("ValidationException", "NextToken"):
        client.list_model_card_versions(ModelCardName=name, NextToken=token)


def test_what_cannot_be_asked_is_refused(open_server: Server) -> None:
    client = open_server.client()
    with refused("ResourceNotFound"):
        events(client, fresh("none"))
    for members in ({}, {"ModelCardName": "../x"}, {"ModelCardName": "x", "MaxResults": 0}):
        assert post(open_server, "Cardwright.ListModelCardEvents", members).error[0] == "ValidationException"
    assert post(open_server, "SageMaker.ListModelCardEvents", {}).error[0] == "UnknownOperationException"


def test_viewers_read_events_of_their_account_alone(signed_server: Server) -> None:
    number = account()
    author = signed_server.client(*signed_server.key(number, "mei", "author"))
    viewer = signed_server.client(*signed_server.key(number, "vic", "viewer"))
    foreign = signed_server.client(*signed_server.key(account(), "vic", "admin"))
    name = create(author)
    assert [(item["UserName"], item["Role"]) for item in events(viewer, name)] == [("mei", "author")]
    with refused("ResourceNotFound"):
        events(foreign, name)
    with refused("AccessDeniedException"):
        own_client(foreign).list_model_card_events(ModelCardName=arn(name, number))


@pytest.mark.parametrize("options", [(), ("--limit", "2")])
def test_the_command_line_lists_them(open_server: Server, options: tuple[str, ...]) -> None:
    name = lived(open_server.client())
    command = ["card", "events", name, "--endpoint-url", open_server.url, *options]
    result = run_text(*command)
    lines = result.stdout.splitlines()[1:]
    assert len(lines) == (2 if options else 7), result.stderr
    assert "(admin)  version 2: PendingReview to Approved  It is there now." in lines[0]
    assert "tags removed: team" in lines[1]
    if not options:
        assert "Bias by age is missing: ≥ 60." in lines[5]
        assert "created as PendingReview" in lines[6]
    as_json = json.loads(run_text(*command, "--json").stdout)
    assert [item["EventNumber"] for item in as_json] == ([7, 6] if options else [7, 6, 5, 4, 3, 2, 1])
    assert as_json[0]["Comment"] == "It is there now."


def test_the_embedded_store_lists_them_too(tmp_path: Path) -> None:
    environment: dict[str, str | None] = {name: None for name in os.environ if name.startswith(("AWS_", "CARDWRIGHT_"))}
    environment["CARDWRIGHT_HOME"] = str(tmp_path)

    def run(*arguments: str) -> str:
        return run_text("card", *arguments, given="{}", environment=environment).stdout

    run("create", "alone", "--content", "-", "--status", "PendingReview")
    run("status", "alone", "draft", "--comment", "Not yet.")
    assert [item.get("Comment") for item in json.loads(run("events", "alone", "--json"))] == ["Not yet.", None]
    assert "Not yet." in run("events", "alone")
