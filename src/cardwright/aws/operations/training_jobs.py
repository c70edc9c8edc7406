"""Training job operations, and Cardwright's own that records a run from elsewhere."""

from cardwright.actions import registry as actions
from cardwright.aws.members import Members
from cardwright.aws.operations.registry import (
    ListOperation,
    answer_list,
    answer_nothing,
    document_of,
    tags_of,
    wire_times,
)
from cardwright.aws.paging import Pager
from cardwright.core import jobs
from cardwright.core.errors import Invalid
from cardwright.core.names import Scope
from cardwright.core.registry import Resource, ResourceKind
from cardwright.storage.unit import Unit

_UNSUPPORTED_FILTERS = ("WarmPoolStatusEquals", "TrainingPlanArnEquals")
_NOT_DESCRIBED = frozenset({"SessionChainingConfig"})


def create_training_job(unit: Unit, request: Members, _: Pager) -> Members:
    name = request["TrainingJobName"]
    document = jobs.created_training_job(name, document_of(request, "TrainingJobName"), unit.now / 1000)
    return _created(unit, name, document, "Completed", request)


def record_training_job(unit: Unit, request: Members, _: Pager) -> Members:
    start, end = request.get("TrainingStartTime"), request.get("TrainingEndTime")
    if start is not None and start > (unit.now if end is None else end):
        raise Invalid("TrainingStartTime is after TrainingEndTime, or after now without an end")
    run = _in_seconds(request, "TrainingStartTime", "TrainingEndTime")
    run["FinalMetricDataList"] = [_in_seconds(item, "Timestamp") for item in request.get("FinalMetricDataList", ())]
    document = jobs.recorded_training_job(run, unit.now / 1000)
    status = request.get("TrainingJobStatus", "Completed")
    return _created(unit, request["TrainingJobName"], document, status, request)


def describe_training_job(unit: Unit, request: Members, _: Pager) -> Members:
    return training_job(
        unit.actor.scope, actions.describe_resource(unit, ResourceKind.TRAINING_JOB, request["TrainingJobName"])
    )


def list_training_jobs(unit: Unit, request: Members, pager: Pager) -> Members:
    if any(name in request for name in _UNSUPPORTED_FILTERS):
        return answer_nothing(unit, pager, _LIST)
    return answer_list(unit, request, pager, _LIST)


def delete_training_job(unit: Unit, request: Members, _: Pager) -> None:
    actions.delete_resource(unit, ResourceKind.TRAINING_JOB, request["TrainingJobName"])


def training_job(scope: Scope, resource: Resource) -> Members:
    """Return a training job in the form of DescribeTrainingJob."""
    document = jobs.described_training_job(resource.document)
    return {name: value for name, value in document.items() if name not in _NOT_DESCRIBED} | _summary(scope, resource)


def _created(unit: Unit, name: str, document: Members, status: str, request: Members) -> Members:
    arn = actions.create_resource(unit, ResourceKind.TRAINING_JOB, name, document, status=status, tags=tags_of(request))
    return {"TrainingJobArn": arn}


def _summary(scope: Scope, resource: Resource) -> Members:
    shown = {name: resource.document[name] for name in ("TrainingEndTime", "SecondaryStatus")}
    return (
        shown
        | wire_times(resource)
        | {
            "TrainingJobName": resource.name,
            "TrainingJobArn": resource.arn(scope),
            "TrainingJobStatus": resource.status,
        }
    )


def _in_seconds(members: Members, *times: str) -> Members:
    return members | {name: members[name] / 1000 for name in times if name in members}


_LIST = ListOperation(ResourceKind.TRAINING_JOB, "TrainingJobSummaries", _summary)
