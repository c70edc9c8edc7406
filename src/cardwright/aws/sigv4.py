"""Signature Version 4: verifies the key, time, scope and content of a signed request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html. The canonical request is built as
botocore's ``SigV4Auth`` builds it; the tests compare the two.
"""

import datetime
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from cardwright.aws.errors import WireError
from cardwright.core.names import partition
from cardwright.http import Request

SAGEMAKER = "sagemaker"
STS = "sts"
OBJECTS_SERVICE = "s3"
"""The services that a signature may be for."""

SKEW_SECONDS = 300
_ALGORITHM = "AWS4-HMAC-SHA256"
_FIELDS = ("Credential", "SignedHeaders", "Signature")
# The form of botocore and other SDKs, up to the signature; other forms are parsed part by part.
_USUAL = re.compile(
    rf"{_ALGORITHM} Credential=([^,\s/]+)/([^,\s/]+)/([^,\s/]+)/([^,\s/]+)/([^,\s/]+), SignedHeaders=([^,\s]+)"
)
_USUAL_LENGTH = 512
_SIGNATURE_LENGTH = 64
_DIGEST_HEADER = "x-amz-content-sha256"
_UNSIGNED_PAYLOADS = frozenset({"UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
_TIME = re.compile(r"\d{8}T\d{6}Z")


class Credential(NamedTuple):
    """The key, its scope and the signed headers of an Authorization header."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]


def parse_authorization(value: str | None) -> tuple[Credential, str]:
    """Parse an Authorization header into credential and signature.

    Raises:
        WireError: MissingAuthenticationTokenException without a header, IncompleteSignatureException for another
            form, InvalidSignatureException for signed headers that are not sorted lower-case names.
    """
    if not value:
        raise WireError("MissingAuthenticationTokenException", "Missing Authentication Token")
    head, _, signature = value.rpartition(", Signature=")
    if len(head) <= _USUAL_LENGTH and len(signature) == _SIGNATURE_LENGTH and "," not in signature:
        usual = _usual_credential(head)
        if usual is not None:
            return usual, signature
    algorithm, _, rest = value.partition(" ")
    if algorithm != _ALGORITHM:
        raise _incomplete(f"The Authorization header must begin with {_ALGORITHM}")
    fields = _fields(rest)
    parts = fields["Credential"].split("/")
    if len(parts) != 5:
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term"
        )
    access_key_id, date, region, service, terminator = parts
    headers = _signed_headers(fields["SignedHeaders"])
    return Credential(access_key_id, date, region, service, terminator, headers), fields["Signature"]


def _fields(text: str) -> dict[str, str]:
    """The three fields, each exactly once, and no other."""
    fields: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or any(character.isspace() for character in value):
            raise _incomplete("The Authorization header has a part that is not a valid key=value pair")
        if name not in _FIELDS:
            raise _incomplete(f"The Authorization header takes only {', '.join(_FIELDS)}")
        if name in fields:
            raise _incomplete(f"The Authorization header has '{name}' more than once")
        fields[name] = value
    for name in _FIELDS:
        if not fields.get(name):
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    return fields


def _signed_headers(text: str) -> tuple[str, ...]:
    names = text.split(";")
    if not all(names) or any(before >= after for before, after in pairwise(names)) or text != text.lower():
        raise _wrong("SignedHeaders must be lower-case names of headers in their order, each once, between semicolons")
    return tuple(names)


@lru_cache(maxsize=1024)
def _usual_credential(head: str) -> Credential | None:
    """Parse the start of the Authorization header, which a client repeats all day; None for an unusual form. Cached."""
    usual = _USUAL.fullmatch(head)
    if usual is None:
        return None
    access_key_id, date, region, service, terminator, signed = usual.groups()
    return Credential(access_key_id, date, region, service, terminator, _signed_headers(signed))


# Clients that use the global endpoint of STS sign for its region, whichever region they are configured for.
_GLOBAL_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}

_NEEDED = ("host", "x-amz-date", "x-amz-target")  # must be signed where a request has them


class Verifier:
    """Verifies signatures for one region.

    Args:
        region: the region that credentials must be scoped to.
        secret_of: returns the secret of an access key identifier.
        now: seconds since the epoch.
    """

    def __init__(self, region: str, secret_of: Callable[[str], str], now: Callable[[], float]) -> None:
        self._now = now
        self._regions = {
            SAGEMAKER: (region,),
            OBJECTS_SERVICE: (region,),
            STS: (region, _GLOBAL_REGIONS.get(partition(region), region)),
        }

        @lru_cache(maxsize=4096)
        def signing_key(access_key_id: str, date: str, signed_region: str, service: str) -> hmac.HMAC:
            key = f"AWS4{secret_of(access_key_id)}".encode()
            for part in (date, signed_region, service, "aws4_request"):
                key = hmac.digest(key, part.encode(), hashlib.sha256)
            return hmac.new(key, digestmod=hashlib.sha256)

        self._signing_key = signing_key

    def verify(self, request: Request, credential: Credential, signature: str, service: str = SAGEMAKER) -> None:
        """Raise :class:`WireError`, with AWS's code, unless the request is signed with this credential's key.

        Args:
            service: the service that the request is for.
        """
        self._check_scope(credential, service)
        time = self._check_time(request, credential)
        for needed in _form(credential.signed_headers).unsigned:
            if needed in request.headers:
                raise _wrong(f"'{needed}' must be a 'SignedHeader' in the AWS Authorization.")
        scope = f"{credential.date}/{credential.region}/{service}/aws4_request"
        canonical = canonical_object_request if service == OBJECTS_SERVICE else canonical_request
        digest = hashlib.sha256(canonical(request, credential.signed_headers).encode()).hexdigest()
        to_sign = f"{_ALGORITHM}\n{time}\n{scope}\n{digest}"
        signer = self._signing_key(credential.access_key_id, credential.date, credential.region, service).copy()
        signer.update(to_sign.encode())
        if not hmac.compare_digest(signer.hexdigest().encode(), signature.encode()):
            raise _wrong(
                "The request signature we calculated does not match the signature you provided. Check your AWS"
                " Secret Access Key and signing method. Consult the service documentation for details."
            )

    def _check_scope(self, credential: Credential, service: str) -> None:
        if credential.region not in self._regions[service]:
            raise _wrong(f"Credential should be scoped to a valid region, not '{credential.region}'.")
        if credential.service != service:
            raise _wrong(f"Credential should be scoped to correct service: '{service}'.")
        if credential.terminator != "aws4_request":
            raise _wrong("Credential should be scoped with a valid terminator: 'aws4_request'.")

    def _check_time(self, request: Request, credential: Credential) -> str:
        text = request.headers.get("x-amz-date", "")
        sent = _seconds(text)
        if text[:8] != credential.date:
            raise _wrong("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
        age = self._now() - sent
        if age > SKEW_SECONDS:
            raise _wrong(f"Signature expired: {text} is more than {SKEW_SECONDS // 60} minutes old.")
        if age < -SKEW_SECONDS:
            raise _wrong(f"Signature not yet current: {text} is more than {SKEW_SECONDS // 60} minutes ahead.")
        return text


@lru_cache(maxsize=1024)
def _seconds(text: str) -> float:
    """An X-Amz-Date header as seconds since the epoch."""
    try:
        moment = datetime.datetime.strptime(text + "+0000", "%Y%m%dT%H%M%SZ%z") if _TIME.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise _incomplete("The request needs an X-Amz-Date header, YYYYMMDDTHHMMSSZ")
    return moment.timestamp()


def canonical_request(request: Request, signed_headers: tuple[str, ...]) -> str:
    """The text whose digest the client signs.

    Raises:
        WireError: a signed header is missing.
    """
    path = "/" if request.path == "/" else quote(request.path, safe="/-_.~%")
    return _canonical(request, signed_headers, path, hashlib.sha256(request.body).hexdigest())


def canonical_object_request(request: Request, signed_headers: tuple[str, ...]) -> str:
    """As :func:`canonical_request` for S3, whose paths are encoded once and whose payloads may be unsigned.

    Raises:
        WireError: a signed header is missing, or the payload has another digest than the request states.
    """
    stated = request.headers.get(_DIGEST_HEADER, "")
    if _DIGEST_HEADER not in signed_headers:
        raise _wrong(f"'{_DIGEST_HEADER}' must be a 'SignedHeader' in the AWS Authorization.")
    if stated not in _UNSIGNED_PAYLOADS and stated != hashlib.sha256(request.body).hexdigest():
        raise WireError(
            "XAmzContentSHA256Mismatch", f"The provided '{_DIGEST_HEADER}' header does not match what was computed."
        )
    path = quote(request.path.encode("latin-1"), safe="/-_.~")
    return _canonical(request, signed_headers, path, stated)


def _canonical(request: Request, signed_headers: tuple[str, ...], path: str, payload: str) -> str:
    form = _form(signed_headers)
    try:
        values = form.values(request.headers)
    except KeyError as missing:
        raise _wrong(f"The header {missing.args[0]} is signed and missing") from None
    query = _canonical_query(request.query) if request.query else ""
    headers = form.headers % values
    if " " in headers or "\t" in headers:
        headers = form.headers % tuple(map(_trimmed, values))
    return f"{request.method}\n{path}\n{query}\n{headers}\n{payload}"


class _Form(NamedTuple):
    """A template of the headers in a canonical request.

    Attributes:
        headers: a line for each header with ``%s`` for its value, an empty line, and the names.
        values: takes the values out of a request's headers; raises ``KeyError`` for one that is missing.
        unsigned: the names of headers that must be signed and are not.
    """

    headers: str
    values: Callable[[Mapping[str, str]], tuple[str, ...]]
    unsigned: tuple[str, ...]


def _trimmed(value: str) -> str:
    return " ".join(value.split()) if " " in value or "\t" in value else value


@lru_cache(maxsize=256)
def _form(signed_headers: tuple[str, ...]) -> _Form:
    names = [name.replace("%", "%%") for name in signed_headers]
    only = signed_headers[0]
    values = itemgetter(*signed_headers) if len(signed_headers) > 1 else lambda headers: (headers[only],)
    unsigned = tuple(name for name in _NEEDED if name not in signed_headers)
    return _Form("".join(f"{name}:%s\n" for name in names) + "\n" + ";".join(names), values, unsigned)


def _canonical_query(query: str) -> str:
    pairs = [(quote(key, safe="-_.~"), quote(value, safe="-_.~")) for key, value in parse_qsl(query, True)]
    return "&".join(f"{key}={value}" for key, value in sorted(pairs))


def _incomplete(message: str) -> WireError:
    return WireError("IncompleteSignatureException", message)


def _wrong(message: str) -> WireError:
    return WireError("InvalidSignatureException", message)
