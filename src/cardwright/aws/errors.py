"""Errors as AWS sends them: one table from the core's errors to codes and HTTP statuses."""

from cardwright.aws.shapes import Unreadable
from cardwright.core.errors import (
    Conflict,
    Denied,
    ExtraMissing,
    InUse,
    Invalid,
    LimitExceeded,
    NotFound,
    ObjectRefused,
    ObjectsAway,
    PrintingFailed,
    Unavailable,
)


class WireError(Exception):
    """An error with its AWS code, its message and its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


_CODES: tuple[tuple[type[Exception], str, int], ...] = (
    (Invalid, "ValidationException", 400),
    (NotFound, "ResourceNotFound", 400),
    (InUse, "ResourceInUse", 400),
    (Conflict, "ConflictException", 400),
    (Denied, "AccessDeniedException", 400),
    (LimitExceeded, "ResourceLimitExceeded", 400),
    (Unreadable, "SerializationException", 400),
    (Unavailable, "ServiceUnavailable", 503),
    # Permanent faults of the server: clients retry every 5xx status but 501.
    (PrintingFailed, "PrintingFailed", 501),
    (ExtraMissing, "ExtraMissing", 501),
    (ObjectsAway, "ServiceUnavailable", 503),
    (ObjectRefused, "ObjectRefused", 501),
)


def wire_error(error: Exception) -> WireError:
    """The wire's form of an error. An unexpected error becomes an InternalFailure without details."""
    if isinstance(error, WireError):
        return error
    for kind, code, status in _CODES:
        if isinstance(error, kind):
            return WireError(code, str(error), status)
    return WireError("InternalFailure", "The request failed inside the server; see the server's log.", 500)
