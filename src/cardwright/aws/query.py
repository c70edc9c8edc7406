"""The Query protocol: a form in, XML out. Serves ``GetCallerIdentity`` of STS; other actions are refused."""

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl

from cardwright.aws.callers import Callers
from cardwright.aws.errors import WireError
from cardwright.aws.protocols import query_text, service_of, shown
from cardwright.aws.sigv4 import STS
from cardwright.http import Request, Response

CALLER_IDENTITY = "GetCallerIdentity"
OPERATIONS_PAGE = "docs/reference/operations.md"
"""The page of the documentation that lists the operations served."""

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_FIELDS = 1000
# STS has other codes and statuses for wrong signatures than the JSON services.
_STS_CODES: Mapping[str, tuple[str, int]] = {
    "MissingAuthenticationTokenException": ("MissingAuthenticationToken", 403),
    "IncompleteSignatureException": ("IncompleteSignature", 400),
    "UnrecognizedClientException": ("InvalidClientTokenId", 403),
    "InvalidSignatureException": ("SignatureDoesNotMatch", 403),
}


def answer_query(request: Request, callers: Callers) -> Response:
    """Answer a call of the Query protocol.

    Raises:
        WireError: the action is not served, or the caller cannot be identified.
    """
    action = _action(query_text(request))
    if action != CALLER_IDENTITY:
        raise WireError("InvalidAction", _not_served(action, service_of(request)))
    request.operation = action
    try:
        actor = callers.identify(request, STS)
    except WireError as error:
        code, status = _STS_CODES.get(error.code, (error.code, error.status))
        raise WireError(code, error.message, status) from None
    request.account, request.user = actor.scope.account, actor.user
    scope = actor.scope
    request_id = request.request_id
    body = (
        f'<{action}Response xmlns="{_NAMESPACE}"><{action}Result><Arn>{escape(scope.user_arn(actor.user))}</Arn>'
        f"<UserId>{escape(actor.user)}</UserId><Account>{scope.account}</Account></{action}Result>"
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
    ).encode()
    headers = [
        ("Content-Type", "text/xml"),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", request_id),
    ]
    return Response(200, headers, body)


def _action(text: str) -> str:
    try:
        return dict(parse_qsl(text, max_num_fields=_FIELDS)).get("Action", "")
    except ValueError:  # more than ``_FIELDS`` fields
        return ""


def _not_served(action: str, service: str) -> str:
    if not action:
        return f"The form names no Action. {OPERATIONS_PAGE} of Cardwright's documentation lists the operations served."
    of = f" of the service {service}" if service else ""
    return (
        f"Cardwright does not serve the operation {shown(action)}{of}: of the Query protocol it serves"
        f" {CALLER_IDENTITY} of STS alone. {OPERATIONS_PAGE} of its documentation lists the operations served."
    )
