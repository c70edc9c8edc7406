"""``python -m bench.fixtures``: twenty tests with the pytest fixture, and the same twenty with moto."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from bench import BenchError

_TEST = """
@pytest.mark.parametrize("number", range({tests}))
def test_card(number{fixture}):
    client = {client}
    client.create_model_card(ModelCardName="fraud", ModelCardStatus="Draft", Content=CONTENT)
    assert client.describe_model_card(ModelCardName="fraud")["Content"] == CONTENT
    assert len(client.list_model_cards()["ModelCardSummaries"]) == 1
"""
_CONTENT = 'import json\nCONTENT = json.dumps(dict(model_overview=dict(model_name="fraud")))\n'
_NEW_CLIENT = 'boto3.client("sagemaker", region_name="us-east-1")'

WAYS = {
    "moto": (
        f"import boto3, pytest\nfrom moto import mock_aws\n{_CONTENT}\n@mock_aws{{}}",
        {"fixture": "", "client": _NEW_CLIENT},
    ),
    "cardwright_session": (
        f"import pytest\nfrom cardwright.testing.fixtures import cardwright_session\n{_CONTENT}\n{{}}",
        {"fixture": ", cardwright_session", "client": "cardwright_session.sagemaker_client"},
    ),
    "mock_sagemaker": (
        f"import boto3, pytest\nfrom cardwright.testing import mock_sagemaker\n{_CONTENT}\n@mock_sagemaker{{}}",
        {"fixture": "", "client": _NEW_CLIENT},
    ),
}
"""The head of each test file, and what its test takes."""


def test_file(way: str, tests: int) -> str:
    """Return a file with this number of tests."""
    head, parts = WAYS[way]
    return head.format(_TEST.format(tests=tests, **parts))


def run(folder: Path, way: str, tests: int) -> float:
    """Return the seconds that pytest reports for a file, from its collection to its end."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"test_{way}.py"]
    ran = subprocess.run(command, cwd=folder, env=os.environ, check=False, capture_output=True, text=True)  # noqa: S603
    found = re.search(rf"{tests} passed in ([\d.]+)s", ran.stdout)
    if found is None:
        raise BenchError(f"the tests of {way} failed:\n{ran.stdout}{ran.stderr}")
    return float(found[1])


@click.command()
@click.option("--tests", type=click.IntRange(1), default=20, show_default=True, help="Tests in a file.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Runs of each file, in turn.")
def main(tests: int, rounds: int) -> None:
    """Run the same tests with moto and with this project's fixtures, in turn, and print seconds and ratios."""
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-") as name:
        folder = Path(name)
        for way in WAYS:
            (folder / f"test_{way}.py").write_text(test_file(way, tests))
        for _ in range(rounds):
            for way, taken in seconds.items():
                taken.append(run(folder, way, tests))
    for way, taken in seconds.items():
        ratio = statistics.median(mine / moto for mine, moto in zip(taken, seconds["moto"], strict=True))
        click.echo(
            f"{way:20} {statistics.median(taken):6.2f} s for {tests} tests"
            f" ({min(taken):.2f} to {max(taken):.2f}), {ratio:.2f} of moto"
        )


if __name__ == "__main__":
    main()
