"""``cardwright key``: access keys, made and ended on the store itself."""

import datetime
from collections.abc import Iterator, Sequence

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
@click.option("--user", required=True, help="Whose key it is: the name that cards and audit show.")
@role_option
@if_missing_option
@as_json
def create(  # noqa: PLR0913, PLR0917 - one argument an option, as click hands them in
    settings: Settings, account: str, user: str, role: str, if_missing: bool, as_json: bool
) -> None:
    """Make an access key and print it. Its secret is shown only now.

    With --if-missing, an active key of the user with this role stays the only one, and its secret is not shown again.
    """
    store = open_store(settings)
    try:
        with store.open_unit(administrator(store, account)) as unit:
            active = keys_of(unit, user) if if_missing else []
            found = next((one for one in active if one.role is Role(role)), None)
            made = found or create_key(unit, user, Role(role))
        if found is not None:
            message = f"{user} has the active access key {found.access_key_id} with the role {role}"
            pages.as_json(_document(found)) if as_json else click.echo(message)
            return
        secret = store.server_key.secret_access_key(made.access_key_id)
    finally:
        store.close()
    if as_json:
        pages.as_json(_document(made) | {"SecretAccessKey": secret})
    else:
        click.echo(f"export AWS_ACCESS_KEY_ID={made.access_key_id}\nexport AWS_SECRET_ACCESS_KEY={secret}")


@key.command("list")
@store_options
@click.option("--account", help="Only the keys of this account.")
@as_json
def list_keys(settings: Settings, account: str | None, as_json: bool) -> None:
    """List access keys: whose they are, what they may do, whether they hold."""
    store = open_existing_store(settings, writes=False)
    try:
        with store.access_keys() as keys:
            found = keys.list(None if account is None else check_account(account))
    finally:
        store.close()
    pages.as_json([_document(item) for item in found]) if as_json else pages.show(found, _table)


@key.command()
@store_options
@click.argument("access_key_id")
def revoke(settings: Settings, access_key_id: str) -> None:
    """End an access key, at once and for good."""
    account = account_of(access_key_id)
    store = open_existing_store(settings)
    try:
        if account is None:
            raise NotFound(f"{access_key_id} is no access key; `cardwright key list` shows those there are")
        with store.open_unit(administrator(store, account)) as unit:
            revoke_key(unit, access_key_id)
    finally:
        store.close()
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
        yield "No access keys. Make one with: cardwright key create --account ACCOUNT --user NAME"
        return
    table = pages.new_table("Account", "Access key", "User", "Role", "Created (UTC)", "Status")
    table.columns[1].no_wrap = True  # it is copied from here
    for item in found:
        created = pages.minute(_moment(item.created_at))
        table.add_row(item.account, item.access_key_id, item.user, item.role, created, _status(item))
    yield table


def _moment(milliseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)


def _status(item: AccessKey) -> str:
    return "Active" if item.revoked_at is None else "Revoked"
