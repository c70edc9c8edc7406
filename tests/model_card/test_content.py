"""Sections check values on construction, on assignment and on append, like SDK v2."""

import copy
import json
import pickle
from typing import Any

import pytest

from cardwright.model_card import (
    AdditionalInformation,
    Container,
    Environment,
    EvaluationJob,
    FacetEnum,
    Function,
    HyperParameter,
    InferenceSpecification,
    IntendedUses,
    Metric,
    MetricGroup,
    MetricTypeEnum,
    ModelCard,
    ModelCardStatusEnum,
    ModelOverview,
    ModelPackage,
    ModelPackageModelCard,
    ObjectiveFunction,
    RiskRatingEnum,
    TrainingDetails,
    TrainingJobDetails,
    TrainingMetric,
)
from tests.model_card.sessions import present


def card(**members: Any) -> ModelCard:
    return ModelCard("a-card", **members)


def test_an_invalid_enum_value_is_refused_with_the_valid_ones() -> None:
    expected = "Expected NewStatus to be one of \\['Approved', 'Archived', 'Draft', 'PendingReview'\\]"
    with pytest.raises(ValueError, match=expected):
        card(status="NewStatus")
    made = card(status="Draft")
    with pytest.raises(ValueError, match=expected):
        made.status = "NewStatus"  # type: ignore[assignment] # what is tested
    with pytest.raises(
        ValueError, match=r"Expected MetricTypeEnum.BOOLEAN to be one of \['ModelCardStatusEnum.APPROVED', "
    ):
        made.status = MetricTypeEnum.BOOLEAN  # type: ignore[assignment] # what is tested
    assert made.status is ModelCardStatusEnum.DRAFT


def test_enum_values_may_be_text_and_become_members() -> None:
    uses = IntendedUses(risk_rating="High")
    assert uses.risk_rating is RiskRatingEnum.HIGH
    uses.risk_rating = RiskRatingEnum.LOW
    assert uses.to_dict() == {"risk_rating": "Low"}
    assert IntendedUses().risk_rating is RiskRatingEnum.UNKNOWN
    assert Function(facet="AUC").facet is FacetEnum.AUC
    with pytest.raises(ValueError, match="Expected LogLoss to be one of"):
        Function(facet="LogLoss")  # type: ignore[arg-type] # what is tested


@pytest.mark.parametrize("value", ["one", ("a", "b"), {"a": 1}, 3])
def test_a_list_is_a_list(value: Any) -> None:
    with pytest.raises(ValueError, match="Please assign a list to container_image"):
        Environment(value)
    overview = ModelOverview()
    with pytest.raises(ValueError, match="Please assign a list to model_artifact"):
        overview.model_artifact = value


def test_lists_check_items_on_every_way_in() -> None:
    images = Environment(["a", "b"]).container_image
    wrong = "Provided item type is <class 'int'> and Expected the item type is <class 'str'>"
    attempts: list[Any] = [
        lambda: images.append(1),  # type: ignore[arg-type] # what is tested
        lambda: images.insert(0, 1),  # type: ignore[arg-type] # what is tested
        lambda: images.extend(["c", 1]),  # type: ignore[list-item] # what is tested
        lambda: images.__setitem__(0, 1),  # type: ignore[call-overload] # what is tested
        lambda: images.__setitem__(slice(0, 1), ["c", 1]),  # type: ignore[list-item] # what is tested
        lambda: images.__iadd__([1]),  # type: ignore[list-item] # what is tested
        lambda: Environment([1]),  # type: ignore[list-item] # what is tested
    ]
    for attempt in attempts:
        with pytest.raises(TypeError, match=wrong):
            attempt()
    assert images == ["a", "b"]


def test_lists_check_their_length_on_every_way_in() -> None:
    full = [f"image-{number}" for number in range(15)]
    with pytest.raises(ValueError, match="Data size 16 exceed the maximum size of 15"):
        Environment([*full, "one more"])
    images = Environment(full).container_image
    attempts: list[Any] = [
        lambda: images.append("x"),
        lambda: images.extend(["x"]),
        lambda: images.__iadd__(["x"]),
        lambda: images.__imul__(2),
        lambda: images.__setitem__(slice(0, 0), ["x"]),
    ]
    for attempt in attempts:
        with pytest.raises(ValueError, match="Exceed the maximum size of 15"):
            attempt()
    assert images == full
    images[0] = "another"
    assert images.pop() == "image-14"


@pytest.mark.parametrize(
    ("member", "limit"),
    [
        ("training_metrics", 50),
        ("user_provided_training_metrics", 50),
        ("hyper_parameters", 100),
        ("user_provided_hyper_parameters", 100),
    ],
)
def test_training_lists_have_the_limits_of_sdk_v2(member: str, limit: int) -> None:
    item: Any = {"name": "x", "value": 1}
    members: Any = {member: [item] * limit}
    TrainingJobDetails(**members)
    members[member].append(item)
    with pytest.raises(ValueError, match=f"Data size {limit + 1} exceed the maximum size of {limit}"):
        TrainingJobDetails(**members)


