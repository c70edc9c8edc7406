"""``python -m bench.postgres URL``: servers on PostgreSQL and a bare psycopg loop, in alternating rounds.

The bare loop is eight threads of one process, each with a connection of its own and one statement that PostgreSQL has
prepared: no HTTP, no signature, no check of content. Its create inserts the rows that a card has in four tables, in one
pipeline, and commits.
"""

import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click
import psycopg
from psycopg import Connection

from bench import BenchError, servers
from bench.__main__ import in_environment
from bench.measure import LOADS, ROUNDS, Load, Plan, fill, in_turn, loaded_name, wait_until_idle
from bench.servers import Server, running
from bench.wrk import run_wrk

_THREADS = 8
_ACCOUNT = "123456789012"
_TABLES = ("cards", "versions", "contents", "audit")
_DESCRIBE = """
    SELECT c.name, c.version, c.status, t.content, c.created_at, c.created_by, c.modified_at, c.modified_by
    FROM cards c JOIN contents t ON t.account_id = c.account_id AND t.card_id = c.card_id AND t.version = c.version
    WHERE c.account_id = %s AND c.name = %s"""
_LIST = """
    SELECT name, status, created_at, modified_at FROM cards WHERE account_id = %s
    ORDER BY created_at DESC, card_id DESC LIMIT 100"""
_UNIQUE = frozenset(("card_id", "name", "model_key", "package_key", "model_id", "record_digest"))
_TARGETS: Mapping[str, tuple[float, float]] = {
    "describe": (0.35, 0.55),
    "list-first": (0.35, 0.55),
    "create": (0.70, 0.70),
}
"""By load, the target share of the bare loop's rate: with one worker, and with two."""
_WORKERS_TARGET = 1.6
"""The target rate of two workers, as a multiple of one's, for reads."""


Execute = Callable[[Connection, str], object]
"""Executes a load's statements once. The text is a new name."""


class BareLoop:
    """Threads that execute the statements of one load, again and again."""

    def __init__(self, url: str, cards: int) -> None:
        self._url, self._cards = url, cards
        self._rounds = 0

    def rate(self, load: str, seconds: float) -> float:
        """Return how often a second a load's statements are executed, with the database's answer."""
        self._rounds += 1
        prepare = {"describe": self._describing, "list-first": self._listing, "create": self._creating}[load]
        with psycopg.connect(self._url, autocommit=True) as connection:
            execute = prepare(connection)
        counts, begin = [0] * _THREADS, threading.Barrier(_THREADS)
        faults: list[psycopg.Error] = []

        def run(thread: int) -> None:
            try:
                with psycopg.connect(self._url, autocommit=True) as own:
                    begin.wait()
                    ends = time.monotonic() + seconds
                    while time.monotonic() < ends:
                        execute(own, f"{self._rounds}-{thread}-{counts[thread]}")
                        counts[thread] += 1
            except psycopg.Error as fault:
                faults.append(fault)
                begin.abort()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise BenchError(f"the bare loop failed: {faults[0]}")
        return sum(counts) / seconds

    def _describing(self, _connection: Connection) -> Execute:
        def execute(own: Connection, _name: str) -> object:
            name = loaded_name(random.randrange(self._cards))  # noqa: S311 - not for secrets
            return own.execute(_DESCRIBE, (_ACCOUNT, name), prepare=True).fetchall()

        return execute

    @staticmethod
    def _listing(_connection: Connection) -> Execute:
        return lambda own, _name: own.execute(_LIST, (_ACCOUNT,), prepare=True).fetchall()

    @staticmethod
    def _creating(connection: Connection) -> Execute:
        """Copy the tables with their indexes, and return a function that inserts a card like an existing one."""
        inserts = []
        for table in _TABLES:
            connection.execute(f"CREATE TABLE IF NOT EXISTS bare_{table} (LIKE {table} INCLUDING ALL)")
            found = connection.execute(
                f"SELECT * FROM {table} WHERE card_id = (SELECT card_id FROM cards WHERE name = %s)",  # noqa: S608 - fixed names
                (loaded_name(0),),
            )
            columns = [column.name for column in found.description or ()]
            row = found.fetchone()
            if row is None:
                raise BenchError(f"the loaded card has no row in {table}")
            marks = ", ".join(["%s"] * len(columns))
            insert = f"INSERT INTO bare_{table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of the schema
            inserts.append((insert, columns, row))

        def execute(own: Connection, name: str) -> None:
            with own.pipeline(), own.transaction():
                for statement, columns, row in inserts:
                    values = [
                        name if column in _UNIQUE and value is not None else value
                        for column, value in zip(columns, row, strict=True)
                    ]
                    own.execute(statement, values, prepare=True)

        return execute


