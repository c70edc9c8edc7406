"""Pages: tokens are opaque and cannot be altered; a walk meets each card once, also while cards change."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.aws.paging import Pager, PagingKey
from cardwright.core.access_keys import ServerKey
from tests.servers import Server
from tests.wire.calls import account, create, fresh, post, refused


@pytest.fixture
def family(open_server: Server) -> tuple[Any, str, list[str]]:
    """A client, a stem, and seven cards whose names begin with it, in the order they were made."""
    client, stem = open_server.client(), fresh("page")
    names = [create(client, f"{stem}-{letter}") for letter in "dbgface"]
    return client, stem, names


def walk(client: Any, stem: str, size: int = 2, **how: Any) -> Iterator[list[str]]:
    token: dict[str, str] = {}
    while True:
        page = client.list_model_cards(NameContains=stem, MaxResults=size, **how, **token)
        yield [item["ModelCardName"] for item in page["ModelCardSummaries"]]
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


@pytest.mark.parametrize("sort", ["Name", "CreationTime"])
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_every_sort_and_order_meets_each_card_once(
    family: tuple[Any, str, list[str]], sort: str, order: str, size: int
) -> None:
    client, stem, names = family
    expected = sorted(names) if sort == "Name" else names
    pages = list(walk(client, stem, size, SortBy=sort, SortOrder=order))
    assert [name for page in pages for name in page] == (expected if order == "Ascending" else expected[::-1])
    assert len(pages) == -(-len(names) // size)


@pytest.mark.parametrize("sort", ["Name", "CreationTime"])
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_a_walk_is_steady_while_cards_come_and_go(family: tuple[Any, str, list[str]], sort: str, order: str) -> None:
    client, stem, names = family
    seen: list[str] = []
    for number, page in enumerate(walk(client, stem, 2, SortBy=sort, SortOrder=order)):
        seen += page
        create(client, f"{stem}-{'0z'[number % 2]}{number}")
        if number == 1:
            client.delete_model_card(ModelCardName=seen[-1])
        if number > 20:
            pytest.fail("the walk does not end")
    assert len(seen) == len(set(seen))
    assert set(names) <= set(seen)


def test_tokens_are_opaque(family: tuple[Any, str, list[str]]) -> None:
    client, stem, _ = family
    first = client.list_model_cards(NameContains=stem, MaxResults=1)["NextToken"]
    assert stem not in first
    assert len(first) < 8192
    held = base64.urlsafe_b64decode(first)
    cards = client.list_model_cards(NameContains=stem, MaxResults=1)["ModelCardSummaries"]
    assert str(int(cards[0]["CreationTime"].timestamp() * 1000)).encode() not in held
    assert not re.search(rb"[\x20-\x7e]{12}", held)


_NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(_NUMBERS | st.text() | st.uuids().map(str)))
def test_a_token_holds_any_position(position: list[str | float]) -> None:
    key = PagingKey(ServerKey(b"k" * 32))
    token = Pager(key, "111122223333", "ListModels", {"NameContains": "a"}).token(tuple(position))
    asked = {"NameContains": "a", "NextToken": token, "MaxResults": 5}
    found = Pager(key, "111122223333", "ListModels", asked).position()
    assert found == tuple(position)
    assert [type(value) for value in found or ()] == [type(value) for value in position]


def test_an_altered_token_is_refused(open_server: Server, family: tuple[Any, str, list[str]]) -> None:
    client, stem, _ = family
    token = client.list_model_cards(NameContains=stem, MaxResults=1)["NextToken"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    altered = {
        token[:at] + other + token[at + 1 :] for at in (0, 5, len(token) // 2, -3 % len(token)) for other in "A-"
    }
    altered |= {token.rstrip("=")[:-1] + other + "=" * token.count("=") for other in alphabet}
    altered |= {
        token[:-1],
        token + "A",
        token + "=",
        token + "\n",
        " " + token,
        "",
        "é",
        base64.b64encode(b"x" * 60).decode(),
    }
    for wrong in altered - {token}:
        answer = post(open_server, "ListModelCards", {"NameContains": stem, "MaxResults": 1, "NextToken": wrong})
        assert answer.error[0] == "ValidationException", (wrong, answer.body)


def test_a_token_serves_its_own_question_only(open_server: Server, family: tuple[Any, str, list[str]]) -> None:
    client, stem, names = family
    token = client.list_model_cards(NameContains=stem, MaxResults=1)["NextToken"]
    client.list_model_cards(NameContains=stem, MaxResults=50, NextToken=token)
    for other in ({"NameContains": stem[1:]}, {"NameContains": stem, "SortOrder": "Ascending"}, {}):
        with refused("ValidationException", "NextToken"):
            client.list_model_cards(MaxResults=1, NextToken=token, **other)
    with refused("ValidationException", "NextToken"):
        client.search(Resource="ModelCard", NextToken=token)
    with refused("ValidationException", "NextToken"):
        client.list_model_card_versions(ModelCardName=names[0], NextToken=token)


def test_a_token_serves_its_own_account_only(signed_server: Server) -> None:
    one, other = (signed_server.client(*signed_server.key(account(), "u", "author")) for _ in range(2))
    for client in (one, other):
        for _ in range(2):
            create(client)
    token = one.list_model_cards(MaxResults=1)["NextToken"]
    with refused("ValidationException", "NextToken"):
        other.list_model_cards(MaxResults=1, NextToken=token)


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_versions_are_paged(open_server: Server, order: str) -> None:
    client = open_server.client()
    name = create(client)
    for spaces in range(1, 7):
        client.update_model_card(ModelCardName=name, Content=" " * spaces + "{}")
    pages = client.get_paginator("list_model_card_versions").paginate(
        ModelCardName=name, SortOrder=order, PaginationConfig={"PageSize": 3}
    )
    numbers = [[item["ModelCardVersion"] for item in page["ModelCardVersionSummaryList"]] for page in pages]
    assert numbers == ([[1, 2, 3], [4, 5, 6], [7]] if order == "Ascending" else [[7, 6, 5], [4, 3, 2], [1]])
