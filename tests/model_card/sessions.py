"""Sessions for tests: a client of a real server, and an S3 whose objects are in a dictionary."""

import re
from dataclasses import dataclass, field
from typing import Any, TypeVar

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tests.servers import Server

_Value = TypeVar("_Value")


def present(value: _Value | None) -> _Value:
    """Return a value that is not None, for type checkers."""
    assert value is not None
    return value


@dataclass
class Objects:
    """The objects in S3: bytes and content type by ``s3://bucket/key``."""

    stored: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def put(self, uri: str, content: bytes, content_type: str = "application/json") -> str:
        self.stored[uri] = (content, content_type)
        return uri

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        """Answers GetObject instead of the network."""
        found = re.match(r"https://([^/]+)\.s3\.amazonaws\.com/(.+)", request.url)
        assert found, request.url
        uri = f"s3://{found[1]}/{found[2]}"
        self.reads.append(uri)
        if uri in self.stored:
            content, content_type = self.stored[uri]
            return AWSResponse(request.url, 200, HTTPHeaders.from_dict({"content-type": content_type}), _Raw(content))
        body = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
        return AWSResponse(request.url, 404, HTTPHeaders.from_dict({"content-type": "application/xml"}), _Raw(body))


class _Raw:
    """The body of an answer, as urllib3 gives it."""

    def __init__(self, content: bytes) -> None:
        self._left = content

    def read(self, amount: int | None = None, **_: Any) -> bytes:
        amount = len(self._left) if amount is None else amount
        read, self._left = self._left[:amount], self._left[amount:]
        return read

    def stream(self, **_: Any) -> Any:
        yield self.read()


class ServerSession:
    """A session in the form of SageMaker's SDK: a client of a server and a boto3 session."""

    def __init__(self, server: Server, objects: Objects) -> None:
        self.sagemaker_client = server.client()
        self.boto_session = boto3.Session("key", "secret", region_name="us-east-1")
        edge: Any = objects.answer  # a handler may answer a request; the stubs lack this
        self.boto_session.events.register("before-send.s3.GetObject", edge)
        self.objects = objects


class MotoSession:
    """A session inside moto, which simulates AWS."""

    def __init__(self, boto_session: boto3.Session) -> None:
        self.boto_session = boto_session
        self.sagemaker_client: Any = boto_session.client("sagemaker")
