"""Failed checks and missing fields in the margin of a card: next to the part that they concern."""

import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.own_client import own_client
from tests import servers
from tests.console.conftest import SHAPES, open_as
from tests.console.team import add_users, signed_in
from tests.console.test_pages import check, check_inline
from tests.console.visits import Visitor
from tests.servers import Server

POLICY = """
policy: bank
version: 2
approval:
  approvals: [{role: approver, count: 1, independent: true}]
  required_checks: [owner, auc, todo, instructions, rating]
  waivers: {by: model-risk, max_days: 90}
rules:
  - {id: owner, severity: error, require: [/model_overview/model_owner], title: <b>An owner</b> is named,
     why: Someone must answer for the model., fix: Fill in the model owner.}
  - {id: auc, severity: error, metric: {evaluation: "*", name: auc, at_least: 0.9}, title: AUC is at least 0.9}
  - {id: todo, severity: error, forbid: TODO, title: No text is a placeholder}
  - {id: instructions, severity: error, evidence: {kind: instructions}, title: Instructions are attached}
  - {id: caveats, severity: warning, require: [/additional_information/caveats_and_recommendations]}
  - {id: rating, severity: error, require: [/intended_uses/risk_rating], title: The risk is rated}
reviewers:
  model-risk: [zoe]
"""


def job(name: str, *values: float) -> dict[str, Any]:
    data = [{"name": "auc", "type": "number", "value": value} for value in values]
    groups = [{"name": f"group {number}", "metric_data": [one]} for number, one in enumerate(data)]
    return {"name": name, "evaluation_observation": "Sound.", "metric_groups": groups}


