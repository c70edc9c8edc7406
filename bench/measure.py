"""Loads the servers and measures each operation in alternating rounds.

A machine's speed changes over minutes, so one rate means little. The servers take turns with short rounds, and
neighbouring rounds are compared. A round begins when no server has any work left from the requests before.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench import BenchError
from bench.content import card_content
from bench.requests import PAGE_SIZE, CreateBodies, call, describe_body, list_body, prepare
from bench.servers import Product, Server, running
from bench.wrk import Measured, run_wrk

PARTS = ("describe", "list", "create", "start")

ROUNDS = 5
"""Rounds of each server for each load, and starts."""

_LOADERS = 8
_BETWEEN_LOOKS = 1.5  # seconds; Cardwright looks each second for words to index
_LOOKS = 200
_IDLE = 0.05  # processor time of a server that does nothing, as a share of the time
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts to measure (some of ``PARTS``) and their sizes; ``seconds`` is the length of a round."""

    parts: frozenset[str]
    cards: int
    seconds: int
    connections: int


@dataclass(slots=True)
class Outcome:
    """The measurements of one server; parts outside the plan stay empty.

    Attributes:
        loads: the rounds of each load, by the names in ``LOADS``.
        processor: the server's processor time for an answer in each of these rounds, in seconds.
        start_seconds: the duration of each start, with the store after the load.
        loaded_bytes: memory after the cards were loaded.
        final_bytes: memory after the last load.
        final_cards: number of cards at the end.
    """

    loads: dict[str, list[Measured]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)
    start_seconds: list[float] = field(default_factory=list)
    loaded_bytes: int | None = None
    final_bytes: int | None = None
    final_cards: int = 0

    @property
    def median_start(self) -> float | None:
        """The median start in seconds."""
        return statistics.median(self.start_seconds) if self.start_seconds else None


def measure(products: Sequence[Product], plan: Plan, scratch: Path, say: Callable[[str], None]) -> dict[str, Outcome]:
    """Measure the products according to *plan*; returns the outcomes by product name.

    *scratch* is a folder for prepared requests; *say* is called with progress messages.

    Raises:
        BenchError: an answer was wrong or missing.
    """
    outcomes = {product.name: Outcome() for product in products}
    loads = [load for load in LOADS if load.part in plan.parts]
    if loads:
        with ExitStack() as stack:
            servers = [stack.enter_context(running(product)) for product in products]
            for server in servers:
                say(f"{server.product.name}: loading {plan.cards} cards")
                fill(server, plan.cards)
                outcome = outcomes[server.product.name]
                outcome.loaded_bytes = server.resident_bytes()
                outcome.final_cards = plan.cards
            for load in loads:
                say(load.title)
                for turn in range(ROUNDS):
                    for server in in_turn(servers, turn):
                        wait_until_idle(servers)
                        _run(load, server, turn, plan, scratch, outcomes[server.product.name])
            for server in servers:
                outcomes[server.product.name].final_bytes = server.resident_bytes()
    if "start" in plan.parts:
        say("start")
        for turn in range(ROUNDS):
            for product in in_turn(products, turn):
                with running(product) as server:
                    outcomes[product.name].start_seconds.append(server.start_seconds)
    return outcomes


def wait_until_idle(servers: Sequence[Server]) -> None:
    """Wait until the servers have done what earlier requests left to the background, such as indexing words.

    Raises:
        BenchError: one of them works for minutes.
    """
    for _ in range(_LOOKS):
        before = [server.processor_seconds() for server in servers]
        time.sleep(_BETWEEN_LOOKS)
        after = [server.processor_seconds() for server in servers]
        if all(end - start < _IDLE * _BETWEEN_LOOKS for start, end in zip(before, after, strict=True)):
            return
    raise BenchError(f"A server still works {_LOOKS * _BETWEEN_LOOKS:.0f} seconds after its last request")


def in_turn(ones: Sequence[_One], turn: int) -> Sequence[_One]:
    """Alternate the order, so that each server goes first in every other round."""
    return ones if turn % 2 == 0 else ones[::-1]


