"""``cardwright demo``: the server with example cards, for one user or for a team."""

import secrets
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from http.client import HTTPException

import click

from cardwright.actions.access_keys import create_key, revoke_key
from cardwright.actions.users import create_user, list_users
from cardwright.cli.options import settings_options
from cardwright.cli.serve import address_of, run
from cardwright.cli.store import administrator
from cardwright.core.errors import CardwrightError
from cardwright.core.names import OPEN_ACCOUNT
from cardwright.core.people import Role
from cardwright.core.users import user_key
from cardwright.server.stores import open_store
from cardwright.settings import Settings

_TEAM = {"ana": Role.AUTHOR, "ben": Role.APPROVER, "mei": Role.APPROVER, "dora": Role.ADMIN}
"""The people of the demo for a team."""

_POLICY = "four-eyes"
_LOADER = "demo"  # the program whose key loads the examples


@click.command()
@click.option("--team", is_flag=True, help="With four people who sign in, signed requests and the policy four-eyes.")
@settings_options()
def demo(settings: Settings, team: bool) -> None:
    """Start a server with five example cards and a small registry, which are loaded through the API."""
    if settings.auth != "none" and not team:
        raise click.UsageError(
            f"The demo is local and needs no keys, but --auth is {settings.auth}: omit it, add --team, or"
            " start `cardwright serve` with it."
        )
    keys = _open_keys
    if team:
        settings = replace(settings, auth="sigv4")
        settings.check()
        _make_people(settings)
        keys = partial(_loader_key, settings)
    address = address_of(settings)
    policy = _POLICY if team else None
    threading.Thread(target=_load_examples, args=(address, settings.region, keys, policy), daemon=True).start()
    run(settings)


@contextmanager
def _open_keys() -> Iterator[tuple[str, str]]:
    yield "demo", "demo"  # --auth none checks no secret


@contextmanager
def _loader_key(settings: Settings) -> Iterator[tuple[str, str]]:
    """Create an access key for the length of a block."""
    with closing(open_store(settings)) as store:
        actor = administrator(store, OPEN_ACCOUNT)
        with store.open_unit(actor) as unit:
            key = create_key(unit, _LOADER, Role.ADMIN)
        yield key.access_key_id, store.server_key.secret_access_key(key.access_key_id)
        with store.open_unit(actor) as unit:
            revoke_key(unit, key.access_key_id)


def _make_people(settings: Settings) -> None:
    """Create the people who are missing, each with a new password, and print the passwords."""
    from cardwright.core.passwords import Passwords

    passwords, made = Passwords(), {}
    with closing(open_store(settings)) as store:
        actor = administrator(store, OPEN_ACCOUNT)
        with store.open_unit(actor, writes=False) as unit:
            present = {user_key(user.name) for user in list_users(unit)}
        missing = [name for name in _TEAM if user_key(name) not in present]
        for name in missing:
            made[name] = secrets.token_urlsafe(12)
            try:
                hashed = passwords.hash(made[name])
            except ImportError as error:
                raise CardwrightError("The server needs an extra: pip install 'cardwright[server]'") from error
            with store.open_unit(actor) as unit:
                create_user(unit, name, _TEAM[name], hashed)
    for name, role in _TEAM.items():
        word = f"password {made[name]}" if name in made else "password of an earlier start"
        click.echo(f"{name}, {role}: {word}", err=True)


def _load_examples(
    address: str, region: str, keys: Callable[[], AbstractContextManager[tuple[str, str]]], policy: str | None
) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    while not _ready(address):
        time.sleep(0.1)
    try:
        with keys() as (access_key, secret):
            made = _made_examples(address, region, access_key, secret, policy)
    except (BotoCoreError, ClientError) as error:  # the demo stops while it loads, or the disk is full
        click.echo(f"Not all examples are loaded: {error}", err=True)
        return
    loaded = f"{len(made)} example cards and registry entries" if made else "The examples of an earlier start"
    click.echo(f"{loaded} are loaded. List the cards with: cardwright card list --endpoint-url {address}", err=True)
    click.echo(f"Open {address}", err=True)


def _made_examples(address: str, region: str, access_key: str, secret: str, policy: str | None) -> list[str]:
    import boto3
    from botocore.config import Config

    from cardwright.client.own_client import own_client
    from cardwright.core.policy.presets import preset_text
    from cardwright.examples import load
    from cardwright.examples.registry import load_registry

    client = boto3.client(
        "sagemaker",
        endpoint_url=address,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )
    made = load(client) + load_registry(client)
    if policy is not None and made:  # later starts keep the policies that the team has now
        own_client(client).put_review_policy(PolicyDocument=preset_text(policy))
    return made


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310 - the local server
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False
