"""Pages of reviews and policies: access, widths, no scripts, conflicts, refusals, filters and policy files."""

import hashlib
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.own_client import own_client
from cardwright.console.policies.pages import summary
from tests.console.conftest import POLICY, SHAPES, open_as
from tests.console.team import add_users, signed_in
from tests.console.test_pages import check, check_inline
from tests.console.test_review_journey import CONTENT
from tests.console.visits import Answer, Visitor
from tests.servers import Server


@pytest.fixture(scope="module")
def author(governed: Server) -> Any:
    """A client with a key of lea, an author."""
    return governed.client(*governed.key("000000000000", "lea", "author"))


def asked(author: Any, name: str, *reviewers: str, content: dict[str, Any] = CONTENT) -> str:
    """A card in review."""
    author.create_model_card(ModelCardName=name, Content=json.dumps(content), ModelCardStatus="Draft")
    own_client(author).request_review(ModelCardName=name, Reviewers=list(reviewers), Comment="Please read it.")
    return name


def decide(visitor: Visitor, name: str, verdict: str, **more: str) -> Answer:
    """Post the form of a decision, with what the card's page says now unless given otherwise."""
    page = visitor.get(f"/cards/{name}").text
    found = re.search(r'name="digest" value="(\w+)"><input type="hidden" name="review" value="([\w-]+)"', page)
    target = {"digest": found[1], "review": found[2]} if found else {}
    return visitor.post(f"/cards/{name}/review/decide", list(({"verdict": verdict} | target | more).items()))


@pytest.fixture(scope="module")
def in_review(author: Any) -> str:
    """A card that una and zoe are asked to review."""
    return asked(author, "pages-in-review", "una", "zoe")


def test_no_page_of_reviews_and_policies_has_a_fault(shaped: Page, in_review: str) -> None:
    addresses = [f"/cards/{in_review}", "/reviews", "/reviews/queue", "/policies/two-reviews", "/policies"]
    for address in addresses:
        shaped.goto(address)
        if address.startswith("/cards"):
            shaped.locator("#approve").click()
        try:
            check_inline(shaped)
            check(shaped)
        except AssertionError as fault:
            raise AssertionError(f"{address}: {fault}") from fault


