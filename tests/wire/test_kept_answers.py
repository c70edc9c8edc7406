"""An answer that a server keeps never differs from a new one."""

import http.client
import json
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from cardwright import Session
from cardwright.aws import kept_answers
from cardwright.aws.kept_answers import Described, Found, Kept, KeptAnswers
from cardwright.client.own_client import own_client
from cardwright.server.stores import DATABASE_FILE
from cardwright.storage.engines.memory import Memory
from tests import servers
from tests.servers import Server
from tests.waiting import wait_until
from tests.wire.batches import BatchServer

CONTENT = json.dumps({"intended_uses": {"purpose_of_model": "credit"}})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BatchServer]:
    server = BatchServer(tmp_path / "home")
    server.call("CreateModelCard", ModelCardName="fraud", Content="{}", ModelCardStatus="Draft")
    yield server
    server.application.close()


@pytest.fixture
def other(tmp_path: Path, server: BatchServer) -> Iterator[Any]:
    """A client of the same store that shares no connection with the server."""
    del server
    with Session(home=tmp_path / "home") as session:
        yield session.embedded_store().client()


def statements(server: BatchServer, act: Callable[[], object]) -> list[str]:
    """Return the statements on cards that the reads of the server run."""
    seen: list[str] = []
    server.describe()
    reader = server.application.store.database.pinned.raw  # type: ignore[attr-defined]
    reader.set_trace_callback(seen.append)
    act()
    reader.set_trace_callback(None)
    return [sql for sql in seen if "cards" in sql]


def test_the_same_question_is_answered_without_a_statement(server: BatchServer) -> None:
    assert not statements(server, server.describe)
    server.names()
    assert not statements(server, server.names)
    assert statements(server, lambda: server.describe("missing"))


def test_after_a_change_of_another_card_the_content_is_not_read_again(server: BatchServer, other: Any) -> None:
    before = server.describe()

    def ask() -> None:
        other.create_model_card(ModelCardName="other", Content="{}", ModelCardStatus="Draft")
        assert server.describe() == before

    (read,) = statements(server, ask)
    assert "audit_digest" in read
    assert "content" not in read


def test_a_write_by_the_server_itself_is_seen(server: BatchServer) -> None:
    assert server.describe()["ModelCardVersion"] == 1
    server.call("UpdateModelCard", ModelCardName="fraud", Content=CONTENT)
    assert server.describe()["ModelCardVersion"] == 2
    assert server.describe()["Content"] == CONTENT


def test_a_write_by_another_process_is_seen(server: BatchServer, other: Any) -> None:
    for number in range(2, 5):
        assert server.describe()["ModelCardVersion"] == number - 1
        content = json.dumps({"intended_uses": {"purpose_of_model": str(number)}})
        other.update_model_card(ModelCardName="fraud", Content=content)
        assert server.describe()["ModelCardVersion"] == number
        other.create_model_card(ModelCardName=f"card-{number}", Content="{}", ModelCardStatus="Draft")
        assert f"card-{number}" in server.names()


def test_a_batch_shows_no_change_before_its_commit_and_all_after(server: BatchServer) -> None:
    describe = ("DescribeModelCard", {"ModelCardName": "fraud"})
    before = server.describe()
    update = ("UpdateModelCard", {"ModelCardName": "fraud", "ModelCardStatus": "PendingReview"})
    first, changed, second = server.batch(describe, update, describe)
    assert first == second == before
    assert "ModelCardArn" in changed
    assert server.describe()["ModelCardStatus"] == "PendingReview"


