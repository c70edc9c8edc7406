"""Processing job operations."""

from cardwright.actions import registry as actions
from cardwright.aws.members import Members
from cardwright.aws.operations.registry import ListOperation, answer_list, document_of, tags_of, wire_times
from cardwright.aws.paging import Pager
from cardwright.core import jobs
from cardwright.core.names import Scope
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit


def create_processing_job(unit: Unit, request: Members, _: Pager) -> Members:
    name = request["ProcessingJobName"]
    document = jobs.created_processing_job(document_of(request, "ProcessingJobName"), unit.now / 1000)
    tags = tags_of(request)
    arn = actions.create_resource(unit, ResourceKind.PROCESSING_JOB, name, document, status="Completed", tags=tags)
    return {"ProcessingJobArn": arn}


def describe_processing_job(unit: Unit, request: Members, _: Pager) -> Members:
    resource = actions.describe_resource(unit, ResourceKind.PROCESSING_JOB, request["ProcessingJobName"])
    return jobs.described_processing_job(resource.document) | _summary(unit.actor.scope, resource)


def list_processing_jobs(unit: Unit, request: Members, pager: Pager) -> Members:
    return answer_list(unit, request, pager, _LIST)


def delete_processing_job(unit: Unit, request: Members, _: Pager) -> None:
    actions.delete_resource(unit, ResourceKind.PROCESSING_JOB, request["ProcessingJobName"])


def _summary(scope: Scope, resource: Resource) -> Members:
    shown = ("ProcessingEndTime", "FailureReason", "ExitMessage")
    return (
        {name: resource.document[name] for name in shown if name in resource.document}
        | wire_times(resource)
        | {
            "ProcessingJobName": resource.name,
            "ProcessingJobArn": resource.arn(scope),
            "ProcessingJobStatus": resource.status,
        }
    )


_LIST = ListOperation(ResourceKind.PROCESSING_JOB, "ProcessingJobSummaries", _summary)
