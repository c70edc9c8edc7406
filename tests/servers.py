"""Real servers for tests: Cardwright as a process, and a PostgreSQL cluster made for the run."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from click.testing import CliRunner

from cardwright.cli import commands
from tests import postgres_nodes
from tests.measuring import server_environment
from tests.postgres_nodes import PostgresNode, running_nodes
from tests.stores import make_sqlite_store
from tests.waiting import DEADLINE, wait_until

CARDWRIGHT = str(Path(sys.executable).with_name("cardwright"))
free_port = postgres_nodes.free_port
_CLIENT: dict[str, Any] = {
    "retries": {"max_attempts": 0},
    "max_pool_connections": 64,
    "connect_timeout": DEADLINE,
    "read_timeout": DEADLINE,
}

_running: "list[Server]" = []


@dataclass
class Server:
    """A `cardwright serve` process with what is needed to talk to it."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    store_options: tuple[str, ...]
    stopping: bool = False
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, access_key: str = "tester", secret: str = "secret", **config: Any) -> Any:
        """A boto3 SageMaker client; retries are off, so that tests see each answer.

        The same arguments give the same client again, because making one takes 10 milliseconds. A test that registers
        a handler of events unregisters it.
        """
        key = (access_key, secret, repr(sorted(config.items())))
        if key not in self._clients:
            self._clients[key] = boto3.client(
                "sagemaker",
                endpoint_url=self.url,
                region_name="us-east-1",
                aws_access_key_id=access_key,
                aws_secret_access_key=secret,
                config=Config(**_CLIENT | config),
            )
        return self._clients[key]

    def key(self, account: str, user: str, role: str) -> tuple[str, str]:
        """Make an access key as the command line does: its identifier and secret."""
        whose = ("--account", account, "--user", user, "--role", role)
        made = CliRunner().invoke(commands, ["key", "create", *self.store_options, *whose, "--json"])
        assert made.exit_code == 0, made.output
        document = json.loads(made.stdout)
        return document["AccessKeyId"], document["SecretAccessKey"]

    def log_after(self, text: str) -> str:
        """The log once it holds a text: an answer reaches its client before its line reaches the log."""
        wait_until(lambda: text in self.log.read_text(), f"{text} is not in {self.log}")
        return self.log.read_text()

    def stop(self, sig: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; gives the exit code."""
        self.begin_stop(sig)
        return self.process.wait(timeout=DEADLINE)

    def begin_stop(self, sig: int = signal.SIGTERM) -> None:
        """Send a signal, unless the server received one before."""
        if not self.stopping and self.process.poll() is None:
            self.process.send_signal(sig)
        self.stopping = True


def start(
    home: Path,
    *options: str,
    port: int | None = None,
    program: Sequence[str] = (CARDWRIGHT,),
    environment: Mapping[str, str] | None = None,
    empty: bool = False,
) -> Server:
    """Start a server and wait until it is ready.

    A server finds a store already made, as a second start does: making one takes the server two seconds, most of them
    to load what migrates. With ``empty``, the server makes it.
    """
    home.mkdir(parents=True, exist_ok=True)
    if not empty and "--database-url" not in options:
        make_sqlite_store(home)
    port = port or free_port()
    log = home / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*program, "serve", "--home", str(home), "--port", str(port), *options],
            stdout=output,
            stderr=output,
            env=os.environ | server_environment | dict(environment or {}),
        )
    store_options = ["--home", str(home)]
    if "--database-url" in options:
        store_options += ["--database-url", options[options.index("--database-url") + 1]]
    server = Server(home, port, process, log, tuple(store_options))
    wait_until_ready(server)
    return server


def wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"{server.url}/readyz", timeout=DEADLINE),
        ):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()}")


@contextlib.contextmanager
def running(
    home: Path,
    *options: str,
    program: Sequence[str] = (CARDWRIGHT,),
    environment: Mapping[str, str] | None = None,
    empty: bool = False,
) -> Iterator[Server]:
    """A server for the length of a block."""
    server = start(home, *options, program=program, environment=environment, empty=empty)
    _running.append(server)
    try:
        yield server
    finally:
        _running.remove(server)
        server.stop()


def begin_to_stop_all() -> None:
    """Send a signal to all servers whose blocks will end now."""
    for server in _running:
        server.begin_stop()


@contextlib.contextmanager
def postgres_cluster(folder: Path) -> Iterator[str]:
    """A PostgreSQL cluster of its own: gives a function-like URL prefix, `postgresql://cardwright@127.0.0.1:PORT/`."""
    node = PostgresNode(folder)
    node.initialise()
    with running_nodes([node]):
        yield node.url
