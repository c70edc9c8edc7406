"""Answers requests for job logs. SageMaker's SDK reads CloudWatch while it waits for a job."""

from typing import TYPE_CHECKING

from cardwright.client.responses import answer_event, aws_response
from cardwright.http import Response

if TYPE_CHECKING:
    import boto3
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

_ANSWER = b'{"__type": "ResourceNotFoundException", "message": "Cardwright records jobs and keeps no logs of them."}'


def without_logs(boto_session: "boto3.Session") -> None:
    """Answer the session's CloudWatch Logs clients locally: there is no log group. The SDK then shows no lines."""
    answer_event(boto_session, "before-send.cloudwatch-logs", _no_logs)


def _no_logs(request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(_ANSWER)))]
    return aws_response(request, Response(400, headers, _ANSWER))
