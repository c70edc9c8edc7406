"""The embedded store: what a client would send to a server is answered in this process by the same application.

botocore asks its ``before-send`` handlers for an answer before it opens a connection; the handlers here give one for
SageMaker, STS and S3. Nothing of what is asked leaves the process.
"""

import io
import os
import threading
import weakref
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from urllib3 import HTTPHeaderDict, HTTPResponse

from cardwright.http import Request, Response
from cardwright.server.app import Embedded, open_embedded


class EmbeddedStore:
    """A store in a local folder and the boto3 session whose requests it answers. May be shared between threads.

    Args:
        home: the folder; the one of ``CARDWRIGHT_HOME``, else one in the user's data directory, by default.
        region: the store's AWS region; ``CARDWRIGHT_REGION``, else ``us-east-1``, by default.
        user: the name under which changes are recorded.

    Raises:
        StoreMismatch, Unavailable: the store cannot be opened; the message says what to do.
    """

    def __init__(self, home: Path | None, region: str | None, user: str) -> None:
        self._home = home
        self._region = region
        self._user = user
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._opened = open_embedded(home, region)
        weakref.finalize(self, self._opened.application.close)  # clients keep the store; the last of them closes it

    @property
    def home(self) -> Path:
        return self._opened.home

    def boto_session(self) -> Any:
        """A boto3 session whose SageMaker, STS and S3 clients are answered here; its keys open nothing elsewhere."""
        region = self._opened.application.store.region
        session: Any = boto3.Session(aws_access_key_id=self._user, aws_secret_access_key="none", region_name=region)  # noqa: S106 - nothing checks it
        core = session._session  # what boto3 does not pass on: https://github.com/boto/boto3/issues/2290
        core.set_config_variable("ignore_configured_endpoint_urls", True)
        core.set_default_client_config(Config(s3={"addressing_style": "path"}))
        session.events.register("before-send.sagemaker", self._answer_wire)
        session.events.register("before-send.sts", self._answer_wire)
        session.events.register("before-send.s3", self._answer_s3)
        return session

    def close(self) -> None:
        self._opened.application.close()

    def _store(self) -> Embedded:
        """The open store; a process that was forked opens its own, since SQLite's connections do not cross."""
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._opened = open_embedded(self._home, self._region)
                    self._process = os.getpid()
        return self._opened

    def _answer_wire(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        url = urlsplit(request.url)
        headers = {**_headers(request), "host": "localhost"}
        asked = Request(
            request.method or "GET",
            url.path or "/",
            url.query,
            headers,
            _body(request),
            peer="127.0.0.1",
            embedded=True,
        )
        return _response(request, self._store().application.answer(asked))

    def _answer_s3(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        method = request.method or "GET"
        return _response(request, self._store().objects.respond(method, request.url, _headers(request), _body(request)))


def _headers(request: AWSPreparedRequest) -> dict[str, str]:
    return {
        name.lower(): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body
    if body is None:
        return b""
    data: bytes | str = body.read() if hasattr(body, "read") else body
    return data.encode() if isinstance(data, str) else bytes(data)


def _response(request: AWSPreparedRequest, answer: Response) -> AWSResponse:
    raw = HTTPResponse(
        io.BytesIO(answer.body),
        headers=HTTPHeaderDict(answer.headers),
        status=answer.status,
        preload_content=False,
        request_method=request.method,
    )
    headers: Any = HeadersDict(answer.headers)  # what botocore itself hands in, whatever its stubs say
    return AWSResponse(request.url, answer.status, headers, raw)
