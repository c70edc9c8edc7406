"""What the wire's tests say over and over: fresh names, refusals, and requests that no client library shapes."""

import contextlib
import http.client
import itertools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.servers import Server
from tests.waiting import DEADLINE

_RUN = os.urandom(3).hex()
_numbers = itertools.count(1)


def fresh(prefix: str) -> str:
    """A name that no other test has."""
    return f"{prefix}-{_RUN}-{next(_numbers)}"


def account() -> str:
    """An account that no other test has."""
    return f"{int(_RUN, 16):08d}{next(_numbers):04d}"[-12:]


def content(**overview: object) -> str:
    return json.dumps({"model_overview": overview})


def create(client: Any, name: str | None = None, document: str = "{}", **members: Any) -> str:
    """Create a card, by default a Draft, and return its name."""
    name = name or fresh("card")
    client.create_model_card(**{"ModelCardName": name, "Content": document, "ModelCardStatus": "Draft"} | members)
    return name


def arn(name: str, account_id: str = "000000000000", region: str = "us-east-1") -> str:
    return f"arn:aws:sagemaker:{region}:{account_id}:model-card/{name}"


def resource_arn(kind: str, name: str, account_id: str = "000000000000") -> str:
    return f"arn:aws:sagemaker:us-east-1:{account_id}:{kind}/{name}"


@contextlib.contextmanager
def refused(code: str, *texts: str) -> Iterator[pytest.ExceptionInfo[ClientError]]:
    """The call in the block is refused with this code, in a message that holds these texts."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    for text in texts:
        assert text in error["Message"]


@dataclass(frozen=True)
class Raw:
    """An HTTP answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[str, str]:
        return self.json["__type"], self.json["Message"]


def post(server: Server, operation: str | None, body: object = b"", headers: Mapping[str, str] | None = None) -> Raw:
    """Send a body, bytes or something to write as JSON, to an operation (the whole target when it has a dot)."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/x-amz-json-1.1", "Host": f"127.0.0.1:{server.port}"}
    if operation is not None:
        sent["X-Amz-Target"] = operation if "." in operation else f"SageMaker.{operation}"
    return request(server, "POST", "/", data, sent | dict(headers or {}))


def request(server: Server, method: str, path: str, data: bytes = b"", headers: Mapping[str, str] | None = None) -> Raw:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    try:
        connection.request(method, path, data, dict(headers or {}))
        answer = connection.getresponse()
        body = answer.read()
        return Raw(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
    finally:
        connection.close()
