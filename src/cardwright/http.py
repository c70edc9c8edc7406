"""A request and its answer, on their way between a connection and a face."""

from typing import Any, NamedTuple, Protocol, TypeAlias

Environ: TypeAlias = dict[str, Any]
"""A request, as a WSGI environment without its stream, and with more of it:

- ``cardwright.body``: the whole body, bytes; one more than it may have where it had more.
- ``cardwright.keep_alive``: whether the client's connection goes on after the answer.
- ``cardwright.began``: when work on it began, by ``time.perf_counter``.
- ``cardwright.request_id``: its identifier, a UUID.
- ``cardwright.source``: the address of its sender, as far as it is known.
- ``cardwright.embedded`` (:data:`EMBEDDED`): there when the client's own process answers it.
- ``cardwright.operation``, ``cardwright.actor``, ``cardwright.error`` (a code): left there by the face, for the log.
"""

EMBEDDED = "cardwright.embedded"


class Commitment(Protocol):
    """A commit still to come."""

    def settle(self) -> None:
        """Wait for it; raises ``Unavailable`` when it failed."""


class Response(NamedTuple):
    """An answer, which may be sent when its commitment, if it has one, has settled."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    commitment: Commitment | None = None
