"""Long names without a blank, and windows of every width: nothing is wider than the window, no words overlap."""

import itertools
import json
from typing import Any

from playwright.sync_api import Page

from tests.servers import Server

WIDTHS = (1440, 1024, 800, 700, 390)
CARD, OTHER = "widths" + "n" * 57, "widths" + "o" * 57
CHART = "held_share_of_card_payments_by_decision_threshold_line"
AXIS = "share_of_card_payments_held_for_manual_review_per_thousand_txns"
CLASS = "customers_of_sixty_or_older_who_live_abroad"
LONG = "W" * 256


def _content(word: str) -> str:
    metrics = [
        {"name": CHART, "type": "linear_graph", "value": [[0, 1], [1, 2]], "x_axis_name": AXIS, "y_axis_name": AXIS},
        {"name": f"{CHART}_2", "type": "linear_graph", "value": [[0, 1], [1, 3]], "y_axis_name": AXIS},
        {"name": "bars", "type": "bar_chart", "value": [1, 2], "x_axis_name": [AXIS, "b"], "y_axis_name": AXIS},
        {"name": "columns", "type": "bar_chart", "value": [1, 2], "x_axis_name": ["a", "b"], "y_axis_name": AXIS},
        {
            "name": "matrix",
            "type": "matrix",
            "value": [[1, 2], [3, 4]],
            "x_axis_name": [CLASS, "b"],
            "y_axis_name": [CLASS, "b"],
        },
        {"name": "w" * 255, "type": "string", "value": word[:63], "notes": word},
    ]
    return json.dumps(
        {
            "model_overview": {"model_name": word, "model_description": word, "model_owner": word},
            "intended_uses": {"purpose_of_model": word, "risk_rating": "High"},
            "business_details": {"business_problem": word},
            "training_details": {"training_observations": word},
            "evaluation_details": [
                {
                    "name": word,
                    "datasets": [word],
                    "metadata": {word: word},
                    "metric_groups": [{"name": word, "metric_data": metrics}],
                }
            ],
            "additional_information": {"custom_details": {word: word}},
        }
    )


def _cards(console: Server) -> None:
    client = console.client()
    if not client.list_model_cards(NameContains=CARD)["ModelCardSummaries"]:
        for name, word in ((CARD, LONG), (OTHER, LONG.lower())):
            client.create_model_card(ModelCardName=name, Content=_content(word), ModelCardStatus="Draft")


def _begun(page: Page) -> str:
    """The form that edits the long card: its address without the step."""
    page.goto(f"/cards/{CARD}")
    page.get_by_role("button", name="Edit").first.click()
    page.wait_for_url("**/edit/**")
    return page.url.rpartition("/")[0]


