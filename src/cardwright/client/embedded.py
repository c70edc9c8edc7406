"""The embedded store: the application answers a client's requests in the same process, without a server.

botocore calls its ``before-send`` handlers before it opens a connection. The handlers here return the answers for
SageMaker, STS and S3, so that no request leaves the process.
"""

import functools
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cardwright.aws.protocols import CONTENT_TYPE
from cardwright.client.embedded_client import sagemaker_client
from cardwright.client.responses import answer_event, aws_response
from cardwright.client.sagemaker import SageMaker
from cardwright.http import Request, Response
from cardwright.server.app import Embedded, open_embedded

if TYPE_CHECKING:
    import boto3
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.loaders import Loader

STORE_EVENT = "cardwright-store"
"""An event that only clients of embedded stores answer."""


class EmbeddedStore:
    """A store in a local folder, and the boto3 session whose requests it answers. Threads may share it.

    Args:
        home: the folder; by default ``CARDWRIGHT_HOME``, else a folder in the user's data directory.
        region: the store's AWS region; by default ``CARDWRIGHT_REGION``, else ``us-east-1``.
        user: the user name that changes are recorded under.

    Raises:
        StoreMismatch, Unavailable: the store cannot be opened; the message names the remedy.
    """

    def __init__(self, home: Path | None, region: str | None, user: str) -> None:
        self._home = home
        self._region = region
        self._user = user
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._opened = open_embedded(home, region)
        weakref.finalize(self, self._opened.application.close)  # the last client to go closes the store

    @property
    def home(self) -> Path:
        return self._opened.home

    @property
    def answers(self) -> Mapping[str, Callable[..., "AWSResponse"]]:
        """The functions that answer the requests of each service, in the form of botocore's handlers."""
        return {"sagemaker": self._answer_wire, "sts": self._answer_wire, "s3": self._answer_s3}

    def boto_session(self) -> "boto3.Session":
        """Create a boto3 session whose SageMaker, STS and S3 requests the store answers. Its keys are placeholders."""
        import boto3
        from botocore.config import Config
        from botocore.handlers import BUILTIN_HANDLERS

        region = self._opened.application.store.region
        session = boto3.Session(aws_access_key_id=self._user, aws_secret_access_key="none", region_name=region)  # noqa: S106 - not checked
        core = session._session  # boto3 does not expose these settings: https://github.com/boto/boto3/issues/2290
        core.set_config_variable("ignore_configured_endpoint_urls", True)
        core.set_default_client_config(Config(s3={"addressing_style": "path"}))
        core.register_component("data_loader", _loader(core.get_config_variable("data_path")))
        for handled in BUILTIN_HANDLERS:  # moto adds its own, which would answer these clients too
            if handled[0].startswith("before-send"):
                session.events.unregister(*handled[:2])
        for service, answer in self.answers.items():
            answer_event(session, f"before-send.{service}", answer)
        answer_event(session, STORE_EVENT, lambda **_: True)
        return session

    def client(self) -> SageMaker:
        """Create a client of SageMaker's operations that needs no boto3."""
        return sagemaker_client(self._send)

    def close(self) -> None:
        self._opened.application.close()

    def _store(self) -> Embedded:
        """Return the open store. A forked process opens its own, because it cannot share SQLite connections."""
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._opened = open_embedded(self._home, self._region)
                    self._process = os.getpid()
        return self._opened

    def _send(self, target: str, body: bytes) -> Response:
        headers = {
            "authorization": f"Credential={self._user}/",
            "content-type": CONTENT_TYPE,
            "host": "localhost",
            "x-amz-target": target,
        }
        asked = Request("POST", "/", "", headers, body, peer="127.0.0.1", embedded=True)
        return self._store().application.answer(asked)

    def _answer_wire(self, request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
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
        return aws_response(request, self._store().application.answer(asked))

    def _answer_s3(self, request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
        method = request.method or "GET"
        return aws_response(
            request, self._store().objects.respond(method, request.url, _headers(request), _body(request))
        )


@functools.cache
def _loader(data_path: str | None) -> "Loader":
    """The loader of botocore's service models. Sessions share it, because SageMaker's model takes 0.1 s to read."""
    from botocore.loaders import create_loader

    return create_loader(data_path)


def _headers(request: "AWSPreparedRequest") -> dict[str, str]:
    return {
        name.lower(): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }


def _body(request: "AWSPreparedRequest") -> bytes:
    body: Any = request.body  # also a file or an iterable of bytes, which the stubs leave out
    if body is None:
        return b""
    data: bytes | str = body.read() if hasattr(body, "read") else body
    return data.encode() if isinstance(data, str) else bytes(data)
