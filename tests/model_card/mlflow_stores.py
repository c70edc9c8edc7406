"""An MLflow store as a folder and as a database, and an export of it, as MLflow 3.17.2 wrote them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "mlflow_stores.json").read_text())
MODEL = "fraud classifier"


def make_folder(place: Path) -> Path:
    """A folder ``mlruns``: a model with two versions and an alias, two runs, and a deleted run."""
    return _write(place / "mlruns", RECORDED["mlruns"])


def make_database(place: Path) -> Path:
    """The same as an SQLite database."""
    file = place / "mlflow.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("\n".join(RECORDED["database"]))
    return file


def make_export(place: Path) -> Path:
    """An export of the database by mlflow-export-import, with all models."""
    return _write(place / "export", {path: json.dumps(text) for path, text in RECORDED["export"].items()})


def _write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder
