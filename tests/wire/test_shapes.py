"""Answers fit AWS's description of them, member by member, and the HTTP around them is AWS's."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from cardwright.core.content import digest
from tests.interchange.samples import sample
from tests.servers import Server
from tests.wire.calls import arn, fresh, post, resource_arn
from tests.wire.samples import accepted, matches, model_of, operations, request_of, target

Round = tuple[str, dict[str, Any]]

OMITTED = {"DescribeModelPackageOutput": {"ModelPackageName"}}
"""Members that SageMaker's description requires and SageMaker omits: a version of a group has no name of its own."""


def faults(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """The places where a JSON value departs from its shape."""
    if isinstance(shape, StructureShape | ListShape | MapShape):
        wanted: type = list if isinstance(shape, ListShape) else dict
        if not isinstance(value, wanted):
            yield f"{path} is not a {wanted.__name__}"
            return
        yield from _faults_within(shape, value, path)
    elif not _FITS[shape.type_name](value):
        yield f"{path} is not a valid {shape.type_name}"
    elif isinstance(shape, StringShape):
        yield from _faults_of_text(shape, value, path)
    limits = shape.metadata
    if isinstance(value, str | list) and not limits.get("min", 0) <= len(value) <= limits.get("max", len(value)):
        yield f"{path} is too short or too long"


def _faults_within(shape: StructureShape | ListShape | MapShape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, ListShape):
        for number, item in enumerate(value):
            yield from faults(shape.member, item, f"{path}.{number}")
        return
    if isinstance(shape, MapShape):
        for key, item in value.items():
            yield from faults(shape.key, key, f"{path} key")
            yield from faults(shape.value, item, f"{path}.{key}")
        return
    omitted = OMITTED.get(shape.name, set()) if "ModelPackageVersion" in value else set()
    yield from (f"{path}.{name} is missing" for name in set(shape.required_members) - omitted if name not in value)
    for name, member in value.items():
        if name not in shape.members:
            yield f"{path}.{name} is unknown"
        else:
            yield from faults(shape.members[name], member, f"{path}.{name}")


def _faults_of_text(shape: StringShape, value: str, path: str) -> Iterator[str]:
    pattern = shape.metadata.get("pattern")
    if shape.enum and value not in shape.enum:
        yield f"{path} is not a member of its enum"
    elif pattern is not None and not matches(pattern, value):
        yield f"{path} does not match {pattern}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_FITS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_whole,
    "long": _is_whole,
    "float": _is_number,
    "double": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "blob": lambda value: isinstance(value, str) and base64.b64encode(base64.b64decode(value)).decode() == value,
    "timestamp": lambda value: isinstance(value, int | float) and round(value, 3) == value,
}
"""By the type of a shape: whether a JSON value has the type. Times have at most milliseconds."""


