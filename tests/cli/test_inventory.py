"""`cardwright card list --format`: the inventory as a table, JSON, CSV and XLSX."""

import csv
import datetime
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from moto import mock_aws

from cardwright.cli.inventory import write_inventory
from cardwright.cli.lists import Order
from cardwright.core.inventory import COLUMNS
from cardwright.session import Session
from tests.cli.commands import run, run_text
from tests.servers import Server
from tests.wire.calls import create, fresh

CONTENT = json.dumps(
    {
        "model_overview": {"model_owner": "=SUM(1;2)", "model_description": "Finds fraud.", "model_id": "fraud-7"},
        "intended_uses": {"risk_rating": "High"},
    }
)


@pytest.fixture(scope="module")
def cards(shared: Callable[..., Server]) -> tuple[Server, str]:
    """A server with two cards of a prefix: one approved in version 1 and changed since, and an empty one."""
    server = shared("sqlite")
    prefix, client = fresh("stock"), server.client("ravi")
    content = CONTENT.replace("fraud-7", prefix)
    create(client, f"{prefix}-full", content, ModelCardStatus="Approved")
    client.update_model_card(ModelCardName=f"{prefix}-full", Content=content + " ", ModelCardStatus="Draft")
    create(client, f"{prefix}-void")
    return server, prefix


def inventory(cards: tuple[Server, str], format_name: str, *more: str) -> bytes:
    server, prefix = cards
    arguments = ["card", "list", "--name-contains", prefix, "--sort-by", "Name", "--format", format_name, *more]
    done = run(*arguments, "--endpoint-url", server.url)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_csv_has_stable_columns_and_guards_against_formulas(cards: tuple[Server, str]) -> None:
    full, void = csv.DictReader(io.StringIO(inventory(cards, "csv").decode(), newline=""))
    assert list(full) == list(COLUMNS)
    known = {name: value for name, value in full.items() if value}
    assert datetime.datetime.fromisoformat(known.pop("approved_at")).tzinfo
    assert known == {
        "name": f"{cards[1]}-full",
        "status": "Draft",
        "risk": "High",
        "owner": "'=SUM(1;2)",
        "model": cards[1],
        "version": "2",
        "approved_version": "1",
        "approved_by": "ravi",
        "open_findings": "0",
        "recommended_fields": "3 of 21",
    }
    assert (void["risk"], void["owner"], void["recommended_fields"]) == ("Unknown", "", "0 of 21")


def test_xlsx_opens_with_numbers_times_and_texts(cards: tuple[Server, str], tmp_path: Path) -> None:
    file = tmp_path / "cards.xlsx"
    assert inventory(cards, "xlsx", "--output", str(file)) == b""
    sheet = openpyxl.load_workbook(file).active
    head, full, void = sheet.iter_rows(values_only=True)
    assert head == COLUMNS
    row = dict(zip(head, full, strict=True))
    assert (row["owner"], row["version"]) == ("=SUM(1;2)", 2)
    assert sheet["D2"].data_type == "s"  # not a formula
    assert isinstance(row["approved_at"], datetime.datetime)
    assert void[1] == "Draft"


def test_json_and_the_table_show_the_same_cards(cards: tuple[Server, str]) -> None:
    full, void = json.loads(inventory(cards, "json"))
    assert (full["owner"], full["approved_version"], void["approved_version"]) == ("=SUM(1;2)", 1, None)
    assert [item["name"] for item in json.loads(inventory(cards, "json", "--limit", "1"))] == [full["name"]]
    assert json.loads(inventory(cards, "json", "--status", "Approved")) == []
    assert b"3 of 21" in inventory(cards, "table")


def test_formats_that_do_not_fit_are_refused() -> None:
    for arguments, reason in (
        (["--format", "csv", "--json"], "not both"),
        (["--output", "x"], "give --format too"),
        (["--format", "table", "--output", "x"], "choose json, csv or xlsx"),
        (["--format", "ods"], "'ods' is not one of"),
    ):
        done = run_text("card", "list", *arguments)
        assert (done.returncode, reason in done.stderr) == (2, True), done.stderr


@mock_aws
def test_on_aws_the_inventory_reads_each_card(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    client = Session.aws("us-east-1").sagemaker_client
    create(client, "fraud", CONTENT, ModelCardStatus="Approved")
    order: Order = {"SortBy": "Name", "SortOrder": "Ascending", "PaginationConfig": {"MaxItems": None, "PageSize": 100}}
    write_inventory(client, order, None, "json", "-")
    (row,) = json.loads(capfdbinary.readouterr()[0])
    assert (row["name"], row["owner"], row["approved_version"], row["approved_at"]) == ("fraud", "=SUM(1;2)", 1, None)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "none"
