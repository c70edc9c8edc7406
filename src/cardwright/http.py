"""The types of requests and responses that the server and its faces share."""

from typing import Any, NamedTuple, Protocol, TypeAlias

Environ: TypeAlias = dict[str, Any]
"""A request, as a WSGI environment without its stream, and with more of it:

- ``cardwright.body``: the whole body, bytes; one more than it may have where it had more.
- ``cardwright.keep_alive``: whether the client's connection goes on after the answer.
- ``cardwright.began``: when work on it began, by ``time.perf_counter``.
- ``cardwright.request_id``: its identifier, a UUID.
- ``cardwright.source``: the address of its sender, as far as it is known.
- ``cardwright.operation``, ``cardwright.actor``, ``cardwright.error`` (a code): left there by the face, for the log.
"""


class Commitment(Protocol):
    """A pending commit."""

    def settle(self) -> None:
        """Wait for the commit. Raises ``Unavailable`` when it failed."""


class Response(NamedTuple):
    """A response. It must not be sent before its commitment, if any, has settled."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    commitment: Commitment | None = None
