"""Resolves the session cookie to a user, and redirects anonymous requests to sign-in.

The cookie has the account and a random token. Browsers send it with links from other sites (``SameSite=Lax``), so
that a link to a card in a message opens the card. That is safe, because no GET request changes anything.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Request, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.sessions import find_session, record_session_use
from cardwright.console.context import PageContext, Person, SignIn
from cardwright.console.wording import ROLES
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.sessions import Session

_COOKIE = "cardwright-session"
_VALUE = re.compile(r"([0-9]{12})\.([A-Za-z0-9_-]{43})", re.ASCII)
_ANONYMOUS = "anonymous"
_MAX_ADDRESS = 2000  # characters of an address to come back to


class BrowserSession(NamedTuple):
    """The session that the browser's cookie names, and whether it is still valid."""

    session: Session
    valid: bool


def identify_user(context: PageContext) -> None:
    """Sets ``g.person`` (None for an anonymous request) and ``g.browser_session`` for this request."""
    g.person, g.browser_session = context.local, None
    if context.sign_in is None or request.path.startswith("/static/"):
        return
    g.browser_session = _browser_session(context, context.sign_in)


def _browser_session(context: PageContext, sign_in: SignIn) -> BrowserSession | None:
    named = _VALUE.fullmatch(request.cookies.get(cookie_name(request), ""))
    if named is None:
        return None
    scope = Scope(context.region, named[1])
    with context.open_unit(Actor(scope, _ANONYMOUS, Role.VIEWER), writes=False) as unit:
        found = find_session(unit, named[2])
    if found is None:
        return None
    session, now = found.session, context.now()
    if found.role is None or not session.is_active(now, sign_in.lifetimes):
        return BrowserSession(session, valid=False)
    g.person = Person(scope, session.user, found.role, session)
    if now - session.seen_at >= sign_in.lifetimes.record_interval:
        with context.writing() as unit:
            record_session_use(unit, session)
    return BrowserSession(session, valid=True)


def cookie_name(asked: Request) -> str:
    """The cookie's name. Over TLS no other host of the domain can set it."""
    return f"__Host-{_COOKIE}" if asked.is_secure else _COOKIE


def set_session_cookie(response: Response, account: str, token: str) -> None:
    """Sets the browser's session cookie."""
    response.set_cookie(
        cookie_name(request), f"{account}.{token}", path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def delete_session_cookie(response: Response) -> None:
    """Deletes the browser's session cookie."""
    response.delete_cookie(cookie_name(request), path="/", secure=request.is_secure, httponly=True, samesite="Lax")


def redirect_to_sign_in() -> Response:
    """The redirect of an anonymous request to sign-in, which leads back to the page."""
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = sign_in_address(f"{shown.path}?{shown.query}" if shown.query else shown.path)
        return answer
    return redirect(sign_in_address(request.full_path.removesuffix("?")), 303)


def sign_in_address(back: str) -> str:
    here = local_address(back)
    return url_for("sign_in.ask") if here == "/" else url_for("sign_in.ask", next=here)


def local_address(text: str) -> str:
    """An address when it is a page of this console; else the first page."""
    is_local = text.isprintable() and text.startswith("/") and not text.startswith(("//", "/\\"))
    if not is_local or len(text) > _MAX_ADDRESS or text.startswith(("/sign-", "/static/")):
        return "/"
    return text


def add_template_helpers(app: Flask) -> None:
    """Adds ``may("author")``, which checks the user's role, and the user to all templates."""

    @app.context_processor
    def person() -> dict[str, object]:
        who: Person | None = g.get("person")

        def may(role: str) -> bool:
            return who is not None and who.role.includes(Role(role))

        return {"person": who, "may": may, "user": None if who is None else who.user, "all_roles": ROLES}
