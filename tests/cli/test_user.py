"""`cardwright user`, on each engine."""

import contextlib
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import run_text
from tests.servers import CARDWRIGHT, Server

PASSWORD = "correct horse battery"


def user(server: Server, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return run_text("user", *arguments, *server.store_options, given=given)


def test_a_user_is_created_changed_and_deleted_by_commands(signed_server: Server) -> None:
    account = ("--account", "515151515151")
    made = user(
        signed_server, "create", "ana", *account, "--role", "admin", "--password-stdin", "--json", given=PASSWORD + "\n"
    )
    assert json.loads(made.stdout)["Role"] == "admin", made.stderr
    again = user(signed_server, "create", "ANA", *account, "--password-stdin", given=PASSWORD)
    assert (again.returncode, again.stderr) == (1, "cardwright: There is a user ANA already\n")
    assert user(signed_server, "create", "mei", *account, "--password-stdin", given=PASSWORD).returncode == 0
    assert user(signed_server, "set-role", "mei", "approver", *account).stdout == "mei is approver\n"
    listed = json.loads(user(signed_server, "list", *account, "--json").stdout)
    assert [(one["UserName"], one["Role"], one["Status"]) for one in listed] == [
        ("ana", "admin", "Active"),
        ("mei", "approver", "Active"),
    ]
    assert "assword" not in "".join(listed[0]).replace("PasswordSet", "")
    refused = user(signed_server, "disable", "ana", *account)
    assert (refused.returncode, "ana is the only administrator" in refused.stderr) == (1, True)
    assert "can no longer sign in" in user(signed_server, "disable", "mei", *account).stdout
    assert json.loads(user(signed_server, "show", "mei", *account, "--json").stdout)["Status"] == "Disabled"
    assert "Disabled" in user(signed_server, "list", *account).stdout
    assert user(signed_server, "enable", "mei", *account).returncode == 0
    assert user(signed_server, "set-password", "mei", *account, "--password-stdin", given="x" * 12).returncode == 0
    assert "0 sessions ended" in user(signed_server, "sign-out", "mei", *account).stdout
    assert user(signed_server, "delete", "mei", *account).returncode == 1  # the prompt gets no answer
    assert user(signed_server, "delete", "mei", *account, "--yes").stdout == "Deleted mei\n"
    gone = user(signed_server, "show", "mei", *account)
    assert (gone.returncode, gone.stderr) == (1, "cardwright: There is no user mei\n")
    assert "No users" in user(signed_server, "list", "--account", "525252525252").stdout


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("short", "elevenchars", "at least 12 characters"),
        ("empty", "", "at least 12 characters"),
        ("not a name", PASSWORD, "A user name is 1 to 64"),
        ("x" * 65, PASSWORD, "A user name is 1 to 64"),
        ("long", "x" * 5000, "at most 1,024 bytes"),
    ],
)
def test_an_invalid_user_is_refused_without_showing_the_password(
    signed_server: Server, name: str, password: str, words: str
) -> None:
    made = user(signed_server, "create", name, "--password-stdin", given=password)
    assert (made.returncode, words in made.stderr) == (1, True)
    assert not password or password not in made.stderr
    listed = json.loads(user(signed_server, "list", "--json").stdout)
    assert name not in [one["UserName"] for one in listed]


def test_a_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    command = [CARDWRIGHT, "user", "create", "ana", "--home", str(tmp_path / "home")]
    terminal, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        shown = b""
        for question in (b"Password for ana: ", b"Repeat for confirmation: "):
            while not shown.endswith(question):
                shown += os.read(terminal, 1000)
            os.write(terminal, PASSWORD.encode() + b"\n")
        with contextlib.suppress(OSError):  # the end of a terminal
            while more := os.read(terminal, 1000):
                shown += more
    os.close(terminal)
    assert process.returncode == 0, shown
    assert b"ana can sign in" in shown
    assert PASSWORD.encode() not in shown


def test_a_user_is_created_once_with_the_option_if_missing(signed_server: Server) -> None:
    account = ("--account", "525252525253", "--if-missing", "--json")
    first = user(signed_server, "create", "ana", *account, "--role", "admin", "--password-stdin", given=PASSWORD)
    again = user(signed_server, "create", "Ana", *account, "--role", "viewer")  # no password prompt
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert json.loads(again.stdout)["Role"] == "admin"
