"""A form that saves itself while the user writes: what it stores, and what it does when it cannot store."""

import itertools
import json
import re
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.console.browser_form import BrowserForm, Control, form_of
from tests.console.schema_contents import FORM_DOCUMENTS
from tests.console.test_editing import HARD, changeable, changed, described, opened, sent
from tests.console.visits import Answer, Visitor
from tests.servers import Server

_FEW = settings(phases=[Phase.generate], max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
_STEPS = ("model", "training", "evaluation", "ethics")
_OF_PAGE = ("token", "revision", "page", "began")
_TURNS = itertools.count(1)


def group_of(name: str) -> str:
    """The inputs that one value is read from, as the script groups them."""
    return re.sub(r"(\.metric)?\.(index|name|value|notes|key|asked)$", "", name)


def autosaved(visitor: Visitor, form: BrowserForm, names: list[str]) -> Answer:
    """Post the fields with these names, and those that belong to them, as the script does."""
    groups = {group_of(name) for name in names}
    fields = [
        (control.name, control.value)
        for control in form.controls
        if control.sent and (control.name in _OF_PAGE or group_of(control.name) in groups)
    ]
    body = urllib.parse.urlencode([*fields, ("do", "auto"), ("turn", str(next(_TURNS)))]).encode()
    answer = visitor.submit(form.action, "application/x-www-form-urlencoded", body)
    if answer.status == 200:
        saved = json.loads(answer.text)
        if "revision" in saved:
            control(form, "revision").value = str(saved["revision"])
            form.action = saved["address"]
    return answer


def control(form: BrowserForm, name: str) -> Control:
    return next(one for one in form.controls if one.name == name)


def drafts(visitor: Visitor) -> str:
    return visitor.get("/drafts").text


def test_a_new_card_has_a_draft_with_its_first_written_field(console: Server) -> None:
    visitor = Visitor(console.url)
    form = form_of(visitor.get("/new").text)
    control(form, "name").value = "autosaved-new"
    saved = json.loads(autosaved(visitor, form, ["name"]).text)
    assert saved["address"].startswith("/drafts/")
    control(form, "model_overview.model_owner").value = "Risk"
    autosaved(visitor, form, ["name", "model_overview.model_owner"])
    page = visitor.get(saved["address"]).text
    assert 'value="autosaved-new"' in page
    assert 'value="Risk"' in page
    assert drafts(visitor).count("autosaved-new") == 2  # the link and the name of the button
    visitor.post(f"{saved['address'].rpartition('/')[0]}/discard", [])


def test_a_page_that_changes_nothing_leaves_no_draft(console: Server) -> None:
    with opened(console, HARD[0]) as (name, visitor, page):
        form = form_of(page.text)
        assert json.loads(autosaved(visitor, form, [one.name for one in form.controls]).text) == {"nothing": True}
        for slug in (*_STEPS, "review"):
            form = form_of(visitor.get(f"/cards/{name}/edit/{slug}").text)
            assert sent(visitor, form, "next" if slug != "review" else "stay").status == 200
        assert name not in drafts(visitor)


@_FEW
@given(FORM_DOCUMENTS, st.data())
def test_a_page_that_saves_itself_stores_what_one_save_stores(console: Server, text: str, data: st.DataObject) -> None:
    step = data.draw(st.sampled_from(_STEPS))
    written: dict[int, str] = {}
    with opened(console, text) as (name, visitor, page):
        form = form_of(visitor.get(f"{form_of(page.text).action.rpartition('/')[0]}/{step}").text)
        numbers = changeable(form, text)
        for number in data.draw(st.lists(st.sampled_from(numbers), max_size=3)) if numbers else []:
            field, before = form.controls[number], form.controls[number].value
            if not field.options:
                field.value = ""  # as after selecting all and typing
                assert autosaved(visitor, form, [form.controls[one].name for one in {*written, number}]).status == 200
                field.value = before
            changed(field)
            written[number] = field.value
            assert autosaved(visitor, form, [form.controls[one].name for one in written]).status == 200
        by_itself = finished(console, visitor, form, name)
    with opened(console, text) as (name, visitor, page):
        form = form_of(visitor.get(f"{form_of(page.text).action.rpartition('/')[0]}/{step}").text)
        for number, value in written.items():
            form.controls[number].value, form.controls[number].sent = value, True
        assert finished(console, visitor, form, name) == by_itself


def finished(console: Server, visitor: Visitor, form: BrowserForm, name: str) -> tuple[str, int]:
    """Save the card from one of its steps."""
    review = sent(visitor, form, "go:review")
    assert review.status == 200
    assert sent(visitor, form_of(review.text), "publish").status == 200
    return described(console, name)


def test_a_new_metric_is_stored_once_however_often_it_is_saved(console: Server) -> None:
    text = '{"evaluation_details":[{"name":"job","metric_groups":[{"name":"g","metric_data":[]}]}]}'
    with opened(console, text) as (name, visitor, _):
        form = form_of(visitor.get(f"/cards/{name}/edit/evaluation").text)
        path = "evaluation_details.0.metric_groups.0.metric"
        for value in ("a", "au", "auc"):
            control(form, f"{path}.name").value = value
            control(form, f"{path}.value").value = "0.9"
            assert autosaved(visitor, form, [f"{path}.name"]).status == 200
        assert sent(visitor, form_of(visitor.get(f"/cards/{name}/edit/review").text), "publish").status == 200
        [group] = json.loads(described(console, name)[0])["evaluation_details"][0]["metric_groups"]
        assert group["metric_data"] == [{"name": "auc", "type": "number", "value": 0.9}]


def test_a_save_whose_answer_was_lost_can_be_sent_again(console: Server) -> None:
    visitor = Visitor(console.url)
    form = form_of(visitor.get("/new").text)
    control(form, "name").value = "answer-lost"
    action = form.action
    first = json.loads(autosaved(visitor, form, ["name"]).text)
    form.action, control(form, "revision").value = action, ""  # the answer never came
    control(form, "name").value = "answer-lost-2"
    again = json.loads(autosaved(visitor, form, ["name"]).text)
    assert again["address"] == first["address"]
    assert 'value="answer-lost-2"' in visitor.get(first["address"]).text
    visitor.post(f"{first['address'].rpartition('/')[0]}/discard", [])


def test_a_save_that_comes_late_does_not_undo_a_later_one(console: Server) -> None:
    visitor = Visitor(console.url)
    draft = visitor.begin("comes-late")
    form = form_of(visitor.get(f"{draft}/model").text)
    fields = [(one.name, one.value) for one in form.controls if one.name in _OF_PAGE]
    for turn, owner in ((2, "later"), (1, "earlier")):
        body = [*fields, ("do", "auto"), ("turn", str(turn)), ("model_overview.model_owner", owner)]
        assert (
            visitor.submit(
                form.action, "application/x-www-form-urlencoded", urllib.parse.urlencode(body).encode()
            ).status
            == 200
        )
    assert 'value="later"' in visitor.get(f"{draft}/model").text
    visitor.post(f"{draft}/discard", [])


def test_a_save_that_arrives_after_the_button_of_its_page_changes_nothing(console: Server) -> None:
    visitor = Visitor(console.url)
    draft = visitor.begin("after-the-button")
    form = form_of(visitor.get(f"{draft}/model").text)
    other = form_of(visitor.get(f"{draft}/model").text)
    assert sent(visitor, form, "stay").status == 200  # changes nothing, so the draft keeps its revision
    control(form, "model_overview.model_owner").value = "late"
    late = autosaved(visitor, form, ["model_overview.model_owner"])
    assert (late.status, json.loads(late.text)["elsewhere"]) == (409, True)
    assert 'value="late"' not in visitor.get(f"{draft}/model").text
    control(other, "model_overview.model_owner").value = "another window"
    assert autosaved(visitor, other, ["model_overview.model_owner"]).status == 200
    assert 'value="another window"' in visitor.get(f"{draft}/model").text
    visitor.post(f"{draft}/discard", [])


def test_two_windows_that_save_themselves_overwrite_nothing(console: Server) -> None:
    visitor = Visitor(console.url)
    draft = visitor.begin("two-windows-auto")
    here, there = (form_of(visitor.get(f"{draft}/model").text) for _ in range(2))
    control(here, "model_overview.model_owner").value = "here"
    control(there, "model_overview.model_owner").value = "there"
    assert autosaved(visitor, here, ["model_overview.model_owner"]).status == 200
    refused = autosaved(visitor, there, ["model_overview.model_owner"])
    assert (refused.status, json.loads(refused.text)) == (
        409,
        {"why": "this draft was saved in another window", "elsewhere": True},
    )
    both = sent(visitor, there, "stay")
    assert both.status == 409
    assert "The other window has: <q>here</q>" in both.text
    assert 'value="there"' in both.text
    assert sent(visitor, form_of(both.text), "stay").status == 200
    assert 'value="there"' in visitor.get(f"{draft}/model").text
    visitor.post(f"{draft}/discard", [])


def test_a_second_window_of_an_edit_meets_the_draft_of_the_first(console: Server) -> None:
    with opened(console, "{}") as (name, visitor, answer):
        there = form_of(visitor.get(f"/cards/{name}/edit/model").text)
        here = form_of(answer.text)
        control(here, "model_overview.model_owner").value = "here"
        assert autosaved(visitor, here, ["model_overview.model_owner"]).status == 200
        control(there, "model_overview.model_owner").value = "there"
        assert autosaved(visitor, there, ["model_overview.model_owner"]).status == 409
        assert "The other window has: <q>here</q>" in sent(visitor, there, "stay").text
        visitor.post(f"{here.action.rpartition('/')[0]}/discard", [])


def test_saves_of_one_page_at_the_same_time_begin_one_draft(console: Server) -> None:
    visitor = Visitor(console.url)
    form = form_of(visitor.get("/new").text)
    control(form, "name").value = "at-the-same-time"
    fields = [(one.name, one.value) for one in form.controls if one.name in (*_OF_PAGE, "name")]

    def post(turn: int) -> Answer:
        body = urllib.parse.urlencode([*fields, ("do", "auto"), ("turn", str(turn))]).encode()
        return visitor.submit("/drafts", "application/x-www-form-urlencoded", body)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(1, 5)))
    assert {answer.status for answer in answers} <= {200, 409}
    addresses = {json.loads(answer.text)["address"] for answer in answers if answer.status == 200}
    assert len(addresses) == 1
    visitor.post(f"{addresses.pop().rpartition('/')[0]}/discard", [])


