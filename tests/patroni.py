"""Three PostgreSQL nodes under Patroni, with one etcd."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.postgres_nodes import (
    PATIENCE,
    PostgresNode,
    as_postgres,
    free_port,
    give_to_postgres,
    postgres_binaries,
    processes_of,
)


def program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"the long tests need {name}: apt-get install patroni etcd-server"
    return found


@dataclass
class PatroniNode:
    """One PostgreSQL server and the Patroni that runs it."""

    name: str
    postgres: PostgresNode
    api: int
    process: "subprocess.Popen[bytes] | None" = None

    def is_primary(self) -> bool:
        """Whether its Patroni says that it is the primary."""
        asked = f"http://127.0.0.1:{self.api}/primary"
        with contextlib.suppress(OSError), urllib.request.urlopen(asked, timeout=1) as answer:
            return bool(json.load(answer)["role"] in {"master", "primary"})
        return False

    def signal(self, sent: int) -> None:
        """Send a signal to Patroni and to PostgreSQL, as when their machine stops."""
        assert self.process is not None
        for process in [*processes_of(self.process.pid), *processes_of(self.postgres.process)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, sent)


@dataclass
class PatroniCluster:
    nodes: list[PatroniNode] = field(default_factory=list)

    @property
    def hosts(self) -> str:
        return ",".join(node.postgres.host for node in self.nodes)

    def primary(self, *, after: PatroniNode | None = None) -> PatroniNode:
        """The primary, which is another node than one before it; waits for it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for node in self.nodes:
                if node is not after and node.is_primary():
                    return node
            time.sleep(0.05)
        raise AssertionError("no node became the primary")

    def synchronous(self, primary: PatroniNode) -> None:
        """Wait until a primary has a synchronous standby."""
        primary.postgres.wait_for("SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')")


@contextlib.contextmanager
def patroni_cluster() -> Iterator[PatroniCluster]:
    """Three nodes for the length of a block.

    Their folder is not pytest's, which each new run of pytest closes to PostgreSQL's user.
    """
    with tempfile.TemporaryDirectory(prefix="patroni-", ignore_cleanup_errors=True) as folder:
        give_to_postgres(Path(folder))
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[PatroniCluster]:
    cluster = PatroniCluster()
    client, peer = free_port(), free_port()
    etcd = subprocess.Popen(
        [
            program("etcd"),
            f"--data-dir={folder / 'etcd'}",
            f"--listen-client-urls=http://127.0.0.1:{client}",
            f"--advertise-client-urls=http://127.0.0.1:{client}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            "--unsafe-no-fsync",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for number in range(3):
            node = PatroniNode(f"node{number}", PostgresNode(folder / f"node{number}"), free_port())
            cluster.nodes.append(node)
            _start(node, client)
            if number == 0:
                cluster.primary()
        yield cluster
    finally:
        for node in cluster.nodes:
            if node.process is not None:
                with contextlib.suppress(FileNotFoundError):
                    node.signal(signal.SIGCONT)
                node.process.kill()
                node.process.wait(PATIENCE)
            node.postgres.stop()
        etcd.terminate()
        etcd.wait(PATIENCE)


def _start(node: PatroniNode, etcd: int) -> None:
    postgres = node.postgres
    give_to_postgres(postgres.folder)
    settings: dict[str, Any] = {
        "scope": "cards",
        "name": node.name,
        "restapi": {"listen": f"127.0.0.1:{node.api}", "connect_address": f"127.0.0.1:{node.api}"},
        "etcd3": {"host": f"127.0.0.1:{etcd}"},
        "bootstrap": {
            "dcs": {
                "ttl": 20,
                "loop_wait": 2,
                "retry_timeout": 4,
                "synchronous_mode": True,
                "postgresql": {"parameters": {"fsync": "off", "max_connections": 100}},
            },
            "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C.UTF-8"}],
        },
        "postgresql": {
            "listen": postgres.host,
            "connect_address": postgres.host,
            "data_dir": str(postgres.data),
            "bin_dir": str(postgres_binaries()),
            "basebackup": [{"checkpoint": "fast"}],
            "pgpass": str(postgres.folder / "pgpass"),
            "authentication": {
                "superuser": {"username": "cardwright"},
                "replication": {"username": "replicator"},
            },
            "pg_hba": [
                "host all all 127.0.0.1/32 trust",
                "host replication all 127.0.0.1/32 trust",
                "local all all trust",
            ],
            "parameters": {"unix_socket_directories": str(postgres.folder)},
        },
    }
    file = postgres.folder / "patroni.yml"
    file.write_text(json.dumps(settings))  # JSON is YAML
    with (postgres.folder / "patroni.log").open("ab") as log:
        node.process = subprocess.Popen([*as_postgres(), program("patroni"), str(file)], stdout=log, stderr=log)
