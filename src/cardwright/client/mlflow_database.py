"""An SQLite database in which MLflow keeps experiments, runs and models. It is opened for reading only."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from cardwright.client.mlflow_records import Point, Points, Record, StoredModel, StoredRun
from cardwright.core.errors import CardwrightError

_HEADER: Final = b"SQLite format 3\x00"
_NEEDED = frozenset({"runs", "params", "metrics", "tags"})
_MOST_POINTS = 500_000  # of a run
_LOGGED_STATUSES = {"1": "LOGGED_MODEL_PENDING", "2": "LOGGED_MODEL_READY", "3": "LOGGED_MODEL_UPLOAD_FAILED"}
_RENAMED = {
    "creation_time": "creation_timestamp",
    "last_updated_time": "last_updated_timestamp",
    "run_uuid": "run_id",
    "dataset_source_type": "source_type",
    "dataset_source": "source",
    "dataset_schema": "schema",
    "dataset_profile": "profile",
}
_LEFT_OUT = frozenset({
    "workspace", "storage_location", "source_type", "source_name", "entry_point_name", "source_version", "deleted_time",
    "dataset_uuid", "experiment_id",
})  # fmt: skip


class MlflowDatabase:
    """The records in an SQLite database of MLflow.

    Raises:
        CardwrightError: the file cannot be read, or is not a database of MLflow.
    """

    def __init__(self, file: Path) -> None:
        self.where = f"The database {file}"
        self._uri = f"file:{quote(str(file.resolve()))}?mode=ro"
        self._tables = {str(row["name"]) for row in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not self._tables >= _NEEDED:
            raise CardwrightError(f"{self.where} is not one of MLflow: it has no table of runs")

    @staticmethod
    def is_at(file: Path) -> bool:
        """Whether a file is an SQLite database."""
        try:
            with file.open("rb") as opened:
                return opened.read(len(_HEADER)) == _HEADER
        except OSError:
            return False

    def model_names(self) -> list[str]:
        if "registered_models" not in self._tables:
            return []
        return [str(row["name"]) for row in self._rows("SELECT DISTINCT name FROM registered_models ORDER BY name")]

    def model(self, name: str) -> StoredModel | None:
        if "registered_models" not in self._tables:
            return None
        rows = self._rows("SELECT * FROM registered_models WHERE name = ?", name)
        if not rows:
            return None
        aliases: list[Record] = []
        if "registered_model_aliases" in self._tables:
            aliases = self._rows("SELECT alias, version FROM registered_model_aliases WHERE name = ?", name)
        tags = self._rows("SELECT key, value FROM registered_model_tags WHERE name = ? ORDER BY key", name)
        versions = {str(one["alias"]): str(one["version"]) for one in aliases}
        return StoredModel(_members(rows[0]) | {"tags": tags}, versions)

    def versions(self, name: str) -> list[Record]:
        rows = self._rows("SELECT * FROM model_versions WHERE name = ? ORDER BY version", name)
        tags = "SELECT key, value FROM model_version_tags WHERE name = ? AND version = ? ORDER BY key"
        return [
            _members(row) | {"version": str(row["version"]), "tags": self._rows(tags, name, row["version"])}
            for row in rows
            if row.get("current_stage") != "Deleted_Internal"
        ]

    def run_ids(self) -> list[str]:
        rows = self._rows("SELECT run_uuid FROM runs WHERE lifecycle_stage = 'active' ORDER BY start_time, run_uuid")
        return [str(row["run_uuid"]) for row in rows]

    def run(self, run_id: str) -> StoredRun | None:
        rows = self._rows("SELECT * FROM runs WHERE run_uuid = ?", run_id)
        if not rows:
            return None
        info = _members(rows[0]) | {"experiment_id": str(rows[0]["experiment_id"])}
        if "name" in info:
            info["run_name"] = info.pop("name")
        params = self._rows("SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key", run_id)
        tags = self._rows("SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY key", run_id)
        return StoredRun(info, _pairs(params), _pairs(tags), self._metrics(run_id), [*self._datasets(run_id)])

    def logged_model(self, model_id: str) -> Record | None:
        if "logged_models" not in self._tables:
            return None
        rows = self._rows("SELECT * FROM logged_models WHERE model_id = ?", model_id)
        if not rows:
            return None
        info = {key: rows[0][key] for key in ("model_id", "name", "model_type", "source_run_id") if rows[0].get(key)}
        info["status"] = _LOGGED_STATUSES.get(status := str(rows[0]["status"]), status)
        tags = self._rows(
            "SELECT tag_key AS key, tag_value AS value FROM logged_model_tags WHERE model_id = ? ORDER BY 1", model_id
        )
        params = self._rows(
            "SELECT param_key AS key, param_value AS value FROM logged_model_params WHERE model_id = ? ORDER BY 1",
            model_id,
        )
        metrics = self._rows(
            "SELECT metric_name AS key, metric_value AS value, metric_timestamp_ms AS timestamp, metric_step AS step,"
            " dataset_name, dataset_digest FROM logged_model_metrics WHERE model_id = ?"
            " ORDER BY metric_name, metric_step, metric_timestamp_ms",
            model_id,
        )
        newest = {(one["key"], one["dataset_name"], one["dataset_digest"]): _stated(one) for one in metrics}
        return {"info": info | {"tags": tags}, "data": {"params": params, "metrics": [*newest.values()]}}

    def _metrics(self, run_id: str) -> dict[str, Points]:
        rows = self._rows(
            "SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? ORDER BY key, step, timestamp"
            " LIMIT ?",
            run_id,
            _MOST_POINTS,
        )
        found: dict[str, Points] = {}
        for row in rows:
            value = "NaN" if row["is_nan"] else row["value"]
            point: Point = {"value": value, "timestamp": int(str(row["timestamp"])), "step": int(str(row["step"]))}
            found.setdefault(str(row["key"]), []).append(point)
        return found

    def _datasets(self, run_id: str) -> Iterator[Record]:
        if not self._tables >= {"inputs", "datasets", "input_tags"}:
            return
        rows = self._rows(
            "SELECT i.input_uuid, d.* FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id"
            " WHERE i.destination_id = ? AND i.source_type = 'DATASET' AND i.destination_type = 'RUN' ORDER BY d.name",
            run_id,
        )
        for row in rows:
            tags = self._rows("SELECT name AS key, value FROM input_tags WHERE input_uuid = ?", row.pop("input_uuid"))
            yield {"dataset": _members(row), "tags": tags}

    def _rows(self, statement: str, *values: object) -> list[Record]:
        try:
            with closing(sqlite3.connect(self._uri, uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                return [dict(row) for row in connection.execute(statement, values)]
        except sqlite3.Error as error:
            raise CardwrightError(f"{self.where} cannot be read: {error}") from None


def _pairs(rows: list[Record]) -> Record:
    return {str(row["key"]): row["value"] for row in rows}


def _members(row: Record) -> Record:
    """Return a row with the names of the REST interface, without empty members."""
    return _stated({_RENAMED.get(key, key): value for key, value in row.items() if key not in _LEFT_OUT})


def _stated(row: Record) -> Record:
    return {key: value for key, value in row.items() if value not in {None, ""}}
