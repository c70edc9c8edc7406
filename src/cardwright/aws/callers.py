"""Identifies the caller of a request, as ``--auth`` says: without a check, or by signature."""

import re
from collections.abc import Callable
from typing import Protocol

from cardwright.aws.errors import WireError
from cardwright.aws.sigv4 import SAGEMAKER, Verifier, parse_authorization
from cardwright.core.access_keys import AccessKey, account_of
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Interface, Role
from cardwright.http import Request

_CREDENTIAL = re.compile(r"Credential=([\w+=,.@-]{1,64})/", re.ASCII)
_ANONYMOUS = "anonymous"


class Callers(Protocol):
    def identify(self, request: Request, service: str = SAGEMAKER) -> Actor:
        """The caller of a request to a service. Raises :class:`WireError` for an unknown caller."""


class UncheckedCallers:
    """``--auth none``: every caller is an administrator of one account, with the user name of its credential."""

    def __init__(self, region: str) -> None:
        self._scope = Scope(region, OPEN_ACCOUNT)

    def identify(self, request: Request, service: str = SAGEMAKER) -> Actor:
        del service  # no signature is checked
        named = _CREDENTIAL.search(request.headers.get("authorization", ""))
        user = named[1] if named else _ANONYMOUS
        return Actor(self._scope, user, Role.ADMIN, request.source, request.request_id, _interface(request))


class SignedCallers:
    """``--auth sigv4``: callers sign with an access key of this store.

    Args:
        find_key: returns an access key of an account, also a revoked one.
        secret_of: returns the secret of an access key identifier.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        region: str,
        find_key: Callable[[str, str], AccessKey | None],
        secret_of: Callable[[str], str],
        now: Callable[[], float],
    ) -> None:
        self._region = region
        self._find_key = find_key
        self._verifier = Verifier(region, secret_of, now)

    def identify(self, request: Request, service: str = SAGEMAKER) -> Actor:
        credential, signature = parse_authorization(request.headers.get("authorization"))
        account = account_of(credential.access_key_id)
        key = None if account is None else self._find_key(account, credential.access_key_id)
        if key is None or key.revoked_at is not None or request.headers.get("x-amz-security-token"):
            raise WireError("UnrecognizedClientException", "The security token included in the request is invalid.")
        if not request.verified:
            self._verifier.verify(request, credential, signature, service)
            request.verified = True
        scope = Scope(self._region, key.account)
        return Actor(scope, key.user, key.role, request.source, request.request_id, _interface(request), True)


def _interface(request: Request) -> Interface:
    return Interface.EMBEDDED if request.embedded else Interface.API
