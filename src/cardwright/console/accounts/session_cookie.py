"""Who asks for a page: the local user, or whoever the session's cookie names; and where those go who are nobody yet.

The cookie holds the account and a random token. It goes with links from elsewhere (``SameSite=Lax``), so that a link
to a card in a message opens the card: no page changes anything when it is only looked at.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Request, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.sessions import find_session, record_session_use
from cardwright.console.context import Desk, Person, SignIn
from cardwright.console.wording import ROLES
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.sessions import Session

_COOKIE = "cardwright-session"
_VALUE = re.compile(r"([0-9]{12})\.([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODY = "nobody"
_LONGEST = 2000  # characters of an address to come back to


class Known(NamedTuple):
    """The session that a browser named, and whether it still holds."""

    session: Session
    holds: bool


def recognise(desk: Desk) -> None:
    """Find out who asks, for the length of the request: ``g.person`` (None for nobody) and ``g.known``."""
    g.person, g.known = desk.local, None
    if desk.sign_in is None or request.path.startswith("/static/"):
        return
    g.known = _known(desk, desk.sign_in)


def _known(desk: Desk, sign_in: SignIn) -> Known | None:
    named = _VALUE.fullmatch(request.cookies.get(cookie_name(request), ""))
    if named is None:
        return None
    scope = Scope(desk.region, named[1])
    with desk.open_unit(Actor(scope, _NOBODY, Role.VIEWER), writes=False) as unit:
        found = find_session(unit, named[2])
    if found is None:
        return None
    session, now = found.session, desk.now()
    if found.role is None or not session.is_active(now, sign_in.lifetimes):
        return Known(session, holds=False)
    g.person = Person(scope, session.user, found.role, session)
    if now - session.seen_at >= sign_in.lifetimes.record_interval:
        with desk.writing() as unit:
            record_session_use(unit, session)
    return Known(session, holds=True)


def cookie_name(asked: Request) -> str:
    """The cookie's name. Over TLS no other host of the domain can set it."""
    return f"__Host-{_COOKIE}" if asked.is_secure else _COOKIE


def remember(response: Response, account: str, token: str) -> None:
    """Give a browser its session."""
    response.set_cookie(
        cookie_name(request), f"{account}.{token}", path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def forget(response: Response) -> None:
    """Take a browser's session away."""
    response.delete_cookie(cookie_name(request), path="/", secure=request.is_secure, httponly=True, samesite="Lax")


def send_to_sign_in() -> Response:
    """Where somebody goes who asks for a page and is nobody yet. They come back to it."""
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = sign_in_address(f"{shown.path}?{shown.query}" if shown.query else shown.path)
        return answer
    return redirect(sign_in_address(request.full_path.removesuffix("?")), 303)


def sign_in_address(back: str) -> str:
    here = own_address(back)
    return url_for("sign_in.ask") if here == "/" else url_for("sign_in.ask", next=here)


def own_address(text: str) -> str:
    """An address to come back to, when it is a page of ours; else the first page."""
    ours = text.isprintable() and text.startswith("/") and not text.startswith(("//", "/\\"))
    if not ours or len(text) > _LONGEST or text.startswith(("/sign-", "/static/")):
        return "/"
    return text


def offer_role(app: Flask) -> None:
    """Let templates ask what the person may: ``may("author")``."""

    @app.context_processor
    def person() -> dict[str, object]:
        who: Person | None = g.get("person")

        def may(role: str) -> bool:
            return who is not None and who.role.includes(Role(role))

        return {"person": who, "may": may, "user": None if who is None else who.user, "all_roles": ROLES}
