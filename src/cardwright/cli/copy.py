"""``cardwright card copy``: copies cards between stores."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import click
from attrs import asdict
from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json
from cardwright.cli.server import explained_errors, refusal_of
from cardwright.client.copying import Copier, Journal, Outcome, Side, open_side
from cardwright.client.copying.packages import PackagePlan, copy_packages, package_of, plan_packages
from cardwright.core.content import parse
from cardwright.core.copying import Action, Plan, Versions
from cardwright.core.errors import CardwrightError, NotFound

Item = TypeVar("Item")
Result = TypeVar("Result")

_WHERE = "aws, the URL of a server, or the folder of a store"
_THREADS = 4


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "all_cards", is_flag=True, help="All cards of the source.")
@click.option("--from", "source", required=True, metavar="STORE", help=f"The source: {_WHERE}.")
@click.option("--to", "target", required=True, metavar="STORE", help=f"The target: {_WHERE}.")
@click.option("--from-profile", metavar="NAME", help="AWS profile with the credentials for the source.")
@click.option("--to-profile", metavar="NAME", help="AWS profile with the credentials for the target.")
@click.option("--from-region", metavar="REGION", help="AWS region of the source.")
@click.option("--to-region", metavar="REGION", help="AWS region of the target.")
@click.option(
    "--versions",
    type=click.Choice([versions.value for versions in Versions]),
    default=Versions.ALL.value,
    show_default=True,
    help="All versions in order, or the newest alone.",
)
@click.option("--registry", is_flag=True, help="Also copy the model packages that the cards name, with their groups.")
@click.option("--dry-run", is_flag=True, help="Print the plan and stop.")
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that remembers earlier copies; by default in the user's state directory.",
)
@as_json
def copy(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    names: Sequence[str],
    all_cards: bool,
    source: str,
    target: str,
    from_profile: str | None,
    to_profile: str | None,
    from_region: str | None,
    to_region: str | None,
    versions: str,
    registry: bool,
    dry_run: bool,
    journal: Path | None,
    as_json: bool,
) -> None:
    """Copy cards with their versions, statuses and tags to another store.

    The command prints a plan and then follows it. It can be interrupted and repeated. A card that changed in the
    target is a conflict and stays as it is; the exit code is then 1.
    """
    if bool(names) is all_cards:
        raise click.UsageError("Give the NAMEs of cards, or --all.")
    with explained_errors(source):
        begin = open_side(source, region=from_region, profile=from_profile)
        listed = [*(names or begin.card_names())]
    with explained_errors(target):
        end = open_side(target, region=to_region, profile=to_profile, creates=not dry_run)
        pair = begin.identity(), end.identity()
    if pair[0] == pair[1]:
        raise click.UsageError("--from and --to are the same store.")
    with explained_errors(f"{source} or {target}"), _journal(journal, pair) as known:
        packages = _packages(begin, end, listed) if registry else []
        arns = copy_packages(begin, end, () if dry_run else packages)
        copier = Copier(begin, end, known, versions=Versions(versions), packages=arns, named=names)
        plans = [*_in_threads("Comparing", copier.plan, listed)]
        if not as_json:
            pages.show((plans, packages), _plan_page)
        outcomes = [] if dry_run else [*_in_threads("Copying", _written(copier), plans)]
    if as_json:
        pages.as_json(_document(plans, packages, outcomes))
    elif outcomes:
        pages.show((outcomes, end), _outcome_page)
    if any(plan.action is Action.CONFLICT for plan in plans) or any(outcome.error for outcome in outcomes):
        raise SystemExit(1)


def _journal(path: Path | None, pair: tuple[str, str]) -> Journal:
    try:
        return Journal(path) if path else Journal.between(*pair)
    except OSError as error:
        raise CardwrightError(f"The journal of the copy cannot be written: {error.strerror}") from None


def _packages(source: Side, target: Side, names: Sequence[str]) -> list[PackagePlan]:
    """Return what happens to the packages that the newest versions of the cards name."""
    cards = [card for name in names if (card := source.described(name)) is not None]
    arns = [arn for card in cards if (arn := package_of(parse(card["Content"]))) is not None]
    return plan_packages(source, target, arns)


def _written(copier: Copier) -> Callable[[Plan], Outcome]:
    """Return a function that follows one plan. A card that a store refuses does not stop the others."""
    from botocore.exceptions import ClientError

    def write(plan: Plan) -> Outcome:
        if plan.action is Action.CONFLICT:
            return Outcome(plan, error=plan.reason)
        try:
            return copier.write(plan)
        except NotFound as error:
            return Outcome(plan, error=str(error))
        except ClientError as error:
            return Outcome(plan, error=refusal_of(error))

    return write


def _in_threads(title: str, act: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield the results in the order of the items, with a progress bar. An interrupt ends after running requests."""
    screen = Console(stderr=True)
    with (
        Progress(console=screen, disable=not screen.is_terminal, transient=True) as progress,
        ThreadPoolExecutor(_THREADS) as threads,
    ):
        task = progress.add_task(title, total=len(items))
        running = [threads.submit(act, item) for item in items]
        try:
            for future in running:
                yield future.result()
                progress.advance(task)
        finally:
            threads.shutdown(cancel_futures=True)


def _plan_page(planned: tuple[Sequence[Plan], Sequence[PackagePlan]]) -> Iterator[RenderableType]:
    plans, packages = planned
    counts = Counter(plan.action for plan in plans)
    yield "Plan: " + ", ".join(f"{counts[action]} {action}" for action in Action)
    for package in packages:
        if package.copy is None:
            yield f"  create   package {package.arn}"
    for plan in plans:
        if plan.action is not Action.EQUAL:
            yield Text(f"  {plan.action:<8} {plan.name}{_what(plan)}")


def _what(plan: Plan) -> str:
    if plan.reason:
        return f": {plan.reason}"
    tags = len(plan.tags) + len(plan.removed_tags)
    parts = [
        f"{len(plan.missing)} version{'' if len(plan.missing) == 1 else 's'}" if plan.missing else "",
        f"status {plan.status}" if plan.status else "",
        f"{tags} tag{'' if tags == 1 else 's'}" if tags else "",
    ]
    return ": " + ", ".join([part for part in parts if part] + [*plan.notes])


def _outcome_page(done: tuple[Sequence[Outcome], Side]) -> Iterator[RenderableType]:
    outcomes, target = done
    for outcome in outcomes:
        for note in outcome.notes:
            yield Text(f"{outcome.plan.name}: {note}")
        if outcome.error and outcome.plan.action is not Action.CONFLICT:
            yield Text(f"{outcome.plan.name} was not copied: {outcome.error}")
    copied = [outcome for outcome in outcomes if not outcome.error]
    versions = sum(outcome.versions for outcome in copied)
    yield f"{len(copied)} of {len(outcomes)} cards are equal in {target.name}; {versions} versions were written."
    if target.on_aws and versions:
        yield "AWS keeps no authors, times and comments of the source: the copies show the time of the copy."


def _document(plans: Sequence[Plan], packages: Sequence[PackagePlan], outcomes: Sequence[Outcome]) -> dict[str, object]:
    return {
        "Packages": [asdict(package, filter=lambda field, _: field.name != "settings") for package in packages],
        "Plan": [asdict(plan) for plan in plans],
        "Outcomes": [
            {
                "name": outcome.plan.name,
                "versions": outcome.versions,
                "status": outcome.status,
                "notes": outcome.notes,
                "error": outcome.error,
            }
            for outcome in outcomes
        ],
    }
