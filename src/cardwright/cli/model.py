"""``cardwright model``: registered models on a server."""

from typing import Any

import click

from cardwright.cli import pages, registry_pages
from cardwright.cli.lists import all_of, as_json, described, list_options
from cardwright.cli.server import server_options


@click.group()
def model() -> None:
    """Registered models on a server."""


@model.command("list")
@list_options
def list_models(client: Any, order: dict[str, Any], as_json: bool) -> None:
    """List models."""
    models = all_of(client, "list_models", "Models", order)
    pages.as_json(models) if as_json else pages.show(models, registry_pages.model_table)


@model.command()
@click.argument("name")
@as_json
@server_options
def show(client: Any, name: str, as_json: bool) -> None:
    """Show a model with its tags."""
    found = described(client, "describe_model", "ModelArn", ModelName=name)
    pages.as_json(found) if as_json else pages.show(found, registry_pages.page)
