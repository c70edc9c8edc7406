"""Whatever changes a store, an answer that a server keeps equals that of a server that keeps none."""

import hashlib
import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cardwright.actions import access_keys, buckets, users
from cardwright.aws import kept_answers
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.core.errors import CardwrightError
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role
from cardwright.core.review import DAY
from cardwright.http import Response
from cardwright.server.app import expiry_worker
from cardwright.server.stores import DATABASE_FILE, migrate, open_existing_store
from cardwright.settings import Settings
from cardwright.storage.cards import CardTable
from cardwright.storage.engines import postgres_state, sqlite
from cardwright.storage.engines.database import Row
from cardwright.storage.engines.memory import Memory
from cardwright.storage.engines.postgres_connection import WatchedConnection
from cardwright.storage.engines.postgres_state import STATE
from tests.stores import ENGINES, empty_store
from tests.waiting import wait_until
from tests.wire.batches import Asked, BatchServer, Key, request_of, server_on
from tests.wire.calls import arn
from tests.wire.samples import target
from tests.wire.test_shapes import (
    MAKING,
    annotation_rounds,
    card_rounds,
    job_rounds,
    model_rounds,
    package_rounds,
    review_rounds,
)

NAMES = ("a", "b", "c")
CONTENTS = ("{}", '{"intended_uses": {"purpose_of_model": "credit"}}', '{"model_overview": {"model_id": "m"}}')
STATUSES = ("Draft", "PendingReview", "Approved", "Archived")
ROLES = {"root": Role.ADMIN, "ben": Role.APPROVER, "ana": Role.AUTHOR, "eve": Role.VIEWER}
POLICY = """
policy: {name}
applies_to: {{name: "{cards}"}}
approval: {{approvals: [{{role: approver}}], valid_for_days: 30, grace_days: 7, after_expiry: PendingReview}}
"""
ADMIN = Actor(Scope("us-east-1", OPEN_ACCOUNT), "tests", Role.ADMIN)

WRITER = """
import json, sys
from pathlib import Path
from cardwright.server.app import build
from cardwright.settings import Settings
from tests.wire.batches import request_of
stores = {}
for line in sys.stdin:
    home, operation, members = json.loads(line)
    if operation is None:
        stores.pop(home).close()
        print("closed", flush=True)
        continue
    if home not in stores:
        stores[home] = build(Settings(home=Path(home), auth="none"))
    print(stores[home].answer(request_of((operation, members))).status, flush=True)
"""


class KeepsNothing(Memory):
    """A cache that stays empty."""

    def keep(self, key: object, value: object, size: int) -> None:
        """Forget the value at once."""


def forgetful(home: Path, database_url: str | None = None, **how: Any) -> BatchServer:
    """A server that reads every answer from the store."""
    with ExitStack() as stack:
        for module in (sqlite, postgres_state, kept_answers):
            stack.enter_context(patch.object(module, "Memory", KeepsNothing))
        return server_on(home, database_url, **how)


