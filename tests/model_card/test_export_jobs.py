"""Export jobs of the SDK, on a real boto3 client with scripted answers."""

import json
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from cardwright.client.answers.sagemaker_cards import ModelCardExportJobsPage
from cardwright.model_card import ModelCard, ModelCardExportJob
from cardwright.model_card.export_job import new_job_name

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-card/card/export-job/job"


class Service:
    """Answers the export operations instead of the network: a job that completes after a number of polls."""

    def __init__(self, looks: int = 2, failure: str | None = None) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._looks = looks
        self._failure = failure
        self.sagemaker_client = boto3.client(
            "sagemaker", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
        )
        self.boto_session = None
        edge: Any = self._answer  # a handler may answer a request; the stubs lack this
        self.sagemaker_client.meta.events.register("before-send.sagemaker", edge)

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        wanted = json.loads(request.body)
        self.requests.append((operation, wanted))
        body = json.dumps(getattr(self, f"_{operation}")(wanted)).encode()
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(body))

    def _CreateModelCardExportJob(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - an operation's name
        return {"ModelCardExportJobArn": ARN}

    def _DescribeModelCardExportJob(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - an operation's name
        self._looks -= 1
        done = self._looks <= 0
        job: dict[str, Any] = {
            "ModelCardExportJobName": "job",
            "ModelCardExportJobArn": ARN,
            "Status": ("Failed" if self._failure else "Completed") if done else "InProgress",
            "ModelCardName": "card",
            "ModelCardVersion": 3,
            "OutputConfig": {"S3OutputPath": "s3://bucket/out"},
            "CreatedAt": 1,
            "LastModifiedAt": 1,
        }
        if done and not self._failure:
            job["ExportArtifacts"] = {"S3ExportArtifacts": "s3://bucket/out/card/job.pdf"}
        return job | ({"FailureReason": self._failure} if done and self._failure else {})

    def _ListModelCardExportJobs(self, wanted: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - an operation's name
        first = int(wanted.get("NextToken", 0))
        summary = {"ModelCardExportJobArn": ARN, "Status": "Completed", "ModelCardName": "card", "ModelCardVersion": 1}
        times = {"CreatedAt": 1, "LastModifiedAt": 1}
        jobs = [summary | times | {"ModelCardExportJobName": f"job-{n}"} for n in range(first, first + 2)]
        return {"ModelCardExportJobSummaries": jobs} | ({"NextToken": str(first + 2)} if first < 4 else {})


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Any:
        yield self._content


def names(answer: ModelCardExportJobsPage) -> list[str]:
    return [job["ModelCardExportJobName"] for job in answer["ModelCardExportJobSummaries"]]


def test_export_waits_for_the_pdf_and_returns_its_uri() -> None:
    service = Service(looks=3)
    card = ModelCard("card", version=3, sagemaker_session=service)
    assert card.export_pdf("s3://bucket/out", "job") == "s3://bucket/out/card/job.pdf"
    operation, wanted = service.requests[0]
    assert operation == "CreateModelCardExportJob"
    assert wanted == {
        "ModelCardName": "card",
        "ModelCardVersion": 3,
        "ModelCardExportJobName": "job",
        "OutputConfig": {"S3OutputPath": "s3://bucket/out"},
    }
    assert [name for name, _ in service.requests[1:]] == ["DescribeModelCardExportJob"] * 3


def test_an_unloaded_card_exports_its_newest_version_under_a_new_name() -> None:
    service = Service()
    ModelCard("card", sagemaker_session=service).export_pdf("s3://bucket/out")
    wanted = service.requests[0][1]
    assert "ModelCardVersion" not in wanted
    assert wanted["ModelCardExportJobName"].startswith("card-")


def test_a_failed_export_returns_none_and_logs_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    service = Service(failure="AccessDenied")
    job = ModelCardExportJob("job", "card", 3, "s3://bucket/out", sagemaker_session=service)
    assert job.create() is None
    assert (job.status, job.failure_reason, job.export_job_arn) == ("Failed", "AccessDenied", ARN)
    assert "Failed to export model card to s3://bucket/out. AccessDenied" in caplog.text


def test_a_job_is_loaded_by_its_arn() -> None:
    job = ModelCardExportJob.load(ARN, Service(looks=0))
    assert (job.status, job.model_card_version, job.s3_output_path) == ("Completed", 3, "s3://bucket/out")
    assert job.s3_export_artifacts == "s3://bucket/out/card/job.pdf"


def test_all_pages_of_jobs_are_listed_unless_a_part_is_asked_for() -> None:
    card = ModelCard("card", sagemaker_session=Service())
    whole = card.list_export_jobs()
    assert names(whole) == [f"job-{number}" for number in range(6)]
    assert "NextToken" not in whole
    page = card.list_export_jobs(MaxResults=2)
    assert (names(page), page["NextToken"]) == (["job-0", "job-1"], "2")


def test_job_names_are_unique_and_short_enough() -> None:
    made = {new_job_name("x" * 63) for _ in range(20)}
    assert len(made) == 20
    assert all(len(name) == 63 for name in made)
