"""What moto and AWS agree on for model cards, so that suites written against moto pass here."""

import datetime
from typing import Any

import pytest

from tests.servers import Server
from tests.wire.calls import content, create, fresh, refused


def names(answer: Any) -> list[str]:
    return [item["ModelCardName"] for item in answer["ModelCardSummaries"]]


def test_a_second_card_of_the_name_is_a_conflict(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    with refused("ConflictException", f"Modelcard {name} already exists"):
        create(client, name)


def test_missing_cards_and_versions_are_named(open_server: Server) -> None:
    client = open_server.client()
    missing = fresh("missing")
    for call in (client.describe_model_card, client.delete_model_card, client.list_model_card_versions):
        with refused("ResourceNotFound", f"Modelcard {missing} does not exist."):
            call(ModelCardName=missing)
    with refused("ResourceNotFound", f"Modelcard {missing} does not exist."):
        client.update_model_card(ModelCardName=missing, Content="{}")
    name = create(client)
    client.update_model_card(ModelCardName=name, Content=content(model_name="two"))
    with refused("ResourceNotFound", f"Modelcard with name {name} and version: 3 does not exist"):
        client.describe_model_card(ModelCardName=name, ModelCardVersion=3)


def test_cards_are_listed_by_creation_ascending_unless_asked_otherwise(open_server: Server) -> None:
    client = open_server.client()
    stem = fresh("Order")
    made = [create(client, f"{stem}-{letter}") for letter in "bac"]
    assert names(client.list_model_cards(NameContains=stem)) == made
    assert names(client.list_model_cards(NameContains=stem, SortOrder="Descending")) == made[::-1]
    assert names(client.list_model_cards(NameContains=stem, SortBy="Name")) == sorted(made)
    by_name = client.list_model_cards(NameContains=stem, SortBy="Name", SortOrder="Descending")
    assert names(by_name) == sorted(made)[::-1]
    by_creation = client.list_model_cards(NameContains=stem, SortBy="CreationTime", SortOrder="Ascending")
    assert names(by_creation) == made


def test_names_sort_by_code_point(open_server: Server) -> None:
    client = open_server.client()
    stem = fresh("cp")
    made = [create(client, f"{stem}{end}") for end in ("a", "B", "-c", "0", "Z")]
    assert names(client.list_model_cards(NameContains=stem, SortBy="Name")) == sorted(made)


@pytest.mark.parametrize("length", [1, 2, 3, 10])
def test_name_contains_finds_any_part_in_any_case(open_server: Server, length: int) -> None:
    client = open_server.client()
    stem = fresh("QxZkw")
    name = create(client, f"{stem}-Tail")
    part = (stem + "-Tail")[-length:].lstrip("-")  # a searched text begins with a letter or a digit
    for text in (part, part.upper(), part.lower(), (stem + "-tail").lower()[:40]):
        found = [
            item
            for page in client.get_paginator("list_model_cards").paginate(NameContains=text)
            for item in names(page)
        ]
        assert name in found
    assert names(client.list_model_cards(NameContains=stem + "-Tales")) == []


def test_status_selects(open_server: Server) -> None:
    client = open_server.client()
    stem = fresh("status")
    made = {status: create(client, f"{stem}-{status}", ModelCardStatus=status) for status in ("Draft", "Approved")}
    for status, name in made.items():
        assert names(client.list_model_cards(NameContains=stem, ModelCardStatus=status)) == [name]
    assert names(client.list_model_cards(NameContains=stem, ModelCardStatus="Archived")) == []


def test_creation_times_select_exclusively_of_cards_and_versions(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    made = client.describe_model_card(ModelCardName=name)["CreationTime"]
    client.update_model_card(ModelCardName=name, Content=" {}")
    hour = datetime.timedelta(hours=1)
    for before, after, count in (
        (made + hour, made - hour, 1),
        (made - hour, made - 2 * hour, 0),
        (made + 2 * hour, made + hour, 0),
    ):
        times = {"CreationTimeBefore": before, "CreationTimeAfter": after}
        assert len(names(client.list_model_cards(NameContains=name, **times))) == count
        found = client.list_model_card_versions(ModelCardName=name, **times)["ModelCardVersionSummaryList"]
        assert len(found) == 2 * count


def test_versions_are_listed_ascending_unless_asked_otherwise(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    for spaces in range(1, 4):
        client.update_model_card(ModelCardName=name, Content=" " * spaces + "{}")
    client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")

    def numbers(**how: object) -> list[int]:
        listed = client.list_model_card_versions(ModelCardName=name, **how)["ModelCardVersionSummaryList"]
        return [item["ModelCardVersion"] for item in listed]

    assert numbers() == numbers(SortBy="Version", SortOrder="Ascending") == [1, 2, 3, 4]
    assert numbers(SortOrder="Descending") == [4, 3, 2, 1]
    assert numbers(ModelCardStatus="Draft") == [1, 2, 3]
    assert numbers(ModelCardStatus="Approved") == [4]


def test_describe_returns_every_member_of_a_card(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, document=content(model_name="m"), Tags=[{"Key": "k", "Value": "v"}])
    described = client.describe_model_card(ModelCardName=name)
    assert described["ModelCardArn"].endswith(f":model-card/{name}")
    assert described["ModelCardName"] == name
    assert described["ModelCardVersion"] == 1
    assert described["Content"] == content(model_name="m")
    assert described["ModelCardStatus"] == "Draft"
    for member in ("CreationTime", "CreatedBy", "LastModifiedTime", "LastModifiedBy"):
        assert member in described
    assert client.list_tags(ResourceArn=described["ModelCardArn"])["Tags"] == [{"Key": "k", "Value": "v"}]
