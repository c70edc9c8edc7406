"""The service models: AWS's for SageMaker, and Cardwright's for its own operations."""

import functools
import gzip
import importlib.resources
from collections.abc import Mapping
from typing import Any

import orjson

Shape = Mapping[str, Any]

DATA = importlib.resources.files("cardwright.aws") / "data"
"""A folder of service models that botocore's loaders can search; it holds the service ``cardwright``."""

OWN = ("cardwright", "2026-11-24", "service-2.json")


class ServiceModel:
    """The raw service model: operations and shapes by name."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._operations: Mapping[str, Any] = document["operations"]
        self._shapes: Mapping[str, Shape] = document["shapes"]

    def input_of(self, operation: str) -> str:
        """The name of an operation's request shape."""
        return str(self._operations[operation]["input"]["shape"])

    def output_of(self, operation: str) -> str | None:
        """The name of the shape of an operation's answers; None for an empty answer."""
        output = self._operations[operation].get("output")
        return None if output is None else str(output["shape"])

    def has_operation(self, name: str) -> bool:
        """Whether the service has an operation of that name, served here or not."""
        return name in self._operations

    def shape(self, name: str) -> Shape:
        return self._shapes[name]


@functools.cache
def sagemaker_model() -> ServiceModel:
    """The SageMaker service model of the installed botocore. Takes about 30 ms, once in a process."""
    file = importlib.resources.files("botocore") / "data" / "sagemaker" / "2017-07-24" / "service-2.json.gz"
    return ServiceModel(orjson.loads(gzip.decompress(file.read_bytes())))


@functools.cache
def own_model() -> ServiceModel:
    """The service model of Cardwright's own operations."""
    return ServiceModel(orjson.loads(DATA.joinpath(*OWN).read_bytes()))
