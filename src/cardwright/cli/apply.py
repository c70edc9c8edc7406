"""``cardwright apply``: makes a store hold the cards that files declare."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from attrs import asdict
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json
from cardwright.cli.refusal import Refusal
from cardwright.cli.server import address_of, explained_errors, refusal_of, server_options
from cardwright.client.applying import apply as write
from cardwright.client.applying import plan_all
from cardwright.client.sagemaker import SageMaker
from cardwright.core.applying import Action, Change, Declared, check
from cardwright.core.errors import CardwrightError
from cardwright.interchange.declared_cards import SUFFIXES, read_declared


@click.command()
@click.option(
    "-f",
    "--file",
    "paths",
    multiple=True,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="A file, or a folder whose card files are read; repeatable.",
)
@click.option("--plan", "only_plan", is_flag=True, help="Print the plan and stop.")
@click.option("--check", "only_check", is_flag=True, help="Print the plan, and exit with 1 if something would change.")
@click.option("--set", "set_name", default="", metavar="NAME", help="Tag the cards as one set, for --prune.")
@click.option("--prune", is_flag=True, help="Delete the cards of the --set that no file declares any more.")
@click.option("--yes", is_flag=True, help="Do not ask before cards are deleted.")
@as_json
@server_options
def apply(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker,
    paths: Sequence[Path],
    only_plan: bool,
    only_check: bool,
    set_name: str,
    prune: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Create and update cards so that they are as YAML, JSON or CloudFormation files declare them.

    All files are checked before the first change. A card that a file does not declare stays as it is, unless --prune
    is given.

    Exit codes: 0 the cards are as declared, 1 a card was refused, or would change with --check, 2 wrong use or a
    mistake in a file. With --check, 2 also if the server cannot be asked.
    """
    if prune and not set_name:
        raise click.UsageError("--prune needs --set: it deletes only cards of that set.")
    with _stopping():
        cards = [card for path in _files(paths) for card in _read(path)]
        check(cards)
    if only_check:
        with _stopping(), explained_errors(address_of(client)):
            changes = plan_all(client, cards, set_name, prunes=prune)
    else:
        changes = plan_all(client, cards, set_name, prunes=prune)
    due = [change for change in changes if change.action is not Action.EQUAL]
    if not as_json:
        pages.show(changes, _plan_page)
    if only_plan or only_check:
        if as_json:
            pages.as_json([asdict(change) for change in changes])
        raise SystemExit(1 if only_check and due else 0)
    deleted = [change.name for change in due if change.action is Action.DELETE]
    if deleted and not yes:
        click.confirm(f"Delete {len(deleted)} of these cards permanently?", abort=True, err=True)
    failed = _write_all(client, due)
    if as_json:
        pages.as_json([asdict(change) | {"error": failed.get(change.name, "")} for change in changes])
    if failed:
        raise SystemExit(1)


class Stopped(Refusal):
    """Nothing was compared or changed. The exit code is that of wrong use."""

    exit_code = 2


@contextmanager
def _stopping() -> Iterator[None]:
    try:
        yield
    except CardwrightError as error:
        raise Stopped(str(error)) from error


def _write_all(client: SageMaker, changes: Sequence[Change]) -> dict[str, str]:
    """Make the changes, and return the refusals by card. A refused card does not stop the others."""
    from botocore.exceptions import ClientError

    failed = {}
    for change in changes:
        try:
            write(client, change)
        except ClientError as error:
            failed[change.name] = refusal_of(error)
            click.echo(f"cardwright: {change.name} is not as declared: {failed[change.name]}", err=True)
    return failed


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
        else:
            yield path


def _read(path: Path) -> tuple[Declared, ...]:
    try:
        return read_declared(path.read_bytes(), str(path))
    except OSError as error:
        raise CardwrightError(f"{path} cannot be read: {error.strerror}") from None


def _plan_page(changes: Sequence[Change]) -> Iterator[RenderableType]:
    counts = Counter(change.action for change in changes)
    yield "Plan: " + ", ".join(f"{counts[action]} {action}" for action in Action)
    for change in changes:
        if change.action is not Action.EQUAL:
            yield Text(f"  {change.action:<8} {change.name}{_what(change)}")


def _what(change: Change) -> str:
    parts = [
        "content" if change.content else "",
        f"status {change.status}" if change.status else "",
        _tags(len(change.tags) + len(change.removed_tags)),
    ]
    shown = ", ".join(filter(None, parts))
    return f": {shown}" if shown else ""


def _tags(count: int) -> str:
    return f"{count} tag{'' if count == 1 else 's'}" if count else ""
