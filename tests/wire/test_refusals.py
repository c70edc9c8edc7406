"""What SageMaker refuses, is refused here: combinations of members, and names that are missing or taken.

The sentences about names are compared by clients: SDK v2 and v3, Terraform and the AWS controllers for Kubernetes.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from cardwright.aws.operations import OPERATIONS
from tests.servers import Server
from tests.wire.calls import arn, create, fresh, post, resource_arn
from tests.wire.samples import SAGEMAKER

ROLE = "arn:aws:iam::123456789012:role/r"
MIME = {"SupportedContentTypes": ["a/b"], "SupportedResponseMIMETypes": ["a/b"]}
EXTRA = {"S3DataType": "S3Prefix", "S3Uri": "s3://b/extra/"}
NO_ENVIRONMENT = "Environment variable map cannot be specified when using non-versioned ModelPackages"
ONE_SOURCE = "Specify one of either Image and Model Data URL or ModelPackageName in container definition."
WAIT = "Invalid MaxWaitTimeInSeconds. It"
PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/p"
RULE = {"RuleConfigurationName": "r", "RuleEvaluatorImage": "i"}
HOOK: dict[str, Any] = {"S3OutputPath": "s3://b/k"}
PREFERENCE = {"InstanceType": "ml.m5.large", "InstanceCount": 1}


def specification(**container: Any) -> dict[str, Any]:
    return {"Containers": [{"Image": "image:1", **container}], **MIME}


def model_data(data_type: str, compression: str, uri: str) -> dict[str, Any]:
    return {"S3DataSource": {"S3DataType": data_type, "CompressionType": compression, "S3Uri": uri}}


def model(**container: Any) -> dict[str, Any]:
    return {"PrimaryContainer": {"Image": "i", **container}}


def image_config(mode: str) -> dict[str, Any]:
    provider = {"RepositoryCredentialsProviderArn": "arn:aws:lambda:us-east-1:000000000000:function:f"}
    return {"ImageConfig": {"RepositoryAccessMode": mode, "RepositoryAuthConfig": provider}}


def training(**members: Any) -> dict[str, Any]:
    algorithm = {"TrainingImage": "i", "TrainingInputMode": "File"}
    base = {"RoleArn": ROLE, "OutputDataConfig": {"S3OutputPath": "s3://b/o"}, "AlgorithmSpecification": algorithm}
    return base | members


def algorithm(**members: str) -> dict[str, Any]:
    return training(AlgorithmSpecification={"TrainingInputMode": "File", **members})


def spot(wait: int | None, enabled: bool = True) -> dict[str, Any]:
    condition = {"MaxRuntimeInSeconds": 10} | ({} if wait is None else {"MaxWaitTimeInSeconds": wait})
    return training(EnableManagedSpotTraining=enabled, StoppingCondition=condition)


def processing(cluster: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    resources = {"ClusterConfig": {"VolumeSizeInGB": 1, **(cluster or {"InstanceType": "ml.m5.large"})}}
    return {"RoleArn": ROLE, "AppSpecification": {"ImageUri": "i"}, "ProcessingResources": resources, **members}


def processing_input(**members: Any) -> dict[str, Any]:
    return processing(ProcessingInputs=[{"InputName": "i", **members}])


def processing_output(**members: Any) -> dict[str, Any]:
    return processing(ProcessingOutputConfig={"Outputs": [{"OutputName": "o", **members}]})


S3_INPUT = {"S3Uri": "s3://b/k", "S3DataType": "S3Prefix"}
S3_OUTPUT = {"S3Uri": "s3://b/k", "LocalPath": "/o", "S3UploadMode": "EndOfJob"}
STORE = {"FeatureGroupName": "f"}
ATHENA = {
    "AthenaDatasetDefinition": {
        "Catalog": "c",
        "Database": "d",
        "QueryString": "q",
        "OutputS3Uri": "s3://b/k",
        "OutputFormat": "PARQUET",
    }
}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("own", {"InferenceSpecification": specification(Environment={"A": "b"})}, NO_ENVIRONMENT),
    (
        "own",
        {"AdditionalInferenceSpecifications": [{"Name": "n", "Containers": [{"Environment": {"A": "b"}}]}]},
        NO_ENVIRONMENT,
    ),
    ("own", {"SourceUri": "s3://b/source"}, "SourceUri cannot be specified"),
    (
        "own",
        {"InferenceSpecification": specification(ModelDataSource=model_data("S3Object", "Gzip", "s3://b/k"))},
        "ModelDataSource cannot be specified",
    ),
    ("version", {"SourceUri": "s3://b/source", "InferenceSpecification": specification()}, "Both SourceUri and Inf"),
    (
        "version",
        {"InferenceSpecification": specification(AdditionalS3DataSource=EXTRA)},
        "AdditionalS3DataSource is not allowed in InferenceSpecification",
    ),
    (
        "version",
        {"AdditionalInferenceSpecifications": [{"Name": "n", "Containers": [{"Image": "i"}]}] * 2},
        "must be unique",
    ),
    ("version", {"Tags": [{"Key": "k", "Value": "v"}]}, "takes no Tags"),
    ("update", {"InferenceSpecification": specification(AdditionalS3DataSource=EXTRA)}, "AdditionalS3DataSource"),
    ("CreateModel", {}, "PrimaryContainer"),
    ("CreateModel", model() | {"Containers": [{"Image": "i"}]}, "Both PrimaryContainer and Containers"),
    ("CreateModel", model(ModelPackageName="p"), ONE_SOURCE),
    ("CreateModel", {"PrimaryContainer": {"ModelPackageName": "p", "ModelDataUrl": "s3://b/k"}}, ONE_SOURCE),
    ("CreateModel", {"Containers": [{"Image": "i"}, {"ContainerHostname": "h"}]}, ONE_SOURCE),
    ("CreateModel", {"Containers": [{"Image": "i"}, {"Image": "j", "ContainerHostname": "h"}]}, "ContainerHostname"),
    ("CreateModel", {"Containers": [{"Image": "i", "ContainerHostname": "h"}] * 2}, "must be unique"),
    ("CreateModel", model(**image_config("Platform")), "RepositoryAuthConfig"),
    ("CreateModel", model(Mode="MultiModel", ModelDataSource=model_data("S3Object", "None", "s3://b/k")), "MultiModel"),
    ("CreateModel", model(ModelDataSource=model_data("S3Prefix", "Gzip", "s3://b/k/")), "Gzip"),
    ("CreateModel", model(ModelDataSource=model_data("S3Prefix", "None", "s3://b/k")), "forward slash"),
    ("CreateModel", model(Environment={f"k{number}": "v" * 1000 for number in range(33)}), "32 KB"),
    ("CreateTrainingJob", algorithm(TrainingImage="i", AlgorithmName="a"), "TrainingImage or AlgorithmName"),
    ("CreateTrainingJob", algorithm(), "TrainingImage or AlgorithmName"),
    ("CreateTrainingJob", spot(20, enabled=False), f"{WAIT} is only supported when EnableManagedSpotTraining"),
    ("CreateTrainingJob", spot(None), f"{WAIT} must be present"),
    ("CreateTrainingJob", spot(9), f"{WAIT} must be present"),
    (
        "CreateTrainingJob",
        training(ResourceConfig={"InstanceType": "ml.m5.large", "InstancePreferences": [PREFERENCE]}),
        "mutually exclusive",
    ),
    (
        "CreateTrainingJob",
        spot(20) | {"ResourceConfig": {"InstancePreferences": [PREFERENCE]}},
        "mutually exclusive with EnableManagedSpotTraining",
    ),
    ("CreateTrainingJob", training(ResourceConfig={"InstancePreferences": [PREFERENCE] * 2}), "only once"),
    (
        "CreateTrainingJob",
        training(ResourceConfig={"InstancePreferences": [PREFERENCE], "InstanceCount": 1}),
        "InstanceCount",
    ),
    ("CreateTrainingJob", training(ResourceConfig={"SelectedInstanceCount": 1}), "read-only"),
    (
        "CreateTrainingJob",
        training(
            ResourceConfig={
                "InstancePreferences": [PREFERENCE | {"TrainingPlanArns": [PLAN]}],
                "TrainingPlanArn": PLAN,
            }
        ),
        "mutually exclusive with TrainingPlanArn",
    ),
    ("CreateTrainingJob", training(DebugRuleConfigurations=[RULE] * 2), "RuleConfigurationName must be unique"),
    ("CreateTrainingJob", training(ProfilerRuleConfigurations=[RULE] * 2), "RuleConfigurationName must be unique"),
    (
        "CreateTrainingJob",
        training(DebugHookConfig=HOOK | {"CollectionConfigurations": [{"CollectionName": "c"}] * 2}),
        "CollectionName must be unique",
    ),
    ("CreateProcessingJob", processing({"InstancePreferences": [{"InstanceType": "ml.m5.large"}]}), "InstanceCount"),
    ("CreateProcessingJob", processing({"SelectedInstanceType": "ml.m5.large"}), "read-only"),
    ("CreateProcessingJob", processing_input(AppManaged=True), "exactly one of either S3Input"),
    (
        "CreateProcessingJob",
        processing_input(S3Input=S3_INPUT | {"LocalPath": "/i"}, DatasetDefinition=ATHENA | {"LocalPath": "/i"}),
        "exactly one of either S3Input",
    ),
    ("CreateProcessingJob", processing_input(DatasetDefinition={"LocalPath": "/i"}), "exactly one of either Athena"),
    ("CreateProcessingJob", processing_input(S3Input=S3_INPUT), "LocalPath"),
    ("CreateProcessingJob", processing_input(DatasetDefinition=ATHENA), "LocalPath"),
    ("CreateProcessingJob", processing_output(), "exactly one of either S3Output"),
    ("CreateProcessingJob", processing_output(FeatureStoreOutput=STORE), "AppManaged"),
]

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("own", {"InferenceSpecification": specification(Environment={})}),
    ("own", {"InferenceSpecification": specification(), "ModelApprovalStatus": "PendingManualApproval"}),
    ("version", {"InferenceSpecification": specification(Environment={"A": "b"}), "CertifyForMarketplace": False}),
    ("version", {"SourceUri": "s3://b/source"}),
    ("update", {"SourceUri": "s3://b/source"}),
    ("update", {"SourceUri": "s3://b/source", "InferenceSpecification": specification()}),
    ("update", {"InferenceSpecification": specification(ModelDataSource=model_data("S3Object", "None", "s3://b/k"))}),
    ("CreateModel", {"PrimaryContainer": {"ModelPackageName": "p", "Environment": {"A": "b"}}}),
    ("CreateModel", {"Containers": [{"Image": "i", "ContainerHostname": host} for host in "ab"]}),
    ("CreateModel", model(**image_config("Vpc"))),
    ("CreateModel", model(ModelDataSource=model_data("S3Prefix", "None", "s3://b/k/"))),
    ("CreateModel", model(Mode="MultiModel", ModelDataUrl="s3://b/k/")),
    ("CreateTrainingJob", algorithm(AlgorithmName="a")),
    ("CreateTrainingJob", spot(10)),
    ("CreateTrainingJob", spot(None, enabled=False)),
    ("CreateTrainingJob", training(ResourceConfig={"InstancePreferences": [PREFERENCE]})),
    ("CreateTrainingJob", training(DebugRuleConfigurations=[RULE], ProfilerRuleConfigurations=[RULE])),
    ("CreateTrainingJob", training(DebugHookConfig=HOOK | {"CollectionConfigurations": [{}, {}]})),
    ("CreateProcessingJob", processing_input(S3Input=S3_INPUT, AppManaged=True)),
    ("CreateProcessingJob", processing_input(DatasetDefinition=ATHENA | {"LocalPath": "/i"})),
    ("CreateProcessingJob", processing_output(FeatureStoreOutput=STORE, AppManaged=True)),
    ("CreateProcessingJob", processing_output(S3Output=S3_OUTPUT)),
]


def sent(server: Server, what: str, request: dict[str, Any]) -> Any:
    """Send a request, a name added: ``own`` and ``version`` make model packages, ``update`` changes one."""
    group, request = fresh("refused"), copy.deepcopy(request)
    if what in {"version", "update"}:
        post(server, "CreateModelPackageGroup", {"ModelPackageGroupName": group})
    if what == "update":
        post(server, "CreateModelPackage", {"ModelPackageGroupName": group})
        return post(
            server, "UpdateModelPackage", {"ModelPackageArn": resource_arn("model-package", f"{group}/1"), **request}
        )
    name = {
        "own": "ModelPackageName",
        "version": "ModelPackageGroupName",
        "CreateModel": "ModelName",
        "CreateTrainingJob": "TrainingJobName",
        "CreateProcessingJob": "ProcessingJobName",
    }[what]
    operation = "CreateModelPackage" if what in {"own", "version"} else what
    return post(server, operation, {name: group, **request})


@pytest.mark.parametrize(("what", "request_", "text"), REFUSED)
def test_members_that_sagemaker_refuses_together_are_refused(
    open_server: Server, what: str, request_: dict[str, Any], text: str
) -> None:
    answer = sent(open_server, what, request_)
    assert (answer.status, answer.error[0]) == (400, "ValidationException"), answer.body
    assert text in answer.error[1]


@pytest.mark.parametrize(("what", "request_"), ACCEPTED)
def test_members_that_sagemaker_accepts_together_are_accepted(
    open_server: Server, what: str, request_: dict[str, Any]
) -> None:
    answer = sent(open_server, what, request_)
    assert answer.status == 200, answer.body


Refusal = tuple[str, str]
GROUP, PACKAGE = resource_arn("model-package-group", "nope"), resource_arn("model-package", "nope/1")
OUTPUT = {"S3OutputPath": "s3://bucket/folder"}
JOB_ARN = f"{arn('nope')}/export-job/nope"
TAGGED = {"ResourceArn": GROUP}
NO_MODEL = ("ValidationException", f'Could not find model "{resource_arn("model", "nope")}".')
NO_GROUP = ("ValidationException", f"ModelPackageGroup {GROUP} does not exist.")
NO_GROUP_TO_ADD_TO = ("ValidationException", "Model Package Group does not exist.")
NO_PACKAGE = ("ValidationException", f"Could not find model package: ModelPackage {PACKAGE} does not exist.")
NO_TRAINING_JOB = ("ValidationException", "Requested resource not found.")
NO_PROCESSING_JOB = ("ValidationException", "Could not find requested job with name: nope")
NO_CARD = ("ResourceNotFound", "Modelcard nope does not exist.")
NO_EXPORT_JOB = ("ResourceNotFound", f"The export job {JOB_ARN} does not exist.")
NOT_TAGGED = ("ValidationException", f"The resource {GROUP} does not exist")
MISSING: list[tuple[str, dict[str, Any], Refusal]] = [
    ("DescribeModel", {"ModelName": "nope"}, NO_MODEL),
    ("DeleteModel", {"ModelName": "nope"}, NO_MODEL),
    ("DescribeModelPackageGroup", {"ModelPackageGroupName": "nope"}, NO_GROUP),
    ("DeleteModelPackageGroup", {"ModelPackageGroupName": "nope"}, NO_GROUP),
    ("CreateModelPackage", {"ModelPackageGroupName": "nope"}, NO_GROUP_TO_ADD_TO),
    ("DescribeModelPackage", {"ModelPackageName": PACKAGE}, NO_PACKAGE),
    ("DeleteModelPackage", {"ModelPackageName": PACKAGE}, NO_PACKAGE),
    ("UpdateModelPackage", {"ModelPackageArn": PACKAGE}, NO_PACKAGE),
    ("DescribeTrainingJob", {"TrainingJobName": "nope"}, NO_TRAINING_JOB),
    ("DeleteTrainingJob", {"TrainingJobName": "nope"}, NO_TRAINING_JOB),
    ("DescribeProcessingJob", {"ProcessingJobName": "nope"}, NO_PROCESSING_JOB),
    ("DeleteProcessingJob", {"ProcessingJobName": "nope"}, NO_PROCESSING_JOB),
    ("DescribeModelCard", {"ModelCardName": "nope"}, NO_CARD),
    ("UpdateModelCard", {"ModelCardName": "nope", "Content": "{}"}, NO_CARD),
    ("DeleteModelCard", {"ModelCardName": "nope"}, NO_CARD),
    ("ListModelCardVersions", {"ModelCardName": "nope"}, NO_CARD),
    ("ListModelCardExportJobs", {"ModelCardName": "nope"}, NO_CARD),
    (
        "CreateModelCardExportJob",
        {"ModelCardName": "nope", "ModelCardExportJobName": "j", "OutputConfig": OUTPUT},
        NO_CARD,
    ),
    ("DescribeModelCardExportJob", {"ModelCardExportJobArn": JOB_ARN}, NO_EXPORT_JOB),
    ("AddTags", TAGGED | {"Tags": [{"Key": "k", "Value": "v"}]}, NOT_TAGGED),
    ("DeleteTags", TAGGED | {"TagKeys": ["k"]}, NOT_TAGGED),
    ("ListTags", TAGGED, NOT_TAGGED),
]


@pytest.mark.parametrize(("operation", "request_", "refusal"), MISSING)
def test_what_does_not_exist_is_refused_in_the_words_that_clients_compare(
    open_server: Server, operation: str, request_: dict[str, Any], refusal: Refusal
) -> None:
    assert post(open_server, operation, request_).error == refusal


def test_the_table_has_every_operation_that_names_a_resource() -> None:
    makes = {"CreateModel", "CreateModelPackageGroup", "CreateTrainingJob", "CreateProcessingJob", "CreateModelCard"}
    apart = {"BatchDescribeModelPackage", "ListModelPackages"}  # these report what is missing by name, or as nothing
    assert {operation for operation, *_ in MISSING} == set(naming_operations()) - makes - apart


def naming_operations() -> Iterator[str]:
    for name in OPERATIONS:
        shape: Any = SAGEMAKER.operation_model(name).input_shape
        if any(member.endswith(("Name", "Arn", "ArnList")) for member in shape.members):
            yield name


UNIQUE = "must be unique within an AWS account and region, and a"
TAKEN: list[tuple[str, dict[str, Any], Refusal]] = [
    ("CreateModel", model(), ("ValidationException", 'Cannot create already existing model "{arn}".')),
    ("CreateModelPackageGroup", {}, ("ValidationException", "Model Package Group already exists: {arn}")),
    ("CreateModelPackage", {}, ("ValidationException", "ModelPackage already exists: {arn}")),
    (
        "CreateTrainingJob",
        training(),
        ("ResourceInUse", f"Training job names {UNIQUE} training job with this name already exists ({{arn}})"),
    ),
    (
        "CreateProcessingJob",
        processing(),
        ("ResourceInUse", f"Job name {UNIQUE} job with this name already exists ({{arn}})"),
    ),
    (
        "CreateModelCard",
        {"Content": "{}", "ModelCardStatus": "Draft"},
        ("ConflictException", "Modelcard {name} already exists"),
    ),
]


@pytest.mark.parametrize(("operation", "request_", "refusal"), TAKEN)
def test_a_name_that_is_taken_is_refused_in_the_words_that_clients_compare(
    open_server: Server, operation: str, request_: dict[str, Any], refusal: Refusal
) -> None:
    name, noun = fresh("taken"), operation.removeprefix("Create")
    named = {f"{noun}Name": name, **request_}
    first = post(open_server, operation, named)
    assert first.status == 200, first.body
    code, text = refusal
    assert post(open_server, operation, named).error == (code, text.format(name=name, arn=first.json[f"{noun}Arn"]))


def test_an_export_job_of_a_taken_name_is_refused(open_server: Server) -> None:
    card = create(open_server.client())
    asked = {"ModelCardName": card, "ModelCardExportJobName": "j", "OutputConfig": OUTPUT}
    assert post(open_server, "CreateModelCardExportJob", asked).status == 200
    assert post(open_server, "CreateModelCardExportJob", asked).error[0] == "ConflictException"
