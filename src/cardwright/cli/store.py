"""Commands on a store as a whole, and the content schema."""

import click

from cardwright import app
from cardwright.cli.options import store_options
from cardwright.core.content import schema_text
from cardwright.settings import Settings


@click.command()
@store_options
def migrate(settings: Settings) -> None:
    """Bring the database to this version's schema. The embedded store does so by itself."""
    app.migrate(settings)
    click.echo("The database has this version's schema.")


@click.command()
def schema() -> None:
    """Print the JSON Schema that card content is checked against."""
    click.echo(schema_text(), nl=False)
