"""``cardwright key``: access keys, created and revoked in the store."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import closing

import click
from rich.console import RenderableType

from cardwright.actions.access_keys import create_key, keys_of, revoke_key
from cardwright.cli import pages
from cardwright.cli.lists import as_json
from cardwright.cli.options import account_option, if_missing_option, role_option, store_options
from cardwright.cli.store import administrator
from cardwright.core.access_keys import AccessKey, account_of, check_account
from cardwright.core.errors import NotFound
from cardwright.core.people import Role
from cardwright.server.stores import open_existing_store, open_store
from cardwright.settings import Settings


@click.group()
def key() -> None:
    """Access keys, with which programs sign their requests."""


@key.command()
@store_options
@account_option
@click.option("--user", required=True, help="The user of the key, as cards and the audit log show it.")
@role_option
@if_missing_option
@as_json
def create(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    settings: Settings, account: str, user: str, role: str, if_missing: bool, as_json: bool
) -> None:
    """Create an access key and print it. Its secret is shown only once.

    With --if-missing, nothing is created if the user already has an active key with this role. Its secret is not
    shown again.
    """
    with closing(open_store(settings)) as store:
        with store.open_unit(administrator(store, account)) as unit:
            active = keys_of(unit, user) if if_missing else []
            found = next((one for one in active if one.role is Role(role)), None)
            made = found or create_key(unit, user, Role(role))
        if found is not None:
            message = f"{user} has the active access key {found.access_key_id} with the role {role}"
            pages.as_json(_document(found)) if as_json else click.echo(message)
            return
        secret = store.server_key.secret_access_key(made.access_key_id)
    if as_json:
        pages.as_json(_document(made) | {"SecretAccessKey": secret})
    else:
        click.echo(f"export AWS_ACCESS_KEY_ID={made.access_key_id}\nexport AWS_SECRET_ACCESS_KEY={secret}")


@key.command("list")
@store_options
@click.option("--account", help="Only the keys of this account.")
@as_json
def list_keys(settings: Settings, account: str | None, as_json: bool) -> None:
    """List access keys with their users, roles and states."""
    with closing(open_existing_store(settings, writes=False)) as store, store.access_keys() as keys:
        found = keys.list(None if account is None else check_account(account))
    pages.as_json([_document(item) for item in found]) if as_json else pages.show(found, _table)


@key.command()
@store_options
@click.argument("access_key_id")
def revoke(settings: Settings, access_key_id: str) -> None:
    """Revoke an access key immediately and permanently."""
    account = account_of(access_key_id)
    with closing(open_existing_store(settings)) as store:
        if account is None:
            raise NotFound(f"{access_key_id} is not an access key; `cardwright key list` lists all keys")
        with store.open_unit(administrator(store, account)) as unit:
            revoke_key(unit, access_key_id)
    click.echo(f"Revoked {access_key_id}")


def _document(item: AccessKey) -> dict[str, str]:
    return {
        "Account": item.account,
        "AccessKeyId": item.access_key_id,
        "UserName": item.user,
        "Role": item.role,
        "CreateDate": _moment(item.created_at).isoformat(timespec="seconds"),
        "Status": _status(item),
    }


def _table(found: Sequence[AccessKey]) -> Iterator[RenderableType]:
    if not found:
        yield "No access keys. Create one with: cardwright key create --account ACCOUNT --user NAME"
        return
    table = pages.new_table("Account", "Access key", "User", "Role", "Created (UTC)", "Status")
    table.columns[1].no_wrap = True  # so that users can copy it
    for item in found:
        created = pages.minute(_moment(item.created_at))
        table.add_row(item.account, item.access_key_id, item.user, item.role, created, _status(item))
    yield table


def _moment(milliseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)


def _status(item: AccessKey) -> str:
    return "Active" if item.revoked_at is None else "Revoked"
