"""Which members each answer has, and when: SageMaker's own, neither fewer nor more.

A client reads many of them without a guard. Where one is known, the row names it.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cardwright.aws.operations import OPERATIONS
from cardwright.core.searchable import Searchable
from tests import servers
from tests.servers import Server
from tests.wire.calls import fresh, post, resource_arn
from tests.wire.samples import SAGEMAKER, target

ROLE = "arn:aws:iam::123456789012:role/r"
DEADLINE = 60
ALWAYS: tuple[str, ...] = ()
"""Of a row: in every scenario."""

BOTO = "every client: botocore's shape requires it"
ATTACH = "SDK v2: Estimator.attach"
WAIT = "SDK v2: fit(logs=False), wait_for_job"
ACK = "AWS controllers for Kubernetes: waits until it is there"
TERRAFORM = "Terraform: computed"
AUTOML = "SDK v2: CandidateEstimator"
V3 = "SDK v3: refresh, wait_for_status"


@dataclass(frozen=True)
class Row:
    """A member of an answer.

    Attributes:
        when: the scenarios whose answer has it, or ``ALWAYS``.
        reader: who reads it without a guard.
    """

    member: str
    when: tuple[str, ...] = ALWAYS
    reader: str = ""


def rows(reader: str, *members: str, when: str | tuple[str, ...] = ALWAYS) -> list[Row]:
    return [Row(member, (when,) if isinstance(when, str) else when, reader) for member in members]


CREATED, CHANNELS, SPOT = "a created job", "a created job with channels", "a created spot job"
ALGORITHM, GROUPS = "a created job of an algorithm", "a created job of instance groups"
RECORDED, TIMED = "a recorded run", "a recorded run with datasets and times"
MADE = (CREATED, CHANNELS, SPOT, ALGORITHM, GROUPS)
PLAIN, DATA, PREFERRED = "a processing job", "a processing job with data", "a processing job of preferred instances"
PRIMARY, PIPELINE = "a model of one container", "a model of several containers"
VERSION, OWN, VALIDATED = "a version of a group", "a package of its own name", "a package with a validation"
GROUP, CARD, EXPORT = "a group", "a card", "a finished export job"

USERS = ("IamIdentity.Arn", "IamIdentity.PrincipalId")
CREATED_BY = tuple(f"CreatedBy.{name}" for name in USERS)
MODIFIED_BY = tuple(f"LastModifiedBy.{name}" for name in USERS)
VALIDATION = "ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformOutput.KmsKeyId"

TRAINING_JOB = [
    *rows(BOTO, "TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "SecondaryStatus", "CreationTime"),
    *rows(BOTO, "ModelArtifacts.S3ModelArtifacts"),
    *rows(ATTACH, "StoppingCondition.MaxRuntimeInSeconds", "AlgorithmSpecification.TrainingInputMode"),
    *rows(
        WAIT, "LastModifiedTime", "SecondaryStatusTransitions[].Status", "SecondaryStatusTransitions[].StatusMessage"
    ),
    *rows(BOTO, "SecondaryStatusTransitions[].StartTime"),
    *rows("", "SecondaryStatusTransitions[].EndTime", "TrainingEndTime"),
    *rows("SDK v2: TrainingJobAnalytics", "TrainingStartTime"),
    *rows(AUTOML, "EnableNetworkIsolation", "EnableManagedSpotTraining"),
    *rows(ACK, "EnableInterContainerTrafficEncryption", "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries"),
    *rows(ATTACH, "AlgorithmSpecification.TrainingImage", when=(RECORDED, TIMED)),
    *rows(ATTACH, "OutputDataConfig.KmsKeyId", when=MADE),
    *rows(ACK, "OutputDataConfig.CompressionType", when=MADE),
    *rows(AUTOML, "InputDataConfig", when=(CREATED, SPOT, ALGORITHM, GROUPS)),
    *rows(
        TERRAFORM, "InputDataConfig[].CompressionType", "InputDataConfig[].RecordWrapperType", when=(CHANNELS, TIMED)
    ),
    *rows(ACK, "ResourceConfig.InstanceCount", when=GROUPS),
    *rows(ATTACH, "ResourceConfig.VolumeSizeInGB", when=GROUPS),
    *rows("SDK v2: spot savings of fit", "TrainingTimeInSeconds", "BillableTimeInSeconds", when=(*MADE, TIMED)),
    *rows("", "InputDataConfig[].ChannelName", "InputDataConfig[].DataSource.S3DataSource.S3Uri", when=TIMED),
    *rows("", "InputDataConfig[].DataSource.S3DataSource.S3DataType", when=TIMED),
    *rows("", "InputDataConfig[].DataSource.S3DataSource.S3DataDistributionType", when=TIMED),
]
VERSION_SUMMARY = [
    *rows(BOTO, "ModelPackageArn", "CreationTime", "ModelPackageStatus"),
    *rows("", "ModelPackageGroupName", "ModelPackageVersion", "ModelApprovalStatus", when=VERSION),
]
PACKAGE_SUMMARY = [*VERSION_SUMMARY, *rows(V3, "ModelPackageName", when=(OWN, VALIDATED))]
PACKAGE = [
    *PACKAGE_SUMMARY,
    *rows(BOTO, "ModelPackageStatusDetails.ValidationStatuses", "ModelPackageStatusDetails.ImageScanStatuses"),
    *rows(ACK, "CertifyForMarketplace"),
    *rows("SDK v2: model_card.ModelPackage.from_model_package_arn", *CREATED_BY),
    *rows("", "LastModifiedTime", *MODIFIED_BY),
    *rows("", VALIDATION, when=VALIDATED),
]
GROUP_SUMMARY = rows(BOTO, "ModelPackageGroupName", "ModelPackageGroupArn", "CreationTime", "ModelPackageGroupStatus")
MODEL = [*rows(BOTO, "ModelName", "ModelArn", "CreationTime"), *rows(ACK, "EnableNetworkIsolation")]
CARD_SUMMARY = [
    *rows(BOTO, "ModelCardName", "ModelCardArn", "ModelCardStatus", "CreationTime"),
    *rows("SDK v2: ModelCard.load", "LastModifiedTime"),
]
VERSIONED_CARD = [*CARD_SUMMARY, *rows(BOTO, "ModelCardVersion")]
EXPORT_SUMMARY = [
    *rows(BOTO, "ModelCardExportJobName", "ModelCardExportJobArn", "Status", "ModelCardName", "ModelCardVersion"),
    *rows(BOTO, "CreatedAt", "LastModifiedAt"),
]
PROCESSING_SUMMARY = [
    *rows(BOTO, "ProcessingJobName", "ProcessingJobArn", "ProcessingJobStatus", "CreationTime"),
    *rows("", "LastModifiedTime", "ProcessingEndTime"),
]

MEMBERS: Mapping[str, list[Row]] = {
    "DescribeTrainingJob": [*TRAINING_JOB, *rows("SDK v2: Estimator.enable_default_profiling", "ProfilingStatus")],
    "ListTrainingJobs": [
        *rows(BOTO, "TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "CreationTime"),
        *rows("", "LastModifiedTime", "TrainingEndTime", "SecondaryStatus"),
    ],
    "DescribeProcessingJob": [
        *PROCESSING_SUMMARY,
        *rows("", "ProcessingStartTime"),
        *rows("SDK v2: ProcessingJob.wait", "ProcessingResources.ClusterConfig.InstanceCount", when=PLAIN),
        *rows(ACK, "StoppingCondition.MaxRuntimeInSeconds"),
        *rows(ACK, "ProcessingInputs[].AppManaged", "ProcessingOutputConfig.Outputs[].AppManaged", when=DATA),
        *rows(ACK, "ProcessingInputs[].S3Input.S3DataDistributionType", when=DATA),
    ],
    "ListProcessingJobs": PROCESSING_SUMMARY,
    "DescribeModel": MODEL,
    "ListModels": rows(BOTO, "ModelName", "ModelArn", "CreationTime"),
    "DescribeModelPackage": PACKAGE,
    "ListModelPackages": PACKAGE_SUMMARY,
    "BatchDescribeModelPackage": VERSION_SUMMARY,
    "DescribeModelPackageGroup": [*GROUP_SUMMARY, *rows(BOTO, *CREATED_BY)],
    "ListModelPackageGroups": GROUP_SUMMARY,
    "DescribeModelCard": [*VERSIONED_CARD, *rows(BOTO, *CREATED_BY), *rows("", *MODIFIED_BY), *rows(BOTO, "Content")],
    "ListModelCards": CARD_SUMMARY,
    "ListModelCardVersions": VERSIONED_CARD,
    "DescribeModelCardExportJob": [
        *EXPORT_SUMMARY,
        *rows(BOTO, "OutputConfig.S3OutputPath"),
        *rows("SDK v2: ModelCard.export_pdf", "ExportArtifacts.S3ExportArtifacts"),
    ],
    "ListModelCardExportJobs": EXPORT_SUMMARY,
    "ListTags": rows("SDK v2: Estimator.attach", "Key", "Value"),
    "Search TrainingJob": [*TRAINING_JOB, *rows("", "Tags")],
    "Search ModelPackage": [*PACKAGE, *rows("", "Tags")],
    "Search ModelPackageGroup": [*GROUP_SUMMARY, *rows("", "Tags", *CREATED_BY)],
    "Search Model": [*(Row(f"Model.{row.member}", row.when, row.reader) for row in MODEL), *rows("", "Model.Tags")],
    "Search ModelCard": [*VERSIONED_CARD, *rows("", "Content", "Tags", *CREATED_BY, *MODIFIED_BY)],
}
"""By operation; of Search by the resource that it finds."""


def paths(value: Any, place: str = "") -> Iterator[str]:
    """The members of a JSON value that hold no members themselves: ``a.b``, and ``a[].b`` in a list."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from paths(member, f"{place}.{name}" if place else name)
    elif isinstance(value, list) and value:
        for item in value:
            yield from paths(item, f"{place}[]") if isinstance(item, dict) else [place]
    else:
        yield place