def card_rounds() -> list[Round]:
    name, imported = fresh("shape"), fresh("shape")
    file = base64.b64encode(sample("bom.cdx.json")).decode()
    tags = [{"Key": "k", "Value": "v"}]
    document = json.dumps(
        {
            "model_overview": {"model_id": name, "model_name": "n"},
            "intended_uses": {"risk_rating": "Low"},
            "model_package_details": {"model_package_group_name": "group"},
            "evaluation_details": [{"name": "job"}],
        }
    )
    job = {"ModelCardName": name, "EvaluationJobName": "job"}
    found = {"Filters": [{"Name": "ModelId", "Value": name}]}
    hint = {"PropertyNameQuery": {"PropertyNameHint": "Model"}}
    return [
        ("CreateModelCard", {"ModelCardName": name, "Content": document, "ModelCardStatus": "Draft", "Tags": tags}),
        ("UpdateModelCard", {"ModelCardName": name, "Content": document + " ", "ModelCardStatus": "Approved"}),
        ("DescribeModelCard", {"ModelCardName": name}),
        ("DescribeModelCard", {"ModelCardName": name, "ModelCardVersion": 1, "IncludedData": "MetadataOnly"}),
        ("ListModelCards", {"MaxResults": 1}),
        ("ListModelCards", {"NameContains": fresh("none")}),
        ("ListModelCardVersions", {"ModelCardName": name, "MaxResults": 1}),
        ("Search", {"Resource": "ModelCard", "MaxResults": 1}),
        ("Search", {"Resource": "ModelCard", "SearchExpression": found}),
        ("GetSearchSuggestions", {"Resource": "ModelCard", "SuggestionQuery": hint}),
        ("AddTags", {"ResourceArn": arn(name), "Tags": tags}),
        ("ListTags", {"ResourceArn": arn(name)}),
        ("DeleteTags", {"ResourceArn": arn(name), "TagKeys": ["k"]}),
        *export_rounds(name),
        ("ReviewModelCard", {"ModelCardName": name, "ModelCardStatus": "PendingReview", "Comment": "x"}),
        ("RenderModelCard", {"ModelCardName": name, "ModelCardVersion": 1, "Format": "md"}),
        ("CheckModelCard", {"ModelCardName": name, "PolicyName": "four-eyes", "Against": "previous"}),
        ("PairEvaluationJobs", job | {"ModelCardVersion": 1}),
        ("ListEvaluationJobPairs", {"ModelCardName": name}),
        ("ListModelCardEvents", {"ModelCardName": name, "MaxResults": 1}),
        ("ForgetEvaluationJobPair", job),
        ("DescribeCaller", {}),
        (
            "ImportModelCard",
            {"SourceData": file, "ModelCardName": imported},
        ),
        ("DescribeModelCardSource", {"ModelCardName": imported}),
        ("DeleteModelCard", {"ModelCardName": imported}),
        ("ListModelCardInventory", {"NameContains": name, "SortBy": "Name", "SortOrder": "Descending"}),
        ("DeleteModelCard", {"ModelCardName": name}),
        ("ListModelCardEvents", {"ModelCardName": name}),
        ("ListDeletedModelCards", {"ModelCardName": name, "MaxResults": 1}),
        ("ListAuditRecords", {"ModelCardName": name, "Kinds": ["Deletion", "Creation"], "MaxResults": 2}),
        ("ListAuditRecords", {"Kinds": ["Bucket", "Export"], "StartTime": 0, "EndTime": 4_000_000_000}),
    ]


def export_rounds(card: str) -> list[Round]:
    job = fresh("shape")
    asked = {"ModelCardExportJobName": job, "OutputConfig": {"S3OutputPath": "s3://bucket/folder"}}
    return [
        ("CreateModelCardExportJob", {"ModelCardName": card, **asked}),
        ("DescribeModelCardExportJob", {"ModelCardExportJobArn": f"{arn(card)}/export-job/{job}"}),
        ("ListModelCardExportJobs", {"ModelCardName": card, "MaxResults": 1}),
    ]


ASKED_FOR = "the review that was requested last"
OPENED = "the finding that was opened last"
ADDED = "the evidence that was added last"
ASKED = "the waiver that was requested last"
WRITTEN = "the comment that was written last"
MAKING: dict[str, tuple[str, Callable[[Any], str]]] = {
    "RequestReview": (ASKED_FOR, lambda made: made["ReviewId"]),
    "OpenFinding": (OPENED, lambda made: made["Finding"]["FindingId"]),
    "AddEvidence": (ADDED, lambda made: made["Evidence"]["EvidenceId"]),
    "PutWaiver": (ASKED, lambda made: made["Waiver"]["WaiverId"]),
    "AddComment": (WRITTEN, lambda made: made["Comment"]["CommentId"]),
}
"""The value of a placeholder in later requests, by the operation that makes it."""
OTHER_USER = {"Authorization": "AWS4-HMAC-SHA256 Credential=other/20260101/us-east-1/sagemaker/aws4_request"}


