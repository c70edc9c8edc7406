"""Journeys of people who sign in, in a real browser: in and out, forms that outlive a session, roles, people."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import servers
from tests.cli.commands import run_text
from tests.console.conftest import REPORTS, watched
from tests.console.team import PASSWORD, add_users, enter_as, newly_signed_in
from tests.console.test_pages import SHAPES, check
from tests.servers import Server
from tests.waiting import DEADLINE

Open = Callable[..., Page]


def enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def window(browser: Browser, team: Server) -> Iterator[Open]:
    """Opens separate browsers; each may be signed in first, as a user."""
    contexts: list[BrowserContext] = []

    def open_window(name: str | None = None, **shape: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}} | shape
        contexts.append(browser.new_context(base_url=team.url, **options))
        if name is not None:
            enter_as(contexts[-1], team, newly_signed_in(team, name))
        return watched(contexts[-1])

    yield open_window
    for context in contexts:
        for page in context.pages:
            complaints = [text for text in page.complaints if "status of 4" not in text]  # type: ignore[attr-defined]
            assert not complaints
        context.close()


@pytest.fixture(scope="module")
def client(team: Server) -> Any:
    """What programs do on the same server."""
    return team.client(*team.key("000000000000", "maker", "admin"))


def make_card(client: Any, name: str, status: str = "Draft") -> None:
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus=status)


def let_sessions_rest(server: Server, user: str) -> None:
    """Two hours pass for a person's sessions."""
    with closing(sqlite3.connect(server.home / "cardwright.db", timeout=DEADLINE)) as database, database:
        database.execute("UPDATE sessions SET seen_at = seen_at - 7200000 WHERE user_name = ?", (user,))


def test_a_user_signs_in_with_the_keyboard_alone_and_out_again(window: Open) -> None:
    page = window()
    page.goto("/cards/fraud-classifier")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("mei")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You are not signed in.")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("fraud-classifier")
    page.get_by_label("You are mei").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status").first).to_have_text("You are signed out.")
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()


def test_signing_in_works_without_scripts_and_on_a_phone_in_the_dark(window: Open) -> None:
    page = window(java_script_enabled=False, **SHAPES["narrow-dark"])
    page.goto("/")
    enter(page, "vic")
    page.get_by_label("You are vic").click()
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_signing_out_everywhere_ends_another_browser_at_its_next_click(window: Open, team: Server) -> None:
    add_users(team, wanda="author")
    there, here = window("wanda"), window("wanda")
    there.goto("/cards")
    here.goto("/me")
    expect(here.get_by_text("This browser")).to_have_count(1)
    expect(here.locator("#sessions tbody tr")).to_have_count(2)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.get_by_text("1 other session ended")).to_be_visible()
    there.get_by_role("link", name="Unfinished").click()
    expect(there.get_by_text("Your session has ended")).to_be_visible()
    enter(there, "wanda")
    here.get_by_role("button", name="Sign out everywhere", exact=True).click()
    expect(here.get_by_text("You are signed out.")).to_be_visible()
    there.reload()
    expect(there.get_by_label("Password")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_sent_after_its_session_ended_is_saved_after_signing_in(
    window: Open, team: Server, scripts: bool
) -> None:
    page = window("mei", java_script_enabled=scripts)
    page.goto("/new")
    page.get_by_label("Card name").fill(f"outlives-{scripts}".lower())
    page.get_by_label("Model description").fill("Line one.\n<b>Line two</b> & more: ∂.")
    let_sessions_rest(team, "mei")
    page.get_by_role("button", name="Save and go to training").click()
    expect(page.get_by_text("Your session ended while you were writing.")).to_be_visible()
    expect(page.get_by_label("User name")).to_have_value("mei")
    enter(page, "mei", "wrong password")
    expect(page.get_by_role("alert")).to_contain_text("You are not signed in.")
    enter(page, "mei")
    if not scripts:
        page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("step 2 of 5"))
    page.get_by_role("button", name="Model", exact=True).click()
    expect(page.get_by_label("Model description")).to_have_value("Line one.\n<b>Line two</b> & more: ∂.")


