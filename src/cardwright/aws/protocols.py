"""AWS's protocols: detects the protocol of a request, and writes errors in its form.

Query: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and botocore's parsers.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from html import escape

import orjson

from cardwright.aws.errors import WireError
from cardwright.http import Request, Response

CONTENT_TYPE = "application/x-amz-json-1.1"
_FORM = "application/x-www-form-urlencoded"
_SERVER_FAULT = 500
_FAULT_NAMESPACE = "http://webservices.amazon.com/AWSFault/2005-15-09"
_EC2_VERSION = re.compile(r"(?:^|&)Version=2016-11-15(?:&|$)")
_ACTION = re.compile(r"(?:^|&)Action=")
_SIGNED_QUERY = re.compile(r"(?:^|&)X-Amz-(?:Algorithm|Signature|Credential)=", re.IGNORECASE)
_SERVICE = re.compile(r"Credential=[^/,\s]*/[0-9]+/[^/,\s]*/(?P<service>[a-z0-9-]{1,64})/", re.ASCII)
_MARKS = ("x-amz-target", "x-amz-date", "amz-sdk-invocation-id", "x-amz-content-sha256")
_SHOWN = 100


class Protocol(Enum):
    """The protocols whose errors differ."""

    JSON = "json"
    QUERY = "query"
    EC2 = "ec2"
    REST_XML = "rest-xml"
    S3 = "s3"


_PROTOCOLS: Mapping[str, Protocol] = {
    "ec2": Protocol.EC2,
    "s3": Protocol.S3,
    "s3express": Protocol.S3,
    "s3-outposts": Protocol.S3,
    "route53": Protocol.REST_XML,
    "cloudfront": Protocol.REST_XML,
}
"""By a signature's service, for the services without JSON."""


def is_aws_request(request: Request) -> bool:
    """Whether an AWS client sent a request: browsers do not send these headers and parameters."""
    if any(mark in request.headers for mark in _MARKS):
        return True
    if request.headers.get("authorization", "").startswith(("AWS4-", "AWS ")):
        return True
    if request.query and _SIGNED_QUERY.search(request.query):
        return True
    return request.headers.get("content-type", "").startswith("application/x-amz-") or is_query(request)


def is_query(request: Request) -> bool:
    """Whether a request calls an operation by the Query protocol: a form at ``/`` without a JSON target."""
    if "x-amz-target" in request.headers or request.path != "/":
        return False
    if request.method == "POST":
        return request.headers.get("content-type", "").startswith(_FORM)
    return request.method == "GET" and _ACTION.search(request.query) is not None


def query_text(request: Request) -> str:
    """The form of a Query call: the body, or the query string of a GET."""
    return request.body.decode("utf-8", "replace") if request.body else request.query


def service_of(request: Request) -> str:
    """The service that a request is signed for; empty without a signature."""
    found = _SERVICE.search(request.headers.get("authorization", ""))
    return found["service"] if found else ""


def error_response(request: Request, wrong: WireError) -> Response:
    """An error in the form of the request's protocol."""
    request_id = request.request_id
    content_type, body = _FORMS[_protocol_of(request)](wrong, request_id)
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("x-amzn-RequestId", request_id)]
    if content_type == CONTENT_TYPE and "x-amz-target" not in request.headers:  # where REST clients read the code
        headers.append(("x-amzn-ErrorType", wrong.code))
    return Response(wrong.status, headers, body)


def shown(text: str) -> str:
    """Text of a request as messages show it: cut, and without unprintable characters."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(character if character.isprintable() else "?" for character in cut)


def _protocol_of(request: Request) -> Protocol:
    content_type = request.headers.get("content-type", "")
    if "x-amz-target" in request.headers or content_type.startswith("application/x-amz-json"):
        return Protocol.JSON
    known = _PROTOCOLS.get(service_of(request))
    if known is not None:
        return known
    if not (content_type.startswith(_FORM) or is_query(request)):
        return Protocol.JSON
    return Protocol.EC2 if _EC2_VERSION.search(query_text(request)) else Protocol.QUERY


def _json(wrong: WireError, _: str) -> tuple[str, bytes]:
    return CONTENT_TYPE, orjson.dumps({"__type": wrong.code, "Message": wrong.message})


def _query(wrong: WireError, request_id: str) -> tuple[str, bytes]:
    kind = "Receiver" if wrong.status >= _SERVER_FAULT else "Sender"
    return _xml(
        f'<ErrorResponse xmlns="{_FAULT_NAMESPACE}"><Error><Type>{kind}</Type>{_code_and_message(wrong)}</Error>'
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _ec2(wrong: WireError, request_id: str) -> tuple[str, bytes]:
    return _xml(
        f"<Response><Errors><Error>{_code_and_message(wrong)}</Error></Errors>"
        f"<RequestID>{request_id}</RequestID></Response>"
    )


def _s3(wrong: WireError, request_id: str) -> tuple[str, bytes]:
    return _xml(f"<Error>{_code_and_message(wrong)}<RequestId>{request_id}</RequestId></Error>")


def _code_and_message(wrong: WireError) -> str:
    return f"<Code>{escape(wrong.code)}</Code><Message>{escape(wrong.message)}</Message>"


def _xml(text: str) -> tuple[str, bytes]:
    return "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode("utf-8", "replace")


_FORMS: Mapping[Protocol, Callable[[WireError, str], tuple[str, bytes]]] = {
    Protocol.JSON: _json,
    Protocol.QUERY: _query,
    Protocol.EC2: _ec2,
    Protocol.REST_XML: _query,
    Protocol.S3: _s3,
}
