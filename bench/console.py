"""``python -m bench.console``: measures the card list with many cards and a card page with many charts."""

import gzip
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from bench import BenchError
from bench.content import card_content
from bench.machine import machine_facts
from bench.requests import call
from bench.servers import Server, running, unsigned_cardwright

_LOADERS = 8
CHARTED = "bench-charts"
_CHARTS = 20
JOBS, _OF_JOBS = "bench-fifty-jobs", 50
STATUSES = ("Draft", "PendingReview", "Approved", "Archived")
_RISKS = ("High", "Medium", "Low", "Unknown")
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_READING = "Search is still indexing"


@dataclass(frozen=True, slots=True)
class Row:
    """A page that is requested repeatedly, with the target of its 95th percentile."""

    title: str
    address: str
    goal_ms: float


ROWS = (
    Row("list, first page", "/cards", 50),
    Row("list, by name", "/cards?sort=name", 50),
    Row("list, a status and a risk", "/cards?status=Approved&risk=High", 50),
    Row("list, an owner", "/cards?owner=Team+17", 50),
    Row("list, a deep page", "", 50),
    Row("search, a word of one card", "/cards?q=needle004242", 50),
    Row("search, a word of a hundred cards", "/cards?q=rare042", 50),
    Row("search, a word of every card", "/cards?q=fraud", 50),
    Row("search, two words of every card", "/cards?q=fraud+payments", 50),
    Row("search, a letter", "/cards?q=c", 50),
    Row("search, the beginning of a word", "/cards?q=paym", 50),
    Row("search, a number", "/cards?q=1.004242", 50),
    Row("search, a near word", "/cards?q=fruad", 50),
    Row("a tag of few cards", "/cards?tag=wave%3D17", 50),
    Row("a tag of a quarter of the cards", "/cards?tag=country%3DPT", 50),
    Row(
        "a saved view",
        "/cards?tag=country%3DPT&risk=High&status=Approved&sort=name&columns=risk&columns=metric:share",
        50,
    ),
    Row("overdue reviews", "/cards?due=overdue", 50),
    Row("search, a part of names", "/cards?q=ench-card-0012", 50),
    Row("card page, 20 charts", f"/cards/{CHARTED}", 150),
    Row("card page, 50 jobs", f"/cards/{JOBS}", 150),
    Row("comparison, 50 jobs each", f"/compare?a={JOBS}:1&b={JOBS}:2", 250),
    Row("comparison, every metric", f"/compare?a={JOBS}:1&b={JOBS}:2&show=all&every=chart", 250),
)


def content(index: int) -> str:
    """The content of a card: 10 KB, one of 40 owners, a unique word and a rare word."""
    made = json.loads(card_content(f"bench-{index}"))
    made["model_overview"]["model_owner"] = f"Team {index % 40}"
    made["model_overview"]["model_creator"] = f"needle{index:06d} rare{index % 1000:03d}"
    made["model_overview"]["model_version"] = 1 + index / 1_000_000
    made["intended_uses"]["risk_rating"] = _RISKS[index % 3 if index % 7 else 3]
    return json.dumps(made)


def charted() -> str:
    """The content of a card with twenty charts of all kinds."""
    numbers = random.Random(7)  # noqa: S311 - not for secrets
    charts: list[dict[str, Any]] = []
    for n in range(_CHARTS):
        kind = ("linear_graph", "bar_chart", "matrix")[n % 3]
        value: Any = [round(numbers.random(), 4) for _ in range(12)]
        more: dict[str, Any] = {"x_axis_name": [f"feature {k}" for k in range(12)], "y_axis_name": "share"}
        if kind == "linear_graph":
            value = [[step / 200, round((step / 200) ** 0.5, 4)] for step in range(201)]
            more = {"x_axis_name": "false_positive_rates", "y_axis_name": "true_positive_rates"}
        elif kind == "matrix":
            value = [[numbers.randrange(900) for _ in range(6)] for _ in range(6)]
            more = {"x_axis_name": list("abcdef"), "y_axis_name": list("abcdef")}
        charts.append({"name": f"chart {n}", "type": kind, "value": value} | more)
    made = json.loads(card_content("charts"))
    made["evaluation_details"] = [{"name": "All", "metric_groups": [{"name": "charts", "metric_data": charts}]}]
    return json.dumps(made)


