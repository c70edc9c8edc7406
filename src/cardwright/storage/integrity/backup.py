"""Backup and restore of the embedded store: database, server key and objects in one archive.

An archive is a gzipped tar. Its first member, ``manifest.json``, lists every other member with size and SHA-256.
"""

import datetime
import hashlib
import io
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, TypeAlias, TypedDict

import orjson

from cardwright import __version__
from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import CardwrightError
from cardwright.storage.engines.database import Database
from cardwright.storage.engines.sqlite_connection import can_write, connect, connect_read_only
from cardwright.storage.integrity.compression import gzip_writer
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.opening import open_sqlite
from cardwright.storage.store import REVISION, Store

FORMAT = 1
DATABASE, KEY, OBJECTS, MANIFEST = "cardwright.db", "server.key", "objects", "manifest.json"
_UNFINISHED = re.compile(r"#\d+$")  # obstore's names for local objects that are still being written
_CHUNK = 1 << 20
_UNSAFE = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF")  # an unfinished copy is deleted
_MAPPED = "PRAGMA mmap_size = 1099511627776"
_LEFT_OUT = ("sessions", "sign_in_tries", "archive_files", "archives")  # short-lived: users sign in and export again


Progress: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]
"""Shows the progress of a part of the work, named by a label, for the length of a block: takes its size. The block gets
a function that takes how much is done."""


def _silent(label: str, total: int) -> AbstractContextManager[Callable[[int], object]]:
    del label, total
    return nullcontext(bool)  # nothing is shown


class BackupInvalid(CardwrightError):
    """A backup cannot be made or restored. The message says why."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The contents of a backup, and the number of its findings."""

    cards: int
    versions: int
    links: int
    objects: int
    findings: int = 0


def write_backup(  # noqa: PLR0913 - the options of the command
    store: Store,
    home: Path,
    file: Path,
    *,
    force: bool = False,
    despite_findings: bool = False,
    progress: Progress = _silent,
) -> Summary:
    """Write a backup of the embedded store in ``home`` to ``file``, also while servers use it.

    The copy of the database is a snapshot from during the call; it is verified before the archive gets its name.

    Raises:
        BackupInvalid: ``file`` exists and ``force`` is False, the copy is damaged or does not verify (unless
            ``despite_findings``), or a file cannot be read or written. No file is left behind.
        Unavailable: the database cannot be read.
    """
    _refuse_existing(file, force)
    try:
        with _temporary_folder(file.parent, ".cardwright-backup-") as folder:
            copy, outcome = folder / DATABASE, "The store was not backed up"
            _copy_database(home / DATABASE, copy)
            with ThreadPoolExecutor(1) as pool:
                listing = pool.submit(_listed, copy)  # needs one processor, and so does the check
                _check_pages(copy, outcome)
                listed = {DATABASE: listing.result()}
            verified = _verify(copy, store.region, store.server_key, outcome, despite_findings, progress)
            (folder / KEY).write_text(store.server_key.to_text() + "\n", "ascii")
            # Objects after the database: an object is written before its row, so no row of the copy lacks its object.
            members = {DATABASE: copy, KEY: folder / KEY} | dict(_objects(home))
            listed |= {name: _listed(path) for name, path in members.items() if name not in listed}
            manifest = _new_manifest(store.region, listed, verified.findings)
            _write_archive(folder / "archive", manifest, members, progress)
            _refuse_existing(file, force)
            (folder / "archive").replace(file)
            _sync(file.parent)
    except OSError as error:
        raise BackupInvalid(f"The backup {file} cannot be written: {error.strerror or error}") from error
    return replace(verified, objects=len(members) - 2)


def restore_backup(file: Path, home: Path, *, despite_findings: bool = False, progress: Progress = _silent) -> Summary:
    """Unpack a backup into ``home``, which must be empty or missing, after verifying all its contents.

    Raises:
        BackupInvalid: ``home`` is not empty, the file is not a complete backup, or its contents do not verify (unless
            ``despite_findings``). ``home`` does not change.
        StoreMismatch: the backup was made by a newer Cardwright.
    """
    try:
        if home.exists() and (not home.is_dir() or any(home.iterdir())):
            raise BackupInvalid(f"{home} is not empty: restore into a new folder")
        home.parent.mkdir(parents=True, exist_ok=True)
        with _temporary_folder(home.parent, f".{home.name}-restore-") as folder:
            target = folder / "home"
            target.mkdir(mode=0o700)
            manifest = _unpack(file, target)
            key = ServerKey.from_text((target / KEY).read_text("ascii"))
            outcome = "The backup was not restored"
            _check_pages(target / DATABASE, outcome)
            _migrate(target / DATABASE, manifest["region"], key)
            verified = _verify(target / DATABASE, manifest["region"], key, outcome, despite_findings, progress)
            for path in (target, *target.rglob("*")):
                _sync(path)
            target.rename(home)  # replaces an empty folder
            _sync(home.parent)
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupInvalid(f"{file} is not a complete Cardwright backup: it is truncated or another file") from error
    except OSError as error:
        raise BackupInvalid(f"The backup {file} cannot be restored to {home}: {error.strerror or error}") from error
    return replace(verified, objects=len(manifest["members"]) - 2)


def _refuse_existing(file: Path, force: bool) -> None:
    if file.is_dir() or (file.exists() and not force):
        raise BackupInvalid(f"{file} exists: choose another name, or replace it with --force")


