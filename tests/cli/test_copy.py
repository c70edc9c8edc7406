"""`cardwright card copy` between real servers, folders and moto, with failures on the way."""

import contextlib
import http.client
import http.server
import itertools
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, ConnectionClosedError
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from cardwright import Session
from cardwright.client.copying import Journal
from cardwright.client.own_client import own_client
from tests.cli.commands import run_text
from tests.console.team import add_users
from tests.servers import CARDWRIGHT, Server, running
from tests.waiting import wait_until
from tests.wire.calls import account


def copy(*arguments: str, journal: Path, code: int = 0) -> dict[str, Any]:
    """Run the command with JSON output, and expect an exit code."""
    ended = run_text("card", "copy", *arguments, "--journal", str(journal), "--json")
    assert ended.returncode == code, ended.stderr + ended.stdout
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def actions(document: dict[str, Any]) -> dict[str, str]:
    return {plan["name"]: plan["action"] for plan in document["Plan"]}


def content(number: int) -> str:
    return json.dumps({"model_overview": {"model_description": f"Description {number}"}})


def state(client: Any, name: str) -> tuple[list[str], str, list[dict[str, str]]]:
    """Return all contents, the status and the tags of a card."""
    card = client.describe_model_card(ModelCardName=name)
    contents = [
        client.describe_model_card(ModelCardName=name, ModelCardVersion=number)["Content"]
        for number in range(1, card["ModelCardVersion"] + 1)
    ]
    tags = client.list_tags(ResourceArn=card["ModelCardArn"])["Tags"]
    return contents, card["ModelCardStatus"], sorted(tags, key=lambda tag: tag["Key"])


def make_card(client: Any, name: str, versions: int = 3, status: str = "Approved") -> None:
    tags = [{"Key": "team", "Value": "risk"}, {"Key": "größe", "Value": "1"}]
    client.create_model_card(ModelCardName=name, Content=content(1), ModelCardStatus="Draft", Tags=tags)
    for number in range(2, versions + 1):
        client.update_model_card(ModelCardName=name, Content=content(number))
    client.update_model_card(ModelCardName=name, ModelCardStatus=status)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source of two cards and an empty target, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    with Session(home=folder / "source") as session:
        make_card(session.sagemaker_client, "first")
        make_card(session.sagemaker_client, "second", 1, "Archived")
    with Session(home=folder / "target") as session:
        session.sagemaker_client.list_model_cards()
    return folder


@pytest.fixture
def source(prepared: Path, tmp_path: Path) -> Iterator[Session]:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    with Session(home=tmp_path / "source") as session:
        yield session


@pytest.fixture
def stores(source: Session, tmp_path: Path) -> tuple[str, ...]:
    """The options for the two folders."""
    return ("--from", str(tmp_path / "source"), "--to", str(tmp_path / "target"))


@pytest.fixture
def target(source: Session, tmp_path: Path) -> Iterator[Any]:
    with Session(home=tmp_path / "target") as session:
        yield session.sagemaker_client


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_versions_statuses_and_tags_arrive(
    source: Session, stores: tuple[str, ...], target: Any, journal: Path
) -> None:
    planned = copy("--all", *stores, "--dry-run", journal=journal)
    assert actions(planned) == {"first": "create", "second": "create"}
    assert target.list_model_cards()["ModelCardSummaries"] == []
    copy("--all", *stores, journal=journal)
    for name in ("first", "second"):
        assert state(target, name) == state(source.sagemaker_client, name)
    assert actions(copy("--all", *stores, journal=journal)) == {"first": "equal", "second": "equal"}


