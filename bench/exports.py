"""``python -m bench.exports``: measures the rate of export jobs, and response times during the exports.

The cards are those of the benchmark (9.6 KB, every type of metric). All jobs are requested at once. Then one caller
describes and tags a card repeatedly until the last job has ended.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bench import BenchError
from bench.__main__ import in_environment
from bench.requests import CreateBodies, call, describe_body
from bench.servers import cardwright, running

_CARD = "bench-export"
_TAGGED = "bench-tagged"


@click.command()
@click.option("--jobs", type=click.IntRange(1), default=500, show_default=True, help="Export jobs.")
def main(jobs: int) -> None:
    """Print the rate of export jobs, and the response times during exports and without them."""
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as name:
        folder = Path(name)
        product = cardwright(in_environment("cardwright"), folder / "home", folder / "log")
        with running(product) as server:
            connection = server.connect()

            def ask(operation: str, body: str) -> dict[str, Any]:
                return call(connection, server.signer, operation, body)

            bodies = CreateBodies.cut()
            for card in (_CARD, _TAGGED):
                arn = ask("CreateModelCard", bodies.body(card))["ModelCardArn"]
            quiet = [_seconds(ask, arn, str(number)) for number in range(200)]
            began = time.perf_counter()
            for number in range(jobs):
                output = {"S3OutputPath": "s3://bench"}
                names = {"ModelCardName": _CARD, "ModelCardExportJobName": f"job-{number}"}
                ask("CreateModelCardExportJob", json.dumps(names | {"OutputConfig": output}))
            busy: list[float] = []
            while ask("ListModelCardExportJobs", _waiting())["ModelCardExportJobSummaries"]:
                busy += [_seconds(ask, arn, str(number)) for number in range(20)]
            taken = time.perf_counter() - began
            if ask("ListModelCardExportJobs", _waiting("Failed"))["ModelCardExportJobSummaries"]:
                raise BenchError("an export job failed")
            files = sum(path.is_file() for path in (folder / "home" / "objects").rglob("*.pdf"))
            if files != jobs:
                raise BenchError(f"{jobs} jobs left {files} files")
            memory = server.resident_bytes() / 2**20
    click.echo(f"{jobs} jobs in {taken:.1f} s: {jobs / taken:.1f} a second; memory {memory:.0f} MiB")
    for title, times in (("nothing to do", quiet), ("exporting", busy)):
        if len(times) > 1:
            p99 = statistics.quantiles(times, n=100)[98]
            p50, longest = statistics.median(times), max(times)
            shown = f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, max {longest * 1000:.1f} ms"
            click.echo(f"describe and tag, {title}: {shown}")


def _seconds(ask: Callable[[str, str], dict[str, Any]], arn: str, value: str) -> float:
    began = time.perf_counter()
    ask("DescribeModelCard", describe_body(_CARD))
    ask("AddTags", json.dumps({"ResourceArn": arn, "Tags": [{"Key": "bench", "Value": value}]}))
    return time.perf_counter() - began


def _waiting(status: str = "InProgress") -> str:
    return json.dumps({"ModelCardName": _CARD, "StatusEquals": status, "MaxResults": 1})


if __name__ == "__main__":
    main()
