"""Paging tokens: a list's position in a binary form, with an HMAC, so that clients cannot change it.

A token is valid for one account, one operation and one set of filters. It is not encrypted: it holds the sort value and
the identifier of the last item, which the client has seen.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson

from cardwright.aws.members import Members
from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import Invalid
from cardwright.core.listing import Position

_SEAL_BYTES = 16
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OUTSIDE_THE_SEAL = frozenset({"NextToken", "MaxResults"})


class PagingKey:
    """The key that seals the tokens of a server, or of all servers that share a server key."""

    def __init__(self, server_key: ServerKey) -> None:
        self._key = server_key.derive("paging-tokens")

    def seal(self, question: list[object], body: bytes) -> bytes:
        """The HMAC of a token's body and of the request that it belongs to."""
        message = orjson.dumps(question, option=orjson.OPT_SORT_KEYS) + b"\n" + body
        return hmac.digest(self._key, message, hashlib.sha256)[:_SEAL_BYTES]


class Pager:
    """Reads and makes the paging tokens of one request."""

    __slots__ = ("_account", "_key", "_operation", "_request")

    def __init__(self, key: PagingKey, account: str, operation: str, request: Members) -> None:
        self._key = key
        self._account = account
        self._operation = operation
        self._request = request

    def token(self, position: Position) -> str:
        """The token of the page after ``position``."""
        body = b"".join(map(_packed, position))
        return base64.urlsafe_b64encode(self._seal(body) + body).decode()

    def position(self) -> Position | None:
        """The position in the request's ``NextToken``, or None without one.

        Raises:
            Invalid: the token was not made by this server for such a request.
        """
        token = self._request.get("NextToken")
        if token is None:
            return None
        try:
            sealed = base64.b64decode(token, altchars=b"-_", validate=True)
        except ValueError:
            sealed = b""
        # Base64 leaves bits unused: a token with other unused bits decodes alike, and is refused as altered.
        if base64.urlsafe_b64encode(sealed).decode() != token:
            sealed = b""
        seal, body = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(body)):
            raise Invalid("Invalid NextToken: use the one of the page before, with the same filters and order")
        return tuple(_unpacked(body))

    def _seal(self, body: bytes) -> bytes:
        question = {name: value for name, value in self._request.items() if name not in _OUTSIDE_THE_SEAL}
        return self._key.seal([self._account, self._operation, question], body)


def _packed(value: object) -> bytes:
    """One value: a letter for its form, the length of JSON, and the value."""
    if type(value) is int and value.bit_length() < 64:
        return b"i" + value.to_bytes(8, signed=True)
    if type(value) is str and _UUID.fullmatch(value):
        return b"u" + UUID(value).bytes
    text = orjson.dumps(value)
    return b"j" + len(text).to_bytes(4) + text


def _unpacked(body: bytes) -> Iterator[Any]:
    at = 0
    while at < len(body):
        form, at = body[at : at + 1], at + 1
        size = {b"i": 8, b"u": 16}.get(form)
        if size is None:
            size, at = int.from_bytes(body[at : at + 4]), at + 4
        part, at = body[at : at + size], at + size
        if form == b"i":
            yield int.from_bytes(part, signed=True)
        elif form == b"u":
            yield str(UUID(bytes=part))
        else:
            yield orjson.loads(part)