def call(server: Server, operation: str, request: dict[str, Any]) -> Any:
    answer = post(server, target(operation), request)
    assert answer.status == 200, (operation, answer.body)
    return json.loads(answer.body or b"{}")


@dataclass(frozen=True)
class Scenario:
    """A resource made with few members: what the request set, and the answers about it, by row of the table."""

    given: Mapping[str, Any]
    answers: list[tuple[str, dict[str, Any]]]


def found(server: Server, resource: str, prop: str, value: str) -> tuple[str, dict[str, Any]]:
    filters = {"Filters": [{"Name": prop, "Value": value}]}
    [hit] = call(server, "Search", {"Resource": resource, "SearchExpression": filters})["Results"]
    return f"Search {resource}", hit[resource]


def training_job(server: Server, operation: str = "CreateTrainingJob", **members: Any) -> Scenario:
    name, folder = fresh("members"), {"S3OutputPath": "s3://b/o"}
    created = {"RoleArn": ROLE, "OutputDataConfig": folder}
    if "AlgorithmSpecification" not in members:
        created["AlgorithmSpecification"] = {"TrainingImage": "i", "TrainingInputMode": "File"}
    request = members if operation == "RecordTrainingJob" else created | members
    call(server, operation, {"TrainingJobName": name, **request})
    return Scenario(
        {} if operation == "RecordTrainingJob" else request,
        [
            ("DescribeTrainingJob", call(server, "DescribeTrainingJob", {"TrainingJobName": name})),
            ("ListTrainingJobs", call(server, "ListTrainingJobs", {"NameContains": name})["TrainingJobSummaries"][0]),
            found(server, "TrainingJob", "TrainingJobName", name),
        ],
    )


