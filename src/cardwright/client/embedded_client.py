"""The operations of an embedded store as methods in boto3's form, without boto3, whose start takes 0.4 s."""

import base64
import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import orjson

from cardwright.aws.model import ServiceModel, Shape, own_model, sagemaker_model
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.client.sagemaker import SageMaker
from cardwright.http import Response

Send = Callable[[str, bytes], Response]
"""Sends the body of a request for a target, such as ``SageMaker.ListModelCards``, and returns the answer."""

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_FIRST_ERROR = 400


class EmbeddedClient:
    """The operations of one service as methods. Answers and errors equal those of a boto3 client.

    The store checks the members of requests, with SageMaker's sentences. Not supported: waiters, events, ``meta``.

    Args:
        send: sends a request to the store.
        prefix: the beginning of the service's targets.
        model: the service model.
        operations: the names of the operations.
    """

    def __init__(self, send: Send, prefix: str, model: ServiceModel, operations: Mapping[str, object]) -> None:
        self._send = send
        self._prefix = prefix
        self._model = model
        self._operations = {method_name(name): name for name in operations}

    def __getattr__(self, method: str) -> Callable[..., dict[str, object]]:
        operation = self._operations.get(method)
        if operation is None:
            raise AttributeError(f"Cardwright has no operation {method}; it has {', '.join(self._operations)}")

        def call(**members: object) -> dict[str, object]:
            answer = self._send(f"{self._prefix}.{operation}", json.dumps(members, default=_plain).encode())
            request_id = dict(answer.headers).get("x-amzn-RequestId", "")
            metadata = {"RequestId": request_id, "HTTPStatusCode": answer.status}
            found = orjson.loads(answer.body or b"{}")
            if answer.status >= _FIRST_ERROR:
                raise _client_error(found, metadata, operation)
            shape = self._model.output_of(operation)
            read = {} if shape is None else _members(self._model, self._model.shape(shape), found)
            return read | {"ResponseMetadata": metadata}

        return call

    def get_paginator(self, method: str) -> "Paginator":
        """The pages of a list operation."""
        return Paginator(getattr(self, method))

    def own_operations(self) -> "EmbeddedClient":
        """Create a client of Cardwright's own operations on the same store."""
        return EmbeddedClient(self._send, "Cardwright", own_model(), OWN_OPERATIONS)


class Paginator:
    """The pages of a list operation, as boto3's paginator yields them."""

    def __init__(self, call: Callable[..., dict[str, object]]) -> None:
        self._call = call

    def paginate(
        self,
        PaginationConfig: Mapping[str, int | None] | None = None,  # noqa: N803 - boto3's name
        **members: object,
    ) -> Iterator[dict[str, object]]:
        """Yield pages. ``PageSize`` and ``MaxItems`` of the configuration limit the items of a page, and of all."""
        config = PaginationConfig or {}
        if config.get("PageSize"):
            members["MaxResults"] = config["PageSize"]
        left = config.get("MaxItems")
        while left is None or left > 0:
            page = self._call(**members)
            for name, items in page.items():
                if left is not None and isinstance(items, list):
                    page[name] = kept = items[:left]
                    left -= len(kept)
            yield page
            if "NextToken" not in page:
                return
            members["NextToken"] = page["NextToken"]


def sagemaker_client(send: Send) -> SageMaker:
    """Create a client of SageMaker's operations."""
    client = EmbeddedClient(send, "SageMaker", sagemaker_model(), OPERATIONS)
    return cast(SageMaker, client)  # its methods are made of the service model


def method_name(operation: str) -> str:
    """Return boto3's name of the method of an operation."""
    return _WORD.sub("_", operation).lower()


def _plain(value: object) -> str | float:
    """Return a member as JSON has it."""
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError(f"A request has no place for {type(value).__name__}: {value!r}")


def _read(model: ServiceModel, shape_name: str, value: object) -> object:
    """Return a value of an answer as boto3 does: timestamps as datetimes, blobs as bytes."""
    shape = model.shape(shape_name)
    match shape["type"], value:
        case "structure", dict():
            return _members(model, shape, value)
        case "list", list():
            return [_read(model, shape["member"]["shape"], item) for item in value]
        case "map", dict():
            return {key: _read(model, shape["value"]["shape"], item) for key, item in value.items()}
        case "timestamp", int() | float():
            return datetime.datetime.fromtimestamp(value, datetime.UTC)
        case "blob", str():
            return base64.b64decode(value)
    return value


def _members(model: ServiceModel, shape: Shape, value: Mapping[str, object]) -> dict[str, object]:
    members = shape["members"]
    return {name: _read(model, members[name]["shape"], value[name]) for name in value if name in members}


def _client_error(found: Mapping[str, object], metadata: Mapping[str, object], operation: str) -> Exception:
    from botocore.exceptions import ClientError

    error = {"Message": found.get("Message", ""), "Code": str(found.get("__type", ""))}
    response: Any = {"Error": error, "ResponseMetadata": metadata}
    return ClientError(response, operation)
