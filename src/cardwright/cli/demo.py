"""``cardwright demo``: the server with example cards."""

import threading
import time
import urllib.request
from http.client import HTTPException

import click

from cardwright.cli.options import settings_options
from cardwright.cli.serve import address_of, run
from cardwright.settings import Settings


@click.command()
@settings_options()
def demo(settings: Settings) -> None:
    """Start a server with five example cards and a small registry, which are loaded through the API."""
    if settings.auth != "none":
        raise click.UsageError(
            f"The demo is local and needs no keys, but --auth is {settings.auth}: omit it, or"
            " start `cardwright serve` with it."
        )
    address = address_of(settings)
    threading.Thread(target=_load_examples, args=(address, settings.region), daemon=True).start()
    run(settings)


def _load_examples(address: str, region: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    while not _ready(address):
        time.sleep(0.1)
    try:
        made = _made_examples(address, region)
    except (BotoCoreError, ClientError) as error:  # the demo stops while it loads, or the disk is full
        click.echo(f"Not all examples are loaded: {error}", err=True)
        return
    loaded = f"{len(made)} example cards and registry entries" if made else "The examples of an earlier start"
    click.echo(f"{loaded} are loaded. List the cards with: cardwright card list --endpoint-url {address}", err=True)
    click.echo(f"Open {address}", err=True)


def _made_examples(address: str, region: str) -> list[str]:
    import boto3
    from botocore.config import Config

    from cardwright.examples import load
    from cardwright.examples.registry import load_registry

    client = boto3.client(
        "sagemaker",
        endpoint_url=address,
        region_name=region,
        aws_access_key_id="demo",
        aws_secret_access_key="demo",  # noqa: S106 - --auth none checks no secret
        config=Config(retries={"total_max_attempts": 1}),
    )
    return load(client) + load_registry(client)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310 - the local server
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False