def processing_job(server: Server, cluster: dict[str, Any], **members: Any) -> Scenario:
    name = fresh("members")
    request = {
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": "i"},
        "ProcessingResources": {"ClusterConfig": {"VolumeSizeInGB": 1, **cluster}},
        **members,
    }
    call(server, "CreateProcessingJob", {"ProcessingJobName": name, **request})
    listed = call(server, "ListProcessingJobs", {"NameContains": name})["ProcessingJobSummaries"]
    described = call(server, "DescribeProcessingJob", {"ProcessingJobName": name})
    return Scenario(request, [("DescribeProcessingJob", described), ("ListProcessingJobs", listed[0])])


def model(server: Server, **members: Any) -> Scenario:
    name = fresh("members")
    call(server, "CreateModel", {"ModelName": name, **members})
    key, hit = found(server, "Model", "ModelName", name)
    return Scenario(
        members,
        [
            ("DescribeModel", call(server, "DescribeModel", {"ModelName": name})),
            ("ListModels", call(server, "ListModels", {"NameContains": name})["Models"][0]),
            (key, hit),
        ],
    )


def version(server: Server) -> Scenario:
    group = fresh("members")
    call(server, "CreateModelPackageGroup", {"ModelPackageGroupName": group})
    given = {"InferenceSpecification": {"Containers": [{"Image": "i"}]}}
    arn = call(server, "CreateModelPackage", {"ModelPackageGroupName": group, **given})["ModelPackageArn"]
    batch = call(server, "BatchDescribeModelPackage", {"ModelPackageArnList": [arn]})["ModelPackageSummaries"][arn]
    listed = call(server, "ListModelPackages", {"ModelPackageGroupName": group})["ModelPackageSummaryList"]
    return Scenario(
        given,
        [
            ("DescribeModelPackage", call(server, "DescribeModelPackage", {"ModelPackageName": arn})),
            ("ListModelPackages", listed[0]),
            ("BatchDescribeModelPackage", batch),
            found(server, "ModelPackage", "ModelPackageArn", arn),
        ],
    )


