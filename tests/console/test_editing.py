"""Editing a card in the console changes what was edited, and nothing else."""

import contextlib
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardwright.formats.literals import parse_literally
from tests.console.browser_form import BrowserForm, Control, form_of
from tests.console.schema_contents import FORM_DOCUMENTS
from tests.console.visits import Answer, Visitor
from tests.servers import Server

_STEPS = ("model", "training", "evaluation", "ethics")
_FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
_MANY = settings(_FEW, max_examples=200)
_NUMBERS = itertools.count()
LINE_BREAKS = (Path(__file__).parent / "data" / "card_line_breaks.json").read_text()
HARD = (
    LINE_BREAKS,
    '{"evaluation_details": [{"name": "0", "metric_groups": [{"name": "0", "metric_data": [], "": null}]}]}',
    '{"evaluation_details": []}',
    '{"training_details": {"objective_function": {"function": "Maximize", "facet": "AUC", "notes": " a\\n"}}}',
    '{"training_details": {"objective_function": "as a text"}, "business_details": {}}',
    '{"model_overview": {"model_version": 1e3, "model_artifact": ["", " ", "a\\r", "a\\n", "a"]}}',
    '{"additional_information": {"custom_details": {"": "", " ": "", "a": "1", "a\\n": "2\\r", "a\\r\\n": "2\\n"}}}',
    '{"evaluation_details": [{"name": " ", "metadata": {}, "metric_groups": [{"name": "\\r", "metric_data": ['
    '{"notes": "", "value": "1.0", "type": "string", "name": " "}, {"type": "number", "name": "x", "value": true},'
    '{"name": "big", "type": "number", "value": 123456789012345678901234567890}], "more": {"b": 1, "a": 2}}]}]}',
    '{"training_details": {"training_job_details": {"hyper_parameters": [{"name": "a"}, {"value": "", "name": "\\n"}],'
    '"training_metrics": [{"notes": "a\\rb", "value": 1E+2, "name": "loss"}]}}}',
    json.dumps({"business_details": {"business_problem": "\n" + "line of text\r\n" * 140}}),
)


@contextlib.contextmanager
def opened(console: Server, text: str) -> Iterator[tuple[str, Visitor, Answer]]:
    """A card, which goes afterwards, and the first step of the form that edits it."""
    name, client = f"edited-{next(_NUMBERS)}", console.client()
    client.create_model_card(ModelCardName=name, Content=text, ModelCardStatus="Draft")
    visitor = Visitor(console.url)
    visitor.get(f"/cards/{name}")
    try:
        answer = visitor.post(f"/cards/{name}/edit", [])
        assert answer.status == 200, correction(answer)
        yield name, visitor, answer
    finally:
        client.delete_model_card(ModelCardName=name)


def sent(visitor: Visitor, form: BrowserForm, do: str, kind: str = "multipart") -> Answer:
    return visitor.submit(form.action, *form.encoded(do, kind))


def saved_in_every_step(visitor: Visitor, answer: Answer, kind: str = "multipart") -> None:
    """Open each step and save it as it is shown, then save the card."""
    for _ in _STEPS:
        answer = sent(visitor, form_of(answer.text), "next", kind)
        assert answer.status == 200, correction(answer)
    answer = sent(visitor, form_of(answer.text), "publish", kind)
    assert answer.status == 200, correction(answer)
    assert "/cards/" in answer.url


def correction(answer: Answer) -> str:
    """What a page says is wrong."""
    return re.sub(r"<[^>]*>|\s+", " ", answer.text.partition("<main")[2])[:1500]


def described(console: Server, name: str) -> tuple[str, int]:
    card = console.client().describe_model_card(ModelCardName=name)
    return card["Content"], card["ModelCardVersion"]


def check_nothing_changed(console: Server, text: str, kind: str) -> None:
    with opened(console, text) as (name, visitor, answer):
        saved_in_every_step(visitor, answer, kind)
        assert described(console, name) == (text, 1)


@pytest.mark.parametrize("kind", ["multipart", "urlencoded"])
@pytest.mark.parametrize("text", HARD)
def test_a_card_saved_as_it_is_shown_keeps_its_content(console: Server, text: str, kind: str) -> None:
    check_nothing_changed(console, text, kind)


