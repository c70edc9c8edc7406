"""Signs requests in advance, so that the load generator spends no time on signatures.

A SigV4 signature is valid for five minutes: prepare requests just before the run.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bench import BenchError
from bench.content import card_content

REGION = "us-east-1"
PAGE_SIZE = 100

_MARK = "NAME-GOES-HERE"


class Signer:
    """Signs requests for one server (``127.0.0.1:port``) with one access key, as boto3 does."""

    def __init__(self, port: int, access_key_id: str, secret_access_key: str) -> None:
        self.host = f"127.0.0.1:{port}"
        self._auth = SigV4Auth(Credentials(access_key_id, secret_access_key), "sagemaker", REGION)

    def sign(self, operation: str, body: str) -> dict[str, str]:
        """Return the headers of a ``POST /`` that carries *body* to *operation*, dated now."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"SageMaker.{operation}"}
        request = AWSRequest("POST", f"http://{self.host}/", headers=headers, data=body.encode())
        self._auth.add_auth(request)
        return {"Host": self.host, **dict(request.headers.items())}


def call(connection: HTTPConnection, signer: Signer, operation: str, body: str) -> dict[str, Any]:
    """Send one signed request over a kept connection and return the decoded answer.

    Raises:
        BenchError: the answer is not a 200 with a JSON object.
        OSError, http.client.HTTPException: the server cannot be reached or closed the connection.
    """
    connection.request("POST", "/", body.encode(), signer.sign(operation, body))
    response = connection.getresponse()
    text = response.read()
    if response.status != 200:
        raise BenchError(f"{operation} was answered {response.status}: {text[:300].decode(errors='replace')}")
    answer = json.loads(text)
    if not isinstance(answer, dict):
        raise BenchError(f"{operation} was answered with {type(answer).__name__} instead of an object")
    return answer


def describe_body(name: str) -> str:
    """Return the request that describes the card *name*."""
    return json.dumps({"ModelCardName": name})


def list_body(token: str | None = None) -> str:
    """Return the request for a page of 100 cards: the first page, or the page of *token*."""
    body: dict[str, Any] = {"MaxResults": PAGE_SIZE}
    if token is not None:
        body["NextToken"] = token
    return json.dumps(body)


@dataclass(frozen=True, slots=True)
class CreateBodies:
    """CreateModelCard requests that differ only in the name, cut so that the long end is shared.

    Attributes:
        tail: the common end of every body (nearly all of its 10 KB).
    """

    before: str
    tail: str

    @classmethod
    def cut(cls) -> "CreateBodies":
        """Create the card once and cut its request after the last occurrence of the name."""
        body = json.dumps({"ModelCardName": _MARK, "ModelCardStatus": "Draft", "Content": card_content(_MARK)})
        before, mark, tail = body.rpartition(_MARK)
        return cls(before + mark, tail)

    def start(self, name: str) -> str:
        """Return the beginning of the request that creates *name*, up to ``tail``."""
        return self.before.replace(_MARK, name)

    def body(self, name: str) -> str:
        """Return the whole request that creates *name*."""
        return self.start(name) + self.tail


def prepare(folder: Path, signer: Signer, operation: str, starts: Iterable[str], tail: str = "") -> int:
    """Sign a request for every body ``start + tail``, write the input of ``prepared.lua``, and return their number.

    Writes to *folder*: ``head`` (request line and common headers), ``tail``, and ``requests`` with a line for each
    request: date, Authorization header and start, separated by tabs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    shared: dict[str, str] = {}
    with (folder / "requests").open("w", encoding="ascii", newline="") as lines:
        for start in starts:
            headers = signer.sign(operation, start + tail)
            date, authorization = headers.pop("X-Amz-Date"), headers.pop("Authorization")
            lines.write(f"{date}\t{authorization}\t{start}\n")
            shared = headers
            count += 1
    head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in shared.items())
    (folder / "head").write_text(head, encoding="ascii", newline="")
    (folder / "tail").write_text(tail, encoding="ascii", newline="")
    return count