def own_package(server: Server, **given: Any) -> Scenario:
    name = fresh("members")
    call(server, "CreateModelPackage", {"ModelPackageName": name, **given})
    listed = call(server, "ListModelPackages", {"NameContains": name})["ModelPackageSummaryList"]
    return Scenario(
        given,
        [
            ("DescribeModelPackage", call(server, "DescribeModelPackage", {"ModelPackageName": name})),
            ("ListModelPackages", listed[0]),
            found(server, "ModelPackage", "ModelPackageName", name),
        ],
    )


def group(server: Server) -> Scenario:
    name = fresh("members")
    tags = [{"Key": "k", "Value": "v"}]
    call(server, "CreateModelPackageGroup", {"ModelPackageGroupName": name, "Tags": tags})
    listed = call(server, "ListModelPackageGroups", {"NameContains": name})["ModelPackageGroupSummaryList"]
    [tag] = call(server, "ListTags", {"ResourceArn": resource_arn("model-package-group", name)})["Tags"]
    key, hit = found(server, "ModelPackageGroup", "ModelPackageGroupName", name)
    assert hit["Tags"] == [tag]
    return Scenario(
        {},
        [
            ("DescribeModelPackageGroup", call(server, "DescribeModelPackageGroup", {"ModelPackageGroupName": name})),
            ("ListModelPackageGroups", listed[0]),
            ("ListTags", tag),
            (key, {**hit, "Tags": []}),
        ],
    )