def test_a_commit_that_fails_leaves_the_earlier_answer(server: BatchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    before = server.describe()
    database = server.application.store.database
    flush = database.flush

    def fail() -> None:
        database.writer.connection.raw.execute("ROLLBACK")  # type: ignore[attr-defined]
        flush()

    monkeypatch.setattr(database, "flush", fail)
    lost = server.call("UpdateModelCard", ModelCardName="fraud", Content=CONTENT)
    monkeypatch.undo()
    assert lost == "ServiceUnavailable"
    assert server.describe() == before


def test_a_refused_change_leaves_the_answer_and_later_ones_are_seen(server: BatchServer) -> None:
    before = server.describe()
    wrong = server.call("UpdateModelCard", ModelCardName="fraud", Content='{"unknown": 1}')
    assert wrong == "ValidationException"
    assert server.describe() == before
    server.call("UpdateModelCard", ModelCardName="fraud", ModelCardStatus="Archived")
    assert server.describe()["ModelCardStatus"] == "Archived"


def test_a_card_that_is_deleted_and_created_again_is_the_new_one(server: BatchServer, other: Any) -> None:
    first = server.describe()
    other.delete_model_card(ModelCardName="fraud")
    assert server.describe() == "ResourceNotFound"
    assert server.names() == []
    other.create_model_card(ModelCardName="fraud", Content=CONTENT, ModelCardStatus="Draft")
    again = server.describe()
    assert again["Content"] == CONTENT
    assert again["CreationTime"] >= first["CreationTime"]


def test_a_status_that_a_review_gives_is_seen(server: BatchServer, other: Any) -> None:
    assert server.describe()["ModelCardStatus"] == "Draft"
    own_client(other).review_model_card(ModelCardName="fraud", ModelCardStatus="Approved", Comment="good")
    assert server.describe()["ModelCardStatus"] == "Approved"
    assert server.call("ListModelCards", ModelCardStatus="Approved")["ModelCardSummaries"]


def test_an_answer_is_kept_for_its_exact_question(server: BatchServer) -> None:
    whole = server.describe()
    part = server.call("DescribeModelCard", ModelCardName="fraud", IncludedData="MetadataOnly")
    assert whole["Content"] == "{}"
    server.call("UpdateModelCard", ModelCardName="fraud", Content=CONTENT)
    assert server.call("DescribeModelCard", ModelCardName="fraud", ModelCardVersion=1)["Content"] == "{}"
    assert server.describe()["Content"] == CONTENT
    assert server.call("DescribeModelCard", ModelCardName="fraud", IncludedData="MetadataOnly") != part


def test_pages_are_kept_with_their_tokens(server: BatchServer, other: Any) -> None:
    for number in range(5):
        server.call("CreateModelCard", ModelCardName=f"card-{number}", Content="{}", ModelCardStatus="Draft")

    def walk() -> list[str]:
        names, token = [], None
        while True:
            wanted = {"SortBy": "Name", "MaxResults": 2} | ({"NextToken": token} if token else {})
            page = server.call("ListModelCards", **wanted)
            names += [card["ModelCardName"] for card in page["ModelCardSummaries"]]
            token = page.get("NextToken")
            if token is None:
                return names

    assert walk() == walk() == sorted(walk())
    other.delete_model_card(ModelCardName="card-3")
    assert "card-3" not in walk()


def test_a_copied_back_database_is_read_by_the_next_server(server: BatchServer, tmp_path: Path) -> None:
    home, saved = tmp_path / "home", tmp_path / "saved"
    server.application.close()
    shutil.copytree(home, saved)
    second = BatchServer(home)
    second.call("UpdateModelCard", ModelCardName="fraud", Content=CONTENT)
    assert second.describe()["ModelCardVersion"] == 2
    second.application.close()
    shutil.rmtree(home)
    shutil.copytree(saved, home)
    third = BatchServer(home)
    assert third.describe()["ModelCardVersion"] == 1
    third.application.close()


def test_random_changes_by_three_writers_are_always_seen(server: BatchServer, other: Any, tmp_path: Path) -> None:
    """The server keeps answers; another session reads each answer again."""
    fresh = Session(home=tmp_path / "home")
    again, dice = fresh.embedded_store().client(), random.Random(1)  # noqa: S311 - a walk that can be repeated
    names = ["a", "b", "c"]
    for step in range(120):
        name = dice.choice(names)
        operation, members = dice.choice(
            [
                ("CreateModelCard", {"ModelCardName": name, "Content": "{}", "ModelCardStatus": "Draft"}),
                ("UpdateModelCard", {"ModelCardName": name, "Content": CONTENT if step % 2 else "{}"}),
                ("UpdateModelCard", {"ModelCardName": name, "ModelCardStatus": dice.choice(["Draft", "Archived"])}),
                ("DeleteModelCard", {"ModelCardName": name}),
            ]
        )
        if dice.random() < 0.5:
            server.call(operation, **members)
        else:
            with suppress(ClientError):  # the card exists, is missing or is archived
                getattr(dice.choice([other, again]), xform_name(operation))(**members)
        for _ in range(2):
            listed = [card["ModelCardName"] for card in again.list_model_cards(SortBy="Name")["ModelCardSummaries"]]
            assert server.names() == listed
            for card in names:
                kept = server.describe(card)
                if card not in listed:
                    assert kept == "ResourceNotFound"
                    continue
                found = again.describe_model_card(ModelCardName=card)
                for member in ("ModelCardVersion", "Content", "ModelCardStatus"):
                    assert kept[member] == found[member], (step, card)
                assert kept["LastModifiedTime"] == found["LastModifiedTime"].timestamp()
    fresh.close()


def test_a_memory_is_bounded_in_bytes() -> None:
    memory = Memory(10_000)
    for number in range(1000):
        memory.keep(number, b"x" * 900, 900)
        assert memory.size <= 10_000
        assert memory.find(number) == b"x" * 900
    assert memory.find(992) is not None
    assert memory.find(991) is None
    memory.keep("huge", b"x" * 20_000, 20_000)
    assert memory.find("huge") is None
    before = memory.size
    memory.keep(999, b"x" * 900, 900)
    assert memory.size == before
    memory.clear()
    assert memory.find(999) is None
    assert memory.size == 0


class OfOneState:
    def __init__(self, kept: Memory) -> None:
        self._kept = kept

    def memory(self, *, now: bool = True) -> Memory:  # noqa: ARG002 - it takes no wait
        return self._kept


def test_a_description_that_made_room_for_others_is_kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_answers, "MOST_BYTES", 10_000)
    answers = KeptAnswers(OfOneState(Memory()))
    digests_read: list[str] = []

    def read_digest(card: str) -> str:
        digests_read.append(card)
        return card.removeprefix("card-")

    def find(number: int) -> Found:
        return answers.find(number, Kept.UNTIL_ITS_CARD_CHANGES, read_digest)

    for number in range(100):
        body = f"answer {number}".encode()
        answers.keep(find(number), body, Described({}, f"card-{number}", str(number)), 10)
        assert find(number).body == body
    assert digests_read == []  # the answers are of this state of the database
    assert find(0).body is None


