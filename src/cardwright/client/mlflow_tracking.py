"""Opens what a tracking URI of MLflow names: a server, a folder or an SQLite database."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cardwright.client.mlflow import MlflowServer
from cardwright.client.mlflow_database import MlflowDatabase
from cardwright.client.mlflow_folder import MlflowFolder
from cardwright.client.mlflow_store import MlflowStore

_SQLITE = "sqlite:///"
_FOLDER, _DATABASE = "mlruns", "mlflow.db"


def open_tracking(uri: str | None = None) -> MlflowServer | MlflowStore:
    """Open a server of ``http`` or ``https``, a folder (``file:mlruns`` or a path) or a database (``sqlite:///file``).

    Args:
        uri: by default ``MLFLOW_TRACKING_URI``.

    Raises:
        ValueError: there is no URI, its kind cannot be read, or no store of MLflow is there.
        CardwrightError: a database cannot be read.
    """
    uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or ""
    path = _path(uri)
    if path is None:
        return MlflowServer(uri)
    store = store_at(path)
    if store is None:
        raise ValueError(
            f"{path} is neither a folder nor an SQLite database of MLflow; `mlflow server` serves another store"
        )
    return store


def store_at(path: Path) -> MlflowStore | None:
    """Return the store of MLflow at a path: a folder ``mlruns``, a database, or a folder with one of them."""
    if not path.is_dir():
        return MlflowStore(MlflowDatabase(path)) if MlflowDatabase.is_at(path) else None
    for folder in (path, path / _FOLDER):
        if MlflowFolder.is_at(folder):
            return MlflowStore(MlflowFolder(folder))
    return MlflowStore(MlflowDatabase(path / _DATABASE)) if MlflowDatabase.is_at(path / _DATABASE) else None


def _path(uri: str) -> Path | None:
    """Return the path that a URI names; None for a server and for other kinds."""
    if uri.startswith(_SQLITE):
        return Path(unquote(uri.removeprefix(_SQLITE).partition("?")[0]))
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(unquote(parts.path)) if parts.netloc in {"", "localhost"} else None
    return Path(uri) if uri and not parts.scheme and Path(uri).exists() else None