def test_a_script_without_a_session_gets_no_page_and_no_token(team: Server) -> None:
    visitor = newly_signed_in(team, "mei")
    visitor.get("/new")
    let_sessions_rest(team, "mei")
    saved = visitor.post("/drafts", [("do", "auto"), ("name", "unsaved")], {"Accept": "application/json"})
    assert (saved.status, saved.text) == (401, "Sign in first.\n")
    assert saved.headers["Set-Cookie"] is None  # a token of the page that a button gets at the same time stays valid


def test_a_report_dropped_after_the_session_ended_is_asked_for_again(window: Open, team: Server) -> None:
    page = window("mei")
    page.goto("/new")
    page.get_by_label("Card name").fill("late-report")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("navigation", name="Steps").get_by_text("Evaluation").click()
    page.get_by_role("button", name="Add an evaluation job").click()
    page.get_by_label("Name of the job").fill("Holdout")
    let_sessions_rest(team, "mei")
    page.locator("input[type=file]").set_input_files(str(REPORTS / "clarify_bias.json"))
    expect(page.get_by_text("Your session ended while you were writing.")).to_be_visible()
    enter(page, "mei")
    expect(page.get_by_label("Name of the job")).to_have_value("Holdout")
    page.locator("input[type=file]").set_input_files(str(REPORTS / "clarify_bias.json"))
    expect(page.get_by_text("read as Clarify Bias")).to_be_visible()


def test_what_one_wrote_is_not_sent_by_another(window: Open, team: Server) -> None:
    page = window("mei")
    page.goto("/new")
    page.get_by_label("Card name").fill("mine-not-yours")
    let_sessions_rest(team, "mei")
    page.get_by_role("button", name="Save draft").click()
    enter(page, "vic")
    expect(page.get_by_text("The form that mei wrote was not submitted")).to_be_visible()
    expect(page.get_by_text("mine-not-yours")).to_have_count(0)


def test_a_form_from_before_another_sign_in_is_sent_when_asked(window: Open, team: Server) -> None:
    page = window("mei")
    page.goto("/new")
    page.get_by_label("Card name").fill("two-tabs")
    let_sessions_rest(team, "mei")
    other = page.context.new_page()
    other.complaints = []  # type: ignore[attr-defined]  # as the first page has them
    other.goto("/cards")
    enter(other, "mei")
    # On a slow machine the page tries to save by itself before: its notice then has such a button, above the form's.
    page.get_by_role("button", name="Save draft").last.click()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_label("Card name")).to_have_value("two-tabs")
    expect(page.get_by_text("Draft saved", exact=True)).to_be_visible()


def test_a_search_while_typing_after_the_session_ended_leads_to_sign_in_and_back(
    window: Open, team: Server, client: Any
) -> None:
    make_card(client, "found-after")
    page = window("mei")
    page.goto("/cards?status=Draft")
    let_sessions_rest(team, "mei")
    page.get_by_role("searchbox").fill("found")
    expect(page.get_by_label("Password")).to_be_visible()
    enter(page, "mei")
    expect(page).to_have_url(re.compile(r"/cards\?status=Draft"))


