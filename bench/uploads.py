"""``python -m bench.uploads``: measures describe times and memory during uploads of large reports."""

import http.client
import json
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlencode

import click

from bench import BenchError

_HOST = "127.0.0.1"
_FEATURES = 500


def report(megabytes: int) -> bytes:
    """Return a data quality report of about this many MB, most of it sketches."""
    rng = random.Random(1)  # noqa: S311 - no secret
    sketch = megabytes * 1_000_000 // _FEATURES // 20
    features = [
        {
            "name": f"feature {number}",
            "inferred_type": "Fractional",
            "numerical_statistics": {
                "mean": 1.5,
                "distribution": {"kll": {"sketch": {"data": [[rng.random() for _ in range(sketch)]]}}},
            },
        }
        for number in range(_FEATURES)
    ]
    return json.dumps({"version": 0.0, "dataset": {"item_count": 1000}, "features": features}).encode()


def call(port: int, operation: str, body: dict[str, object]) -> float:
    """Return the seconds of a call on a new connection."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection(_HOST, port, timeout=300)
    connection.request("POST", "/", json.dumps(body), {"X-Amz-Target": f"SageMaker.{operation}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise BenchError(f"{operation} was answered with {answer.status}")
    return time.perf_counter() - began


class Upload:
    """One upload into a new draft, in the form of a browser."""

    def __init__(self, port: int, name: str) -> None:
        self._port = port
        self._cookie = ""
        _, page = self._send("GET", "/new")
        form = f"token={_field(page, 'token')}&name={name}&do=save"
        location, _ = self._send("POST", "/drafts", form.encode(), "application/x-www-form-urlencoded")
        self._step = location.rpartition("/")[0] + "/evaluation"
        _, page = self._send("GET", self._step)
        fields = {"token": _field(page, "token"), "revision": _field(page, "revision"), "do": "add:evaluation_details"}
        self._send("POST", self._step, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        _, self._page = self._send("GET", self._step)

    def run(self, data: bytes) -> None:
        """Send the report. Raises :class:`BenchError` if it is not read."""
        line = "--edge\r\nContent-Disposition: form-data; name="
        fields = {
            "token": _field(self._page, "token"),
            "revision": _field(self._page, "revision"),
            "do": "stay",
            "evaluation_details.0.name": "job",
        }
        parts = [f'{line}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
        parts.append(f'{line}"report-0"; filename="r.json"\r\nContent-Type: application/json\r\n\r\n')
        body = "".join(parts).encode() + data + b"\r\n--edge--\r\n"
        self._send("POST", self._step, body, "multipart/form-data; boundary=edge")
        _, page = self._send("GET", self._step)
        if "read as <strong>" not in page:
            raise BenchError(f"the report was not read: {_problem(page)}")

    def _send(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> tuple[str, str]:
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=600)
        connection.request(method, path, body, {"Cookie": self._cookie, "Content-Type": content_type})
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        if answer.status >= 400:
            raise BenchError(f"{method} {path} was answered with {answer.status}: {_problem(page)}")
        if cookie := answer.headers["Set-Cookie"]:
            self._cookie = cookie.partition(";")[0]
        return answer.headers["Location"] or "", page


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise BenchError(f"the page has no field {name}")
    return found[1]


def _problem(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())[:300]


@contextmanager
def served(home: Path) -> Iterator[tuple[int, int]]:
    """Run a server during the block; yields its port and its process id."""
    with socket.socket() as free:
        free.bind((_HOST, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cardwright", "serve", "--home", str(home), "--port", str(port)]
    with subprocess.Popen([*command, "--log-level", "warning"]) as process:  # noqa: S603 - the program under measurement
        try:
            while process.poll() is None:
                try:
                    socket.create_connection((_HOST, port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.01)
            yield port, process.pid
        finally:
            process.terminate()


def memory(pid: int) -> int:
    """Return the resident bytes of a process and its children; 0 for a process that has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = [one for file in Path(f"/proc/{pid}/task").glob("*/children") for one in file.read_text().split()]
    except (OSError, IndexError):
        return 0
    return pages * 4096 + sum(memory(int(child)) for child in children)


@click.command()
@click.option("--megabytes", type=click.IntRange(2, 49), default=41, show_default=True, help="Of each report.")
@click.option("--uploads", type=click.IntRange(1, 6), default=6, show_default=True, help="At once.")
def main(megabytes: int, uploads: int) -> None:
    """Upload reports concurrently, and describe a card during the uploads."""
    data = report(megabytes)
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as folder, served(Path(folder)) as (port, pid):
        call(port, "CreateModelCard", {"ModelCardName": "one", "Content": "{}", "ModelCardStatus": "Draft"})
        drafts = [Upload(port, f"upload-{number}") for number in range(uploads)]
        quiet = sorted(call(port, "DescribeModelCard", {"ModelCardName": "one"}) for _ in range(500))
        seconds, peak = [], 0
        before, began = memory(pid), time.perf_counter()
        with ProcessPoolExecutor(uploads, get_context("spawn")) as pool:  # threads here would slow the describes
            running = [pool.submit(one.run, data) for one in drafts]
            while not all(one.done() for one in running):
                seconds.append(call(port, "DescribeModelCard", {"ModelCardName": "one"}))
                peak = max(peak, memory(pid))
                time.sleep(0.002)
        took = time.perf_counter() - began
        for one in running:
            one.result()
    for name, measured in (("quiet", quiet), ("during uploads", seconds)):
        cuts = statistics.quantiles(measured, n=100)
        click.echo(
            f"describe, {name}: p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms,"
            f" longest {max(measured) * 1000:.1f} ms ({len(measured)} calls)"
        )
    click.echo(f"{uploads} uploads of {len(data) / 1e6:.0f} MB: {took:.1f} s")
    click.echo(f"memory: {before / 2**20:.0f} MiB before, at most {peak / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
