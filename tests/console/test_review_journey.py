"""The journey of a card through a review, in a real browser: asked, sent back, fixed, approved by two, and printed."""

import hashlib
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.own_client import own_client
from tests.console.conftest import governed_server, open_as
from tests.console.team import add_users, signed_in
from tests.formats.pdf_files import text_of
from tests.servers import Server

CONTENT = {
    "model_overview": {"model_name": "churn", "model_owner": "Retention"},
    "intended_uses": {"purpose_of_model": "Ranks customers by the risk that they leave.", "risk_rating": "High"},
}


class Counted:
    """A page of a person who signed in, with the clicks and key presses since then."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.presses = page, 0, 0

    def click(self, role: Any, name: str, **more: Any) -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name, **more).click()

    def press(self, *keys: str) -> None:
        """Press keys, once the page's script listens."""
        self.page.locator("html.cw-js").wait_for(state="attached")
        for key in keys:
            self.presses += 1
            self.page.keyboard.press(key)

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)


@contextmanager
def person(browser: Browser, server: Server, name: str, **more: Any) -> Iterator[Counted]:
    """A person who signed in. What the page complains of fails the test."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, **more)
    page = open_as(context, server, name)
    yield Counted(page)
    complaints = [text for text in page.complaints if "status of 4" not in text]  # type: ignore[attr-defined]
    context.close()
    assert not complaints


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file's own, because its journeys count what waits for a person."""
    with governed_server(tmp_path_factory.mktemp("journeys")) as server:
        yield server


@pytest.fixture(scope="module")
def author(governed: Server) -> Any:
    """A client with a key of mei, an author."""
    return governed.client(*governed.key("000000000000", "mei", "author"))


def test_two_people_review_a_card_and_the_pdf_names_them(browser: Browser, governed: Server, author: Any) -> None:
    name = "journey-churn"
    author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    with person(browser, governed, "mei") as mei, person(browser, governed, "tom") as tom:
        ask(mei, name)
        assert mei.clicks == 2
        send_back(tom, name)
        assert (tom.clicks, tom.presses) == (4, 1)
        fix_and_ask_again(mei, name)
        assert mei.clicks == 7
        approve_in_queue(tom, "Still missing: 1 approval from Approver, independent")
    with person(browser, governed, "ravi") as ravi:
        approve_in_queue(ravi, f"{name}, version 2, is approved")
        ravi.page.goto(f"/cards/{name}")
        expect(ravi.page.locator(".cw-rv-line")).to_contain_text("by tom, ravi under the policy two-reviews, version 1")
        first, second = printed(ravi, governed, name), printed(ravi, governed, name)
    assert author.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"
    assert first == second
    words = " ".join(text_of(first).split())
    digest = hashlib.sha256(author.describe_model_card(ModelCardName=name)["Content"].encode()).hexdigest()
    approval = words[words.rindex("Approved by") :]
    for words in ("ravi", "tom", "two-reviews, version 1"):
        assert words in approval
    assert digest in approval.replace(" ", "")


def ask(mei: Counted, name: str) -> None:
    """Ask two reviewers from the card's page."""
    mei.page.goto(f"/cards/{name}")
    expect(mei.page.locator(".cw-menu-main button[value=Approved]")).to_have_count(0)
    mei.click("link", "Ask for review")
    mei.fill("Approver, independent", "ravi")
    mei.fill("model-risk, independent", "tom")
    mei.fill("Message to the reviewers", "The threshold moved.")
    mei.click("button", "Ask for review")
    expect(mei.page.locator(".cw-review")).to_contain_text("0 of 2")


def send_back(tom: Counted, name: str) -> None:
    """Find the card in the list, comment on a field, and send the card back with the key that moves there."""
    tom.page.goto("/reviews")
    expect(tom.page.get_by_role("link", name="Reviews 1 waiting for you")).to_be_visible()
    tom.click("link", name)
    expect(tom.page.locator(".cw-review")).to_contain_text("The threshold moved.")
    tom.clicks += 1
    tom.page.locator("dd", has_text="Retention").locator(".cw-cm > summary").click()
    tom.fill("Comment on Owner", "Which desk?")
    tom.click("button", "Save comment")
    expect(tom.page.locator(".cw-mn-comment")).to_contain_text("Which desk?")
    expect(tom.page.locator(".cw-rv-notes")).to_have_text("1 comment on fields, 1 open")
    tom.press("s")
    expect(tom.page.get_by_text("Your 1 open comment goes with this.")).to_be_visible()
    tom.page.keyboard.type("Say who decides about the threshold.")
    tom.click("button", "Send back version 1")
    expect(tom.page.locator("#toasts")).to_contain_text(f"{name} sent back")


