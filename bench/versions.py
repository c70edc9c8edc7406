"""``python -m bench.versions OLDER``: two versions of Cardwright in alternating rounds, with ratios."""

import os
import resource
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from bench import BenchError, servers
from bench.__main__ import in_environment
from bench.measure import LOADS, Plan, measure

COMMANDS = (("--help",), ("card", "--help"), ("card", "list"), ("card", "list", "--json"))
_NAMES = ("newer", "older")


@click.command()
@click.argument("older", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--newer", type=click.Path(path_type=Path), help="The other program; default: of this environment.")
@click.option("--cards", type=click.IntRange(1), default=1000, show_default=True, help="Cards in each store.")
@click.option("--seconds", type=click.IntRange(1, 120), default=2, show_default=True, help="Length of a round.")
@click.option("--connections", type=click.IntRange(1), default=32, show_default=True, help="Open connections.")
@click.option("--runs", type=click.IntRange(0), default=5, show_default=True, help="Runs of each command.")
@click.option("--only", default="describe,list,create", show_default=True, help="Loads, separated by commas.")
@click.option("--database-url", nargs=2, metavar="NEWER OLDER", help="Two empty PostgreSQL databases; else SQLite.")
def main(  # noqa: PLR0913, PLR0917 - one argument for each option
    older: Path,
    newer: Path | None,
    cards: int,
    seconds: int,
    connections: int,
    runs: int,
    only: str,
    database_url: tuple[str, str] | None,
) -> None:
    """Measure the program OLDER and this environment's in turn, and print newer / older.

    Rates and processor times of servers are compared round by round, and commands by their processor time.
    """
    programs = (newer or in_environment("cardwright"), older)
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as name:
        folder = Path(name)
        for command in COMMANDS if runs and database_url is None else ():
            ratios = _pairs(runs, [_timed(program, command, folder / "commands") for program in programs])
            click.echo(f"cardwright {' '.join(command)}: processor time {_spread(ratios)}")
        try:
            products = [
                servers.cardwright(program, folder / title, folder / f"{title}.log", title, url)
                for program, title, url in zip(programs, _NAMES, database_url or (None, None), strict=True)
            ]
            plan = Plan(frozenset(only.split(",")), cards, seconds, connections)
            outcomes = measure(products, plan, folder, lambda text: click.echo(text, err=True))
        except BenchError as fault:
            raise click.ClickException(str(fault)) from fault
    for load in LOADS:
        rounds = [outcomes[title].loads.get(load.name, []) for title in _NAMES]
        if rounds[0]:
            ratios = [one.rate / other.rate for one, other in zip(*rounds, strict=True)]
            rates = " and ".join(f"{statistics.median(one.rate for one in part):,.0f}" for part in rounds)
            click.echo(f"{load.title}: rate {_spread(ratios)}; {rates} a second")
            times = [outcomes[title].processor[load.name] for title in _NAMES]
            used = " and ".join(f"{statistics.median(part) * 1e6:,.0f}" for part in times)
            ratios = [one / other for one, other in zip(*times, strict=True)]
            click.echo(f"{load.title}: processor time {_spread(ratios)}; {used} microseconds")
    for title in _NAMES:
        click.echo(f"{title}: {(outcomes[title].final_bytes or 0) / 2**20:.0f} MiB at the end")


def _timed(program: Path, command: Sequence[str], home: Path) -> Callable[[], float]:
    def run() -> float:
        """Run the command on an embedded store. Returns the processor time in seconds."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = os.environ | {"CARDWRIGHT_HOME": str(home)}
        subprocess.run([program, *command], check=True, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603 - the program under measurement
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    return run


def _pairs(runs: int, timed: Sequence[Callable[[], float]]) -> list[float]:
    for run in timed:
        run()  # makes the store, and the bytecode
    return [timed[0]() / timed[1]() for _ in range(runs)]


def _spread(ratios: Sequence[float]) -> str:
    return f"x{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
