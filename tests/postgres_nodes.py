"""PostgreSQL servers for tests: started, killed, frozen and promoted as processes."""

import contextlib
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

PATIENCE = 120
"""Seconds that a test waits for an event, on a machine however busy."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def postgres_binaries() -> Path:
    """Debian keeps the server's programs next to each version's libraries."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError("the tests need PostgreSQL's server: apt-get install postgresql")
    return Path(on_path).parent


def as_postgres() -> list[str]:
    """What a command begins with, so that it does not run as root, which PostgreSQL and pgbouncer refuse."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []


def give_to_postgres(folder: Path) -> None:
    """Make a folder that PostgreSQL's user can write to."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    for parent in folder.parents:
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)


def processes_of(parent: int) -> list[int]:
    """A process and all that descend from it."""
    found = subprocess.run(["pgrep", "-P", str(parent)], check=False, capture_output=True, text=True).stdout.split()
    return [parent, *(process for child in found for process in processes_of(int(child)))]


@dataclass
class PostgresNode:
    """One PostgreSQL server.

    Attributes:
        folder: its files; the cluster is in ``data``.
        settings: what is given to it at each start.
    """

    folder: Path
    settings: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Ends in a slash: add a database's name."""
        return f"postgresql://cardwright@{self.host}/"

    @property
    def process(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def run(self, program: str, *options: str, check: bool = True) -> None:
        """Run one of PostgreSQL's programs."""
        give_to_postgres(self.folder)
        command = [*as_postgres(), str(postgres_binaries() / program), *options]
        done = subprocess.run(command, check=False, cwd=self.folder, capture_output=True, text=True)
        if check and done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def initialise(self) -> None:
        self.run("initdb", "-D", str(self.data), "-U", "cardwright", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")

    def copy_from(self, primary: "PostgresNode") -> None:
        """Become a standby of a primary that runs."""
        self.run(
            "pg_basebackup", "-D", str(self.data), "-d", f"{primary.url}postgres", "-R", "-X", "stream", "-c", "fast"
        )

    def start(self) -> None:
        settings = ("listen_addresses=127.0.0.1", "fsync=off", "max_connections=200", *self.settings)
        options = " ".join(
            [f"-p {self.port} -k {self.folder}", *(f"-c {shlex.quote(setting)}" for setting in settings)]
        )
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-w", "-t", str(PATIENCE), "-l", log, "-o", options, "start")

    def promote(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "-t", str(PATIENCE), "promote")

    def signal(self, sent: int) -> None:
        """Send a signal to all its processes."""
        for process in processes_of(self.process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, sent)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)

    def stop(self) -> None:
        """End it, whatever state it is in."""
        if (self.data / "postmaster.pid").exists():
            self.thaw()
            self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop", check=False)

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as an operator does; gives its rows."""
        with psycopg.connect(self.url + database, autocommit=True, target_session_attrs="any") as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description is not None else []

    def wait_for(self, sql: str) -> None:
        """Wait until a statement gives a true value."""
        deadline = time.monotonic() + PATIENCE
        while not self.execute(sql)[0][0]:
            assert time.monotonic() < deadline, f"it stays untrue: {sql}"
            time.sleep(0.02)


class Forwarder:
    """A TCP address that leads to a server, and later to another one; open connections stay where they are."""

    def __init__(self, port: int) -> None:
        self.target = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    near.close()
                    continue
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    self._start(_pump, source, sink)

    def _start(self, target: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def close(self) -> None:
        """End all connections, and then their threads, so that no socket is left to be collected."""
        self._listener.shutdown(socket.SHUT_RDWR)  # ends the wait for a connection
        self._threads[0].join(PATIENCE)
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        for connection in (self._listener, *self._open):
            connection.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def running_nodes(nodes: Sequence[PostgresNode]) -> Iterator[None]:
    """Start nodes one after the other; end them all, whatever became of them, with the block."""
    try:
        for node in nodes:
            node.start()
        yield
    finally:
        for node in nodes:
            node.stop()
