"""Search over models, groups, packages and training jobs: one search, whatever it finds."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import Server
from tests.wire.calls import content, create, fresh, refused, resource_arn
from tests.wire.test_models import CONTAINER, model
from tests.wire.test_packages import SPECIFICATION, group, version
from tests.wire.test_training_jobs import record, train


class Registry:
    """One of everything a few times, under one stem, so that tests see only their own."""

    def __init__(self, server: Server) -> None:
        self.client = server.client("searcher")
        self.stem = fresh("find")
        self.group = group(self.client, f"{self.stem}-g", Tags=[{"Key": "team", "Value": "red"}])
        for number, approval in enumerate(("Approved", "Rejected", None), start=1):
            version(
                self.client,
                self.group,
                **({"ModelApprovalStatus": approval} if approval else {}),
                CustomerMetadataProperties={"stage": f"s{number}", "an odd/key": "x"},
                Domain="VISION" if number == 1 else "OTHER",
            )
        self.package = f"{self.stem}-p"
        self.client.create_model_package(
            ModelPackageName=self.package,
            InferenceSpecification={"Containers": [*SPECIFICATION["Containers"], {"Image": "other"}]},
        )
        self.model = model(self.client, f"{self.stem}-m", Tags=[{"Key": "team", "Value": "blue"}])
        model(self.client, f"{self.stem}-n", PrimaryContainer=CONTAINER | {"Environment": {"A": "1"}})
        for letter, depth, runtime, isolated, score in (
            ("a", "2", 100, True, 0.5),
            ("b", "10", 2000, True, None),
            ("c", None, 30, None, -3.0),
        ):
            self._job(letter, depth, runtime, isolated, score)

    def _job(self, letter: str, depth: str | None, runtime: int, isolated: bool | None, score: float | None) -> None:
        name = f"{self.stem}-{letter}"
        if score is not None:
            metrics = [{"MetricName": "score", "Value": score}, {"MetricName": "other", "Value": 9.0}]
            parameters = {} if depth is None else {"depth": depth, ODD: "x"}
            data = [{"Name": f"{letter}-data", "S3Uri": f"s3://data/{letter}"}, {"Name": "common", "S3Uri": "s3://all"}]
            record(
                self.client,
                name,
                FinalMetricDataList=metrics,
                HyperParameters=parameters,
                Datasets=data,
                TrainingStartTime=1_700_000_000 + runtime,
                TrainingEndTime=1_700_000_000 + 2 * runtime,
            )
        else:
            train(
                self.client,
                name,
                HyperParameters={"depth": depth},
                EnableNetworkIsolation=isolated,
                StoppingCondition={"MaxRuntimeInSeconds": runtime},
            )

    def search(self, resource: str, expression: dict[str, Any] | None = None, **how: Any) -> list[str]:
        """The part after the stem in the ARNs found, with versions."""
        stem = {"Filters": [{"Name": f"{resource}Arn", "Operator": "Contains", "Value": self.stem}]}
        parts = [stem, *([expression] if expression else [])]
        answer = self.client.search(Resource=resource, SearchExpression={"SubExpressions": parts}, **how)
        records = [item[resource].get("Model", item[resource]) for item in answer["Results"]]
        found = [item[f"{resource}Arn"].split("/", 1)[1].removeprefix(f"{self.stem}-") for item in records]
        if "NextToken" not in answer and "NextToken" not in how:
            assert answer["TotalHits"] == {"Value": len(found), "Relation": "EqualTo"}
        return found

    def filtered(self, resource: str, name: str, operator: str, value: str | None = None) -> set[str]:
        item = {"Name": name, "Operator": operator} | ({} if value is None else {"Value": value})
        if operator == "Contains":  # of which a search takes one
            answer = self.client.search(Resource=resource, SearchExpression={"Filters": [item]})["Results"]
            names = [found[resource].get("Model", found[resource])[f"{resource}Arn"] for found in answer]
            return {name.split(f"{self.stem}-")[1] for name in names if self.stem in name}
        return set(self.search(resource, {"Filters": [item]}))


@pytest.fixture(scope="module")
def registry(open_server: Server) -> Registry:
    return Registry(open_server)


ODD = 'it\'s "odd".[0]$ %(x)s :y'
PACKAGES = {"g/1", "g/2", "g/3", "p"}


@pytest.mark.parametrize(
    ("resource", "name", "operator", "value", "found"),
    [
        ("Model", "ModelName", "Exists", None, {"m", "n"}),
        ("Model", "Model.ModelName", "Exists", None, {"m", "n"}),
        ("Model", "PrimaryContainer.Environment.A", "Equals", "1", {"n"}),
        ("Model", "PrimaryContainer.Environment.A", "NotExists", None, {"m"}),
        ("Model", "PrimaryContainer.ModelDataUrl", "Equals", "s3://bucket/model.tar.gz", {"m", "n"}),
        ("Model", "Tags.team", "Equals", "blue", {"m"}),
        ("Model", "Tags.team", "NotEquals", "blue", {"n"}),
        ("Model", "CreationTime", "LessThan", "2020-01-01T00:00:00", set()),
        ("ModelPackageGroup", "ModelPackageGroupStatus", "Equals", "Completed", {"g"}),
        ("ModelPackageGroup", "CreatedBy.IamIdentity.PrincipalId", "Equals", "searcher", {"g"}),
        ("ModelPackageGroup", "Tags.team", "In", "red,green", {"g"}),
        ("ModelPackage", "ModelPackageGroupName", "Exists", None, {"g/1", "g/2", "g/3"}),
        ("ModelPackage", "ModelPackageGroupName", "NotExists", None, {"p"}),
        ("ModelPackage", "ModelPackageVersion", "GreaterThan", "1", {"g/2", "g/3"}),
        ("ModelPackage", "ModelPackageVersion", "NotEquals", "1", {"g/2", "g/3", "p"}),
        ("ModelPackage", "ModelPackageStatus", "Equals", "Completed", PACKAGES),
        ("ModelPackage", "ModelApprovalStatus", "In", "Approved,Rejected", {"g/1", "g/2"}),
        ("ModelPackage", "ModelApprovalStatus", "Equals", "PendingManualApproval", {"g/3"}),
        ("ModelPackage", "ModelApprovalStatus", "NotExists", None, {"p"}),
        ("ModelPackage", "Domain", "Equals", "VISION", {"g/1"}),
        ("ModelPackage", "Domain", "NotEquals", "VISION", {"g/2", "g/3", "p"}),
        ("ModelPackage", "CustomerMetadataProperties.stage", "Equals", "s2", {"g/2"}),
        ("ModelPackage", "CustomerMetadataProperties.stage", "Contains", "s", {"g/1", "g/2", "g/3"}),
        ("ModelPackage", "CustomerMetadataProperties.an odd/key", "Exists", None, {"g/1", "g/2", "g/3"}),
        ("ModelPackage", "CustomerMetadataProperties.'); DROP TABLE resources; --", "NotExists", None, PACKAGES),
        ("ModelPackage", "InferenceSpecification.Containers.Image", "Equals", "other", {"p"}),
        ("ModelPackage", "InferenceSpecification.Containers.Image", "NotEquals", "other", {"g/1", "g/2", "g/3"}),
        ("ModelPackage", "InferenceSpecification.Containers.Image", "Exists", None, PACKAGES),
        ("ModelPackage", "InferenceSpecification.Containers.Framework", "NotExists", None, PACKAGES),
        ("ModelPackage", "ModelPackageArn", "Contains", "-g/3", {"g/3"}),
        ("ModelPackage", "Tags.team", "Equals", "red", {"g/1", "g/2", "g/3"}),
        ("TrainingJob", "HyperParameters.depth", "Equals", "10", {"b"}),
        ("TrainingJob", "HyperParameters.depth", "Exists", None, {"a", "b"}),
        ("TrainingJob", "HyperParameters.depth", "NotEquals", "10", {"a", "c"}),
        ("TrainingJob", f"HyperParameters.{ODD}", "Equals", "x", {"a"}),
        ("TrainingJob", f"HyperParameters.{ODD}", "NotExists", None, {"b", "c"}),
        ("TrainingJob", "Metrics.score", "GreaterThan", "0.25", {"a"}),
        ("TrainingJob", "Metrics.score", "LessThan", "0", {"c"}),
        ("TrainingJob", "Metrics.score", "Equals", "0.5", {"a"}),
        ("TrainingJob", "Metrics.score", "NotExists", None, {"b"}),
        ("TrainingJob", "StoppingCondition.MaxRuntimeInSeconds", "Equals", "2000", {"b"}),
        ("TrainingJob", "EnableNetworkIsolation", "Equals", "False", {"a", "c"}),
        ("TrainingJob", "EnableNetworkIsolation", "Equals", "true", {"b"}),
        ("TrainingJob", "EnableNetworkIsolation", "NotExists", None, set()),
        ("TrainingJob", "OutputDataConfig.CompressionType", "Equals", "GZIP", {"b"}),
        ("TrainingJob", "OutputDataConfig.CompressionType", "NotExists", None, {"a", "c"}),
        ("TrainingJob", "InputDataConfig.RecordWrapperType", "Equals", "None", {"a", "c"}),
        ("TrainingJob", "ResourceConfig.InstanceCount", "Exists", None, set()),
        ("Model", "EnableNetworkIsolation", "Equals", "false", {"m", "n"}),
        ("ModelPackage", "ModelPackageName", "Exists", None, {"p"}),
        ("ModelPackage", "CertifyForMarketplace", "Equals", "false", PACKAGES),
        ("TrainingJob", "TrainingEndTime", "Equals", "2023-11-14T22:16:40", {"a"}),
        ("TrainingJob", "TrainingEndTime", "GreaterThan", "2024-01-01T00:00:00", {"b"}),
        ("TrainingJob", "TrainingStartTime", "LessThanOrEqualTo", "2023-11-14T22:15:00", {"a", "c"}),
        ("TrainingJob", "InputDataConfig.ChannelName", "Equals", "a-data", {"a"}),
        ("TrainingJob", "InputDataConfig.DataSource.S3DataSource.S3Uri", "Contains", "data/c", {"c"}),
        ("TrainingJob", "TrainingJobStatus", "Equals", "Completed", {"a", "b", "c"}),
    ],
)
def test_each_operator_finds_what_it_should(  # noqa: PLR0917 - one argument a column of the table
    registry: Registry, resource: str, name: str, operator: str, value: str | None, found: set[str]
) -> None:
    assert registry.filtered(resource, name, operator, value) == found


def test_a_job_is_found_by_its_artifact(registry: Registry) -> None:
    uri = f"s3://elsewhere/{registry.stem}-a/model.bin"
    expression = {"Filters": [{"Name": "ModelArtifacts.S3ModelArtifacts", "Operator": "Equals", "Value": uri}]}
    [hit] = registry.client.search(Resource="TrainingJob", SearchExpression=expression)["Results"]
    assert hit["TrainingJob"]["TrainingJobName"] == f"{registry.stem}-a"


def test_nested_filters_hold_for_one_element(registry: Registry) -> None:
    def nested(channel: str, uri: str) -> list[str]:
        filters = [
            {"Name": "InputDataConfig.ChannelName", "Value": channel},
            {"Name": "DataSource.S3DataSource.S3Uri", "Value": uri},
        ]
        item = {"NestedPropertyName": "InputDataConfig", "Filters": filters}
        return registry.search("TrainingJob", {"NestedFilters": [item]})

    assert nested("a-data", "s3://data/a") == ["a"]
    assert nested("a-data", "s3://all") == []
    assert sorted(nested("common", "s3://all")) == ["a", "c"]


@pytest.mark.parametrize(
    ("resource", "sort", "expected", "without"),
    [
        ("ModelPackage", "ModelPackageVersion", ["g/1", "g/2", "g/3"], ["p"]),
        ("ModelPackage", "CreationTime", ["g/1", "g/2", "g/3", "p"], []),
        ("ModelPackage", "CustomerMetadataProperties.stage", ["g/1", "g/2", "g/3"], ["p"]),
        ("ModelPackage", "ModelApprovalStatus", ["g/1", "g/3", "g/2"], ["p"]),
        ("TrainingJob", "HyperParameters.depth", ["b", "a"], ["c"]),
        ("TrainingJob", "Metrics.score", ["c", "a"], ["b"]),
        ("TrainingJob", "TrainingEndTime", ["c", "a", "b"], []),
        ("TrainingJob", "EnableNetworkIsolation", ["a", "c", "b"], []),
        ("TrainingJob", "LastModifiedTime", ["a", "b", "c"], []),
        ("Model", "PrimaryContainer.Environment.A", ["n"], ["m"]),
        ("Model", "ModelArn", ["m", "n"], []),
    ],
)
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_pages_of_every_order_meet_each_once_and_those_without_a_value_last(  # noqa: PLR0917 - a row
    registry: Registry, resource: str, sort: str, expected: list[str], without: list[str], order: str
) -> None:
    stem = {"Filters": [{"Name": f"{resource}Arn", "Operator": "Contains", "Value": registry.stem}]}

    def walk() -> Iterator[str]:
        pages = registry.client.get_paginator("search").paginate(
            Resource=resource, SearchExpression=stem, SortBy=sort, SortOrder=order, PaginationConfig={"PageSize": 1}
        )
        for page in pages:
            for item in page["Results"]:
                record = item[resource].get("Model", item[resource])
                yield record[f"{resource}Arn"].split(f"{registry.stem}-")[1]

    assert list(walk()) == [*(expected if order == "Ascending" else expected[::-1]), *without]


def test_records_hide_behind_visibility_conditions(registry: Registry) -> None:
    def seen(value: str) -> set[str]:
        condition = {"Key": "Tags.team", "Value": value}
        return set(registry.search("ModelPackage", VisibilityConditions=[condition]))

    assert seen("red") == PACKAGES
    assert seen("blue") == {"p"}


def test_a_models_record_holds_its_card(registry: Registry) -> None:
    arn = resource_arn("model", registry.model)
    card = create(registry.client, document=content(model_id=arn))
    expression = {"Filters": [{"Name": "ModelName", "Operator": "Contains", "Value": registry.stem}]}
    found = registry.client.search(Resource="Model", SearchExpression=expression, SortBy="ModelName")["Results"]
    cards = [item["Model"].get("ModelCard", {}).get("ModelCardName") for item in found]
    assert cards == [None, card]
    assert "Content" not in found[1]["Model"]["ModelCard"]


@pytest.mark.parametrize(
    ("resource", "item", "text"),
    [
        ("Model", {"Name": "ModelCardName", "Value": "x"}, "Unknown property name: ModelCardName"),
        ("ModelPackage", {"Name": "ModelCard.ModelCardContent", "Value": "x"}, "Unknown property name"),
        ("TrainingJob", {"Name": "HyperParameters.", "Value": "x"}, "Unknown property name"),
        ("TrainingJob", {"Name": "HyperParameters", "Value": "x"}, "Unknown property name"),
        ("TrainingJob", {"Name": "Metrics.score", "Value": "high"}, "number"),
        ("TrainingJob", {"Name": "Metrics.score", "Operator": "Contains", "Value": "1"}, "text properties only"),
        ("TrainingJob", {"Name": "EnableNetworkIsolation", "Value": "yes"}, "true or false"),
        ("TrainingJob", {"Name": "EnableNetworkIsolation", "Operator": "LessThan", "Value": "true"}, "true or false"),
        ("TrainingJob", {"Name": "TrainingEndTime", "Value": "soon"}, "YYYY-mm-dd"),
        ("Endpoint", {"Name": "EndpointName", "Value": "x"}, "is not served here"),
    ],
)
def test_an_invalid_search_gets_its_reason(registry: Registry, resource: str, item: dict[str, str], text: str) -> None:
    with refused("ValidationException", text):
        registry.client.search(Resource=resource, SearchExpression={"Filters": [item]})


def test_wrong_lists_and_orders_are_refused(registry: Registry) -> None:
    def nested(name: str, member: str) -> dict[str, Any]:
        return {"NestedFilters": [{"NestedPropertyName": name, "Filters": [{"Name": member, "Value": "x"}]}]}

    with refused("ValidationException", "is not a list of structures"):
        registry.client.search(Resource="TrainingJob", SearchExpression=nested("HyperParameters", "x"))
    with refused("ValidationException", "Unknown property name: InputDataConfig.Nope"):
        registry.client.search(
            Resource="TrainingJob", SearchExpression=nested("InputDataConfig", "InputDataConfig.Nope")
        )
    with refused("ValidationException", "cannot sort by InputDataConfig.ChannelName"):
        registry.client.search(Resource="TrainingJob", SortBy="InputDataConfig.ChannelName")


def test_suggestions_are_of_the_resource_asked_for(registry: Registry) -> None:
    def suggested(resource: str, hint: str) -> list[str]:
        query = {"PropertyNameQuery": {"PropertyNameHint": hint}}
        found = registry.client.get_search_suggestions(Resource=resource, SuggestionQuery=query)
        return [item["PropertyName"] for item in found["PropertyNameSuggestions"]]

    assert "TrainingJobName" in suggested("TrainingJob", "trainingjob")
    assert "InputDataConfig.ChannelName" in suggested("TrainingJob", "InputDataConfig.Ch")
    assert suggested("ModelPackage", "TrainingJobName") == []
    assert "Tags.team" in suggested("Model", "Tags.t")
