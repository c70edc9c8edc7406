"""A server for a test: a process with an empty store, on a free port of this machine."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardwright.testing.template import copy_empty_store

if TYPE_CHECKING:
    from cardwright.client.session import Session

_SECONDS = 60.0  # in which a server starts, also on a busy machine
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A running server without sign-in.

    Attributes:
        url: its URL, such as ``http://127.0.0.1:41234``.
        home: the folder of its store.
    """

    url: str
    home: Path

    def session(self) -> "Session":
        """Create a Cardwright session on the server."""
        from cardwright.client.session import Session

        return Session(self.url)

    def client(self, service_name: str = "sagemaker") -> Any:
        """Create a boto3 client of the server: ``sagemaker``, ``sts`` or ``s3``."""
        return self.session().boto_session.client(service_name)


@contextlib.contextmanager
def running_server(home: Path) -> Iterator[RunningServer]:
    """Run a server on an empty store in a folder, which must not exist, for the length of a block.

    Raises:
        RuntimeError: the server does not start; the message has its log.
    """
    copy_empty_store(home)
    log = home / "server.log"
    port = free_port()
    server = RunningServer(f"http://127.0.0.1:{port}", home)
    command = [sys.executable, "-m", "cardwright", "serve", "--home", str(home), "--port", str(port), "--auth", "none"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=_environment())  # noqa: S603 - fixed words
    try:
        _wait_until_ready(server.url, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """The environment without the settings of other servers of this user."""
    kept = {"CARDWRIGHT_REGION", "CARDWRIGHT_KEY", "CARDWRIGHT_KEY_FILE"}  # the template was made with them
    return {name: value for name, value in os.environ.items() if name in kept or not name.startswith("CARDWRIGHT_")}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    import urllib.error
    import urllib.request

    deadline = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"{url}/readyz", timeout=_SECONDS),  # noqa: S310 - the server's own URL
        ):
            return
        time.sleep(0.01)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")
