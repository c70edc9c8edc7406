"""A write that is prepared while it waits for a commit is answered as one that is not."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardwright.actions.access_keys import create_key, revoke_key
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role
from cardwright.http import Request
from cardwright.server.stores import migrate, open_existing_store
from cardwright.settings import Settings
from cardwright.storage.store import Store
from tests.wire.batches import Asked, BatchServer, Key, request_of

ADMIN = Actor(Scope("us-east-1", OPEN_ACCOUNT), "tests", Role.ADMIN)
CONTENT = json.dumps({"intended_uses": {"purpose_of_model": "crédit"}})
CREATE = ("CreateModelCard", {"ModelCardName": "fraud", "Content": CONTENT, "ModelCardStatus": "Draft"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    migrate(Settings(home=tmp_path))
    store = open_existing_store(Settings(home=tmp_path))
    yield store
    store.close()


@pytest.fixture
def key(store: Store) -> Key:
    with store.open_unit(ADMIN) as unit:
        made = create_key(unit, "robot", Role.AUTHOR)
    return made.access_key_id, store.server_key.secret_access_key(made.access_key_id)


@pytest.fixture
def server(tmp_path: Path, store: Store, key: Key) -> Iterator[BatchServer]:
    del store
    server = BatchServer(tmp_path, auth="sigv4", key=key)
    yield server
    server.close()


def prepared(server: BatchServer, asked: Asked) -> Request:
    request = request_of(asked, server.key)
    server.application.prepare(request)
    return request


def answer(server: BatchServer, request: Request) -> Any:
    response = server.application.answer(request)
    found = json.loads(response.body or b"{}")
    return found if response.status == 200 else (found["__type"], found.get("message") or found.get("Message"))


def test_a_prepared_content_is_stored_as_it_was_sent(server: BatchServer) -> None:
    request = prepared(server, CREATE)
    assert request.members is not None
    assert request.members["Content"].document.digest == hashlib.sha256(CONTENT.encode()).hexdigest()
    assert "ModelCardArn" in answer(server, request)
    found = server.describe()
    assert found["Content"] == CONTENT
    assert "robot" in str(found["CreatedBy"])


@pytest.mark.parametrize(
    "members",
    [
        {"Content": '{"unknown": 1}'},
        {"Content": "{"},
        {"Content": 5},
        {"Content": None},
        {"ModelCardName": "no name"},
        {"ModelCardStatus": "Approved"},
        {"Tags": [{"Key": "a", "Value": "b"}] * 2},
    ],
    ids=["schema", "not JSON", "number", "null", "name", "role", "twice"],
)
def test_a_wrong_write_has_the_same_error_as_without_preparation(server: BatchServer, members: dict[str, Any]) -> None:
    asked = ("CreateModelCard", CREATE[1] | members)
    expected = answer(server, request_of(asked, server.key))
    assert answer(server, prepared(server, asked)) == expected


def test_a_wrong_signature_and_an_unknown_operation_are_refused(server: BatchServer, key: Key) -> None:
    for asked, by in ((CREATE, (key[0], "x" * 40)), (("CreateModelCards", {}), key)):
        request = request_of(asked, by)
        server.application.prepare(request)
        assert request.members is None
        assert not isinstance(answer(server, request), dict)


def test_a_key_that_is_revoked_after_the_preparation_is_refused(server: BatchServer, store: Store, key: Key) -> None:
    request = prepared(server, CREATE)
    with store.open_unit(ADMIN) as unit:
        revoke_key(unit, key[0])
    server.end()  # the commit for which the request waits
    assert answer(server, request)[0] == "UnrecognizedClientException"