def fifty_jobs(shift: float = 0.0) -> str:
    """The content of a card with fifty evaluation jobs: figures with deviations, a matrix and a curve each.

    Args:
        shift: by how much the figures differ from those of a shift of 0.
    """
    numbers = random.Random(9)  # noqa: S311 - not for secrets
    jobs = []
    for n in range(_OF_JOBS):
        metrics: list[dict[str, Any]] = []
        for name in ("accuracy", "auc", "precision", "recall", "f0_5", "f1", "f2", "true_negative_rate"):
            value, deviation = round(numbers.uniform(0.65, 0.9) + shift, 12), round(numbers.uniform(0, 0.01), 5)
            metrics.append({"name": name, "type": "number", "value": value})
            metrics.append({"name": f"{name} - standard_deviation", "type": "number", "value": deviation})
        matrix = [[numbers.randrange(1_000_000) for _ in range(2)] for _ in range(2)]
        labels = {"x_axis_name": ["no", "yes"], "y_axis_name": ["no", "yes"]}
        metrics.append({"name": "confusion_matrix", "type": "matrix", "value": matrix} | labels)
        curve = [[step / 10, round((step / 10) ** 0.5, 3)] for step in range(11)]
        axes = {"x_axis_name": "false_positive_rates", "y_axis_name": "true_positive_rates"}
        metrics.append(
            {"name": "receiver_operating_characteristic_curve", "type": "linear_graph", "value": curve} | axes
        )
        groups = [{"name": "binary_classification_metrics", "metric_data": metrics}]
        jobs.append({"name": f"Holdout segment {n}", "evaluation_observation": "Held out.", "metric_groups": groups})
    made = json.loads(card_content("jobs"))
    made["evaluation_details"] = jobs
    made["model_overview"].pop("model_id", None)
    return json.dumps(made, separators=(",", ":"))


def load(server: Server, cards: int) -> None:
    """Create the cards through the API."""

    def some(first: int) -> None:
        connection = server.connect()
        for index in range(first, cards, _LOADERS):
            create(server, connection, f"bench-card-{index:06d}", content(index), STATUSES[index % 4], tags(index))
        connection.close()

    with ThreadPoolExecutor(_LOADERS) as pool:
        for share in [pool.submit(some, first) for first in range(_LOADERS)]:
            share.result()
    create(server, server.connect(), CHARTED, charted(), "Draft")
    create(server, server.connect(), JOBS, fifty_jobs(), "Approved")
    body = json.dumps({"ModelCardName": JOBS, "Content": fifty_jobs(0.01)})
    call(server.connect(), server.signer, "UpdateModelCard", body)


