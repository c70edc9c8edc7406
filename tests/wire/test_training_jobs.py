"""Training and processing jobs: records of runs that happened elsewhere."""

import datetime
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.session import Session
from tests.servers import Server
from tests.wire.calls import account, fresh, post, refused, resource_arn

ROLE = "arn:aws:iam::123456789012:role/r"


def train(client: Any, name: str | None = None, **members: Any) -> str:
    name = name or fresh("job")
    wanted = {
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "HyperParameters": {"depth": "3"},
    }
    client.create_training_job(**wanted | members)
    return name


def record(client: Any, name: str | None = None, **members: Any) -> str:
    name = name or fresh("run")
    artifacts = {"S3ModelArtifacts": f"s3://elsewhere/{name}/model.bin"}
    own_client(client).record_training_job(**{"TrainingJobName": name, "ModelArtifacts": artifacts} | members)
    return name


@pytest.mark.parametrize("path", ["s3://bucket/out", "s3://bucket/out/", "s3://bucket"])
def test_a_created_job_is_completed_with_the_path_that_sagemaker_gives(open_server: Server, path: str) -> None:
    client = open_server.client()
    name = train(client, OutputDataConfig={"S3OutputPath": path})
    found = client.describe_training_job(TrainingJobName=name)
    assert (found["TrainingJobStatus"], found["SecondaryStatus"]) == ("Completed", "Completed")
    expected = f"{path.rstrip('/')}/{name}/output/model.tar.gz"
    assert found["ModelArtifacts"] == {"S3ModelArtifacts": expected}
    assert found["OutputDataConfig"] == {"S3OutputPath": path, "KmsKeyId": "", "CompressionType": "GZIP"}
    assert found["HyperParameters"] == {"depth": "3"}
    assert found["StoppingCondition"]["MaxRuntimeInSeconds"] > 0
    assert found["CreationTime"] == found["TrainingEndTime"]


def test_a_job_of_an_algorithm_has_no_training_image_and_any_other_job_has_one(open_server: Server) -> None:
    client = open_server.client()
    algorithm = {"AlgorithmName": "xgboost", "TrainingInputMode": "Pipe"}
    name = train(client, AlgorithmSpecification=algorithm)
    found = client.describe_training_job(TrainingJobName=name)["AlgorithmSpecification"]
    assert found == {"EnableSageMakerMetricsTimeSeries": False} | algorithm
    recorded = client.describe_training_job(TrainingJobName=record(client))["AlgorithmSpecification"]
    assert recorded["TrainingImage"] == ""


def test_a_run_from_elsewhere_is_recorded_with_all_that_is_known(open_server: Server) -> None:
    client = open_server.client()
    started = datetime.datetime(2026, 1, 31, 12, 0, 0, tzinfo=datetime.UTC)
    ended = started + datetime.timedelta(minutes=90)
    name = record(
        client,
        TrainingJobStatus="Failed",
        FailureReason="out of memory",
        TrainingStartTime=started,
        TrainingEndTime=ended,
        HyperParameters={"depth": "3"},
        FinalMetricDataList=[
            {"MetricName": "auc", "Value": 0.91},
            {"MetricName": "loss", "Value": -1e-9, "Timestamp": started},
        ],
        Datasets=[{"S3Uri": "s3://data/train"}, {"Name": "test", "S3Uri": "https://data/test"}],
        TrainingImage="image",
        Environment={"SEED": "1"},
        RoleArn=ROLE,
        Tags=[{"Key": "team", "Value": "red"}],
    )
    found = client.describe_training_job(TrainingJobName=name)
    assert (found["TrainingJobStatus"], found["SecondaryStatus"]) == ("Failed", "Failed")
    assert found["FailureReason"] == "out of memory"
    assert (found["TrainingStartTime"], found["TrainingEndTime"]) == (started, ended)
    assert found["TrainingTimeInSeconds"] == 5400
    assert found["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://elsewhere/{name}/model.bin"
    metrics = {item["MetricName"]: (item["Value"], item["Timestamp"]) for item in found["FinalMetricDataList"]}
    assert metrics == {"auc": (0.91, ended), "loss": (-1e-9, started)}
    channels = [(item["ChannelName"], item["DataSource"]["S3DataSource"]["S3Uri"]) for item in found["InputDataConfig"]]
    assert channels == [("dataset-1", "s3://data/train"), ("test", "https://data/test")]
    assert found["AlgorithmSpecification"]["TrainingImage"] == "image"
    assert (found["HyperParameters"], found["Environment"]) == ({"depth": "3"}, {"SEED": "1"})
    assert client.list_tags(ResourceArn=found["TrainingJobArn"])["Tags"] == [{"Key": "team", "Value": "red"}]


def test_little_is_enough_to_record_a_run(open_server: Server) -> None:
    client = open_server.client()
    found = client.describe_training_job(TrainingJobName=record(client))
    assert found["TrainingJobStatus"] == "Completed"
    assert found["TrainingStartTime"] == found["TrainingEndTime"]
    assert not found.keys() & {"FinalMetricDataList", "InputDataConfig", "TrainingTimeInSeconds"}


def test_a_run_ends_after_it_began(open_server: Server) -> None:
    client = open_server.client()
    early, late = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    with refused("ValidationException", "TrainingStartTime"):
        record(client, TrainingStartTime=late, TrainingEndTime=early)
    with refused("ValidationException", "TrainingStartTime"):
        record(client, TrainingStartTime=datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC))


