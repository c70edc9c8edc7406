"""`cardwright key`, on a store."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import run_text


def key(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_text("key", arguments[0], "--home", str(home), *arguments[1:])


def test_a_key_is_created_listed_and_revoked(tmp_path: Path) -> None:
    made = json.loads(key(tmp_path, "create", "--account", "123456789012", "--user", "ana", "--json").stdout)
    assert (made["Role"], len(made["SecretAccessKey"])) == ("author", 40)
    listed = json.loads(key(tmp_path, "list", "--account", "123456789012", "--json").stdout)
    assert [(item["AccessKeyId"], item["Status"]) for item in listed] == [(made["AccessKeyId"], "Active")]
    assert "SecretAccessKey" not in listed[0]
    assert key(tmp_path, "revoke", made["AccessKeyId"]).returncode == 0
    assert json.loads(key(tmp_path, "list", "--json").stdout)[0]["Status"] == "Revoked"
    again = key(tmp_path, "revoke", made["AccessKeyId"])
    assert (again.returncode, "no active access key" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("account", "user", "words"), [("12", "ana", "twelve digits"), ("123456789012", "a b", "A user name is")]
)
def test_a_bad_account_or_user_is_refused(tmp_path: Path, account: str, user: str, words: str) -> None:
    result = key(tmp_path, "create", "--account", account, "--user", user)
    assert (result.returncode, words in result.stderr) == (1, True)


def test_a_key_is_created_once_with_the_option_if_missing(tmp_path: Path) -> None:
    made = json.loads(key(tmp_path, "create", "--user", "ci", "--if-missing", "--json").stdout)
    assert made["Account"] == "000000000000"
    again = json.loads(key(tmp_path, "create", "--user", "ci", "--if-missing", "--json").stdout)
    assert (again["AccessKeyId"], "SecretAccessKey" in again) == (made["AccessKeyId"], False)
    viewer = json.loads(key(tmp_path, "create", "--user", "ci", "--role", "viewer", "--if-missing", "--json").stdout)
    assert viewer["AccessKeyId"] != made["AccessKeyId"]
    assert key(tmp_path, "revoke", made["AccessKeyId"]).returncode == 0
    new = json.loads(key(tmp_path, "create", "--user", "ci", "--if-missing", "--json").stdout)
    assert new["AccessKeyId"] != made["AccessKeyId"]