class OtherProcess:
    """Writes to stores from a process of its own, which keeps them open."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def __call__(self, home: Path, asked: Asked) -> int:
        return int(self._tell(home, *asked))

    def close_store(self, home: Path) -> None:
        self._tell(home, None, {})

    def _tell(self, *line: object) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line, default=str) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def other_process() -> Iterator[OtherProcess]:
    process = OtherProcess()
    yield process
    process.end()


def questions(names: Iterator[str] | tuple[str, ...] = NAMES) -> list[Asked]:
    """Requests of the operations whose answers are kept."""
    found: list[Asked] = []
    for name in names:
        found += [
            ("DescribeModelCard", {"ModelCardName": name}),
            ("DescribeModelCard", {"ModelCardName": name, "IncludedData": "MetadataOnly"}),
            ("DescribeModelCard", {"ModelCardName": name, "ModelCardVersion": 1}),
        ]
    return [
        *found,
        ("ListModelCards", {}),
        ("ListModelCards", {"SortBy": "Name", "SortOrder": "Descending", "MaxResults": 2}),
        ("ListModelCards", {"ModelCardStatus": "Approved"}),
        ("ListModelCards", {"NameContains": "a"}),
    ]


def test_only_the_operations_of_these_tests_keep_answers() -> None:
    kept = {name for name, row in (OPERATIONS | OWN_OPERATIONS).items() if row.kept}  # type: ignore[operator]
    assert kept == {operation for operation, _ in questions()}


def in_a_thread(work: Callable[[], Response]) -> Response:
    """Run work as a slow request runs: in a thread besides the event loop."""
    found: list[Response] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_operation_leaves_kept_answers_right(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path, other_process: OtherProcess
) -> None:
    """Each operation of both services writes in turn as another process, another server, a thread or the server."""
    home = tmp_path / "home"
    url = empty_store(request, engine, home).database_url
    first, second, plain = server_on(home, url), server_on(home, url), forgetful(home, url)
    rounds = [*card_rounds(), *review_rounds(), *annotation_rounds(), *model_rounds(), *package_rounds(), *job_rounds()]
    made: dict[str, str] = {}
    seen: dict[str, None] = {}

    def by_thread(asked: Asked) -> tuple[int, bytes]:
        response = in_a_thread(lambda: first.application.answer(request_of(asked)))
        return response.status, response.body

    writers: list[Callable[[Asked], tuple[int, bytes]]] = [
        by_thread,
        lambda asked: first.responses(asked)[0],
        lambda asked: second.responses(asked)[0],
    ]
    if url is None:
        writers.append(lambda asked: (other_process(home, asked), b""))
    for number, (operation, members) in enumerate(rounds):
        asked = {name: made.get(value, value) if isinstance(value, str) else value for name, value in members.items()}
        if operation == "DismissDecision":
            continue  # another person dismisses it: the test below has people
        name = asked.get("ModelCardName")
        if isinstance(name, str) and "/" not in name:
            seen[name] = None
        wanted = questions(tuple(seen)[-2:])
        before = [server.responses(*wanted) for server in (first, second)]
        assert before[0] == before[1]
        writer = writers[0 if operation in MAKING else number % len(writers)]
        status, body = writer((target(operation), asked))
        assert status == 200, (operation, body)
        if operation in MAKING:
            made[MAKING[operation][0]] = MAKING[operation][1](json.loads(body))
        for _ in range(2):
            expected = plain.responses(*wanted)
            assert first.responses(*wanted) == expected, operation
            assert second.responses(*wanted) == expected, operation
    if url is None:
        other_process.close_store(home)
    for server in (first, second, plain):
        server.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_description_is_kept_through_changes_of_others(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    server = server_on(home, empty_store(request, engine, home).database_url)
    for name in ("a", "b"):
        server.call("CreateModelCard", ModelCardName=name, Content="{}", ModelCardStatus="Draft")
    before = server.describe("a")
    server.call("UpdateModelCard", ModelCardName="b", ModelCardStatus="Archived")
    with patch.object(CardTable, "describe", side_effect=AssertionError("the content was read again")):
        assert server.describe("a") == before
    server.call("UpdateModelCard", ModelCardName="a", ModelCardStatus="Archived")
    assert server.describe("a")["ModelCardStatus"] == "Archived"
    server.close()


def test_requests_that_wait_share_the_statements_that_tell_whether_answers_hold(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """PostgreSQL's own work may change the state at any time, so that more is read once."""
    home = tmp_path / "home"
    server = server_on(home, empty_store(request, "postgresql", home).database_url)
    for name in NAMES:
        server.call("CreateModelCard", ModelCardName=name, Content="{}", ModelCardStatus="Draft")
    lists: list[Asked] = [("ListModelCards", {})] * 10
    describes: list[Asked] = [("DescribeModelCard", {"ModelCardName": name}) for name in NAMES * 3]
    plain = WatchedConnection.read

    def read_for(asked: list[Asked], change: str | None = None) -> list[str]:
        read: list[str] = []

        def noted(self: WatchedConnection, sql: Any, *how: Any) -> list[Row]:
            read.append("state" if sql == STATE else "cards")
            return plain(self, sql, *how)

        server.batch(*asked)
        if change is not None:
            server.call("UpdateModelCard", ModelCardName="a", ModelCardStatus=change)
        with patch.object(WatchedConnection, "read", noted):
            server.batch(*asked)
        return sorted(read)

    statuses = itertools.cycle(("Archived", "Draft"))
    alone_and_the_others = ["state", "state"]
    wait_until(lambda: read_for(lists) == alone_and_the_others)
    wait_until(lambda: read_for(describes) == alone_and_the_others)
    of_others = [asked for asked in describes if asked[1]["ModelCardName"] != "a"]
    wait_until(lambda: read_for(of_others, next(statuses)) == ["cards", "cards", *alone_and_the_others])
    server.close()


