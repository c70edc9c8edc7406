"""`cardwright audit` and `Session.audit_records`: the log on a terminal, in files, and in Python."""

import csv
import datetime
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardwright.core.audit_log import COLUMNS
from cardwright.session import Session
from tests.cli.commands import run, run_text
from tests.servers import Server
from tests.wire.calls import create, fresh


@pytest.fixture(scope="module")
def server(shared: Callable[..., Server]) -> Server:
    return shared("sqlite")


def logged(server: Server, *arguments: str) -> Any:
    return json.loads(run_text("audit", "list", *arguments, "--json", "--endpoint-url", server.url).stdout)


def test_list_prints_events_newest_first_with_filters(server: Server) -> None:
    name = create(server.client("mei"))
    server.client("ravi").update_model_card(ModelCardName=name, ModelCardStatus="PendingReview")
    server.client("ravi").delete_model_card(ModelCardName=name)
    found = logged(server, "--card", name)
    assert [(item["person"], item["what"]) for item in found] == [
        ("ravi", "Deleted the card: 1 version, was Pending review; its history is kept"),
        ("ravi", "Sent for review"),
        ("mei", "Created the card: as Draft"),
    ]
    assert list(found[0]) == list(COLUMNS)
    assert {item["deleted"] for item in found} == {True}
    assert [item["person"] for item in logged(server, "--card", name, "--person", "mei")] == ["mei"]
    assert [item["kind"] for item in logged(server, "--card", name, "--kind", "status", "--kind", "Deletion")] == [
        "deletion",
        "status",
    ]
    today = datetime.datetime.now(datetime.UTC).date()
    assert len(logged(server, "--card", name, "--since", f"{today}", "--until", f"{today}")) == 3
    assert logged(server, "--card", name, "--until", f"{today - datetime.timedelta(days=1)}") == []
    assert logged(server, "--card", name, "--since", found[0]["time"]) == found[:1]
    assert len(logged(server, "--card", name, "--limit", "2")) == 2
    table = run_text("audit", "list", "--card", name, "--endpoint-url", server.url).stdout.splitlines()
    assert table[1].rstrip().endswith("api")
    assert f"{name} v1 (deleted)" in table[1]


def test_export_writes_lines_whose_digests_can_be_verified_offline(server: Server, tmp_path: Path) -> None:
    client, name = server.client(), fresh("chain")
    create(client, name, Tags=[{"Key": "größe", "Value": "größer"}])
    for status in ("PendingReview", "Approved"):
        client.update_model_card(ModelCardName=name, ModelCardStatus=status)
    file = tmp_path / "events.jsonl"
    done = run_text("audit", "export", "--card", name, "--output", str(file), "--endpoint-url", server.url)
    assert (done.stdout, done.stderr) == ("", "3 events\n")
    previous = "0" * 64
    for line in reversed(file.read_text("utf-8").splitlines()):
        item = json.loads(line)
        moment = datetime.datetime.fromisoformat(item["time"])
        link = {
            "account": "000000000000",
            "card": item["card_id"],
            "name": item["card"],
            "sequence": item["entry"],
            "event": item["event"],
            "at": round(moment.timestamp() * 1000),
            "actor": item["person"],
            "role": item["role"],
            "source": item["source"] or "",
            "request": item["request_id"] or "",
            "details": item["details"],
            "previous": previous,
        }
        text = json.dumps(link, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert item["previous_digest"] == previous
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert item["digest"] == previous


def test_a_csv_export_runs_no_formula_in_a_spreadsheet(server: Server) -> None:
    name = create(server.client("=HYPERLINK"), Tags=[{"Key": "a", "Value": "x y"}])
    done = run("audit", "export", "--format", "csv", "--card", name, "--endpoint-url", server.url)
    (row,) = csv.DictReader(io.StringIO(done.stdout.decode(), newline=""))
    assert list(row) == list(COLUMNS)
    assert row["person"] == "'=HYPERLINK"
    assert json.loads(row["details"])["tags"] == [["a", "x y"]]
    assert row["subject"] == ""
    assert done.stdout.endswith(b"\r\n")


@pytest.mark.parametrize("wrong", ["yesterday", "28.7.2026", "", "9" * 99, "2026-13-01"])
def test_a_wrong_time_is_refused_with_an_example(wrong: str) -> None:
    done = run_text("audit", "list", "--since", wrong)
    assert done.returncode == 2
    assert "is not a time: write a date such as 2026-07-28" in done.stderr


def test_an_export_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("old")
    done = run_text("audit", "export", "--output", str(file), "--endpoint-url", "http://127.0.0.1:9")
    assert (done.returncode, file.read_text(), [*tmp_path.iterdir()]) == (1, "old", [file])
    missing = run_text(
        "audit", "export", "--output", str(tmp_path / "none" / "x"), "--endpoint-url", "http://127.0.0.1:9"
    )
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)


def test_a_session_reads_the_log_of_an_embedded_store(tmp_path: Path) -> None:
    with Session(home=tmp_path) as session:
        client = session.sagemaker_client
        for number in range(101):
            create(client, f"card-{number:03d}")
        found = [*session.audit_records(kinds=["creation"])]
        assert [record.card for record in found] == [f"card-{number:03d}" for number in reversed(range(101))]
        assert {record.through for record in found} == {"embedded"}
        middle = datetime.datetime.fromtimestamp(found[60].at / 1000, datetime.UTC)
        late = [record.at for record in session.audit_records(since=middle)]
        assert late == [record.at for record in found if record.at >= found[60].at]
        assert [record.card for record in session.audit_records(card="card-007")] == ["card-007"]
        with pytest.raises(ValueError, match="nothing"):
            session.audit_records(kinds=["nothing"])
