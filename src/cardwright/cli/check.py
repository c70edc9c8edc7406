"""``cardwright check``: checks cards against the rules of a policy."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import click

from cardwright import __version__
from cardwright.cli.refusal import Refusal
from cardwright.cli.server import endpoint_option, explained, region_option
from cardwright.client import card_checks
from cardwright.client.card_files import read_card_file
from cardwright.client.card_names import card_names
from cardwright.client.files import write_whole
from cardwright.client.policy_files import NoSuchPolicy, find_policy
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError, PolicyInvalid
from cardwright.core.policy.dates import read_date
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import Outcome
from cardwright.core.policy.rule import Severity
from cardwright.core.policy.subject import NoBaseline, Subject
from cardwright.formats.checks import CHECK_FORMATS, CheckedCard, CheckReport, Source, print_report

FAILED, BROKEN_POLICY, UNREADABLE = 1, 3, 4
"""Exit codes. Wrong use is 2, as in all commands."""

_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "never": None}


class PolicyBroken(Refusal):
    """The policy has a mistake."""

    exit_code = BROKEN_POLICY


class CardsUnreadable(Refusal):
    """A card, or its store, cannot be read."""

    exit_code = UNREADABLE


class Against(click.ParamType[str]):
    """``approved``, ``previous`` or the number of a version."""

    name = "version"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text not in {"approved", "previous"} and not (text.isascii() and text.isdecimal() and len(text) < 10):
            self.fail(f"{text}: give approved, previous or the number of a version.", param, ctx)
        return text if text in {"approved", "previous"} else str(int(text))


class TimeType(click.ParamType[int]):
    """An ISO 8601 date or time, as milliseconds since the epoch."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = value if isinstance(value, int) else read_date(str(value))
        if found is None:
            self.fail(f"{value}: give an ISO 8601 date or time, such as 2026-11-28T12:00:00Z.", param, ctx)
        return found


now_option = click.option("--now", type=TimeType(), help="The time that ages are counted from; the present by default.")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "all_cards", is_flag=True, help="All cards that the policy applies to.")
@click.option("--file", "files", multiple=True, metavar="FILE", help="An exported card; more files may follow.")
@click.option("--policy", "named", required=True, metavar="NAME|FILE", help="A policy file, or a policy by name.")
@click.option(
    "--against",
    type=Against(),
    metavar="VERSION",
    help="What regressions compare with: approved, previous or a number.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice([*CHECK_FORMATS]),
    help="The format of the report; text by default, github in a GitHub workflow.",
)
@click.option("--output", metavar="FILE", help="Write the report to this file.")
@click.option(
    "--fail-on",
    type=click.Choice([*_LEVELS]),
    default="error",
    show_default=True,
    help="The lowest severity that gives exit code 1.",
)
@click.option("--open-findings", is_flag=True, help="Open a finding for each failed rule of a stored card.")
@now_option
@endpoint_option
@region_option
def check(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    names: Sequence[str],
    all_cards: bool,
    files: Sequence[str],
    named: str,
    against: str | None,
    format_name: str | None,
    output: str | None,
    fail_on: str,
    open_findings: bool,
    now: int | None,
    endpoint_url: str | None,
    region: str | None,
) -> None:
    """Check cards against the rules of a policy: NAME or NAME:VERSION in a store, all cards, or exported files.

    Exit codes: 0 no failure at or above --fail-on, 1 failures, 2 wrong use, 3 the policy has a mistake, 4 a card cannot
    be read.
    """
    if bool(files) + all_cards + (bool(names) and not files) != 1:
        raise click.UsageError("Give card names, --all or --file FILE.")
    if files and against is not None and against.isdecimal():
        raise click.UsageError("--against VERSION needs a store: exported files have no earlier versions.")
    if files and open_findings:
        raise click.UsageError("--open-findings needs a store: exported files have no findings.")
    moment = now_or(now)
    with Store(endpoint_url, region) as store:
        policy = policy_named(named, None if files else store.client)
        run = CheckRun(policy, moment, against)
        if files:
            run.check_files([*files, *names])
        else:
            run.check_cards(store, _chosen(names) if names else None)
        if open_findings:
            _open_findings(store, policy, run.cards)
    report = CheckReport(policy, moment, __version__, tuple(run.cards), _LEVELS[fail_on])
    _write(report, format_name or _usual_format(), output)
    for words in run.unreadable:
        click.echo(f"cardwright: {words}", err=True)
    if run.unreadable:
        sys.exit(UNREADABLE)
    if report.failed:
        sys.exit(FAILED)


