"""The AWS endpoint: answers ``POST /`` with the operation that ``X-Amz-Target`` names."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Protocol

import orjson

from cardwright.actions.cards import audit_digest
from cardwright.aws import protocols
from cardwright.aws.callers import Callers
from cardwright.aws.errors import WireError, wire_error
from cardwright.aws.kept_answers import Described, KeptAnswers
from cardwright.aws.logs import refuse_logs
from cardwright.aws.members import Members
from cardwright.aws.model import ServiceModel
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.aws.paging import Pager, PagingKey
from cardwright.aws.protocols import CONTENT_TYPE, is_query, service_of, shown
from cardwright.aws.query import OPERATIONS_PAGE, answer_query
from cardwright.aws.shapes import RequestReader, Unreadable, request_reader
from cardwright.aws.sigv4 import OBJECTS_SERVICE
from cardwright.core.content import checked
from cardwright.core.errors import CardwrightError, ExtraMissing, Unavailable
from cardwright.core.people import Actor
from cardwright.http import Commitment, Request, Response
from cardwright.objects.stores import Objects
from cardwright.storage.unit import Unit

MAX_BODY = 4 * 1024 * 1024
"""Bytes of one request: 100,000 characters of content, each escaped twice, and as much again."""

_TYPE = ("Content-Type", CONTENT_TYPE)
_APPROVED = "Approved"

log = logging.getLogger(__name__)


class Units(Protocol):
    def __call__(self, actor: Actor, *, writes: bool, undo: bool = True) -> Unit:
        """Open a unit of work for a caller. ``undo``: as in :meth:`storage.store.Store.open_unit`."""


class Endpoint:
    """Serves the operations of :mod:`aws.operations`.

    Args:
        sagemaker: the service model of :data:`aws.operations.OPERATIONS`.
        own: the service model of :data:`aws.operations.OWN_OPERATIONS`.
        kept: answers that are right now. An embedded store keeps none.
        open_objects: opens the object store, when the first operation needs it.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - it gets everything it uses
        self,
        sagemaker: ServiceModel,
        own: ServiceModel,
        open_unit: Units,
        callers: Callers,
        paging_key: PagingKey,
        kept: KeptAnswers,
        open_objects: Callable[[], Objects],
    ) -> None:
        self._objects = cache(open_objects)
        self._open_unit = open_unit
        self._kept = kept
        self._callers = callers
        self._paging_key = paging_key
        self._sagemaker = sagemaker
        services = (("SageMaker", sagemaker, OPERATIONS), ("Cardwright", own, OWN_OPERATIONS))
        self._operations = {
            f"{prefix}.{name}": (name, operation, model)
            for prefix, model, operations in services
            for name, operation in operations.items()
        }
        self._readers: dict[str, RequestReader] = {}
        self._slow_targets = {target for target, (_, row, _) in self._operations.items() if not row.quick}
        self._writing_targets = {target for target, (_, row, _) in self._operations.items() if row.writes}
        self._approving_targets = {target for target, (_, row, _) in self._operations.items() if row.approves}
        self._exports = {name for name, row, _ in self._operations.values() if row.exports}

    def is_quick(self, request: Request) -> bool:
        """Whether a request takes well under a millisecond; one for an unknown operation does."""
        target = request.headers.get("x-amz-target", "")
        if target in self._approving_targets:
            return b'"Approved"' not in request.body
        return target not in self._slow_targets

    def writes(self, request: Request) -> bool:
        """Whether a request is for an operation that changes something."""
        return request.headers.get("x-amz-target", "") in self._writing_targets

    def has_exports(self, request: Request) -> bool:
        """Whether a request that succeeded left an export job in the queue."""
        return request.operation in self._exports

    def respond(self, request: Request) -> Response:
        """Answer a request; every error becomes an AWS error."""
        try:
            return self._serve(request)
        except Exception as error:  # noqa: BLE001 - every client gets an AWS error
            return error_response(request, error)

    def prepare(self, request: Request) -> None:
        """Do what the answer needs before its unit of work, while the request waits for its turn.

        What is wrong with the request is left for :meth:`respond` to find.
        """
        with suppress(CardwrightError, WireError, Unreadable):
            self._identify(request)
            members = self._members(request, request.headers["x-amz-target"])
            if isinstance(members.get("Content"), str):
                members["Content"] = checked(members["Content"])
            request.members = members

    def refuse_path(self, request: Request) -> Response:
        """The answer to an AWS request that is not ``POST /``: an endpoint URL with a path, or another service."""
        if is_query(request):
            return self.respond(request)
        return error_response(request, WireError("UnknownOperationException", _wrong_path(request)))

    def _not_served(self, target: str) -> str:
        """The message for an unknown target, with the page that lists the operations served."""
        listed = f"{OPERATIONS_PAGE} of Cardwright's documentation lists the operations served."
        if not target:
            return f"Unknown operation: the request has no X-Amz-Target header. {listed}"
        prefix, _, name = target.partition(".")
        if prefix == "SageMaker" and self._sagemaker.has_operation(name):
            return f"Cardwright does not serve the SageMaker operation {name}. {listed}"
        if prefix == "SageMaker" and name in OWN_OPERATIONS:
            return f"Unknown operation: SageMaker has no {name}; Cardwright's own has the target Cardwright.{name}."
        if prefix in {"SageMaker", "Cardwright"}:
            return f"Unknown operation: {prefix} has no operation {shown(name)}. {listed}"
        return f"Unknown operation: {shown(target)} is not an operation of SageMaker. {listed}"

    def _identify(self, request: Request) -> Actor:
        """Return the caller of an operation that is served, and name both in the request."""
        target = request.headers.get("x-amz-target", "")
        refuse_logs(target)
        actor = self._callers.identify(request)
        request.account, request.user = actor.scope.account, actor.user
        if target not in self._operations:
            raise WireError("UnknownOperationException", self._not_served(target))
        request.operation = self._operations[target][0]
        return actor

    def _members(self, request: Request, target: str) -> Members:
        name, _, model = self._operations[target]
        read_request = self._readers.get(target)
        if read_request is None:  # compiled for its first request: compiling all would delay the first answer
            read_request = self._readers[target] = request_reader(model, name)
        return read_request(_parse(request.body))

    def _serve(self, request: Request) -> Response:
        target = request.headers.get("x-amz-target", "")
        if len(request.body) > MAX_BODY:
            raise WireError("RequestEntityTooLargeException", f"A request has at most {MAX_BODY} bytes", 413)
        if not target and is_query(request):
            return answer_query(request, self._callers)
        actor = self._identify(request)
        name, operation, _ = self._operations[target]
        kept = None
        if operation.kept is not None and not request.embedded:
            question = (target, actor.scope.account, actor.role, request.body)
            kept = self._kept.find(question, operation.kept, partial(self._audit_digest, actor))
            if kept.body is not None:
                return _response(200, kept.body, request.request_id)
        members = self._members(request, target) if request.members is None else request.members
        pager = Pager(self._paging_key, actor.scope.account, name, members)
        if operation.stores is not None:
            with self._open_unit(actor, writes=False) as unit:
                store = operation.stores(unit, members)
            store(self._objects())
        undo = not operation.checks_first or members.get("ModelCardStatus") == _APPROVED
        unit = self._open_unit(actor, writes=operation.writes, undo=undo)
        try:
            with unit:
                answer = operation.handler(unit, members, pager)
        except CardwrightError as error:  # it may be about what another request of the batch wrote
            return error_response(request, error)._replace(commitment=unit.commitment)
        if callable(answer):
            answer = answer(self._objects()) if operation.reads else answer()
        described = answer if isinstance(answer, Described) else None
        body = b"" if answer is None else orjson.dumps(answer if described is None else described.answer)
        if kept is not None:
            self._kept.keep(kept, body, described, len(request.body))
        return _response(200, body, request.request_id, unit.commitment)

    def _audit_digest(self, actor: Actor, card: str) -> str | None:
        with self._open_unit(actor, writes=False) as unit:
            return audit_digest(unit, card)


def _wrong_path(request: Request) -> str:
    """The message for an AWS request with another method or path."""
    path, service = shown(request.path), service_of(request)
    served = f"{OPERATIONS_PAGE} of Cardwright's documentation lists the operations served"
    here = f"{request.scheme}://{shown(request.headers.get('host', 'host:port'))}"
    if service == OBJECTS_SERVICE:
        return f"S3 of this server has an endpoint URL of its own, {here}/s3, in path style. {served}."
    if service not in {"", "sagemaker", "sts"}:
        return (
            f"Cardwright does not serve the AWS service {service}: set this endpoint URL for SageMaker and STS alone."
            f" {served}."
        )
    return (
        f"This server takes AWS requests as POST /, and this one is {request.method} {path}. Set the endpoint URL"
        f" without a path, as in {here}; {served}."
    )


def error_response(request: Request, error: Exception) -> Response:
    """The answer to a request that failed; faults of the server are logged."""
    wrong = wire_error(error)
    # The answer holds the sentence of these errors, and reaches the operator of an embedded store.
    explained = isinstance(error, ExtraMissing) or (isinstance(error, Unavailable) and request.embedded)
    if wrong.status >= 500 and not explained:
        log.error("request failed", exc_info=error, extra={"request_id": request.request_id})
    request.error = wrong.code
    return protocols.error_response(request, wrong)


def _response(status: int, body: bytes, request_id: str, commitment: Commitment | None = None) -> Response:
    headers = [_TYPE, ("Content-Length", str(len(body))), ("x-amzn-RequestId", request_id)]
    return Response(status, headers, body, commitment)


def _parse(body: bytes) -> object:
    try:
        return orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The request is not JSON: {error.msg} at character {error.pos}") from None