def test_each_role_is_offered_what_it_may_do(window: Open, client: Any) -> None:
    make_card(client, "offered", "PendingReview")
    offers = {
        "vic": {"Edit": 0, "Change status": 0, "Approved": 0, "Delete": 0, "People": 0, "Create card": 0},
        "mei": {"Edit": 1, "Change status": 1, "Approved": 0, "Delete": 1, "People": 0, "Create card": 1},
        "ravi": {"Edit": 1, "Change status": 1, "Approved": 1, "Delete": 1, "People": 0, "Create card": 1},
        "ana": {"Edit": 1, "Change status": 1, "Approved": 1, "Delete": 1, "People": 1, "Create card": 1},
    }
    for name, wanted in offers.items():
        page = window(name)
        page.goto("/cards")
        create = page.get_by_role("link", name="Create card").count()
        page.goto("/cards/offered")
        found = {
            "Edit": page.get_by_role("button", name="Edit").count(),
            "Change status": page.locator("summary", has_text="Change status").count(),
            "Approved": page.locator('button[name="status"][value="Approved"]').count(),
            "Delete": page.locator('a[href$="/delete"]').count(),
            "People": page.locator('.cw-me a[href="/users"]').count(),
            "Create card": create,
        }
        assert found == wanted, name
    page = window("vic")
    for address in ("/models", "/packages", "/training-jobs", "/cards/offered"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Create card")).to_have_count(0)
        expect(page.get_by_text("Export to the object store")).to_have_count(0)
    page = window("mei")
    page.goto("/cards/offered")
    page.locator("summary", has_text="Change status").click()
    expect(page.get_by_text("Only approvers can approve a card")).to_be_visible()


def test_a_page_that_a_role_may_not_see_says_who_may(window: Open) -> None:
    page = window("mei")
    page.goto("/users")
    expect(page.get_by_role("heading", level=1)).to_have_text("Only administrators can do this")
    expect(page.locator("main")).to_contain_text("You are signed in as mei, an author.")
    expect(page.locator("main")).to_contain_text("Ask ana.")
    page = window("vic")
    page.goto("/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("Only authors, approvers and administrators can do this")


def test_an_author_reopens_an_approved_card_with_the_save(window: Open, client: Any) -> None:
    make_card(client, "was-approved", "Approved")
    page = window("mei")
    page.goto("/cards/was-approved")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Owner").fill("Another owner")
    page.get_by_role("navigation", name="Steps").get_by_text("Review").click()
    expect(page.get_by_label("Status", exact=True).locator("option")).to_have_text(["Draft", "Pending review"])
    page.get_by_label("Status", exact=True).select_option("PendingReview")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Ending an approval requires a comment.").last).to_be_visible()
    assert client.describe_model_card(ModelCardName="was-approved")["ModelCardStatus"] == "Approved"
    page.get_by_label("What changed, and why").fill("Another owner.")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("was-approved")
    card = client.describe_model_card(ModelCardName="was-approved")
    assert (card["ModelCardVersion"], card["ModelCardStatus"]) == (2, "PendingReview")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_card_is_sent_back_and_approved_with_comments(window: Open, team: Server, client: Any, scripts: bool) -> None:
    name = f"commented-{scripts}".lower()
    make_card(client, name, "PendingReview")
    page = window("ravi", java_script_enabled=scripts)
    page.goto(f"/cards/{name}")
    page.locator("summary", has_text="Change status").click()
    page.locator('button[name="status"][value="Draft"]').click()
    expect(page.get_by_text("Say what should change")).to_be_visible()
    page.get_by_role("textbox", name="Comment").fill("Bias by age is missing.\n<script>alert(1)</script>")
    page.get_by_role("button", name="Send it back").click()
    comment = page.locator(".cw-comment").first
    expect(comment).to_contain_text("<script>alert(1)</script>")
    page.locator("summary", has_text="Change status").click()
    page.get_by_role("textbox", name="Comment").fill("Now it is there.")
    page.locator('button[name="status"][value="Approved"]').click()
    expect(page.locator(".cw-comment").first).to_have_text("Now it is there.")
    page.goto(f"/cards/{name}/history")
    expect(page.locator(".cw-comment")).to_have_text(["Now it is there.", re.compile("Bias by age")])
    verified = run_text("verify", *team.store_options)
    assert verified.returncode == 0, verified.stdout
    assert "Bias by age" not in team.log.read_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_edit_in_review_goes_back_to_draft_with_a_comment_and_not_without_one(
    window: Open, client: Any, scripts: bool
) -> None:
    name = f"edited-in-review-{scripts}".lower()
    make_card(client, name, "PendingReview")
    page = window("ravi", java_script_enabled=scripts)
    page.goto(f"/cards/{name}")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Owner").fill("Another owner")
    page.locator('button[value="go:review"]:visible').first.click()
    page.get_by_label("Status", exact=True).select_option("Draft")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_role("alert")).to_contain_text("1 thing needs correcting")
    page.get_by_role("alert").get_by_role("link", name="Comment").click()
    expect(page.get_by_text("Say what should change: the author reads it on the card.").last).to_be_visible()
    assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 1
    page.get_by_role("textbox", name="Comment on the review").fill("Name the owner’s team.")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.locator(".cw-comment").first).to_have_text("Name the owner’s team.")
    card = client.describe_model_card(ModelCardName=name)
    assert (card["ModelCardVersion"], card["ModelCardStatus"]) == (2, "Draft")


