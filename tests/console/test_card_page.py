"""The page of a card: head, changes, folded jobs, digits, registry links, matrices and Markdown."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bench.console import fifty_jobs
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import watched
from tests.console.test_pages import SHAPES, check
from tests.servers import Server

HOSTILE = '</details><details class="cw-fold" data-of="e1"><script>document.title = "run"</script>'
LABELS = [f"A class with a long name {n}" for n in range(20)]
MATRIX = {
    "name": "confusion_matrix",
    "type": "matrix",
    "value": [[8000 if row == column else (row + column) % 7 for column in range(20)] for row in range(20)],
    "x_axis_name": LABELS,
    "y_axis_name": LABELS,
}


def content(auc: float) -> dict[str, Any]:
    numbers = [
        {"name": "auc", "type": "number", "value": auc},
        {"name": "f0_5", "type": "number", "value": 0.027262546200350957},
        {"name": "true_positive_rate", "type": "number", "value": 0.7},
        {"name": "true_positive_rate - standard_deviation", "type": "number", "value": 0.0113},
        {"name": "support", "type": "number", "value": 1842770},
    ]
    groups = [{"name": "binary_classification_metrics", "metric_data": [*numbers, MATRIX]}]
    arn = "arn:aws:sagemaker:us-east-1:000000000000:processing-job"
    return {
        "model_overview": {"model_name": "a-page", "model_description": "Ranks.\n\nيجب مراجعة النتائج"},
        "training_details": {
            "training_job_details": {"training_arn": "arn:aws:sagemaker:us-east-1:000000000000:training-job/a-page"}
        },
        "evaluation_details": [
            {"name": "Holdout", "evaluation_job_arn": f"{arn}/unknown", "metric_groups": groups},
            {"name": HOSTILE, "evaluation_observation": HOSTILE},
        ],
        "additional_information": {
            "ethical_considerations": "**Everyone** is served. [x](javascript:alert(1))\n\n- one\n- two",
            "custom_details": {"cw.text_format": "markdown"},
        },
    }


@pytest.fixture(scope="module")
def cards(console: Server) -> Server:
    """The shared server with a card of two versions, the first approved, and a card with 50 jobs."""
    client = console.client()
    client.create_training_job(
        TrainingJobName="a-page",
        RoleArn="arn:aws:iam::000000000000:role/tester",
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        OutputDataConfig={"S3OutputPath": "s3://models/a-page"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    client.create_model_card(ModelCardName="a-page", Content=json.dumps(content(0.9306)), ModelCardStatus="Approved")
    client.update_model_card(ModelCardName="a-page", ModelCardStatus="Draft")
    client.update_model_card(ModelCardName="a-page", Content=json.dumps(content(0.9465)))
    for shift in (0.0, 0.01):
        made = json.loads(fifty_jobs(shift))
        text = json.dumps({key: made[key] for key in ("model_overview", "intended_uses", "evaluation_details")})
        if shift:
            client.update_model_card(ModelCardName="fifty-jobs", Content=text)
        else:
            client.create_model_card(ModelCardName="fifty-jobs", Content=text, ModelCardStatus="Draft")
    return console


@pytest.fixture(params=["wide", "narrow-dark"])
def shaped(request: pytest.FixtureRequest, browser: Browser, cards: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=cards.url, bypass_csp=True, **SHAPES[request.param])
    page = watched(context)
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]  # a place of our own on Playwright's object


def test_a_card_has_no_fault_folded_or_unfolded(shaped: Page) -> None:
    shaped.goto("/cards/a-page")
    check(shaped)
    shaped.get_by_role("link", name="Open all").click()
    expect(shaped.get_by_role("link", name="Close all")).to_be_visible()
    assert shaped.locator("details.cw-fold:not([open])").count() == 0
    check(shaped)


def test_the_head_stays_and_every_width_fits(page: Page, cards: Server) -> None:
    for width in (1440, 1024, 768, 390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/cards/a-page?open=all")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        head = page.locator(".cw-stick h1").bounding_box()
        assert head is not None
        assert 0 <= head["y"] < 60
        change = page.get_by_text("Change status").bounding_box()
        assert change is not None
        assert 0 <= change["y"] < 844
        assert change["x"] + change["width"] <= width


def test_key_metrics_have_a_line_of_the_last_versions(page: Page, cards: Server) -> None:
    page.goto("/cards/a-page")
    lines = page.locator("summary .cw-spark")
    assert lines.count() == 3
    assert lines.first.get_attribute("aria-hidden") == "true"
    assert lines.first.locator("path").get_attribute("d") == "M2.0 15.0L52.0 3.0"
    assert page.locator(".cw-spark.s-better circle").count() == 1
    page.goto("/cards/a-page?version=1")
    expect(page.locator(".cw-spark")).to_have_count(0)
    page.goto("/cards/fifty-jobs")
    expect(page.locator(".cw-spark")).to_have_count(0)


def test_changes_since_the_approved_version_come_first(page: Page, cards: Server) -> None:
    page.goto("/cards/a-page")
    summary = page.get_by_role("region", name="Summary of version 2")
    expect(summary).to_contain_text("Since version 1")
    expect(summary.locator(".cw-counts")).to_contain_text("1 better")
    expect(summary.locator(".cw-move")).to_contain_text("0.9306")
    expect(summary.locator(".cw-move")).to_contain_text("+0.0159")
    page.goto("/cards/a-page?version=1")
    expect(page.get_by_text("First version, nothing to compare")).to_be_visible()


def test_a_gap_leads_to_its_field_of_the_form(page: Page, cards: Server) -> None:
    listed = page.locator("#gaps").get_by_role("link", name="Purpose of the model")
    noted = page.locator("article .cw-mn-gap").get_by_role("button", name="Add Purpose of the model")
    for gap in (listed, noted):
        page.goto("/cards/a-page")
        gap.click()
        expect(page.get_by_label("Purpose of the model")).to_be_in_viewport()
        assert page.url.endswith("/model#f-intended_uses-purpose_of_model")


def test_numbers_have_four_digits_and_what_is_stored_is_in_a_list(page: Page, cards: Server) -> None:
    page.goto("/cards/a-page?open=e1")
    table = page.locator("#e1 .cw-metric")
    expect(table.get_by_role("row", name="F0.5")).to_contain_text("0.0273")
    expect(table.get_by_role("row", name="Recall")).to_contain_text("± 0.0113")
    expect(table.get_by_role("row", name="Support")).to_contain_text("1,842,770")
    page.get_by_text("All numbers, with stored names and exact values").click()
    expect(page.get_by_role("row", name="f0_5")).to_contain_text("0.027262546200350957")


def test_stored_names_of_groups_and_charts_appear_with_their_numbers(page: Page) -> None:
    page.goto("/cards/fraud-classifier?open=e1")
    for stored, numbers in (
        ("binary_classification_metrics", page.locator("#evaluation-1-1 .cw-numbers").first),
        ("confusion_matrix", page.locator("#e1 figure", has_text="Confusion matrix").locator(".cw-numbers").first),
    ):
        name = page.locator("#e1 .cw-stored", has_text=stored).first
        expect(name).to_be_hidden()
        numbers.locator("> summary").click()
        expect(name).to_be_visible()


def test_a_job_opens_by_its_address_without_scripts(plain_page: Page, cards: Server) -> None:
    plain_page.goto("/cards/a-page")
    assert not plain_page.locator("#e1").is_visible()
    plain_page.goto("/cards/a-page#e1")
    assert plain_page.locator("#e1").is_visible()
    plain_page.goto("/cards/a-page?open=e2")
    assert plain_page.locator("details.cw-fold[open]").count() == 1
    assert plain_page.locator("#e2").is_visible()
    plain_page.goto("/cards/a-page?open=all")
    assert plain_page.locator("details.cw-fold[open]").count() == 2


def test_hostile_names_and_texts_run_nothing_and_open_nothing(page: Page, cards: Server) -> None:
    page.goto("/cards/a-page?open=e1")
    assert page.title().startswith("a-page")
    assert page.locator("details.cw-fold").count() == 2
    expect(page.locator(".cw-fold h3").last).to_have_text(HOSTILE)
    assert page.locator("article script, article img, article a[href^='javascript']").count() == 0


def test_print_shows_all_jobs_and_nothing_sticks(page: Page, cards: Server) -> None:
    page.goto("/cards/a-page")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#e1").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.cw-stick')).position") == "static"
    assert page.evaluate("getComputedStyle(document.querySelector('.cw-mx thead th')).position") == "static"
    assert not page.locator(".cw-rail").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.cw-fold[open]").count() == 0


def test_registered_jobs_are_links_and_others_plain_text(page: Page, cards: Server) -> None:
    page.goto("/cards/a-page?open=all")
    page.locator("article a[href='/training-jobs/a-page']").click()
    expect(page.get_by_role("heading", name="a-page")).to_be_visible()
    page.goto("/cards/a-page?open=all")
    assert page.locator("article a", has_text="processing-job/unknown").count() == 0


def test_a_large_matrix_keeps_its_heads_and_is_a_csv(page: Page, cards: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/cards/a-page?open=e1")
    box = page.locator(".cw-mx-wrap")
    box.evaluate("box => box.scrollTo(400, 200)")
    inside = box.bounding_box()
    for head in (".cw-mx thead .cn", ".cw-mx tbody tr:nth-child(12) th"):
        at = page.locator(head).bounding_box()
        assert at is not None
        assert inside is not None
        assert abs(at["x"] - inside["x"]) <= 1
    expect(page.get_by_text("20 columns, scroll sideways.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.path().read_text().splitlines()[1].startswith("A class with a long name 0,8000,1,2")
    assert page.request.get("/cards/a-page?csv=evaluation-9-m0").status == 404


@pytest.mark.parametrize("address", ["/cards/a-page?open=e1", "/cards/a-page/export/html"])
def test_a_matrix_of_twenty_classes_fits_a_wide_page(browser: Browser, cards: Server, address: str) -> None:
    context = browser.new_context(base_url=cards.url, viewport={"width": 1440, "height": 900})
    page = watched(context)
    if address.endswith("html"):
        page.set_content(page.request.get(address).text())
    else:
        page.goto(address)
    box, cut = page.locator(".cw-mx-wrap"), "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    for cells in ("Counts", "Share of the row, %"):
        page.get_by_label(cells).check(force=True)
        assert box.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    assert page.locator(".cw-mx :is(td, tbody th)").evaluate_all(cut) == 0
    assert float(page.locator(".cw-mx").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) >= 9.6
    expect(page.locator(".cw-mx-hint")).to_be_hidden()
    page.set_viewport_size({"width": 1024, "height": 900})
    expect(page.locator(".cw-mx-hint")).to_be_visible()
    page.set_viewport_size({"width": 1040, "height": 720})  # a landscape page
    page.emulate_media(media="print")
    assert box.evaluate("one => one.scrollWidth") <= 1040
    assert page.locator(".cw-mx :is(td, tbody th)").evaluate_all(cut) == 0
    context.close()


def test_markdown_is_shown_and_the_form_turns_it_off(page: Page, cards: Server) -> None:
    page.goto("/cards/a-page?version=1")
    expect(page.locator("article strong", has_text="Everyone")).to_be_visible()
    expect(page.locator(".cw-rich li")).to_have_text(["one", "two"])
    cards.client().create_model_card(
        ModelCardName="turned-off",
        Content=json.dumps(content(0.9) | {"evaluation_details": []}),
        ModelCardStatus="Draft",
    )
    page.goto("/cards/turned-off")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click()
    page.get_by_label("Texts are Markdown").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("**Everyone** is served.")).to_be_visible()
    stored = json.loads(cards.client().describe_model_card(ModelCardName="turned-off")["Content"])
    assert "custom_details" not in stored["additional_information"]


def test_fifty_jobs_begin_with_a_table_and_stay_under_6000_pixels(page: Page, cards: Server) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/cards/fifty-jobs")
    assert page.evaluate("document.documentElement.scrollHeight") < 6000
    assert page.locator(".cw-over tbody tr").count() == 50
    for first in (".cw-status", ".cw-counts", ".cw-keys3"):
        expect(page.locator(first).first).to_be_in_viewport()
    page.get_by_role("link", name="Holdout segment 31").click()
    expect(page.locator("#e32")).to_be_in_viewport()