@_FEW
@given(FORM_DOCUMENTS)
def test_any_card_saved_as_it_is_shown_keeps_its_content(console: Server, text: str) -> None:
    check_nothing_changed(console, text, "multipart")


@pytest.mark.long
@_MANY
@given(FORM_DOCUMENTS, st.sampled_from(["multipart", "urlencoded"]))
def test_two_hundred_cards_saved_as_they_are_shown_keep_their_contents(console: Server, text: str, kind: str) -> None:
    check_nothing_changed(console, text, kind)


_ADDED = "Ω7"


def changeable(form: BrowserForm, text: str) -> list[int]:
    """The controls of content whose row the card has: a new row may need more than one text."""
    content = json.loads(text)
    return [
        number
        for number, control in enumerate(form.controls)
        if "." in control.name
        and control.kind != "hidden"
        and not control.name.startswith("tags.")
        and (row_of(form, number)[1] is None or has_row(content, *row_of(form, number)))
    ]


def row_of(form: BrowserForm, number: int) -> tuple[str, int | None]:
    """The place in the content that a control is part of, and the row of it, where it has rows."""
    name = form.controls[number].name
    same = [other for other, control in enumerate(form.controls) if control.name == name]
    if re.search(r"\.metric\.\w+$", name):
        path = name.rpartition(".metric.")[0]
        indexes = [control.value for control in form.controls if control.name == f"{path}.metric.index"]
        index = indexes[same.index(number)]
        return f"{path}.metric_data", int(index) if index.isdecimal() else 10**6
    rows = re.search(r"(metrics|hyper_parameters)\.\w+$|(custom_details|metadata)\.(key|value)$", name)
    listed = name.endswith(("model_artifact", "container_image", "datasets"))
    return (name.rpartition(".")[0] if rows else name), same.index(number) if rows or listed else None


def has_row(content: Any, path: str, row: int | None) -> bool:
    found = content
    for key in path.split("."):
        found = found[int(key)] if isinstance(found, list) else found.get(key) if isinstance(found, dict) else None
    return row is not None and found is not None and row < len(found)


def changed(control: Control) -> None:
    """Write something else into a control."""
    if control.options:
        control.value, control.sent = next(word for word in reversed(control.options) if word != control.value), True
    elif control.name.endswith(("model_version", "metrics.value")):
        control.value = "7.25"
    else:
        control.value = control.value + _ADDED if len(control.value) < 60 else _ADDED


def differing(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The places where two documents differ; of a row that was added or removed, the row's."""
    if isinstance(before, dict) and isinstance(after, dict) and list(before) == list(after):
        for key in before:
            yield from differing(before[key], after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differing(one, other, (*path, str(number)))
    elif isinstance(before, dict) and isinstance(after, dict) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before.items(), after.items(), strict=True)):
            if one[0] != other[0]:
                assert one[1] == other[1], "a new key and a new value"
                yield ".".join((*path, str(number)))
            else:
                yield from differing(one[1], other[1], (*path, one[0]))
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() ^ after.keys():
            yield ".".join((*path, key))
        for key in before.keys() & after.keys():
            yield from differing(before[key], after[key], (*path, key))
    elif before != after:
        yield ".".join(path)


def check_one_change(console: Server, text: str, data: st.DataObject) -> None:
    with opened(console, text) as (name, visitor, page):
        answer = page
        step = data.draw(st.sampled_from(_STEPS))
        expected = row = None
        for slug in _STEPS:
            form = form_of(answer.text)
            choices = changeable(form, text) if slug == step else []
            if choices:
                number = data.draw(st.sampled_from(choices))
                expected, row = row_of(form, number)
                changed(form.controls[number])
            answer = sent(visitor, form, "next")
            assert answer.status == 200, correction(answer)
        answer = sent(visitor, form_of(answer.text), "publish")
        assert answer.status == 200, correction(answer)
        after, version = described(console, name)
    if expected is None:
        assert (after, version) == (text, 1)
        return
    assert version == 2
    places = list(differing(parse_literally(text), parse_literally(after)))
    assert places
    # The flat objective of SDK v3 keeps its form; a section that was absent is a difference as a whole.
    of_field = expected.replace("objective_function.function.", "objective_function.")
    for place in places:
        known = f"{place}.".replace("objective_function.function.", "objective_function.")[:-1]
        assert known.startswith(of_field) or of_field.startswith(known), (places, expected)
        if row is not None and known.startswith(f"{of_field}.") and ".custom_details" not in known + of_field:
            assert "metadata" in of_field or known.split(".")[len(of_field.split("."))] == str(row), (places, expected)
    if row is not None:
        assert len({place.split(".")[len(of_field.split("."))] for place in places if place.startswith(of_field)}) <= 1


