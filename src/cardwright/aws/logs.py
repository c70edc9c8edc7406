"""The requests for a job's logs that SDK v2 sends while it waits: no job here has any."""

from cardwright.aws.errors import WireError

_TARGETS = {f"Logs_20140328.{name}" for name in ("DescribeLogStreams", "FilterLogEvents", "GetLogEvents")}


def refuse_logs(target: str) -> None:
    """Answer a target that reads logs as CloudWatch Logs does before a job has written any.

    ``estimator.fit`` then goes on and waits for the job; any other error ends it. The caller need not be known, for
    the answer is the same for all.
    """
    if target in _TARGETS:
        raise WireError("ResourceNotFoundException", "The specified log group does not exist.")
