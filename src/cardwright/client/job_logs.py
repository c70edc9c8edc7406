"""Answers requests for job logs. SageMaker's SDK reads CloudWatch while it waits for a job."""

import io
from typing import Any

_ANSWER = b'{"__type": "ResourceNotFoundException", "message": "Cardwright records jobs and keeps no logs of them."}'


def without_logs(boto_session: Any) -> None:
    """Answer the session's CloudWatch Logs clients locally: there is no log group. The SDK then shows no lines."""
    boto_session.events.register("before-send.cloudwatch-logs", _no_logs)


def _no_logs(request: Any, **_: object) -> Any:
    from botocore.awsrequest import AWSResponse, HeadersDict
    from urllib3 import HTTPResponse

    headers: Any = HeadersDict({"Content-Type": "application/x-amz-json-1.1", "Content-Length": str(len(_ANSWER))})
    raw = HTTPResponse(io.BytesIO(_ANSWER), headers=dict(headers), status=400, preload_content=False)
    return AWSResponse(request.url, 400, headers, raw)
