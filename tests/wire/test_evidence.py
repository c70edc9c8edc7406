"""Evidence over boto3 and S3: small and large files, damage, hostile names, reserved buckets, other accounts."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardwright.client.answers.findings import Evidence
from cardwright.client.evidence_files import EvidenceUnreadable, receive_evidence, send_evidence
from cardwright.client.own_client import own_client
from cardwright.client.session import Session
from tests.servers import Server
from tests.wire.calls import account, create, refused


class Sender:
    """An account with a session, as SDK and commands have it."""

    def __init__(self, server: Server, role: str = "author", number: str | None = None) -> None:
        self.number = number or account()
        self.session = Session(server.url, "us-east-1", profile_name=profile(server.key(self.number, role, role)))
        self.client = self.session.sagemaker_client
        self.own = own_client(self.client)


def profile(key: tuple[str, str]) -> str:
    """Add a key to the credentials file of the test. Returns the name of its profile."""
    with Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]).open("a") as file:
        file.write(f"[{key[0]}]\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n")
    return key[0]


@pytest.fixture(autouse=True)
def credentials(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path_factory.mktemp("aws") / "credentials"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sender(signed_server: Server) -> Sender:
    return Sender(signed_server)


def send(sender: Sender, path: Path, card: str, **members: Any) -> Evidence:
    return send_evidence(sender.session, card, path, {"Kind": "instructions"} | members)


@pytest.mark.parametrize("size", [1, 3_000_001])
def test_a_file_comes_back_as_it_was_sent(sender: Sender, tmp_path: Path, size: int) -> None:
    data = hashlib.sha256(b"evidence").digest() * (size // 32 + 1)
    path = tmp_path / "größe & co.pdf"
    path.write_bytes(data[:size])
    name = create(sender.client)
    sent = send(sender, path, name, Note="A note")
    assert (sent["FileName"], sent["MediaType"], sent["FileSize"]) == (path.name, "application/pdf", size)
    assert sent["FileSha256"] == hashlib.sha256(data[:size]).hexdigest()
    assert receive_evidence(sender.client, sent["EvidenceId"]) == (sent, data[:size])
    assert sender.own.list_evidence(ModelCardName=name, Kind="instructions")["Evidence"] == [sent]


def test_an_object_that_was_changed_or_lost_is_reported(sender: Sender, signed_server: Server, tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("original")
    sent = send(sender, path, create(sender.client))
    digest = sent["FileSha256"]
    stored = signed_server.home / "objects" / f"cardwright-evidence-{sender.number}" / digest[:2] / digest
    assert stored.read_bytes() == b"original"
    stored.write_bytes(b"forged")
    with refused("ObjectRefused", "was changed in the object store"):
        receive_evidence(sender.client, sent["EvidenceId"])
    stored.unlink()
    with refused("ObjectRefused", "is missing from the object store"):
        receive_evidence(sender.client, sent["EvidenceId"])


def test_wrong_files_are_refused_and_nothing_is_stored(sender: Sender, tmp_path: Path) -> None:
    name = create(sender.client)
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(EvidenceUnreadable, match="1 to 50,000,000 bytes"):
        send(sender, empty, name)
    add = {"ModelCardName": name, "Kind": "k", "Document": b"x", "FileName": "x"}
    for members, code, text in (
        ({"Document": b"x" * 3_000_001}, "ValidationException", "length less than or equal to 3000000"),
        ({"S3Uri": "s3://bucket/key"}, "ValidationException", "Give one of Document and S3Uri"),
        ({"FileSha256": "0" * 64}, "ValidationException", "is not FileSha256"),
        ({"Kind": "Not A Kind"}, "ValidationException", "is not a kind of evidence"),
        ({"FileName": "../.."}, "ValidationException", "is not the name of a file"),
        ({"MediaType": "text/html\r\nX: y"}, "ValidationException", "is not a media type"),
        ({"ModelCardName": "no-such-card"}, "ResourceNotFound", "no-such-card"),
    ):
        with refused(code, text):
            sender.own.add_evidence(**add | members)
    assert sender.own.list_evidence(ModelCardName=name)["Evidence"] == []
    kept = sender.own.add_evidence(**add | {"FileName": "C:\\fol\u202eder/../evil\r\n.html"})["Evidence"]
    assert kept["FileName"] == "evil.html"
    with refused("ValidationException", "beyond the end"):
        sender.own.get_evidence(EvidenceId=kept["EvidenceId"], Offset=1)


def test_other_accounts_and_s3_requests_do_not_reach_evidence(
    sender: Sender, signed_server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "file.txt"
    path.write_text("secret")
    name = create(sender.client)
    sent = send(sender, path, name)
    other, viewer = Sender(signed_server), Sender(signed_server, "viewer", sender.number)
    with refused("ResourceNotFound", "There is no evidence"):
        receive_evidence(other.client, sent["EvidenceId"])
    assert receive_evidence(viewer.client, sent["EvidenceId"])[1] == b"secret"
    with refused("AccessDeniedException", "AddEvidence"):
        send(viewer, path, name)
    bucket, digest = f"cardwright-evidence-{sender.number}", sent["FileSha256"]
    key = f"{digest[:2]}/{digest}"
    s3 = sender.session.boto_session.client("s3")
    calls: tuple[Callable[[], Any], ...] = (
        lambda: s3.get_object(Bucket=bucket, Key=key),
        lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"forged"),
        lambda: s3.delete_object(Bucket=bucket, Key=key),
    )
    for call in calls:
        with refused("AccessDenied", "is reserved for evidence"):
            call()
    with refused("AccessDeniedException", "is reserved for evidence"):
        sender.own.add_evidence(ModelCardName=name, Kind="k", S3Uri=f"s3://{bucket}/{key}")
    other_file = other.session.upload_string_as_file_body("theirs", None, "file.txt")
    with refused("AccessDeniedException", "belongs to another account"):
        sender.own.add_evidence(ModelCardName=name, Kind="k", S3Uri=other_file)
