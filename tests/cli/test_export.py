"""`cardwright card export`, against a real server on each engine."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from cardwright.client.own_client import own_client
from cardwright.client.records import read_record
from cardwright.formats import FORMATS
from cardwright.interchange.yaml_text import parsed_yaml
from tests.cli.commands import run
from tests.formats.pdf_files import attachments_of, title_of
from tests.servers import Server
from tests.wire.calls import account, create

CONTENT = '{ "model_overview": {"model_name": "Grüße & <b>"},\n  "intended_uses": {"risk_rating": "Low"} }\n'


def export(
    server: Server, *arguments: str, key: tuple[str, str] = ("any", "any")
) -> "subprocess.CompletedProcess[bytes]":
    environment = {"AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]}
    return run("card", "export", *arguments, "--endpoint-url", server.url, environment=environment)


@pytest.fixture
def card(open_server: Server, request: pytest.FixtureRequest) -> str:
    """A new card with three versions; the second has CONTENT."""
    name = f"export-{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}"
    client = open_server.client()
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Draft")
    client.update_model_card(ModelCardName=name, Content=CONTENT)
    client.update_model_card(ModelCardName=name, Content='{"model_overview": {"model_name": "third"}}')
    return name


def test_the_file_extension_selects_the_format(open_server: Server, card: str, tmp_path: Path) -> None:
    for file, begin in (("card.html", b"<!doctype html>"), ("card.md", b"---\nmodel_card: ")):
        result = export(open_server, card, "--output", str(tmp_path / file))
        assert result.returncode == 0, result.stderr
        assert (tmp_path / file).read_bytes().startswith(begin)
    assert {path.name for path in tmp_path.iterdir()} == {"card.html", "card.md"}


def test_a_pdf_of_an_old_version_holds_the_content_of_that_version(
    open_server: Server, card: str, tmp_path: Path
) -> None:
    result = export(open_server, card, "--version", "2", "--output", str(tmp_path / "card.pdf"))
    assert result.returncode == 0, result.stderr
    pdf = (tmp_path / "card.pdf").read_bytes()
    assert attachments_of(pdf) == {"content.json": CONTENT.encode()}
    assert f"Model card: {card}, version 2" in title_of(pdf)


def test_a_version_is_exported_unchanged_without_later_versions(open_server: Server, card: str, tmp_path: Path) -> None:
    export(open_server, card, "--version", "2", "--output", str(tmp_path / "a.json"))
    assert (tmp_path / "a.json").read_bytes() == CONTENT.encode()
    result = export(open_server, card, "--version", "2", "--format", "record", "--output", "-")
    document = json.loads(result.stdout)
    assert document["content"] == CONTENT
    assert [entry["version"] for entry in document["versions"]] == [2, 1]
    assert [entry["content_sha256"] for entry in document["versions"]] == [
        hashlib.sha256(text.encode()).hexdigest() for text in (CONTENT, "{}")
    ]


def test_later_versions_do_not_change_the_bytes_of_a_version(open_server: Server, card: str) -> None:
    client = open_server.client()
    before = [row.print(read_record(client, card, 2)) for row in FORMATS.values()]
    client.update_model_card(ModelCardName=card, Content='{"model_overview": {"model_name": "fourth"}}')
    assert [row.print(read_record(client, card, 2)) for row in FORMATS.values()] == before
    assert "Grüße &amp; &lt;b&gt;" in before[0].decode()


def test_all_cards_go_to_a_folder_each_under_its_name(signed_server: Server, tmp_path: Path) -> None:
    key = signed_server.key(account(), "ana", "author")
    names = {create(signed_server.client(*key)) for _ in range(3)}
    result = export(signed_server, "--all", "--format", "md", "--output", str(tmp_path / "new" / "folder"), key=key)
    assert result.returncode == 0, result.stderr
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == {f"{name}.md" for name in names}
    assert b"Exported 3 cards" in result.stderr


def test_a_failed_export_is_one_sentence_and_leaves_no_file(open_server: Server, card: str, tmp_path: Path) -> None:
    (tmp_path / "kept.html").write_text("kept")
    refused = (
        (("no-such-card", "--output", str(tmp_path / "kept.html")), b"does not exist"),
        ((card, "--output", str(tmp_path / "a.docx")), b"Its extension must be one of: .html,"),
        ((card, "--output", str(tmp_path / "none" / "a.html")), b"cannot be written"),
    )
    for arguments, words in refused:
        result = export(open_server, *arguments)
        assert (result.returncode != 0, words in result.stderr, b"Traceback" in result.stderr) == (True, True, False), (
            result
        )
    assert [path.name for path in tmp_path.iterdir()] == ["kept.html"]
    assert (tmp_path / "kept.html").read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a-card", "--all", "--output", "x"], "Give the NAME of a card, or --all."),
        (["--output", "x"], "Give the NAME of a card, or --all."),
        (["--all", "--version", "1", "--output", "x"], "--version is for one card"),
        (["a-card", "--versions", "all", "--output", "x"], "--versions is for --all"),
        (["a-card", "--format", "docx", "--output", "x"], "'docx' is not one of 'html',"),
    ],
)
def test_conflicting_options_are_reported(arguments: list[str], words: str) -> None:
    result = run("card", "export", *arguments, "--endpoint-url", "http://127.0.0.1:9")
    assert (result.returncode, words in result.stderr.decode()) == (2, True), result.stderr


def test_a_card_file_lists_what_it_lacks_on_standard_error(open_server: Server, card: str, tmp_path: Path) -> None:
    file = tmp_path / "bom.json"
    result = export(open_server, card, "--version", "2", "--format", "spdx", "--output", str(file))
    assert result.returncode == 0, result.stderr
    assert json.loads(file.read_bytes())["@context"] == "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    lines = result.stderr.decode().splitlines()
    assert lines[0] == f"cardwright: {card}: 2 of 2 facts arrive: 1 kept, 1 changed"
    unstated = "cardwright: {}: /@graph/3/software_packageVersion is NOASSERTION: the card does not state it"
    assert unstated.format(card) in lines
    result = export(open_server, card, "--version", "2", "--output", str(tmp_path / "x.cdx.json"))
    assert (tmp_path / "x.cdx.json").read_bytes() == CONTENT.encode()  # the format is asked for, never guessed
    assert result.stderr == b""


def test_all_versions_of_all_cards_return_in_another_account(signed_server: Server, tmp_path: Path) -> None:
    """Each record keeps author, times, note and status of its version; the history names who imports."""
    holder = account()
    key, folder = signed_server.key(holder, "ana", "approver"), str(tmp_path / "cards")
    client = signed_server.client(*key)
    contents = {f"card-{letter}": [json.dumps({"intended_uses": {"purpose_of_model": f"{letter}{n}"}})
                for n in range(count)] for letter, count in (("a", 1), ("b", 3), ("c", 12))}  # fmt: skip
    for name, (first, *later) in contents.items():
        client.create_model_card(ModelCardName=name, Content=first, ModelCardStatus="Draft")
        for text in later:
            client.update_model_card(ModelCardName=name, Content=text, ModelCardStatus="PendingReview")
    client.update_model_card(ModelCardName="card-b", ModelCardStatus="Approved")
    result = export(signed_server, "--all", "--format", "record", "--output", folder, key=key)
    assert (result.returncode, b"Exported 3 cards in 16 files" in result.stderr) == (0, True), result.stderr
    last = json.loads((tmp_path / "cards" / "card-b.v3.record.json").read_bytes())
    assert (last["status"], last["created_by"], len(last["versions"])) == ("Approved", "ana", 3)
    other = signed_server.key(account(), "eve", "author")
    environment = {"AWS_ACCESS_KEY_ID": other[0], "AWS_SECRET_ACCESS_KEY": other[1]}
    into = ("card", "import", folder, "--endpoint-url", signed_server.url)
    tried = run(*into, "--dry-run", environment=environment)
    assert (tried.returncode, tried.stdout.count(b"would")) == (0, 16), tried.stderr
    assert signed_server.client(*other).list_model_cards()["ModelCardSummaries"] == []
    for again in (b"Cardwright record", b"has this content already"):
        taken = run(*into, environment=environment)
        assert (taken.returncode, taken.stdout.count(again)) == (0, 16), taken.stderr
    for name, texts in contents.items():
        for number, text in enumerate(texts, 1):
            arrived = signed_server.client(*other).describe_model_card(ModelCardName=name, ModelCardVersion=number)
            assert (arrived["Content"], "eve" in str(arrived["CreatedBy"])) == (text, True)
            kept = own_client(signed_server.client(*other)).describe_model_card_source(
                ModelCardName=name, ModelCardVersion=number
            )
            assert kept["SourceData"] == (tmp_path / "cards" / f"{name}.v{number}.record.json").read_bytes()


def test_only_the_newest_versions_are_exported_on_request(signed_server: Server, tmp_path: Path) -> None:
    key = signed_server.key(account(), "ana", "author")
    name = create(signed_server.client(*key))
    signed_server.client(*key).update_model_card(ModelCardName=name, Content='{"intended_uses": {}}')
    for versions, files in (("latest", {f"{name}.json"}), ("all", {f"{name}.v1.json", f"{name}.v2.json"})):
        options = ("--all", "--format", "json", "--versions", versions, "--output", str(tmp_path / versions))
        assert export(signed_server, *options, key=key).returncode == 0
        assert {path.name for path in (tmp_path / versions).iterdir()} == files


def test_a_folder_gets_the_readme_and_the_results_of_benchmarks(open_server: Server, tmp_path: Path) -> None:
    job = {
        "name": "acme/bank intents",
        "datasets": ["https://huggingface.co/datasets/acme/bank"],
        "metric_groups": [{"name": "intents", "metric_data": [{"name": "intents", "type": "number", "value": 91.4}]}],
    }
    name = create(open_server.client(), document=json.dumps({"evaluation_details": [job]}))
    folder = tmp_path / "repository"
    arguments = (name, "--format", "huggingface", "--output")
    assert export(open_server, *arguments, f"{folder}/").returncode == 0
    assert "# Model Card for" in (folder / "README.md").read_text()
    assert parsed_yaml((folder / ".eval_results" / "cardwright.yaml").read_text()) == [
        {"dataset": {"id": "acme/bank", "task_id": "intents"}, "value": 91.4}
    ]
    open_server.client().update_model_card(ModelCardName=name, Content="{}")
    assert export(open_server, *arguments, str(folder)).returncode == 0
    assert list((folder / ".eval_results").iterdir()) == []
    (folder / "file").touch()
    refused = export(open_server, *arguments, f"{folder}/file/")
    assert (refused.returncode, b"cannot be written" in refused.stderr) == (1, True)
