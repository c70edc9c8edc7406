"""Opens, makes and upgrades the store that the settings name, with its server key."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cardwright.core.access_keys import ServerKey
from cardwright.core.errors import Unavailable
from cardwright.core.kms import KmsKeys
from cardwright.core.rules import Rules
from cardwright.settings import Settings
from cardwright.storage.engines.database import Database
from cardwright.storage.opening import StoreMismatch, migrate_url, open_sqlite, open_url
from cardwright.storage.store import Store

DATABASE_FILE = "cardwright.db"
KEY_FILE = "server.key"
_UNFINISHED = "cardwright.db.unfinished"  # present while a new database is created, so that a killed start is repeated
_EMPTY_SECONDS = 3  # in which another process fills a new database file


def open_store(settings: Settings, *, writes: bool = True) -> Store:
    """As :func:`_opened`, with the rules that the settings give the store."""
    store = _opened(settings, writes)
    store.rules = Rules(settings.bucket_claims == "first", KmsKeys(settings.kms_keys))
    return store


def _opened(settings: Settings, writes: bool) -> Store:
    """Open the store that the settings name; the embedded default is made and upgraded when needed.

    Args:
        writes: whether an embedded store that cannot be written is refused. Otherwise it is opened for reading.

    Raises:
        StoreMismatch: the store does not match these settings; the message says how to fix it.
        Unavailable: it cannot be opened.
    """
    if settings.database_url is not None:
        # Quick and slow requests have as many threads each; the rest serves export jobs and probes.
        connections = 2 * settings.threads + settings.export_threads + 4
        return open_url(
            settings.database_url,
            settings.region,
            _read_key(settings),
            connections=connections,
            prepare=settings.database_prepare,
        )
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        database, unfinished = settings.home / DATABASE_FILE, settings.home / _UNFINISHED
        new = not database.exists() or (unfinished.exists() and not database.stat().st_size)
        if not new and _is_emptied(database):
            raise StoreMismatch(
                f"The database {database} is an empty file: restore a backup, or remove the file to start with a new"
                " store"
            )
        key = _read_or_make_key(settings) if new else _read_key(settings)
        if new:
            unfinished.touch()
    except OSError as error:
        raise Unavailable(f"The home folder {settings.home} cannot be used: {error.strerror}") from error
    store = open_sqlite(database, settings.region, key, writes=writes)
    if unfinished.exists() and os.access(settings.home, os.W_OK):
        unfinished.unlink(missing_ok=True)
    return store


def _is_emptied(database: Path) -> bool:
    """Whether a database stays empty. One that another process creates is empty only briefly."""
    deadline = time.monotonic() + _EMPTY_SECONDS
    while database.stat().st_size == 0:
        if time.monotonic() > deadline:
            return True
        time.sleep(0.05)
    return False


def open_existing_store(settings: Settings, *, writes: bool = True) -> Store:
    """Open the store that the settings name; a missing store is an error.

    Args:
        writes: as for :func:`open_store`.

    Raises:
        StoreMismatch: it does not exist, or it does not match these settings.
        Unavailable: it cannot be opened.
    """
    if settings.database_url is None and not (settings.home / DATABASE_FILE).is_file():
        raise StoreMismatch(f"There is no store in {settings.home}: name its folder with --home")
    return open_store(settings, writes=writes)


@contextmanager
def existing_database(settings: Settings) -> Iterator[Database]:
    """Open the database of an existing store for reading, for the length of a block.

    Raises:
        StoreMismatch, Unavailable: as :func:`open_existing_store`.
    """
    with closing(open_existing_store(settings, writes=False)) as store:
        yield store.database


def migrate(settings: Settings) -> None:
    """Upgrade the settings' database to this version's schema; a missing server key is made."""
    if settings.database_url is None:
        open_store(settings).close()
        return
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = _read_or_make_key(settings)
    migrate_url(settings.database_url, settings.region, key, prepare=settings.database_prepare)


def _key_path(settings: Settings) -> Path:
    return settings.key_file or settings.home / KEY_FILE


def _read_key(settings: Settings) -> ServerKey:
    if settings.key is not None:
        return ServerKey.from_text(settings.key)
    path = _key_path(settings)
    try:
        return ServerKey.from_text(path.read_text("ascii"))
    except FileNotFoundError:
        raise StoreMismatch(
            f"The server key {path} is missing: copy it from where the store was made (or its backup),"
            " or name it with --key-file or CARDWRIGHT_KEY; for a new database, `cardwright migrate` makes one"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreMismatch(f"The server key {path} cannot be read: {error}") from None


def _read_or_make_key(settings: Settings) -> ServerKey:
    path = _key_path(settings)
    if settings.key is None and not path.exists():
        written = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(ServerKey.generate().to_text() + "\n")
                file.flush()
                os.fsync(file.fileno())
            _publish(written, path)
        finally:
            written.unlink(missing_ok=True)
    return _read_key(settings)


def _publish(written: Path, path: Path) -> None:
    """Rename a complete file to its final name, unless another process has made that file."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        written.replace(path)
