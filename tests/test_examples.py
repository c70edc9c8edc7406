"""The example cards are valid, cover the schema, are consistent, and load once."""

import itertools
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from botocore.exceptions import ClientError

from cardwright.examples import Example, ExampleStep, examples, load
from cardwright.examples.registry import load_registry
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from tests import servers

EXAMPLES = examples()
BY_NAME = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)


def schema() -> dict[str, Any]:
    file = resources.files("cardwright.core") / "model-card-content.schema.json"
    document: dict[str, Any] = orjson.loads(file.read_bytes())
    return document


def versions(example: Example) -> list[dict[str, Any]]:
    return [orjson.loads(step.content) for step in example.steps if step.content is not None]


def groups(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for evaluation in content["evaluation_details"]:
        yield from evaluation.get("metric_groups", [])


def metrics() -> Iterator[dict[str, Any]]:
    for example in EXAMPLES:
        for content in versions(example):
            for group in groups(content):
                yield from group["metric_data"]


def confusions() -> Iterator[tuple[list[list[float]], dict[str, Any]]]:
    """Every group with a confusion matrix: the matrix, and all values of the group by metric name."""
    for example in EXAMPLES:
        for content in versions(example):
            for group in groups(content):
                values = {metric["name"]: metric["value"] for metric in group["metric_data"]}
                if "confusion_matrix" in values:
                    yield values["confusion_matrix"], values


def shape(value: object, path: str = "") -> Iterator[str]:
    """The paths of all members below a value; list indexes are left out, so elements share their paths."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield f"{path}/{key}"
            yield from shape(member, f"{path}/{key}")
    elif isinstance(value, list):
        for member in value:
            yield from shape(member, path)


def promised(node: Mapping[str, Any], definitions: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The paths of all members that a schema names, in the notation of `shape`."""
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    for key, member in node.get("properties", {}).items():
        yield f"{path}/{key}"
        yield from promised(member, definitions, f"{path}/{key}")
    if "items" in node:
        yield from promised(node["items"], definitions, path)
    # The nested form of objective_function comes first; the flat one is another spelling of the same.
    alternatives = node.get("anyOf", [])
    for alternative in alternatives[:1] if path.endswith("/objective_function") else alternatives:
        yield from promised(alternative, definitions, path)


@BY_NAME
def test_every_content_is_valid(example: Example) -> None:
    validator = jsonschema_rs.validator_for(schema())
    for content in versions(example):
        problems = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(content)]
        assert problems == []


@BY_NAME
def test_every_content_keeps_limits_that_the_schema_does_not_enforce(example: Example) -> None:
    for content in versions(example):
        job = content["training_details"]["training_job_details"]
        assert len(content["model_overview"]["model_artifact"]) <= 15
        assert len(job.get("training_datasets", [])) <= 15
        assert all(len(x["value"]) in range(1, 256) for x in job.get("hyper_parameters", []))
        assert all(len(x["value"]) in range(1, 256) for x in job["user_provided_hyper_parameters"])
        assert all(len(evaluation["name"]) <= 63 for evaluation in content["evaluation_details"])
        assert all(len(group["name"]) <= 63 for group in groups(content))


@BY_NAME
def test_content_is_compact_and_within_the_length_of_the_api(example: Example) -> None:
    for step in example.steps:
        if step.content is not None:
            assert len(step.content) <= 100_000
            assert orjson.dumps(orjson.loads(step.content)).decode() == step.content


@BY_NAME
def test_the_first_step_can_create_and_every_later_one_changes_something(example: Example) -> None:
    content, status = example.steps[0].content, example.steps[0].status
    assert content is not None
    assert status is not None
    for step in example.steps[1:]:
        assert step.content is not None or step.status is not None
        assert step.content != content
        assert step.status != status
        content, status = step.content or content, step.status or status


@BY_NAME
def test_approved_content_changes_only_together_with_the_status(example: Example) -> None:
    status = example.steps[0].status
    for step in example.steps[1:]:
        if step.content is not None and status in {"Approved", "Archived"}:
            assert step.status in {"Draft", "PendingReview"}
        status = step.status or status


@BY_NAME
def test_names_and_tags_are_accepted_by_the_api(example: Example) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", example.name)
    assert 0 < len(example.tags) <= 50
    for text in itertools.chain.from_iterable(example.tags):
        assert re.fullmatch(r"[\w .:/=+\-@]{1,128}", text)


