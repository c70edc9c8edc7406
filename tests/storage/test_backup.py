"""Promises of ``backup`` and ``restore``: atomic, next to a running server, and without trust in an archive."""

import hashlib
import io
import json
import shutil
import stat
import subprocess
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import CardwrightError, Unavailable
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.backup import BackupInvalid, Summary, restore_backup, write_backup
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.opening import open_sqlite
from tests import servers
from tests.cli.commands import run_text
from tests.storage import older
from tests.storage.test_verify import fill, tamper

Members = dict[str, bytes]


def cardwright(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return run_text(*map(str, arguments))


def back_up(home: Path, file: Path, *, force: bool = False) -> Summary:
    store = open_store(Settings(home=home))
    try:
        return write_backup(store, home, file, force=force)
    finally:
        store.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a card of three versions, and objects. Tests must not change it."""
    home = tmp_path_factory.mktemp("store") / "home"
    fill(Settings(home=home))
    (home / "objects" / "exports").mkdir(parents=True)
    (home / "objects" / "exports" / "card.pdf").write_bytes(b"%PDF")
    (home / "objects" / "exports" / "card.pdf#1").write_bytes(b"half")
    (home / "objects" / "link").symlink_to("/etc/hostname")
    return home


@pytest.fixture(scope="module")
def archive(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("archive") / "backup"
    assert back_up(home, file) == Summary(cards=1, versions=3, links=12, objects=1)
    return file


def test_a_backup_under_writes_has_every_card_acknowledged_before(tmp_path: Path) -> None:
    home, back, file = tmp_path / "home", tmp_path / "back", tmp_path / "backup"
    acknowledged: list[tuple[str, str]] = []
    stop = threading.Event()

    def write(client: Any, writer: int) -> None:
        number = 0
        while not stop.is_set():
            name, content = f"card-{writer}-{number}", json.dumps({"model_overview": {"model_name": f"m{number}"}})
            client.create_model_card(ModelCardName=name, Content=content, ModelCardStatus="Draft")
            acknowledged.append((name, content))
            number += 1

    with servers.running(home) as server:
        writers = [threading.Thread(target=write, args=(server.client(), writer)) for writer in range(4)]
        for writer in writers:
            writer.start()
        try:
            while len(acknowledged) < 60 and any(writer.is_alive() for writer in writers):
                stop.wait(0.01)
            before = list(acknowledged)
            made = cardwright("backup", file, "--home", home)
            after = len(acknowledged)
        finally:
            stop.set()
            for writer in writers:
                writer.join()
    assert made.returncode == 0, made.stderr
    assert after > len(before) >= 60  # the server kept writing
    restored = cardwright("restore", file, "--home", back)
    assert restored.returncode == 0, restored.stderr
    with servers.running(back) as server:
        client = server.client()
        for name, content in before:
            assert client.describe_model_card(ModelCardName=name)["Content"] == content
    assert cardwright("verify", "--home", back).returncode == 0


def test_a_frozen_database_is_read_and_stays_as_it_is(archive: Path, tmp_path: Path) -> None:
    """A backup computes the digest of its copy before it verifies it."""
    for name, content in read(archive).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    file = tmp_path / "cardwright.db"
    before = file.read_bytes()
    key = ServerKey.from_text((tmp_path / "server.key").read_text("ascii"))
    store = open_sqlite(file, "us-east-1", key, frozen=True)
    assert list(Verification(store.database, seals=store.seals).faults()) == []
    with pytest.raises(Unavailable, match="only for reading"):
        store.database.begin_write()
    store.close()
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("cardwright.db*")) == ["cardwright.db"]


def test_a_restored_store_is_equal_and_private(archive: Path, home: Path, tmp_path: Path) -> None:
    back = tmp_path / "new" / "home"
    assert restore_backup(archive, back) == Summary(cards=1, versions=3, links=12, objects=1)
    assert {path.relative_to(back).as_posix() for path in back.rglob("*")} == {
        "cardwright.db",
        "server.key",
        "objects",
        "objects/exports",
        "objects/exports/card.pdf",
    }
    assert (back / "objects" / "exports" / "card.pdf").read_bytes() == b"%PDF"
    assert (back / "server.key").read_bytes() == (home / "server.key").read_bytes()
    assert mode(archive) == 0o600
    assert [mode(path) for path in (back, back / "objects", back / "objects" / "exports")] == [0o700] * 3
    assert [mode(back / name) for name in ("cardwright.db", "server.key", "objects/exports/card.pdf")] == [0o600] * 3
    assert list(back.parent.iterdir()) == [back]
    store = open_store(Settings(home=back))
    assert list(Verification(store.database).faults()) == []
    store.close()


def test_a_restore_into_an_empty_home_makes_it_private(archive: Path, tmp_path: Path) -> None:
    back = tmp_path / "home"
    back.mkdir(mode=0o755)
    restore_backup(archive, back)
    assert mode(back) == 0o700


def test_a_home_that_is_not_empty_is_refused_and_untouched(archive: Path, tmp_path: Path) -> None:
    back = tmp_path / "home"
    back.mkdir()
    (back / "mine").write_text("mine")
    refused = cardwright("restore", archive, "--home", back)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"cardwright: {back} is not empty: restore into a new folder\n"
    assert [path.name for path in back.iterdir()] == ["mine"]
    assert list(tmp_path.iterdir()) == [back]


def test_an_existing_file_is_replaced_with_force_only(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_text("mine")
    refused = cardwright("backup", file, "--home", home)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"cardwright: {file} exists: choose another name, or replace it with --force\n"
    assert file.read_text() == "mine"
    file.chmod(0o644)
    made = cardwright("backup", file, "--home", home, "--force")
    assert made.returncode == 0, made.stderr
    assert mode(file) == 0o600
    restore_backup(file, tmp_path / "back")
    assert {path.name for path in tmp_path.iterdir()} == {"backup", "back"}


@pytest.mark.parametrize(("command", "program"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_a_backup_of_a_database_url_is_refused_with_an_alternative(tmp_path: Path, command: str, program: str) -> None:
    url = "postgresql://127.0.0.1:1/nothing"
    refused = cardwright(command, tmp_path / "file", "--home", tmp_path / "home", "--database-url", url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"for a database at a URL, use {program} and" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_does_not_verify_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(home, bad, symlinks=True)
    tamper(Settings(home=bad), "UPDATE versions SET author = 'eve' WHERE version = 2")
    with pytest.raises(BackupInvalid, match=r"does not verify: .*version 2 "):
        back_up(bad, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == [bad]


def test_a_store_with_findings_is_backed_up_and_restored_on_request(home: Path, tmp_path: Path) -> None:
    bad, file, back = (tmp_path / name for name in ("bad", "backup", "back"))
    shutil.copytree(home, bad, symlinks=True)
    tamper(
        Settings(home=bad),
        "UPDATE versions SET author = 'eve' WHERE version = 2",
        "UPDATE users SET role = 'admin' WHERE user_key = 'bob'",
    )
    verified = cardwright("verify", "--home", bad, "--all")
    findings = len(verified.stdout.splitlines())
    assert (verified.returncode, findings > 1) == (1, True)
    refused = cardwright("backup", file, "--home", bad)
    assert (refused.returncode, "--despite-findings accepts them" in refused.stderr) == (1, True)
    made = cardwright("backup", file, "--home", bad, "--despite-findings")
    assert (made.returncode, f"{findings} findings of verify ignored" in made.stdout) == (0, True), made.stderr
    assert json.loads(read(file)["manifest.json"])["findings"] == findings
    refused = cardwright("restore", file, "--home", back)
    assert (refused.returncode, "--despite-findings accepts them" in refused.stderr) == (1, True)
    assert not back.exists()
    restored = cardwright("restore", file, "--home", back, "--despite-findings")
    assert (restored.returncode, f"{findings} findings" in restored.stdout) == (0, True), restored.stderr
    assert cardwright("verify", "--home", back, "--all").stdout == verified.stdout


def test_a_backup_into_a_missing_folder_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupInvalid, match="cannot be written: No such file or directory"):
        back_up(home, tmp_path / "none" / "backup")


def read(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        found = {info.name: tar.extractfile(info) for info in tar}
        return {name: content.read() for name, content in found.items() if content is not None}


def write(archive: Path, members: Members, *others: tarfile.TarInfo) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in others:
            tar.addfile(info)


def listing(members: Members, **names: bytes) -> Members:
    """The members with others added and listed in the manifest."""
    manifest = json.loads(members["manifest.json"])
    for name, content in names.items():
        manifest["members"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return members | {"manifest.json": json.dumps(manifest).encode()} | names


def link(kind: bytes, name: str = "objects/x", target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def without(members: Members, name: str) -> Members:
    return {one: content for one, content in members.items() if one != name}


def manifested(members: Members, /, **changes: object) -> Members:
    return members | {"manifest.json": json.dumps(json.loads(members["manifest.json"]) | changes).encode()}


def put(archive: Path, content: bytes) -> None:
    archive.write_bytes(content)


def test_a_backup_with_an_older_schema_is_restored_with_this_one(archive: Path, tmp_path: Path) -> None:
    earlier = Settings(home=tmp_path / "earlier")
    older.restore(earlier)
    files = {name: (earlier.home / name).read_bytes() for name in ("cardwright.db", "server.key")}
    manifest = {"manifest.json": read(archive)["manifest.json"]}
    write(tmp_path / "backup", listing(manifested(manifest, members={}), **files))
    home = tmp_path / "home"
    assert restore_backup(tmp_path / "backup", home) == Summary(cards=8, versions=15, links=30, objects=0)
    assert sorted(path.name for path in home.iterdir()) == ["cardwright.db", "server.key"]
    assert mode(home / "cardwright.db") == 0o600
    key = ServerKey.from_text(files["server.key"].decode())
    store = open_sqlite(home / "cardwright.db", "us-east-1", key, frozen=True)
    assert list(Verification(store.database).faults()) == []
    store.close()


BELONGS = "does not belong in a backup"
HOSTILE: dict[str, tuple[str, Callable[[Path, Members], None]]] = {
    "key changed": ("was changed: 'server.key'", lambda at, m: write(at, m | {"server.key": m["server.key"][::-1]})),
    "object changed": ("was changed", lambda at, m: write(at, m | {"objects/exports/card.pdf": b"%PDX"})),
    "object longer": ("was changed", lambda at, m: write(at, m | {"objects/exports/card.pdf": b"%PDF."})),
    "database changed, and so listed": (
        "its database is damaged",
        lambda at, m: write(at, listing(m, **{"cardwright.db": b"\0" * 4096})),
    ),
    "key of another store": (
        "This is not the server key",
        lambda at, m: write(at, listing(m, **{"server.key": b"A" * 44 + b"\n"})),
    ),
    "invalid key": ("The server key is not base64", lambda at, m: write(at, listing(m, **{"server.key": b"x"}))),
    "unknown member": (BELONGS, lambda at, m: write(at, m | {"objects/more": b"x"})),
    "listed member of another kind": (BELONGS, lambda at, m: write(at, listing(m, **{"cardwright.toml": b"x"}))),
    "member that leaves the folder": (BELONGS, lambda at, m: write(at, listing(m, **{"objects/../../out": b"x"}))),
    "member next to the folder": (BELONGS, lambda at, m: write(at, listing(m, **{"../out": b"x"}))),
    "absolute member": (BELONGS, lambda at, m: write(at, listing(m, **{str(at.parent / "out"): b"x"}))),
    "symlink": (BELONGS, lambda at, m: write(at, m, link(tarfile.SYMTYPE))),
    "hard link": (BELONGS, lambda at, m: write(at, m, link(tarfile.LNKTYPE, target="server.key"))),
    "device": (BELONGS, lambda at, m: write(at, m, link(tarfile.CHRTYPE))),
    "folder": (BELONGS, lambda at, m: write(at, m, link(tarfile.DIRTYPE))),
    "symlink instead of a member": (
        BELONGS,
        lambda at, m: write(at, without(m, "server.key"), link(tarfile.SYMTYPE, "server.key")),
    ),
    "object that is also a folder": (
        "cannot be restored",
        lambda at, m: write(at, listing(m, **{"objects/exports/card.pdf/x": b"x"})),
    ),
    "no manifest": ("does not begin with manifest.json", lambda at, m: write(at, without(m, "manifest.json"))),
    "nothing": ("members are missing", lambda at, _: write(at, {})),
    "manifest alone": ("members are missing", lambda at, m: write(at, {"manifest.json": m["manifest.json"]})),
    "member missing": ("members are missing", lambda at, m: write(at, without(m, "objects/exports/card.pdf"))),
    "key not listed": (
        "members are missing",
        lambda at, m: write(at, {"manifest.json": manifested(m, members={})["manifest.json"]}),
    ),
    "manifest without JSON": (
        "not a complete Cardwright backup",
        lambda at, m: write(at, m | {"manifest.json": b"{"}),
    ),
    "manifest that is a list": (
        "not a complete Cardwright backup",
        lambda at, m: write(at, m | {"manifest.json": b"[]"}),
    ),
    "members that are a list": (
        "not a complete Cardwright backup",
        lambda at, m: write(at, manifested(m, members=[1])),
    ),
    "other format": ("has backup format 2", lambda at, m: write(at, manifested(m, format=2))),
    "a region": ("The store has the region us-east-1", lambda at, m: write(at, manifested(m, region="eu-west-1"))),
    "no gzip": ("not a complete Cardwright backup", lambda at, _: put(at, b"PGDMP" * 1000)),
    "empty file": ("not a complete Cardwright backup", lambda at, _: put(at, b"")),
    "no file": ("No such file", lambda *_: None),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_tampered_archive_is_refused_and_leaves_no_files(archive: Path, tmp_path: Path, kind: str) -> None:
    message, make = HOSTILE[kind]
    hostile, folder = tmp_path / "hostile", tmp_path / "folder"
    folder.mkdir()
    make(hostile, read(archive))
    with pytest.raises(CardwrightError) as refused:
        restore_backup(hostile, folder / "home")
    assert message in str(refused.value)
    assert list(folder.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} <= {"hostile", "folder"}


def test_a_damaged_archive_is_refused_or_restored_completely(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    expected = read(archive)
    damaged = tmp_path / "damaged"
    for number in range(60):
        at = number * len(whole) // 60
        cut = whole[:at] if number % 3 == 0 else whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1 :]
        damaged.write_bytes(cut)
        try:
            restore_backup(damaged, tmp_path / "home")
        except CardwrightError:
            assert list(tmp_path.iterdir()) == [damaged]
        else:
            assert (tmp_path / "home" / "server.key").read_bytes() == expected["server.key"]
            shutil.rmtree(tmp_path / "home")
