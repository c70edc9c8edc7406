"""Responses in botocore's form, for requests that no other process answers."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cardwright.http import Response

if TYPE_CHECKING:
    import boto3
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse


def answer_event(session: "boto3.Session", event: str, handler: Callable[..., object]) -> None:
    """Let a function answer an event of a session's clients."""
    events: Any = session.events  # its stubs expect handlers that return nothing
    events.register(event, handler)


def aws_response(request: "AWSPreparedRequest", answer: Response) -> "AWSResponse":
    """Return an answer as botocore reads it from a connection."""
    from botocore.awsrequest import AWSResponse, HeadersDict
    from urllib3 import HTTPHeaderDict, HTTPResponse

    raw = HTTPResponse(
        io.BytesIO(answer.body),
        headers=HTTPHeaderDict(answer.headers),
        status=answer.status,
        preload_content=False,
        request_method=request.method,
    )
    headers: Any = HeadersDict(answer.headers)  # the type that botocore passes; its stubs differ
    return AWSResponse(request.url, answer.status, headers, raw)
