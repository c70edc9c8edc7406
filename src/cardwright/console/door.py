"""The console's door: no other site's page may post here, and no page of ours runs or loads what is not ours.

Every request that changes something carries the token of the session; browsers that say where a request comes from
must say: from here. The headers hold in every mode, ``--auth none`` included.
"""

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, request, session

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = "token"  # noqa: S105 - the name of a field
_BYTES = 18


def guard(app: Flask) -> None:
    """Check every request that changes something, and give every answer its headers."""

    @app.before_request
    def check() -> None:
        if request.method not in _SAFE and not (_comes_from_here(request) and _has_token(request)):
            abort(403)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def token() -> str:
    """The session's token, which every form carries: masked anew each time, so that compression tells nothing of it."""
    if TOKEN not in session:
        session[TOKEN] = secrets.token_bytes(_BYTES).hex()
    mask = secrets.token_bytes(_BYTES)
    return base64.urlsafe_b64encode(mask + _mixed(mask, bytes.fromhex(session[TOKEN]))).decode()


def _comes_from_here(asked: Request) -> bool:
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = asked.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == asked.host


def _has_token(asked: Request) -> bool:
    try:
        given = base64.urlsafe_b64decode(asked.form.get(TOKEN, ""))
    except (binascii.Error, ValueError):
        return False
    if TOKEN not in session or len(given) != 2 * _BYTES:
        return False
    return hmac.compare_digest(_mixed(given[:_BYTES], given[_BYTES:]), bytes.fromhex(session[TOKEN]))


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