def test_what_was_not_seen_is_not_approved_and_an_undo_is_one(team: Server, client: Any) -> None:
    make_card(client, "seen-once", "PendingReview")
    ravi = newly_signed_in(team, "ravi")
    ravi.get("/cards/seen-once")
    client.update_model_card(ModelCardName="seen-once", Content='{"model_overview": {"model_name": "seen-once"}}')
    late = ravi.post("/cards/seen-once/status", [("status", "Approved"), ("version", "1")])
    assert late.status == 409
    unsaid = ravi.post("/cards/seen-once/status", [("status", "Draft"), ("undo", "1"), ("version", "2")])
    assert (unsaid.status, "Say what should change" in unsaid.text) == (422, True)
    assert client.describe_model_card(ModelCardName="seen-once")["ModelCardStatus"] == "PendingReview"
    ravi.post("/cards/seen-once/status", [("status", "Archived"), ("version", "2")])
    ravi.post("/cards/seen-once/status", [("status", "PendingReview"), ("undo", "1")])
    assert client.describe_model_card(ModelCardName="seen-once")["ModelCardStatus"] == "PendingReview"


def test_administrators_add_change_and_remove_people(window: Open, team: Server) -> None:
    page = window("ana")
    page.goto("/cards")
    page.get_by_label("You are ana").click()
    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Add user").click()
    page.get_by_label("User name").fill("ANA")
    page.get_by_role("button", name="Add user").click()
    expect(page.get_by_text("There is a user ANA already")).to_be_visible()
    page.get_by_label("User name").fill("noor")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Add user").click()
    expect(page.get_by_text("A password has at least 12 characters")).to_be_visible()
    page.get_by_label("Password").fill("")
    page.get_by_label(re.compile("^Viewer")).check()
    page.get_by_role("button", name="Add user").click()
    made_up = page.locator(".cw-code").inner_text()
    noor = window()
    noor.goto("/me")
    enter(noor, "Noor", made_up)
    expect(noor.get_by_text("in account 000000000000")).to_be_visible()
    page.goto("/users/noor")
    page.get_by_label(re.compile("^Author")).check()
    page.get_by_role("button", name="Save role").click()
    expect(page.get_by_text("noor is author now")).to_be_visible()
    noor.goto("/cards")
    expect(noor.get_by_role("link", name="Create card")).to_be_visible()
    page.get_by_role("button", name="Disable").click()
    noor.reload()
    expect(noor.get_by_text("Your session has ended")).to_be_visible()
    enter(noor, "noor", made_up)
    expect(noor.get_by_role("alert")).to_contain_text("Wrong name or password")
    page.get_by_role("button", name="Enable").click()
    enter(noor, "noor", made_up)
    expect(noor).to_have_url(re.compile("/cards"))
    page.get_by_role("textbox", name="Password").fill("another good password")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("has a new password")).to_be_visible()
    noor.reload()
    expect(noor.get_by_label("Password")).to_be_visible()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_label("Type the user name to confirm").fill("nor")
    page.get_by_role("button", name="Delete user").click()
    expect(page.get_by_text("That is not the name")).to_be_visible()
    page.get_by_label("Type the user name to confirm").fill("noor")
    page.get_by_role("button", name="Delete user").click()
    expect(page.get_by_text("noor deleted")).to_be_visible()
    expect(page.locator("tbody").last.locator("tr").first).to_contain_text("User deleted")


def test_the_last_administrator_stays(window: Open) -> None:
    page = window("ana")
    page.goto("/users/ana")
    expect(page.get_by_text("ana is the only administrator")).to_be_visible()
    expect(page.get_by_role("button", name="Disable")).to_have_count(0)


