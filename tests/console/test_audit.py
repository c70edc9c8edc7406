"""The audit page: filters as a form, pages, downloads, deleted cards, and what each role sees."""

import csv
import io
import json
import re
import sqlite3
import urllib.request
from contextlib import closing
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from cardwright.core.audit_log import COLUMNS
from cardwright.core.inventory import COLUMNS as INVENTORY
from tests.console.team import signed_in
from tests.console.visits import Visitor
from tests.servers import Server
from tests.waiting import DEADLINE, wait_until


@pytest.fixture(scope="module")
def gone(console: Server) -> str:
    """A card that was approved and deleted, by jonas."""
    client: Any = console.client("jonas")
    client.create_model_card(ModelCardName="pilot-lead-score", Content="{}", ModelCardStatus="Approved")
    client.delete_model_card(ModelCardName="pilot-lead-score")
    return "pilot-lead-score"


@pytest.fixture
def visitor(console: Server) -> Visitor:
    return Visitor(console.url)


def test_filters_narrow_the_log_without_scripts(plain_page: Page, gone: str) -> None:
    page = plain_page
    page.goto("/cards")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").click()
    page.get_by_label("Card", exact=True).fill(gone)
    page.locator("summary", has_text="All events").click()
    page.get_by_label("Cards deleted").check()
    page.get_by_label("Cards created").check()
    page.get_by_role("button", name="Apply").click()
    rows = page.locator(".cw-audt tbody tr:not(.cw-grouprow)")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Deleted the card")
    expect(rows.first).to_contain_text("1 version, was Approved")
    expect(rows.first.locator(".cw-gone")).to_have_text("deleted")
    expect(page.locator(".cw-chips")).to_contain_text("2 events of")
    expect(page.locator("summary", has_text="Export 2 events")).to_be_visible()
    page.get_by_role("link", name="Remove the filter Kind").click()
    assert page.url.endswith(f"/audit?card={gone}")
    page.locator(".cw-audt").get_by_role("link", name=gone).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"History of {gone}")
    page.go_back()
    page.get_by_role("link", name=f"Entry 1 of {gone}").click()
    expect(page.locator(".cw-hist tbody tr")).to_have_count(1)