def test_authors_times_and_notes_of_the_source_stay_with_the_copy(
    source: Session, stores: tuple[str, ...], target: Any, journal: Path
) -> None:
    copy("first", *stores, journal=journal)
    kept = own_client(target).describe_model_card_source(ModelCardName="first")
    assert (kept["SourceFormat"], kept["ModelCardVersion"]) == ("record", 3)
    rendered = own_client(source.sagemaker_client).render_model_card(ModelCardName="first", Format="record")
    assert kept["SourceData"] == rendered["Document"]
    record, described = json.loads(kept["SourceData"]), target.describe_model_card(ModelCardName="first")
    assert record["content"] == described["Content"]
    assert [version["version"] for version in record["versions"]] == [3, 2, 1]
    assert all(version["author"] for version in record["versions"])
    created = source.sagemaker_client.describe_model_card(ModelCardName="first")["CreationTime"]
    assert record["created_at"] == round(created.timestamp() * 1000) < described["CreationTime"].timestamp() * 1000
    with pytest.raises(ClientError, match="differs from the file"):
        own_client(target).import_model_card(
            ExistingModelCardName="first",
            SourceData=json.dumps({"intended_uses": {}}).encode(),
            SourceOnly=True,
        )


def test_changes_of_the_source_follow(source: Session, stores: tuple[str, ...], target: Any, journal: Path) -> None:
    copy("--all", *stores, journal=journal)
    client = source.sagemaker_client
    arn = client.describe_model_card(ModelCardName="first")["ModelCardArn"]
    client.update_model_card(ModelCardName="first", Content=content(4), ModelCardStatus="PendingReview")
    client.update_model_card(ModelCardName="first", ModelCardStatus="Approved")
    client.delete_tags(ResourceArn=arn, TagKeys=["team"])
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "new", "Value": "2"}])
    assert actions(copy("first", *stores, journal=journal)) == {"first": "update"}
    assert state(target, "first") == state(client, "first")


@pytest.mark.parametrize("change", ["content", "status", "tags", "deletion"])
def test_a_card_that_changed_in_the_target_is_not_overwritten(
    source: Session, stores: tuple[str, ...], target: Any, journal: Path, change: str
) -> None:
    copy("--all", *stores, journal=journal)
    source.sagemaker_client.update_model_card(ModelCardName="first", Content=content(4))
    arn = target.describe_model_card(ModelCardName="first")["ModelCardArn"]
    if change == "content":
        target.update_model_card(ModelCardName="first", Content=content(99))
    elif change == "status":
        target.update_model_card(ModelCardName="first", ModelCardStatus="Archived")
    elif change == "tags":
        target.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "other"}])
    else:
        target.delete_model_card(ModelCardName="first")
    before = None if change == "deletion" else state(target, "first")
    found = copy("--all", *stores, journal=journal, code=1)
    assert actions(found) == {"first": "conflict", "second": "equal"}
    if before is None:
        assert copy("first", *stores, journal=journal)["Outcomes"][0]["versions"] == 4
    else:
        assert state(target, "first") == before


def test_the_latest_version_alone_can_be_copied(stores: tuple[str, ...], target: Any, journal: Path) -> None:
    copy("--all", *stores, "--versions", "latest", journal=journal)
    assert state(target, "first")[0] == [content(3)]
    assert actions(copy("first", *stores, "--versions", "latest", journal=journal)) == {"first": "equal"}


def test_packages_and_groups_are_copied_and_cards_name_the_copies(
    source: Session, stores: tuple[str, ...], target: Any, journal: Path
) -> None:
    client = source.sagemaker_client
    client.create_model_package_group(ModelPackageGroupName="group", Tags=[{"Key": "a", "Value": "b"}])
    arns = [
        client.create_model_package(
            ModelPackageGroupName="group",
            ModelPackageDescription=text,
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": f"s3://bucket/{text}"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
                "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
            },
        )["ModelPackageArn"]
        for text in ("one", "two", "three")
    ]
    client.delete_model_package(ModelPackageName=arns[0])  # the copy of version 2 is version 1
    described = {"model_package_details": {"model_package_arn": arns[1]}}
    client.create_model_card(ModelCardName="packaged", Content=json.dumps(described), ModelCardStatus="Draft")
    assert [package["copy"] for package in copy(*stores, "packaged", "--registry", journal=journal)["Packages"]] == [
        None
    ]
    named = json.loads(state(target, "packaged")[0][-1])["model_package_details"]["model_package_arn"]
    assert target.describe_model_package(ModelPackageName=named)["ModelPackageDescription"] == "two"
    assert named == arns[1].removesuffix("2") + "1"
    again = copy(*stores, "packaged", "--registry", journal=journal)
    assert [package["copy"] for package in again["Packages"]] == [named]
    assert actions(again) == {"packaged": "equal"}


