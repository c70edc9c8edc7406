"""The endpoint: ``POST /`` with a target, from bytes to bytes."""

import logging
from contextlib import AbstractContextManager
from typing import Any, Protocol

import orjson

from cardwright.actions.unit import Unit
from cardwright.aws.callers import Callers
from cardwright.aws.errors import WireError, wire_error
from cardwright.aws.model import ServiceModel
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.aws.paging import Pager
from cardwright.aws.shapes import RequestReader, Unreadable, request_reader
from cardwright.aws.sigv4 import SignedRequest
from cardwright.core.errors import ExtraMissing
from cardwright.core.people import Actor
from cardwright.serving.exchange import Commitment, Environ, Response

CONTENT_TYPE = "application/x-amz-json-1.1"
MAX_BODY = 4 * 1024 * 1024
"""Bytes of one request: 100,000 characters of content, each escaped twice, and as much again."""

_TYPE = ("Content-Type", CONTENT_TYPE)

log = logging.getLogger(__name__)


class OpenUnit(Unit, Protocol):
    """A unit of work with, once it has ended, its commitment where commits are gathered."""

    commitment: Commitment | None


class Units(Protocol):
    def __call__(self, actor: Actor, *, writes: bool) -> AbstractContextManager[OpenUnit]:
        """Open a unit of work for a caller."""


class Endpoint:
    """Serves the operations of :mod:`aws.operations`.

    Args:
        sagemaker: the service model of :data:`aws.operations.OPERATIONS`.
        own: that of :data:`aws.operations.OWN_OPERATIONS`.
    """

    def __init__(
        self, sagemaker: ServiceModel, own: ServiceModel, open_unit: Units, callers: Callers, pager: Pager
    ) -> None:
        self._open_unit = open_unit
        self._callers = callers
        self._pager = pager
        services = (("SageMaker", sagemaker, OPERATIONS), ("Cardwright", own, OWN_OPERATIONS))
        self._operations = {
            f"{prefix}.{name}": (name, operation, model)
            for prefix, model, operations in services
            for name, operation in operations.items()
        }
        self._readers: dict[str, RequestReader] = {}
        self._slow_targets = {target for target, (_, row, _) in self._operations.items() if not row.quick}
        self._exports = {name for name, row, _ in self._operations.values() if row.exports}

    def is_quick(self, environ: Environ) -> bool:
        """Whether a request takes well under a millisecond's work; one for an unknown operation does."""
        return environ.get("HTTP_X_AMZ_TARGET", "") not in self._slow_targets

    def has_exports(self, environ: Environ) -> bool:
        """Whether a request that succeeded left an export job to be done."""
        return environ.get("cardwright.operation") in self._exports

    def respond(self, environ: Environ) -> Response:
        """Do what is asked and answer it; whatever goes wrong becomes an AWS error."""
        try:
            return self._serve(environ)
        except Exception as error:  # noqa: BLE001 - the last door: whatever it is, the client gets an AWS error
            return error_response(environ, error)

    def _serve(self, environ: Environ) -> Response:
        request_id: str = environ["cardwright.request_id"]
        target: str = environ.get("HTTP_X_AMZ_TARGET", "")
        body: bytes = environ["cardwright.body"]
        if len(body) > MAX_BODY:
            raise WireError("RequestEntityTooLargeException", f"A request has at most {MAX_BODY} bytes", 413)
        actor = self._callers.identify(SignedRequest(environ, body), environ["cardwright.source"], request_id)
        environ["cardwright.actor"] = actor
        if target not in self._operations:
            raise WireError("UnknownOperationException", f"Unknown operation: {target or 'no X-Amz-Target header'}")
        name, operation, model = self._operations[target]
        environ["cardwright.operation"] = name
        read_request = self._readers.get(target)
        if read_request is None:  # compiled for its first request: all of them would keep the first answer back
            read_request = self._readers[target] = request_reader(model, name)
        request = read_request(_parse(body))
        with self._open_unit(actor, writes=operation.writes) as unit:
            answer = operation.handler(unit, request, self._pager)
        if callable(answer):
            answer = answer()
        return _response(200, b"" if answer is None else orjson.dumps(answer), request_id, unit.commitment)


def error_response(environ: Environ, error: Exception) -> Response:
    """The answer for a request that failed; what is the server's own fault is logged."""
    wrong = wire_error(error)
    request_id: str = environ["cardwright.request_id"]
    if wrong.status >= 500 and not isinstance(error, ExtraMissing):  # its sentence is in the answer
        log.error("request failed", exc_info=error, extra={"request_id": request_id})
    environ["cardwright.error"] = wrong.code
    return _response(wrong.status, orjson.dumps({"__type": wrong.code, "Message": wrong.message}), request_id)


def _response(status: int, body: bytes, request_id: str, commitment: Commitment | None = None) -> Response:
    headers = [_TYPE, ("Content-Length", str(len(body))), ("x-amzn-RequestId", request_id)]
    return Response(status, headers, body, commitment)


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The request is not JSON: {error.msg} at character {error.pos}") from None
