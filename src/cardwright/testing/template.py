"""An empty store that is made once in a process, and copied for each test."""

import atexit
import os
import shutil
import tempfile
import threading
from pathlib import Path

_lock = threading.Lock()
_made: dict[tuple[str | None, int], Path] = {}


def copy_empty_store(home: Path, region: str | None = None) -> None:
    """Copy an empty store to a folder, which must not exist. The first call in a process makes the store.

    Args:
        home: the folder.
        region: the AWS region of the store; by default ``CARDWRIGHT_REGION``, else ``us-east-1``.
    """
    shutil.copytree(_template(region), home)


def _template(region: str | None) -> Path:
    key = (region or os.environ.get("CARDWRIGHT_REGION"), os.getpid())
    with _lock:
        if key not in _made:
            folder = Path(tempfile.mkdtemp(prefix="cardwright-template-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            _make(folder / "store", region)
            _made[key] = folder / "store"
        return _made[key]


def _make(home: Path, region: str | None) -> None:
    from cardwright.server.app import open_embedded

    open_embedded(home, region).application.close()
