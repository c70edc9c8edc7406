"""``cardwright model``: registered models on a server."""

import click

from cardwright.cli import pages, registry_pages
from cardwright.cli.lists import Order, all_of, as_json, list_options, with_tags
from cardwright.cli.server import server_options
from cardwright.client.sagemaker import SageMaker


@click.group()
def model() -> None:
    """Registered models on a server."""


@model.command("list")
@list_options
def list_models(client: SageMaker, order: Order, as_json: bool) -> None:
    """List models."""
    models = all_of(client.get_paginator("list_models"), lambda page: page["Models"], order)
    pages.as_json(models) if as_json else pages.show(models, registry_pages.model_table)


@model.command()
@click.argument("name")
@as_json
@server_options
def show(client: SageMaker, name: str, as_json: bool) -> None:
    """Show a model with its tags."""
    model = client.describe_model(ModelName=name)
    found = with_tags(client, model, model["ModelArn"])
    pages.as_json(found) if as_json else pages.show(found, registry_pages.page)
