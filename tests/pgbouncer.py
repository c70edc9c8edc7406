"""A real pgbouncer in transaction mode, before a PostgreSQL server of the tests."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.postgres_nodes import PATIENCE, as_postgres, free_port, give_to_postgres

# A pool that is smaller than the server's threads, and that lets go of what is not used: each test has a database.
_SETTINGS = """[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 5
max_client_conn = 1000
server_idle_timeout = 5
server_login_retry = 1
logfile = {folder}/log
pidfile = {folder}/pid
"""


@dataclass
class PgBouncer:
    """A pgbouncer that runs."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Ends in a slash, as that of the server does: add a database's name."""
        return f"postgresql://cardwright@127.0.0.1:{self.port}/"

    def lead_to(self, postgres: str) -> None:
        """Write its settings."""
        server = urlsplit(postgres)
        settings = _SETTINGS.format(folder=self.folder, host=server.hostname, server_port=server.port, port=self.port)
        (self.folder / "settings").write_text(settings)

    def move(self, postgres: str) -> None:
        """Lead to another server from now on, as an operator does after a failover."""
        self.lead_to(postgres)
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)


@contextlib.contextmanager
def pgbouncer(folder: Path, postgres: str) -> Iterator[PgBouncer]:
    """A pgbouncer before a server, for the length of a block."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    assert program, "the tests need pgbouncer: scripts/system-packages installs it"
    give_to_postgres(folder)
    running = PgBouncer(folder, free_port())
    (folder / "users").write_text('"cardwright" ""\n')
    running.lead_to(postgres)
    command = [*as_postgres(), program, "--quiet", str(folder / "settings")]
    process = running.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(running.port, process)
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise RuntimeError("pgbouncer did not start")
