"""People's journeys through the console, in a real browser, with scripts and without."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cardwright.client.own_client import own_client
from cardwright.formats import FORMATS
from tests.console.conftest import REPORTS
from tests.jobs.calls import wait
from tests.servers import Server

BIAS = REPORTS / "clarify_bias.json"
QUALITY = REPORTS / "model_monitor_model_quality_binary_classification.json"


def described(server: Server, name: str) -> dict[str, Any]:
    card: dict[str, Any] = server.client().describe_model_card(ModelCardName=name)
    return card | {"Content": json.loads(card["Content"])}


def create_with_two_reports(page: Page, name: str, *, scripts: bool) -> None:
    page.goto("/cards")
    page.get_by_role("link", name="Create card").click()
    page.get_by_label("Card name").fill(name)
    page.get_by_label("Model name").fill(f"{name}-model")
    page.get_by_label("Model version").fill("2")
    page.get_by_label("Model description").fill("Ranks loans.\nNever refuses one alone.")
    page.get_by_label("Owner").fill("Retail Credit Risk")
    page.get_by_label("Artifact 1").fill("s3://bucket/one.tar.gz")
    page.get_by_role("button", name="Add an artifact").click()
    page.get_by_label("Artifact 2").fill("s3://bucket/two.tar.gz")
    page.get_by_label(re.compile("^High")).check()
    page.get_by_role("button", name="Save and go to training").click()
    expect(page).to_have_title(re.compile("step 2 of 5"))
    page.get_by_label("Objective", exact=True).select_option("Maximize")
    page.get_by_label("Objective metric", exact=True).select_option("AUC")
    page.get_by_label("Metric 1, name").fill("train:auc")
    page.get_by_label("Metric 1, value").fill("0.9664")
    page.get_by_label("Hyperparameter 1, name").fill("eta")
    page.get_by_label("Hyperparameter 1, value").fill("0.05")
    page.get_by_role("button", name="Save and go to evaluation").click()
    page.get_by_role("button", name="Add an evaluation job").click()
    page.get_by_label("Name of the job").fill("Holdout")
    page.get_by_label("Report file for job 1").set_input_files([str(BIAS), str(QUALITY)])
    if not scripts:  # scripts send the files at once
        page.get_by_role("button", name="Read the report").click()
    expect(page.get_by_text("read as Clarify Bias")).to_be_visible()
    expect(page.get_by_text("read as Model Monitor Model Quality Binary Classification")).to_be_visible()
    expect(page.locator(".cw-preview figure").first).to_be_visible()
    page.get_by_role("button", name="Save and go to ethics").click()
    page.get_by_label("Ethical considerations").fill("Gender is not an input.")
    page.get_by_label("Detail 1, key").fill("Regulation")
    page.get_by_label("Detail 1, value").fill("Annex III")
    page.get_by_role("button", name="Save and go to review").click()
    expect(page.locator("article")).to_contain_text("Gender is not an input.")
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def check_created(server: Server, name: str) -> None:
    card = described(server, name)
    content = card["Content"]
    assert card["ModelCardStatus"] == "Draft"
    assert content["model_overview"]["model_version"] == 2
    assert content["model_overview"]["model_description"] == "Ranks loans.\nNever refuses one alone."
    assert content["model_overview"]["model_artifact"] == ["s3://bucket/one.tar.gz", "s3://bucket/two.tar.gz"]
    assert content["intended_uses"]["risk_rating"] == "High"
    training = content["training_details"]
    assert training["objective_function"] == {"function": {"function": "Maximize", "facet": "AUC"}}
    assert training["training_job_details"] == {
        "training_metrics": [{"name": "train:auc", "value": 0.9664}],
        "hyper_parameters": [{"name": "eta", "value": "0.05"}],
    }
    (evaluation,) = content["evaluation_details"]
    assert evaluation["name"] == "Holdout"
    assert len(evaluation["metric_groups"]) > 2
    assert not [key for key in evaluation if key.startswith("_")]
    assert content["additional_information"]["custom_details"] == {"Regulation": "Annex III"}


def test_a_card_with_two_uploaded_reports_is_made_with_scripts(page: Page, console: Server) -> None:
    create_with_two_reports(page, "loan-ranker", scripts=True)
    expect(page.get_by_role("status").get_by_text("loan-ranker created")).to_be_visible()
    check_created(console, "loan-ranker")


def test_a_card_with_two_uploaded_reports_is_made_without_scripts(plain_page: Page, console: Server) -> None:
    create_with_two_reports(plain_page, "loan-ranker-plain", scripts=False)
    check_created(console, "loan-ranker-plain")


def test_a_draft_survives_a_closed_tab_and_going_back_loses_nothing(page: Page, console: Server) -> None:
    page.goto("/new")
    page.get_by_label("Card name").fill("kept-draft")
    page.get_by_role("button", name="Save and go to training").click()
    page.get_by_label("Training observations").fill("Overfits after 40 rounds.")
    page.get_by_role("button", name="Model", exact=True).click()
    page.goto("/cards")
    page.get_by_role("link", name="Unfinished").click()
    page.get_by_role("link", name="kept-draft", exact=True).click()
    page.get_by_role("navigation", name="Steps").get_by_text("Training").click()
    expect(page.get_by_label("Training observations")).to_have_value("Overfits after 40 rounds.")
    page.get_by_role("navigation", name="Steps").get_by_text("Model and intended use").click()
    page.get_by_role("link", name="Discard draft").click()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_role("link", name="kept-draft")).to_have_count(0)


def test_a_page_does_not_move_after_it_went_to_a_field(page: Page) -> None:
    page.goto("/new")
    went, pressed = page.get_by_label("Purpose of the model").evaluate(
        """async (field) => {
            field.focus();
            const went = scrollY;
            await new Promise((done) => setTimeout(done, 300));
            return [went, scrollY];
        }"""
    )
    assert went == pressed > 0  # what moves under a click takes it away


def test_a_file_dropped_on_a_job_is_read_at_once(page: Page) -> None:
    page.goto("/new")
    page.get_by_label("Card name").fill("dropped")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("navigation", name="Steps").get_by_text("Evaluation").click()
    page.get_by_role("button", name="Add an evaluation job").click()
    page.locator(".cw-drop").wait_for()
    page.evaluate(
        """text => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "bias.json", { type: "application/json" }));
            const drop = document.querySelector(".cw-drop");
            drop.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
        }""",
        BIAS.read_text(),
    )
    expect(page.get_by_text("read as Clarify Bias")).to_be_visible()
    expect(page.get_by_label("Name of the job")).to_have_value("Bias")


def test_metrics_are_written_by_hand(page: Page, console: Server) -> None:
    page.goto("/new")
    page.get_by_label("Card name").fill("by-hand")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("navigation", name="Steps").get_by_text("Evaluation").click()
    page.get_by_role("button", name="Add an evaluation job").click()
    page.get_by_label("Name of the job").fill("Review")
    page.get_by_role("button", name="Add metrics by hand").click()
    page.get_by_label("Metric group").fill("Figures")
    page.get_by_label("Metric 1, name").fill("accuracy")
    page.get_by_label("Metric 1, value").fill("0.91")
    page.get_by_role("button", name="Add a metric").click()
    page.get_by_label("Metric 2, name").fill("passed")
    page.get_by_label("Metric 2, value").fill("true")
    page.get_by_role("button", name="Add a metric").click()
    page.get_by_label("Metric 3, name").fill("gone")
    page.get_by_role("button", name="Remove metric 3").click()
    expect(page.get_by_label("Metric 3, name")).to_have_count(0)
    page.get_by_role("button", name="Save and go to ethics").click()
    page.get_by_role("button", name="Save and go to review").click()
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("by-hand")
    assert described(console, "by-hand")["Content"]["evaluation_details"] == [
        {
            "name": "Review",
            "metric_groups": [
                {
                    "name": "Figures",
                    "metric_data": [
                        {"name": "accuracy", "type": "number", "value": 0.91},
                        {"name": "passed", "type": "boolean", "value": True},
                    ],
                }
            ],
        }
    ]


def test_errors_are_shown_at_their_fields_and_in_a_summary_with_links(page: Page) -> None:
    page.goto("/new")
    page.get_by_label("Card name").fill("fraud-classifier")
    page.get_by_label("Model version").fill("v8")
    page.get_by_label("Model description").fill("x" * 1062)
    expect(page.locator(".cw-count-over")).to_have_text("38 over the limit of 1,024")
    page.get_by_role("button", name="Save and go to training").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("3 things need correcting before the next step")
    expect(summary).to_be_focused()
    expect(page.get_by_text("Write a number, 1 or higher. For example 8 or 8.1.").last).to_be_visible()
    expect(page.get_by_label("Model version")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Model description")).to_have_value("x" * 1062)
    expect(page.get_by_role("link", name="Open fraud-classifier")).to_have_attribute("href", "/cards/fraud-classifier")
    summary.get_by_role("link", name="Model version").click()
    expect(page.get_by_label("Model version")).to_be_focused()


def test_a_model_name_that_another_card_uses_is_refused_with_a_link(page: Page) -> None:
    page.goto("/new")
    page.get_by_label("Card name").fill("second-of-its-model")
    page.get_by_label("Model name").fill("fraud-classifier")
    page.get_by_role("button", name="Save and go to training").click()
    expect(page.get_by_role("alert")).to_contain_text("a model has one card")
    expect(page.get_by_role("link", name="Open fraud-classifier")).to_be_visible()


def test_a_card_is_found_while_typing_and_the_address_keeps_the_search(page: Page) -> None:
    page.goto("/cards")
    page.keyboard.press("/")
    page.keyboard.type("chargeb")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("mark").first).to_have_text(re.compile("chargeb", re.I))
    expect(page).to_have_url(re.compile(r"\?q=chargeb"))
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("combobox", name="Status").select_option("Archived")
    expect(page.get_by_role("heading", name="No card matches “chargeb”")).to_be_visible()
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("chargeb")


def test_cards_are_archived_together_and_undo_brings_each_status_back(page: Page, console: Server) -> None:
    client = console.client()
    for name, status in (("bulk-one", "Draft"), ("bulk-two", "Approved")):
        client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus=status)
    page.goto("/cards?q=bulk")
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Archive…").click()
    expect(page.get_by_label("Comment")).to_have_attribute("required", "")
    expect(page.get_by_text("Required because 1 card is Approved.")).to_be_visible()
    page.get_by_role("button", name="Archive 2 cards").click()
    expect(page.get_by_label("Comment")).to_be_focused()
    assert described(console, "bulk-one")["ModelCardStatus"] == "Draft"
    page.get_by_label("Comment").fill("Replaced by other models.")
    page.get_by_role("button", name="Archive 2 cards").click()
    expect(page.get_by_text("2 cards archived")).to_be_visible()
    assert described(console, "bulk-two")["ModelCardStatus"] == "Archived"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 cards as before")).to_be_visible()
    assert described(console, "bulk-one")["ModelCardStatus"] == "Draft"
    assert described(console, "bulk-two")["ModelCardStatus"] == "Approved"


def test_the_bar_names_the_cards_that_approve_leaves_out(page: Page, console: Server) -> None:
    client = console.client()
    for name, status in (("barred-draft", "Draft"), ("barred-periodic", "Approved")):
        client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus=status)
    own_client(client).request_review(ModelCardName="barred-periodic")
    page.goto("/cards?q=barred")
    bar = page.get_by_role("region", name="Selected cards")
    page.get_by_label("Select barred-periodic").check()
    expect(bar).to_contain_text("Left out by Ask for review: barred-periodic (It has an open review already)")
    page.get_by_label("Select barred-draft").check()
    expect(bar).to_contain_text("Left out by Approve: barred-draft (It is not under review: ask for a review first)")
    page.get_by_label("Select barred-periodic").uncheck()
    expect(bar).not_to_contain_text("Ask for review: barred")
    page.get_by_role("button", name="Approve…").click()
    expect(page.get_by_text("It is not under review: ask for a review first")).to_be_visible()
    page.get_by_role("link", name="barred-draft").click()
    page.go_back()
    expect(page.get_by_role("heading", name="1 card left out")).to_be_visible()


def test_selected_cards_are_exported_in_one_file(page: Page, console: Server) -> None:
    page.goto("/cards?q=demand")
    page.get_by_label("Select demand-forecaster").check()
    page.get_by_role("button", name="Export…").click()
    page.get_by_label("JSON content").check()
    page.get_by_role("button", name="Export 1 card").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download model-cards.zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.namelist() == ["demand-forecaster-v2.json"]
        stored = console.client().describe_model_card(ModelCardName="demand-forecaster")["Content"]
        assert archive.read("demand-forecaster-v2.json").decode() == stored


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_version_is_downloaded_in_every_format(page: Page, kind: str) -> None:
    page.goto("/cards/demand-forecaster?version=1")
    page.locator("summary.btn", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=FORMATS[kind].title).first.click()
    assert download.value.suggested_filename == f"demand-forecaster-v1{FORMATS[kind].extension}"
    text = download.value.path().read_bytes()
    # The card has no results of benchmarks on the Hub.
    assert text == b"[]\n" if kind == "huggingface-results" else len(text) > 100


def test_a_change_of_status_is_in_the_history(page: Page, console: Server) -> None:
    console.client().create_model_card(ModelCardName="moving", Content="{}", ModelCardStatus="Draft")
    page.goto("/cards/moving")
    page.get_by_text("Change status").click()
    page.get_by_role("button", name="Pending review").click()
    expect(page.get_by_text("moving sent for review")).to_be_visible()
    page.get_by_text("Change status").click()
    page.get_by_role("button", name="Approved").click()
    expect(page.locator("#history li").first).to_contain_text("Approved")
    page.locator("#history > summary").click()
    page.get_by_role("link", name="Full history").last.click()
    expect(page.locator("tbody").first.locator("tr")).to_have_count(3)


def test_an_edit_saves_a_new_version_with_its_note_and_leaves_the_rest_as_it_was(page: Page, console: Server) -> None:
    content = {"model_overview": {"model_name": "edited-model", "model_version": 1.0}, "evaluation_details": []}
    content["training_details"] = {"objective_function": {"anything": ["goes", 1]}}
    console.client().create_model_card(ModelCardName="edited", Content=json.dumps(content), ModelCardStatus="Draft")
    page.goto("/cards/edited")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Purpose of the model").fill("Sorting.")
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click()
    page.get_by_label("What changed, and why").fill("Purpose written down")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.locator("#versions")).to_contain_text("Purpose written down")
    card = described(console, "edited")
    assert card["ModelCardVersion"] == 2
    assert card["Content"]["training_details"] == content["training_details"]
    assert card["Content"]["intended_uses"] == {"purpose_of_model": "Sorting."}


def test_an_edit_that_changes_nothing_makes_no_version(page: Page, console: Server) -> None:
    text = '{ "model_overview": {"model_description": "a\\r\\nb", "model_version": 2.0} }'
    console.client().create_model_card(ModelCardName="untouched", Content=text, ModelCardStatus="Draft")
    page.goto("/cards/untouched")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Save and go to training").click()
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click()
    expect(page.get_by_text("No changes yet")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("untouched")
    card = console.client().describe_model_card(ModelCardName="untouched")
    assert (card["ModelCardVersion"], card["Content"]) == (1, text)


def test_a_version_saved_during_an_edit_is_shown_and_nothing_is_lost(page: Page, console: Server) -> None:
    client = console.client("jonas")
    content: dict[str, Any] = {"intended_uses": {"purpose_of_model": "one"}, "additional_information": {}}
    client.create_model_card(ModelCardName="shared", Content=json.dumps(content), ModelCardStatus="Draft")
    page.goto("/cards/shared")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Purpose of the model").fill("mine")
    page.get_by_role("button", name="Save draft").click()
    content["additional_information"]["caveats_and_recommendations"] = "theirs"
    client.update_model_card(ModelCardName="shared", Content=json.dumps(content))
    page.get_by_role("navigation", name="Steps").get_by_text("Review and save").click()
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_role("heading", name="jonas saved version 2 while you were editing")).to_be_visible()
    expect(page.get_by_text("The changes do not touch each other")).to_be_visible()
    page.get_by_role("button", name="Save mine on top as version 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("shared")
    saved = described(console, "shared")
    assert saved["ModelCardVersion"] == 3
    assert saved["Content"]["intended_uses"]["purpose_of_model"] == "mine"
    assert saved["Content"]["additional_information"]["caveats_and_recommendations"] == "theirs"


def test_two_tabs_on_one_draft_the_second_sees_what_changed(page: Page) -> None:
    page.goto("/new")
    page.get_by_label("Card name").fill("two-tabs")
    page.get_by_role("button", name="Save draft").click()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Owner").fill("First window")
    other.get_by_role("button", name="Save draft").click()
    page.get_by_label("Owner").fill("Second window")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("This draft was saved in another window.")).to_be_visible()
    expect(page.get_by_text("The other window has: First window")).to_be_visible()
    expect(page.get_by_label("Owner")).to_have_value("Second window")
    page.get_by_role("button", name="Save draft").click()
    other.reload()
    expect(other.get_by_label("Owner")).to_have_value("Second window")


def test_a_card_is_deleted_after_its_name_was_typed(page: Page, console: Server) -> None:
    console.client().create_model_card(ModelCardName="doomed", Content="{}", ModelCardStatus="Draft")
    page.goto("/cards/doomed")
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_label("Type the card’s name to confirm").fill("domed")
    page.get_by_role("button", name="Delete card").click()
    expect(page.get_by_text("That is not the name.")).to_be_visible()
    page.get_by_label("Type the card’s name to confirm").fill("doomed")
    page.get_by_role("button", name="Delete card").click()
    expect(page.get_by_text("doomed deleted")).to_be_visible()
    assert console.client().list_model_cards(NameContains="doomed")["ModelCardSummaries"] == []


def test_a_described_card_is_imported_as_a_draft(page: Page, console: Server) -> None:
    content = {"model_overview": {"model_name": "from-elsewhere"}}
    page.goto("/import")
    page.get_by_role("textbox", name="JSON or Markdown").fill(
        json.dumps({"ModelCardName": "imported", "Content": json.dumps(content)})
    )
    page.get_by_role("button", name="Import as draft").click()
    expect(page.get_by_role("heading", name="Review and save")).to_be_visible()
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("imported")
    assert described(console, "imported")["Content"] == content


def test_a_duplicate_leaves_out_what_belongs_to_the_model(page: Page) -> None:
    page.goto("/cards/fraud-classifier")
    page.get_by_label("More actions").click()
    page.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_label("Model name")).to_have_value("")
    expect(page.get_by_label("Model ID")).to_have_value("")
    expect(page.get_by_label("Owner")).to_have_value("Payments Risk")


def test_the_whole_way_goes_with_the_keyboard_alone(page: Page, console: Server) -> None:
    page.goto("/cards")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the cards")).to_be_focused()
    tab_to(page, "Create card")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("New card"))
    tab_to(page, "Card name")
    page.keyboard.type("by-keyboard")
    page.keyboard.press("Alt+S")
    expect(page.get_by_text("Draft saved", exact=True)).to_be_visible()
    page.keyboard.press("Alt+5")
    expect(page.get_by_role("heading", name="Review and save")).to_be_visible()
    tab_to(page, "Save card")
    page.keyboard.press("Enter")
    expect(page.get_by_text("by-keyboard created")).to_be_visible()
    tab_to(page, "Change status")
    page.keyboard.press("Enter")
    tab_to(page, "Pending review Requests a review")
    page.keyboard.press("Enter")
    expect(page.get_by_text("by-keyboard sent for review")).to_be_visible()
    assert described(console, "by-keyboard")["ModelCardStatus"] == "PendingReview"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(80):
        page.keyboard.press("Tab")
        called = page.evaluate(
            "(e => e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.innerText)(document.activeElement)"
        )
        if " ".join((called or "").split()) == name:
            return
    pytest.fail(f"nothing called {name} can be reached")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_export_is_asked_for_watched_and_fetched(
    scripts: bool, page: Page, plain_page: Page, console: Server
) -> None:
    page, name = (page, "exported") if scripts else (plain_page, "exported-plain")
    console.client().create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Draft")
    page.goto(f"/cards/{name}")
    expect(page.get_by_text("No exports yet")).to_be_visible()
    page.locator("summary.btn", has_text="Export").click()
    page.get_by_role("link", name="Export to the object store").click()
    page.get_by_label("Folder").fill("somewhere")
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_text("'somewhere' is not an output path: write s3://bucket/prefix.")).to_be_visible()
    page.get_by_label("Folder").fill("s3://audits/2026")
    page.get_by_label("Name of the export").fill("for-the-audit")
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("status").get_by_text("The PDF of version 1 is being written")).to_be_visible()
    if not scripts:
        wait(console.client(), f"arn:aws:sagemaker:us-east-1:000000000000:model-card/{name}/export-job/for-the-audit")
        page.reload()
    link = page.get_by_role("link", name="Download the PDF of version 1, for-the-audit")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"{name}-v1.pdf"
    assert (
        Path(download.value.path()).read_bytes()
        == (console.home / "objects" / "audits" / "2026" / name / "for-the-audit.pdf").read_bytes()
    )
    page.get_by_role("link", name="All exports").click()
    expect(page.get_by_role("row", name=re.compile("for-the-audit.*Completed"))).to_be_visible()


@pytest.mark.parametrize(("address", "label", "value"), [("/cards", "Risk", "High"), ("/models", "Sort", "name")])
def test_leaving_the_search_loads_no_second_list_over_a_click_on_the_first(
    address: str, label: str, value: str, page: Page
) -> None:
    asked: list[str] = []
    page.clock.install()
    page.goto(address)
    page.on("request", lambda request: asked.append(request.url) if f"{address}?" in request.url else None)
    page.get_by_role("searchbox").fill("fraud")
    expect(page).to_have_url(re.compile("q=fraud"))
    expect(page.locator("tbody tr").first).to_contain_text("fraud")
    assert len(asked) == 1
    page.get_by_role("searchbox").blur()
    page.clock.fast_forward(10_000)
    assert len(asked) == 1
    page.locator("select").and_(page.get_by_label(label, exact=True)).select_option(value)
    expect(page).to_have_url(re.compile(f"{label.lower()}={value}"))
    assert len(asked) == 2


def test_a_card_is_not_changed_by_walking_through_its_steps(page: Page, console: Server) -> None:
    content = {
        "model_overview": {"model_creator": "", "model_owner": " ana ", "model_artifact": []},
        "training_details": {"training_job_details": {"hyper_parameters": [], "user_provided_training_metrics": []}},
        "evaluation_details": [],
        "additional_information": {"custom_details": {}},
    }
    console.client().create_model_card(
        ModelCardName="walked-through", Content=json.dumps(content), ModelCardStatus="Draft"
    )
    page.goto("/cards/walked-through")
    page.get_by_role("button", name="Edit").first.click()
    for _ in range(4):
        page.get_by_role("button", name="Save and go to").click()
    expect(page.get_by_role("heading", name="Review and save")).to_be_visible()
    expect(page.get_by_text("No changes yet: saving makes no new version.")).to_be_visible()
