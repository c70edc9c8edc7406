"""Training and processing jobs: records of runs outside Cardwright, in SageMaker's format.

Cardwright runs nothing, so a job is complete when it is recorded.
"""

from collections.abc import Mapping

from cardwright.core.defaults import filled
from cardwright.core.json_value import number_at, object_at, objects_at, text_at, value_at
from cardwright.core.registry import Document, ResourceKind

_DAY = 86_400
_LONGEST = 2**31 - 1  # seconds: the maximum of the duration shape
_MESSAGES: Mapping[str, str] = {
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
}
"""SageMaker's messages about the last status of a training job."""
_NO_ALGORITHM: Mapping[str, object] = {
    "TrainingImage": "",  # SDK v2 reads the image of every job that names no algorithm
    "TrainingInputMode": "File",
    "EnableSageMakerMetricsTimeSeries": False,
}


def created_training_job(name: str, request: Document, now: float) -> dict[str, object]:
    """Return the document of ``CreateTrainingJob``: completed at once, with the model where SageMaker would write it.

    Args:
        now: seconds since the epoch.
    """
    folder = str(value_at(request, "OutputDataConfig", "S3OutputPath")).rstrip("/")
    algorithm = object_at(request, "AlgorithmSpecification")
    return {
        **request,
        **({"AlgorithmSpecification": _measured(algorithm)} if "AlgorithmSpecification" in request else {}),
        **_ending("Completed", now, now),
        **_durations(1),
        "StoppingCondition": request.get("StoppingCondition") or {"MaxRuntimeInSeconds": _DAY},
        "ModelArtifacts": {"S3ModelArtifacts": f"{folder}/{name}/output/model.tar.gz"},
    }


def recorded_training_job(request: Document, now: float) -> dict[str, object]:
    """Return the document of a run outside SageMaker; see ``RecordTrainingJob`` in the service model.

    Args:
        request: the members of the request, with times in seconds since the epoch.
        now: seconds since the epoch; the end of the run when the request names none.
    """
    end = _time(request, "TrainingEndTime", now)
    start = _time(request, "TrainingStartTime", min(end, now))
    status = text_at(request, "TrainingJobStatus") or "Completed"
    kept = ("FailureReason", "HyperParameters", "RoleArn", "Environment", "ModelArtifacts")
    document: dict[str, object] = {name: request[name] for name in kept if name in request}
    document["AlgorithmSpecification"] = {**_NO_ALGORITHM, "TrainingImage": request.get("TrainingImage", "")}
    document["StoppingCondition"] = {"MaxRuntimeInSeconds": _DAY}
    if request.get("FinalMetricDataList"):
        metrics = objects_at(request, "FinalMetricDataList")
        document["FinalMetricDataList"] = [{"Timestamp": end, **metric} for metric in metrics]
    if request.get("Datasets"):
        document["InputDataConfig"] = [
            _channel(item.get("Name", f"dataset-{number}"), item["S3Uri"])
            for number, item in enumerate(objects_at(request, "Datasets"), start=1)
        ]
    seconds = min(int(end - start), _LONGEST)
    return document | _ending(status, start, end) | (_durations(seconds) if seconds else {})


def described_training_job(document: Document) -> dict[str, object]:
    """Return a training job's document with the members that SageMaker always returns.

    A job from ``CreateTrainingJob`` has durations and channels, possibly none. A recorded run of unknown length
    has no durations, and a run without datasets has no channels.
    """
    found = filled(ResourceKind.TRAINING_JOB, document)
    if "ServerlessJobConfig" not in found or "AlgorithmSpecification" in found:
        found.setdefault("AlgorithmSpecification", _NO_ALGORITHM)
        found["AlgorithmSpecification"] = _measured(object_at(found, "AlgorithmSpecification"))
    found["SecondaryStatusTransitions"] = [
        {"StatusMessage": _MESSAGES.get(str(item["Status"]), item["Status"]), **item}
        for item in objects_at(found, "SecondaryStatusTransitions")
    ]
    if "OutputDataConfig" in document:
        found.setdefault("InputDataConfig", [])
        found.setdefault("TrainingTimeInSeconds", 1)
    if "TrainingTimeInSeconds" in found:
        found.setdefault("BillableTimeInSeconds", found["TrainingTimeInSeconds"])
    disabled = "ProfilerConfig" not in found or value_at(found, "ProfilerConfig", "DisableProfiler")
    found["ProfilingStatus"] = "Disabled" if disabled else "Enabled"
    return found


def created_processing_job(request: Document, now: float) -> dict[str, object]:
    """Return the document of ``CreateProcessingJob``: completed at once. ``now`` is in seconds since the epoch."""
    return {**request, "ProcessingStartTime": now, "ProcessingEndTime": now}


def described_processing_job(document: Document) -> dict[str, object]:
    """Return a processing job's document with the members that SageMaker always returns."""
    found = filled(ResourceKind.PROCESSING_JOB, document)
    cluster = object_at(found, "ProcessingResources", "ClusterConfig")
    if "InstanceCount" not in cluster and "InstancePreferences" not in cluster:
        found["ProcessingResources"] = {"ClusterConfig": {**cluster, "InstanceCount": 1}}
    return found


def _ending(status: str, start: float, end: float) -> dict[str, object]:
    transition = {"Status": status, "StartTime": start, "EndTime": end, "StatusMessage": _MESSAGES[status]}
    return {
        "SecondaryStatus": status,
        "TrainingStartTime": start,
        "TrainingEndTime": end,
        "SecondaryStatusTransitions": [transition],
    }


def _measured(algorithm: Mapping[str, object]) -> dict[str, object]:
    """Add to an algorithm specification whether time series are stored: SageMaker stores those of defined metrics."""
    return {"EnableSageMakerMetricsTimeSeries": bool(algorithm.get("MetricDefinitions")), **algorithm}


def _durations(seconds: int) -> dict[str, object]:
    return {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}


def _time(request: Document, member: str, otherwise: float) -> float:
    found = number_at(request, member)
    return otherwise if found is None else found


def _channel(name: object, uri: object) -> dict[str, object]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}