def now_or(given: int | None) -> int:
    """Return a given time, else the present, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000 if given is None else given


def policy_named(named: str, client: Callable[[], SageMaker] | None) -> ReviewPolicy:
    """Return the policy that an option names.

    Raises:
        PolicyBroken: the policy has a mistake.
        click.UsageError: the name is unknown, or the file cannot be read.
    """
    try:
        return find_policy(named, client, lambda groups: _say_unknown(named, groups))
    except PolicyInvalid as error:
        raise PolicyBroken(f"{named}: {error}") from error
    except NoSuchPolicy as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"{named}: {error.strerror}") from error


def _say_unknown(named: str, groups: Sequence[str]) -> None:
    words = f"group {groups[0]} exists" if len(groups) == 1 else f"groups {', '.join(groups)} exist"
    click.echo(f"cardwright: {named}: only a server knows whether the {words}; checks do not need it", err=True)


class Store:
    """The store of the cards, opened at its first use, so that files need none."""

    def __init__(self, endpoint_url: str | None, region: str | None) -> None:
        self._endpoint_url, self._region = endpoint_url, region
        self._stack = ExitStack()
        self._client: SageMaker | None = None

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stack.__exit__(kind, error, trace)
        except CardwrightError as fault:
            raise CardsUnreadable(str(fault)) from fault

    def client(self) -> SageMaker:
        """Return the SageMaker client of the store."""
        if self._client is None:
            try:
                self._client = self._stack.enter_context(explained(self._endpoint_url, self._region))
            except CardwrightError as error:
                raise CardsUnreadable(str(error)) from error
        return self._client


class CheckRun:
    """A check of several cards under one policy: results, and the cards that could not be read.

    Args:
        keep: takes each card that was checked; by default they are kept in ``cards``.
    """

    def __init__(
        self,
        policy: ReviewPolicy,
        now: int,
        against: str | None = None,
        keep: Callable[[CheckedCard], None] | None = None,
    ) -> None:
        self._policy, self._now, self._against = policy, now, against
        self._checker = card_checks.checker_of(policy)
        self.cards: list[CheckedCard] = []
        self._keep = keep or self.cards.append
        self.unreadable: list[str] = []

    def check_files(self, files: Sequence[str]) -> None:
        """Check exported files. A file's policy is the given one, whatever its selector says."""
        for file in files:
            try:
                card, source = read_card_file(Path(file))
            except (CardwrightError, OSError) as error:
                words = error.strerror if isinstance(error, OSError) else str(error)
                self.unreadable.append(f"{file}: {words}")
                continue
            self._add(Subject(card, self._now), source)

    def check_cards(self, store: Store, chosen: Sequence[tuple[str, int | None]] | None) -> None:
        """Check stored cards: the chosen names with their versions, or all cards that the policy selects."""
        client = store.client()
        for name, version in chosen or ((name, None) for name in card_names(client)):
            try:
                subject = card_checks.stored_subject(
                    client, self._policy, name, self._now, version=version, against=self._against
                )
            except card_checks.CardUnreadable as error:
                self.unreadable.append(str(error))
            except NoBaseline as error:
                self.unreadable.append(f"{name}: {error}")
            else:
                if chosen or self._policy.applies_to.selects(subject.facts):
                    self._add(subject, card_checks.printed_source(subject.card))

    def _add(self, subject: Subject, source: Source) -> None:
        checked = self._checker.check(subject)
        if all(result.outcome in {Outcome.PASS, Outcome.SKIPPED} for result in checked.results):
            source = Source(source.path, "", source.is_file)  # only failures need the lines of the text
        self._keep(CheckedCard(checked, source))


def _open_findings(store: Store, policy: ReviewPolicy, cards: Sequence[CheckedCard]) -> None:
    """Open a finding for each failed rule. A rule that has a finding on a card gets no second one."""
    for card in cards:
        opened = card_checks.open_findings(store.client(), policy, card.check)
        if opened:
            click.echo(f"cardwright: {card.check.card.name}: {opened} new findings", err=True)


def _chosen(names: Sequence[str]) -> list[tuple[str, int | None]]:
    return list(dict.fromkeys(_split(name) for name in names))


def _split(named: str) -> tuple[str, int | None]:
    if named.startswith("arn:"):
        return named, None
    name, colon, version = named.partition(":")
    if colon and not (version.isascii() and version.isdecimal() and 0 < int(version) < 2**31):
        raise click.UsageError(f"{named}: a version is a whole number, as in {name}:3.")
    return name, int(version) if colon else None


def _usual_format() -> str:
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


def _write(report: CheckReport, format_name: str, output: str | None) -> None:
    printed = print_report(report, format_name)
    if output is None or output == "-":
        sys.stdout.buffer.write(printed)
        sys.stdout.buffer.flush()
    else:
        try:
            write_whole(Path(output), printed)
        except OSError as error:
            raise click.UsageError(f"--output {output}: {error.strerror}") from error
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format_name == "github" and summary:
        _append_summary(report, Path(summary))


def _append_summary(report: CheckReport, path: Path) -> None:
    """Add the report to the summary of a workflow step. The exit code does not depend on that."""
    from cardwright.formats.checks.github import print_summary

    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(print_summary(report))
    except OSError as error:
        click.echo(f"cardwright: GITHUB_STEP_SUMMARY {path}: {error.strerror}", err=True)