def review_rounds() -> list[Round]:
    name, policy = fresh("shape"), fresh("shape")
    text = f"policy: {policy}\napplies_to: {{name: {policy}}}\n"
    card: dict[str, Any] = {"ModelCardName": name}
    decided = card | {"ContentDigest": digest("{}"), "Comment": "x"}
    return [
        ("PutReviewPolicy", {"PolicyDocument": text, "Activate": False}),
        ("ActivateReviewPolicy", {"PolicyName": policy}),
        ("DeactivateReviewPolicy", {"PolicyName": policy}),
        ("DescribeReviewPolicy", {"PolicyName": policy, "PolicyVersion": 1}),
        ("ListReviewPolicies", {"MaxResults": 1}),
        ("DeleteReviewPolicy", {"PolicyName": policy}),
        ("CreateModelCard", card | {"Content": "{}", "ModelCardStatus": "Draft"}),
        ("RequestReview", card | {"DueTime": 4e9, "Comment": "x", "ContentDigest": digest("{}")}),
        ("AssignReviewers", card | {"Reviewers": []}),
        ("DecideReview", decided | {"Decision": "request_changes"}),
        ("DescribeReview", {"ReviewId": ASKED_FOR}),
        ("DismissDecision", card | {"ReviewId": ASKED_FOR, "DecisionNumber": 1, "Reason": "x"}),
        ("DecideReview", decided | {"Decision": "approve", "ReviewBy": 4e9}),
        ("RequestReview", card),
        ("DecideReview", card | {"ContentDigest": digest("{}"), "Decision": "withdraw", "WithdrawRequest": True}),
        ("ListReviews", {"MaxResults": 1}),
        ("DescribeReview", {"ReviewId": ASKED_FOR}),
        ("ListApprovals", {"MaxResults": 1}),
        ("ListApprovals", card),
        ("ListModelCardEvents", card),
    ]


def annotation_rounds() -> list[Round]:
    name = fresh("shape")
    card: dict[str, Any] = {"ModelCardName": name}
    finding = {"Title": "x", "Severity": "low", "Text": "x", "Pointer": "/a", "RuleId": "a-rule", "Owner": "x"}
    return [
        ("CreateModelCard", card | {"Content": "{}", "ModelCardStatus": "Draft"}),
        ("OpenFinding", card | finding),
        ("UpdateFinding", {"FindingId": OPENED, "State": "closed", "Resolution": "x"}),
        ("DescribeFinding", {"FindingId": OPENED}),
        ("ListFindings", {"MaxResults": 1}),
        ("AddEvidence", card | {"Kind": "k", "Document": "eA==", "FileName": "x", "Pointer": "/a", "Note": "x"}),
        ("ListEvidence", card),
        ("GetEvidence", {"EvidenceId": ADDED}),
        ("PutWaiver", card | {"RuleId": "a-rule", "Reason": "x", "ExpiryTime": time.time() + 86_400}),
        ("RevokeWaiver", {"WaiverId": ASKED, "Reason": "x"}),
        ("ListWaivers", card),
        ("AddComment", card | {"Pointer": "/a", "Text": "x"}),
        ("ResolveComment", {"CommentId": WRITTEN}),
        ("ListComments", card),
        ("ListModelCardEvents", card),
    ]


def search_rounds(resource: str, property_name: str, name: str) -> list[Round]:
    found = {"Filters": [{"Name": property_name, "Value": name}]}
    hint = {"PropertyNameQuery": {"PropertyNameHint": "M"}}
    return [
        ("Search", {"Resource": resource, "SearchExpression": found}),
        ("GetSearchSuggestions", {"Resource": resource, "SuggestionQuery": hint}),
    ]


def whole_request(operation: str, *left_out: str, **members: Any) -> dict[str, Any]:
    """A request with every member that SageMaker accepts together, but for those left out."""
    return accepted(operation, without(request_of(operation, **members), *left_out))


def without(request: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in names}


