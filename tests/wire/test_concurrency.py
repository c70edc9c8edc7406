"""Concurrent clients: no version is lost or doubled, names and models stay unique, all get an answer."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.servers import Server
from tests.wire.calls import account, content, create, fresh, refused


def outcomes(calls: list[Callable[[], Any]], threads: int = 16) -> Counter[str]:
    """Run calls at once and count how they end: OK or an error's code."""

    def outcome(call: Callable[[], Any]) -> str:
        try:
            call()
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "OK"

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(outcome, calls))


def test_two_hundred_updates_of_one_card_are_two_hundred_versions(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    texts = [content(model_name=f"version {number}") for number in range(200)]

    def update(text: str) -> Callable[[], Any]:
        return lambda: client.update_model_card(ModelCardName=name, Content=text)

    assert outcomes([update(text) for text in texts]) == {"OK": 200}
    pages = client.get_paginator("list_model_card_versions").paginate(ModelCardName=name)
    numbers = [item["ModelCardVersion"] for page in pages for item in page["ModelCardVersionSummaryList"]]
    assert numbers == list(range(1, 202))
    kept = [client.describe_model_card(ModelCardName=name, ModelCardVersion=number)["Content"] for number in numbers]
    assert sorted(kept) == sorted(["{}", *texts])


def test_one_of_many_creates_of_a_name_wins(open_server: Server) -> None:
    client = open_server.client()
    for _ in range(5):
        name = fresh("race")
        ended = outcomes([lambda name=name: create(client, name) for _ in range(16)])  # type: ignore[misc]
        assert ended == {"OK": 1, "ConflictException": 15}


def test_one_of_many_cards_of_a_model_wins_on_create_and_on_update(open_server: Server) -> None:
    client = open_server.client()
    for _ in range(5):
        document = content(model_id=fresh("raced"))
        created = outcomes([lambda document=document: create(client, document=document) for _ in range(16)])  # type: ignore[misc]
        assert created == {"OK": 1, "ConflictException": 15}
    names = [create(client) for _ in range(16)]
    document = content(model_id=fresh("raced"))

    def update(name: str) -> Callable[[], Any]:
        return lambda: client.update_model_card(ModelCardName=name, Content=document)

    assert outcomes([update(name) for name in names]) == {"OK": 1, "ConflictException": 15}


def test_updates_deletes_and_creates_of_one_name_end_cleanly(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    calls: list[Callable[[], Any]] = []
    for number in range(30):
        text = content(model_name=str(number))
        calls += [
            lambda text=text: client.update_model_card(ModelCardName=name, Content=text),  # type: ignore[misc]
            lambda: client.delete_model_card(ModelCardName=name),
            lambda: create(client, name),
            lambda: client.list_model_card_versions(ModelCardName=name),
            lambda: client.add_tags(
                ResourceArn=f"arn:aws:sagemaker:us-east-1:000000000000:model-card/{name}",
                Tags=[{"Key": "k", "Value": "v"}],
            ),
        ]
    codes = outcomes(calls)
    assert codes.keys() <= {"OK", "ResourceNotFound", "ConflictException", "ValidationException"}, codes


@pytest.mark.parametrize("refusal", ["conflict", "missing"])
def test_a_refused_write_keeps_no_other_process_out(open_server: Server, refusal: str) -> None:
    client = open_server.client()
    name = create(client)
    if refusal == "conflict":
        with refused("ConflictException"):
            create(client, name)
    else:
        with refused("ResourceNotFound"):
            client.delete_model_card(ModelCardName=fresh("missing"))
    open_server.key(account(), "reader", "viewer")  # it would give up the lock, and fail, after ten seconds