def test_moto_takes_cards_as_aws_does(journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with running(tmp_path / "server") as server:
        make_card(server.client(), "first", 1, "Draft")  # moto's updates lose the content or the status
        with mock_aws():
            there = ("--all", "--from", server.url, "--to", "aws", "--to-region", "eu-west-1")
            copy(*there, journal=journal)
            found = Session.aws("eu-west-1").sagemaker_client.describe_model_card(ModelCardName="first")
    assert (found["Content"], found["ModelCardVersion"], found["ModelCardStatus"]) == (content(1), 1, "Draft")


def test_moto_that_throttles_and_loses_answers_gets_each_card_once(
    journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, numbers = BotocoreStubber.__call__, itertools.count(1)
    throttled = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'

    def flaky_moto(stubber: Any, event_name: str, request: Any, **more: Any) -> Any:
        if "amazonaws.com" not in request.url:
            return answered(stubber, event_name, request, **more)
        number = next(numbers)
        if number % 7 == 0:
            return AWSResponse(request.url, 400, HTTPHeaders(), MockRawResponse(throttled))
        answer = answered(stubber, event_name, request, **more)
        if number % 5 == 0:
            raise ConnectionClosedError(endpoint_url=request.url)
        return answer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with running(tmp_path / "server") as server, mock_aws():
        names = [f"card-{number}" for number in range(8)]
        for name in names:
            make_card(server.client(), name, 1, "Draft")  # moto's updates lose the content or the status
        monkeypatch.setattr(BotocoreStubber, "__call__", flaky_moto)
        copy("--all", "--from", server.url, "--to", "aws", "--to-region", "eu-west-1", journal=journal)
        assert next(numbers) > 30
        monkeypatch.setattr(BotocoreStubber, "__call__", answered)
        client = Session.aws("eu-west-1").sagemaker_client
        assert len(client.list_model_cards()["ModelCardSummaries"]) == len(names)
        for name in names:
            assert state(client, name) == state(server.client(), name)


def test_a_second_copy_at_the_same_time_is_refused(stores: tuple[str, ...], journal: Path) -> None:
    with Journal(journal):
        ended = run_text("card", "copy", "--all", *stores, "--journal", str(journal))
    assert ended.returncode == 1
    assert "Another copy between these stores is running" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "a", "--to", "b"), "Give the NAMEs of cards, or --all."),
        (("--all", "--from", "/nowhere/at/all", "--to", "b"), "is not a folder"),
    ],
)
def test_unusable_options_are_explained(arguments: tuple[str, ...], message: str) -> None:
    ended = run_text("card", "copy", *arguments)
    assert ended.returncode in {1, 2}
    assert message in ended.stderr


