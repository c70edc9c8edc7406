"""The types of requests and responses that the server and its interfaces share."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


@dataclass(slots=True, eq=False)
class Request:
    """A whole request, and what is known of it while it is answered.

    Attributes:
        method: as the client sent it.
        path: without the query and percent-decoded; each character is one byte (Latin-1), as in WSGI.
        query: as the client sent it, without the question mark.
        headers: values by lower-case name; commas join the values of a name that occurs more than once.
        body: all of it. Of a body that is too long, one byte more than is allowed.
        peer: the address at the other end of the connection.
        scheme: ``http`` or ``https``; a trusted proxy may state it.
        embedded: whether the client's own process answers it.
        keep_alive: whether the connection stays open after the answer.
        source: the client's address, as far as it is known.
        request_id: a UUID.
        began: when work on the request began, by ``time.perf_counter``.
        operation: the operation's name, for logs and metrics.
        account, user: the caller, for the log; None while the caller is unknown.
        error: the error code of the answer, for logs and metrics.
        verified: whether its signature has been verified.
        members: those of its body, where its interface has read them before its turn.
    """

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = ""
    scheme: str = "http"
    embedded: bool = False
    keep_alive: bool = True
    source: str = ""
    request_id: str = ""
    began: float = 0.0
    operation: str = "other"
    account: str | None = None
    user: str | None = None
    error: str = "OK"
    verified: bool = False
    members: dict[str, Any] | None = None


REQUEST_KEY = "cardwright.request"
"""The key of the request in the environment of a WSGI application."""


class Commitment(Protocol):
    """A commit that is not finished yet."""

    def settle(self) -> None:
        """Wait for the commit; raises ``Unavailable`` when it failed."""


class Response(NamedTuple):
    """A response. It must not be sent before its commitment, if any, has settled."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    commitment: Commitment | None = None
