"""The device cookie: which users signed in with this browser before.

The cookie has one mark per user, for the users who signed in last: a random identifier and its signature, which
covers the user's account and name. A mark does not replace the password. It gives the browser a failure counter of
its own, so that failed sign-ins in unknown browsers do not lock the user out.
"""

import base64
import hashlib
import hmac
import re
import secrets

from flask import request
from werkzeug.wrappers import Response

from cardwright.console.context import PageContext
from cardwright.core.users import user_key

_COOKIE = "cardwright-device"
_MARK = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})", re.ASCII)
_BETWEEN = ":"
PEOPLE = 5
"""The most users that one browser has marks for."""
_BYTES = 16
_YEAR = 365 * 24 * 3600


def known_device(context: PageContext, account: str, user: str) -> str | None:
    """The identifier of this browser for a user who signed in with it before; None for other users."""
    return next((device for device, signature in _held() if _is_valid(context, device, signature, account, user)), None)


def remember_device(context: PageContext, response: Response, account: str, user: str) -> None:
    """Sets the browser's mark for a user who signs in; it expires in a year."""
    device = known_device(context, account, user) or secrets.token_urlsafe(_BYTES)
    others = [f"{held}.{signature}" for held, signature in _held() if held != device]
    marks = [f"{device}.{_signature(context, device, account, user)}", *others]
    response.set_cookie(
        _cookie_name(),
        _BETWEEN.join(marks[:PEOPLE]),
        max_age=_YEAR,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _held() -> list[tuple[str, str]]:
    """The marks in this browser's cookie, newest first, each with its signature, which is not yet checked."""
    texts = request.cookies.get(_cookie_name(), "").split(_BETWEEN, PEOPLE)[:PEOPLE]
    return [(mark[1], mark[2]) for mark in map(_MARK.fullmatch, texts) if mark is not None]


def _is_valid(context: PageContext, device: str, signature: str, account: str, user: str) -> bool:
    return hmac.compare_digest(signature, _signature(context, device, account, user))


def _cookie_name() -> str:
    return f"__Host-{_COOKIE}" if request.is_secure else _COOKIE


def _signature(context: PageContext, device: str, account: str, user: str) -> str:
    signed = hmac.digest(context.secret, f"device/{device}/{account}/{user_key(user)}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")