def tags(index: int) -> list[dict[str, str]]:
    """The tags of a card: one that every fourth card has, and one of a few cards."""
    return [
        {"Key": "country", "Value": ("PT", "ES", "FR", "DE")[index // 4 % 4]},
        {"Key": "wave", "Value": str(index // 100)},
    ]


def create(  # noqa: PLR0913, PLR0917 - the parts of a card
    server: Server,
    connection: HTTPConnection,
    name: str,
    text: str,
    status: str,
    tagged: Sequence[dict[str, str]] = (),
) -> None:
    body = json.dumps({"ModelCardName": name, "ModelCardStatus": status, "Content": text, "Tags": list(tagged)})
    call(connection, server.signer, "CreateModelCard", body)


def get(connection: HTTPConnection, address: str) -> tuple[float, bytes, int]:
    """Return the milliseconds until the page is complete, the page, and its bytes on the wire."""
    began = time.perf_counter()
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    sent = response.read()
    took = (time.perf_counter() - began) * 1000
    if response.status != 200:
        raise BenchError(f"{address} was answered {response.status}")
    page = gzip.decompress(sent) if response.getheader("Content-Encoding") == "gzip" else sent
    return took, page, len(sent)


def words_read(connection: HTTPConnection) -> float:
    """Return the seconds until the search index has every card: words are indexed before the first search."""
    began = time.perf_counter()
    while _READING in get(connection, "/cards?q=fraud")[1].decode():
        time.sleep(0.2)
    return time.perf_counter() - began


def deep_address(connection: HTTPConnection, pages: int) -> str:
    """Return the address of a list page after so many others."""
    address = "/cards"
    for _ in range(pages):
        following = re.search(r'rel="next" href="([^"]+)"', get(connection, address)[1].decode())
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
    return address


def weight(connection: HTTPConnection, address: str) -> int:
    """Return the bytes on the wire of a page with all its assets."""
    _, page, sent = get(connection, address)
    assets = dict.fromkeys(_ASSET.findall(page.decode()))
    return sent + sum(get(connection, asset)[2] for asset in assets)


def form_times(connection: HTTPConnection, times: int) -> dict[str, dict[str, float]]:
    """Return the times of the evaluation step of a draft with fifty jobs, and of its saves. Discards the draft."""
    address = f"/cards/{JOBS}/edit/evaluation?job=3"
    connection.request("GET", address)
    response = connection.getresponse()
    page, cookie = response.read().decode(), (response.getheader("Set-Cookie") or "").partition(";")[0]
    hidden = dict(re.findall(r'name="(token|page|began)" value="([^"]+)"', page))
    action = address.partition("?")[0]
    fields = {"evaluation_details.3.evaluation_observation": "", "do": "auto", "revision": "", **hidden}

    def save(turn: int) -> float:
        nonlocal action
        fields["evaluation_details.3.evaluation_observation"], fields["turn"] = f"Held out {turn}.", str(turn)
        head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        connection.request("POST", action, urlencode(fields), head)
        answer = connection.getresponse()
        saved = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise BenchError(f"the draft was not saved: {answer.status}")
        action = json.loads(saved)["address"]
        return took

    save(1)
    rows = {
        "form, step with 50 jobs": (80.0, sorted(get(connection, action)[0] for _ in range(times))),
        "form, save of 50 jobs": (200.0, sorted(save(turn) for turn in range(2, times + 2))),
    }
    head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", action.rpartition("/")[0] + "/discard", urlencode({"token": hidden["token"]}), head)
    connection.getresponse().read()
    found = {}
    for title, (goal, took) in rows.items():
        p50, p95 = statistics.median(took), took[int(len(took) * 0.95)]
        found[title] = {"p50": p50, "p95": p95, "goal": goal}
        word = "ok" if p95 < goal else "short"
        click.echo(f"{title:36} p50 {p50:7.1f} ms  p95 {p95:7.1f} ms  < {goal:.0f}  {word}")
    return found


@click.command()
@click.option("--cards", type=click.IntRange(5000), default=100_000, show_default=True, help="Cards in the store.")
@click.option("--times", type=click.IntRange(20), default=60, show_default=True, help="How often each page is read.")
@click.option("--home", type=click.Path(path_type=Path), help="A store to fill and keep, or a filled one.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers here.")
def main(cards: int, times: int, home: Path | None, json_file: Path | None) -> None:
    """Measure the console's pages, one after another over one connection."""
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as scratch:
        store = home or Path(scratch) / "home"
        filled = (store / "cardwright.db").exists()
        executable = Path(sys.executable).with_name("cardwright")
        with running(unsigned_cardwright(executable, store, Path(scratch) / "log")) as server:
            if not filled:
                click.echo(f"loading {cards} cards", err=True)
                load(server, cards)
            connection = server.connect()
            read_seconds = words_read(connection)
            deep = deep_address(connection, 200)
            found: dict[str, dict[str, float]] = {}
            for row in ROWS:
                address = row.address or deep
                took = sorted(get(connection, address)[0] for _ in range(times))
                p95 = took[int(len(took) * 0.95)]
                found[row.title] = {"p50": statistics.median(took), "p95": p95, "goal": row.goal_ms}
                word = "ok" if p95 < row.goal_ms else "short"
                p50 = found[row.title]["p50"]
                click.echo(f"{row.title:36} p50 {p50:7.1f} ms  p95 {p95:7.1f} ms  < {row.goal_ms:.0f}  {word}")
            found |= form_times(connection, times)
            list_weight, form_weight = weight(connection, "/cards"), weight(connection, "/new")
            click.echo(f"words of all cards read for search: {read_seconds:.0f} s")
            click.echo(
                f"weight with all it loads: list {list_weight / 1000:.0f} KB, form {form_weight / 1000:.0f} KB < 300"
            )
        if json_file is not None:
            numbers = {"pages": found, "weight": {"list": list_weight, "form": form_weight}, "words_s": read_seconds}
            json_file.write_text(json.dumps(numbers | {"machine": machine_facts(Path.cwd())}, indent=2) + "\n")


if __name__ == "__main__":
    main()
