"""``cardwright user``: console users, managed in the store."""

import datetime
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

import click
from rich.console import RenderableType

from cardwright.actions import users as actions
from cardwright.actions.account_events import list_events
from cardwright.actions.sessions import end_sessions
from cardwright.cli import pages
from cardwright.cli.lists import as_json
from cardwright.cli.options import Command, account_option, if_missing_option, role_option, store_options
from cardwright.cli.store import account_unit
from cardwright.core.account_events import AccountEvent
from cardwright.core.errors import Invalid, NotFound
from cardwright.core.passwords import Passwords
from cardwright.core.people import Role
from cardwright.core.users import User, user_key
from cardwright.settings import Settings

_ROLES = click.Choice([role.value for role in Role])
_MAX_INPUT = 10_000  # bytes read from standard input for a password
_name = click.argument("name")
_from_input = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
_account = account_option


def _profile_options(command: Command) -> Command:
    """Add the options for what an account knows of a user besides name and role."""
    for option in (
        click.option("--group", "groups", multiple=True, help="A group of the user; repeat it for several."),
        click.option("--email", help="The user's e-mail address."),
        click.option("--display-name", help="The name that pages show in place of the user name."),
    ):
        command = option(command)
    return command


@click.group()
def user() -> None:
    """Users who sign in to the console."""


@user.command()
@_name
@_account
@role_option
@_profile_options
@_from_input
@if_missing_option
@as_json
@store_options
def create(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    settings: Settings,
    name: str,
    account: str,
    role: str,
    display_name: str | None,
    email: str | None,
    groups: tuple[str, ...],
    password_stdin: bool,
    if_missing: bool,
    as_json: bool,
) -> None:
    """Create a user. Asks twice for the password, which is never a command line argument.

    With --if-missing, an existing user with this name stays unchanged, whatever the role.
    """
    user_key(name)
    if if_missing and (found := _existing(settings, account, name)) is not None:
        message = f"{found.name} exists in account {found.account} as {found.role}"
        pages.as_json(_document(found, _groups(settings, found))) if as_json else click.echo(message)
        return
    hashed = Passwords().hash(_password(name, from_input=password_stdin))
    with account_unit(settings, account, make=True) as unit:
        actions.create_user(unit, name, Role(role), hashed)
        made = actions.change_profile(unit, name, display_name=display_name, email=email, groups=groups)
        joined = actions.groups_of(unit, name)
    if as_json:
        pages.as_json(_document(made, joined))
    else:
        click.echo(f"{made.name} can sign in to account {made.account} as {made.role}")


@user.command()
@_name
@_account
@_profile_options
@click.option("--no-groups", is_flag=True, help="Remove the user from all groups.")
@as_json
@store_options
def update(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    settings: Settings,
    name: str,
    account: str,
    display_name: str | None,
    email: str | None,
    groups: tuple[str, ...],
    no_groups: bool,
    as_json: bool,
) -> None:
    """Change a user's display name, e-mail address and groups. An empty value removes a name or an address.

    Groups that are given replace the groups of the user.
    """
    if groups and no_groups:
        raise click.UsageError("Give --group or --no-groups, not both.")
    wanted = groups if groups or no_groups else None
    with account_unit(settings, account) as unit:
        changed = actions.change_profile(unit, name, display_name=display_name, email=email, groups=wanted)
        joined = actions.groups_of(unit, name)
    if as_json:
        pages.as_json(_document(changed, joined))
    else:
        click.echo(f"{changed.name} is shown as {changed.shown_name}" + (f", in {', '.join(joined)}" if joined else ""))


@user.command("list")
@_account
@as_json
@store_options
def list_users(settings: Settings, account: str, as_json: bool) -> None:
    """List the users of an account with their roles and states."""
    with account_unit(settings, account, writes=False) as unit:
        groups = actions.all_groups(unit)
        found = [_document(one, groups.get(user_key(one.name), ())) for one in actions.list_users(unit)]
    pages.as_json(found) if as_json else pages.show(found, _table)


@user.command()
@_name
@_account
@as_json
@store_options
def show(settings: Settings, name: str, account: str, as_json: bool) -> None:
    """Show a user."""
    with account_unit(settings, account, writes=False) as unit:
        found = _document(actions.read_user(unit, name), actions.groups_of(unit, name))
    pages.as_json(found) if as_json else pages.show([found], _table)


@user.command("set-role")
@_name
@click.argument("role", type=_ROLES)
@_account
@store_options
def set_role(settings: Settings, name: str, role: str, account: str) -> None:
    """Change the role of a user, from the next request on. Revokes access keys with more permissions."""
    with account_unit(settings, account) as unit:
        ended = actions.change_role(unit, name, Role(role))
    click.echo(f"{name} is {role}{_and_keys(ended)}")


@user.command("set-password")
@_name
@_account
@_from_input
@store_options
def set_password(settings: Settings, name: str, account: str, password_stdin: bool) -> None:
    """Set a new password for a user, and end all sessions of the user. Asks twice for the password."""
    with account_unit(settings, account, writes=False) as unit:
        actions.read_user(unit, name)
    hashed = Passwords().hash(_password(name, from_input=password_stdin))
    with account_unit(settings, account) as unit:
        actions.set_password(unit, name, hashed)
    click.echo(f"{name} has a new password and is signed out everywhere")


