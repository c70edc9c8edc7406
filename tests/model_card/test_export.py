"""`ModelCard.export` writes a card to a local file atomically, from every kind of session."""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cardwright import Session
from cardwright.client.own_client import own_client
from cardwright.client.records import read_record
from cardwright.formats import FORMATS, format_named
from cardwright.model_card import IntendedUses, ModelCard, ModelOverview
from tests.formats.pdf_files import attachments_of, title_of
from tests.model_card.sessions import MotoSession, ServerSession

BEGINNINGS = {
    "card.pdf": b"%PDF-1.7",
    "card.html": b"<!doctype html>",
    "card.md": b"---\nmodel_card: ",
    "card.json": b'{"intended_uses":',
    "card.template.json": b'{\n  "AWSTemplateFormatVersion"',
    "card.record.json": b'{\n  "format": "cardwright-record-1"',
}
RULES = "rules:\n  - {id: named, severity: error, require: [/model_overview/model_name]}\n"
Target = Session | ServerSession | MotoSession


@pytest.fixture(params=["server", "embedded", "moto"])
def target(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Target]:
    if request.param == "server":
        yield request.getfixturevalue("session")
    elif request.param == "embedded":
        with Session(home=tmp_path / "home") as session:
            yield session
    else:
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(variable, "testing")
        with mock_aws():
            yield MotoSession(boto3.Session(region_name="us-east-1"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def made(target: Target, name: str, purpose: str = "to be kept") -> ModelCard:
    card = ModelCard(name, intended_uses=IntendedUses(purpose_of_model=purpose), sagemaker_session=target)
    card.create()
    return card


def test_the_extension_selects_the_format(target: Target, name: str, folder: Path) -> None:
    card = made(target, name)
    assert {row.extension for row in FORMATS.values() if not row.is_card_file} == {
        file.removeprefix("card") for file in BEGINNINGS
    }
    for file, beginning in BEGINNINGS.items():
        assert card.export(folder / file) == folder / file
        assert (folder / file).read_bytes().startswith(beginning)
    assert {path.name for path in folder.iterdir()} == set(BEGINNINGS)
    stored = target.sagemaker_client.describe_model_card(ModelCardName=name)["Content"]
    assert (folder / "card.json").read_text() == stored
    assert attachments_of((folder / "card.pdf").read_bytes()) == {"content.json": stored.encode()}


def test_a_format_of_another_tool_is_asked_for_and_its_losses_logged(
    target: Target, name: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card = made(target, name)
    bill = json.loads(card.export(folder / "bom.json", format="cyclonedx-1.7").read_bytes())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.7")
    purpose = {"name": "cardwright:intended_uses:purpose_of_model", "value": "to be kept"}
    assert purpose in bill["components"][0]["properties"]
    assert f"/components/0/name is {name}: the card does not state it" in caplog.text
    caplog.clear()
    assert b"to be kept" in card.export(folder / "README.md", format="huggingface").read_bytes()
    assert not caplog.records
    with pytest.raises(ValueError, match="The formats are: html, pdf"):
        card.export(folder / "x.md", format="excel")


def test_the_loaded_version_is_exported_unless_another_is_named(
    session: ServerSession, name: str, folder: Path
) -> None:
    card = made(session, name)
    first = card.export(str(folder / "1.pdf")).read_bytes()
    card.update(intended_uses={"purpose_of_model": "second"})
    old = ModelCard.load(name, version=1, sagemaker_session=session)
    assert old.export(folder / "old.pdf").read_bytes() == first
    assert card.export(folder / "named.pdf", version=1).read_bytes() == first
    assert "version 2" in title_of(card.export(folder / "2.pdf").read_bytes())


def test_a_failed_export_leaves_the_file_unchanged(session: ServerSession, name: str, folder: Path) -> None:
    card = made(session, name)
    kept = folder / "card.html"
    kept.write_text("kept")
    with pytest.raises(ClientError, match="version: 7 does not exist"):
        card.export(kept, version=7)
    with pytest.raises(ValueError, match=r"Its extension must be one of: \.html,"):
        card.export(folder / "card.docx")
    for missing in (folder / "none" / "card.html", folder / ("long" * 70 + ".html")):
        with pytest.raises(OSError, match=r"directory|name too long") as caught:
            card.export(missing)
        assert caught.value.filename == str(missing)
        assert str(caught.value).endswith(f": '{missing}'")
    with pytest.raises(ValueError, match="create a model card or load"):
        ModelCard("never-made", sagemaker_session=session).export(kept)
    (folder / "folder.md").mkdir()
    with pytest.raises(IsADirectoryError) as occupied:
        card.export(folder / "folder.md")
    assert (occupied.value.filename, occupied.value.filename2) == (str(folder / "folder.md"), None)
    assert sorted(path.name for path in folder.iterdir()) == ["card.html", "folder.md"]
    assert kept.read_text() == "kept"


def test_a_file_replaces_another_with_the_usual_permissions(session: ServerSession, name: str, folder: Path) -> None:
    (folder / "card.md").write_text("old")
    before = os.umask(0o027)
    try:
        file = made(session, name).export(folder / "card.md")
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o640
    assert "to be kept" in file.read_text()


def test_characters_that_cannot_be_shown_are_warned_of(
    target: Target, name: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card = made(target, name, "\u0f40\x00")
    with caplog.at_level(logging.WARNING, "cardwright.model_card"):
        card.export(folder / "card.html")
        assert caplog.messages[0].endswith("by their code points: [U+0000] control character")
        card.export(folder / "card.pdf")
    assert "[U+0F40] tibetan letter ka" in caplog.messages[1]


def test_a_server_and_an_embedded_store_record_the_author_of_versions(
    session: ServerSession, name: str, folder: Path, tmp_path: Path
) -> None:
    with Session(home=tmp_path / "home") as embedded:
        targets: list[Target] = [session, embedded]
        for target in targets:
            record = json.loads(made(target, name).export(folder / "card.record.json").read_bytes())
            assert record["versions"][0]["author"]
            assert record["versions"][0]["content_sha256"] == record["content_sha256"]


def test_documents_of_an_embedded_store_name_the_policy_and_those_of_sagemaker_none(tmp_path: Path) -> None:
    with Session(home=tmp_path / "home") as embedded:
        own = own_client(embedded.sagemaker_client)
        own.put_review_policy(PolicyDocument="policy: checked\napproval: {required_checks: [named]}\n" + RULES)
        card = ModelCard("approved", model_overview=ModelOverview(model_name="m"), sagemaker_session=embedded)
        card.create()
        card.status = "Approved"
        card.update()
        own_text = card.export(tmp_path / "card.md").read_text()
        digest = hashlib.sha256(card.export(tmp_path / "card.json").read_bytes()).hexdigest()
        record = read_record(embedded.sagemaker_client, "approved")
    assert "checked, version 1" in own_text
    assert "No person: the policy requires none" in own_text
    assert digest in own_text
    # What SageMaker's operations return names no approval.
    assert "checked" not in format_named("md").render(record).data.decode()