CONTENT = {
    "model_overview": {"model_name": "noted", "model_description": "Ranks customers."},
    "intended_uses": {"purpose_of_model": "Ranks customers by risk.", "intended_uses": "Shops."},
    "training_details": {"training_observations": "TODO"},
    "evaluation_details": [job("Good", 0.95), job("Poor", 0.8, 0.7)],
    "additional_information": {"ethical_considerations": "None."},
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose policy has checks of several kinds: lea writes, una approves, zoe grants waivers."""
    with servers.running(tmp_path_factory.mktemp("bank"), "--auth", "sigv4") as server:
        add_users(server, lea="author", una="approver", zoe="viewer", vic="viewer")
        admin = server.client(*server.key("000000000000", "loader", "admin"))
        own_client(admin).put_review_policy(PolicyDocument=POLICY)
        yield server


@pytest.fixture(scope="module")
def author(bank: Server) -> Any:
    return bank.client(*bank.key("000000000000", "lea", "author"))


@pytest.fixture(scope="module")
def lea(bank: Server) -> Visitor:
    return signed_in(bank, "lea")


def make(author: Any, name: str, **changes: Any) -> str:
    content = json.dumps(CONTENT | {"model_package_details": {"model_package_description": name}} | changes)
    author.create_model_card(ModelCardName=name, Content=content, ModelCardStatus="Draft")
    return name


def section(page: str, name: str) -> str:
    """A top section of a card, with its notes."""
    found = re.search(
        rf'<section id="{name}" class="cw-s1">(.*?)(?=<section id="[\w-]+" class="cw-s1">|</article>)', page, re.S
    )
    assert found is not None, name
    return found[1]


def note(page: str, rule: str) -> str:
    found = re.search(
        rf'<div class="cw-mn cw-mn-check[^>]*id="check-{rule}".*?(?=<div class="cw-mn |</article>)', page, re.S
    )
    assert found is not None, rule
    return found[0]


def test_a_failed_check_is_next_to_the_part_that_it_concerns(author: Any, lea: Visitor) -> None:
    page = lea.get(f"/cards/{make(author, 'margin-parts')}").text
    assert "has-margin" in page
    for where, rule in (("overview", "owner"), ("training", "todo"), ("evaluation", "auc")):
        assert f'id="check-{rule}"' in section(page, where)
    whole = page[page.index("<article") : page.index('class="cw-s1"')]
    assert 'id="check-instructions"' in whole
    assert page.count('id="check-') == 5
    shown_note = note(page, "owner")
    for words in (
        "Required for approval",
        "&lt;b&gt;An owner&lt;/b&gt; is named",
        "Owner is missing",
        "Someone must answer for the model.",
        "Fill in the model owner.",
        'href="/policies/bank?version=2#r1">Policy rule 1</a>',
        'name="field" value="/model_overview/model_owner">Fill in</button>',
        "Make it a finding",
        'href="/cards/margin-parts/waivers/new?rule=owner"',
    ):
        assert words in shown_note, words
    assert "<b>An owner" not in page
    assert "cw-mn-check" not in lea.get("/cards/margin-parts?version=1").text.partition("<article")[0]


def test_a_job_with_a_failed_check_is_open_and_says_so(author: Any, lea: Visitor) -> None:
    page = lea.get(f"/cards/{make(author, 'margin-jobs')}").text
    good, poor = re.findall(r'<details class="cw-fold"( open)? data-of="e\d">(.*?)</summary>', page, re.S)
    assert (good[0], "failed" in good[1]) == ("", False)
    assert (poor[0], "1 check failed" in poor[1]) == (" open", True)
    evaluation = section(page, "evaluation")
    assert evaluation.count("Failed check: AUC is at least 0.9") == 2
    assert evaluation.count('<a href="#check-auc">Why, and what to do</a>') == 1
    assert evaluation.count("Make it a finding") == 1
    contents = page[page.index('aria-label="Contents of this card"') :]
    assert re.search(r'#evaluation">Evaluation details.*?2<span class="visually-hidden"> failed checks', contents)


def test_many_jobs_with_failed_checks_stay_folded_and_say_so(author: Any, lea: Visitor) -> None:
    page = lea.get(
        f"/cards/{make(author, 'margin-fails', evaluation_details=[job(str(n), 0.5) for n in range(4)])}"
    ).text
    folds = re.findall(r'<details class="cw-fold"( open)? data-of="e\d">(.*?)</summary>', page, re.S)
    assert [(opened, "1 check failed" in summary) for opened, summary in folds] == [("", True)] * 4


def test_a_gap_leads_to_its_field_and_is_for_those_who_edit(author: Any, lea: Visitor, bank: Server) -> None:
    name = make(author, "margin-gaps", intended_uses={"purpose_of_model": "Ranks."})
    page = lea.get(f"/cards/{name}").text
    uses = section(page, "intended-uses")
    assert "data-gap>Add Intended uses</button>" in uses
    assert "Add Risk rating" not in uses
    assert 'id="check-rating"' in uses
    advice = section(page, "additional-information")
    assert ("Policy advice" in advice, 'href="/policies/bank?version=2#r5"' in advice) == (True, True)
    for field, place in (
        ("/intended_uses/intended_uses", "/edit/model#f-intended_uses-intended_uses"),
        ("/evaluation_details/1/datasets", "/edit/evaluation?job=1#f-evaluation_details-1-datasets"),
        ("/training_details", "/edit/training#g-choice"),
        ("/additional_information/custom_details/x", "/edit/ethics#f-additional_information-custom_details"),
    ):
        assert lea.post(f"/cards/{name}/edit", [("field", field)]).url.endswith(f"/cards/{name}{place}")
    assert lea.post(f"/cards/{name}/edit", [("field", "/a~2")]).status in {400, 422}
    seen = signed_in(bank, "vic").get(f"/cards/{name}").text
    assert "Add Intended uses" not in seen
    assert ("Policy advice" in seen, 'id="check-rating"' in seen) == (True, True)
    assert ("Fill in</button>" in seen, "Make it a finding" in seen) == (False, False)


def test_one_click_on_a_note_opens_a_finding_and_the_note_leads_to_it(author: Any, lea: Visitor) -> None:
    name = make(author, "margin-finding")
    lea.get(f"/cards/{name}")
    opened = lea.post(f"/cards/{name}/findings", [("rule", "todo")])
    assert re.search(r"/findings/[\w-]{36}$", opened.url)
    shown_note = note(lea.get(f"/cards/{name}").text, "todo")
    assert "Make it a finding" not in shown_note
    assert f'href="{opened.url[opened.url.index("/findings") :]}"' in shown_note


def test_a_waived_check_is_shown_as_waived_and_needs_nothing(author: Any, lea: Visitor, bank: Server) -> None:
    name = make(author, "margin-waived")
    asked = own_client(author).put_waiver(
        ModelCardName=name, RuleId="todo", Reason="A pilot <only>.", ExpiryTime=time.time() + 30 * 86_400
    )["Waiver"]
    assert "Ask for a waiver" not in note(lea.get(f"/cards/{name}").text, "todo")
    zoe = own_client(bank.client(*bank.key("000000000000", "zoe", "viewer")))
    zoe.put_waiver(WaiverId=asked["WaiverId"])
    page = lea.get(f"/cards/{name}").text
    shown_note = note(page, "todo")
    assert ("Check waived" in shown_note, "A pilot &lt;only&gt;." in shown_note) == (True, True)
    assert re.search(r"Accepted by a waiver until <time", shown_note)
    assert [words in shown_note for words in ("data-gap", "Make it a finding", "Ask for a waiver")] == [
        False,
        False,
        False,
    ]
    contents = page[page.index('aria-label="Contents of this card"') : page.index("<article")]
    training = re.search(r'href="#training">Training details(.*?)</a>', contents)
    assert training is not None
    assert ("missing fields" in training[1], "failed" in training[1]) == (True, False)


def test_a_card_that_lacks_whole_sections_only_has_no_margin(author: Any, lea: Visitor) -> None:
    author.create_model_card(ModelCardName="margin-empty", Content="{}", ModelCardStatus="Draft")
    page = lea.get("/cards/margin-empty").text
    assert "has-margin" not in page
    missing = page[page.index('<section id="missing">') :]
    assert ('id="check-owner"' in missing, "recommended fields missing" in missing) == (True, True)


@pytest.fixture(params=SHAPES, ids=list(SHAPES))
def shaped(request: pytest.FixtureRequest, browser: Browser, bank: Server) -> Iterator[Page]:
    """A window of lea's of each shape, without the page's policy on scripts, for axe-core."""
    context = browser.new_context(base_url=bank.url, bypass_csp=True, **SHAPES[request.param])
    page = open_as(context, bank, "lea")
    yield page
    complaints = page.complaints  # type: ignore[attr-defined]
    context.close()
    assert not complaints


def test_no_note_has_a_fault_and_each_is_reached_by_one_key(shaped: Page, author: Any) -> None:
    width = shaped.viewport_size["width"]  # type: ignore[index]
    name = make(author, f"margin-axe-{width}", intended_uses={"purpose_of_model": "Ranks."})
    own_client(author).put_waiver(
        ModelCardName=name, RuleId="auc", Reason="A pilot.", ExpiryTime=time.time() + 30 * 86_400
    )
    own_client(author).open_finding(ModelCardName=name, Title="Too vague", Severity="medium", Pointer="/intended_uses")
    author.create_model_card(ModelCardName=f"margin-bare-{width}", Content="{}", ModelCardStatus="Draft")
    for shown in (name, f"margin-bare-{width}"):
        shaped.goto(f"/cards/{shown}")
        check_inline(shaped)
        check(shaped)
    shaped.goto(f"/cards/{name}")
    shaped.locator("html.cw-js").wait_for(state="attached")
    wanted = shaped.locator("[data-gap]").count()
    notes = (".cw-mn-check", ".cw-mn-finding", ".cw-mn-gap [name=field]")
    assert wanted == sum(shaped.locator(kind).count() for kind in notes) > 6
    visited = set()
    for _ in range(wanted):
        shaped.keyboard.press("n")
        visited.add(shaped.evaluate("[...document.querySelectorAll('[data-gap]')].indexOf(document.activeElement)"))
    assert visited == set(range(wanted))
    row = shaped.locator(".cw-rw").filter(has=shaped.locator("#check-todo"))
    for window, is_aside in ((1440, True), (390, False)):
        shaped.set_viewport_size({"width": window, "height": 800})
        field, note_box = row.locator("> .m").bounding_box(), row.locator("#check-todo").bounding_box()
        assert field is not None
        assert note_box is not None
        assert (note_box["x"] >= field["x"] + field["width"]) is is_aside
        assert is_aside or note_box["y"] >= field["y"] + field["height"]
    for window in (1440, 1100, 800, 390, 360):
        shaped.set_viewport_size({"width": window, "height": 800})
        assert shaped.evaluate("document.documentElement.scrollWidth") <= window, window
    shaped.emulate_media(media="print")
    expect(shaped.locator("#check-todo")).to_be_visible()
    expect(shaped.locator("#check-todo .cw-mn-f")).to_be_hidden()


def test_a_check_a_comment_and_a_finding_at_one_field_are_all_notes(author: Any, lea: Visitor) -> None:
    name, own = make(author, "margin-three"), own_client(author)
    place = "/training_details/training_observations"
    own.add_comment(ModelCardName=name, Pointer=place, Text="Which rounds <b>stopped</b>?")
    own.open_finding(ModelCardName=name, Title="No rounds", Severity="low", Pointer=place)
    training = section(lea.get(f"/cards/{name}").text, "training")
    for kind in ("check", "comment", "finding"):
        assert training.count(f'<div class="cw-mn cw-mn-{kind}') == 1, kind
    assert "&lt;div" not in training
    assert "Which rounds &lt;b&gt;stopped" in training


def test_many_notes_move_no_text_and_do_not_overlap(shaped: Page, author: Any) -> None:
    width = shaped.viewport_size["width"]  # type: ignore[index]
    name = make(author, f"margin-many-{width}")
    for number in range(5):
        own_client(author).add_comment(
            ModelCardName=name, Pointer="/intended_uses/purpose_of_model", Text=f"{number} " * 30
        )
    shaped.set_viewport_size({"width": 1440, "height": 900})
    shaped.goto(f"/cards/{name}")
    shaped.locator(".cw-body.is-stacked").wait_for()
    boxes = [box for one in shaped.locator(".cw-body .cw-mn:visible").all() if (box := one.bounding_box())]
    assert len(boxes) > 8
    aside = sorted((box["y"], box["y"] + box["height"]) for box in boxes if box["x"] > 1000)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(aside))
    sheet = shaped.locator(".cw-body").bounding_box()
    assert sheet is not None
    assert aside[-1][1] <= sheet["y"] + sheet["height"]
    purpose, uses = (
        shaped.locator(".cw-cf", has=shaped.get_by_text(text, exact=True)).last.bounding_box()
        for text in ("Ranks customers by risk.", "Shops.")
    )
    assert purpose is not None
    assert uses is not None
    assert uses["y"] - (purpose["y"] + purpose["height"]) < 60
    shaped.emulate_media(media="print")
    expect(shaped.locator(".cw-body.is-stacked")).to_have_count(0)


def test_a_finding_about_a_field_is_next_to_it_until_it_ends(author: Any, lea: Visitor) -> None:
    name, own = make(author, "margin-found"), own_client(author)
    opened = own.open_finding(
        ModelCardName=name, Title="Scores <b>drift</b>", Severity="low", Pointer="/intended_uses/purpose_of_model"
    )["Finding"]
    page = lea.get(f"/cards/{name}").text
    uses = section(page, "intended-uses")
    assert 'aria-label="Finding: Scores &lt;b&gt;drift&lt;/b&gt;"' in uses
    assert f'href="/findings/{opened["FindingId"]}" dir="auto">Scores &lt;b&gt;drift' in uses
    assert page.count("cw-mn-finding") == 1
    own.update_finding(FindingId=opened["FindingId"], State="closed", Resolution="The model was trained again.")
    assert "cw-mn-finding" not in lea.get(f"/cards/{name}").text