def test_no_page_of_reviews_and_policies_is_wider_than_its_window(
    browser: Browser, governed: Server, in_review: str
) -> None:
    context = browser.new_context(base_url=governed.url)
    page = open_as(context, governed, "una")
    for address in (f"/cards/{in_review}", "/reviews", "/reviews/queue", "/policies", "/policies/two-reviews"):
        page.goto(address)
        for width in (1440, 1024, 800, 390, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
    context.close()


def test_a_review_is_asked_for_and_decided_without_scripts(browser: Browser, governed: Server, author: Any) -> None:
    name = "pages-plain"
    author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    context = browser.new_context(base_url=governed.url, java_script_enabled=False)
    context.set_default_timeout(8000)
    mei = open_as(context, governed, "mei")
    mei.goto(f"/cards/{name}/review")
    mei.get_by_label("Approver, independent").fill("ben")
    mei.get_by_role("button", name="Add another").click()
    expect(mei.get_by_label("Approver, independent")).to_have_value("ben")
    mei.get_by_label("Reviewer 3").fill("zoe")
    mei.get_by_role("button", name="Ask for review").click()
    expect(mei.locator(".cw-review")).to_contain_text("zoe")
    context.clear_cookies()
    ben = open_as(context, governed, "ben")
    ben.goto(f"/cards/{name}")
    ben.locator("#approve").click(timeout=5000)
    ben.get_by_role("button", name="Approve version 1").click()
    expect(ben.locator(".cw-rs-stop")).to_contain_text("1 approval from model-risk, independent")
    context.close()


def test_a_decision_about_an_old_version_is_not_recorded_and_keeps_its_comment(governed: Server, author: Any) -> None:
    name = asked(author, "pages-moved", "ben")
    ben = signed_in(governed, "ben")
    page = ben.get(f"/cards/{name}").text
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found is not None
    author.update_model_card(ModelCardName=name, Content=json.dumps(CONTENT | {"business_details": {}}))
    answer = decide(ben, name, "approve", digest=found[1], comment="Good work.")
    assert answer.status == 409
    assert "lea saved version 2" in answer.text
    assert "The review of version 1 ended, and your decision was not recorded." in answer.text
    assert "No review of version 2 is open." in answer.text
    assert ">Good work.</textarea>" in answer.text
    assert f"/compare?a={name}:1&amp;b={name}:2" in answer.text.replace("%3A", ":")
    details = own_client(author).list_reviews(ModelCardName=name)["Reviews"]
    assert len(details) == 1
    own_client(author).request_review(ModelCardName=name)
    author.describe_model_card(ModelCardName=name)
    again = decide(ben, name, "approve", digest=found[1], review=details[0]["ReviewId"])
    assert (again.status, "lea saved version 2" in again.text) == (409, True)
    assert f'The open review is of version 2: <a href="/cards/{name}#review">' in again.text


def test_the_second_of_two_decisions_is_refused_with_the_first_shown(governed: Server, author: Any) -> None:
    name = asked(author, "pages-twice", "ben", "zoe")
    ben, zoe = signed_in(governed, "ben"), signed_in(governed, "zoe")
    page = zoe.get(f"/cards/{name}").text
    found = re.search(r'name="digest" value="(\w+)"><input type="hidden" name="review" value="([\w-]+)"', page)
    assert found is not None
    decide(ben, name, "approve")
    other = {"digest": found[1], "review": found[2]}
    assert decide(zoe, name, "approve", **other).status == 200
    assert author.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"
    again = zoe.post(f"/cards/{name}/review/decide", list(({"verdict": "approve"} | other).items()))
    assert (again.status, "Your decision was not recorded" in again.text) == (409, True)


def test_every_list_of_my_reviews_is_counted_to_its_end(governed: Server) -> None:
    add_users(governed, otis="author")
    otis = governed.client(*governed.key("000000000000", "otis", "author"))
    ben = own_client(governed.client(*governed.key("000000000000", "ben", "approver")))
    digest = hashlib.sha256(b"{}").hexdigest()
    for number in range(53):
        name = asked(otis, f"pages-counted-{number}", "ben", content={})
        if number:
            ben.decide_review(
                ModelCardName=name, Decision="request_changes", ContentDigest=digest, Comment="Which data?"
            )
    page = signed_in(governed, "otis").get("/reviews?list=back").text
    counts = dict(re.findall(r'<span class="cw-lab">([\w ]+)</span><b[^>]*>(?:<svg.*?</svg>)?([\d,+]+)</b>', page))
    assert counts == {
        "Waiting for me": "0",
        "Overdue": "0",
        "Due this week": "0",
        "Sent back to me": "52",
        "Requested by me": "1",
    }
    assert "1 to 25 of 52" in page
    assert '<h2 id="mine"><a href="/reviews?list=asked">Requested by me</a> <span class="cw-muted">1</span>' in page


def test_my_reviews_say_of_a_version_what_its_page_says(team: Server) -> None:
    def evaluated(auc: float, recall: float) -> str:
        numbers = {"auc": auc, "recall": recall}
        metrics = [{"name": name, "type": "number", "value": value} for name, value in numbers.items()]
        jobs = [{"name": "Holdout", "metric_groups": [{"name": "g", "metric_data": metrics}]}]
        return json.dumps({"evaluation_details": jobs, "model_overview": {"model_description": f"Version of {auc}."}})

    def words(html: str) -> str:
        return " ".join(re.sub("<[^>]*>", " ", html).split())

    add_users(team, rita="approver")
    admin = team.client(*team.key("000000000000", "rows", "admin"))
    first, second = evaluated(0.5, 0.5), evaluated(0.6, 0.4)
    for name, contents, shown in (
        ("rows-first", [first], "v1 first version"),
        ("rows-changed", [first, second], "v2 since version 1: 1 better 1 worse"),
        ("rows-equal", [first, second, first], "v3 content as in version 1"),
        (
            "rows-values",
            ["{}", '{"model_overview": {"model_description": "New."}}'],
            "v2 since version 1: 1 value changed",
        ),
    ):
        admin.create_model_card(ModelCardName=name, Content=contents[0], ModelCardStatus="Approved")
        for content in contents[1:]:
            admin.update_model_card(ModelCardName=name, Content=content, ModelCardStatus="Draft")
        if len(contents) == 1:
            admin.update_model_card(ModelCardName=name, ModelCardStatus="Draft")
        own_client(admin).request_review(ModelCardName=name, Reviewers=["rita"])
        rita = signed_in(team, "rita")
        row = re.search(rf'cw-rv-row"><td[^>]*>(<a href="/cards/{name}">.*?)</td>', rita.get("/reviews").text)
        assert row, name
        assert words(row[1]) == f"{name} {shown}"
        assert shown.rpartition(": ")[2] in words(rita.get(f"/cards/{name}").text) or "changed" not in name


def test_an_author_cannot_approve_and_reads_why(governed: Server, author: Any) -> None:
    name = asked(author, "pages-own", "ben")
    lea = signed_in(governed, "lea")
    page = lea.get(f"/cards/{name}").text
    assert 'id="approve"' not in page
    assert "You cannot approve this version" in page
    refused = decide(lea, name, "approve")
    assert (refused.status, "Your decision was not recorded" in refused.text) == (403, True)


def test_sending_back_needs_a_comment_and_dismissing_a_reason(governed: Server, author: Any) -> None:
    name = asked(author, "pages-back", "ben")
    ben, una = signed_in(governed, "ben"), signed_in(governed, "una")
    refused = decide(ben, name, "request_changes")
    assert (refused.status, "add a comment" in refused.text) == (422, True)
    decide(ben, name, "request_changes", comment="Name the data.")
    lea = signed_in(governed, "lea")
    assert "Name the data." in lea.get("/reviews?list=back").text
    page = una.get(f"/cards/{name}").text
    found = re.search(r'name="review" value="([\w-]+)"><input type="hidden" name="number" value="1"', page)
    assert found is not None
    fields = [("review", found[1]), ("number", "1")]
    assert una.post(f"/cards/{name}/review/dismiss", fields).status == 422
    done = una.post(f"/cards/{name}/review/dismiss", [*fields, ("comment", "Settled in the meeting.")])
    assert "dismissed by una: Settled in the meeting." in done.text


def test_an_approval_is_undone_with_a_comment_that_says_why(governed: Server, author: Any) -> None:
    name = asked(author, "pages-undo", "ben", "zoe")
    ben, zoe = signed_in(governed, "ben"), signed_in(governed, "zoe")
    decide(ben, name, "approve")
    done = decide(zoe, name, "approve")
    assert "is approved" in done.text
    toast = done.text[done.text.index('id="toasts"') :]
    values = dict(re.findall(r'<input type="hidden" name="(verdict|digest|review)" value="([^"]+)">', toast))
    refused = zoe.post(f"/cards/{name}/review/decide", list(values.items()))
    assert (refused.status, "Ending an approval requires a comment." in refused.text) == (422, True)
    form = refused.text[refused.text.index('id="comment"') :]
    again = re.findall(r'<input type="hidden" name="(verdict|digest|review)" value="([^"]+)">', form)
    assert dict(again) == values
    assert "Take back version 1</button>" in form
    assert author.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"
    undone = zoe.post(f"/cards/{name}/review/decide", [*values.items(), ("comment", "The wrong card.")])
    assert "Your decision on" in undone.text
    assert author.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "PendingReview"
    history = zoe.get(f"/cards/{name}/history").text
    assert "Approval withdrawn" in history
    assert history.count("Returned to review") == 1
    assert history.count("Sent for review") == 1
    decide(ben, name, "approve")
    single = decide(ben, name, "withdraw")
    assert (single.status, "Ending an approval requires a comment" in single.text) == (422, True)


def test_a_request_is_withdrawn_by_approvers_and_who_asked_alone(governed: Server, author: Any) -> None:
    name = asked(author, "pages-request", "ben")
    mei, ben = signed_in(governed, "mei"), signed_in(governed, "ben")
    assert "Withdraw the request" not in mei.get(f"/cards/{name}").text
    assert "Withdraw the request" in signed_in(governed, "lea").get(f"/cards/{name}").text
    assert "The card becomes a draft." in ben.get(f"/cards/{name}").text
    assert decide(mei, name, "withdraw", request="1").status == 403
    done = decide(ben, name, "withdraw", request="1", comment="Too early")
    assert "The request for a review of pages-request is withdrawn. The card is draft" in done.text
    assert author.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Draft"
    history = ben.get(f"/cards/{name}/history").text
    assert [words in history for words in ("Request withdrawn", "Returned to draft", "Sent back")] == [
        True,
        True,
        False,
    ]


def test_the_approval_date_is_at_most_what_the_policy_allows(governed: Server, author: Any) -> None:
    name = asked(author, "pages-date", "ben")
    ben = signed_in(governed, "ben")
    late = decide(ben, name, "approve", review_by="2999-01-01")
    assert (late.status, "180 days" in late.text) == (422, True)
    wrong = decide(ben, name, "approve", review_by="soon")
    assert (wrong.status, "is not a date" in wrong.text) == (422, True)


def test_unknown_reviewers_and_past_dates_are_refused_before_anything_is_stored(governed: Server, author: Any) -> None:
    name = "pages-unknown"
    author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    lea = signed_in(governed, "lea")
    lea.get(f"/cards/{name}/review")
    answer = lea.post(f"/cards/{name}/review", [("reviewer", "unknown"), ("comment", "Kept words")])
    assert (answer.status, "unknown is neither a person" in answer.text, "Kept words" in answer.text) == (
        422,
        True,
        True,
    )
    assert lea.post(f"/cards/{name}/review", [("reviewer", "ben"), ("due", "2001-01-01")]).status == 422
    assert author.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Draft"


def test_a_mistake_in_a_policy_file_is_shown_with_line_and_column(governed: Server) -> None:
    ana = signed_in(governed, "ana")
    ana.get("/policies/new?preset=four-eyes")
    text = POLICY.replace("count: 1", "count: many", 1)
    answer = ana.post("/policies/new", [("text", text)])
    line = text[: text.index("many")].count("\n") + 1
    assert (answer.status, f"Line {line}, column" in answer.text) == (422, True)
    assert "count: many" in answer.text


def test_a_new_version_is_tried_on_the_cards_before_it_is_active(governed: Server, author: Any) -> None:
    asked(author, "pages-dry", "ben")
    ana = signed_in(governed, "ana")
    ana.get("/policies/new?from=two-reviews")
    stricter = POLICY.replace("version: 1", "version: 2").replace("[owner-named]", "[owner-named, caveats]")
    shown = ana.post("/policies/new", [("text", stricter)])
    assert "If version 2 were active now" in shown.text
    assert re.search(r"pages-dry</a>.*?Cannot be approved", shown.text, re.DOTALL)
    assert 'class="is-new"><a class="cw-yp"' in shown.text
    assert ana.get("/policies/two-reviews").text.count("Version 1") > 0
    assert "[owner-named]" in ana.get("/policies/two-reviews?version=1&download=1").text


def test_only_administrators_change_policies_and_others_read_them(governed: Server) -> None:
    mei = signed_in(governed, "mei")
    assert "New policy" not in mei.get("/policies").text
    assert "two-reviews" in mei.get("/policies").text
    for path, fields in (
        ("/policies/new", [("text", POLICY)]),
        ("/policies/two-reviews/activate", [("version", "1")]),
        ("/policies/two-reviews/deactivate", []),
        ("/policies/two-reviews/delete", [("name", "two-reviews")]),
    ):
        assert mei.post(path, fields).status == 403, path


def test_without_a_policy_the_status_menu_and_the_status_field_stay(team: Server) -> None:
    add_users(team, pia="approver")
    pia = signed_in(team, "pia")
    page = pia.get("/cards/waste-sorter-vision").text
    assert "Ask for review…" in page
    assert 'name="status" value="Approved"' in page
    assert 'class="cw-rs cw-review"' not in page
    draft = pia.begin("no-policy-here")
    assert 'id="f-status"' in pia.get(f"{draft}/review").text


def test_the_description_of_a_policy_is_found_in_linear_time() -> None:
    assert summary("about:" + " " * 100_000 + "x") == ""
    assert summary("name: p\nabout: |\n  Two lines\n  of text.\nrules: []\n") == "Two lines of text."


def test_a_request_for_changes_is_shown_and_dismissed_in_a_later_review(governed: Server, author: Any) -> None:
    name = asked(author, "pages-earlier", "ben")
    ben, una = signed_in(governed, "ben"), signed_in(governed, "una")
    decide(ben, name, "request_changes", comment="Name the desk.")
    fixed = json.loads(json.dumps(CONTENT))
    fixed["model_overview"]["model_owner"] = "Retention desk"
    author.update_model_card(ModelCardName=name, Content=json.dumps(fixed), ModelCardStatus="Draft")
    own_client(author).request_review(ModelCardName=name, Reviewers=["ben", "zoe"])
    strip = una.get(f"/cards/{name}").text.partition('id="review"')[2].partition("</section>")[0]
    assert "Changes requested in an earlier review" in strip
    assert "Name the desk." in strip
    assert "No decisions and no comments yet" not in strip
    found = re.search(r'/review/dismiss">.*?name="review" value="([\w-]+)"><input type="hidden" name="number"', strip)
    assert found is not None
    fields = [("review", found[1]), ("number", "1"), ("comment", "The new owner is a desk.")]
    assert "Decision dismissed" in una.post(f"/cards/{name}/review/dismiss", fields).text
    assert "ben requested changes" not in una.get(f"/cards/{name}").text


@pytest.mark.parametrize("scripts", [True, False])
def test_add_another_leads_to_the_new_field(browser: Browser, governed: Server, author: Any, scripts: bool) -> None:
    name = f"pages-another-{scripts}".lower()
    author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    context = browser.new_context(base_url=governed.url, java_script_enabled=scripts)
    page = open_as(context, governed, "lea")
    for address in (f"/cards/{name}/review", f"/cards/{name}/edit/review"):
        page.goto(address)
        fields = page.locator("input[name=reviewer]")
        before = fields.count()
        page.get_by_role("button", name="Add another").click()
        expect(fields).to_have_count(before + 1)
        expect(fields.last).to_be_focused()
        expect(fields.last).to_be_in_viewport()
    context.close()


def test_the_forms_of_a_decision_keep_their_buttons_on_a_phone(browser: Browser, governed: Server, author: Any) -> None:
    name = asked(author, "pages-phone", "una", "zoe")
    context = browser.new_context(base_url=governed.url, **SHAPES["phone"])
    page = open_as(context, governed, "una")
    page.goto(f"/cards/{name}")
    for opener in ("#send-back", "#approve"):
        page.locator(opener).click()
        form = page.locator(".cw-pop-form:visible")
        button, box = form.locator("button").bounding_box(), form.bounding_box()
        bar = page.locator(opener).bounding_box()
        assert button is not None
        assert box is not None
        assert bar is not None
        assert box["y"] < button["y"] < box["y"] + box["height"] <= bar["y"]
        page.keyboard.press("Escape")
    context.close()


def test_the_queue_shows_texts_as_the_card_does_also_on_a_phone(
    browser: Browser, governed: Server, author: Any
) -> None:
    details = {"custom_details": {"cw.text_format": "markdown"}}
    content = CONTENT | {
        "intended_uses": {"purpose_of_model": "Ranks **customers**.\n\n- new\n- old", "intended_uses": "For *teams*."},
        "additional_information": details,
    }
    name = asked(author, "pages-markdown", "una", content=content)
    phone = browser.new_context(base_url=governed.url, viewport={"width": 390, "height": 844})
    page = open_as(phone, governed, "una")
    page.goto("/reviews/queue")
    for _ in range(60):
        if page.get_by_role("heading", level=1).inner_text() == name:
            break
        with page.expect_navigation():
            page.get_by_role("link", name="Skip", exact=True).click()
    text_line = page.get_by_text("Ranks customers.", exact=True)
    expect(text_line).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="new").first).to_be_visible()
    assert "**" not in page.locator("#main").inner_text()
    phone.close()


def test_asking_again_offers_the_reviewers_who_are_still_there(governed: Server, author: Any) -> None:
    add_users(governed, gil="approver")
    name = asked(author, "pages-again", "gil", "ben", "kim")
    lea = signed_in(governed, "lea")
    author.update_model_card(ModelCardName=name, ModelCardStatus="Draft")
    shown = re.findall(r'name="reviewer" value="([^"]*)"', lea.get(f"/cards/{name}/review").text)
    assert shown == ["ben", "kim", "gil"]
    assert signed_in(governed, "ana").post("/users/gil/delete", [("name", "gil")]).status == 200
    shown = re.findall(r'name="reviewer" value="([^"]*)"', lea.get(f"/cards/{name}/review").text)
    assert shown == ["ben", "kim"]


def test_the_status_menu_of_a_governed_draft_offers_no_pending_review(governed: Server, author: Any) -> None:
    name = "pages-menu"
    author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    page = signed_in(governed, "una").get(f"/cards/{name}").text
    assert re.findall(r'name="status" value="(\w+)"', page) == ["Archived"]
    assert f"/cards/{name}/review" in page
