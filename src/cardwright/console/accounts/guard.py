"""The console's door: who may come in, and no other site's page may post here, nor ours run what is not ours.

Every request that changes something carries a token: that of the session where people sign in, else one in a signed
cookie. Browsers that say where a request comes from must say: from here. The headers hold in every mode.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response as AnyResponse

from cardwright.console.accounts import resubmission as parking
from cardwright.console.accounts import session_cookie as visitors
from cardwright.console.accounts import sign_in
from cardwright.console.context import Desk
from cardwright.core.addresses import is_loopback
from cardwright.core.sessions import Session

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
_ONLY_TLS = ("Strict-Transport-Security", "max-age=31536000")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FOR_ANYBODY = frozenset({"static", "blocks", "appearance", "sign_in.ask", "sign_in.enter"})
TOKEN = "token"  # noqa: S105 - the name of a field
_BYTES = 18
_LONGEST_OF_NOBODY = 12_000_000  # bytes that are taken from somebody who never signed in


def guard(app: Flask, desk: Desk) -> None:
    """Check every request, and give every answer its headers."""
    app.session_interface = _SignedCookies()

    @app.before_request
    def check() -> AnyResponse | tuple[str, int] | None:
        visitors.recognise(desk)
        for_anybody = request.endpoint in _FOR_ANYBODY
        nobody = g.person is None and not for_anybody
        if request.method in _SAFE:
            return visitors.send_to_sign_in() if nobody else None
        if not _comes_from_here(request):
            abort(403)
        if desk.sign_in is not None and g.known is None and (request.content_length or 0) > _LONGEST_OF_NOBODY:
            abort(413)
        fits = _has_token(desk, request)
        if not fits and not _says_from_here(request):
            abort(403)
        if nobody:  # what was posted goes on after signing in
            return sign_in.challenge(desk, g.known.session.user if fits and g.known else "")
        if fits:
            return None
        # A page of ours from before a session ended, in a browser where another has begun.
        if for_anybody:
            return redirect("/" if desk.sign_in is None else url_for("sign_in.ask", old="1"), 303)
        return parking.begin_confirmation()

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if request.scheme == "https" and not is_loopback(request.host.rpartition(":")[0] or request.host):
            response.headers.setdefault(*_ONLY_TLS)  # other servers on localhost may have no TLS
        return response


def token(desk: Desk) -> str:
    """The token of every form: masked anew each time, so that compression tells nothing of it."""
    person = g.get("person")
    if person is not None and person.session is not None:
        wanted = _of_session(desk, person.session)
    else:
        if TOKEN not in session:
            session[TOKEN] = secrets.token_bytes(_BYTES).hex()
        wanted = bytes.fromhex(session[TOKEN])
    mask = secrets.token_bytes(_BYTES)
    return base64.urlsafe_b64encode(mask + _mixed(mask, wanted)).decode()


def _comes_from_here(asked: Request) -> bool:
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = asked.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == asked.host


def _says_from_here(asked: Request) -> bool:
    """Whether a browser vouches that the request comes from a page of ours, which it never does for another's."""
    return asked.headers.get("Sec-Fetch-Site") == "same-origin" or "Origin" in asked.headers


def _has_token(desk: Desk, asked: Request) -> bool:
    try:
        given = base64.urlsafe_b64decode(asked.form.get(TOKEN, ""))
    except (binascii.Error, ValueError):
        return False
    if len(given) != 2 * _BYTES:
        return False
    wanted = []
    if g.known is not None:
        wanted.append(_of_session(desk, g.known.session))
    if TOKEN in session and (desk.sign_in is None or asked.endpoint in _FOR_ANYBODY):
        wanted.append(bytes.fromhex(session[TOKEN]))
    unmasked = _mixed(given[:_BYTES], given[_BYTES:])
    return any(hmac.compare_digest(unmasked, one) for one in wanted)


def _of_session(desk: Desk, one: Session) -> bytes:
    return hmac.digest(desk.secret, f"form/{one.account}/{one.digest}".encode(), hashlib.sha256)[:_BYTES]


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


class _SignedCookies(SecureCookieSessionInterface):
    """Flask's session, for toasts and the tokens of those who do not sign in. Over TLS it goes over TLS alone."""

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if request.is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        return request.is_secure
