"""The fields of a card that the registry's answers fill."""

from typing import Any

from cardwright.core import discovery


def test_every_field_of_a_package_has_its_place() -> None:
    package: dict[str, Any] = {
        "ModelPackageArn": "arn",
        "ModelPackageName": "name",
        "ModelPackageGroupName": "group",
        "ModelPackageVersion": 3,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
        "ModelPackageDescription": "described",
        "ApprovalDescription": "good",
        "Domain": "NATURAL_LANGUAGE_PROCESSING",
        "Task": "CLASSIFICATION",
        "CreatedBy": {"UserProfileName": "ada", "DomainId": "d"},
        "InferenceSpecification": {
            "Containers": [
                {"Image": "i", "ModelDataUrl": "s3://a", "NearestModelName": "near", "ImageDigest": "sha256:0"},
                {"Image": "j", "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://b"}}},
            ]
        },
        "SourceAlgorithmSpecification": {"SourceAlgorithms": [{"AlgorithmName": "a", "ModelDataUrl": "s3://c"}]},
        "ModelMetrics": {"Bias": {}},
    }
    assert discovery.package_details(package) == {
        "model_package_arn": "arn",
        "model_package_name": "name",
        "model_package_group_name": "group",
        "model_package_version": 3,
        "model_package_status": "Completed",
        "model_approval_status": "Approved",
        "model_package_description": "described",
        "approval_description": "good",
        "domain": "NATURAL_LANGUAGE_PROCESSING",
        "task": "CLASSIFICATION",
        "created_by": {"user_profile_name": "ada"},
        "inference_specification": {
            "containers": [
                {"image": "i", "model_data_url": "s3://a", "nearest_model_name": "near"},
                {"image": "j", "model_data_url": "s3://b"},
            ]
        },
        "source_algorithms": [{"algorithm_name": "a", "model_data_url": "s3://c"}],
    }
    assert discovery.package_artifacts(discovery.package_details(package)) == ["s3://a", "s3://b"]
    assert discovery.package_details({"ModelPackageArn": "arn", "CreatedBy": {}}) == {"model_package_arn": "arn"}


def test_a_training_job_may_lack_parameters_and_metrics() -> None:
    assert discovery.training_job_details({"TrainingJobArn": "arn"}) == {
        "training_arn": "arn",
        "training_metrics": [],
        "hyper_parameters": [],
    }


def test_metrics_that_are_not_numbers_are_left_out() -> None:
    metrics = [{"MetricName": "a", "Value": 0.5}, {"MetricName": "b", "Value": float("nan")}]
    job = {"TrainingJobArn": "arn", "FinalMetricDataList": metrics, "HyperParameters": {"eta": "0.1"}}
    details = discovery.training_job_details(job)
    assert details["training_metrics"] == [{"name": "a", "value": 0.5}]
    assert details["hyper_parameters"] == [{"name": "eta", "value": "0.1"}]


def test_a_model_without_image_or_artifact_provides_the_rest() -> None:
    model = {"ModelName": "m", "ModelArn": "arn", "PrimaryContainer": {"ModelPackageName": "p"}}
    assert discovery.model_overview(model) == {"model_name": "m", "model_id": "arn", "model_artifact": []}


def test_reports_are_named_as_sdk_v2_names_their_jobs() -> None:
    uri = {"ContentType": "application/json", "S3Uri": "s3://r"}
    metrics = {
        "ModelQuality": {"Statistics": uri, "Constraints": uri},
        "ModelDataQuality": {"Statistics": uri},
        "Bias": {"PostTrainingReport": uri, "Report": uri, "PreTrainingReport": uri},
        "Explainability": {"Report": uri},
    }
    assert [source.job_name for source in discovery.report_sources(metrics)] == [
        "Bias Report",
        "Bias PreTrainingReport",
        "Bias PostTrainingReport",
        "Explainability report",
        "Model quality report",
    ]
    assert discovery.report_sources({}) == []


def test_a_job_is_searched_by_the_only_artifact() -> None:
    assert discovery.only_artifact(["s3://a"]) == "s3://a"
    assert discovery.only_artifact([]) is discovery.only_artifact(["s3://a", "s3://b"]) is None


def test_a_container_made_from_a_package_has_the_images_of_the_package() -> None:
    packages = {
        "p": {"InferenceSpecification": {"Containers": [{"Image": "i", "ModelDataUrl": "s3://a"}]}},
        "two": {"InferenceSpecification": {"Containers": [{"Image": "j"}, {"Image": "k", "ModelDataUrl": "s3://b"}]}},
    }
    containers = [{"ModelPackageName": "p"}, {"ModelPackageName": "two"}, {"ModelPackageName": "gone"}]
    model = {"ModelName": "m", "ModelArn": "arn", "Containers": containers}
    assert discovery.packages_of_model(model) == ["p", "two", "gone"]
    overview = discovery.model_overview(model, packages)
    assert overview["model_artifact"] == ["s3://a", "s3://b"]
    assert overview["inference_environment"] == {"container_image": ["i", "j", "k"]}


def test_a_containers_own_members_win_over_its_package() -> None:
    source = {"S3DataSource": {"S3Uri": "s3://package"}}
    packages = {"p": {"InferenceSpecification": {"Containers": [{"Image": "i", "ModelDataSource": source}]}}}
    container = {"ModelPackageName": "p", "ModelDataUrl": "s3://own"}
    overview = discovery.model_overview({"ModelName": "m", "ModelArn": "arn", "PrimaryContainer": container}, packages)
    assert overview["model_artifact"] == ["s3://own"]
