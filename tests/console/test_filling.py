"""What the registry fills into a form: never over written text, and removed with its choice."""

from typing import Any

import pytest

from cardwright.console.wizard.filling import (
    JOB,
    MODEL,
    Origin,
    add_jobs,
    badges,
    carry_over,
    fill,
    numbers,
    put_back,
    take_out,
)
from cardwright.console.wizard.forms import put
from cardwright.core.draft_form import DraftForm, jobs_of
from cardwright.core.json_value import value_at

OVERVIEW = {"model_overview": {"model_name": "fraud", "model_artifact": ["s3://a"], "model_owner": None}}


def form_with(content: dict[str, Any]) -> DraftForm:
    return DraftForm(content=content)


def test_only_what_is_unset_is_filled_and_what_differs_is_named() -> None:
    form = form_with({"model_overview": {"model_name": "mine", "model_artifact": ["s3://a"]}})
    assert fill(form, OVERVIEW | {"business_details": {"line_of_business": "Cards"}}, MODEL) == ["Model name"]
    assert form.content == {
        "model_overview": {"model_name": "mine", "model_artifact": ["s3://a"]},
        "business_details": {"line_of_business": "Cards"},
    }
    shown = badges(form)
    assert shown["model_overview.model_name"].changed
    assert shown["business_details.line_of_business"].words == "From registry"
    assert "model_overview.model_owner" not in shown


def test_the_first_source_of_a_field_counts() -> None:
    form = form_with({})
    fill(form, OVERVIEW, MODEL)
    assert fill(form, {"model_overview": {"model_name": "other", "model_owner": "Risk"}}, MODEL, Origin.OWN_CARD) == []
    assert value_at(form.content, "model_overview", "model_name") == "fraud"
    assert badges(form)["model_overview.model_owner"].words == "From the package’s card"


def test_sections_are_carried_over_whole_or_not_at_all() -> None:
    form = form_with({"intended_uses": {"risk_rating": "High"}})
    source = {
        "intended_uses": {"purpose_of_model": "theirs"},
        "business_details": {"business_problem": "theirs"},
        "training_details": {"training_observations": "never"},
    }
    assert carry_over(form, source) == ["Intended uses"]
    assert form.content == {
        "intended_uses": {"risk_rating": "High"},
        "business_details": {"business_problem": "theirs"},
    }
    assert badges(form)["business_details.business_problem"].words == "Carried over"
    assert numbers(form, MODEL) == (0, 1)


def test_a_choice_taken_back_leaves_written_text() -> None:
    form = form_with({})
    fill(form, OVERVIEW, MODEL)
    fill(form, {"training_details": {"training_observations": "job"}}, JOB)
    put(form.content, ("model_overview", "model_name"), "mine")
    take_out(form, MODEL)
    assert form.content == {
        "model_overview": {"model_name": "mine"},
        "training_details": {"training_observations": "job"},
    }
    take_out(form, JOB)
    assert form.content == {"model_overview": {"model_name": "mine"}}
    assert form.found == {}


def test_evaluation_jobs_go_with_their_choice_unless_they_were_written_in() -> None:
    form = form_with({})
    report = {"file": "s3://r/bias.json", "groups": []}
    jobs: list[dict[str, Any]] = [{"name": name, "_reports": [report | {"job": name}]} for name in ("one", "two")]
    add_jobs(form, jobs)
    put(form.content, ("evaluation_details", "1", "evaluation_observation"), "mine")
    take_out(form, MODEL)
    assert [job["name"] for job in jobs_of(form.content)] == ["two"]


def test_what_was_found_can_be_put_back() -> None:
    form = form_with({})
    fill(form, OVERVIEW, MODEL)
    put(form.content, ("model_overview", "model_artifact"), ["s3://a", "s3://mine"])
    assert put_back(form, "model_overview.model_artifact")
    assert value_at(form.content, "model_overview", "model_artifact") == ["s3://a"]
    assert not put_back(form, "model_overview.nothing")


@pytest.mark.parametrize("other", [[], [1], "text", 1, None])
def test_a_value_replaces_what_is_not_an_object_above_it(other: Any) -> None:
    content: dict[str, object] = {"training_details": {"objective_function": other}}
    put(content, ("training_details", "objective_function", "notes"), None)
    assert content == {"training_details": {"objective_function": other}}
    put(content, ("training_details", "objective_function", "notes"), "n")
    assert content == {"training_details": {"objective_function": {"notes": "n"}}}