@BY_NAME
def test_amazon_resource_names_stay_in_the_account_and_region_of_the_demo(example: Example) -> None:
    for step in example.steps:
        for arn in re.findall(r"arn:[^\"]*", step.content or ""):
            assert arn.startswith("arn:aws:sagemaker:us-east-1:000000000000:")


def test_the_set_shows_every_member_of_the_schema() -> None:
    document = schema()
    named = set(promised(document, document["definitions"]))
    shown = {path for example in EXAMPLES for content in versions(example) for path in shape(content)}
    assert named - shown == set()


def test_the_set_shows_every_metric_type_and_every_status() -> None:
    assert {metric["type"] for metric in metrics()} == {
        "number",
        "string",
        "boolean",
        "bar_chart",
        "linear_graph",
        "matrix",
    }
    every = {"Draft", "PendingReview", "Approved", "Archived"}
    assert {step.status for example in EXAMPLES for step in example.steps} - {None} == every
    final = {[step.status for step in example.steps if step.status][-1] for example in EXAMPLES}
    assert final == every


def test_the_set_shows_every_risk_rating() -> None:
    ratings = {c["intended_uses"]["risk_rating"] for example in EXAMPLES for c in versions(example)}
    assert ratings == {"High", "Medium", "Low", "Unknown"}


def test_the_set_shows_a_history_a_large_matrix_and_other_scripts() -> None:
    assert max(len(versions(example)) for example in EXAMPLES) >= 3
    assert min(len(versions(example)) for example in EXAMPLES) >= 2
    assert any([len(row) for row in m["value"]] == [10] * 10 for m in metrics() if m["type"] == "matrix")
    text = "".join(step.content or "" for example in EXAMPLES for step in example.steps)
    assert "ü" in text
    assert "日本語" in text


def test_each_card_is_about_another_model() -> None:
    models = []
    for example in EXAMPLES:
        of_card = set()
        for content in versions(example):
            ids = [
                content["model_overview"].get("model_id"),
                content.get("model_package_details", {}).get("model_package_arn"),
            ]
            assert sum(i is not None for i in ids) == 1  # SDK v2 refuses to load a card that has both
            of_card.update(ids)
        models += list(of_card - {None})
    assert len(models) == len(set(models)) == len(EXAMPLES)


def test_the_value_of_a_simple_metric_fits_its_type() -> None:
    kinds = {"number": (int, float), "string": (str,), "boolean": (bool,)}
    for metric in metrics():
        if metric["type"] in kinds:
            assert type(metric["value"]) in kinds[metric["type"]], metric["name"]


def test_axes_name_every_bar_row_and_column() -> None:
    for metric in metrics():
        if metric["type"] == "bar_chart":
            assert len(metric["x_axis_name"]) == len(metric["value"]), metric["name"]
        if metric["type"] == "matrix":  # Model Monitor's translation: x names the rows, y the columns
            assert len(metric["x_axis_name"]) == len(metric["value"]), metric["name"]
            assert {len(row) for row in metric["value"]} == {len(metric["y_axis_name"])}, metric["name"]


def test_confusion_matrices_agree_with_accuracy() -> None:
    for matrix, values in confusions():
        right = sum(matrix[i][i] for i in range(len(matrix)))
        assert values["accuracy"] == pytest.approx(right / sum(map(sum, matrix)), abs=5e-5)


def test_binary_confusion_matrices_agree_with_rates_and_curves() -> None:
    binary = [(matrix, values) for matrix, values in confusions() if len(matrix) == 2]
    assert len(binary) >= 5
    for ((tn, fp), (fn, tp)), values in binary:
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        assert values["precision"] == pytest.approx(precision, abs=5e-5)
        assert values["recall"] == pytest.approx(recall, abs=5e-5)
        assert values["f1"] == pytest.approx(2 * precision * recall / (precision + recall), abs=5e-5)
        assert [values["false_positive_rate"], values["recall"]] in values["receiver_operating_characteristic_curve"]
        assert any(point == pytest.approx([recall, precision], abs=2e-3) for point in values["precision_recall_curve"])
        assert values["false_positive_rate"] == pytest.approx(fp / (fp + tn), abs=5e-5)


def test_roc_curves_rise_from_corner_to_corner_and_enclose_their_auc() -> None:
    for matrix, values in confusions():
        if len(matrix) != 2:
            continue
        curve = values["receiver_operating_characteristic_curve"]
        assert curve[0] == [0, 0]
        assert curve[-1] == [1, 1]
        steps = list(itertools.pairwise(curve))
        assert all(x1 >= x0 and y1 >= y0 for (x0, y0), (x1, y1) in steps)
        area = sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in steps)
        assert area == pytest.approx(values["auc"], abs=0.005)


