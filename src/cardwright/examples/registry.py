"""An example registry: models, model packages and jobs. Some example cards describe them.

``registry.json`` in this folder holds the members of the calls. The models, people and figures are invented.
"""

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import orjson
from botocore.exceptions import ClientError

from cardwright.client.own_client import own_client

_TAKEN = frozenset({"ValidationException", "ConflictException", "ResourceInUse"})


def load_registry(client: Any) -> list[str]:
    """Register missing resources and return their names, in order. Existing resources are kept unchanged.

    Args:
        client: a boto3 SageMaker client of a Cardwright server. Its caller needs permission to approve.

    Raises:
        botocore.exceptions.ClientError: a refusal. Resources registered before it stay.
    """
    known = orjson.loads((resources.files("cardwright.examples") / "registry.json").read_bytes())
    own = own_client(client)
    made = []
    for job in known["training_jobs"]:
        name = job["TrainingJobName"]
        if not _exists(client.describe_training_job, TrainingJobName=name):
            made += _make(name, own.record_training_job, job)
    for job in known["processing_jobs"]:
        name = job["ProcessingJobName"]
        if not _exists(client.describe_processing_job, ProcessingJobName=name):
            made += _make(name, client.create_processing_job, job)
    for model in known["models"]:
        name = model["ModelName"]
        if not _exists(client.describe_model, ModelName=name):
            made += _make(name, client.create_model, model)
    for item in known["groups"]:
        name = item["group"]["ModelPackageGroupName"]
        if _exists(client.describe_model_package_group, ModelPackageGroupName=name):
            continue
        if _make(name, client.create_model_package_group, item["group"]):
            made.append(name)
            for version in item["versions"]:
                client.create_model_package(ModelPackageGroupName=name, **version)
    return made


def _exists(describe: Callable[..., Any], **name: str) -> bool:
    try:
        describe(**name)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ValidationException":
            return False
        raise
    return True


def _make(name: str, create: Callable[..., Any], members: Mapping[str, Any]) -> list[str]:
    """Create a resource and return its name; an empty list if another load created it first."""
    try:
        create(**members)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _TAKEN and "xist" in error.response["Error"]["Message"]:
            return []
        raise
    return [name]