def model_rounds() -> list[Round]:
    name, piped = fresh("shape"), fresh("shape")
    return [
        ("CreateModel", whole_request("CreateModel", "Containers", ModelName=name)),
        ("CreateModel", whole_request("CreateModel", "PrimaryContainer", ModelName=piped)),
        ("DescribeModel", {"ModelName": name}),
        ("DescribeModel", {"ModelName": piped}),
        ("ListModels", {"MaxResults": 1}),
        *search_rounds("Model", "ModelName", name),
        ("CreateModelCard", request_of_card(resource_arn("model", name))),
        *search_rounds("Model", "ModelName", name),
        ("DeleteModel", {"ModelName": name}),
    ]


def request_of_card(model_id: str) -> dict[str, Any]:
    document = json.dumps({"model_overview": {"model_id": model_id}, "intended_uses": {"risk_rating": "Low"}})
    return {"ModelCardName": fresh("shape"), "Content": document, "ModelCardStatus": "Draft"}


_ALONE = ("ModelPackageGroupName", "SecurityConfig", "ClientToken")


def package_rounds() -> list[Round]:
    group, name = fresh("shape"), fresh("shape")
    package = resource_arn("model-package", f"{group}/1")
    card = {"ModelCardContent": '{"intended_uses": {"risk_rating": "Low"}}', "ModelCardStatus": "Draft"}
    version = {"ModelPackageGroupName": group, "ModelCard": card, "ClientToken": fresh("t")}
    update = whole_request("UpdateModelPackage", ModelPackageArn=package, ModelCard=card)
    return [
        ("CreateModelPackageGroup", request_of("CreateModelPackageGroup", ModelPackageGroupName=group)),
        ("DescribeModelPackageGroup", {"ModelPackageGroupName": group}),
        ("ListModelPackageGroups", {"NameContains": group}),
        ("ListModelPackageGroups", {"CrossAccountFilterOption": "CrossAccount"}),
        *search_rounds("ModelPackageGroup", "ModelPackageGroupName", group),
        (
            "CreateModelPackage",
            whole_request("CreateModelPackage", "ModelPackageName", "Tags", "SecurityConfig", **version),
        ),
        ("CreateModelPackage", whole_request("CreateModelPackage", *_ALONE, ModelPackageName=name, ModelCard=card)),
        ("DescribeModelPackage", {"ModelPackageName": package}),
        ("DescribeModelPackage", {"ModelPackageName": name, "IncludedData": "MetadataOnly"}),
        ("UpdateModelPackage", update),
        ("DescribeModelPackage", {"ModelPackageName": package}),
        ("ListModelPackages", {"ModelPackageGroupName": group}),
        ("ListModelPackages", {"ModelPackageType": "Both", "MaxResults": 1}),
        ("BatchDescribeModelPackage", {"ModelPackageArnList": [package, f"{package}9"]}),
        *search_rounds("ModelPackage", "ModelPackageGroupName", group),
        *search_rounds("ModelPackage", "ModelPackageName", name),
        ("DeleteModelPackage", {"ModelPackageName": package}),
        ("DeleteModelPackageGroup", {"ModelPackageGroupName": group}),
    ]


def job_rounds() -> list[Round]:
    trained, recorded, processed = fresh("shape"), fresh("shape"), fresh("shape")
    return [
        ("CreateTrainingJob", whole_request("CreateTrainingJob", TrainingJobName=trained)),
        ("RecordTrainingJob", request_of("RecordTrainingJob", TrainingJobName=recorded)),
        ("DescribeTrainingJob", {"TrainingJobName": trained}),
        ("DescribeTrainingJob", {"TrainingJobName": recorded}),
        ("ListTrainingJobs", {"MaxResults": 1}),
        ("ListTrainingJobs", {"WarmPoolStatusEquals": "InUse"}),
        *search_rounds("TrainingJob", "TrainingJobName", trained),
        *search_rounds("TrainingJob", "TrainingJobName", recorded),
        ("DeleteTrainingJob", {"TrainingJobName": trained}),
        ("CreateProcessingJob", whole_request("CreateProcessingJob", ProcessingJobName=processed)),
        ("DescribeProcessingJob", {"ProcessingJobName": processed}),
        ("ListProcessingJobs", {"MaxResults": 1}),
        ("DeleteProcessingJob", {"ProcessingJobName": processed}),
    ]