def test_regression_metrics_agree_with_each_other() -> None:
    found = 0
    for example in EXAMPLES:
        for content in versions(example):
            for group in groups(content):
                values = {metric["name"]: metric["value"] for metric in group["metric_data"]}
                if "rmse" in values:
                    found += 1
                    assert values["mse"] == pytest.approx(values["rmse"] ** 2, rel=1e-3)
                    assert values["mae"] < values["rmse"]
    assert found >= 2


class Cards:
    """The part of a SageMaker client that `load` needs: cards by name, with the calls that created them."""

    def __init__(self) -> None:
        self.calls: dict[str, list[dict[str, Any]]] = {}

    def describe_model_card(self, **request: Any) -> dict[str, Any]:
        if request["ModelCardName"] not in self.calls:
            raise refusal("ResourceNotFound", "DescribeModelCard")
        return {}

    def create_model_card(self, **request: Any) -> dict[str, Any]:
        if request["ModelCardName"] in self.calls:
            raise refusal("ConflictException", "CreateModelCard")
        self.calls[request["ModelCardName"]] = [request]
        return {}

    def update_model_card(self, **request: Any) -> dict[str, Any]:
        self.calls[request["ModelCardName"]].append(request)
        return {}


def refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "No."}}, operation)


def test_load_creates_every_card_step_by_step() -> None:
    cards = Cards()
    assert load(cards) == [example.name for example in EXAMPLES]
    for example in EXAMPLES:
        calls = cards.calls[example.name]
        assert [ExampleStep(c.get("Content"), c.get("ModelCardStatus")) for c in calls] == list(example.steps)
        assert calls[0]["Tags"] == [{"Key": key, "Value": value} for key, value in example.tags]


def test_a_second_load_changes_nothing() -> None:
    cards = Cards()
    load(cards)
    before = {name: list(calls) for name, calls in cards.calls.items()}
    assert load(cards) == []
    assert cards.calls == before


def test_load_keeps_a_card_of_an_interrupted_load() -> None:
    cards = Cards()
    cards.create_model_card(ModelCardName="fraud-classifier")
    assert "fraud-classifier" not in load(cards)
    assert cards.calls["fraud-classifier"] == [{"ModelCardName": "fraud-classifier"}]


def test_load_skips_a_card_that_another_client_creates_concurrently() -> None:
    class Raced(Cards):
        def describe_model_card(self, **request: Any) -> dict[str, Any]:
            if request["ModelCardName"] == "demand-forecaster":
                self.calls["demand-forecaster"] = []  # created between this answer and the call of `load`
            raise refusal("ResourceNotFound", "DescribeModelCard")

    cards = Raced()
    assert load(cards) == [example.name for example in EXAMPLES if example.name != "demand-forecaster"]
    assert cards.calls["demand-forecaster"] == []


@pytest.mark.parametrize("call", ["describe_model_card", "create_model_card", "update_model_card"])
def test_load_raises_every_other_refusal(call: str) -> None:
    def refuse(**request: Any) -> None:
        raise refusal("AccessDeniedException", call)

    cards = Cards()
    setattr(cards, call, refuse)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        load(cards)


def test_the_example_registry_loads_once_and_lacks_some_cards(tmp_path: Path) -> None:
    with servers.running(tmp_path) as server:
        check_registry(server.client())
    store = open_store(Settings(home=tmp_path))
    walk = Verification(store.database)
    assert (list(walk.faults()), walk.counts.resources) == ([], 20)
    store.close()


def check_registry(client: Any) -> None:
    load(client)
    made = load_registry(client)
    assert {"churn-weekly", "waste-sorter-vision", "waste-vision-2026-06-30-0115", "fraud-bias-2026-07-07-0740"} <= set(
        made
    )
    assert load_registry(client) == []
    versions = client.list_model_packages(ModelPackageGroupName="waste-sorter-vision")["ModelPackageSummaryList"]
    assert [item["ModelPackageVersion"] for item in versions] == [1, 2, 3, 4]
    with_cards = {item["ModelCard"]["ModelId"] for item in client.search(Resource="ModelCard")["Results"]}
    arns = {item["ModelPackageArn"] for item in versions}
    assert [arn.rpartition("/")[2] for arn in arns & with_cards] == ["3"]
    job = client.describe_training_job(TrainingJobName="waste-vision-2026-06-30-0115")
    package = client.describe_model_package(ModelPackageName=versions[-1]["ModelPackageArn"])
    (container,) = package["InferenceSpecification"]["Containers"]
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == container["ModelDataUrl"]