def test_append_takes_objects_only_and_names_the_class_as_sdk_v2_does() -> None:
    group = MetricGroup("group")
    with pytest.raises(
        TypeError,
        match=r"Provided item type is <class 'dict'> and Expected the item type is "
        "<class 'cardwright.model_card.model_card.Metric'>",
    ):
        group.add_metric({"name": "metric", "type": "number", "value": 1})  # type: ignore[arg-type] # what is tested
    group.add_metric(Metric("metric", "number", 1))
    assert group.to_dict() == {"name": "group", "metric_data": [{"name": "metric", "type": "number", "value": 1}]}


def test_sections_take_dicts_at_every_level() -> None:
    made = card(
        training_details={
            "objective_function": {"function": {"function": "Minimize", "facet": "Loss"}, "notes": "n"},
            "training_job_details": {"training_metrics": [{"name": "loss", "value": 0.1}]},
        },
        evaluation_details=[{"name": "job", "metric_groups": [{"name": "g", "metric_data": []}]}],
    )
    assert present(present(made.training_details).objective_function).function.facet is FacetEnum.LOSS
    assert present(present(made.training_details).training_job_details).training_metrics[0].name == "loss"
    assert isinstance(made.evaluation_details[0], EvaluationJob)
    assert made.to_dict()["evaluation_details"][0]["metric_groups"] == [{"name": "g", "metric_data": []}]


def test_a_section_of_another_class_and_an_unknown_key_are_refused() -> None:
    made = card()
    expected = "Expected <class 'cardwright.model_card.model_card.IntendedUses'> instance to be of class ModelOverview"
    with pytest.raises(ValueError, match=expected):
        made.model_overview = IntendedUses()  # type: ignore[assignment] # what is tested
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'test_attr'"):
        made.model_overview = {"test_attr": "value"}
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'oops'"):
        card(evaluation_details=[{"name": "job", "oops": 1}])
    assert made.model_overview is None


@pytest.mark.parametrize(
    ("metric_type", "value"),
    [("number", "123"), ("number", True), ("string", 1), ("boolean", 1), ("matrix", 3), ("bar_chart", "x")],
)
def test_a_metric_value_fits_its_type(metric_type: str, value: Any) -> None:
    with pytest.raises(ValueError, match="is expected for metric type"):
        Metric("metric", metric_type, value)  # type: ignore[arg-type] # parametrized
    metric = Metric("metric", "linear_graph", [[0, 1]])
    with pytest.raises(ValueError, match="list"):
        metric.value = "text"
    assert str(metric) == "Metric(name=metric, type=MetricTypeEnum.LINEAR_GRAPH, value=[[0, 1]])"


def test_further_attributes_are_taken_and_sent() -> None:
    overview = ModelOverview(model_name="m")
    overview.name = "further"  # type: ignore[attr-defined] # what is tested
    assert overview.to_dict() == {"model_name": "m", "name": "further"}


def test_hyperparameters_are_sent_as_text_and_read_as_given() -> None:
    parameter = HyperParameter("eta", 0.1)
    assert (parameter.value, parameter.to_dict()) == (0.1, {"name": "eta", "value": "0.1"})
    assert HyperParameter("trees", 100).to_dict()["value"] == "100"


def test_custom_metrics_and_parameters_make_the_job_details_they_need() -> None:
    details = TrainingDetails()
    details.add_metric(TrainingMetric("loss", 0.5))
    details.add_parameter(HyperParameter("depth", 3))
    assert details.to_dict() == {
        "training_job_details": {
            "user_provided_training_metrics": [{"name": "loss", "value": 0.5}],
            "user_provided_hyper_parameters": [{"name": "depth", "value": "3"}],
        }
    }
    with pytest.raises(TypeError):
        details.add_metric(HyperParameter("depth", 3))  # type: ignore[arg-type] # what is tested


def test_arguments_go_by_position_as_documented() -> None:
    function = ObjectiveFunction(Function("Maximize", "AUC", "on holdout"), "why")
    metric = Metric("m", "bar_chart", [1, 2], "note", ["a", "b"], "count")
    container = Container("image", "s3://b/model", "near")
    assert function.to_dict() == {
        "function": {"function": "Maximize", "facet": "AUC", "condition": "on holdout"},
        "notes": "why",
    }
    assert metric.to_dict()["x_axis_name"] == ["a", "b"]
    assert InferenceSpecification([container]).to_dict()["containers"][0]["nearest_model_name"] == "near"


