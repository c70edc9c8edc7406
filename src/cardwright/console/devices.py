"""Browsers in which somebody signed in before: each holds a cookie that says so, to this server alone.

The cookie is a random identifier, signed together with the person's account and name, which it does not tell. Whoever
holds it gets in no sooner: a password is asked for as before. But tries for that person count apart from strangers'.
"""

import base64
import hashlib
import hmac
import re
import secrets

from flask import request
from werkzeug.wrappers import Response

from cardwright.console.desk import Desk
from cardwright.core.users import user_key

_COOKIE = "cardwright-device"
_VALUE = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})", re.ASCII)
_BYTES = 16
_YEAR = 365 * 24 * 3600


def known_device(desk: Desk, account: str, user: str) -> str | None:
    """What identifies this browser, when that person has signed in with it before."""
    held = _VALUE.fullmatch(request.cookies.get(_cookie_name(), ""))
    if held is None or not hmac.compare_digest(held[2], _signature(desk, held[1], account, user)):
        return None
    return held[1]


def remember_device(desk: Desk, response: Response, account: str, user: str) -> None:
    """Let a browser in which somebody signs in hold the cookie, for a year from now."""
    device = known_device(desk, account, user) or secrets.token_urlsafe(_BYTES)
    response.set_cookie(
        _cookie_name(),
        f"{device}.{_signature(desk, device, account, user)}",
        max_age=_YEAR,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _cookie_name() -> str:
    return f"__Host-{_COOKIE}" if request.is_secure else _COOKIE


def _signature(desk: Desk, device: str, account: str, user: str) -> str:
    signed = hmac.digest(desk.secret, f"device/{device}/{account}/{user_key(user)}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")