def test_an_access_key_is_made_used_and_ends(window: Open, team: Server) -> None:
    page = window("ana")
    page.goto("/keys")
    page.get_by_label("User name").fill("vic")
    page.get_by_label("Role").select_option("admin")
    page.get_by_role("button", name="Make key").click()
    expect(page.get_by_role("alert")).to_contain_text("vic is Viewer, so the key cannot be Administrator")
    page.get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Make key").click()
    lines = page.locator(".cw-code").inner_text().split("\n")
    key_id, secret = (line.partition("=")[2] for line in lines)
    program = team.client(key_id, secret)
    assert program.list_model_cards()["ModelCardSummaries"]
    page.get_by_role("link", name="Done").click()
    assert secret not in page.content()
    vic = window("vic")
    vic.goto("/me")
    vic.get_by_role("link", name=f"Revoke {key_id}").click()
    vic.get_by_role("button", name="Revoke key").click()
    expect(vic.get_by_text("No access keys")).to_be_visible()
    with pytest.raises(program.exceptions.ClientError, match="UnrecognizedClientException"):
        program.list_model_cards()


def test_a_password_is_changed_by_its_owner(window: Open, team: Server) -> None:
    add_users(team, petra="viewer")
    page, other = window("petra"), window("petra")
    page.goto("/me")
    for now, new, again, words in (
        ("not my password", "new good password", "new good password", "This is not your password"),
        (PASSWORD, "new good password", "another", "Write the new password twice"),
        (PASSWORD, "short", "short", "at least 12 characters"),
    ):
        page.get_by_label("Current password").fill(now)
        page.get_by_label("New password", exact=True).fill(new)
        page.get_by_label("New password, again").fill(again)
        page.get_by_role("button", name="Change password").click()
        expect(page.locator(".cw-err")).to_contain_text(words)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("new good password")
    page.get_by_label("New password, again").fill("new good password")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed")).to_be_visible()
    other.goto("/cards")
    enter(other, "petra")
    expect(other.get_by_role("alert")).to_be_visible()
    enter(other, "petra", "new good password")
    expect(other).to_have_url(re.compile("/cards"))


def test_no_page_about_people_has_a_fault(browser: Browser, team: Server) -> None:
    add_users(team, axel="viewer")
    for shape in ("wide", "narrow-dark"):
        context = browser.new_context(base_url=team.url, bypass_csp=True, **SHAPES[shape])
        page = watched(context)
        page.goto("/sign-in")
        enter(page, "ana", "wrong password")
        page.get_by_role("alert").wait_for()
        check(page)
        enter(page, "ana")
        for address in ("/users", "/users/axel", "/keys", "/me"):
            page.goto(address)
            check(page)
        context.close()


def test_no_form_about_people_has_a_fault(browser: Browser, team: Server) -> None:
    context = browser.new_context(base_url=team.url, bypass_csp=True, **SHAPES["narrow-dark"])
    page = watched(context)
    page.goto("/users/new")
    enter(page, "ana")
    page.get_by_label("User name").fill("not a name")
    page.get_by_role("button", name="Add user").click()
    check(page)
    for address in ("/users/ana", "/users/vic/delete", "/users/history"):
        page.goto(address)
        check(page)
    page.get_by_label("You are ana").click()
    check(page)
    page.goto("/keys")
    page.get_by_label("User name").fill("program")
    page.get_by_role("button", name="Make key").click()
    check(page)
    page.get_by_role("link", name="Done").click()
    page.locator("a", has_text="Revoke").first.click()
    check(page)
    page.goto("/cards/waste-sorter-vision")
    page.locator("summary", has_text="Change status").click()
    check(page)
    page.locator('button[name="status"][value="Draft"]').click()
    check(page)
    page.get_by_label("You are ana").click()
    page.get_by_role("button", name="Sign out").click()
    enter(page, "vic")
    page.goto("/users")
    check(page)
    context.close()


def test_the_page_before_the_first_user_has_no_fault(browser: Browser, tmp_path: Path) -> None:
    with servers.running(tmp_path, "--auth", "sigv4") as server:
        context = browser.new_context(base_url=server.url, bypass_csp=True, **SHAPES["narrow-dark"])
        page = watched(context)
        page.goto("/")
        check(page)
        context.close()
