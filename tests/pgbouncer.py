"""A real pgbouncer in transaction mode, before a PostgreSQL server of the tests."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
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
logfile = {folder}/log
pidfile = {folder}/pid
"""


@contextlib.contextmanager
def pgbouncer(folder: Path, postgres: str) -> Iterator[str]:
    """A pgbouncer for the length of a block: gives its URL, which ends in a slash as that of the server does."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    assert program, "the tests need pgbouncer: scripts/system-packages installs it"
    give_to_postgres(folder)
    server, port = urlsplit(postgres), free_port()
    (folder / "users").write_text('"cardwright" ""\n')
    settings = _SETTINGS.format(folder=folder, host=server.hostname, server_port=server.port, port=port)
    (folder / "settings").write_text(settings)
    command = [*as_postgres(), program, "--quiet", str(folder / "settings")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield f"postgresql://cardwright@127.0.0.1:{port}/"
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