def test_a_session_records_a_run(open_server: Server) -> None:
    name, artifacts = fresh("run"), {"S3ModelArtifacts": "s3://b/k"}
    session = Session(open_server.url)
    arn = session.record_training_job(TrainingJobName=name, ModelArtifacts=artifacts)
    assert arn == resource_arn("training-job", name)
    with pytest.raises(AttributeError, match="record_training_job"):
        own_client(session.sagemaker_client).no_such_operation()  # type: ignore[attr-defined]  # there is none


def test_real_sagemaker_is_recognised(open_server: Server) -> None:
    client = open_server.client()

    def as_sagemaker_answers(**_: Any) -> Any:
        return AWSResponse(client.meta.endpoint_url, 400, HTTPHeaders(), None), {
            "Error": {"Code": "UnknownOperationException"}
        }

    call = "before-call.sagemaker.RecordTrainingJob"
    client.meta.events.register(call, as_sagemaker_answers)
    try:
        with pytest.raises(NoSuchOperation, match="Cardwright's own"):
            record(client)
    finally:
        client.meta.events.unregister(call, as_sagemaker_answers)


def test_our_own_operations_are_signed_and_obey_roles(signed_server: Server) -> None:
    whose = account()
    author, viewer = (signed_server.client(*signed_server.key(whose, role, role)) for role in ("author", "viewer"))
    record(author)
    with refused("AccessDeniedException", "author"):
        record(viewer)
    with refused("InvalidSignatureException"):
        record(signed_server.client(signed_server.key(whose, "x", "author")[0], "wrong"))


def test_our_own_operations_are_not_sagemaker_operations(open_server: Server) -> None:
    for target in ("SageMaker.RecordTrainingJob", "Cardwright.DescribeModelCard", "Cardwright."):
        assert post(open_server, target, {}).error[0] == "UnknownOperationException"


def test_missing_and_duplicate_jobs_are_reported_in_sagemakers_words(open_server: Server) -> None:
    client = open_server.client()
    for call in (client.describe_training_job, client.delete_training_job):
        with refused("ValidationException") as caught:
            call(TrainingJobName=fresh("missing"))
        assert caught.value.response["Error"]["Message"] == "Requested resource not found."
    name = train(client)
    with refused("ResourceInUse", "already exists", resource_arn("training-job", name)):
        train(client, name)
    with refused("ResourceInUse"):
        record(client, name)
    client.delete_training_job(TrainingJobName=name)
    record(client, name)


def test_lists_filter_by_status_name_and_time(open_server: Server) -> None:
    client, stem = open_server.client(), fresh("LIST")
    names = [train(client, f"{stem}-b"), record(client, f"{stem}-a", TrainingJobStatus="Failed")]

    def listed(**how: Any) -> list[str]:
        found = client.list_training_jobs(NameContains=stem.lower(), **how)["TrainingJobSummaries"]
        return [item["TrainingJobName"] for item in found]

    assert listed() == names
    assert listed(SortBy="Name") == listed(SortBy="Status", SortOrder="Descending") == names[::-1]
    assert listed(StatusEquals="Failed") == names[1:]
    assert listed(LastModifiedTimeAfter=datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)) == []
    assert listed(LastModifiedTimeBefore=datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)) == names
    assert listed(WarmPoolStatusEquals="InUse") == []
    for sort in ("Name", "CreationTime", "Status"):
        pages = client.get_paginator("list_training_jobs").paginate(
            NameContains=stem, SortBy=sort, PaginationConfig={"PageSize": 1}
        )
        assert len([item for page in pages for item in page["TrainingJobSummaries"]]) == 2


def test_processing_jobs_are_records_too(open_server: Server) -> None:
    client, name = open_server.client(), fresh("processing")
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    wanted = {
        "ProcessingJobName": name,
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": "image"},
        "RoleArn": ROLE,
    }
    client.create_processing_job(**wanted)
    found = client.describe_processing_job(ProcessingJobName=name)
    assert {key: found[key] for key in wanted} == wanted
    assert found["ProcessingJobStatus"] == "Completed"
    with refused("ResourceInUse"):
        client.create_processing_job(**wanted)
    for odd in ("%", "_", "\\", "no such job"):
        assert client.list_processing_jobs(NameContains=odd)["ProcessingJobSummaries"] == []
    listed = client.list_processing_jobs(NameContains=name.upper(), StatusEquals="Completed")
    assert [item["ProcessingJobName"] for item in listed["ProcessingJobSummaries"]] == [name]
    client.delete_processing_job(ProcessingJobName=name)
    for call in (client.describe_processing_job, client.delete_processing_job):
        with refused("ValidationException") as caught:
            call(ProcessingJobName=name)
        assert caught.value.response["Error"]["Message"] == f"Could not find requested job with name: {name}"


def test_a_job_has_no_logs_in_the_words_that_the_sagemaker_sdk_waits_with(
    open_server: Server, signed_server: Server
) -> None:
    group = "/aws/sagemaker/TrainingJobs"
    for server in (open_server, signed_server):
        client = boto3.client(
            "logs",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="unknown",
            aws_secret_access_key="unknown",
        )
        with refused("ResourceNotFoundException", "log group does not exist"):
            client.describe_log_streams(logGroupName=group, logStreamNamePrefix="job/")
        with refused("ResourceNotFoundException", "log group does not exist"):
            client.get_log_events(logGroupName=group, logStreamName="job/algo-1")
        with pytest.raises(ClientError, match=r"UnknownOperation|UnrecognizedClient"):
            client.create_log_group(logGroupName=group)
