"""The types of requests and responses that the server and its faces share."""

from typing import Any, NamedTuple, Protocol, TypeAlias

Environ: TypeAlias = dict[str, Any]
"""A request as a WSGI environment without its stream, with these additional members:

- ``cardwright.body``: the whole body; of a body above the limit, one byte more than the limit.
- ``cardwright.keep_alive``: whether the connection stays open after the response.
- ``cardwright.began``: the start of its processing, by ``time.perf_counter``.
- ``cardwright.request_id``: its identifier, a UUID.
- ``cardwright.source``: the client's address, if known.
- ``cardwright.operation``, ``cardwright.actor``, ``cardwright.error`` (a code): set by the face, for the request log.
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
