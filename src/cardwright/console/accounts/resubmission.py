"""Keeps a form that was posted after its session expired, and submits it again after sign-in.

The sign-in page carries the form, signed together with its user; the server stores nothing. The signature keeps other
forms out, and another user's form is not submitted. Passwords and files are not kept: the user enters them again.
"""

from typing import NamedTuple

from flask import render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from cardwright.console.accounts.session_cookie import local_address
from cardwright.console.context import PageContext
from cardwright.core.sessions import KEPT

FIELD = "unsent"
"""The name of the hidden field that holds the signed form."""

_SALT = "cardwright/unsent"
_MAX_SIGNED = 4_000_000  # characters, signed
_LEFT_OUT = frozenset({"token"})


class UnsentForm(NamedTuple):
    """A form as it was posted.

    Attributes:
        user: the user who wrote it; empty when unknown.
        files: whether files were chosen; they are not kept.
    """

    user: str
    path: str
    fields: list[tuple[str, str]]
    files: bool


def signed_form(context: PageContext, user: str) -> str:
    """The form of this request, signed, for the sign-in page; empty when it is too large."""
    text = _signer(context).dumps(_posted(user))
    return text if isinstance(text, str) and len(text) <= _MAX_SIGNED else ""


def confirmation_page() -> tuple[str, int]:
    """The page that asks whether to submit a form from a page of an earlier session."""
    return resubmission_page(_posted(""), by_itself=False), 409


def resubmission_page(unsent: UnsentForm, *, by_itself: bool) -> str:
    """The page that submits a form again; a script does so at once when ``by_itself`` is set."""
    return render_template("resume.html", unsent=unsent, by_itself=by_itself)


def unsent_form(context: PageContext, text: str) -> UnsentForm | None:
    """The form in a signed text; None when the text is empty, or its signature is invalid or expired."""
    if not text:
        return None
    try:
        user, path, fields, files = _signer(context).loads(text, max_age=KEPT // 1000)
    except (BadData, ValueError, TypeError):
        return None
    return UnsentForm(user, path, [(key, value) for key, value in fields], files)


def _posted(user: str) -> UnsentForm:
    fields = [
        (key, value)
        for key, value in request.form.items(multi=True)
        if key not in _LEFT_OUT and not key.startswith("password")
    ]
    files = any(file.filename for _, file in request.files.items(multi=True))
    return UnsentForm(user, local_address(request.full_path.removesuffix("?")), fields, files)


def _signer(context: PageContext) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(context.secret, salt=_SALT)