@contextmanager
def _temporary_folder(parent: Path, prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_database(source: Path, copy: Path) -> None:
    try:
        with (
            closing(connect(source) if can_write(source) else connect_read_only(source)) as original,
            closing(sqlite3.connect(copy)) as target,
        ):
            for setting in _UNSAFE:
                target.execute(setting).fetchall()
            original.backup(target)  # in one step: in pieces it would restart with every write of a server
            for table in _LEFT_OUT:
                target.execute(f"DELETE FROM {table}")
            target.commit()
            target.execute("PRAGMA journal_mode = DELETE").fetchall()
        copy.chmod(0o600)
    except sqlite3.Error as error:
        raise BackupInvalid(f"The database {source} cannot be copied: {error}") from error


@contextmanager
def _reopened(database: Path, region: str, key: ServerKey) -> Iterator[Database]:
    with closing(open_sqlite(database, region, key, frozen=True)) as store:
        yield store.database


def _check_pages(database: Path, outcome: str) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute(_MAPPED).fetchall()
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise BackupInvalid(f"{outcome}: its database is damaged ({found})")


def _migrate(database: Path, region: str, key: ServerKey) -> None:
    """Migrate a database file that no other process uses; afterwards it is one file again."""
    open_sqlite(database, region, key).close()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()


def _verify(  # noqa: PLR0913, PLR0917 - the parts of a copy, and what the caller says of it
    database: Path, region: str, key: ServerKey, outcome: str, despite_findings: bool, progress: Progress
) -> Summary:
    """Verify a database file that no process writes; it stays as it is."""
    store = open_sqlite(database, region, key, frozen=True)
    try:
        reopen = partial(_reopened, database, region, key)
        with progress("Verifying cards", Verification(store.database).total()) as show:
            walk = Verification(store.database, seals=store.seals, progress=show, reopen=reopen)
            with closing(walk.faults()) as faults:
                fault = next(faults, None)
                findings = 0 if fault is None else 1 + (sum(1 for _ in faults) if despite_findings else 0)
    finally:
        store.close()
    if fault is not None and not despite_findings:
        raise BackupInvalid(
            f"{outcome}, because it does not verify: {fault} `cardwright verify --all` lists all findings of a store,"
            " and --despite-findings accepts them"
        )
    return Summary(walk.counts.cards, walk.counts.versions, walk.counts.links, 0, findings)


def _objects(home: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((home / OBJECTS).rglob("*")):
        if path.is_file() and not path.is_symlink() and not _UNFINISHED.search(path.name):
            yield path.relative_to(home).as_posix(), path


class _Listed(TypedDict):
    """A member of the archive, as the manifest lists it."""

    sha256: str
    size: int


class _Manifest(TypedDict):
    format: int
    cardwright: str
    schema: str
    region: str
    created: str
    findings: int
    members: dict[str, _Listed]


def _listed(path: Path) -> _Listed:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": path.stat().st_size}


def _new_manifest(region: str, listed: dict[str, _Listed], findings: int) -> _Manifest:
    return {
        "format": FORMAT,
        "cardwright": __version__,
        "schema": REVISION,
        "region": region,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "findings": findings,
        "members": listed,
    }


def _write_archive(archive: Path, manifest: _Manifest, members: dict[str, Path], progress: Progress) -> None:
    listed = manifest["members"]
    written = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    size = sum(each["size"] for each in listed.values())
    with (
        os.fdopen(os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        progress("Writing the archive", size) as show,
    ):
        done = 0
        with (
            gzip_writer(file) as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            tar.addfile(_member(MANIFEST, len(written)), io.BytesIO(written))
            for name, path in members.items():
                with path.open("rb") as content:
                    copied = _Hashed(content, partial(_show_more, show, done))
                    tar.addfile(_member(name, listed[name]["size"]), copied)
                # Files are replaced as a whole, so the digest of the copy shows whether it agrees with the manifest.
                if copied.digest.hexdigest() != listed[name]["sha256"]:
                    raise BackupInvalid(f"{name} was replaced during the backup: try again")
                done += listed[name]["size"]
        file.flush()
        os.fsync(file.fileno())


def _show_more(show: Callable[[int], object], before: int, read: int) -> None:
    show(before + read)


class _Hashed(io.RawIOBase):
    """A file that computes the digest of the bytes that were read from it, and reports their number."""

    def __init__(self, file: IO[bytes], show: Callable[[int], object]) -> None:
        self._file = file
        self._show = show
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        self._show(self._file.tell())
        return chunk


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _unpack(file: Path, target: Path) -> _Manifest:
    """Unpack exactly the members in the manifest into a new folder. Returns the manifest."""
    manifest: _Manifest | None = None
    waiting: dict[str, _Listed] = {}
    with tarfile.open(file, mode="r|gz") as tar:
        for info in tar:
            content = tar.extractfile(info) if info.isreg() else None
            if manifest is None:
                manifest = _manifest(file, info, content)
                waiting = dict(manifest["members"])
                continue
            listed = waiting.pop(info.name, None)
            if content is None or listed is None or not _allowed(info.name):
                raise BackupInvalid(f"{file} has a member that does not belong in a backup: {info.name!r}")
            if _unpack_member(content, target / info.name) != (listed["sha256"], listed["size"]):
                raise BackupInvalid(f"{file} was changed: {info.name!r} does not match its manifest")
    if manifest is None or waiting or not {DATABASE, KEY} <= manifest["members"].keys():
        raise BackupInvalid(f"{file} is not a complete Cardwright backup: members are missing")
    return manifest


def _manifest(file: Path, info: tarfile.TarInfo, content: IO[bytes] | None) -> _Manifest:
    if info.name != MANIFEST or content is None:
        raise BackupInvalid(f"{file} is not a Cardwright backup: it does not begin with {MANIFEST}")
    manifest: _Manifest = orjson.loads(content.read())
    if manifest["format"] != FORMAT:
        raise BackupInvalid(
            f"{file} has backup format {manifest['format']!r}, and this Cardwright reads {FORMAT}: restore it with"
            f" Cardwright {manifest.get('cardwright')}"
        )
    return manifest


def _allowed(name: str) -> bool:
    first, *rest = name.split("/")
    if not rest:
        return name in {DATABASE, KEY}
    return first == OBJECTS and not any(part in {"", ".", ".."} or "\0" in part or "\\" in part for part in rest)


def _unpack_member(content: IO[bytes], path: Path) -> tuple[str, int]:
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return digest.hexdigest(), size


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
