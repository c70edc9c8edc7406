"""Draft forms are stored with a schema number, and read from every shape that was stored before."""

import json
from typing import Any

import attrs
import pytest

from cardwright.core.draft import check_form
from cardwright.core.draft_form import (
    SCHEMA,
    Choice,
    DraftForm,
    DraftOfNewerRelease,
    EditedCard,
    Found,
    read_form,
    stored_text,
)
from cardwright.core.errors import Invalid

CHOICE: dict[str, Any] = {
    "kind": "model-package",
    "path": "fraud/3",
    "title": "fraud, version 3",
    "arn": "arn:aws:sagemaker:us-east-1:1:model-package/fraud/3",
    "at": 1,
    "by": "mei",
    "left": ["Model name"],
}
FLAT: dict[str, Any] = {
    "name": "fraud",
    "status": "PendingReview",
    "tags": [["team", "risk"]],
    "note": "n",
    "comment": "c",
    "content": {"model_overview": {"model_version": 1.5}, "evaluation_details": [{"_reports": [{"file": "a"}]}]},
    "seen": ["model"],
    "step": "training",
    "card": "fraud",
    "card_id": "id",
    "version": 2,
    "status_then": "Draft",
    "base": '{"model_overview":{"model_version":1.50}}',
    "source": CHOICE | {"warnings": ["w"], "carried_from": "fraud-2", "name": "fraud-3"},
    "job": CHOICE | {"kind": "training-job", "alone": True},
    "found": {"model_overview.model_name": {"value": "fraud", "of": "model", "from": "registry"}},
}
FORM = DraftForm(
    name="fraud",
    status="PendingReview",
    tags=[["team", "risk"]],
    note="n",
    comment="c",
    content={
        "model_overview": {"model_version": 1.5},
        "evaluation_details": [{"_reports": [{"file": "a", "facts": []}]}],
    },
    seen=["model"],
    step="training",
    card=EditedCard("fraud", 2, '{"model_overview":{"model_version":1.50}}', "id", "Draft"),
    model=Choice(**CHOICE, warnings=["w"], carried_from="fraud-2", name="fraud-3"),
    job=Choice(**(CHOICE | {"kind": "training-job"}), with_model=True),
    found={"model_overview.model_name": Found("fraud", "model", "registry")},
)


@pytest.mark.parametrize("form", [DraftForm(), FORM, DraftForm(copied="{}", content={"deep": ["\0", 1e300, None]})])
def test_a_stored_form_is_read_back_equal(form: DraftForm) -> None:
    text = stored_text(form)
    assert json.loads(text)["schema"] == SCHEMA
    assert read_form(text) == form


def test_a_form_of_the_flat_shape_is_read() -> None:
    assert read_form(json.dumps(FLAT)) == FORM


def test_the_oldest_flat_forms_are_read() -> None:
    old = {key: FLAT[key] for key in ("name", "content", "card", "version", "base")}
    form = read_form(json.dumps(old))
    assert form.card == EditedCard("fraud", 2, FLAT["base"])
    assert form.original == FLAT["base"]
    new = read_form(json.dumps({"name": "", "content": {}, "copied": "{}", "card": None}))
    assert (new.card, new.original, new.model, new.found) == (None, "{}", None, {})


def test_forms_of_earlier_shapes_are_read_without_their_later_members() -> None:
    stored = json.loads(stored_text(attrs.evolve(FORM, left_page="page")))
    del stored["left_page"]
    assert read_form(json.dumps(stored | {"schema": 3})) == FORM
    del stored["opened"]
    assert read_form(json.dumps(stored | {"schema": 2})) == FORM


def test_a_form_of_a_newer_release_is_refused() -> None:
    with pytest.raises(DraftOfNewerRelease, match="newer release"):
        read_form(json.dumps({"schema": SCHEMA + 1}))


def test_a_list_shows_the_name_or_what_the_card_is_about() -> None:
    assert FORM.title == "fraud"
    assert attrs.evolve(FORM, name="").title == "an unnamed card for fraud, version 3"
    assert attrs.evolve(FORM, name="", model=None, job=None).title == ""
    assert len(attrs.evolve(FORM, name="n" * 200).title) == 100


def test_a_form_that_nests_too_deep_or_is_too_long_is_refused() -> None:
    deep: Any = {}
    for _ in range(300):
        deep = {"a": deep}
    with pytest.raises(Invalid, match="nested too deep"):
        check_form(DraftForm(content=deep))
    with pytest.raises(Invalid, match="shorten it"):
        check_form(DraftForm(note="x" * 8_000_001))