def test_every_answer_of_every_operation_fits_its_shape(open_server: Server) -> None:
    rounds = [*card_rounds(), *review_rounds(), *annotation_rounds(), *model_rounds(), *package_rounds(), *job_rounds()]
    made: dict[str, str] = {}
    assert {operation for operation, _ in rounds} == set(operations())
    for operation, request in rounds:
        asked = {name: made.get(value, value) if isinstance(value, str) else value for name, value in request.items()}
        answer = post(open_server, target(operation), asked, OTHER_USER if operation == "DismissDecision" else {})
        assert answer.status == 200, answer.body
        if operation in MAKING:
            made[MAKING[operation][0]] = MAKING[operation][1](answer.json)
        assert answer.headers["content-type"] == "application/x-amz-json-1.1"
        assert len(answer.headers["x-amzn-requestid"]) == 36
        assert int(answer.headers["content-length"]) == len(answer.body)
        shape = model_of(operation).output_shape
        if shape is None:
            assert answer.body == b"", operation
        else:
            assert list(faults(shape, answer.json)) == [], operation


NOT_RETURNED = {"Tags", "ClientToken", "SessionChainingConfig"}


@pytest.mark.parametrize(
    ("create", "describe", "name", "left_out"),
    [
        ("CreateModel", "DescribeModel", "ModelName", ["Containers"]),
        ("CreateModelPackageGroup", "DescribeModelPackageGroup", "ModelPackageGroupName", []),
        ("CreateModelPackage", "DescribeModelPackage", "ModelPackageName", ["ModelPackageGroupName", "SecurityConfig"]),
        ("CreateTrainingJob", "DescribeTrainingJob", "TrainingJobName", []),
        ("CreateProcessingJob", "DescribeProcessingJob", "ProcessingJobName", []),
    ],
)
def test_every_member_that_came_in_goes_out_again(
    open_server: Server, create: str, describe: str, name: str, left_out: list[str]
) -> None:
    members: dict[str, Any] = {name: fresh("whole")}
    if create == "CreateModelPackage":
        members |= {"ModelCard": {"ModelCardContent": "{ }", "ModelCardStatus": "Archived"}, "ClientToken": fresh("t")}
    request = whole_request(create, *left_out, **members)
    assert post(open_server, target(create), request).status == 200
    found = post(open_server, describe, {name: request[name]}).json
    assert {key: found.get(key) for key in request.keys() - NOT_RETURNED} == without(request, *NOT_RETURNED)


def test_every_member_of_a_version_goes_out_again(open_server: Server) -> None:
    group = fresh("whole")
    open_server.client().create_model_package_group(ModelPackageGroupName=group)
    members = {"ModelPackageGroupName": group, "ModelCard": {"ModelCardContent": "{ }", "ModelCardStatus": "Draft"}}
    request = whole_request("CreateModelPackage", "ModelPackageName", "Tags", "SecurityConfig", **members)
    arn = post(open_server, "CreateModelPackage", request).json["ModelPackageArn"]
    found = post(open_server, "DescribeModelPackage", {"ModelPackageName": arn}).json
    assert {key: found.get(key) for key in request.keys() - NOT_RETURNED} == without(request, *NOT_RETURNED)


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("DescribeModelCard", {"ModelCardName": "missing"}, "ResourceNotFound"),
        ("DescribeModelCard", {}, "ValidationException"),
        ("DescribeModelCard", [], "SerializationException"),
        ("Nope", {}, "UnknownOperationException"),
    ],
)
def test_errors_are_two_members_and_a_status(open_server: Server, operation: str, request_: Any, code: str) -> None:
    answer = post(open_server, operation, request_)
    assert answer.status == 400
    assert answer.json.keys() == {"__type", "Message"}
    assert answer.error[0] == code
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-requestid"]