@user.command()
@_name
@_account
@store_options
def disable(settings: Settings, name: str, account: str) -> None:
    """Disable sign-in for a user, and end the user's sessions and access keys immediately."""
    with account_unit(settings, account) as unit:
        ended = actions.disable_user(unit, name)
    click.echo(f"{name} can no longer sign in{_and_keys(ended)}")


@user.command()
@_name
@_account
@store_options
def enable(settings: Settings, name: str, account: str) -> None:
    """Enable sign-in for a disabled user. Revoked access keys stay revoked."""
    with account_unit(settings, account) as unit:
        actions.enable_user(unit, name)
    click.echo(f"{name} can sign in")


@user.command("sign-out")
@_name
@_account
@store_options
def sign_out(settings: Settings, name: str, account: str) -> None:
    """End all sessions of a user immediately."""
    with account_unit(settings, account) as unit:
        found = actions.read_user(unit, name)
        ended = end_sessions(unit, found.name)
    click.echo(f"{found.name} is signed out everywhere: {ended} session{'' if ended == 1 else 's'} ended")


@user.command()
@_name
@_account
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@store_options
def delete(settings: Settings, name: str, account: str, yes: bool) -> None:
    """Delete a user with sessions and access keys. History keeps the user's name."""
    with account_unit(settings, account, writes=False) as unit:
        found = actions.read_user(unit, name)
    if not yes:
        click.confirm(f"Delete the user {found.name}, {found.role}, permanently?", abort=True, err=True)
    with account_unit(settings, account) as unit:
        ended = actions.delete_user(unit, found.name)
    click.echo(f"Deleted {found.name}{_and_keys(ended)}")


@user.command()
@_account
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Maximum number.")
@as_json
@store_options
def events(settings: Settings, account: str, limit: int, as_json: bool) -> None:
    """List changes to an account's users, access keys and buckets, newest first."""
    with account_unit(settings, account, writes=False) as unit:
        found = list_events(unit, limit)
    pages.as_json([_event_document(one) for one in found]) if as_json else pages.show(found, _event_table)


def _existing(settings: Settings, account: str, name: str) -> User | None:
    with account_unit(settings, account, make=True, writes=False) as unit, suppress(NotFound):
        return actions.read_user(unit, name)
    return None


def _password(name: str, *, from_input: bool) -> str:
    if not from_input:
        return str(click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True))
    given = sys.stdin.buffer.readline(_MAX_INPUT)
    try:
        return given.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Invalid("The password in the input is not UTF-8 text") from None


def _and_keys(ended: int) -> str:
    return f"; {ended} access key{'' if ended == 1 else 's'} ended" if ended else ""


def _groups(settings: Settings, one: User) -> tuple[str, ...]:
    with account_unit(settings, one.account, writes=False) as unit:
        return actions.groups_of(unit, one.name)


def _document(one: User, groups: Sequence[str]) -> dict[str, object]:
    return {
        "Account": one.account,
        "UserName": one.name,
        "DisplayName": one.display_name,
        "Email": one.email,
        "Groups": list(groups),
        "Role": one.role,
        "Status": "Active" if one.disabled_at is None else "Disabled",
        "CreateDate": _iso(one.created_at),
        "CreatedBy": one.created_by,
        "PasswordSet": _iso(one.password_at),
        "LastSignIn": None if one.signed_in_at is None else _iso(one.signed_in_at),
    }


def _iso(milliseconds: int, timespec: str = "seconds") -> str:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC).isoformat(timespec=timespec)


def _table(found: list[dict[str, object]]) -> Iterator[RenderableType]:
    if not found:
        yield "No users. Create one with: cardwright user create NAME --role admin"
        return
    table = pages.new_table("User", "Name", "Role", "Status", "Created (UTC)", "Last sign-in (UTC)")
    for one in found:
        times = [str(one[key] or "")[:16].replace("T", " ") for key in ("CreateDate", "LastSignIn")]
        table.add_row(str(one["UserName"]), str(one["DisplayName"] or ""), str(one["Role"]), str(one["Status"]), *times)
    yield table


def _event_document(one: AccountEvent) -> dict[str, str]:
    return {
        "Time": _iso(one.at, "milliseconds"),
        "Actor": one.actor,
        "Role": one.role,
        "Source": one.source,
        "RequestId": one.request_id,
        "Event": one.event,
        "Subject": one.subject,
        "Details": one.details,
    }


def _event_table(found: list[AccountEvent]) -> Iterator[RenderableType]:
    if not found:
        yield "This account has no events of users, access keys or buckets."
        return
    table = pages.new_table("Time (UTC)", "Event", "Of", "Details", "By", "From")
    for one in found:
        at = datetime.datetime.fromtimestamp(one.at / 1000, datetime.UTC)
        table.add_row(pages.minute(at), one.event, one.subject, one.details, one.actor, one.source)
    yield table
