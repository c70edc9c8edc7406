"""People of a server where one signs in: made on its store, as the command line does, and signed in over HTTP."""

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

_hashes: dict[str, str] = {}


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


def signed_in(server: Server, name: str) -> Visitor:
    """A visitor who signed in."""
    visitor, answer = sign_in(server, name)
    assert answer.status == 200, answer.text[:2000]
    return visitor
