"""What was acknowledged survives a killed server, and what is in flight survives a polite stop."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests import servers
from tests.servers import Server
from tests.waiting import DEADLINE, wait_until
from tests.wire.calls import content, create, fresh


def write_until_stopped(server: Server, name: str, over: threading.Event, kept: list[str]) -> None:
    """Update a card until the server is gone; the list gets the contents that were acknowledged."""
    client = server.client()
    while not over.is_set():
        text = content(model_name=fresh("text"))
        try:
            client.update_model_card(ModelCardName=name, Content=text)
        except (BotoCoreError, ClientError):
            break
        kept.append(text)


def check(client: Any, name: str, acknowledged: list[str]) -> None:
    pages = client.get_paginator("list_model_card_versions").paginate(ModelCardName=name)
    numbers = [item["ModelCardVersion"] for page in pages for item in page["ModelCardVersionSummaryList"]]
    assert numbers == list(range(1, len(numbers) + 1))
    found = {client.describe_model_card(ModelCardName=name, ModelCardVersion=number)["Content"] for number in numbers}
    assert set(acknowledged) <= found


def kill_under_writes(folder: Path, times: int) -> None:
    server = servers.start(folder / "home")
    try:
        name = create(server.client())
        for _ in range(times):
            over, acknowledged = threading.Event(), list[str]()
            with ThreadPoolExecutor(4) as pool:
                writers = [pool.submit(write_until_stopped, server, name, over, acknowledged) for _ in range(4)]
                wait_until(lambda kept=acknowledged: len(kept) > 100)  # type: ignore[misc]  # a default binds it
                server.process.kill()
                server.process.wait()
                over.set()
                for writer in writers:
                    writer.result(timeout=DEADLINE)
            server = servers.start(folder / "home", port=server.port)
            check(server.client(), name, acknowledged)
            server.client().delete_model_card(ModelCardName=name)
            create(server.client(), name)
    finally:
        server.stop()


def test_a_killed_server_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kill_under_writes(tmp_path, 2)


@pytest.mark.long
def test_a_hundred_killed_servers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kill_under_writes(tmp_path, 100)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_polite_stop_leaves_one_file(tmp_path: Path, workers: str) -> None:
    """Everything is in the database file, without a write-ahead log."""
    with servers.running(tmp_path, "--workers", workers, empty=True) as server:
        create(server.client())
        assert server.stop(signal.SIGTERM) == 0
        assert [file.name for file in tmp_path.glob("cardwright.db*")] == ["cardwright.db"]


def test_a_polite_stop_answers_what_is_in_flight_and_exits_with_zero(tmp_path: Path) -> None:
    with servers.running(tmp_path / "home") as server:
        name = create(server.client())
        over, acknowledged = threading.Event(), list[str]()
        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(write_until_stopped, server, name, over, acknowledged) for _ in range(4)]
            wait_until(lambda: len(acknowledged) > 100)
            assert server.stop(signal.SIGTERM) == 0
            over.set()
            for writer in writers:
                writer.result(timeout=DEADLINE)
    with servers.running(tmp_path / "home") as server:
        check(server.client(), name, acknowledged)
