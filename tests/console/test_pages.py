"""Every page: no serious fault for axe-core, nothing wider than the window, no complaint in the browser's console."""

import gzip
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from cardwright.console.wizard.steps import step_of
from tests.console.conftest import REPORTS, watched
from tests.interchange.samples import __file__ as samples
from tests.servers import Server

SAMPLES = Path(samples).parent
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
SHAPES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "narrow-dark": {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"},
}
PAGES = {
    "list": "/cards",
    "search": "/cards?q=fraud&status=Approved",
    "no match": "/cards?q=nothinglikeit&risk=High",
    "new": "/new",
    "near words": "/cards?q=fruad",
    "columns": "/cards?columns=owner&metric=auc&tagged=team&tag=team",
    "card of a list": "/cards/demand-forecaster?list=all",
    "drafts": "/drafts",
    "import": "/import",
    "help": "/help",
    "card": "/cards/fraud-classifier",
    "old version": "/cards/support-reply-assistant?version=1",
    "history": "/cards/fraud-classifier/history",
    "audit": "/audit",
    "audit filtered": "/audit?kind=status&kind=version&person=jonas&since=2026-01-01",
    "findings": "/findings",
    "findings filtered": "/findings?severity=grave&overdue=1&owner=jonas&state=in_progress",
    "findings of no card": "/findings?card=no-such-card",
    "new finding": "/findings/new?card=fraud-classifier",
    "new evidence": "/cards/fraud-classifier/evidence/new",
    "new waiver": "/cards/fraud-classifier/waivers/new?rule=auc-floor",
    "exports": "/cards/fraud-classifier/exports",
    "export": "/cards/fraud-classifier/exports/new",
    "delete": "/cards/fraud-classifier/delete",
    "compare": "/compare?a=fraud-classifier:2&b=fraud-classifier:3",
    "compare cards": "/compare?a=fraud-classifier:3&b=demand-forecaster:2",
    "compare nothing yet": "/compare?a=no-such-card",
    "compare with a pair to change": "/compare?a=fraud-classifier:1&b=fraud-classifier:3&change=b:0&texts=line",
    "missing": "/cards/no-such-card",
    "models": "/models",
    "package groups": "/groups",
    "packages": "/packages?card=none",
    "training jobs": "/training-jobs",
    "processing jobs": "/processing-jobs",
    "model": "/models/invoice-reader",
    "group": "/groups/waste-sorter-vision",
    "version": "/packages/waste-sorter-vision/4",
    "training job": "/training-jobs/waste-vision-2026-06-30-0115",
    "processing job": "/processing-jobs/fraud-bias-2026-07-07-0740",
    "missing model": "/models/no-such-model",
}
_LONG = frozenset(
    {
        "card of a list",
        "old version",
        "findings filtered",
        "new waiver",
        "compare",
        "compare cards",
        "packages",
        "training jobs",
        "processing jobs",
        "missing model",
    }
)


def check(page: Any, *, exact: bool = True) -> None:
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, { resultTypes: ['violations'],"
        " runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })"
    )
    faults = [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {[node['html'][:120] for node in fault['nodes'][:3]]}"
        for fault in found["violations"]
        if exact or fault["impact"] in {"serious", "critical"}
    ]
    assert not faults
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= window
    assert page.locator("h1").count() == 1
    assert page.title().endswith("· Cardwright")


def check_inline(page: Any) -> None:
    """The page holds no style and no script of its own."""
    inline = page.evaluate(
        "[...document.querySelectorAll('[style], style, script:not([src])')].map(e => e.outerHTML.slice(0, 90))"
    )
    assert inline == []
    handlers = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on'))"
    )
    assert handlers == []


@pytest.fixture(params=SHAPES, ids=list(SHAPES))
def shaped(request: pytest.FixtureRequest, browser: Browser, console: Server) -> Any:
    """A window of each shape, without the page's policy on scripts, so that axe-core can be put in."""
    context = browser.new_context(base_url=console.url, bypass_csp=True, **SHAPES[request.param])
    page = watched(context)
    yield page
    complaints = [text for text in page.complaints if "status of 4" not in text]  # type: ignore[attr-defined]
    context.close()
    assert not complaints


def test_no_page_has_a_fault_or_a_style_or_a_script_of_its_own(shaped: Any) -> None:
    wide = shaped.viewport_size["width"] > 1000
    for name, address in PAGES.items():
        if name in _LONG and not wide:
            continue  # long pages, whose like is checked in both shapes
        shaped.goto(address)
        try:
            check_inline(shaped)
            check(shaped)
        except AssertionError as fault:
            raise AssertionError(f"{name}: {fault}") from fault


