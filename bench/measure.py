"""What is done to one server: load it, then put each operation under load."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bench import BenchError
from bench.content import card_content
from bench.requests import PAGE_SIZE, CreateBodies, call, describe_body, list_body, prepare
from bench.servers import Product, Server, running
from bench.wrk import Measured, run_wrk

OPERATIONS = {"describe": "DescribeModelCard", "list": "ListModelCards", "create": "CreateModelCard"}

_LOADERS = 8
_STARTS = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: the parts (names of ``OPERATIONS``, and ``start``), and with how much of what."""

    parts: frozenset[str]
    cards: int
    seconds: int
    connections: int


@dataclass(slots=True)
class Outcome:
    """What was measured of one server; what the plan leaves out stays empty.

    Attributes:
        operations: by name as in ``OPERATIONS``.
        start_seconds: each start, on the store as the load left it.
        loaded_bytes: memory after the cards were loaded.
        final_bytes: memory after the last load.
        final_cards: cards that existed then.
    """

    operations: dict[str, Measured] = field(default_factory=dict)
    start_seconds: list[float] = field(default_factory=list)
    loaded_bytes: int | None = None
    final_bytes: int | None = None
    final_cards: int = 0

    @property
    def median_start(self) -> float | None:
        """The median start in seconds."""
        return statistics.median(self.start_seconds) if self.start_seconds else None


def measure(product: Product, plan: Plan, scratch: Path, say: Callable[[str], None]) -> Outcome:
    """Measure *product* as *plan* says.

    *scratch* is a folder for prepared requests; *say* hears of the progress.

    Raises:
        BenchError: an answer was wrong or missing.
    """
    outcome = Outcome()
    parts = [part for part in OPERATIONS if part in plan.parts]
    if parts:
        with running(product) as server:
            say(f"{product.name}: loading {plan.cards} cards")
            _load(server, plan.cards)
            outcome.loaded_bytes = server.resident_bytes()
            outcome.final_cards = plan.cards
            for part in parts:
                say(f"{product.name}: {part}")
                folder = scratch / f"{product.name}-{part}"
                _PREPARE[part](server, plan, folder)
                measured = run_wrk(
                    part, folder, server.signer.host, seconds=plan.seconds, connections=plan.connections
                )
                outcome.operations[part] = measured
                if part == "create":
                    _see_content(server, _created_name(measured.answered // 2))
                    outcome.final_cards += measured.answered
            outcome.final_bytes = server.resident_bytes()
    if "start" in plan.parts:
        say(f"{product.name}: start")
        for _ in range(_STARTS):
            with running(product) as server:
                outcome.start_seconds.append(server.start_seconds)
    return outcome


def _loaded_name(index: int) -> str:
    return f"bench-card-{index:06d}"


def _created_name(index: int) -> str:
    return f"bench-create-{index:06d}"


def _load(server: Server, cards: int) -> None:
    bodies = CreateBodies.cut()

    def load(indexes: Sequence[int]) -> None:
        connection = server.connect()
        try:
            for index in indexes:
                call(connection, server.signer, "CreateModelCard", bodies.body(_loaded_name(index)))
        finally:
            connection.close()

    with ThreadPoolExecutor(_LOADERS) as pool:
        for share in [pool.submit(load, range(first, cards, _LOADERS)) for first in range(_LOADERS)]:
            share.result()


def _prepare_describe(server: Server, plan: Plan, folder: Path) -> None:
    _see_content(server, _loaded_name(plan.cards // 2))
    names = (_loaded_name(index) for index in range(plan.cards))
    prepare(folder, server.signer, OPERATIONS["describe"], map(describe_body, names))


def _prepare_list(server: Server, plan: Plan, folder: Path) -> None:
    tokens = list(_page_tokens(server, plan.cards))
    prepare(folder, server.signer, OPERATIONS["list"], map(list_body, [None, *tokens]))


def _prepare_create(server: Server, plan: Plan, folder: Path) -> None:
    bodies = CreateBodies.cut()
    count = server.product.most_creates_per_second * plan.seconds
    starts = (bodies.start(_created_name(index)) for index in range(count))
    prepare(folder, server.signer, OPERATIONS["create"], starts, bodies.tail)


_PREPARE: dict[str, Callable[[Server, Plan, Path], None]] = {
    "describe": _prepare_describe,
    "list": _prepare_list,
    "create": _prepare_create,
}


def _page_tokens(server: Server, cards: int) -> Iterator[str]:
    """Yield the token of each page after the first; see that all pages together hold every card."""
    connection = server.connect()
    names: set[str] = set()
    token: str | None = None
    try:
        while True:
            page = call(connection, server.signer, "ListModelCards", list_body(token))
            summaries, token = page["ModelCardSummaries"], page.get("NextToken")
            names.update(summary["ModelCardName"] for summary in summaries)
            if token is None:
                break
            if len(summaries) != PAGE_SIZE:
                raise BenchError(f"a page before the last has {len(summaries)} cards, not {PAGE_SIZE}")
            yield token
    finally:
        connection.close()
    if len(names) != cards:
        raise BenchError(f"all pages together list {len(names)} cards, not {cards}")


def _see_content(server: Server, name: str) -> None:
    connection = server.connect()
    try:
        card = call(connection, server.signer, "DescribeModelCard", describe_body(name))
    finally:
        connection.close()
    if card["ModelCardName"] != name or card["Content"] != card_content(name):
        raise BenchError(f"{server.product.name} did not give back the card {name} as it was written")
