"""Registered models: kept whole, found, listed and removed, in the words that clients look for."""

from typing import Any

import pytest

from tests.servers import Server
from tests.wire.calls import fresh, refused, resource_arn

CONTAINER = {"Image": "registry/image:1", "ModelDataUrl": "s3://bucket/model.tar.gz"}


def model(client: Any, name: str | None = None, **members: Any) -> str:
    name = name or fresh("model")
    client.create_model(**{"ModelName": name, "PrimaryContainer": CONTAINER} | members)
    return name


def test_a_model_is_described_as_it_came_in(open_server: Server) -> None:
    client = open_server.client()
    role = "arn:aws:iam::123456789012:role/r"
    name = model(client, ExecutionRoleArn=role, EnableNetworkIsolation=True)
    found = client.describe_model(ModelName=name)
    assert found["ModelArn"] == resource_arn("model", name)
    assert (found["PrimaryContainer"], found["ExecutionRoleArn"]) == (CONTAINER, role)
    assert found["EnableNetworkIsolation"] is True
    assert "Containers" not in found


def test_a_pipeline_model_shows_the_containers_that_came_in_and_no_other(open_server: Server) -> None:
    client, name = open_server.client(), fresh("pipe")
    containers = [CONTAINER, {"Image": "second"}]
    client.create_model(ModelName=name, Containers=containers)
    found = client.describe_model(ModelName=name)
    assert found["Containers"] == containers
    assert "PrimaryContainer" not in found
    expression = {"Filters": [{"Name": "ModelName", "Operator": "Equals", "Value": name}]}
    [hit] = client.search(Resource="Model", SearchExpression=expression)["Results"]
    assert hit["Model"]["Model"]["Containers"] == containers
    assert "PrimaryContainer" not in hit["Model"]["Model"]


def test_a_model_needs_one_way_to_say_its_containers(open_server: Server) -> None:
    client = open_server.client()
    with refused("ValidationException", "PrimaryContainer", "Containers"):
        client.create_model(ModelName=fresh("model"))
    with refused("ValidationException", "Both PrimaryContainer and Containers"):
        client.create_model(ModelName=fresh("model"), PrimaryContainer=CONTAINER, Containers=[CONTAINER])


def test_missing_and_duplicate_models_are_reported_in_sagemakers_words(open_server: Server) -> None:
    client, missing = open_server.client(), fresh("missing")
    text = f'Could not find model "{resource_arn("model", missing)}".'
    for call in (client.describe_model, client.delete_model):
        with refused("ValidationException") as caught:
            call(ModelName=missing)
        assert caught.value.response["Error"]["Message"] == text
    name = model(client)
    with refused("ValidationException", f'Cannot create already existing model "{resource_arn("model", name)}".'):
        model(client, name)


def test_a_deleted_models_name_is_free_and_its_tags_are_gone(open_server: Server) -> None:
    client = open_server.client()
    name = model(client, Tags=[{"Key": "a", "Value": "1"}])
    client.delete_model(ModelName=name)
    with refused("ValidationException", "does not exist"):
        client.list_tags(ResourceArn=resource_arn("model", name))
    model(client, name)
    assert client.list_tags(ResourceArn=resource_arn("model", name))["Tags"] == []


@pytest.mark.parametrize("sort", ["Name", "CreationTime"])
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_lists_meet_each_model_once_in_every_order(open_server: Server, sort: str, order: str, size: int) -> None:
    client, stem = open_server.client(), fresh("LIST")
    names = [model(client, f"{stem}-{letter}") for letter in "cab"]
    expected = sorted(names) if sort == "Name" else names
    pages = client.get_paginator("list_models").paginate(
        NameContains=stem.lower(), SortBy=sort, SortOrder=order, PaginationConfig={"PageSize": size}
    )
    found = [item["ModelName"] for page in pages for item in page["Models"]]
    assert found == (expected if order == "Ascending" else expected[::-1])


def test_lists_are_newest_first_by_default(open_server: Server) -> None:
    client, stem = open_server.client(), fresh("newest")
    names = [model(client, f"{stem}-{number}") for number in range(3)]
    found = client.list_models(NameContains=stem)["Models"]
    assert [item["ModelName"] for item in found] == names[::-1]
    before = client.list_models(NameContains=stem, CreationTimeBefore="2020-01-01T00:00:00Z")
    after = client.list_models(NameContains=stem, CreationTimeAfter="2020-01-01T00:00:00Z")
    assert (len(before["Models"]), len(after["Models"])) == (0, 3)


def test_a_token_is_good_for_its_own_list_only(open_server: Server) -> None:
    client, stem = open_server.client(), fresh("token")
    for number in range(2):
        model(client, f"{stem}-{number}")
    token = client.list_models(NameContains=stem, MaxResults=1)["NextToken"]
    with refused("ValidationException", "NextToken"):
        client.list_models(NameContains=stem, SortBy="Name", NextToken=token)
    with refused("ValidationException", "NextToken"):
        client.list_model_package_groups(NextToken=token)