def test_every_server_lists_a_write_that_any_has_acknowledged(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Callers write to one of two servers, and then read from one, while all ask the same question."""
    home = tmp_path / "home"
    url = empty_store(request, "postgresql", home).database_url
    both = [server_on(home, url), server_on(home, url)]
    callers, rounds = 6, 60
    for caller in range(callers):
        both[0].call("CreateModelCard", ModelCardName=f"card-{caller}", Content="{}", ModelCardStatus="Draft")

    def run(caller: int) -> None:
        name, chosen = f"card-{caller}", random.Random(caller)  # noqa: S311 - not for secrets
        for turn in range(rounds):
            status = STATUSES[turn % 2]
            chosen.choice(both).call("UpdateModelCard", ModelCardName=name, ModelCardStatus=status)
            server = chosen.choice(both)
            listed, described = server.batch(("ListModelCards", {}), ("DescribeModelCard", {"ModelCardName": name}))
            found = {card["ModelCardName"]: card["ModelCardStatus"] for card in listed["ModelCardSummaries"]}
            assert (found[name], described["ModelCardStatus"]) == (status, status)

    with ThreadPoolExecutor(callers) as pool:
        for ended in [pool.submit(run, caller) for caller in range(callers)]:
            ended.result()
    for server in both:
        server.close()


def test_an_overwritten_file_ends_kept_answers(tmp_path: Path) -> None:
    """An older copy of the store is written over the open file, with the times of the old one."""
    home, copy = tmp_path / "home", tmp_path / "copy.db"
    migrate(Settings(home=home))
    first = BatchServer(home)
    first.call("CreateModelCard", ModelCardName="a", Content="{}", ModelCardStatus="Draft")
    with closing(sqlite3.connect(home / DATABASE_FILE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy2(home / DATABASE_FILE, copy)
        first.call("UpdateModelCard", ModelCardName="a", ModelCardStatus="Archived")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert first.describe("a")["ModelCardStatus"] == "Archived"
    times = (home / DATABASE_FILE).stat()
    (home / DATABASE_FILE).write_bytes(copy.read_bytes())
    os.utime(home / DATABASE_FILE, ns=(times.st_atime_ns, times.st_mtime_ns))
    plain = forgetful(home)
    assert plain.describe("a")["ModelCardStatus"] == "Draft"
    wanted = questions(("a",))
    assert first.responses(*wanted) == plain.responses(*wanted)
    for server in (first, plain):
        server.close()


class Changes(RuleBasedStateMachine):
    """Two servers that keep answers and one that does not, on a store that everything else changes."""

    template: Path
    folder: Path
    other_process: OtherProcess
    numbers = itertools.count(1)

    @initialize()
    def begin(self) -> None:
        self.home = self.folder / str(next(self.numbers))
        shutil.copytree(self.template, self.home)
        self.keys: dict[str, Key] = json.loads((self.home / "keys.json").read_text())
        self.open()

    def open(self) -> None:
        self.store = open_existing_store(Settings(home=self.home))
        signed: dict[str, Any] = {"auth": "sigv4", "key": self.keys["root"]}
        self.keeping = [BatchServer(self.home, **signed) for _ in range(2)]
        self.plain = forgetful(self.home, **signed)
        self.servers = [*self.keeping, self.plain]

    def close(self) -> None:
        self.other_process.close_store(self.home) if self.used_other else None
        self.used_other = False
        for server in self.servers:
            server.close()
        self.store.close()

    def teardown(self) -> None:
        if hasattr(self, "servers"):
            self.close()
            shutil.rmtree(self.home)

    used_other = False

    def ask(self, operation: str, **members: Any) -> Any:
        return self.plain.call(f"Cardwright.{operation}", **members)

    def write(self, writer: int, asked: Asked, person: str = "root") -> None:
        """Send a request that may fail: to a server, in one of its threads, or from another process."""
        if writer == 3:
            self.used_other = True
            self.other_process(self.home, asked)
        elif writer == 2:
            in_a_thread(lambda: self.keeping[0].application.answer(request_of(asked, self.keys[person])))
        else:
            self.keeping[writer].responses(asked, key=self.keys[person])

    def act(self, verb: Callable[..., object], *arguments: object) -> None:
        """Do what the console or the command line does, on a connection of its own."""
        try:
            with self.store.open_unit(ADMIN) as unit:
                verb(unit, *arguments)
        except CardwrightError:
            return  # the user is the last admin, has no such key, or the bucket is assigned already

    @invariant()
    def kept_answers_are_those_of_the_store(self) -> None:
        if not hasattr(self, "servers"):
            return
        for person in ("root", "eve", "ben"):
            wanted = questions() if person == "root" else questions(NAMES[:1])[::3]
            expected = self.plain.responses(*wanted, key=self.keys[person])
            for server in self.keeping:
                assert server.responses(*wanted, key=self.keys[person]) == expected

    writers = st.integers(0, 3)
    names = st.sampled_from(NAMES)
    people = st.sampled_from(sorted(ROLES))

    @rule(writer=writers, name=names, content=st.sampled_from(CONTENTS), status=st.sampled_from(STATUSES))
    def create(self, writer: int, name: str, content: str, status: str) -> None:
        made = {"ModelCardName": name, "Content": content, "ModelCardStatus": status}
        self.write(writer, ("CreateModelCard", made))

    @rule(writer=writers, name=names, content=st.sampled_from(CONTENTS), person=people)
    def update(self, writer: int, name: str, content: str, person: str) -> None:
        self.write(writer, ("UpdateModelCard", {"ModelCardName": name, "Content": content}), person)

    @rule(writer=writers, name=names, status=st.sampled_from(STATUSES), person=people)
    def move(self, writer: int, name: str, status: str, person: str) -> None:
        self.write(writer, ("UpdateModelCard", {"ModelCardName": name, "ModelCardStatus": status}), person)

    @rule(writer=writers, name=names)
    def delete(self, writer: int, name: str) -> None:
        self.write(writer, ("DeleteModelCard", {"ModelCardName": name}))

    @rule(writer=writers, name=names, add=st.booleans())
    def tag(self, writer: int, name: str, add: bool) -> None:
        tags = {"Tags": [{"Key": "team", "Value": "x"}]} if add else {"TagKeys": ["team"]}
        self.write(writer, ("AddTags" if add else "DeleteTags", {"ResourceArn": arn(name), **tags}))

    @rule(writer=writers, name=names, kind=st.sampled_from(["high", "low"]))
    def find(self, writer: int, name: str, kind: str) -> None:
        members = {"ModelCardName": name, "Title": "x", "Severity": kind}
        self.write(writer, ("Cardwright.OpenFinding", members))

    @rule(writer=writers)
    def close_finding(self, writer: int) -> None:
        for found in self.ask("ListFindings")["Findings"][:1]:
            members = {"FindingId": found["FindingId"], "State": "invalid", "Resolution": "x"}
            self.write(writer, ("Cardwright.UpdateFinding", members))

    @rule(writer=writers, cards=st.sampled_from(["a", "*"]))
    def put_policy(self, writer: int, cards: str) -> None:
        text = POLICY.format(name="ends" if cards == "a" else "all", cards=cards)
        self.write(writer, ("Cardwright.PutReviewPolicy", {"PolicyDocument": text, "Activate": True}))

    @rule(writer=writers, name=st.sampled_from(["ends", "all"]))
    def delete_policy(self, writer: int, name: str) -> None:
        self.write(writer, ("Cardwright.DeleteReviewPolicy", {"PolicyName": name}))

    @rule(writer=writers, name=names, person=people)
    def request_review(self, writer: int, name: str, person: str) -> None:
        self.write(writer, ("Cardwright.RequestReview", {"ModelCardName": name}), person)

    @rule(
        writer=st.integers(0, 2),
        name=names,
        person=st.sampled_from(["ben", "root"]),
        decision=st.sampled_from(["approve", "request_changes", "comment", "withdraw"]),
    )
    def decide(self, writer: int, name: str, person: str, decision: str) -> None:
        card = self.plain.describe(name)
        if not isinstance(card, dict):
            return
        digest = hashlib.sha256(card["Content"].encode()).hexdigest()
        members = {"ModelCardName": name, "Decision": decision, "ContentDigest": digest, "Comment": "x"}
        self.write(writer, ("Cardwright.DecideReview", members), person)

    @rule(writer=st.integers(0, 2), name=names)
    def dismiss(self, writer: int, name: str) -> None:
        found = self.ask("ListReviews", ModelCardName=name)
        for review in found.get("Reviews", [])[:1] if isinstance(found, dict) else []:
            members = {"ModelCardName": name, "ReviewId": review["ReviewId"], "DecisionNumber": 1, "Reason": "x"}
            self.write(writer, ("Cardwright.DismissDecision", members))

    @rule(days=st.sampled_from([1, 38, 90]))
    def expire_approvals(self, days: int) -> None:
        clock = self.store.clock
        self.store.clock = lambda: clock() + days * DAY
        expiry_worker(self.store).run()
        self.store.clock = clock

    @rule(bucket=st.sampled_from(["bucket", "other"]), give=st.booleans())
    def change_bucket(self, bucket: str, give: bool) -> None:
        self.act(buckets.give_bucket if give else buckets.release_bucket, bucket)

    @rule(writer=writers, name=names)
    def export(self, writer: int, name: str) -> None:
        job = {"ModelCardExportJobName": f"job-{next(self.numbers)}", "OutputConfig": {"S3OutputPath": "s3://bucket"}}
        self.write(writer, ("CreateModelCardExportJob", {"ModelCardName": name, **job}))

    @rule(person=st.sampled_from(["eve", "ben", "ana"]), role=st.sampled_from(list(Role)))
    def change_role(self, person: str, role: Role) -> None:
        self.act(users.change_role, person, role)

    @rule(person=st.sampled_from(["eve", "ben", "ana"]), how=st.sampled_from(["delete", "disable", "enable", "create"]))
    def change_person(self, person: str, how: str) -> None:
        if how == "create":
            self.act(users.create_user, person, ROLES[person], "hash")
        else:
            self.act(
                {"delete": users.delete_user, "disable": users.disable_user, "enable": users.enable_user}[how], person
            )

    @rule(person=st.sampled_from(["eve", "ben"]))
    def change_key(self, person: str) -> None:
        """Revoke the key of a person; a new one is for the other role."""
        self.act(access_keys.revoke_key, self.keys[person][0])
        self.keys[person] = make_key(self.store, person)

    @rule(writer=writers, name=names, content=st.sampled_from(CONTENTS))
    def write_between_the_reads_of_a_batch(self, writer: int, name: str, content: str) -> None:
        """All requests of a batch see one state; the next batch sees the write."""
        wanted = questions((name,))
        found: list[list[bytes]] = [[] for _ in self.servers]

        def read() -> None:
            for server, answers in zip(self.servers, found, strict=True):
                for asked in wanted:
                    server.send(asked, lambda response, answers=answers: answers.append(response.body))  # type: ignore[misc]

        read()
        change: Asked = ("UpdateModelCard", {"ModelCardName": name, "Content": content})
        self.write(max(writer, 2), change)
        read()
        for server, answers in zip(self.servers, found, strict=True):
            server.end()
            assert answers[: len(wanted)] == answers[len(wanted) :]
        assert found[0] == found[1] == found[2]

    @rule()
    def save(self) -> None:
        """Copy the database as it is now."""
        with closing(sqlite3.connect(self.home / DATABASE_FILE)) as here, closing(sqlite3.connect(self.saved)) as copy:
            here.backup(copy)

    @property
    def saved(self) -> Path:
        return self.home / "saved.db"

    @rule()
    def write_the_saved_pages_back(self) -> None:
        """SQLite's own restore: the saved pages become those of the open file, in one transaction."""
        if self.saved.exists():
            with (
                closing(sqlite3.connect(self.saved)) as copy,
                closing(sqlite3.connect(self.home / DATABASE_FILE)) as here,
            ):
                copy.backup(here)

    @rule(writer=st.integers(0, 2))
    def put_the_saved_file_in_place(self, writer: int) -> None:
        """Replace the file under the running servers, which then refuse writes, and restart them."""
        if not self.saved.exists():
            return
        replacement = self.home / "replacement.db"
        shutil.copy(self.saved, replacement)
        replacement.replace(self.home / DATABASE_FILE)
        self.kept_answers_are_those_of_the_store()
        self.write(writer, ("CreateModelCard", {"ModelCardName": "a", "Content": "{}", "ModelCardStatus": "Draft"}))
        self.kept_answers_are_those_of_the_store()
        self.close()
        self.open()

    @rule()
    def vacuum(self) -> None:
        with closing(sqlite3.connect(self.home / DATABASE_FILE)) as connection:
            connection.execute("VACUUM")


def make_key(store: Any, person: str) -> Key:
    """Make a key of a person, or of a program where there is no such person."""
    with store.open_unit(ADMIN) as unit:
        try:
            key = access_keys.create_key(unit, person, ROLES[person])
        except CardwrightError:
            key = access_keys.create_key(unit, f"{person}-program-{os.urandom(3).hex()}", ROLES[person])
    return key.access_key_id, store.server_key.secret_access_key(key.access_key_id)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with people and their keys."""
    home = tmp_path_factory.mktemp("template") / "home"
    migrate(Settings(home=home))
    store = open_existing_store(Settings(home=home))
    with store.open_unit(ADMIN) as unit:
        for name, role in ROLES.items():
            users.create_user(unit, name, role, "hash")
    keys = {name: make_key(store, name) for name in ROLES}
    store.close()
    (home / "keys.json").write_text(json.dumps(keys))
    return home


def _walk(template: Path, folder: Path, process: OtherProcess, **how: Any) -> None:
    Changes.template, Changes.folder, Changes.other_process = template, folder, process
    run_state_machine_as_test(Changes, settings=hypothesis_settings(**how))


def test_random_changes_leave_kept_answers_right(template: Path, tmp_path: Path, other_process: OtherProcess) -> None:
    _walk(template, tmp_path, other_process, max_examples=6, stateful_step_count=30)


@pytest.mark.long
def test_many_random_changes_leave_kept_answers_right(
    template: Path, tmp_path: Path, other_process: OtherProcess
) -> None:
    _walk(template, tmp_path, other_process, max_examples=150, stateful_step_count=60)
