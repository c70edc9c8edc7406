"""``python -m bench.mixed``: measures describes of one caller while others list, search, update, upload and export."""

import http.client
import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click

from bench import BenchError
from bench.content import card_content
from bench.uploads import Upload, report, served

_GOALS = {"p99.9": 20.0, "max": 100.0}  # milliseconds
_BETWEEN_DESCRIBES = 0.002  # seconds


def name_of(number: int) -> str:
    """Return the name of a card of the benchmark."""
    return f"bench-card-{number:06d}"


class Caller:
    """One caller of the API, on a connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, operation: str, body: Mapping[str, object]) -> float:
        """Return the seconds until the answer is complete. Raises :class:`BenchError` for an error."""
        began = time.perf_counter()
        self._connection.request("POST", "/", json.dumps(body), {"X-Amz-Target": f"SageMaker.{operation}"})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise BenchError(f"{operation} was answered with {answer.status}: {text[:200]!r}")
        return time.perf_counter() - began


def lists(caller: Caller, port: int, cards: int) -> Iterator[None]:  # noqa: ARG001 - every load has these
    """List cards by a part of their names, and by a status."""
    for number in itertools.count():
        caller.call("ListModelCards", {"NameContains": f"{number % cards:06d}"[2:], "SortBy": "Name"})
        caller.call("ListModelCards", {"ModelCardStatus": "PendingReview", "SortBy": "Name", "SortOrder": "Descending"})
        yield


def searches(caller: Caller, port: int, cards: int) -> Iterator[None]:  # noqa: ARG001
    """Search for parts of contents, and for cards by their risk."""
    for number in itertools.count():
        for name, operator, value in (
            ("Content", "Contains", f"{name_of(number % cards)[4:]}"),
            ("RiskRating", "Equals", "High"),
        ):
            wanted = {"Filters": [{"Name": name, "Operator": operator, "Value": value}]}
            caller.call("Search", {"Resource": "ModelCard", "SearchExpression": wanted, "MaxResults": 50})
        yield


def updates(caller: Caller, port: int, cards: int) -> Iterator[None]:  # noqa: ARG001
    """Give random cards new contents."""
    for number in itertools.count():
        name = name_of(random.randrange(cards))  # noqa: S311 - not for secrets
        content = json.loads(card_content(name))
        content["business_details"]["line_of_business"] = f"Line {number}"
        caller.call("UpdateModelCard", {"ModelCardName": name, "Content": json.dumps(content)})
        yield


def uploads(caller: Caller, port: int, cards: int) -> Iterator[None]:  # noqa: ARG001
    """Upload reports of 4 MB into new drafts of the console."""
    data = report(4)
    for number in itertools.count():
        Upload(port, f"uploaded-{number}").run(data)
        yield


def exports(caller: Caller, port: int, cards: int) -> Iterator[None]:  # noqa: ARG001
    """Request PDF exports of random cards."""
    for number in itertools.count():
        name = name_of(random.randrange(cards))  # noqa: S311 - not for secrets
        output = {"S3OutputPath": "s3://bench"}
        job = {"ModelCardName": name, "ModelCardExportJobName": f"job-{number}", "OutputConfig": output}
        caller.call("CreateModelCardExportJob", job)
        yield


LOADS: dict[str, Callable[[Caller, int, int], Iterator[None]]] = {
    "lists": lists,
    "searches": searches,
    "updates": updates,
    "uploads": uploads,
    "exports": exports,
}


def run_load(load: str, port: int, cards: int, seconds: float, pause: float) -> int:
    """Repeat a load for some seconds, with a pause after each turn. Returns the number of turns."""
    end, done = time.monotonic() + seconds, 0
    for _ in LOADS[load](Caller(port), port, cards):
        done += 1
        if time.monotonic() > end:
            break
        time.sleep(pause)
    return done


def fill(port: int, cards: int) -> None:
    """Create the cards; every fourth is PendingReview."""
    caller = Caller(port)
    for number in range(cards):
        body = {"ModelCardName": name_of(number), "Content": card_content(name_of(number))}
        caller.call("CreateModelCard", {**body, "ModelCardStatus": "Draft" if number % 4 else "PendingReview"})


def described(port: int, cards: int, goes_on: Callable[[], bool]) -> list[float]:
    """Describe random cards one after another. Returns the milliseconds of each, sorted."""
    caller, times = Caller(port), []
    while goes_on():
        name = name_of(random.randrange(cards))  # noqa: S311 - not for secrets
        times.append(caller.call("DescribeModelCard", {"ModelCardName": name}) * 1000)
        time.sleep(_BETWEEN_DESCRIBES)
    return sorted(times)


def shown(title: str, times: Sequence[float]) -> str:
    """Return one line with the percentiles of a sorted list."""
    p99, p999 = (times[int(len(times) * share)] for share in (0.99, 0.999))
    return (
        f"describe, {title:18} {len(times):6,} times  p50 {statistics.median(times):6.2f} ms  p99 {p99:6.2f}"
        f"  p99.9 {p999:6.2f}  max {times[-1]:6.2f}"
    )


@click.command()
@click.option("--cards", type=click.IntRange(10), default=2000, show_default=True, help="Cards in the store.")
@click.option("--seconds", type=click.IntRange(1), default=20, show_default=True, help="Length of each part.")
@click.option("--pause", type=click.FloatRange(0), default=50, show_default=True, help="Milliseconds between requests.")
@click.option("--only", default=",".join(LOADS), show_default=True, help="Loads, separated by commas.")
def main(cards: int, seconds: int, pause: float, only: str) -> None:
    """Print the response times of describes without other requests, during each load, and during all loads."""
    chosen = only.split(",")
    context = get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="cardwright-bench-") as name,
        served(Path(name) / "home") as (port, _),
        ProcessPoolExecutor(len(chosen), mp_context=context) as pool,
    ):
        fill(port, cards)
        end = time.monotonic() + seconds
        click.echo(shown("nothing else", described(port, cards, lambda: time.monotonic() < end)))
        parts = [(load,) for load in chosen] if len(chosen) > 1 else []
        for part in (*parts, chosen):
            turns: dict[str, Future[int]] = {
                load: pool.submit(run_load, load, port, cards, seconds, pause / 1000) for load in part
            }
            times = described(port, cards, lambda turns=turns: not all(turn.done() for turn in turns.values()))  # type: ignore[misc]
            counts = ", ".join(f"{turn.result()} {load}" for load, turn in turns.items())
            click.echo(f"{shown(part[0] if len(part) == 1 else 'all at once', times)}  ({counts})")
    click.echo(f"goals: p99.9 under {_GOALS['p99.9']:.0f} ms, max under {_GOALS['max']:.0f} ms")


if __name__ == "__main__":
    main()