def _wide(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


def _overflowing(page: Page, selector: str) -> Any:
    """The elements whose contents run out of them."""
    return page.evaluate(
        "found => [...document.querySelectorAll(found)].filter(e => e.scrollWidth > e.clientWidth + 1)"
        ".map(e => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 40)}`)",
        selector,
    )


def test_no_page_is_wider_than_its_window(page: Page, console: Server) -> None:
    _cards(console)
    draft = _begun(page)
    for address in (
        "/cards",
        "/cards?q=fraud",
        f"/cards?q={'z' * 150}",
        f"/cards?tag={'z' * 150}&columns=model&columns=due&tagged={'y' * 100}",
        f"/cards/{CARD}",
        f"/cards/{'x' * 63}",
        f"/compare?a={CARD}&b={OTHER}",
        *(f"{draft}/{slug}" for slug in ("model", "training", "evaluation", "ethics", "review", "discard")),
        "/drafts",
        "/groups",
        "/groups/waste-sorter-vision",
        "/packages",
        "/training-jobs",
    ):
        page.goto(address)
        for width in WIDTHS:
            _wide(page, width)
            found, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert found <= window, (address, width, found)


def test_tables_of_records_are_lists_on_a_phone(page: Page, console: Server) -> None:
    _cards(console)
    console.client().create_model_card(ModelCardName="widths-gone", Content="{}", ModelCardStatus="Draft")
    console.client().delete_model_card(ModelCardName="widths-gone")
    for address in (
        f"/cards/{CARD}/history",
        "/cards/fraud-classifier/history",
        "/deleted",
        "/training-jobs/waste-vision-2026-06-30-0115",
    ):
        page.goto(address)
        assert page.locator("table.cw-hist").count(), address
        for width in (390, 360):
            _wide(page, width)
            assert _overflowing(page, ".cw-scroll:has(.cw-hist)") == [], (address, width)
            boxes = page.locator("table.cw-hist tbody tr:first-child > *").evaluate_all(
                "all => all.filter(e => e.offsetWidth).map(e => { const r = document.createRange();"
                " r.selectNodeContents(e); const b = r.getBoundingClientRect(); return [b.x, b.y, b.right, b.bottom] })"
            )
            for one, other in itertools.combinations(boxes, 2):
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 4 or other[3] <= one[1] + 4
                assert apart, (address, width, one, other)


def test_names_in_charts_stay_in_their_place(page: Page, console: Server) -> None:
    _cards(console)
    page.goto(f"/cards/{CARD}")
    for width in WIDTHS:
        _wide(page, width)
        inside = "figcaption, .cw-axis-y, .cw-axis-x, .cw-bars th, .cw-matrix th, .cw-scroll:has(.cw-matrix)"
        assert _overflowing(page, inside) == [], width
    assert page.locator(".cw-charts > figure").count() == 3
    assert page.locator(".cw-charts .cw-matrix").count() == 0, "a matrix with long names has a row of its own"


def test_the_strip_and_the_top_bar_keep_their_words_apart(page: Page) -> None:
    page.goto("/cards")
    for width in (1440, 1281, 1153, 1024, 993, 800, 390):
        _wide(page, width)
        assert _overflowing(page, ".cw-top-in, .cw-folio section, .cw-folio ul, .cw-folio a") == [], width
        lines = page.locator(".cw-brand, .cw-nav a, .cw-find span, .cw-user > span").evaluate_all(
            "all => all.filter(e => e.offsetWidth).map(e => { const r = document.createRange();"
            " r.selectNodeContents(e.lastChild); return [e.textContent, r.getBoundingClientRect().height] })"
        )
        assert lines, width
        assert [words for words, height in lines if height > 30] == [], width


def test_numbers_and_a_long_name_in_the_top_bar_fit_every_window(page: Page) -> None:
    page.goto("/cards")
    page.locator(".cw-navn").evaluate_all("all => all.forEach(e => e.remove())")  # those of the shared server
    page.locator(".cw-nav a").evaluate_all(
        "all => all.slice(1, 3).forEach(e => e.insertAdjacentHTML('beforeend', '<span class=cw-navn>128</span>'))"
    )
    page.locator(".cw-user > span").evaluate("e => { e.textContent = 'Wilhelmina van den Bergh-Okonkwo' }")
    for width in range(1440, 350, -9):
        _wide(page, width)
        found, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert (found <= window, _overflowing(page, ".cw-top-in")) == (True, []), width


def test_buttons_of_the_registry_lie_on_its_sheet(page: Page) -> None:
    for address in ("/groups", "/groups/waste-sorter-vision", "/packages", "/training-jobs"):
        page.goto(address)
        for width in (1153, *WIDTHS):
            _wide(page, width)
            assert _overflowing(page, ".cw-sheet:has(> .cw-registry)") == [], (address, width)


def test_drafts_without_a_name_are_distinguished_by_their_subjects(page: Page) -> None:
    for number in (0, 1):
        page.goto("/training-jobs?sort=oldest")
        page.get_by_role("button", name="Create card").nth(number).click()
        page.wait_for_url("**/drafts/**")
    _wide(page, 390)
    page.goto("/drafts")
    rows = page.get_by_role("row").filter(has_text="an unnamed card for ")
    first, second = (rows.nth(number).locator(".c-name").inner_text() for number in (0, 1))
    assert first != second
    becomes = rows.first.get_by_text("a new card", exact=True)
    assert becomes.evaluate("e => e.getBoundingClientRect().height") < 30
    rows.first.get_by_role("link", name="Discard").click()
    page.get_by_role("heading", name=f"Discard the draft of {first}?").wait_for()
    page.get_by_role("button", name="Discard draft").click()
    page.get_by_text(f"Draft of {first} discarded").wait_for()


def test_menus_of_the_top_bar_are_as_wide_as_a_phone(page: Page) -> None:
    _wide(page, 390)
    page.goto("/cards")
    for menu in (".cw-menu-btn", ".cw-theme"):
        page.locator(f"{menu} > summary").click()
        box = page.locator(f"{menu} .cw-pop").bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (16, 358)
        page.locator(f"{menu} > summary").click()


def test_the_export_menu_of_a_card_ends_inside_a_low_window(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 650})
    page.goto("/cards/fraud-classifier")
    page.locator(".cw-stick").get_by_text("Export", exact=True).click()
    last = page.get_by_role("link", name="Export to the object store")
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box is not None
    assert (box["y"] + box["height"] <= 650, page.evaluate("scrollY")) == (True, 0)


def test_what_is_written_in_the_form_runs_in_its_own_direction(page: Page, console: Server) -> None:
    _cards(console)
    draft = _begun(page)
    for slug in ("model", "training", "evaluation", "ethics"):
        page.goto(f"{draft}/{slug}")
        fixed = page.locator(
            "#wizard :is(textarea, input.form-control):not([dir=auto], [readonly], #find, [name=name], [name^=uri-])"
        )
        assert fixed.evaluate_all("all => all.map(e => e.name)") == [], slug
    page.goto(f"{draft}/model")
    owner = page.locator("[name='model_overview.model_owner']")
    owner.fill("מודל זיהוי הונאה")
    assert owner.evaluate("e => e.matches(':dir(rtl)')")
