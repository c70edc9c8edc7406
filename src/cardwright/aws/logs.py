"""Answers the requests for a job's logs that SDK v2 sends while it waits: jobs here have no logs."""

from cardwright.aws.errors import WireError

_TARGETS = {f"Logs_20140328.{name}" for name in ("DescribeLogStreams", "FilterLogEvents", "GetLogEvents")}


def refuse_logs(target: str) -> None:
    """Refuse a target that reads logs, as CloudWatch Logs does before a job has written any.

    ``estimator.fit`` then waits for the job; any other error ends it. The answer is the same for every caller, so
    the caller is not identified.
    """
    if target in _TARGETS:
        raise WireError("ResourceNotFoundException", "The specified log group does not exist.")
