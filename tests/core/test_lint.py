"""Promises of ``core.lint``: advice names its source, and nothing is refused."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core import content
from cardwright.core.breaches import INTENDED
from cardwright.core.errors import ContentInvalid
from cardwright.core.lint import WORDING, Advice, lint
from cardwright.core.recommended import recommended, recommended_count

GOOD: dict[str, Any] = {
    "model_overview": {
        "model_name": "churn",
        "model_description": "Who will leave",
        "problem_type": "Binary classification",
        "model_owner": "Ana",
    },
    "intended_uses": {
        "purpose_of_model": "Campaigns",
        "intended_uses": "Retail only",
        "factors_affecting_model_efficiency": "Holidays",
        "risk_rating": "Low",
        "explanations_for_risk_rating": "A discount",
    },
    "training_details": {
        "objective_function": {"function": {"function": "Minimize", "facet": "Loss"}},
        "training_job_details": {
            "training_arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/t",
            "training_datasets": ["s3://b/train"],
            "user_provided_hyper_parameters": [{"name": "depth", "value": "6"}],
        },
        "training_observations": "Stops early",
    },
    "evaluation_details": [
        {
            "name": "holdout",
            "evaluation_observation": "As in the last quarter",
            "datasets": ["s3://b/test"],
            "metric_groups": [{"name": "g", "metric_data": [{"name": "auc", "type": "number", "value": 0.9}]}],
        }
    ],
    "additional_information": {
        "ethical_considerations": "Weighed",
        "caveats_and_recommendations": "Adults only",
        "custom_details": {"inventory": "M-17"},
    },
}


def advice(**sections: object) -> list[Advice]:
    """The advice about a good card with these sections replaced."""
    return lint(json.dumps({**GOOD, **sections}))


def gaps(document: object) -> list[Advice]:
    """The advice about fields that a document lacks."""
    return [one for one in lint(json.dumps(document)) if re.match(r"[^.]+ (is|are) missing\.", one.message)]


def warned(**sections: object) -> list[tuple[str, str]]:
    """The advice that is not about missing fields."""
    lacking = gaps({**GOOD, **sections})
    return [(one.path, one.message) for one in advice(**sections) if one not in lacking]


def job(**members: object) -> dict[str, Any]:
    return {**GOOD["training_details"], "training_job_details": members}


def objective(form: object) -> dict[str, Any]:
    return {"objective_function": form}


def metrics(*items: object) -> list[Any]:
    return [{"name": "e", "metric_groups": [{"name": "g", "metric_data": list(items)}]}]


PUBLISHED = "(recommended by the content schema that AWS publishes)."
LISTS = "(recommended by the SageMaker developer guide, CloudFormation and SDK v2)."
CLOUDFORMATION = "(recommended by CloudFormation)."
ITEM = "evaluation_details.0.metric_groups.0.metric_data.0"


def test_good_card_gets_no_advice() -> None:
    assert advice() == []


@pytest.mark.parametrize("text", ["", "[]", '{"x": 1}', '{"model_overview": {"model_name": null}}'])
def test_content_that_is_not_valid_is_refused_as_check_refuses_it(text: str) -> None:
    with pytest.raises(ContentInvalid) as checked:
        content.check(text)
    with pytest.raises(ContentInvalid) as linted:
        lint(text)
    assert str(linted.value) == str(checked.value)


@pytest.mark.parametrize(
    ("sections", "path", "message"),
    [
        (
            {"evaluation_details": [{"name": "n" * 64}]},
            "evaluation_details.0.name",
            f"Keep this to 63 characters or fewer {PUBLISHED}",
        ),
        (
            {"evaluation_details": [{"name": "e", "metric_groups": [{"name": "n" * 64, "metric_data": []}]}]},
            "evaluation_details.0.metric_groups.0.name",
            f"Keep this to 63 characters or fewer {PUBLISHED}",
        ),
        (
            {"evaluation_details": metrics({"name": "n" * 256, "type": "number", "value": 1})},
            f"{ITEM}.name",
            f"Keep this to 255 characters or fewer {PUBLISHED}",
        ),
        (
            {"training_details": job(training_metrics=[{"name": "n" * 256, "value": 1}])},
            "training_details.training_job_details.training_metrics.0.name",
            f"Keep this to 255 characters or fewer {PUBLISHED}",
        ),
        (
            {"training_details": job(training_metrics=[{"name": "n", "value": 1}] * 51)},
            "training_details.training_job_details.training_metrics",
            f"Keep this list to 50 items or fewer {PUBLISHED}",
        ),
        (
            {"training_details": job(user_provided_hyper_parameters=[{"name": "n", "value": "1"}] * 101)},
            "training_details.training_job_details.user_provided_hyper_parameters",
            f"Keep this list to 100 items or fewer {PUBLISHED}",
        ),
        (
            {"training_details": job(hyper_parameters=[{"name": "n"}])},
            "training_details.training_job_details.hyper_parameters.0",
            "Give this a value (recommended by the SageMaker developer guide and CloudFormation).",
        ),
        (
            {"training_details": job(hyper_parameters=[{"name": "n", "value": "v" * 256}])},
            "training_details.training_job_details.hyper_parameters.0.value",
            f"Keep this to 255 characters or fewer {PUBLISHED}",
        ),
        (
            {"training_details": job(training_datasets=["d"] * 16)},
            "training_details.training_job_details.training_datasets",
            f"Keep this list to 15 items or fewer {LISTS}",
        ),
        (
            {"model_overview": {**GOOD["model_overview"], "problem_type": "p" * 1025}},
            "model_overview.problem_type",
            f"Keep this to 1024 characters or fewer {CLOUDFORMATION}",
        ),
        (
            {"additional_information": {**GOOD["additional_information"], "custom_details": {"1-2": "x"}}},
            "additional_information.custom_details",
            f"Give the key 1-2 a letter or an underscore {CLOUDFORMATION}",
        ),
        (
            {"model_package_details": {"source_algorithms": [{"algorithm_name": "a"}] * 2}},
            "model_package_details.source_algorithms",
            f"Keep this list to 1 item or fewer {CLOUDFORMATION}",
        ),
        (
            {"model_package_details": {"source_algorithms": []}},
            "model_package_details.source_algorithms",
            f"Give this list at least 1 item {CLOUDFORMATION}",
        ),
        (
            {"model_package_details": {"inference_specification": {"containers": [{"image": "i"}] * 16}}},
            "model_package_details.inference_specification.containers",
            f"Keep this list to 15 items or fewer {CLOUDFORMATION}",
        ),
        (
            {"evaluation_details": [{"name": "e", "metric_groups": [{"name": "g", "metric_data": [], "x": 1}]}]},
            "evaluation_details.0.metric_groups.0",
            f"Leave out x, which is not documented here {CLOUDFORMATION}",
        ),
    ],
)
def test_documented_limit_is_advice_with_its_source(sections: dict[str, object], path: str, message: str) -> None:
    assert warned(**sections) == [(path, message)]


def test_custom_details_key_is_searched_not_matched() -> None:
    named = {"custom details1": "x", "1a": "y", "_": "z"}
    assert warned(additional_information={**GOOD["additional_information"], "custom_details": named}) == []


def test_the_flat_objective_function_of_sdk_v3_is_recognised_and_checked() -> None:
    form = {"function": "minimise", "facet": "Lift", "condition": "c" * 64, "notes": "n"}
    found = warned(training_details=objective(form))
    assert [path for path, _ in found] == [
        "training_details.objective_function",
        "training_details.objective_function.function",
        "training_details.objective_function.facet",
        "training_details.objective_function.condition",
    ]
    assert found[0][1].startswith("This is the flat form that SDK v3 writes.")
    assert found[0][1].endswith(LISTS)
    assert found[2][1] == "Use one of Loss, Accuracy, RMSE, MAE, AUC (recommended by SDK v2)."


def test_nested_objective_function_is_held_to_the_documented_form() -> None:
    form = {"function": {"function": "Maximize", "facet": "Lift"}, "notes": "n" * 1025, "extra": None}
    assert warned(training_details=objective(form)) == [
        (
            "training_details.objective_function.function.facet",
            "Use one of Loss, Accuracy, RMSE, MAE, AUC (recommended by SDK v2).",
        ),
        ("training_details.objective_function.notes", f"Keep this to 1024 characters or fewer {LISTS}"),
        (
            "training_details.objective_function",
            f"Leave out extra, which is not documented here {LISTS}",
        ),
    ]


@pytest.mark.parametrize(("form", "given"), [(None, "null"), ("text", "string"), ([], "array"), (1, "integer")])
def test_an_objective_function_that_is_not_an_object_is_advice(form: object, given: str) -> None:
    assert warned(training_details=objective(form)) == [
        ("training_details.objective_function", f"This should be of type object, not {given} {LISTS}")
    ]


@pytest.mark.parametrize(
    ("named", "value", "given"),
    [
        ("number", "0.9", "string"),
        ("number", True, "boolean"),
        ("string", 1, "integer"),
        ("boolean", 0.5, "number"),
    ],
)
def test_a_simple_metric_with_another_type_than_its_value_is_advice(named: str, value: object, given: str) -> None:
    item = {"name": "n", "type": named, "value": value}
    assert warned(evaluation_details=metrics(item)) == [
        (f"{ITEM}.value", f"Let type and value agree: they are {named} and {given} (recommended by SDK v2).")
    ]


@pytest.mark.parametrize("value", [1, 1.0, 0.5, -3])
def test_every_number_is_a_number(value: float) -> None:
    assert warned(evaluation_details=metrics({"name": "n", "type": "number", "value": value})) == []


@pytest.mark.parametrize(
    ("item", "member", "message"),
    [
        (
            {"type": "bar_chart", "value": [1, 2, 3], "x_axis_name": ["a"]},
            "x_axis_name",
            "Name each bar once: 3 bars, 1 name (recommended by Cardwright).",
        ),
        (
            {"type": "matrix", "value": [[1, 2], [3]]},
            "value",
            "Give every row the same number of cells (recommended by Cardwright).",
        ),
        (
            {"type": "matrix", "value": [[1, 2, 3], [4, 5, 6]], "x_axis_name": ["a", "b"]},
            "x_axis_name",
            "Name each column once: 3 columns, 2 names (recommended by Cardwright).",
        ),
        (
            {"type": "matrix", "value": [[1, 2, 3], [4, 5, 6]], "y_axis_name": ["a", "b", "c"]},
            "y_axis_name",
            "Name each row once: 2 rows, 3 names (recommended by Cardwright).",
        ),
    ],
)
def test_chart_that_cannot_be_labelled_is_advice(item: dict[str, object], member: str, message: str) -> None:
    assert warned(evaluation_details=metrics({"name": "n", **item})) == [(f"{ITEM}.{member}", message)]


def test_charts_that_fit_or_name_no_axis_are_fine() -> None:
    assert not warned(
        evaluation_details=metrics(
            {"name": "b", "type": "bar_chart", "value": [1, 2], "x_axis_name": ["a", "b"]},
            {"name": "b", "type": "bar_chart", "value": [1, 2]},
            {
                "name": "m",
                "type": "matrix",
                "value": [[1, 2]],
                "x_axis_name": ["a", "b"],
                "y_axis_name": ["r"],
            },
            {"name": "l", "type": "linear_graph", "value": [[1, 2]] * 30, "x_axis_name": "x"},
        )
    )


def test_model_id_next_to_a_model_package_is_advice() -> None:
    overview = {**GOOD["model_overview"], "model_id": "m"}
    assert warned(model_overview=overview) == []
    assert warned(model_overview=overview, model_package_details={}) == [
        (
            "model_overview.model_id",
            "Leave model_id out of a card that has model_package_details, or SDK v2 cannot load the card "
            "(recommended by SDK v2).",
        )
    ]


def test_an_empty_card_gets_advice_about_the_recommended_fields() -> None:
    found = lint("{}")
    assert [one.path for one in found] == [
        "model_overview.model_name",
        "model_overview.model_description",
        "model_overview.problem_type",
        "model_overview.model_owner",
        "intended_uses.purpose_of_model",
        "intended_uses.intended_uses",
        "intended_uses.factors_affecting_model_efficiency",
        "intended_uses.risk_rating",
        "intended_uses.explanations_for_risk_rating",
        "training_details.objective_function",
        "training_details.training_job_details.training_arn",
        "training_details.training_job_details.training_datasets",
        "training_details.training_job_details.hyper_parameters",
        "training_details.training_observations",
        "evaluation_details",
        "additional_information.ethical_considerations",
        "additional_information.caveats_and_recommendations",
        "additional_information.custom_details",
    ]
    assert str(found[4]) == (
        "intended_uses.purpose_of_model: Purpose of the model is missing. Say what the model is for"
        " (recommended by Cardwright)."
    )


@pytest.mark.parametrize(
    "document",
    [
        GOOD,
        {**GOOD, "evaluation_details": [{"name": "Holdout"}, {"name": "Drift", "datasets": ["s3://b/d"]}]},
        {**GOOD, "model_overview": {"model_name": "churn"}, "intended_uses": {"risk_rating": "Unknown"}},
    ],
)
def test_lint_names_the_fields_that_the_form_and_the_inventory_count(document: dict[str, Any]) -> None:
    given, wanted = recommended_count(document)
    missing = [one for one in recommended(document) if not one.given]
    assert len(missing) == wanted - given
    found = gaps(document)
    assert [one.path for one in found] == [one.path for one in missing]
    assert all(one.message.startswith(f"{field.label} ") for one, field in zip(found, missing, strict=True))


def test_a_card_without_an_evaluation_has_one_gap_for_it() -> None:
    assert [one.path for one in gaps({**GOOD, "evaluation_details": []})] == ["evaluation_details"]


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_blank_text_counts_as_missing(empty: str) -> None:
    assert [one.path for one in advice(model_overview={**GOOD["model_overview"], "model_owner": empty})] == [
        "model_overview.model_owner"
    ]


def test_unknown_risk_counts_as_missing() -> None:
    uses = {**GOOD["intended_uses"], "risk_rating": "Unknown"}
    assert [one.path for one in advice(intended_uses=uses)] == ["intended_uses.risk_rating"]


def test_every_intended_keyword_of_the_schema_has_words() -> None:
    keywords = {
        word.removeprefix(INTENDED).rstrip('":')
        for word in content.schema_text().replace('"', " ").split()
        if word.startswith(INTENDED)
    }
    assert keywords - {"by", "schema", ""} <= set(WORDING)
    assert {"maxLength", "maxItems", "enum", "required"} <= keywords


FORMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9).map("MARKER".__add__) | st.just("Loss"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["function", "facet", "condition", "notes", "x"]), inner)
    ),
    max_leaves=12,
)


@given(FORMS)
def test_any_objective_function_gets_advice_that_shows_no_value(form: object) -> None:
    assert not [one for one in advice(training_details=objective(form)) if "MARKER" in str(one)]