def test_a_changed_metric_keeps_the_order_of_its_members(console: Server) -> None:
    metric = '{"name":"auc","value":0,"type":"number"}'
    text = '{"evaluation_details":[{"name":"job","metric_groups":[{"name":"group","metric_data":[%s]}]}]}'
    with opened(console, text % metric) as (name, visitor, page):
        form = form_of(visitor.get(f"{begun(visitor, page)}/evaluation").text)
        changed(next(control for control in form.controls if control.value == "auc"))
        assert sent(visitor, form, "publish").status == 200
        assert described(console, name)[0] == text % metric.replace("auc", f"auc{_ADDED}")


@_FEW
@given(FORM_DOCUMENTS, st.data())
def test_one_changed_field_changes_that_field_alone(console: Server, text: str, data: st.DataObject) -> None:
    check_one_change(console, text, data)


@pytest.mark.long
@_MANY
@given(FORM_DOCUMENTS, st.data())
def test_each_of_two_hundred_changes_is_of_one_field(console: Server, text: str, data: st.DataObject) -> None:
    check_one_change(console, text, data)


def begun(visitor: Visitor, answer: Answer) -> str:
    """The address of a draft without its step."""
    return form_of(answer.text).action.rpartition("/")[0]


def test_a_removed_row_takes_no_line_break_of_its_neighbours(console: Server) -> None:
    content: dict[str, Any] = {
        "model_overview": {"model_artifact": ["first", " second ", "third\r\nline"]},
        "additional_information": {"custom_details": {"a": "1", "b\r": "2\r\n3", "c": " 4 "}},
        "evaluation_details": [
            {
                "name": "job",
                "metric_groups": [
                    {
                        "name": "group",
                        "metric_data": [
                            {"name": "one", "type": "number", "value": 1},
                            {"name": "two\r", "type": "string", "value": " x "},
                        ],
                    }
                ],
            }
        ],
    }
    with opened(console, json.dumps(content)) as (name, visitor, page):
        draft = begun(visitor, page)
        for step, row in (
            ("model", "model_overview.model_artifact:0"),
            ("ethics", "additional_information.custom_details:0"),
            ("evaluation", "evaluation_details.0.metric_groups.0.metric:0"),
        ):
            form = form_of(visitor.get(f"{draft}/{step}").text)
            assert sent(visitor, form, f"remove:{row}").status == 200
        assert sent(visitor, form_of(visitor.get(f"{draft}/review").text), "publish").status == 200
        after = json.loads(described(console, name)[0])
    assert after["model_overview"]["model_artifact"] == [" second ", "third\r\nline"]
    assert after["additional_information"]["custom_details"] == {"b\r": "2\r\n3", "c": " 4 "}
    [group] = after["evaluation_details"][0]["metric_groups"]
    assert group["metric_data"] == content["evaluation_details"][0]["metric_groups"][0]["metric_data"][1:]


def test_two_windows_keep_the_line_breaks_of_what_neither_changed(console: Server) -> None:
    text = (
        '{"additional_information": {"custom_details": {"a": " 1\\r\\n2 ", "b": "x"}, "ethical_considerations": "\\r"}}'
    )
    with opened(console, text) as (name, visitor, page):
        draft = begun(visitor, page)
        here = form_of(visitor.get(f"{draft}/ethics").text)
        other = form_of(visitor.get(f"{draft}/ethics").text)
        next(control for control in other.controls if control.value == "x").value = "theirs"
        assert sent(visitor, other, "stay").status == 200
        met = sent(visitor, here, "stay")
        assert met.status == 409
        assert sent(visitor, form_of(met.text), "stay").status == 200
        assert sent(visitor, form_of(visitor.get(f"{draft}/review").text), "publish").status == 200
        assert described(console, name) == (text, 1)


