"""Training and processing jobs: records of runs that happened elsewhere, in the words SageMaker has for its own.

Nothing runs here, so a job is over when it is recorded.
"""

from typing import Any

from cardwright.core.registry import Document

_DAY = 86_400


def created_training_job(name: str, request: Document, now: float) -> dict[str, Any]:
    """The document of ``CreateTrainingJob``: completed at once, its model where SageMaker would have put it.

    Args:
        now: seconds since the epoch.
    """
    folder = str(request["OutputDataConfig"]["S3OutputPath"]).rstrip("/")
    return {
        **request,
        **_ending("Completed", now, now),
        "StoppingCondition": request.get("StoppingCondition") or {"MaxRuntimeInSeconds": _DAY},
        "ModelArtifacts": {"S3ModelArtifacts": f"{folder}/{name}/output/model.tar.gz"},
    }


def recorded_training_job(request: Document, now: float) -> dict[str, Any]:
    """The document of a run that was never SageMaker's; see ``RecordTrainingJob`` in the service model.

    Args:
        request: its members, with times in seconds since the epoch.
        now: likewise; the end when the request names none.
    """
    end = request.get("TrainingEndTime", now)
    start = request.get("TrainingStartTime", min(end, now))
    status = request.get("TrainingJobStatus", "Completed")
    kept = ("FailureReason", "HyperParameters", "RoleArn", "Environment", "ModelArtifacts")
    document: dict[str, Any] = {name: request[name] for name in kept if name in request}
    document["AlgorithmSpecification"] = {
        "TrainingImage": request.get("TrainingImage", ""),
        "TrainingInputMode": "File",
    }
    document["StoppingCondition"] = {"MaxRuntimeInSeconds": _DAY}
    if request.get("FinalMetricDataList"):
        metrics = request["FinalMetricDataList"]
        document["FinalMetricDataList"] = [{"Timestamp": end, **metric} for metric in metrics]
    if request.get("Datasets"):
        document["InputDataConfig"] = [
            _channel(item.get("Name", f"dataset-{number}"), item["S3Uri"])
            for number, item in enumerate(request["Datasets"], start=1)
        ]
    return document | _ending(status, start, end)


def created_processing_job(request: Document, now: float) -> dict[str, Any]:
    """The document of ``CreateProcessingJob``: completed at once. ``now`` is in seconds since the epoch."""
    return {**request, "ProcessingStartTime": now, "ProcessingEndTime": now}


def _ending(status: str, start: float, end: float) -> dict[str, Any]:
    ending: dict[str, Any] = {
        "SecondaryStatus": status,
        "TrainingStartTime": start,
        "TrainingEndTime": end,
        "SecondaryStatusTransitions": [{"Status": status, "StartTime": start, "EndTime": end}],
    }
    if end - start >= 1:
        ending["TrainingTimeInSeconds"] = min(int(end - start), 2**31 - 1)
    return ending


def _channel(name: str, uri: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}