def test_a_button_pressed_during_a_save_meets_no_conflict(console: Server) -> None:
    visitor = Visitor(console.url)
    form = form_of(visitor.get("/new").text)
    action, revision = form.action, control(form, "revision").value
    control(form, "name").value = "pressed-during"
    for verb in ("stay", "next"):
        assert autosaved(visitor, form, ["name"]).status == 200
        form.action, control(form, "revision").value = action, revision  # the button was pressed before the answer
        assert sent(visitor, form, verb).status == 200
        listed = re.findall(r'<a href="(/drafts/[^"]+)">pressed-during</a>', drafts(visitor))
        assert len(listed) == 1
        form = form_of(visitor.get(listed[0].rpartition("/")[0] + "/model").text)
        action, revision = form.action, control(form, "revision").value
    visitor.post(f"{action.rpartition('/')[0]}/discard", [])


@pytest.mark.parametrize("do", ["auto", "stay"])
def test_an_edit_of_a_card_that_was_deleted_keeps_the_text(console: Server, do: str) -> None:
    name, client, visitor = f"deleted-under-{do}", console.client(), Visitor(console.url)
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Draft")
    form = form_of(visitor.get(f"/cards/{name}/edit/model").text)
    client.delete_model_card(ModelCardName=name)
    control(form, "model_overview.model_owner").value = "kept & shown"
    if do == "auto":
        refused = autosaved(visitor, form, ["model_overview.model_owner"])
        assert refused.status == 422
        assert name in json.loads(refused.text)["why"]
    shown = sent(visitor, form, "stay")
    assert (shown.status, "kept &amp; shown" in shown.text) == (404, True)


def test_an_edit_keeps_to_the_version_that_its_page_showed(console: Server) -> None:
    with opened(console, '{"model_overview":{"model_owner":"first"}}') as (name, visitor, answer):
        form = form_of(answer.text)
        console.client().update_model_card(ModelCardName=name, Content='{"model_overview":{"model_owner":"second"}}')
        control(form, "business_details.line_of_business").value = "cards"
        assert autosaved(visitor, form, ["business_details.line_of_business"]).status == 200
        met = sent(visitor, form_of(visitor.get(f"/cards/{name}/edit/review").text), "publish")
        assert met.status == 409
        assert "saved version 2 while you were editing" in met.text
        visitor.post(f"{form.action.rpartition('/')[0]}/discard", [])


def test_a_large_draft_of_two_windows_refuses_with_the_reason(console: Server) -> None:
    visitor = Visitor(console.url)
    form = form_of(visitor.get("/new").text)
    control(form, "model_overview.model_description").value = "x" * 8_000_001
    refused = autosaved(visitor, form, ["model_overview.model_description"])
    assert refused.status == 422
    assert "the maximum is 8,000,000" in json.loads(refused.text)["why"]
