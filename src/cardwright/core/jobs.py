"""Training and processing jobs: records of runs outside Cardwright, in SageMaker's format.

Cardwright runs nothing, so a job is complete when it is recorded.
"""

from collections.abc import Mapping
from typing import Any

from cardwright.core.defaults import filled
from cardwright.core.registry import Document, ResourceKind

_DAY = 86_400
_LONGEST = 2**31 - 1  # seconds: the maximum of the duration shape
_MESSAGES: Mapping[str, str] = {
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
}
"""SageMaker's messages about the last status of a training job."""
_NO_ALGORITHM: Mapping[str, Any] = {
    "TrainingImage": "",  # SDK v2 reads the image of every job that names no algorithm
    "TrainingInputMode": "File",
    "EnableSageMakerMetricsTimeSeries": False,
}


def created_training_job(name: str, request: Document, now: float) -> dict[str, Any]:
    """Return the document of ``CreateTrainingJob``: completed at once, with the model where SageMaker would write it.

    Args:
        now: seconds since the epoch.
    """
    folder = str(request["OutputDataConfig"]["S3OutputPath"]).rstrip("/")
    algorithm = request.get("AlgorithmSpecification")
    return {
        **request,
        **({} if algorithm is None else {"AlgorithmSpecification": _measured(algorithm)}),
        **_ending("Completed", now, now),
        **_durations(1),
        "StoppingCondition": request.get("StoppingCondition") or {"MaxRuntimeInSeconds": _DAY},
        "ModelArtifacts": {"S3ModelArtifacts": f"{folder}/{name}/output/model.tar.gz"},
    }


def recorded_training_job(request: Document, now: float) -> dict[str, Any]:
    """Return the document of a run outside SageMaker; see ``RecordTrainingJob`` in the service model.

    Args:
        request: the members of the request, with times in seconds since the epoch.
        now: seconds since the epoch; the end of the run when the request names none.
    """
    end = request.get("TrainingEndTime", now)
    start = request.get("TrainingStartTime", min(end, now))
    status = request.get("TrainingJobStatus", "Completed")
    kept = ("FailureReason", "HyperParameters", "RoleArn", "Environment", "ModelArtifacts")
    document: dict[str, Any] = {name: request[name] for name in kept if name in request}
    document["AlgorithmSpecification"] = {**_NO_ALGORITHM, "TrainingImage": request.get("TrainingImage", "")}
    document["StoppingCondition"] = {"MaxRuntimeInSeconds": _DAY}
    if request.get("FinalMetricDataList"):
        metrics = request["FinalMetricDataList"]
        document["FinalMetricDataList"] = [{"Timestamp": end, **metric} for metric in metrics]
    if request.get("Datasets"):
        document["InputDataConfig"] = [
            _channel(item.get("Name", f"dataset-{number}"), item["S3Uri"])
            for number, item in enumerate(request["Datasets"], start=1)
        ]
    seconds = min(int(end - start), _LONGEST)
    return document | _ending(status, start, end) | (_durations(seconds) if seconds else {})


def described_training_job(document: Document) -> dict[str, Any]:
    """Return a training job's document with the members that SageMaker always returns.

    A job from ``CreateTrainingJob`` has durations and channels, possibly none. A recorded run of unknown length
    has no durations, and a run without datasets has no channels.
    """
    found = filled(ResourceKind.TRAINING_JOB, document)
    if "ServerlessJobConfig" not in found or "AlgorithmSpecification" in found:
        found["AlgorithmSpecification"] = _measured(found.get("AlgorithmSpecification", _NO_ALGORITHM))
    found["SecondaryStatusTransitions"] = [
        {"StatusMessage": _MESSAGES.get(item["Status"], item["Status"]), **item}
        for item in found["SecondaryStatusTransitions"]
    ]
    if "OutputDataConfig" in document:
        found.setdefault("InputDataConfig", [])
        found.setdefault("TrainingTimeInSeconds", 1)
    if "TrainingTimeInSeconds" in found:
        found.setdefault("BillableTimeInSeconds", found["TrainingTimeInSeconds"])
    profiler = found.get("ProfilerConfig")
    found["ProfilingStatus"] = "Disabled" if profiler is None or profiler.get("DisableProfiler") else "Enabled"
    return found


def created_processing_job(request: Document, now: float) -> dict[str, Any]:
    """Return the document of ``CreateProcessingJob``: completed at once. ``now`` is in seconds since the epoch."""
    return {**request, "ProcessingStartTime": now, "ProcessingEndTime": now}


def described_processing_job(document: Document) -> dict[str, Any]:
    """Return a processing job's document with the members that SageMaker always returns."""
    found = filled(ResourceKind.PROCESSING_JOB, document)
    cluster = found["ProcessingResources"]["ClusterConfig"]
    if "InstanceCount" not in cluster and "InstancePreferences" not in cluster:
        found["ProcessingResources"] = {"ClusterConfig": {**cluster, "InstanceCount": 1}}
    return found


def _ending(status: str, start: float, end: float) -> dict[str, Any]:
    transition = {"Status": status, "StartTime": start, "EndTime": end, "StatusMessage": _MESSAGES[status]}
    return {
        "SecondaryStatus": status,
        "TrainingStartTime": start,
        "TrainingEndTime": end,
        "SecondaryStatusTransitions": [transition],
    }


def _measured(algorithm: Mapping[str, Any]) -> dict[str, Any]:
    """Add to an algorithm specification whether time series are stored: SageMaker stores those of defined metrics."""
    return {"EnableSageMakerMetricsTimeSeries": bool(algorithm.get("MetricDefinitions")), **algorithm}


def _durations(seconds: int) -> dict[str, Any]:
    return {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}


def _channel(name: str, uri: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}
