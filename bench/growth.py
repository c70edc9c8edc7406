"""``python -m bench.growth``: how the time of each operation grows from a thousand cards to a million.

It fills a store of each size once, in the folder ``--home``, and keeps it. For each size it starts a server without
authentication, sends each row's requests one after another over one connection, and compares the medians.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import click

from bench import BenchError
from bench.console import CHARTED, JOBS, STATUSES, charted, content, fifty_jobs, tags
from bench.machine import machine_facts
from bench.memory import peak_mebibytes
from bench.servers import Server, running, unsigned_cardwright
from cardwright.actions.cards import create_card
from cardwright.core.card import Status
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role
from cardwright.jobs.words import WordsWorker
from cardwright.server.app import StoredTexts
from cardwright.server.stores import migrate, open_existing_store
from cardwright.settings import Settings

SIZES = (1_000, 100_000, 1_000_000)
GROWTH_TARGET = 2.0
"""The time of a row with the most cards, at most, as a multiple of its time with the fewest."""

_UNIT = 500  # cards created in one transaction
_DEEP = 50  # pages before the deep one
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Row:
    """A request that is sent repeatedly.

    Attributes:
        operation: with its prefix; None for a page of the console.
        asked: returns the members of the request, or the parameters of the page, for a random card.
        limit_ms: the largest median with the most cards, where the issue gives one.
    """

    title: str
    operation: str | None
    asked: Callable[[int], Mapping[str, object]]
    limit_ms: float | None = None


def name_of(index: int) -> str:
    """The name of a card."""
    return f"bench-card-{index:07d}"


def _editable(index: int) -> int:
    """Return this number or the one before: every fourth card is archived."""
    return index - (index % 4 == 3)


def _updated(index: int) -> Mapping[str, object]:
    made = json.loads(content(_editable(index)))
    made["model_overview"]["model_version"] = time.time_ns()
    return {"ModelCardName": name_of(_editable(index)), "Content": json.dumps(made)}


def _status(index: int) -> Mapping[str, object]:
    status = ("Draft", "PendingReview")[next(_numbers) % 2]
    return {"ModelCardName": name_of(_editable(index)), "ModelCardStatus": status}


def _listed(**more: str) -> Mapping[str, object]:
    """Return the request for a page of 51 to 100 cards: a kept answer to the last request does not serve this one."""
    return {"MaxResults": 51 + next(_numbers) % 50, **more}


def _created(index: int) -> Mapping[str, object]:
    name = f"new-{time.time_ns()}"
    made = json.loads(content(index))
    made["model_overview"]["model_id"] = name
    return {"ModelCardName": name, "ModelCardStatus": "Draft", "Content": json.dumps(made)}


def _contains(name: str, value: Callable[[int], str]) -> Callable[[int], Mapping[str, object]]:
    def asked(index: int) -> Mapping[str, object]:
        filters = [{"Name": name, "Operator": "Contains", "Value": value(index)}]
        return {"Resource": "ModelCard", "SearchExpression": {"Filters": filters}, "MaxResults": 100}

    return asked


def _equal(**values: str) -> Mapping[str, object]:
    filters = [{"Name": name, "Operator": "Equals", "Value": value} for name, value in values.items()]
    return {"Resource": "ModelCard", "SearchExpression": {"Filters": filters}, "MaxResults": 100}


ROWS: Sequence[Row] = (
    Row("DescribeModelCard", "SageMaker.DescribeModelCard", lambda index: {"ModelCardName": name_of(index)}),
    Row("ListModelCards", "SageMaker.ListModelCards", lambda _: _listed()),
    Row("ListModelCards, a deep page", "SageMaker.ListModelCards", lambda _: _listed(NextToken="")),
    Row("CreateModelCard", "SageMaker.CreateModelCard", _created),
    Row("UpdateModelCard with content", "SageMaker.UpdateModelCard", _updated),
    Row("UpdateModelCard, status", "SageMaker.UpdateModelCard", _status),
    Row(
        "ListModelCards NameContains, one card",
        "SageMaker.ListModelCards",
        lambda index: _listed(NameContains=f"card-{index:07d}"),
        50,
    ),
    Row(
        "ListModelCards NameContains, every card",
        "SageMaker.ListModelCards",
        lambda _: _listed(NameContains="ench-card"),
        50,
    ),
    Row(
        "ListModelCards NameContains, a thousandth",
        "SageMaker.ListModelCards",
        lambda index: _listed(NameContains=f"{index % 1000:03d}"),
        50,
    ),
    Row(
        "Search, status and risk",
        "SageMaker.Search",
        lambda _: _equal(ModelCardStatus="Approved", RiskRating="High"),
    ),
    Row("Search Contains, name", "SageMaker.Search", _contains("ModelCardName", lambda index: f"{index:07d}"), 50),
    Row("Search Contains, model id", "SageMaker.Search", _contains("ModelId", lambda index: f"bench-{index}"), 50),
    Row("Search Contains, content", "SageMaker.Search", _contains("Content", lambda index: f"needle{index:06d}"), 50),
    Row("Search by tag", "SageMaker.Search", lambda index: _equal(**{"Tags.wave": str(index // 100)})),
    Row(
        "Search by tag, sorted by tag",
        "SageMaker.Search",
        lambda _: {**_equal(**{"Tags.country": "PT"}), "SortBy": "Tags.wave", "SortOrder": "Ascending"},
    ),
    Row("console, list", None, lambda _: {}),
    Row("console, an owner", None, lambda index: {"owner": f"Team {index % 40}"}, 50),
    Row("console, a word of one card", None, lambda index: {"q": f"needle{index:06d}"}, 50),
    Row("console, a part of a name", None, lambda index: {"q": f"ench-card-{index // 10:06d}"}, 50),
)


@dataclass(slots=True)
class Measured:
    """The figures of one size.

    Attributes:
        times: the milliseconds of each row's requests, by title.
        whole: seconds and peak MiB of the commands that read the whole store, by command.
    """

    cards: int
    times: dict[str, list[float]] = field(default_factory=dict)
    whole: dict[str, tuple[float, float]] = field(default_factory=dict)
    start_seconds: float = 0.0
    memory_mebibytes: float = 0.0
    store_bytes: int = 0


def fill(home: Path, cards: int) -> None:
    """Fill the store in *home*. Continues where an earlier call was interrupted; all words are indexed at the end."""
    settings = Settings(home=home)
    migrate(settings)
    actor = Actor(Scope(settings.region, OPEN_ACCOUNT), "bench", Role.ADMIN)
    finished = home / "filled"
    if finished.exists():
        return
    progress = home / "progress"
    store = open_existing_store(settings)
    try:
        for start in range(int(progress.read_text()) if progress.exists() else 0, cards, _UNIT):
            with store.open_unit(actor) as unit:
                for index in range(start, min(start + _UNIT, cards)):
                    tagged = [(tag["Key"], tag["Value"]) for tag in tags(index)]
                    create_card(unit, name_of(index), content(index), Status(STATUSES[index % 4]), tagged)
            progress.write_text(str(start + _UNIT))
            if start % 50_000 == 0:
                click.echo(f"{start:,} of {cards:,} cards", err=True)
        with store.open_unit(actor) as unit:
            create_card(unit, CHARTED, charted(), Status.DRAFT)
            create_card(unit, JOBS, fifty_jobs(), Status.DRAFT)
        WordsWorker(StoredTexts(store), None, lambda: 0).run()
    finally:
        store.close()
    finished.touch()


def _send(connection: HTTPConnection, row: Row, asked: Mapping[str, object]) -> tuple[float, bytes]:
    """Send a request. Returns the milliseconds until its answer is complete, and the answer."""
    if row.operation is None:
        method, address, body, headers = "GET", f"/cards?{urlencode(asked)}", None, {}
    else:
        method, address, body = "POST", "/", json.dumps(asked)
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": row.operation}
    began = time.perf_counter()
    connection.request(method, address, body, headers)
    response = connection.getresponse()
    text = response.read()
    took = (time.perf_counter() - began) * 1000
    if response.status != 200:
        raise BenchError(f"{row.title} was answered {response.status}: {text[:300].decode(errors='replace')}")
    return took, text


def _deep_token(connection: HTTPConnection) -> str:
    """Return the token of a page after many others, or of the last but one."""
    token, row = "", ROWS[1]
    for _ in range(_DEEP):
        asked = {"MaxResults": 100} | ({"NextToken": token} if token else {})
        following = json.loads(_send(connection, row, asked)[1]).get("NextToken")
        if following is None:
            break
        token = following
    return token


def _rows(server: Server, cards: int, times: int, titles: Sequence[str]) -> Iterator[tuple[str, list[float]]]:
    connection, chosen = server.connect(), random.Random(5)  # noqa: S311 - not for secrets
    deep = _deep_token(connection)
    for row in ROWS:
        if titles and not any(title in row.title for title in titles):
            continue
        asked = [row.asked(chosen.randrange(cards)) for _ in range(times)]
        if "NextToken" in asked[0]:
            asked = [{**one, "NextToken": deep} for one in asked] if deep else asked[:0]
        yield row.title, [_send(connection, row, one)[0] for one in asked]


def _command(words: Sequence[str]) -> tuple[float, float]:
    """Run a command. Returns its seconds and the peak of its processes' memory in MiB."""
    began = time.monotonic()
    command = [sys.executable, "-m", "cardwright", *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - the program under measurement
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, peak_mebibytes(process.pid))
        time.sleep(0.1)
    if process.returncode:
        raise BenchError(f"{' '.join(words)} ended with {process.returncode}")
    return time.monotonic() - began, peak


