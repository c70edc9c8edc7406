"""Findings in a real browser: access, widths, the keyboard, and every form with scripts off."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.own_client import own_client
from tests.console.conftest import open_as
from tests.console.test_findings import ACCOUNT, FAILING, in_days, opened, state_of
from tests.console.test_pages import check, check_inline
from tests.servers import Server

LONG = "A title without a blank " + "w" * 170
NAMES = FAILING.replace("console-findings", "browser-findings").replace("checked-*", "browser-*")


@pytest.fixture(scope="module")
def own(governed: Server) -> Any:
    """A client for findings with a key of lea, an author."""
    return own_client(governed.client(*governed.key(ACCOUNT, "lea", "author")))


@pytest.fixture(scope="module")
def finding(governed: Server, own: Any) -> str:
    """A finding with evidence and a requested waiver, on a card in review with a failed check."""
    admin = own_client(governed.client(*governed.key(ACCOUNT, "loader-of-browser", "admin")))
    admin.put_review_policy(PolicyDocument=NAMES)
    author = governed.client(*governed.key(ACCOUNT, "lea", "author"))
    for name in ("browser-card", "browser-draft"):
        author.create_model_card(ModelCardName=name, Content=json.dumps({}), ModelCardStatus="Draft")
        opened(own, name, LONG, "low", Kind="limitation", Text="w" * 300)
    own.request_review(ModelCardName="browser-card", Reviewers=["una"])
    for severity in ("critical", "medium", "info"):
        opened(own, "browser-card", f"A {severity} finding", severity, Owner="ravi")
    identifier = opened(own, "browser-card", "Accuracy gap by gender grows", "high", Text="Since June.")
    own.add_evidence(
        ModelCardName="browser-card", Kind="minutes", Document=b"x", FileName="m" * 100, FindingId=identifier
    )
    own.put_waiver(ModelCardName="browser-card", FindingId=identifier, Reason="Rebuilt soon.", ExpiryTime=in_days(20))
    return identifier


def addresses(finding: str) -> list[str]:
    return [
        "/findings",
        f"/findings/{finding}?card=browser-card",
        "/cards/browser-card",
        "/cards/browser-draft",
        "/findings/new?card=browser-card",
        "/cards/browser-card/evidence/new",
        "/cards/browser-card/waivers/new?rule=owner-named",
    ]


def unfold(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('main details:not(.cw-menu)')) one.open = true")


def test_no_page_of_findings_has_a_fault(shaped: Page, finding: str) -> None:
    for address in addresses(finding):
        shaped.goto(address)
        unfold(shaped)
        try:
            check_inline(shaped)
            check(shaped)
        except AssertionError as fault:
            raise AssertionError(f"{address}: {fault}") from fault


def test_a_refused_form_of_a_finding_has_no_fault(shaped: Page, finding: str) -> None:
    shaped.goto(f"/findings/{finding}")
    shaped.get_by_text("Change state").click()
    shaped.get_by_role("button", name="Close", exact=True).click()
    expect(shaped.get_by_role("alert")).to_contain_text("add a resolution")
    check(shaped)


def test_no_page_of_findings_is_wider_than_its_window(browser: Browser, governed: Server, finding: str) -> None:
    context = browser.new_context(base_url=governed.url)
    page = open_as(context, governed, "una")
    for address in addresses(finding):
        page.goto(address)
        unfold(page)
        for width in (1440, 1024, 800, 390, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
    context.close()


def test_a_finding_is_a_page_of_its_own_on_narrow_windows(browser: Browser, governed: Server, finding: str) -> None:
    context = browser.new_context(base_url=governed.url, viewport={"width": 1440, "height": 900})
    page = open_as(context, governed, "una")
    page.goto(f"/findings/{finding}?card=browser-card")
    table = page.locator(".cw-ft")
    expect(table).to_be_visible()
    expect(table.locator("tr.is-cursor")).to_contain_text("Accuracy gap")
    page.set_viewport_size({"width": 900, "height": 900})
    expect(table).to_be_hidden()
    page.get_by_role("link", name="All findings").click()
    page.wait_for_url("**/findings?card=browser-card")
    expect(table).to_be_visible()
    context.close()


def test_rows_are_reached_with_j_and_k_and_opened_with_enter(browser: Browser, governed: Server, finding: str) -> None:
    context = browser.new_context(base_url=governed.url)
    page = open_as(context, governed, "una")
    page.goto("/findings?card=browser-card")
    page.locator("html.cw-js").wait_for(state="attached")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="A critical finding")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/findings/{finding}*")
    context.close()


def test_a_check_becomes_a_finding_that_is_worked_on_without_scripts(
    browser: Browser, governed: Server, own: Any, finding: str
) -> None:
    context = browser.new_context(base_url=governed.url, java_script_enabled=False)
    context.set_default_timeout(8000)
    una = open_as(context, governed, "una")
    una.goto("/cards/browser-draft")
    una.get_by_role("button", name="Make it a finding").click()
    una.wait_for_url("**/findings/*")
    opened_finding = re.sub(r".*/", "", una.url)
    una.get_by_text("Edit", exact=True).last.click()
    una.get_by_label("Owner", exact=True).last.fill("ben")
    una.get_by_role("button", name="Save").click()
    una.locator("summary", has_text="Add evidence").click()
    una.get_by_label("File", exact=True).set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"the committee's answer"}
    )
    una.get_by_label("Kind").last.fill("minutes")
    una.get_by_role("button", name="Add the file").click()
    expect(una.get_by_role("link", name="notes.txt")).to_be_visible()
    una.locator("summary", has_text="Ask for a waiver").click()
    una.get_by_label("Reason").fill("The team is new.")
    una.get_by_label("Ends").fill(in_days(5))
    una.get_by_role("button", name="Ask for the waiver").click()
    expect(una.locator(".cw-waive")).to_contain_text("You cannot grant it: you asked for the waiver")
    una.locator("summary", has_text="Change state").click()
    una.get_by_label("Resolution").fill("The owner is named.")
    una.get_by_role("button", name="Close", exact=True).click()
    expect(una.locator(".cw-drawer")).to_contain_text("ended the finding")
    assert state_of(own, opened_finding) == "closed"
    with una.expect_download() as download:
        una.get_by_role("link", name="notes.txt").click()
    assert download.value.path().read_bytes() == b"the committee's answer"
    context.close()
