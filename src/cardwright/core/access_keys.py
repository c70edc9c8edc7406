"""The server key, and the access keys whose secrets come from it.

No secret is stored: the secret of an access key is an HMAC of its identifier under the server key, so a stolen
database reveals none. As in AWS, the identifier contains the account, so a key is looked up under its account.
"""

import base64
import hashlib
import hmac
import os
import re
from functools import lru_cache
from typing import NamedTuple

from cardwright.core.errors import Invalid
from cardwright.core.people import Role

_ID = re.compile(r"AKCW[A-Z2-7]{16}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_USER = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_MINIMUM_BYTES = 32


class ServerKey:
    """The one secret of a server or cluster: 32 random bytes, stored outside the database."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def generate(cls) -> "ServerKey":
        """A new key of random bytes."""
        return cls(os.urandom(_MINIMUM_BYTES))

    @classmethod
    def from_text(cls, text: str) -> "ServerKey":
        """Decode base64 of at least 32 bytes.

        Raises:
            Invalid: any other text.
        """
        try:
            secret = base64.b64decode(text.strip(), validate=True)
        except ValueError:
            secret = b""
        if len(secret) < _MINIMUM_BYTES:
            raise Invalid("The server key is not base64 of at least 32 bytes; make one with: openssl rand -base64 32")
        return cls(secret)

    def to_text(self) -> str:
        """The key in base64, as :meth:`from_text` reads it."""
        return base64.b64encode(self._secret).decode()

    def derive(self, purpose: str) -> bytes:
        """Derive a key of 32 bytes for one purpose; keys of different purposes are independent."""
        return hmac.digest(self._secret, f"cardwright/{purpose}".encode(), hashlib.sha256)

    @property
    def fingerprint(self) -> str:
        """A short digest of the key. The database stores it to detect a wrong key."""
        return self.derive("fingerprint").hex()[:16]

    def secret_access_key(self, access_key_id: str) -> str:
        """The secret of an access key: 40 characters, like those of AWS."""
        return base64.b64encode(self.derive(f"secret-access-key/{access_key_id}"))[:40].decode()


class AccessKey(NamedTuple):
    """A key that signs the requests of a program. Times are milliseconds since the epoch."""

    account: str
    access_key_id: str
    user: str
    role: Role
    created_at: int
    revoked_at: int | None = None


def new_access_key_id(account: str) -> str:
    """Return ``AKCW`` and 16 letters or digits: eight encode the account, eight are random."""
    return "AKCW" + base64.b32encode(int(account).to_bytes(5) + os.urandom(5)).decode()


@lru_cache(maxsize=4096)
def account_of(access_key_id: str) -> str | None:
    """Return the account in an access key identifier, or None for an identifier of another system."""
    if not _ID.fullmatch(access_key_id):
        return None
    return f"{int.from_bytes(base64.b32decode(access_key_id[4:])[:5]):012d}"


def check_account(account: str) -> str:
    """Raise :class:`Invalid` unless ``account`` is twelve digits."""
    if not _ACCOUNT.fullmatch(account):
        raise Invalid("An account is twelve digits, such as 123456789012")
    return account


def is_user(text: str) -> bool:
    """Whether a text is a user name that IAM accepts."""
    return _USER.fullmatch(text) is not None


def check_user(user: str) -> str:
    """Raise :class:`Invalid` unless ``user`` is a name that IAM accepts."""
    if not is_user(user):
        raise Invalid("A user name is 1 to 64 letters, digits or characters of +=,.@-_")
    return user
