"""Access of the form in each of its states: gaps, failed saves, templates, policies, sent back. Also of settings."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.own_client import own_client
from tests.console.conftest import SHAPES, open_as
from tests.console.test_pages import check, check_inline
from tests.servers import Server


@pytest.fixture(scope="module")
def drafted(governed: Server) -> Server:
    """Cards of mei: one that lacks its owner, which the policy requires; one that ravi sent back; a template."""
    mei: Any = governed.client(*governed.key("000000000000", "mei", "author"))
    ravi: Any = governed.client(*governed.key("000000000000", "ravi", "approver"))
    overview = {"model_overview": {"model_owner": "Risk", "model_description": "Scores."}}
    mei.create_model_card(ModelCardName="states-gaps", Content="{}", ModelCardStatus="Draft")
    mei.create_model_card(ModelCardName="states-back", Content=json.dumps(overview), ModelCardStatus="Draft")
    digest = own_client(mei).request_review(ModelCardName="states-back", Reviewers=["ravi"])["ContentDigest"]
    own_client(ravi).decide_review(
        ModelCardName="states-back", Decision="request_changes", ContentDigest=digest, Comment="Which loans?"
    )
    mei.create_model_card(
        ModelCardName="states-template",
        Content=json.dumps(overview),
        ModelCardStatus="Draft",
        Tags=[{"Key": "cardwright:template", "Value": "For scores"}],
    )
    return governed


@pytest.fixture(params=SHAPES, ids=list(SHAPES))
def mei(request: pytest.FixtureRequest, browser: Browser, drafted: Server) -> Iterator[Page]:
    """A window of mei's, an author, without the page's policy on scripts, for axe-core."""
    context = browser.new_context(base_url=drafted.url, bypass_csp=True, **SHAPES[request.param])
    page = open_as(context, drafted, "mei")
    yield page
    context.close()


def looked_at(page: Page) -> None:
    check_inline(page)
    check(page)


def test_gaps_and_fields_that_a_policy_requires_have_no_fault(mei: Page) -> None:
    mei.goto("/cards/states-gaps/edit/review")
    expect(mei.get_by_text("1 field is required by the policy two-reviews.")).to_be_visible()
    looked_at(mei)
    mei.goto("/cards/states-gaps/edit/model#f-model_overview-model_owner")
    expect(mei.get_by_text("Required for approval")).to_be_visible()
    looked_at(mei)
    mei.goto("/cards/states-gaps/edit/evaluation")
    looked_at(mei)


def test_a_save_that_failed_has_no_fault(mei: Page) -> None:
    mei.goto("/cards/states-gaps/edit/model")
    mei.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    mei.get_by_label(re.compile("^Owner")).fill("Credit")
    expect(mei.locator(".cw-saved")).to_contain_text("Not saved")
    looked_at(mei)


def test_a_card_that_was_sent_back_has_no_fault(mei: Page) -> None:
    mei.goto("/cards/states-back")
    expect(mei.get_by_text("Which loans?").first).to_be_visible()
    looked_at(mei)
    mei.goto("/cards/states-back/edit/model")
    expect(mei.get_by_text("Which loans?").first).to_be_visible()
    looked_at(mei)


def test_a_chosen_template_has_no_fault(mei: Page) -> None:
    mei.goto("/new")
    looked_at(mei)
    mei.locator("[name=name]").fill("states-new")
    mei.locator("[name=template]").select_option("states-template")
    mei.locator('button[name="do"][value="template"]').click()
    expect(mei.get_by_text("Begun with the template states-template").first).to_be_visible()
    looked_at(mei)
    mei.goto(mei.url.rpartition("/")[0] + "/discard")
    mei.get_by_role("button", name="Discard").click()


def test_settings_the_account_and_lists_of_a_person_have_no_fault(mei: Page) -> None:
    for address in ("/settings", "/me", "/cards?author=me", "/cards?waiting=me", "/cards?q=scores", "/drafts"):
        mei.goto(address)
        looked_at(mei)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_matrix_switches_between_counts_and_shares_without_scripts(
    browser: Browser, drafted: Server, shape: str
) -> None:
    labels = [f"class {n}" for n in range(14)]
    rows = [[90 if row == column else 10 * (column == row + 1) for column in range(14)] for row in range(14)]
    matrix = {"name": "confusion_matrix", "type": "matrix", "value": rows, "x_axis_name": labels, "y_axis_name": labels}
    jobs = [{"name": "Test", "metric_groups": [{"name": "multiclass_classification_metrics", "metric_data": [matrix]}]}]
    client: Any = drafted.client(*drafted.key("000000000000", "mei", "author"))
    name = f"states-matrix-{shape}"
    client.create_model_card(
        ModelCardName=name, Content=json.dumps({"evaluation_details": jobs}), ModelCardStatus="Draft"
    )
    context = browser.new_context(base_url=drafted.url, java_script_enabled=False, **SHAPES[shape])
    page = open_as(context, drafted, "mei")
    page.goto(f"/cards/{name}?open=all")
    cell = page.locator(".cw-mx tbody tr").first.locator("td").first
    expect(cell).to_have_text(re.compile("90"))
    expect(cell.locator(".n")).to_be_visible()
    page.get_by_role("radio", name="Share of the row").check()
    expect(cell.locator(".n")).to_be_hidden()
    expect(cell.locator(".s")).to_have_text("90.0")
    context.close()
    context = browser.new_context(base_url=drafted.url, bypass_csp=True, **SHAPES[shape])
    page = open_as(context, drafted, "mei")
    page.goto(f"/cards/{name}?open=all")
    page.get_by_role("radio", name="Share of the row").check()
    looked_at(page)
    assert page.complaints == []  # type: ignore[attr-defined]  # a place of our own on Playwright's object
    context.close()
