"""People of a server where one signs in: made on its store, as the command line does, and signed in over HTTP."""

from http.cookiejar import Cookie

from playwright.sync_api import BrowserContext

from cardwright.actions.users import create_user
from cardwright.core.access_keys import check_account
from cardwright.core.names import Scope
from cardwright.core.passwords import Passwords
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings
from tests.console.visits import Answer, Visitor
from tests.servers import Server

PASSWORD = "correct horse battery"
ACCOUNT = "000000000000"

_LIGHT_PAGE = "/help"
_hashes: dict[str, str] = {}
_sessions: dict[tuple[str, str], list[Cookie]] = {}
"""The cookies of a person right after signing in, by the server's address and the name."""


def hashed(password: str = PASSWORD) -> str:
    """The hash of a password, made once."""
    if password not in _hashes:
        _hashes[password] = Passwords().hash(password)
    return _hashes[password]


def settings_of(server: Server) -> Settings:
    options = server.store_options
    url = options[options.index("--database-url") + 1] if "--database-url" in options else None
    return Settings(home=server.home, database_url=url)


def add_users(server: Server, account: str = ACCOUNT, **roles: str) -> None:
    """Make people, by name and role."""
    store = open_existing_store(settings_of(server))
    try:
        actor = Actor(Scope(store.region, check_account(account)), "tests", Role.ADMIN)
        with store.open_unit(actor) as unit:
            for name, role in roles.items():
                create_user(unit, name, Role(role), hashed())
    finally:
        store.close()


def sign_in(server: Server, name: str, password: str = PASSWORD, **more: str) -> tuple[Visitor, Answer]:
    """A visitor who tried to sign in, and the answer."""
    visitor = Visitor(server.url)
    visitor.get("/sign-in")
    fields = [("user", name), ("password", password), *more.items()]
    return visitor, visitor.post("/sign-in", fields)


def newly_signed_in(server: Server, name: str) -> Visitor:
    """A visitor with a session of its own: for tests that end sessions, or disable a person."""
    visitor, answer = sign_in(server, name)
    assert answer.status == 200, answer.text[:2000]
    return visitor


def signed_in(server: Server, name: str) -> Visitor:
    """A visitor with an active session of a person, which other visitors may share as tabs of one browser do.

    A new session costs the server twenty times as much, most of it for the password.
    """
    kept = _sessions.get((server.url, name))
    if kept is not None:
        visitor = Visitor(server.url)
        for cookie in kept:
            visitor.cookies.set_cookie(cookie)
        if visitor.get(_LIGHT_PAGE).url == server.url + _LIGHT_PAGE:  # and not the page to sign in
            return visitor
    visitor = newly_signed_in(server, name)
    _sessions[server.url, name] = list(visitor.cookies)
    return visitor


def enter_as(context: BrowserContext, server: Server, visitor: Visitor) -> None:
    """Give a browser's window the session of a visitor."""
    cookies = [(cookie.name, str(cookie.value)) for cookie in visitor.cookies]
    context.add_cookies([{"name": key, "value": value, "url": server.url} for key, value in cookies])