def card(server: Server) -> Scenario:
    named = {"ModelCardName": fresh("members")}
    call(server, "CreateModelCard", {**named, "Content": "{}", "ModelCardStatus": "Draft"})
    return Scenario(
        {},
        [
            ("DescribeModelCard", call(server, "DescribeModelCard", named)),
            (
                "ListModelCards",
                call(server, "ListModelCards", {"NameContains": named["ModelCardName"]})["ModelCardSummaries"][0],
            ),
            ("ListModelCardVersions", call(server, "ListModelCardVersions", named)["ModelCardVersionSummaryList"][0]),
            found(server, "ModelCard", "ModelCardName", named["ModelCardName"]),
        ],
    )


def export_job(server: Server) -> Scenario:
    named = {"ModelCardName": fresh("members")}
    call(server, "CreateModelCard", {**named, "Content": "{}", "ModelCardStatus": "Draft"})
    asked = {"ModelCardExportJobName": "j", "OutputConfig": {"S3OutputPath": "s3://members/folder"}}
    job = call(server, "CreateModelCardExportJob", named | asked)
    deadline = time.monotonic() + DEADLINE
    while (described := call(server, "DescribeModelCardExportJob", job))["Status"] == "InProgress":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    listed = call(server, "ListModelCardExportJobs", named)["ModelCardExportJobSummaries"]
    return Scenario({}, [("DescribeModelCardExportJob", described), ("ListModelCardExportJobs", listed[0])])


CHANNEL = {"ChannelName": "c", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/k"}}}
CLUSTER = {"InstanceType": "ml.m5.large"}
TRANSFORM = {
    "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/k"}}},
    "TransformOutput": {"S3OutputPath": "s3://b/k"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
PROFILES = [{"ProfileName": "p", "TransformJobDefinition": TRANSFORM}]
GROUPED = [{"InstanceType": "ml.m5.large", "InstanceCount": 1, "InstanceGroupName": "g"}]
SCENARIOS: Mapping[str, Callable[[Server], Scenario]] = {
    CREATED: training_job,
    CHANNELS: lambda server: training_job(server, InputDataConfig=[CHANNEL]),
    SPOT: lambda server: training_job(
        server,
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 2},
    ),
    ALGORITHM: lambda server: training_job(
        server, AlgorithmSpecification={"AlgorithmName": "a", "TrainingInputMode": "File"}
    ),
    GROUPS: lambda server: training_job(server, ResourceConfig={"InstanceGroups": GROUPED}),
    RECORDED: lambda server: training_job(server, "RecordTrainingJob", ModelArtifacts={"S3ModelArtifacts": "s3://b/k"}),
    TIMED: lambda server: training_job(
        server,
        "RecordTrainingJob",
        ModelArtifacts={"S3ModelArtifacts": "s3://b/k"},
        Datasets=[{"S3Uri": "s3://b/k"}],
        TrainingStartTime=1_700_000_000,
        TrainingEndTime=1_700_000_060,
    ),
    PLAIN: lambda server: processing_job(server, CLUSTER),
    DATA: lambda server: processing_job(
        server,
        CLUSTER | {"InstanceCount": 2},
        ProcessingInputs=[
            {"InputName": "i", "S3Input": {"S3Uri": "s3://b/k", "LocalPath": "/i", "S3DataType": "S3Prefix"}}
        ],
        ProcessingOutputConfig={
            "Outputs": [
                {"OutputName": "o", "S3Output": {"S3Uri": "s3://b/k", "LocalPath": "/o", "S3UploadMode": "EndOfJob"}}
            ]
        },
    ),
    PREFERRED: lambda server: processing_job(server, {"InstancePreferences": [CLUSTER | {"InstanceCount": 1}]}),
    PRIMARY: lambda server: model(server, PrimaryContainer={"Image": "i"}),
    PIPELINE: lambda server: model(server, Containers=[{"Image": "i"}, {"Image": "j"}]),
    VERSION: version,
    OWN: own_package,
    VALIDATED: lambda server: own_package(
        server, ValidationSpecification={"ValidationRole": ROLE, "ValidationProfiles": PROFILES}
    ),
    GROUP: group,
    CARD: card,
    EXPORT: export_job,
}


