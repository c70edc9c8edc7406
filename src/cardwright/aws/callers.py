"""Who calls: the two ways to tell, and the actor that each gives."""

import re
from collections.abc import Callable
from typing import Protocol

from cardwright.aws.errors import WireError
from cardwright.aws.sigv4 import SAGEMAKER, SignedRequest, Verifier, parse_authorization
from cardwright.core.access_keys import AccessKey, account_of
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role

_CREDENTIAL = re.compile(r"Credential=([\w+=,.@-]{1,64})/", re.ASCII)
_NAMELESS = "anonymous"


class Callers(Protocol):
    def identify(self, request: SignedRequest, source: str, request_id: str, service: str = SAGEMAKER) -> Actor:
        """The caller of a request to a service. Raises :class:`WireError` for a caller that is not known."""


class OpenDoor:
    """``--auth none``: everybody is an administrator of one account, under the name their credential gives."""

    def __init__(self, region: str) -> None:
        self._scope = Scope(region, OPEN_ACCOUNT)

    def identify(self, request: SignedRequest, source: str, request_id: str, service: str = SAGEMAKER) -> Actor:
        del service  # no signature is checked
        named = _CREDENTIAL.search(request.environ.get("HTTP_AUTHORIZATION") or "")
        return Actor(self._scope, named[1] if named else _NAMELESS, Role.ADMIN, source, request_id)


class SignedDoor:
    """``--auth sigv4``: callers sign with an access key of this store.

    Args:
        find_key: gives the access key of an account, whatever its state.
        secret_of: gives the secret of an access key identifier.
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

    def identify(self, request: SignedRequest, source: str, request_id: str, service: str = SAGEMAKER) -> Actor:
        credential, signature = parse_authorization(request.environ.get("HTTP_AUTHORIZATION"))
        account = account_of(credential.access_key_id)
        key = None if account is None else self._find_key(account, credential.access_key_id)
        if key is None or key.revoked_at is not None or request.environ.get("HTTP_X_AMZ_SECURITY_TOKEN"):
            raise WireError("UnrecognizedClientException", "The security token included in the request is invalid.")
        self._verifier.verify(request, credential, signature, service)
        return Actor(Scope(self._region, key.account), key.user, key.role, source, request_id)