def test_what_was_read_in_an_earlier_state_is_not_kept_in_a_later_one() -> None:
    memory = Memory()
    answers = KeptAnswers(OfOneState(memory))

    def find(question: str) -> Found:
        return answers.find(question, Kept.UNTIL_A_COMMIT, lambda _: None)

    before, after = find("changed"), find("same")
    answers.keep(after, b"same", None, 10)
    assert find("same").body == b"same"
    memory.clear()
    answers.keep(before, b"changed", None, 10)
    assert find("changed").body is None
    assert find("same").body is None


def test_kept_answers_use_little_more_memory_than_their_compressed_bytes(tmp_path: Path) -> None:
    content = json.dumps({"additional_information": {"custom_details": {f"key {n}": "v" * 240 for n in range(32)}}})
    with (
        servers.running(tmp_path, "--log-level", "warning") as server,
        closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection,
    ):

        def call(operation: str, members: dict[str, Any]) -> int:
            headers = {"X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"}
            connection.request("POST", "/", json.dumps(members), headers)
            response = connection.getresponse()
            assert response.status == 200
            return len(response.read())

        names = [f"card-{number}" for number in range(1600)]
        for name in names:
            call("CreateModelCard", {"ModelCardName": name, "Content": content, "ModelCardStatus": "Draft"})
        with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as store, urlopen(f"{server.url}/cards"):
            due = "SELECT count(*) FROM card_texts WHERE words IS NULL"
            wait_until(lambda: store.execute(due).fetchone() == (0,), "the search index has no words of some cards")
        before = memory_of(server)
        answered = sum(call("DescribeModelCard", {"ModelCardName": name}) for name in names)
        assert memory_of(server) - before < 0.3 * answered


def memory_of(server: Server) -> int:
    """Bytes of the server's process that no file holds."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.findall(r"RssAnon:\s+(\d+) kB", status)[0]) * 1024


@pytest.mark.parametrize("workers", [1, 2])
def test_each_worker_sees_what_the_others_wrote(tmp_path: Path, workers: int) -> None:
    with servers.running(tmp_path, "--workers", str(workers)) as server:
        clients = [server.client(user_agent_extra=str(n)) for n in range(4)]  # each has connections of its own
        clients[0].create_model_card(ModelCardName="fraud", Content="{}", ModelCardStatus="Draft")
        for version in range(1, 25):
            with ThreadPoolExecutor(4) as pool:
                found = [*pool.map(lambda one: one.describe_model_card(ModelCardName="fraud"), clients * 2)]
            assert {one["ModelCardVersion"] for one in found} == {version}
            content = json.dumps({"intended_uses": {"purpose_of_model": str(version)}})
            clients[version % 4].update_model_card(ModelCardName="fraud", Content=content)


def test_accounts_and_roles_share_no_answer(tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4") as server:
        one, two = (server.client(*server.key(number * 12, "root", "admin")) for number in "12")
        viewer = server.client(*server.key("1" * 12, "eve", "viewer"))
        one.create_model_card(ModelCardName="fraud", Content=CONTENT, ModelCardStatus="Draft")
        assert one.describe_model_card(ModelCardName="fraud")["ModelCardVersion"] == 1
        assert viewer.describe_model_card(ModelCardName="fraud")["Content"] == CONTENT
        assert two.list_model_cards()["ModelCardSummaries"] == []
        with pytest.raises(two.exceptions.ResourceNotFound):
            two.describe_model_card(ModelCardName="fraud")
