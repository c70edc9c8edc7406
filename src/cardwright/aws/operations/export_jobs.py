"""Export job operations: from the wire's words to actions, and back."""

from cardwright.actions import export_jobs as actions
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.export_job import ExportQuery, ExportSort
from cardwright.storage.unit import Unit


def create_model_card_export_job(unit: Unit, request: Members, _: Pager) -> Members:
    arn = actions.create_export_job(
        unit,
        unit.actor.scope.card_name(request["ModelCardName"]),
        request.get("ModelCardVersion"),
        request["ModelCardExportJobName"],
        request["OutputConfig"]["S3OutputPath"],
    )
    return {"ModelCardExportJobArn": arn}


def describe_model_card_export_job(unit: Unit, request: Members, _: Pager) -> Members:
    job = actions.describe_export_job(unit, request["ModelCardExportJobArn"])
    answer: Members = {
        "ModelCardExportJobName": job.name,
        "ModelCardExportJobArn": unit.actor.scope.export_job_arn(job.card_name, job.name),
        "Status": job.status,
        "ModelCardName": job.card_name,
        "ModelCardVersion": job.version,
        "OutputConfig": {"S3OutputPath": job.output_path},
        "CreatedAt": job.created_at / 1000,
        "LastModifiedAt": job.modified_at / 1000,
    }
    if job.failure_reason is not None:
        answer["FailureReason"] = job.failure_reason
    if job.artifact is not None:
        answer["ExportArtifacts"] = {"S3ExportArtifacts": job.artifact}
    return answer


def list_model_card_export_jobs(unit: Unit, request: Members, pager: Pager) -> Members:
    scope = unit.actor.scope
    card_name = scope.card_name(request["ModelCardName"])
    query = ExportQuery(
        sort_by=ExportSort(request.get("SortBy", ExportSort.CREATION_TIME)),
        descending=request.get("SortOrder") == "Descending",
        limit=request.get("MaxResults", 100),
        after=pager.position(),
        version=request.get("ModelCardVersion"),
        created_after=request.get("CreationTimeAfter"),
        created_before=request.get("CreationTimeBefore"),
        name_contains=request.get("ModelCardExportJobNameContains"),
        status=request.get("StatusEquals"),
    )
    page = actions.list_export_jobs(unit, card_name, query)
    answer: Members = {
        "ModelCardExportJobSummaries": [
            {
                "ModelCardExportJobName": job.name,
                "ModelCardExportJobArn": scope.export_job_arn(card_name, job.name),
                "Status": job.status,
                "ModelCardName": card_name,
                "ModelCardVersion": job.version,
                "CreatedAt": job.created_at / 1000,
                "LastModifiedAt": job.modified_at / 1000,
            }
            for job in page.items
        ]
    }
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer
