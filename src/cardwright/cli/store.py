"""Commands on a store as a whole, and the content schema."""

import click

from cardwright.cli.options import store_options
from cardwright.core.access_keys import check_account
from cardwright.core.content import schema_text
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server import stores
from cardwright.server.local_user import local_user
from cardwright.settings import Settings
from cardwright.storage.store import Store

_SOURCE = "command line"


def administrator(store: Store, account: str) -> Actor:
    """Who sits at this machine, as an administrator: whoever can write to a store may do everything in it.

    Raises:
        Invalid: the account is not twelve digits.
    """
    return Actor(Scope(store.region, check_account(account)), local_user(), Role.ADMIN, _SOURCE)


@click.command()
@store_options
def migrate(settings: Settings) -> None:
    """Bring the database to this version's schema. The embedded store does so by itself."""
    stores.migrate(settings)
    click.echo("The database has this version's schema.")


@click.command()
def schema() -> None:
    """Print the JSON Schema that card content is checked against."""
    click.echo(schema_text(), nl=False)