def measure(home: Path, cards: int, times: int, titles: Sequence[str], *, whole: bool) -> Measured:
    """Measure the store of one size."""
    found = Measured(cards)
    fill(home, cards)
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as scratch:
        if whole:
            for words in (("verify",), ("backup", str(Path(scratch) / "store.backup"))):
                found.whole[words[0]] = _command([*words, "--home", str(home)])
                click.echo(f"{cards:>9,} {words[0]} {found.whole[words[0]][0]:.1f} s", err=True)
        product = unsigned_cardwright(Path(sys.executable).with_name("cardwright"), home, Path(scratch) / "log")
        with running(product) as server:
            found.start_seconds = server.start_seconds
            for title, took in _rows(server, cards, times, titles):
                found.times[title] = took
                click.echo(f"{cards:>9,} {title:44} {statistics.median(took):8.2f} ms", err=True)
            found.memory_mebibytes = server.resident_bytes() / 2**20
    found.store_bytes = sum(file.stat().st_size for file in home.glob("cardwright.db*"))
    return found


def _text(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the table: medians in milliseconds, their growth, and 95th percentiles with the most cards."""
    sizes = [f"{one.cards:,}" for one in measured]
    yield f"{'median, ms':44}" + "".join(f"{size:>11}" for size in sizes) + f"{'growth':>9}{'p95':>10}"
    limits = {row.title: row.limit_ms for row in ROWS}
    for title in measured[0].times:
        medians = [statistics.median(one.times[title]) for one in measured]
        growth, p95 = medians[-1] / medians[0], statistics.quantiles(measured[-1].times[title], n=20)[-1]
        limit = limits[title]
        held = medians[-1] <= limit if limit is not None else growth <= GROWTH_TARGET
        aim = f"< {limit:.0f} ms" if limit is not None else f"< {GROWTH_TARGET:.0f}x"
        yield (
            f"{title:44}"
            + "".join(f"{median:11.2f}" for median in medians)
            + f"{growth:8.2f}x{p95:10.2f}  {aim}  {'ok' if held else 'short'}"
        )
    for command in measured[0].whole:
        seconds = "".join(f"{one.whole[command][0]:11.1f}" for one in measured)
        yield f"{command + ', s':44}{seconds}"
        yield f"{command + ', peak MiB':44}" + "".join(f"{one.whole[command][1]:11.0f}" for one in measured)
    yield f"{'start to first answer, s':44}" + "".join(f"{one.start_seconds:11.2f}" for one in measured)
    yield f"{'memory of the server, MiB':44}" + "".join(f"{one.memory_mebibytes:11.0f}" for one in measured)
    yield f"{'size of the store, MB':44}" + "".join(f"{one.store_bytes / 1e6:11,.0f}" for one in measured)


def _sizes(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter("numbers of cards, separated by commas") from None
    if not all(1_000 <= size <= 9_999_999 for size in sizes):
        raise click.BadParameter("between 1000 and 9999999 cards")
    return sizes


@click.command()
@click.option("--sizes", callback=_sizes, default=",".join(map(str, SIZES)), show_default=True, help="Cards.")
@click.option("--times", type=click.IntRange(20), default=100, show_default=True, help="How often each row is sent.")
@click.option("--rows", "titles", default="", help="Rows whose titles contain one of these texts (commas between).")
@click.option("--whole/--no-whole", default=True, show_default=True, help="Time verify and backup.")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of the stores, which are made once and kept: 15 GB for a million cards.",
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers here.")
def main(  # noqa: PLR0913 - one argument for each option
    *, sizes: Sequence[int], times: int, titles: str, whole: bool, home: Path, json_file: Path | None
) -> None:
    """Measure each operation with growing numbers of cards, and print medians, growth and targets."""
    wanted = [title.strip() for title in titles.split(",") if title.strip()]
    measured = [measure(home / f"cards-{size}", size, times, wanted, whole=whole) for size in sorted(sizes)]
    for line in _text(measured):
        click.echo(line)
    facts = machine_facts(home) | {"load_average_end": round(os.getloadavg()[0], 2)}
    click.echo(json.dumps(facts))
    if json_file is not None:
        numbers = {"sizes": [asdict(one) for one in measured], "machine": facts}
        json_file.write_text(json.dumps(numbers, indent=2) + "\n")


if __name__ == "__main__":
    main()