def fix_and_ask_again(mei: Counted, name: str) -> None:
    """Read the comments in the form, change a field, resolve its comment, and ask again at the last step."""
    mei.page.goto("/reviews?list=back")
    mei.clicks += 1
    mei.page.get_by_role("table").get_by_role("link", name=name).click()
    mei.click("button", "Edit")
    expect(mei.page.locator("#wizard .cw-note")).to_contain_text("Say who decides about the threshold.")
    expect(mei.page.locator(".cw-steps .cw-stepnotes")).to_have_text("1 open comment")
    owner = mei.page.locator(".cw-field", has=mei.page.locator("[name='model_overview.model_owner']"))
    expect(owner.locator(".cw-mn")).to_contain_text("tom")
    expect(owner.locator(".cw-mn")).to_contain_text("Which desk?")
    owner.locator("[name='model_overview.model_owner']").fill("Retention desk")
    mei.click("button", "Resolve for the comment on Owner")
    expect(mei.page.get_by_text("Comment resolved")).to_be_visible()
    expect(mei.page.locator(".cw-mn")).to_have_count(0)
    expect(mei.page.locator("[name='model_overview.model_owner']")).to_have_value("Retention desk")
    mei.page.keyboard.press("Alt+5")
    mei.page.wait_for_url("**/review")
    expect(mei.page.locator("#f-status")).to_have_count(0)
    expect(mei.page.locator(".cw-whynot")).to_contain_text("two-reviews, version 1 asks for 2 approvals")
    mei.clicks += 1
    mei.page.get_by_label("Save and ask for review").check()
    expect(mei.page.get_by_label("Approver, independent")).to_have_value("ravi")
    expect(mei.page.get_by_label("model-risk, independent")).to_have_value("tom")
    mei.click("button", "Save and ask for review")
    expect(mei.page.locator(".cw-review")).to_contain_text("tom requested changes")


def approve_in_queue(reviewer: Counted, words: str) -> None:
    """Approve the only card of a queue with two keys."""
    reviewer.page.goto("/reviews/queue")
    expect(reviewer.page.locator(".cw-qpos")).to_contain_text("1 of 1")
    reviewer.press("a", "Enter")
    expect(reviewer.page.locator("#toasts")).to_contain_text(words)