def test_changes_on_top_of_a_newer_version_keep_both_texts(console: Server) -> None:
    text = '{"business_details": {"line_of_business": " a\\r\\nb "}, "model_overview": {"model_version": 1.50}}'
    newer = text.replace("1.50", "2.50")
    with opened(console, text) as (name, visitor, page):
        draft = begun(visitor, page)
        form = form_of(visitor.get(f"{draft}/model").text)
        next(control for control in form.controls if control.name == "business_details.business_problem").value = "p"
        assert sent(visitor, form, "stay").status == 200
        console.client().update_model_card(ModelCardName=name, Content=newer)
        met = sent(visitor, form_of(visitor.get(f"{draft}/review").text), "publish")
        assert met.status == 409
        form = form_of(visitor.get(f"{draft}/model").text)
        assert sent(visitor, form, "stay").status == 200
        assert sent(visitor, form_of(visitor.get(f"{draft}/review").text), "publish").status == 200
        assert described(console, name) == (
            '{"business_details":{"line_of_business":" a\\r\\nb ","business_problem":"p"},'
            '"model_overview":{"model_version":2.50}}',
            3,
        )


def test_a_copy_has_the_texts_and_digits_of_its_original(console: Server) -> None:
    text = '{"additional_information":{"custom_details":{"a":"1\\r\\n2"}},"evaluation_details":[{"name":" ",'
    text += '"metric_groups":[{"name":"g","metric_data":[{"name":"m","type":"number",'
    text += '"value":123456789012345678901234567890}]}]}]}'
    with opened(console, text) as (name, visitor, _):
        form = form_of(visitor.post(f"/cards/{name}/duplicate", []).text)
        next(control for control in form.controls if control.name == "name").value = f"{name}-copy"
        answer = sent(visitor, form, "next")
        for _ in _STEPS[1:]:
            answer = sent(visitor, form_of(answer.text), "next")
        assert sent(visitor, form_of(answer.text), "publish").status == 200
        assert described(console, f"{name}-copy") == (text, 1)
        console.client().delete_model_card(ModelCardName=f"{name}-copy")


def test_a_card_that_nests_too_deep_for_a_draft_is_refused_in_words(console: Server) -> None:
    text = '{"training_details": {"objective_function": ' + "[" * 252 + "]" * 252 + "}}"
    client = console.client()
    client.create_model_card(ModelCardName="too-deep", Content=text, ModelCardStatus="Draft")
    visitor = Visitor(console.url)
    visitor.get("/cards/too-deep")
    answer = visitor.post("/cards/too-deep/edit", [])
    client.delete_model_card(ModelCardName="too-deep")
    assert answer.status == 400
    assert "The card is nested too deep for a draft" in answer.text


@pytest.mark.parametrize("whole", [True, False])
def test_an_imported_card_keeps_its_texts_and_digits(console: Server, whole: bool) -> None:
    text = '{"business_details": {"line_of_business": " a\\r\\nb "},\n "model_overview": {"model_version": 1.50}}'
    name = f"imported-{whole}".lower()
    given = json.dumps({"ModelCardName": name, "Content": text}) if whole else text
    visitor = Visitor(console.url)
    visitor.get("/import")
    form = form_of(visitor.post("/import", [("text", given)]).text)
    answer = visitor.get(form.action.replace("/review", "/model"))
    form = form_of(answer.text)
    next(control for control in form.controls if control.name == "name").value = name
    for _ in _STEPS:
        answer = sent(visitor, form, "next")
        form = form_of(answer.text)
    assert sent(visitor, form, "publish").status == 200
    stored, version = described(console, name)
    console.client().delete_model_card(ModelCardName=name)
    assert (stored, version) == (text if whole else text.replace(": ", ":").replace(",\n ", ","), 1)