def test_no_step_of_the_form_has_a_fault(shaped: Any) -> None:
    shaped.goto("/new")
    shaped.get_by_label("Card name").fill("not a name")
    shaped.get_by_role("button", name="Save and go to training").click()
    shaped.get_by_role("alert").wait_for()
    check(shaped)
    name = f"axe-{shaped.viewport_size['width']}"
    shaped.get_by_label("Card name").fill(name)
    shaped.keyboard.press("Alt+S")
    shaped.get_by_text("Draft saved", exact=True).wait_for()
    for number, slug in ((2, "training"), (3, "evaluation"), (4, "ethics"), (5, "review")):
        shaped.keyboard.press(f"Alt+{number}")
        shaped.wait_for_url(f"**/{slug}*")
        if slug == "evaluation":
            shaped.get_by_role("button", name="Add an evaluation job").click()
            shaped.locator("input[type=file]").set_input_files(str(REPORTS / "clarify_bias.json"))
            shaped.get_by_text("read as Clarify Bias").wait_for()
            shaped.get_by_role("button", name="Add metrics by hand").click()
            shaped.get_by_label("Metric group").fill("Figures")
        check(shaped)


def test_the_preview_of_an_import_has_no_fault(shaped: Any) -> None:
    shaped.goto("/import")
    shaped.set_input_files("input[type=file]", [str(SAMPLES / "README.md"), str(SAMPLES / "croissant.json")])
    shaped.get_by_role("button", name="Read").click()
    check(shaped)
    check_inline(shaped)
    shaped.get_by_role("button", name="croissant.json").click()
    shaped.get_by_role("heading", name="croissant.json is not ready").wait_for()
    check(shaped)


def test_the_form_filled_from_the_registry_has_no_fault(shaped: Any) -> None:
    shaped.goto("/new")
    shaped.get_by_label("Creator").fill("Ada")
    shaped.locator("#find").fill("waste-sorter")
    shaped.locator(".is-taken").wait_for()
    check(shaped)
    shaped.get_by_role("button", name="waste-sorter-vision, version 4").click()
    shaped.get_by_text("Left as you wrote it").wait_for()
    check(shaped)
    shaped.keyboard.press("Alt+2")
    shaped.wait_for_url("**/training*")
    shaped.get_by_role("button", name="Change", exact=True).click()
    shaped.locator("#find").wait_for()
    check(shaped)


def test_the_open_menus_of_a_card_have_no_fault(browser: Browser, console: Server) -> None:
    console.client().create_model_card(ModelCardName="with-menus", Content="{}", ModelCardStatus="Draft")
    context = browser.new_context(base_url=console.url, bypass_csp=True, **SHAPES["narrow-dark"])
    page = watched(context)
    page.goto("/cards/with-menus")
    for name in ("Export", "Change status"):
        page.locator("summary.btn", has_text=name).click()
        check(page)
        page.keyboard.press("Escape")
        assert page.locator("details.cw-menu[open]").count() == 0
    context.close()


def test_the_empty_list_teaches_and_has_no_fault(browser: Browser, empty_console: Server) -> None:
    context = browser.new_context(base_url=empty_console.url, bypass_csp=True)
    page = watched(context)
    page.goto("/cards")
    assert page.get_by_role("heading", name="Nothing is written down yet").is_visible()
    check(page)
    context.close()


def test_times_are_shown_in_the_readers_zone_and_in_utc(browser: Browser, console: Server) -> None:
    console.client().create_model_card(ModelCardName="timed", Content="{}", ModelCardStatus="Draft")
    context = browser.new_context(base_url=console.url, timezone_id="Asia/Tehran")
    page = context.new_page()
    page.goto("/cards/timed")
    first = page.locator(".cw-rs time").last
    utc, shown = first.get_attribute("title"), first.inner_text()
    assert utc is not None
    hours, minutes = map(int, utc.split(" ")[1].split(":")[:2])
    local = (hours * 60 + minutes + 210) % 1440
    assert shown.endswith(f"{local // 60:02}:{local % 60:02}")
    page.reload()
    assert page.locator(".cw-rs time").last.inner_text() == shown
    assert page.locator("#zone").inner_text() == "Asia/Tehran"
    context.close()


def test_the_chosen_appearance_stays(browser: Browser, console: Server) -> None:
    context = browser.new_context(base_url=console.url, color_scheme="light")
    page = context.new_page()
    page.goto("/help")
    page.get_by_label("Appearance").click()
    page.get_by_role("button", name="Dark").click()
    assert page.url.endswith("/help?") or page.url.endswith("/help")
    page.goto("/cards")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 20, 28)"
    context.close()


def test_pages_weigh_little(console: Server) -> None:
    def weight(address: str) -> int:
        request = urllib.request.Request(console.url + address, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
        if address == "/cards":
            text = (gzip.decompress(body) if packed else body).decode()
            return len(body) + sum(map(weight, set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))))
        return len(body)

    static = Path(__file__).parents[2] / "src" / "cardwright" / "console" / "static"
    fonts = sum(path.stat().st_size for path in (static / "vendor" / "fonts").glob("*.woff2"))
    assert weight("/cards") + fonts < 300_000


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("model_overview", "model"),
        ("intended_uses", "model"),
        ("training_details", "training"),
        ("training_details.training_job_details", "training"),
        ("evaluation_details.3.metric_groups.0", "evaluation"),
        ("business_details", "model"),
        ("additional_information.custom_details.x", "ethics"),
    ],
)
def test_a_finding_of_the_content_leads_to_the_step_that_asks_for_it(path: str, step: str) -> None:
    assert step_of(path).slug == step
