"""``python -m bench.governance``: lists, dry runs and the audit log of many cards under a policy with 20 rules.

It fills a store, starts a server, and runs commands and operations one after another. Each row has a limit; memory is
flat when ten times the cards need about the same.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import click
from botocore.config import Config

from bench import BenchError
from bench.checks import RULES
from bench.content import card_content
from bench.memory import resident_peak
from cardwright.actions.cards import create_card
from cardwright.actions.policies import describe_policy, put_policy
from cardwright.actions.policy_runs import begin_run, store_next, try_next
from cardwright.client.own_client import own_client
from cardwright.core.card import Status
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import migrate, open_existing_store
from cardwright.settings import Settings

_PORT = 18771
_DESCRIBED = "bench-00000"


class Row(NamedTuple):
    """A measurement: seconds, or MiB, with its limit."""

    name: str
    value: float
    limit: float
    unit: str = "s"

    def text(self) -> str:
        share = self.value / self.limit
        return f"{self.name:<58} {self.value:>9.2f} {self.unit:<3}  limit {self.limit:>8.2f}  {share:>5.0%} of it"


@click.command()
@click.option("--cards", type=click.IntRange(100), default=10_000, show_default=True, help="Cards in the store.")
@click.option("--database-url", help="PostgreSQL; a SQLite file by default.")
def main(cards: int, database_url: str | None) -> None:
    """Measure lists, dry runs and the audit log of many cards under a policy, and print them with limits."""
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as name:
        settings = Settings(home=Path(name), database_url=database_url)
        began = time.monotonic()
        _fill(settings, cards)
        click.echo(f"{cards:,} cards stored in {time.monotonic() - began:.0f} s, a policy with 20 rules")
        with _server(settings) as url:
            for row in _rows(settings, url, cards):
                click.echo(row.text())


def _actor(settings: Settings) -> Actor:
    return Actor(Scope(settings.region, OPEN_ACCOUNT), "bench", Role.ADMIN)


def _fill(settings: Settings, cards: int) -> None:
    migrate(settings)
    store = open_existing_store(settings)
    try:
        for start in range(0, cards, 500):
            with store.open_unit(_actor(settings)) as unit:
                for number in range(start, min(start + 500, cards)):
                    name = f"bench-{number:05}"
                    create_card(unit, name, card_content(name), Status.DRAFT)
        with store.open_unit(_actor(settings)) as unit:
            put_policy(unit, RULES)
            put_policy(unit, RULES.replace("policy: bench", "policy: bench\nversion: 2"), activate=False)
    finally:
        store.close()


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    command = [sys.executable, "-m", "cardwright", "serve", "--home", str(settings.home), "--port", str(_PORT)]
    command += [] if settings.database_url is None else ["--database-url", settings.database_url]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - the program under measurement
    try:
        url = f"http://127.0.0.1:{_PORT}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str) -> None:
    client = _client(url)
    for _ in range(200):
        try:
            client.list_model_cards(MaxResults=1)
        except Exception:  # noqa: BLE001 - the server is not ready
            time.sleep(0.05)
        else:
            return
    raise BenchError("the server does not start")


def _client(url: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, read_timeout=60)
    session = boto3.Session(aws_access_key_id="bench", aws_secret_access_key="bench", region_name="us-east-1")  # noqa: S106 - unchecked
    return session.client("sagemaker", endpoint_url=url, config=config)


def _rows(settings: Settings, url: str, cards: int) -> Iterator[Row]:
    thousands = cards / 1_000
    own = own_client(_client(url))
    pages = _pages(own.list_model_card_inventory, "ModelCards", cards)
    yield Row("ListModelCardInventory, 100 cards, median", statistics.median(pages), 0.5)
    yield Row("ListModelCardInventory, 100 cards, slowest", max(pages), 2.0)
    events = _pages(own.list_audit_records, "AuditRecords", cards)
    yield Row("ListAuditRecords, 100 events, slowest", max(events), 0.2)
    for words in ("created bench-00007", "nothing-has-this"):
        found = _pages(lambda words=words, **more: own.list_audit_records(Text=words, **more), "AuditRecords", 0)
        yield Row(f"ListAuditRecords, words {words!r}, slowest page", max(found), 1.0)
        yield Row(f"ListAuditRecords, words {words!r}, whole log", sum(found), 0.3 * thousands)
    policy = settings.home / "policy.yaml"
    policy.write_text(RULES)
    commands: Sequence[tuple[Sequence[str], float, float]] = (
        (("card", "list", "--format", "csv", "--limit", str(cards)), 8.0 * thousands, 160),
        (("policy", "test", str(policy)), 18.0 * thousands, 160),
        (("audit", "list", "--limit", "1000"), 10.0, 160),
        (("audit", "export", "--format", "csv"), 1.5 * thousands + 2, 160),
    )
    for command, seconds, mebibytes in commands:
        took, peak = _command(url, command)
        yield Row(f"cardwright {' '.join(command[:2])}", took, seconds)
        yield Row(f"cardwright {' '.join(command[:2])}, peak memory", peak, mebibytes, "MiB")
    yield from _dry_run(settings, url, thousands)


def _pages(call: Callable[..., Any], member: str, minimum: int) -> list[float]:
    """Read all pages, and return the seconds of each."""
    times, wanted, found = [], {"MaxResults": 100}, 0
    while True:
        began = time.monotonic()
        page = call(**wanted)
        times.append(time.monotonic() - began)
        found += len(page[member])
        if "NextToken" not in page:
            break
        wanted["NextToken"] = page["NextToken"]
    if found < minimum:
        raise BenchError(f"{found} of {minimum} {member} were listed")
    return times


def _command(url: str, words: Sequence[str]) -> tuple[float, float]:
    """Run a command against the server. Returns seconds and the peak of its resident memory in MiB."""
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    command = [sys.executable, "-m", "cardwright", *words, "--endpoint-url", url]
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - the program under measurement
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, resident_peak(process.pid) / 1024)
        time.sleep(0.05)
    if process.returncode:
        raise BenchError(f"{' '.join(words)} failed")
    return time.monotonic() - began, peak


def _dry_run(settings: Settings, url: str, thousands: float) -> Iterator[Row]:
    """Try a version of the policy on all cards, while another caller describes a card."""
    store = open_existing_store(settings)
    actor, steps = _actor(settings), []
    watched = _Describes(url)
    watched.start()
    began = time.monotonic()
    try:
        with store.open_unit(actor) as unit:
            run = begin_run(unit, describe_policy(unit, "bench", 2))
        while True:
            step = time.monotonic()
            with store.open_unit(actor, writes=False) as unit:
                tried = try_next(unit, run.run_id)
            if tried is None:
                break
            with store.open_unit(actor) as unit:
                store_next(unit, *tried)
            steps.append(time.monotonic() - step)
        took = time.monotonic() - began
    finally:
        watched.stop()
        store.close()
    yield Row("dry run over all cards", took, 8.0 * thousands)
    yield Row("dry run, slowest step", max(steps), 3.0)
    yield Row("DescribeModelCard during the dry run, 99th percentile", watched.percentile(99), 0.2)


class _Describes(threading.Thread):
    """Describes one card again and again, and keeps the seconds of each answer."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._client, self._ended, self._times = _client(url), threading.Event(), [0.0]

    def run(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            self._client.describe_model_card(ModelCardName=_DESCRIBED)
            self._times.append(time.monotonic() - began)

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def percentile(self, share: int) -> float:
        return sorted(self._times)[len(self._times) * share // 100 - 1]


if __name__ == "__main__":
    main()
