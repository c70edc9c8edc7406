"""What was posted when its session had ended: it waits in the page that asks to sign in, and is sent again after that.

The server keeps nothing of it. The page carries it signed, with the user who wrote it, so that nothing else can be
brought in that way, and nobody else sends it. Passwords and files do not wait: they are asked for again.
"""

from typing import NamedTuple

from flask import render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from cardwright.console.accounts.session_cookie import own_address
from cardwright.console.context import Desk
from cardwright.core.sessions import KEPT

PARKED = "parked"
"""The name of the field that holds it."""

_SALT = "cardwright/parked"
_LONGEST = 4_000_000  # characters, signed
_LEFT_OUT = frozenset({"token"})


class Parked(NamedTuple):
    """A form as it was posted.

    Attributes:
        user: who wrote it; empty when that cannot be told.
        files: whether files were chosen, which are not here.
    """

    user: str
    path: str
    fields: list[tuple[str, str]]
    files: bool


def parked_text(desk: Desk, user: str) -> str:
    """What was posted in this request, for the page that asks to sign in; empty when it is too much to wait there."""
    text = _signer(desk).dumps(_posted(user))
    return text if isinstance(text, str) and len(text) <= _LONGEST else ""


def begin_confirmation() -> tuple[str, int]:
    """The page that asks whether to send what was posted from a page of an earlier session."""
    return resume_page(_posted(""), by_itself=False), 409


def resume_page(parked: Parked, *, by_itself: bool) -> str:
    """The page that sends a form again, at once where scripts run and ``by_itself`` is set."""
    return render_template("resume.html", parked=parked, by_itself=by_itself)


def unparked(desk: Desk, text: str) -> Parked | None:
    """What waited; None when there is nothing, or not of ours."""
    if not text:
        return None
    try:
        user, path, fields, files = _signer(desk).loads(text, max_age=KEPT // 1000)
    except (BadData, ValueError, TypeError):
        return None
    return Parked(user, path, [(key, value) for key, value in fields], files)


def _posted(user: str) -> Parked:
    fields = [
        (key, value)
        for key, value in request.form.items(multi=True)
        if key not in _LEFT_OUT and not key.startswith("password")
    ]
    files = any(file.filename for _, file in request.files.items(multi=True))
    return Parked(user, own_address(request.full_path.removesuffix("?")), fields, files)


def _signer(desk: Desk) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(desk.secret, salt=_SALT)
