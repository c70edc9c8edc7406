"""`cardwright card import`: files, folders and standard input, with the loss report."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import run
from tests.interchange.samples import __file__ as samples
from tests.interchange.samples import sample
from tests.servers import Server
from tests.wire.calls import fresh

SAMPLES = Path(samples).parent


def card(server: Server, *arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return run("card", *arguments, "--endpoint-url", server.url, given=given)


def test_a_file_is_imported_with_its_report_and_written_back(open_server: Server, tmp_path: Path) -> None:
    name = fresh("cli")
    readme = str(SAMPLES / "README.md")
    tried = card(open_server, "import", readme, "--name", name, "--dry-run", "--report", "json")
    assert tried.returncode == 0, tried.stderr
    report = json.loads(tried.stdout)["ImportedModelCards"][0]["LossReport"]
    assert {"Source": "/pipeline_tag", "Target": "/model_overview/problem_type", "Outcome": "kept"} in report
    assert b"would be created" in tried.stderr
    made = card(open_server, "import", readme, "--name", name, "--report", "text", "--status", "PendingReview")
    assert f"{name}: version 1 created, from Hugging Face README: {len(report)} values (".encode() in made.stdout
    assert made.stdout.count(b"\n") == len(report) + 2
    assert json.loads(card(open_server, "show", name, "--json").stdout)["ModelCardStatus"] == "PendingReview"
    assert card(open_server, "source", name, "--output", "-").stdout == sample("README.md")
    assert card(open_server, "source", name, "--output", str(tmp_path / "back.md")).returncode == 0
    assert (tmp_path / "back.md").read_bytes() == sample("README.md")


def test_a_folder_of_records_comes_back_with_versions_in_order(open_server: Server, tmp_path: Path) -> None:
    client, name = open_server.client(), fresh("moved")
    client.create_model_card(ModelCardName=name, Content='{"model_overview": {}}', ModelCardStatus="Draft")
    client.update_model_card(ModelCardName=name, Content='{"intended_uses": {}}')
    for version in ("2", "1"):
        file = tmp_path / f"{3 - int(version)}.record.json"
        card(open_server, "export", name, "--version", version, "--output", str(file))
    (tmp_path / "broken.json").write_bytes(b"{")
    (tmp_path / "ignored.bin").write_bytes(b"\x00")
    client.delete_model_card(ModelCardName=name)
    taken = card(open_server, "import", str(tmp_path))
    assert taken.returncode == 1
    assert b"broken.json cannot be imported. This is not JSON" in taken.stderr
    assert taken.stdout.decode().splitlines()[0].startswith(f"{name}: version 1 created")
    assert client.describe_model_card(ModelCardName=name)["Content"] == '{"intended_uses": {}}'
    assert client.describe_model_card(ModelCardName=name, ModelCardVersion=1)["Content"] == '{"model_overview": {}}'
    (tmp_path / "broken.json").unlink()
    again = card(open_server, "import", str(tmp_path))
    assert (again.returncode, again.stdout.count(b"has this content already")) == (0, 2), again.stderr
    assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 2


def test_an_interrupted_import_of_a_folder_goes_on_unless_the_card_changed(open_server: Server, tmp_path: Path) -> None:
    client, name = open_server.client(), fresh("resumed")
    contents = ['{"model_overview": {}}', '{"intended_uses": {}}', '{"model_overview": {}}']
    client.create_model_card(ModelCardName=name, Content=contents[0], ModelCardStatus="Draft")
    for text in contents[1:]:
        client.update_model_card(ModelCardName=name, Content=text)
    for version in ("1", "2", "3"):
        card(open_server, "export", name, "--version", version, "--output", str(tmp_path / f"{version}.record.json"))

    def after(*first: str) -> tuple[int, list[str]]:
        client.delete_model_card(ModelCardName=name)
        client.create_model_card(ModelCardName=name, Content=first[0], ModelCardStatus="Draft")
        for text in first[1:]:
            client.update_model_card(ModelCardName=name, Content=text)
        code = card(open_server, "import", str(tmp_path)).returncode
        newest = client.describe_model_card(ModelCardName=name)["ModelCardVersion"]
        versions = [
            client.describe_model_card(ModelCardName=name, ModelCardVersion=number)["Content"]
            for number in range(1, newest + 1)
        ]
        return code, versions

    assert after(contents[0]) == (0, contents)
    assert after(*contents[:2]) == (0, contents)
    changed = [*contents[:2], '{"business_details": {}}']
    assert after(*changed) == (1, changed)


def test_an_exported_folder_moves_to_another_store(open_server: Server, tmp_path: Path) -> None:
    name = fresh("whole")
    open_server.client().create_model_card(
        ModelCardName=name, Content='{ "model_overview": {}}', ModelCardStatus="Draft"
    )
    card(open_server, "export", name, "--output", str(tmp_path / "cards" / "x.record.json"))
    (tmp_path / "cards").mkdir()
    assert card(open_server, "export", name, "--output", str(tmp_path / "cards" / "x.record.json")).returncode == 0
    elsewhere = {"CARDWRIGHT_HOME": str(tmp_path / "home"), "CARDWRIGHT_ENDPOINT_URL": None}
    taken = run("card", "import", str(tmp_path / "cards"), environment=elsewhere)
    assert (taken.returncode, b"21 values" in taken.stdout) == (0, True), taken.stdout
    assert run("card", "show", name, "--content", environment=elsewhere).stdout == b'{ "model_overview": {}}'
    again = run("card", "import", str(tmp_path / "cards"), environment=elsewhere)
    assert (again.returncode, b"has this content already" in again.stdout) == (0, True)


def test_a_readme_with_results_becomes_one_card(open_server: Server, tmp_path: Path) -> None:
    name = fresh("snapshot")
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n---\n# {name}\n")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / ".eval_results").mkdir()
    shutil.copy(SAMPLES / "eval_results.yaml", tmp_path / ".eval_results" / "bank.yaml")
    taken = card(open_server, "import", str(tmp_path))
    assert taken.returncode == 0, taken.stderr
    content = json.loads(card(open_server, "show", name, "--content").stdout)
    assert [job["name"] for job in content["evaluation_details"]] == [
        "acme/bank-benchmark intents",
        "acme/bank-benchmark slots",
    ]
    assert content["additional_information"]["custom_details"]["cw.license"] == "MIT"


def test_standard_input_is_read_and_refusals_print_the_report(open_server: Server) -> None:
    name = fresh("piped")
    assert card(open_server, "import", "-", "--name", name, given=b'{"model_overview": {}}').returncode == 0
    refused = card(open_server, "import", "-", "--name", name, "--report", "json", given=b'{"intended_uses": {"x": 1}}')
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["ImportedModelCards"][0]["LossReport"][0]["Source"] == "/intended_uses/x"
    into = card(open_server, "import", "-", "--into", name, given=b'{"intended_uses": {"risk_rating": "Low"}}')
    assert into.stdout.startswith(f"{name}: version 2 created".encode())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere.json",), 1, "cannot be read"),
        ((".", "--name", "x"), 2, "are for one file"),
        (("-", "--from", "nothing"), 2, "Invalid value"),
        (("-",), 1, "The file is empty"),
    ],
)
def test_wrong_arguments_are_explained(open_server: Server, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = card(open_server, "import", *arguments)
    assert (result.returncode, words in result.stderr.decode()) == (code, True), result.stderr
