"""The operations of an embedded store as methods in boto3's form, without boto3, whose start takes 0.4 s."""

import base64
import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from cardwright.aws.model import ServiceModel, own_model, sagemaker_model
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
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

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = self._operations.get(method)
        if operation is None:
            raise AttributeError(f"Cardwright has no operation {method}; it has {', '.join(self._operations)}")

        def call(**members: Any) -> dict[str, Any]:
            answer = self._send(f"{self._prefix}.{operation}", json.dumps(members, default=_plain).encode())
            request_id = dict(answer.headers).get("x-amzn-RequestId", "")
            metadata = {"RequestId": request_id, "HTTPStatusCode": answer.status}
            found = orjson.loads(answer.body or b"{}")
            if answer.status >= _FIRST_ERROR:
                raise _client_error(found, metadata, operation)
            shape = self._model.output_of(operation)
            read = {} if shape is None else _read(self._model, shape, found)
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

    def __init__(self, call: Callable[..., dict[str, Any]]) -> None:
        self._call = call

    def paginate(self, PaginationConfig: Mapping[str, Any] | None = None, **members: Any) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's name
        """Yield pages. ``PageSize`` and ``MaxItems`` of the configuration limit the items of a page, and of all."""
        config = PaginationConfig or {}
        if config.get("PageSize"):
            members["MaxResults"] = config["PageSize"]
        left = config.get("MaxItems")
        while left is None or left > 0:
            page = self._call(**members)
            for name, items in page.items():
                if left is not None and isinstance(items, list):
                    page[name] = items[:left]
                    left -= len(page[name])
            yield page
            if "NextToken" not in page:
                return
            members["NextToken"] = page["NextToken"]


def sagemaker_client(send: Send) -> EmbeddedClient:
    """Create a client of SageMaker's operations."""
    return EmbeddedClient(send, "SageMaker", sagemaker_model(), OPERATIONS)


def method_name(operation: str) -> str:
    """Return boto3's name of the method of an operation."""
    return _WORD.sub("_", operation).lower()


def _plain(value: Any) -> Any:
    """Return a member as JSON has it."""
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError(f"A request has no place for {type(value).__name__}: {value!r}")


def _read(model: ServiceModel, shape_name: str, value: Any) -> Any:
    """Return a value of an answer as boto3 does: timestamps as datetimes, blobs as bytes."""
    shape = model.shape(shape_name)
    read = _READERS.get(shape["type"])
    return value if read is None or value is None else read(model, shape, value)


def _structure(model: ServiceModel, shape: Mapping[str, Any], value: Any) -> dict[str, Any]:
    members = shape["members"]
    return {name: _read(model, members[name]["shape"], value[name]) for name in value if name in members}


def _list(model: ServiceModel, shape: Mapping[str, Any], value: Any) -> list[Any]:
    return [_read(model, shape["member"]["shape"], item) for item in value]


def _map(model: ServiceModel, shape: Mapping[str, Any], value: Any) -> dict[str, Any]:
    return {key: _read(model, shape["value"]["shape"], item) for key, item in value.items()}


def _moment(_: ServiceModel, __: Mapping[str, Any], value: Any) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(value, datetime.UTC)


def _blob(_: ServiceModel, __: Mapping[str, Any], value: Any) -> bytes:
    return base64.b64decode(value)


_READERS: Mapping[str, Callable[[ServiceModel, Mapping[str, Any], Any], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "timestamp": _moment,
    "blob": _blob,
}


def _client_error(found: Mapping[str, Any], metadata: Mapping[str, Any], operation: str) -> Exception:
    from botocore.exceptions import ClientError

    error = {"Message": found.get("Message", ""), "Code": str(found.get("__type", ""))}
    response: Any = {"Error": error, "ResponseMetadata": metadata}
    return ClientError(response, operation)