def test_an_approval_that_the_target_refuses_arrives_as_pending_review(
    stores: tuple[str, ...], signed_server: Server, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier, secret = signed_server.key("444455556666", "author", "author")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", identifier)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    there = ("first", *stores[:2], "--to", signed_server.url)
    (planned,) = copy(*there, "--dry-run", journal=journal)["Plan"]
    assert planned["notes"] == [
        "Approved in the source, PendingReview in the target: the caller's role author does not include approver"
    ]
    (outcome,) = copy(*there, journal=journal)["Outcomes"]
    assert outcome["status"] == "PendingReview"
    assert outcome["notes"][0].startswith("Approved in the source, PendingReview in the target: ")
    assert state(signed_server.client(identifier, secret), "first")[1] == "PendingReview"


POLICIES = {
    "people": """
        policy: two-people
        version: 1
        approval: {approvals: [{role: approver, count: 2, independent: true}]}""",
    "checks": """
        policy: rated
        version: 1
        approval: {required_checks: [risk]}
        rules: [{id: risk, severity: error, require: [/intended_uses/risk_rating]}]""",
    "met": """
        policy: described
        version: 1
        approval: {required_checks: [description]}
        rules: [{id: description, severity: error, require: [/model_overview/model_description]}]""",
    "other cards": """
        policy: others
        version: 1
        applies_to: {name: second}
        approval: {approvals: [{role: approver, count: 2}]}""",
}


@pytest.mark.parametrize(
    ("policy", "status", "missing"),
    [
        ("people", "PendingReview", "Missing: 2 approvals from the role approver, independent"),
        ("checks", "PendingReview", "Missing: the check risk fails"),
        ("met", "Approved", None),
        ("other cards", "Approved", None),
    ],
)
def test_the_plan_says_that_a_policy_of_the_target_keeps_a_card_from_being_approved(
    stores: tuple[str, ...], target: Any, journal: Path, *, policy: str, status: str, missing: str | None
) -> None:
    own_client(target).put_review_policy(PolicyDocument=POLICIES[policy])
    (planned,) = copy("first", *stores, "--dry-run", journal=journal)["Plan"]
    assert (planned["status"], planned["arrives"]) == (status, status)
    assert missing is None or missing in planned["notes"][0]
    assert target.list_model_cards()["ModelCardSummaries"] == []
    (outcome,) = copy("first", *stores, journal=journal)["Outcomes"]
    assert (outcome["status"], outcome["notes"]) == (status, planned["notes"])
    assert state(target, "first")[1] == status
    assert actions(copy("first", *stores, journal=journal)) == {"first": "equal"}


def test_a_card_that_the_target_approved_later_stays_approved(
    stores: tuple[str, ...], target: Any, journal: Path
) -> None:
    own_client(target).put_review_policy(PolicyDocument=POLICIES["checks"])
    copy("first", *stores, journal=journal)
    own_client(target).delete_review_policy(PolicyName="rated")
    target.update_model_card(ModelCardName="first", ModelCardStatus="Approved")
    own_client(target).put_review_policy(PolicyDocument=POLICIES["checks"].replace("version: 1", "version: 2"))
    assert actions(copy("first", *stores, journal=journal)) == {"first": "equal"}
    assert state(target, "first")[1] == "Approved"


@pytest.mark.parametrize(("independent", "status"), [("false", "Approved"), ("true", "PendingReview")])
def test_a_person_whose_approval_suffices_copies_an_approved_card(  # noqa: PLR0917 - fixtures
    stores: tuple[str, ...],
    signed_server: Server,
    journal: Path,
    monkeypatch: pytest.MonkeyPatch,
    independent: str,
    status: str,
) -> None:
    number = account()
    add_users(signed_server, number, ann="admin")
    identifier, secret = signed_server.key(number, "ann", "admin")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", identifier)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    policy = POLICIES["people"].replace("count: 2", "count: 1").replace("true", independent)
    own_client(signed_server.client(identifier, secret)).put_review_policy(PolicyDocument=policy)
    copied = copy("first", *stores[:2], "--to", signed_server.url, journal=journal)
    assert (copied["Plan"][0]["arrives"], copied["Outcomes"][0]["status"]) == (status, status)


class Flaky(http.server.BaseHTTPRequestHandler):
    """A proxy that throttles some requests, and loses the answers to others."""

    behind = ""
    requests = itertools.count(1)
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        number = next(self.requests)
        if number % 23 == 0:
            return self.answer(400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}', "none")
        with contextlib.closing(http.client.HTTPConnection(urlsplit(self.behind).netloc, timeout=60)) as connection:
            connection.request("POST", self.path, body, dict(self.headers))
            answer = connection.getresponse()
            data = answer.read()
        if number % 5 == 0:
            self.close_connection = True
            return None
        return self.answer(answer.status, data, answer.headers["x-amzn-RequestId"] or "none")

    def answer(self, status: int, body: bytes, request: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", request)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextlib.contextmanager
def flaky(behind: str) -> Iterator[str]:
    """The URL of a proxy before a server."""
    handler = type("Handler", (Flaky,), {"behind": behind, "requests": itertools.count(1)})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}"
        proxy.shutdown()


def test_throttled_requests_and_lost_answers_lose_nothing_and_double_nothing(
    source: Session, stores: tuple[str, ...], journal: Path, tmp_path: Path
) -> None:
    for number in range(3):
        make_card(source.sagemaker_client, f"more-{number}")
    with running(tmp_path / "server") as server, flaky(server.url) as url:
        copy("--all", *stores[:2], "--to", url, journal=journal)
        for name in ("first", "second", *(f"more-{number}" for number in range(3))):
            assert state(server.client(), name) == state(source.sagemaker_client, name)


def test_a_killed_copy_goes_on_and_ends_with_equal_cards(
    source: Session, stores: tuple[str, ...], journal: Path, tmp_path: Path
) -> None:
    names = [f"many-{number}" for number in range(12)]
    for name in names:
        make_card(source.sagemaker_client, name, 4)
    with running(tmp_path / "server") as server:
        there = ("--all", *stores[:2], "--to", server.url, "--journal", str(journal))
        client = server.client()
        for cards in (2, 6, 10):
            process = subprocess.Popen([CARDWRIGHT, "card", "copy", *there], stdout=subprocess.DEVNULL)
            wait_until(lambda minimum=cards: len(client.list_model_cards()["ModelCardSummaries"]) >= minimum)  # type: ignore[misc]
            process.kill()
            process.wait()
        copy(*there[:-2], journal=journal)
        for name in names:
            assert state(client, name) == state(source.sagemaker_client, name)
            assert own_client(client).describe_model_card_source(ModelCardName=name)["ModelCardVersion"] == 4
        assert set(actions(copy(*there[:-2], journal=journal)).values()) == {"equal"}


@pytest.mark.long
def test_two_thousand_cards_arrive_although_the_copy_is_killed(
    source: Session, stores: tuple[str, ...], journal: Path, tmp_path: Path
) -> None:
    """A last copy finds a card that was edited in the target, and leaves it as it is."""
    names = [f"many-{number}" for number in range(2000)]
    for name in names:
        client = source.sagemaker_client
        client.create_model_card(ModelCardName=name, Content=content(1), ModelCardStatus="Draft")
        client.update_model_card(ModelCardName=name, Content=content(2))
    with running(tmp_path / "server") as server:
        there = ("--all", *stores[:2], "--to", server.url, "--journal", str(journal))
        target = server.client()

        def arrived() -> int:
            pages = target.get_paginator("list_model_cards").paginate()
            return sum(len(page["ModelCardSummaries"]) for page in pages)

        for cards in (100, 300, 600):
            process = subprocess.Popen([CARDWRIGHT, "card", "copy", *there], stdout=subprocess.DEVNULL)
            for minimum in range(arrived() + 20, cards + 1, 20):  # in steps: each may take as long as the deadline
                wait_until(lambda minimum=minimum: arrived() >= minimum)  # type: ignore[misc]
            process.kill()
            process.wait()
        copy(*there[:-2], journal=journal)
        assert arrived() == len(names) + 2
        for name in names[::50]:
            assert state(target, name) == state(source.sagemaker_client, name)
        target.update_model_card(ModelCardName="many-7", Content=content(9))
        source.sagemaker_client.update_model_card(ModelCardName="many-7", Content=content(8))
        again = run_text("card", "copy", *there, "--json")
        assert actions(json.loads(again.stdout))["many-7"] == "conflict"
        assert state(target, "many-7")[0][-1] == content(9)
        verified = run_text("verify", *server.store_options, "--json")
        assert json.loads(verified.stdout)["faults"] == []
