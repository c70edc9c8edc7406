"""`cardwright bucket`, on a store."""

import json
import subprocess
from pathlib import Path

import pytest

from cardwright.server.local_user import local_user
from cardwright.server.stores import migrate
from cardwright.settings import Settings
from tests.cli.commands import run_text


def bucket(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_text("bucket", arguments[0], "--home", str(home), *arguments[1:])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty store."""
    migrate(Settings(home=tmp_path))
    return tmp_path


def test_a_bucket_is_given_in_an_existing_store(tmp_path: Path) -> None:
    result = bucket(tmp_path / "typo", "give", "audits", "--account", "111111111111")
    assert (result.returncode, "There is no store in" in result.stderr) == (1, True)
    assert not (tmp_path / "typo").exists()


def test_buckets_are_given_moved_and_listed(home: Path) -> None:
    first, second = "111111111111", "222222222222"
    assert "No bucket has an owner" in bucket(home, "list").stdout
    result = [
        bucket(home, "give", name, "--account", number).stdout
        for name, number in (("Audits", first), ("reports", first), ("audits", second), ("AUDITS", second))
    ]
    assert result == [
        f"The bucket Audits belongs to account {first}\n",
        f"The bucket reports belongs to account {first}\n",
        f"The bucket audits belongs to account {second}\n",
        f"The bucket AUDITS belongs to account {second}, as before\n",
    ]
    listed = json.loads(bucket(home, "list", "--json").stdout)
    assert [(item["Account"], item["Bucket"], item["ClaimedBy"]) for item in listed] == [
        (first, "reports", local_user()),
        (second, "audits", local_user()),
    ]
    assert listed[0]["ClaimedAt"].endswith("+00:00")
    lines = bucket(home, "list").stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["reports", first], ["audits", second]]


def test_a_bucket_is_released_and_events_record_every_change(home: Path) -> None:
    first, second = ("--account", "111111111111"), ("--account", "222222222222")
    bucket(home, "give", "Audits", *first)
    bucket(home, "give", "audits", *second)
    result = bucket(home, "release", "AUDITS")
    assert result.stdout == "The bucket AUDITS has no owner now; it belonged to account 222222222222\n"
    again = bucket(home, "release", "audits")
    assert (again.returncode, "The bucket audits has no owner" in again.stderr) == (1, True)
    assert "No bucket has an owner" in bucket(home, "list").stdout
    shown = json.loads(run_text("user", "events", "--home", str(home), *first, "--json").stdout)
    assert [(one["Event"], one["Subject"], one["Details"], one["Actor"], one["Source"]) for one in shown] == [
        ("bucket released", "audits", "given to another account", local_user(), "command line"),
        ("bucket given", "audits", "", local_user(), "command line"),
    ]
    lines = run_text("user", "events", "--home", str(home), *second, "--limit", "1").stdout.splitlines()
    assert (len(lines), "bucket released" in lines[1]) == (2, True)
    assert "has no events" in run_text("user", "events", "--home", str(home)).stdout


@pytest.mark.parametrize(
    ("name", "account", "words"),
    [
        ("audits", "12", "twelve digits"),
        ("s3://audits", "111111111111", "'s3://audits' is not a bucket name"),
        ("", "111111111111", "is not a bucket name"),
    ],
)
def test_invalid_buckets_and_accounts_are_refused(home: Path, name: str, account: str, words: str) -> None:
    result = bucket(home, "give", name, "--account", account)
    assert (result.returncode, words in result.stderr) == (1, True)


def test_buckets_of_an_existing_store_are_listed(tmp_path: Path) -> None:
    result = bucket(tmp_path / "none", "list")
    assert (result.returncode, "There is no store" in result.stderr) == (1, True)
