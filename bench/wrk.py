"""One run of wrk over prepared requests."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench import BenchError

_SCRIPTS = Path(__file__).parent
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """The results of one run.

    Attributes:
        rate: answers a second.
        p50_ms, p99_ms: time until the answer is complete in milliseconds, as wrk reports it.
        answered: number of answers; all of them are successes.
        seconds: the time base of ``rate``.
        ran_out: whether all prepared requests were used early; ``seconds`` is then the time they lasted.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    answered: int
    seconds: float
    ran_out: bool


def run_wrk(script: str, folder: Path, host: str, *, seconds: int, connections: int) -> Measured:
    """Send the requests in *folder* to *host* from one wrk thread, in the order of ``<script>.lua``.

    Raises:
        BenchError: wrk failed, an answer was an error, a connection broke, or answers are missing.
    """
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    command += ["--timeout", f"{_TIMEOUT_SECONDS}s", "--script", f"{script}.lua", f"http://{host}/"]
    command += ["--", str(folder.resolve()), str(connections)]
    try:
        finished = subprocess.run(  # noqa: S603 - fixed arguments
            command, cwd=_SCRIPTS, capture_output=True, text=True, check=False, timeout=seconds + 60
        )
    except FileNotFoundError as missing:
        raise BenchError("wrk is not installed; install the package 'wrk'") from missing
    except subprocess.TimeoutExpired as late:
        raise BenchError(f"{script}: wrk did not end") from late
    lines = [line for line in finished.stdout.splitlines() if line.startswith("bench: ")]
    if finished.returncode != 0 or len(lines) != 1:
        raise BenchError(f"{script}: wrk failed: {finished.stderr.strip() or finished.stdout.strip()}")
    return _judge(script, json.loads(lines[0].removeprefix("bench: ")), connections)


def _judge(script: str, run: dict[str, int | float | bool], connections: int) -> Measured:
    wrong = {kind: run[kind] for kind in ("refused", "connect", "read", "write", "timeout") if run[kind]}
    if wrong:
        raise BenchError(f"{script}: not every request succeeded, of {run['answered']} answers: {wrong}")
    # wrk does not count a connection that the server closes without an answer; the difference shows it.
    # Allowed: one request in flight on each connection, and one that wrk prepares but never sends.
    missing = run["sent"] - run["answered"]
    if run["answered"] == 0 or missing > connections + 1:
        raise BenchError(f"{script}: {run['sent']} requests were sent but only {run['answered']} answered")
    return Measured(
        rate=run["answered"] / run["seconds"],
        p50_ms=run["p50_us"] / 1000,
        p99_ms=run["p99_us"] / 1000,
        answered=int(run["answered"]),
        seconds=float(run["seconds"]),
        ran_out=bool(run["ran_out"]),
    )
