"""The plan for cards that are declared in files: what changes in a store, and what is refused before a write."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core.applying import SET_TAG, Action, Change, Declared, Existing, check, plan, pruned
from cardwright.core.errors import Invalid

STORED = '{ "model_overview" : {"model_name":"m", "model_version": 1.50} }'
SAME = {"model_overview": {"model_version": 1.5, "model_name": "m"}}
WORDS = st.dictionaries(st.sampled_from(["a", "b", "c", SET_TAG]), st.sampled_from(["", "x", "y"]))


def declared(content: dict[str, Any] | None = None, **more: Any) -> Declared:
    return Declared("cards.yaml", "card", SAME if content is None else content, **more)


def existing(**more: Any) -> Existing:
    return Existing(**{"content": STORED, "status": "Approved", "tags": {"team": "risk"}} | more)


def test_a_card_that_is_not_there_is_created_as_its_file_says() -> None:
    assert plan(declared(), None) == Change("card", Action.CREATE, orjson.dumps(SAME).decode(), "Draft")
    change = plan(declared({}, status="Approved", tags={"team": "risk"}), None, "fraud")
    assert change == Change(
        "card", Action.CREATE, "{}", "Approved", {"team": "risk", SET_TAG: "fraud"}
    )  # fmt: skip


def test_the_same_json_in_another_spelling_changes_nothing() -> None:
    assert plan(declared(), existing()) == Change("card", Action.EQUAL)
    assert plan(declared(status="Approved", tags={"team": "risk"}), existing()) == Change("card", Action.EQUAL)


def test_new_content_keeps_the_stored_text_of_what_is_the_same() -> None:
    change = plan(declared({"model_overview": {"model_name": "n", "model_version": 1.5}}), existing())
    assert (change.action, change.status, change.tags) == (Action.UPDATE, None, {})
    assert change.content is not None
    assert '"model_version":1.50' in change.content
    assert json.loads(change.content) == {"model_overview": {"model_name": "n", "model_version": 1.5}}


def test_a_status_is_set_only_when_the_file_has_another() -> None:
    change = plan(declared(status="Archived"), existing())
    assert (change.action, change.status, change.content) == (Action.UPDATE, "Archived", None)


def test_the_tag_of_the_set_is_added_and_never_removed() -> None:
    change = plan(declared(tags={}), existing(tags={"team": "risk", SET_TAG: "other"}))
    assert (change.action, change.tags, change.removed_tags) == (Action.UPDATE, {}, ("team",))
    assert plan(declared(), existing(), "fraud").tags == {SET_TAG: "fraud"}
    assert plan(declared(), existing(tags={SET_TAG: "fraud"}), "fraud").action is Action.EQUAL


@given(file=st.none() | WORDS, store=WORDS, set_name=st.sampled_from(["", "fraud"]))
def test_tags_become_those_of_the_file_and_a_second_plan_is_equal(
    file: dict[str, str] | None, store: dict[str, str], set_name: str
) -> None:
    card = declared(tags=file)
    change = plan(card, existing(tags=store), set_name)
    made = {key: value for key, value in {**store, **change.tags}.items() if key not in change.removed_tags}
    wanted = {**(store if file is None else file), **({SET_TAG: set_name} if set_name else {})}
    kept = {SET_TAG: store[SET_TAG]} if SET_TAG in store else {}
    assert made == kept | wanted
    assert plan(card, existing(tags=made), set_name).action is Action.EQUAL


def test_cards_of_a_set_that_no_file_declares_are_deleted() -> None:
    assert pruned([declared()], ["card", "old", "older"]) == [
        Change("old", Action.DELETE),
        Change("older", Action.DELETE),
    ]


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (Declared("f", "no name", {}), "f: 'no name' is not a card name"),
        (Declared("f", "a", {}, status="Done"), "f: the status 'Done' is unknown: use one of Draft, PendingReview"),
        (Declared("f", "a", {"x": [1.0, {"y": float("nan")}]}), "f: content.x.1.y is NaN or infinite"),
        (Declared("f", "a", {"model_overview": 1}), "f: the content of a is not valid: "),
        (Declared("f", "a", {}, tags={"aws:x": "y"}), "f: "),
        (Declared("f", "a", {"x": object()}), "f: Type is not JSON serializable"),
    ],
)
def test_a_mistake_names_its_file(card: Declared, message: str) -> None:
    check([declared()])
    with pytest.raises(Invalid) as refused:
        check([declared(), card])
    assert refused.value.message.startswith(message)


def test_two_files_cannot_declare_one_card() -> None:
    with pytest.raises(Invalid, match=r"b.yaml: the card card is declared in cards.yaml too"):
        check([declared(), Declared("b.yaml", "card", {})])
