"""Authentication, CSRF check and security headers of every request.

Every request that changes something carries a token. With sign-in, the token belongs to the session; without, to a
signed cookie. Where a browser sends ``Origin`` or ``Sec-Fetch-Site``, these must name this server.
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

from cardwright.console.accounts import resubmission, session_cookie, sign_in
from cardwright.console.context import PageContext
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
_PUBLIC_ENDPOINTS = frozenset({"static", "console.shared_style", "console.appearance", "sign_in.ask", "sign_in.enter"})
TOKEN = "token"  # noqa: S105 - the name of a field
_BYTES = 18
_MAX_ANONYMOUS_BODY = 12_000_000  # bytes of a request without a session
_MAX_ESCAPES = 1_000_000  # of a form in the body of a request: Python takes 80 bytes or more to decode each


def guard_requests(app: Flask, context: PageContext) -> None:
    """Checks every request, and adds the security headers to every response."""
    app.session_interface = _SignedCookies()

    @app.before_request
    def check() -> AnyResponse | tuple[str, int] | None:
        session_cookie.identify_user(context)
        is_public = request.endpoint in _PUBLIC_ENDPOINTS
        is_anonymous = g.person is None and not is_public
        if request.method in _SAFE:
            return session_cookie.redirect_to_sign_in() if is_anonymous else None
        has_token = _checked_token(context)
        if is_anonymous and request.accept_mimetypes.best == "application/json":
            # A script shows no page. One would set a new token, and end that of the page that a button gets now.
            return "Sign in first.\n", 401
        if is_anonymous:  # the posted form is sent again after sign-in
            return sign_in.challenge(context, g.browser_session.session.user if has_token and g.browser_session else "")
        if has_token:
            return None
        # The page is from an earlier session of this browser, and another session has begun.
        if is_public:
            return redirect("/" if context.sign_in is None else url_for("sign_in.ask", old="1"), 303)
        return resubmission.confirmation_page()

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if request.scheme == "https" and not is_loopback(request.host.rpartition(":")[0] or request.host):
            response.headers.setdefault(*_ONLY_TLS)  # other servers on localhost may have no TLS
        return response


def _checked_token(context: PageContext) -> bool:
    """Whether the posted form has a valid token. Aborts requests of other sites, and large ones without a session."""
    if not _may_be_same_origin(request):
        abort(403)
    has_session = context.sign_in is None or g.browser_session is not None
    if not has_session and (request.content_length or 0) > _MAX_ANONYMOUS_BODY:
        abort(413)
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data(cache=True, parse_form_data=False)
        if body.count(b"%") + body.count(b"&") > _MAX_ESCAPES:
            abort(413)
    has_token = _has_valid_token(context, request)
    if not has_token and not _is_same_origin(request):
        abort(403)
    return has_token


def token(context: PageContext) -> str:
    """The CSRF token of a form, masked with new random bytes so that compressed sizes reveal nothing (BREACH)."""
    person = g.get("person")
    if person is not None and person.session is not None:
        wanted = _session_token(context, person.session)
    else:
        if TOKEN not in session:
            session[TOKEN] = secrets.token_bytes(_BYTES).hex()
        wanted = bytes.fromhex(session[TOKEN])
    mask = secrets.token_bytes(_BYTES)
    return base64.urlsafe_b64encode(mask + _xor(mask, wanted)).decode()


def _may_be_same_origin(asked: Request) -> bool:
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = asked.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == asked.host


def _is_same_origin(asked: Request) -> bool:
    """Whether the browser states that a page of this server sent the request."""
    return asked.headers.get("Sec-Fetch-Site") == "same-origin" or "Origin" in asked.headers


def _has_valid_token(context: PageContext, asked: Request) -> bool:
    try:
        given = base64.urlsafe_b64decode(asked.form.get(TOKEN, ""))
    except (binascii.Error, ValueError):
        return False
    if len(given) != 2 * _BYTES:
        return False
    wanted = []
    if g.browser_session is not None:
        wanted.append(_session_token(context, g.browser_session.session))
    if TOKEN in session and (context.sign_in is None or asked.endpoint in _PUBLIC_ENDPOINTS):
        wanted.append(bytes.fromhex(session[TOKEN]))
    unmasked = _xor(given[:_BYTES], given[_BYTES:])
    return any(hmac.compare_digest(unmasked, one) for one in wanted)


def _session_token(context: PageContext, one: Session) -> bytes:
    return hmac.digest(context.secret, f"form/{one.account}/{one.digest}".encode(), hashlib.sha256)[:_BYTES]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


class _SignedCookies(SecureCookieSessionInterface):
    """Flask's session, for toasts and for tokens without a session. Over TLS its cookie is marked secure."""

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if request.is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        return request.is_secure
