"""Paging tokens: a list's position, sealed and enciphered: it says nothing to the client and cannot be altered by it.

A token belongs to one account, one operation and one set of filters. The seal, which is of what is enciphered, is also
what it is enciphered with beside the key (the construction of RFC 5297): no two positions are enciphered alike.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import Invalid
from cardwright.core.listing import Position

_SEAL_BYTES = 16
_NOT_THE_QUESTION = frozenset({"NextToken", "MaxResults"})


class Pager:
    """Seals and opens the tokens of a server, or of all servers that share its key."""

    def __init__(self, server_key: ServerKey) -> None:
        self._key = server_key.derive("paging-tokens")
        self._cipher_key = server_key.derive("paging-ciphers")

    def seal(self, account: str, operation: str, request: Mapping[str, Any], position: Position) -> str:
        """The token for going on after ``position``."""
        body = orjson.dumps(position)
        seal = self._seal(account, operation, request, body)
        return base64.urlsafe_b64encode(seal + self._ciphered(seal, body)).decode()

    def open(self, account: str, operation: str, request: Mapping[str, Any]) -> Position | None:
        """The position in a request's ``NextToken``, or None without one.

        Raises:
            Invalid: the token was not made by this server for this question.
        """
        token = request.get("NextToken")
        if token is None:
            return None
        try:
            sealed = base64.b64decode(token, altchars=b"-_", validate=True)
        except ValueError:
            sealed = b""
        # Text that decodes alike is not the same token: base64 leaves bits unused that anyone could alter.
        if base64.urlsafe_b64encode(sealed).decode() != token:
            sealed = b""
        seal = sealed[:_SEAL_BYTES]
        body = self._ciphered(seal, sealed[_SEAL_BYTES:])
        if not hmac.compare_digest(seal, self._seal(account, operation, request, body)):
            raise Invalid("Invalid NextToken: use the one of the page before, with the same filters and order")
        return tuple(orjson.loads(body))

    def _ciphered(self, seal: bytes, body: bytes) -> bytes:
        """Encipher, or decipher, which is the same."""
        stream = hashlib.shake_256(self._cipher_key + seal).digest(len(body))
        return (int.from_bytes(body) ^ int.from_bytes(stream)).to_bytes(len(body))

    def _seal(self, account: str, operation: str, request: Mapping[str, Any], body: bytes) -> bytes:
        question = {name: value for name, value in request.items() if name not in _NOT_THE_QUESTION}
        message = orjson.dumps([account, operation, question], option=orjson.OPT_SORT_KEYS) + b"\n" + body
        return hmac.digest(self._key, message, hashlib.sha256)[:_SEAL_BYTES]