def _run(  # noqa: PLR0913, PLR0917 - the parts of a round
    load: "Load", server: Server, turn: int, plan: Plan, scratch: Path, outcome: Outcome
) -> None:
    """Put a server under load for a round, if the load has requests."""
    folder = scratch / f"{server.product.name}-{load.name}"
    if load.prepare(server, turn, plan, folder) == 0:
        return  # there are too few cards for a later page
    host = server.signer.host
    before = server.processor_seconds()
    measured = run_wrk(load.script, folder, host, seconds=plan.seconds, connections=plan.connections)
    outcome.loads.setdefault(load.name, []).append(measured)
    took = server.processor_seconds() - before
    outcome.processor.setdefault(load.name, []).append(took / measured.answered)
    if load.part == "create":
        _see_content(server, _created_name(turn, measured.answered // 2))
        outcome.final_cards += measured.answered


def loaded_name(index: int) -> str:
    """Return the name of a card that :func:`fill` creates."""
    return f"bench-card-{index:06d}"


def _created_name(turn: int, index: int) -> str:
    return f"bench-create-{turn}-{index:06d}"


def fill(server: Server, cards: int) -> None:
    """Create the cards in a server through its API."""
    bodies = CreateBodies.cut()

    def load(indexes: Sequence[int]) -> None:
        connection = server.connect()
        try:
            for index in indexes:
                call(connection, server.signer, "CreateModelCard", bodies.body(loaded_name(index)))
        finally:
            connection.close()

    with ThreadPoolExecutor(_LOADERS) as pool:
        for share in [pool.submit(load, range(first, cards, _LOADERS)) for first in range(_LOADERS)]:
            share.result()


def _prepare_describe(server: Server, _turn: int, plan: Plan, folder: Path) -> int:
    _see_content(server, loaded_name(plan.cards // 2))
    names = (loaded_name(index) for index in range(plan.cards))
    return prepare(folder, server.signer, "DescribeModelCard", map(describe_body, names))


def _prepare_first_page(server: Server, _turn: int, _plan: Plan, folder: Path) -> int:
    return prepare(folder, server.signer, "ListModelCards", [list_body()])


def _prepare_later_pages(server: Server, _turn: int, plan: Plan, folder: Path) -> int:
    tokens = list(_page_tokens(server, plan.cards))
    return prepare(folder, server.signer, "ListModelCards", map(list_body, tokens))


def _prepare_create(server: Server, turn: int, plan: Plan, folder: Path) -> int:
    bodies = CreateBodies.cut()
    count = server.product.max_creates_per_second * plan.seconds
    starts = (bodies.start(_created_name(turn, index)) for index in range(count))
    return prepare(folder, server.signer, "CreateModelCard", starts, bodies.tail)


@dataclass(frozen=True, slots=True)
class Load:
    """One type of load, a row of the table.

    Attributes:
        part: its choice of ``--only``.
        script: the Lua script that selects prepared requests.
        target: the target rate, as a multiple of moto's.
        prepare: signs the requests of a round, by its number, into a folder and returns their number.
    """

    name: str
    part: str
    title: str
    script: str
    target: float
    prepare: Callable[[Server, int, Plan, Path], int]


# List comes before create, so that it has exactly the loaded cards.
LOADS = (
    Load("describe", "describe", "DescribeModelCard", "random", 20.0, _prepare_describe),
    Load("list-first", "list", "ListModelCards, first page", "random", 40.0, _prepare_first_page),
    Load("list-later", "list", "ListModelCards, later pages", "random", 40.0, _prepare_later_pages),
    Load("create", "create", "CreateModelCard", "create", 5.0, _prepare_create),
)


def _page_tokens(server: Server, cards: int) -> Iterator[str]:
    """Yield the token of each page after the first; check that the pages together list every card."""
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
        raise BenchError(f"{server.product.name} did not return the card {name} as it was written")
