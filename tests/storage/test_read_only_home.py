"""Reading commands open a read-only home: next to a server, after it, and after a killed one."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardwright import Session
from cardwright.storage.engines import sqlite, sqlite_connection
from tests import servers
from tests.cli.commands import run, run_text
from tests.wire.calls import create, refused

READING = (
    ("verify",),
    ("key", "list"),
    ("bucket", "list"),
    ("user", "list", "--account", "123456789012"),
)
Lock = Callable[[Path], Path]


@pytest.fixture(params=["read-only file system", "folder without write permission"])
def lock(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lock]:
    """Makes a home read-only; returns its path, or another path to it."""
    mounted: list[Path] = []

    def on_a_read_only_file_system(home: Path) -> Path:
        view = tmp_path / f"view-{len(mounted)}"
        view.mkdir()
        bind = subprocess.run(["mount", "--bind", "-o", "ro", home, view], check=False, capture_output=True)
        if bind.returncode:
            pytest.skip("NOT TESTED: only root can mount a read-only file system here")
        mounted.append(view)
        return view

    def without_permission(home: Path) -> Path:
        if os.geteuid() == 0:
            pytest.skip("NOT TESTED: permissions do not stop root; the read-only file system is tested instead")
        home.chmod(0o555)
        return home

    yield on_a_read_only_file_system if request.param.startswith("read-only") else without_permission
    for view in mounted:
        subprocess.run(["umount", "--lazy", view], check=True)


def assert_reads(home: Path, cards: int) -> None:
    before = sorted(home.iterdir())
    for command in READING:
        ended = run_text(*command, "--home", str(home))
        assert ended.returncode == 0, ended.stderr
    assert f"Checked {cards} cards" in run_text("verify", "--home", str(home)).stdout
    client = Session(home=home).sagemaker_client
    assert len(client.list_model_cards()["ModelCardSummaries"]) == cards
    for summary in client.list_model_cards()["ModelCardSummaries"]:
        assert client.describe_model_card(ModelCardName=summary["ModelCardName"])["Content"] == "{}"
    assert len(client.search(Resource="ModelCard")["Results"]) == cards
    with refused("ServiceUnavailable", "cannot be written here"):
        create(client)
    assert sorted(home.iterdir()) == before


def test_a_store_without_a_running_server_is_read(tmp_path: Path, lock: Lock) -> None:
    home = tmp_path / "home"
    with servers.running(home) as server:
        create(server.client())
    assert_reads(lock(home), 1)


def test_a_refused_write_is_one_sentence_without_a_traceback(
    tmp_path: Path, lock: Lock, caplog: pytest.LogCaptureFixture
) -> None:
    home = tmp_path / "home"
    assert run("migrate", "--home", str(home)).returncode == 0
    command = ("card", "create", "new", "--content", "-")
    ended = run_text(*command, given="{}", environment={"CARDWRIGHT_HOME": str(lock(home))})
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
    assert "open only for reading" in ended.stderr
    assert "in a moment" not in ended.stderr
    assert caplog.text == ""  # a process that does not set up logging shows an error's traceback


def test_a_store_that_a_server_writes_is_read(tmp_path: Path, lock: Lock) -> None:
    home = tmp_path / "home"
    with servers.running(home) as server:
        create(server.client())
        view = lock(home)
        assert_reads(view, 1)
        if view != home:  # later writes of the server are visible
            create(server.client())
            assert_reads(view, 2)


def test_a_store_of_a_killed_server_is_read_with_its_log(tmp_path: Path, lock: Lock) -> None:
    home = tmp_path / "home"
    with servers.running(home) as server:
        create(server.client())
        server.stop(signal.SIGKILL)
    assert (home / "cardwright.db-wal").stat().st_size > 0
    assert_reads(lock(home), 1)


def test_an_unreadable_log_is_refused_and_not_ignored(tmp_path: Path, lock: Lock) -> None:
    home = tmp_path / "home"
    with servers.running(home) as server:
        create(server.client())
        server.stop(signal.SIGKILL)
    (home / "cardwright.db-shm").unlink()
    ended = run_text("verify", "--home", str(lock(home)))
    assert (ended.returncode, "copy the folder to a writable place" in ended.stderr) == (1, True), ended.stderr


def test_a_backup_of_a_home_that_cannot_be_written_is_made(tmp_path: Path, lock: Lock) -> None:
    home, backup = tmp_path / "home", tmp_path / "cards.backup"
    with servers.running(home) as server:
        create(server.client())
        view = lock(home)
        assert run("backup", str(backup), "--home", str(view)).returncode == 0
    assert run("restore", str(backup), "--home", str(tmp_path / "restored")).returncode == 0


def test_a_server_refuses_a_home_that_cannot_be_written(tmp_path: Path, lock: Lock) -> None:
    home = tmp_path / "home"
    assert run("migrate", "--home", str(home)).returncode == 0
    for command in (["serve", "--port", str(servers.free_port())], ["key", "create"], ["worker"]):
        arguments = ("--account", "123456789012", "--user", "ann") if command[0] == "key" else ()
        result = subprocess.run(
            [servers.CARDWRIGHT, *command, *arguments, "--home", str(lock(home))],
            check=False,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 1
        assert "cannot be opened" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_writable_home_is_opened_for_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("migrate", "--home", str(tmp_path)).returncode == 0
    monkeypatch.setattr(sqlite, "connect_read_only", None)
    assert sqlite_connection.can_write(tmp_path / "cardwright.db")
    assert run("verify", "--home", str(tmp_path)).returncode == 0
    shutil.rmtree(tmp_path)
