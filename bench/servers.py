"""Starts, watches and stops the compared servers."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench import BenchError
from bench.requests import Signer, list_body

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Product:
    """A server that can be started repeatedly.

    Attributes:
        name: its name in tables.
        command: the command line; ``{port}`` is replaced by the port.
        access_key_id, secret_access_key: the access key for its requests.
        log: the file to which its output is appended.
        max_creates_per_second: an upper bound of its rate; so many creates are signed in advance.
    """

    name: str
    command: tuple[str, ...]
    access_key_id: str
    secret_access_key: str
    log: Path
    max_creates_per_second: int

    @property
    def executable(self) -> Path:
        """The program file."""
        return Path(self.command[0])


def cardwright(
    executable: Path, home: Path, log: Path, name: str = "cardwright", database_url: str | None = None
) -> Product:
    """Return Cardwright on a store in *home*, with one worker and verified signatures; creates its access key.

    With a database URL the store is in that database, which gets its schema here.
    """
    where = ["--home", str(home)] if database_url is None else ["--home", str(home), "--database-url", database_url]
    if database_url is not None:
        subprocess.run([str(executable), "migrate", *where], check=True, env=_environment())  # noqa: S603 - the program under measurement
    command = [str(executable), "key", "create", *where, "--account", "123456789012"]
    command += ["--user", "bench", "--role", "admin", "--json"]
    try:
        made = subprocess.run(  # noqa: S603 - the program under measurement
            command, capture_output=True, text=True, check=False, timeout=60, env=_environment()
        )
        key = json.loads(made.stdout)
        access_key_id, secret_access_key = key["AccessKeyId"], key["SecretAccessKey"]
    except OSError as fault:
        raise BenchError(f"{executable} cannot be run: {fault}") from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise BenchError(f"'cardwright key create --json' printed no access key: {made.stderr}") from fault
    serve = (str(executable), "serve", *where, "--host", "127.0.0.1", "--port", "{port}")
    return Product(
        name=name,
        command=(*serve, "--auth", "sigv4", "--workers", "1"),
        access_key_id=access_key_id,
        secret_access_key=secret_access_key,
        log=log,
        max_creates_per_second=5000,
    )


def unsigned_cardwright(executable: Path, home: Path, log: Path) -> Product:
    """Return Cardwright without authentication on a store in *home*, so that a client can read the console's pages."""
    signed = cardwright(executable, home, log)
    return replace(signed, command=tuple(part for part in signed.command if part not in {"--auth", "sigv4"}))


def moto(executable: Path, log: Path) -> Product:
    """Return moto's server in its default form: one process, cards in memory, signatures not verified."""
    return Product(
        name="moto",
        command=(str(executable), "-H", "127.0.0.1", "-p", "{port}"),
        access_key_id="AKIAIOSFODNN7EXAMPLE",
        secret_access_key="no-one-checks-it",  # noqa: S106 - not a secret
        log=log,
        max_creates_per_second=1500,
    )


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        start_seconds: from process start to the first successful answer to a signed ListModelCards.
    """

    product: Product
    port: int
    pid: int
    signer: Signer
    start_seconds: float

    def connect(self) -> HTTPConnection:
        """Return a new connection to it."""
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def resident_bytes(self) -> int:
        """Return the memory of its processes; shared pages are counted once (Pss)."""
        return sum(_proportional_bytes(pid) for pid in _processes_of_session(self.pid))

    def processor_seconds(self) -> float:
        """Return the processor time of its running processes, and of their ended children."""
        return sum(_processor_seconds(pid) for pid in _processes_of_session(self.pid))


@contextmanager
def running(product: Product) -> Iterator[Server]:
    """Start *product* on a free port, wait for its first answer, and stop all its processes at the end.

    Raises:
        BenchError: the server ended, refused the request, or did not answer within half a minute.
    """
    port = _free_port()
    signer = Signer(port, product.access_key_id, product.secret_access_key)
    body = list_body()
    headers = signer.sign("ListModelCards", body)
    command = [part.replace("{port}", str(port)) for part in product.command]
    with product.log.open("ab") as log:
        began = time.perf_counter()
        try:
            process = subprocess.Popen(  # noqa: S603 - the program under measurement
                command, stdout=log, stderr=log, env=_environment(), start_new_session=True
            )
        except OSError as fault:
            raise BenchError(f"{command[0]} cannot be run: {fault}") from fault
    server = Server(product, port, process.pid, signer, start_seconds=0.0)
    try:
        _wait_for_answer(server, process, body.encode(), headers)
        yield replace(server, start_seconds=time.perf_counter() - began)
    finally:
        _stop(process)


def _wait_for_answer(server: Server, process: subprocess.Popen[bytes], body: bytes, headers: dict[str, str]) -> None:
    name, deadline, last = server.product.name, time.perf_counter() + _START_SECONDS, "no answer"
    while time.perf_counter() < deadline:
        connection = server.connect()
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            last = f"{response.status} {response.read(300).decode(errors='replace')}"
        except (OSError, HTTPException):
            if process.poll() is not None:
                raise BenchError(f"{name} ended at its start: {_end_of(server.product.log)}") from None
        else:
            if response.status == 200:
                return
            if response.status < 500:
                raise BenchError(f"{name} refused a signed ListModelCards: {last}")
        finally:
            connection.close()
        time.sleep(_POLL_SECONDS)
    raise BenchError(f"{name} did not start in {_START_SECONDS:.0f} s ({last}): {_end_of(server.product.log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in _processes_of_session(process.pid):  # workers that outlived their parent
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _environment() -> dict[str, str]:
    """Return the environment without variables that would change the measurement."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CARDWRIGHT_", "MOTO_"))}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-800:].strip() or "it printed nothing"


def _processes_of_session(session: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()  # state, parent, group, session
        except OSError:
            continue  # the process has ended
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0  # it has ended: its parent's times include its own
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # user and system, own and of children


def _proportional_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