def test_the_table_has_every_operation_that_describes_lists_or_finds() -> None:
    described = {name for name in OPERATIONS if name.startswith(("Describe", "List", "BatchDescribe"))}
    assert MEMBERS.keys() == described | {f"Search {resource}" for resource in Searchable}


def test_every_member_of_the_table_is_one_of_the_operations_shape() -> None:
    for operation, members in MEMBERS.items():
        shape = record_shape(operation)
        for row in members:
            place: Any = shape
            for step in row.member.removesuffix("[]").split("."):
                assert step.removesuffix("[]") in place.members, (operation, row.member)
                place = place.members[step.removesuffix("[]")]
                place = place.member if step.endswith("[]") else place


def record_shape(operation: str) -> Any:
    """The shape of what an operation describes, lists or finds."""
    if operation.startswith("Search "):
        record: Any = SAGEMAKER.shape_for("SearchRecord")
        return record.members[operation.removeprefix("Search ")]
    shape: Any = SAGEMAKER.operation_model(operation).output_shape
    if operation == "BatchDescribeModelPackage":
        return shape.members["ModelPackageSummaries"].value
    lists = [member for member in shape.members.values() if member.type_name == "list"]
    return lists[0].member if operation.startswith("List") else shape


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_answer_has_the_members_of_its_rows_and_of_its_request(open_server: Server, scenario: str) -> None:
    made = SCENARIOS[scenario](open_server)
    set_by_request = set(paths(made.given)) if made.given else set()
    for operation, answer in made.answers:
        wanted = {row.member for row in MEMBERS[operation] if row.when == ALWAYS or scenario in row.when}
        if operation == "Search Model":
            wanted |= {f"Model.{path}" for path in set_by_request}
        elif not operation.startswith("List"):
            wanted |= set_by_request
        assert set(paths(answer)) == wanted, operation


def test_every_operation_of_the_table_is_answered_in_some_scenario(open_server: Server) -> None:
    answered = {operation for make in SCENARIOS.values() for operation, _ in make(open_server).answers}
    assert answered == MEMBERS.keys()


OLD_DOCUMENT = {
    "RoleArn": ROLE,
    "OutputDataConfig": {"S3OutputPath": "s3://b/o"},
    "InputDataConfig": [CHANNEL],
    "AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "File"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 1},
    "ModelArtifacts": {"S3ModelArtifacts": "s3://b/k"},
    "SecondaryStatus": "Completed",
    "TrainingStartTime": 1_700_000_000.0,
    "TrainingEndTime": 1_700_000_000.0,
    "SecondaryStatusTransitions": [{"Status": "Completed", "StartTime": 1_700_000_000.0, "EndTime": 1_700_000_000.0}],
}
"""A training job as the first stores kept it."""


def test_documents_of_earlier_stores_gain_the_members(tmp_path: Path) -> None:
    with servers.running(tmp_path) as server:
        made = training_job(server, InputDataConfig=[CHANNEL])
        name = made.answers[0][1]["TrainingJobName"]
        with sqlite3.connect(tmp_path / "cardwright.db") as store:
            changed = store.execute("UPDATE documents SET document = ?", (json.dumps(OLD_DOCUMENT),))
            assert changed.rowcount == 1
        store.close()
        old = call(server, "DescribeTrainingJob", {"TrainingJobName": name})
        assert set(paths(old)) == set(paths(made.answers[0][1]))
        assert old["SecondaryStatusTransitions"][0]["StatusMessage"] == "Training job completed"
        for member, value in (("EnableManagedSpotTraining", "false"), ("OutputDataConfig.CompressionType", "GZIP")):
            assert found(server, "TrainingJob", member, value)[1]["TrainingJobName"] == name
