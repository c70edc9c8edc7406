"""Commands for a whole store, and the command that prints the content schema."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from cardwright.cli.options import store_options
from cardwright.core.access_keys import check_account
from cardwright.core.content import schema_text
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Interface, Role
from cardwright.server import stores
from cardwright.server.local_user import local_user
from cardwright.settings import Settings
from cardwright.storage.store import Store
from cardwright.storage.unit import Unit

_SOURCE = "command line"


def administrator(store: Store, account: str) -> Actor:
    """Return the local user as an administrator. A user who can write to the store's files has every permission.

    Raises:
        Invalid: the account is not twelve digits.
    """
    return Actor(
        Scope(store.region, check_account(account)), local_user(), Role.ADMIN, _SOURCE, interface=Interface.COMMAND_LINE
    )


@contextmanager
def account_unit(settings: Settings, account: str, *, writes: bool = True, make: bool = False) -> Iterator[Unit]:
    """Open a unit of work in an account of a store, as its administrator. Closes the store at the end.

    Args:
        writes: whether the unit may change anything.
        make: whether a missing store is created.
    """
    open_it = stores.open_store if make else stores.open_existing_store
    with (
        closing(open_it(settings, writes=writes)) as store,
        store.open_unit(administrator(store, account), writes=writes) as unit,
    ):
        yield unit


@click.command()
@store_options
def migrate(settings: Settings) -> None:
    """Migrate the database to the schema of this version. The embedded store migrates itself."""
    stores.migrate(settings)
    click.echo("The database has the schema of this version.")


@click.command()
def schema() -> None:
    """Print the JSON Schema of card content."""
    click.echo(schema_text(), nl=False)