def test_numbers_that_json_cannot_hold_are_reported_with_their_path() -> None:
    made = card(training_details=TrainingDetails())
    present(made.training_details).add_metric(TrainingMetric("loss", float("nan")))
    place = "training_details.training_job_details.user_provided_training_metrics.0.value is nan"
    with pytest.raises(ValueError, match=place):
        made.to_json()
    made = card(additional_information=AdditionalInformation(custom_details={"key": object()}))
    with pytest.raises(TypeError, match=r"additional_information.custom_details.key is of <class 'object'>"):
        made.to_json()


def test_model_metrics_are_a_dict_and_not_content() -> None:
    package = ModelPackage(model_package_arn="arn", model_metrics={"Bias": {}})
    assert package.to_dict() == {"model_package_arn": "arn"}
    with pytest.raises(ValueError, match="Please assign a <class 'dict'> to model_metrics"):
        package.model_metrics = "text"  # type: ignore[assignment] # what is tested


def test_sections_can_be_copied_and_pickled() -> None:
    details = TrainingJobDetails(training_datasets=["s3://a"], training_metrics=[TrainingMetric("loss", 1)])
    for twin in (copy.deepcopy(details), pickle.loads(pickle.dumps(details))):  # noqa: S301 - our own bytes
        twin.training_datasets.append("s3://b")
        with pytest.raises(TypeError):
            twin.training_metrics.append("text")  # type: ignore[arg-type] # what is tested
        assert twin.to_dict()["training_datasets"] == ["s3://a", "s3://b"]
    assert details.training_datasets == ["s3://a"]


def test_a_card_in_a_package_has_the_form_that_the_registry_takes() -> None:
    inside = ModelPackageModelCard({"intended_uses": IntendedUses(risk_rating="Low")}, "Draft")
    assert inside.to_request() == {
        "ModelCardContent": '{"intended_uses":{"risk_rating":"Low"}}',
        "ModelCardStatus": "Draft",
    }
    assert ModelPackageModelCard().to_request() == {}


CONTENTS: list[dict[str, Any]] = [
    {},
    {"new_section": {"a": [1, None]}, "intended_uses": {}},
    {"training_details": {"objective_function": {"function": "Minimize", "facet": "LogLoss"}}},
    {"training_details": {"objective_function": {"function": {"facet": "LogLoss"}, "more": 1}}},
    {"training_details": {"training_job_details": {"training_datasets": [f"s3://{n}" for n in range(40)]}}},
    {"training_details": {"training_job_details": {"training_metrics": [], "hyper_parameters": [{"name": "x"}]}}},
    {"evaluation_details": []},
    {"evaluation_details": [{"name": "e", "datasets": [], "metric_groups": [{"name": "g", "metric_data": []}]}]},
    {
        "evaluation_details": [
            {"name": "e", "metric_groups": [{"name": "g", "owner": "x", "metric_data": [{"name": "m", "type": "x"}]}]}
        ]
    },
    {"model_overview": {"model_id": "arn"}, "model_package_details": {"model_package_arn": "arn", "domain": "NLP"}},
    {"model_package_details": {"model_approval_status": "Someday", "source_algorithms": [{"algorithm_name": "a"}]}},
]


@pytest.mark.parametrize("content", CONTENTS, ids=json.dumps)
def test_all_card_content_comes_back_equal(content: dict[str, Any]) -> None:
    assert ModelCard.from_dict(content).to_dict() == content
    assert json.loads(ModelCard.from_dict(content, "name").to_json()) == content


def test_what_is_set_after_loading_is_checked_and_sent() -> None:
    loaded = ModelCard.from_dict({"training_details": {"objective_function": {"function": {"facet": "LogLoss"}}}})
    function = present(present(loaded.training_details).objective_function).function
    with pytest.raises(ValueError, match="Expected Logs to be one of"):
        function.facet = "Logs"  # type: ignore[assignment] # what is tested
    function.facet = None
    loaded.intended_uses = {"risk_rating": "High"}
    assert loaded.to_dict() == {
        "training_details": {"objective_function": {"function": {}}},
        "intended_uses": {"risk_rating": "High"},
    }


def test_lint_lists_errors_before_missing_fields() -> None:
    made = card(model_overview={"model_name": "m" * 2000})
    (violation,) = [item for item in made.lint() if item.path == "model_overview.model_name"]
    assert violation.message.endswith("(required by the content schema).")
    made.model_overview = {"model_name": "m"}
    assert "evaluation_details" in [item.path for item in made.lint()]


def test_the_notebook_display_is_escaped() -> None:
    made = card(model_overview={"model_name": "<script>alert(1)</script>"}, evaluation_details=[{"name": "<b>"}])
    shown = made._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<b>" not in shown
    assert "not created yet" in shown