def test_downloads_hold_the_filtered_events(visitor: Visitor, gone: str) -> None:
    answer = visitor.get(f"/audit.csv?card={gone}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    rows = [*csv.DictReader(io.StringIO(answer.text, newline=""))]
    assert list(rows[0]) == list(COLUMNS)
    assert [row["event"] for row in rows] == ["deleted", "created"]
    lines = visitor.get(f"/audit.jsonl?card={gone}&kind=deletion").text.splitlines()
    assert [json.loads(line)["deleted"] for line in lines] == [True]
    assert visitor.get("/audit.csv?card=none").text == ",".join(COLUMNS) + "\r\n"


def test_pages_of_the_log_go_on_and_back(visitor: Visitor, console: Server) -> None:
    client: Any = console.client("paging")
    client.create_model_card(ModelCardName="paged", Content="{}", ModelCardStatus="Draft")
    for number in range(120):
        client.update_model_card(ModelCardName="paged", ModelCardStatus=("Archived", "Draft")[number % 2])
    answer, seen = visitor.get("/audit?card=paged"), []
    while True:
        seen += [int(number) for number in re.findall(r'aria-label="Entry (\d+) of paged', answer.text)]
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        if following is None:
            break
        answer = visitor.get(following[1].replace("&amp;", "&"))
    assert seen == list(range(121, 0, -1))
    back = re.search(r'rel="prev" href="([^"]+)"', answer.text)
    assert back is not None
    assert "Entry 71 of paged" in visitor.get(back[1].replace("&amp;", "&")).text


@pytest.mark.parametrize(
    "address", ["/audit?since=tomorrow", "/audit?until=2026-02-30", "/audit.csv?since=x", "/audit.jsonl?until=9"]
)
def test_a_wrong_date_is_named_and_nothing_is_exported(visitor: Visitor, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status in {400, 422}
    assert "is not a time: write a date such as 2026-07-28" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/audit?person=%00x",
        "/audit?person=" + "%C3%A9" * 500,
        "/audit?kind=nothing&after=xx",
        "/audit?card=%3Cscript%3E",
    ],
)
def test_odd_filters_find_nothing_or_are_ignored(visitor: Visitor, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status == 200
    assert "<script>" not in answer.text.partition("<main")[2]


def test_authors_see_events_of_cards_and_their_own(team: Server) -> None:
    admin, mei = signed_in(team, "ana"), signed_in(team, "mei")
    author = mei.get("/audit")
    assert "User created" in admin.get("/audit?kind=person").text
    assert "User created" not in mei.get("/audit?kind=person").text
    assert "Saved version 2" in mei.get("/audit?kind=version").text
    assert "What happened to cards, deleted ones included, and what you did." in author.text
    assert mei.get("/audit.csv?kind=person").text.count("\n") == 1
    assert "Command line" in signed_in(team, "ravi").get("/audit?kind=key").text


def test_a_changed_entry_is_called_broken(visitor: Visitor, console: Server) -> None:
    client: Any = console.client("honest")
    client.create_model_card(ModelCardName="tampered", Content="{}", ModelCardStatus="Draft")
    assert "Chain broken" not in visitor.get("/audit?card=tampered").text
    change = "UPDATE audit SET actor = 'eve' WHERE name = 'tampered'"
    with closing(sqlite3.connect(console.home / "cardwright.db", timeout=DEADLINE)) as database, database:
        database.execute(change)
    found = visitor.get("/audit?card=tampered").text
    assert "Entry 1 of tampered does not match its digest: it was changed after it was written." in found
    with closing(sqlite3.connect(console.home / "cardwright.db", timeout=DEADLINE)) as database, database:
        database.execute(change.replace("eve", "honest"))


def test_the_history_of_a_card_lists_its_exports(visitor: Visitor, console: Server) -> None:
    client: Any = console.client("jonas")
    client.create_model_card(ModelCardName="export-audited", Content="{}", ModelCardStatus="Draft")
    where = {"S3OutputPath": "s3://export-audited-000000000000"}
    client.create_model_card_export_job(
        ModelCardName="export-audited", ModelCardExportJobName="pdf", OutputConfig=where
    )
    assert "Export pdf of version 1 started" in visitor.get("/cards/export-audited/history").text
    wait_until(lambda: "Exported as PDF" in visitor.get("/audit?card=export-audited").text, "the export does not end")
    assert "Export pdf of version 1 written" in visitor.get("/cards/export-audited/history").text


def test_the_list_offers_its_cards_as_csv_and_xlsx(visitor: Visitor) -> None:
    page = visitor.get("/cards?status=Approved&sort=name")
    address = re.search(r'href="(/inventory.csv[^"]+)"', page.text)
    assert address is not None
    rows = [*csv.DictReader(io.StringIO(visitor.get(address[1].replace("&amp;", "&")).text, newline=""))]
    assert list(rows[0]) == list(INVENTORY)
    assert {row["status"] for row in rows} == {"Approved"}
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    assert all(row["approved_by"] and row["approved_at"] for row in rows)
    with urllib.request.urlopen(visitor.url + address[1].replace("&amp;", "&"), timeout=DEADLINE) as answer:
        assert int(answer.headers["Content-Length"]) == len(answer.read())
    url = visitor.url + address[1].replace("&amp;", "&").replace(".csv", ".xlsx")
    with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.read())).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [row["name"] for row in rows]


def test_words_find_events_in_pages_and_downloads(visitor: Visitor, gone: str) -> None:
    page = visitor.get(f"/audit?text=deleted+{gone.upper()}").text
    assert page.count('class="c-what"') == 1
    assert "Events that match" in page
    assert f"Words: deleted {gone.upper()}" in page
    lines = visitor.get(f"/audit.jsonl?text={gone}").text.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["deleted", "created"]
    assert "No event matches" in visitor.get("/audit?text=nothing-has-this").text
    many = visitor.get(f"/audit?text={'+'.join(str(number) for number in range(21))}")
    assert (many.status, "at most 20 words" in many.text) == (422, True)
    assert "<script>x" not in visitor.get("/audit?text=%3Cscript%3Ex").text
