"""Browsers in which somebody signed in before: each holds a cookie that says so, to this server alone.

The cookie has a mark for each of the people who signed in there last: a random identifier, signed together with the
person's account and name, which it does not tell. Whoever holds a mark gets in no sooner: a password is asked for as
before. But tries for that person count apart from strangers'.
"""

import base64
import hashlib
import hmac
import re
import secrets

from flask import request
from werkzeug.wrappers import Response

from cardwright.console.context import Desk
from cardwright.core.users import user_key

_COOKIE = "cardwright-device"
_MARK = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})", re.ASCII)
_BETWEEN = ":"
PEOPLE = 5
"""Whom a browser knows: those who signed in there last."""
_BYTES = 16
_YEAR = 365 * 24 * 3600


def known_device(desk: Desk, account: str, user: str) -> str | None:
    """What identifies this browser for a person who has signed in with it before; None for others."""
    return next((device for device, signature in _held() if _is_of(desk, device, signature, account, user)), None)


def remember_device(desk: Desk, response: Response, account: str, user: str) -> None:
    """Let a browser in which somebody signs in hold their mark, for a year from now."""
    device = known_device(desk, account, user) or secrets.token_urlsafe(_BYTES)
    others = [f"{held}.{signature}" for held, signature in _held() if held != device]
    marks = [f"{device}.{_signature(desk, device, account, user)}", *others]
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
    """The marks in this browser's cookie, the newest first, each with its signature, true or not."""
    texts = request.cookies.get(_cookie_name(), "").split(_BETWEEN, PEOPLE)[:PEOPLE]
    return [(mark[1], mark[2]) for mark in map(_MARK.fullmatch, texts) if mark is not None]


def _is_of(desk: Desk, device: str, signature: str, account: str, user: str) -> bool:
    return hmac.compare_digest(signature, _signature(desk, device, account, user))


def _cookie_name() -> str:
    return f"__Host-{_COOKIE}" if request.is_secure else _COOKIE


def _signature(desk: Desk, device: str, account: str, user: str) -> str:
    signed = hmac.digest(desk.secret, f"device/{device}/{account}/{user_key(user)}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")