@click.command()
@click.argument("url")
@click.option("--cards", type=click.IntRange(200), default=10_000, show_default=True, help="Cards in the database.")
@click.option("--seconds", type=click.IntRange(1, 120), default=3, show_default=True, help="Length of a round.")
@click.option("--connections", type=click.IntRange(1), default=32, show_default=True, help="Open connections.")
def main(url: str, cards: int, seconds: int, connections: int) -> None:
    """Measure servers with one and two workers on the empty PostgreSQL database at URL, and a bare psycopg loop."""
    plan = Plan(frozenset(("describe", "list", "create")), cards, seconds, connections)
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as name:
        folder = Path(name)
        try:
            one = servers.cardwright(in_environment("cardwright"), folder / "home", folder / "log", "one worker", url)
            command = tuple("2" if before == "--workers" else part for before, part in _pairs(one.command))
            bare = BareLoop(url, cards)
            with ExitStack() as stack:
                both = [stack.enter_context(running(one))]
                both.append(stack.enter_context(running(replace(one, name="two workers", command=command))))
                click.echo(f"loading {cards} cards", err=True)
                fill(both[0], cards)
                for load in LOADS:
                    if load.name in _TARGETS:
                        _compare(load, both, bare, plan, folder)
        except BenchError as fault:
            raise click.ClickException(str(fault)) from fault


def _pairs(command: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Return each part of a command with the part before it."""
    return list(zip(("", *command), command, strict=False))


def _compare(load: Load, both: Sequence[Server], bare: BareLoop, plan: Plan, folder: Path) -> None:
    """Measure a load in rounds, and print the shares of the bare loop and the gain of two workers.

    A round of its own, which is not measured, comes first: each worker then has the answers that it keeps.
    """
    rates: dict[str, list[float]] = {"bare": [], **{server.product.name: [] for server in both}}
    for turn in range(ROUNDS + 1):
        wait_until_idle(both)
        rates["bare"].append(bare.rate(load.name, plan.seconds))
        for number, server in in_turn(list(enumerate(both)), turn):
            prepared = folder / f"{server.product.name}-{load.name}"
            load.prepare(server, turn * len(both) + number, plan, prepared)
            wait_until_idle(both)
            measured = run_wrk(
                load.script, prepared, server.signer.host, seconds=plan.seconds, connections=plan.connections
            )
            rates[server.product.name].append(measured.rate)
    for found in rates.values():
        del found[0]
    click.echo(f"{load.title}: bare psycopg {statistics.median(rates['bare']):,.0f} a second")
    for server, target in zip(both, _TARGETS[load.name], strict=True):
        _print_share(server.product.name, rates[server.product.name], rates["bare"], target)
    _print_share("two workers / one", rates[both[1].product.name], rates[both[0].product.name], _WORKERS_TARGET)


def _print_share(title: str, rates: Sequence[float], compared: Sequence[float], target: float) -> None:
    ratios = [rate / other for rate, other in zip(rates, compared, strict=True)]
    share = statistics.median(ratios)
    word = "ok" if share >= target else "short"
    click.echo(
        f"  {title:20} {statistics.median(rates):8,.0f} a second  x{share:.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        f"  target x{target:.2f}  {word}"
    )


if __name__ == "__main__":
    main()