def printed(reader: Counted, server: Server, name: str) -> bytes:
    """The PDF of a card, as its page offers it."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in reader.page.context.cookies())
    request = urllib.request.Request(f"{server.url}/cards/{name}/export/pdf", headers={"Cookie": cookies})
    with urllib.request.urlopen(request) as answer:
        pdf: bytes = answer.read()
    return pdf


def test_a_card_of_the_queue_takes_two_key_presses(browser: Browser, governed: Server, author: Any) -> None:
    own, cards = own_client(author), 12
    for number in range(cards):
        name = f"queue-{number:02}"
        author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
        own.request_review(ModelCardName=name, Reviewers=["kim"])
    with person(browser, governed, "kim") as kim:
        kim.page.goto("/reviews")
        kim.press("q")
        for number in range(1, cards + 1):
            expect(kim.page.locator(".cw-qpos")).to_contain_text(f"{number} of {cards}")
            kim.press("a")
            expect(kim.page.locator("#approve")).to_be_focused()
            kim.press("Enter")
        expect(kim.page.get_by_role("heading", level=1)).to_have_text(f"All {cards} reviewed")
        assert kim.presses == 1 + 2 * cards  # 60 cards take 121
    missing = own.describe_review(ReviewId=own.list_reviews(ModelCardName="queue-11")["Reviews"][0]["ReviewId"])
    assert "the role approver" in str(missing)


def reach(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def test_a_review_with_a_comment_on_a_field_goes_by_keyboard_alone(
    browser: Browser, governed: Server, author: Any
) -> None:
    name = "journey-keys"
    author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    own_client(author).request_review(ModelCardName=name, Reviewers=["ben", "zoe"])
    with person(browser, governed, "zoe") as zoe:
        zoe.page.goto(f"/cards/{name}")
        zoe.press("c")
        zoe.page.keyboard.type("Which part of the card?")
        zoe.press("Tab", "Enter")
        expect(zoe.page.locator(".cw-mn-comment")).to_contain_text("Which part of the card?")
        zoe.press("s")
        zoe.page.keyboard.type("One answer is missing.")
        zoe.press("Tab", "Enter")
        expect(zoe.page.locator("#toasts")).to_contain_text(f"{name} sent back")
        assert zoe.presses == 6
    with person(browser, governed, "mei") as mei:
        mei.page.goto(f"/cards/{name}/edit/model")
        mei.press("n")
        while not mei.page.evaluate("document.activeElement.matches('.cw-mn')"):
            mei.press("n")
        reach(mei.page, "[name='model_overview.model_owner']")
        mei.page.keyboard.press("End")
        mei.page.keyboard.type(" desk")
        mei.press("Alt+5")
        mei.page.wait_for_url("**/review")
        expect(mei.page.get_by_label("Save and ask for review")).to_be_checked()
        for reviewer in ("ben", "zoe"):
            mei.page.keyboard.press("Tab")
            reach(mei.page, "input[name=reviewer]")
            mei.page.keyboard.type(reviewer)
        reach(mei.page, "button[value=publish]")
        mei.press("Enter")
        expect(mei.page.locator(".cw-review")).to_contain_text("zoe requested changes")
        expect(mei.page.locator(".cw-mn-comment")).to_contain_text("Which part of the card?")
    for reviewer in ("zoe", "ben"):
        with person(browser, governed, reviewer) as decider:
            decider.page.goto(f"/cards/{name}")
            decider.press("a", "Enter")
            expect(decider.page.locator("#toasts")).to_contain_text("is " if reviewer == "ben" else "is recorded")
    assert author.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"


def test_a_decision_undone_in_the_queue_leads_back_to_its_card(browser: Browser, governed: Server, author: Any) -> None:
    add_users(governed, keya="approver")
    for name in ("undone-1", "undone-2"):
        author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
        own_client(author).request_review(ModelCardName=name, Reviewers=["keya"])
    with person(browser, governed, "keya") as keya:
        keya.page.goto("/reviews")
        keya.press("q")
        shown = keya.page.get_by_role("heading", level=1)
        first = shown.inner_text()
        keya.press("s")
        keya.page.keyboard.type("Line one")
        keya.press("Escape", "j")  # the comment is left, and the keys of the queue work
        expect(shown).not_to_have_text(first)
        expect(keya.page.locator("#dc")).to_have_value("")
        keya.press("k")
        expect(keya.page.locator("#dc")).to_have_value("Line one")
        bubbles = keya.page.locator(".cw-cm")
        bubbles.first.locator("summary").click()
        bubbles.first.locator("textarea").fill("Of this card alone")
        keya.page.locator("#next-card").click()
        expect(shown).not_to_have_text(first)
        expect(bubbles.first.locator("textarea")).to_have_value("")
        keya.press("k")
        expect(bubbles.first.locator("textarea")).to_have_value("Of this card alone")
        expect(bubbles.first.locator(".cw-count")).to_have_text("3,982 characters left")
        keya.page.locator("#dc").fill("")
        keya.press("Escape", "s", "Control+Enter")
        expect(keya.page.locator("#dc")).to_be_focused()
        keya.page.locator("#dc").fill("Line one")
        keya.press("Escape", "s")
        expect(keya.page.locator("#send-back")).to_be_focused()
        keya.page.locator("#dc").fill("")
        keya.page.locator("#approve").focus()
        keya.press("s")
        keya.page.keyboard.type("One answer is missing.")
        keya.press("Control+Enter")
        expect(keya.page.locator("#toasts")).to_contain_text("sent back")
        expect(shown).not_to_have_text(first)
        keya.page.get_by_role("button", name="Undo").click()
        expect(shown).to_have_text(first)
        expect(keya.page.locator(".cw-qpos")).to_contain_text("1 of 2")
        expect(keya.page.locator("#approve")).to_be_visible()
        expect(keya.page.locator("#dc")).to_have_value("")


def test_a_comment_that_was_refused_is_there_again(browser: Browser, governed: Server, author: Any) -> None:
    author.create_model_card(ModelCardName="refused-note", Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    with person(browser, governed, "mei") as mei:
        mei.page.goto("/cards/refused-note")
        bubble = mei.page.locator(".cw-cm").first
        written = bubble.locator("textarea")
        bubble.locator("summary").click()
        written.fill("x" * 4_001)
        bubble.get_by_role("button", name="Save comment").click()
        expect(mei.page.get_by_role("heading", level=1)).not_to_have_text("refused-note")
        mei.page.goto("/cards/refused-note")
        expect(written).to_have_value("x" * 4_001)
        written.fill("Short enough")
        bubble.get_by_role("button", name="Save comment").click()
        expect(mei.page.locator("#toasts")).to_contain_text("Comment saved")
        mei.page.goto("/cards/refused-note")
        expect(written).to_have_value("")


HIDDEN = r'<input type="hidden" name="(\w+)" value="([^"]*)">'


def test_a_decision_refused_in_the_queue_stays_in_the_queue(governed: Server, author: Any) -> None:
    add_users(governed, noor="approver")
    for name in ("refused-1", "refused-2"):
        author.create_model_card(ModelCardName=name, Content=json.dumps(CONTENT), ModelCardStatus="Draft")
        own_client(author).request_review(ModelCardName=name, Reviewers=["noor"])
    noor = signed_in(governed, "noor")
    page = noor.get("/reviews/queue")
    fields = dict(re.findall(HIDDEN, page.text.partition("cw-decide")[2]))
    refused = noor.post("/reviews/queue", [*fields.items(), ("verdict", "request_changes"), ("comment", "")])
    assert (refused.status, "To send a card back, add a comment" in refused.text) == (422, True)
    assert ">Next card</a>" in refused.text
    again = dict(re.findall(HIDDEN, refused.text.partition("<main")[2]))
    assert {name: again[name] for name in ("card", "at", "since")} == {
        name: fields[name] for name in ("card", "at", "since")
    }
    answer = noor.post("/reviews/queue", [*again.items(), ("comment", "One answer is missing.")])
    assert (answer.status, "/reviews/queue?" in answer.url) == (200, True)
    assert "1 decided" in answer.text


def test_one_person_approves_a_version_once_also_with_other_cards(governed: Server, author: Any) -> None:
    add_users(governed, otis="approver", oona="approver")
    author.create_model_card(ModelCardName="once-only", Content=json.dumps(CONTENT), ModelCardStatus="Draft")
    own_client(author).request_review(ModelCardName="once-only", Reviewers=["otis", "oona"])
    otis, oona = signed_in(governed, "otis"), signed_in(governed, "oona")
    assert "your role: Approver, independent" in oona.get("/reviews/queue").text
    asked = otis.ask("/bulk", [("do", "approve"), ("card", "once-only")]).text
    bound = re.findall('name="card" value="([^"]+)"', asked)
    assert "1 approval recorded" in otis.post("/bulk/approve/run", [("card", card) for card in bound]).text
    assert "You approved it already" in otis.post("/bulk/approve/run", [("card", card) for card in bound]).text
    assert "You approved it already" in otis.ask("/bulk", [("do", "approve"), ("card", "once-only")]).text
    assert "no missing approval is yours" in oona.get("/reviews/queue").text


def test_the_queue_shows_short_values_that_changed(governed: Server, author: Any) -> None:
    add_users(governed, otto="approver")
    for description, owner in (("One", "Ada"), ("Two words", "Bea")):
        overview = {"model_description": description, "model_owner": owner}
        content = json.dumps(CONTENT | {"model_overview": overview})
        if owner == "Ada":
            author.create_model_card(ModelCardName="short-values", Content=content, ModelCardStatus="Draft")
        else:
            author.update_model_card(ModelCardName="short-values", Content=content)
    own_client(author).request_review(ModelCardName="short-values", Reviewers=["otto"])
    page = signed_in(governed, "otto").get("/reviews/queue").text
    changed = page.partition("Changed values")[2].partition("</table>")[0]
    for old, new in (("One", "Two words"), ("Ada", "Bea")):
        assert f"<del>{old}</del></div></td><td><div><ins>{new}</ins>" in changed
    assert ">Two words</p>" in page.partition("What the card says")[2]
