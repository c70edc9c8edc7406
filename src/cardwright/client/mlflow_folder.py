"""The folder ``mlruns``, in which MLflow keeps experiments, runs and models as small files.

A run is ``<experiment>/<run>`` with ``meta.yaml``, and a file for each parameter, tag and metric. A registered model is
``models/<name>``, with a folder for each version. Symbolic links are not followed.
"""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cardwright.client.files import read_start
from cardwright.client.mlflow_records import Points, Record, StoredModel, StoredRun
from cardwright.core.errors import CardwrightError
from cardwright.interchange.source_file import SourceFile, Unreadable
from cardwright.interchange.yaml_text import parsed_yaml

_META: Final = "meta.yaml"
_MODELS: Final = "models"
_IDENTIFIER = re.compile(r"[\w-]{1,256}", re.ASCII)
_STATUSES = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}
_LOGGED_STATUSES = {"1": "LOGGED_MODEL_PENDING", "2": "LOGGED_MODEL_READY", "3": "LOGGED_MODEL_UPLOAD_FAILED"}
_LARGEST = 1_000_000  # bytes of a parameter, a tag or a description
_LARGEST_HISTORY = 5_000_000  # bytes of a metric
_MOST_FILES = 10_000  # parameters, tags or metrics of a run


class MlflowFolder:
    """The records in a folder ``mlruns``."""

    def __init__(self, folder: Path) -> None:
        self.where = f"The folder {folder}"
        self._folder = folder

    @staticmethod
    def is_at(folder: Path) -> bool:
        """Whether a folder is one: it has an experiment, or a registered model."""
        found = next(iter(_metas(folder)), None) or next(iter(_metas(folder / _MODELS)), None)
        return found is not None and bool(found.keys() & {"artifact_location", "creation_timestamp"})

    def model_names(self) -> list[str]:
        return sorted(str(meta["name"]) for meta in _metas(self._folder / _MODELS) if "name" in meta)

    def model(self, name: str) -> StoredModel | None:
        folder = self._model_folder(name)
        if folder is None:
            return None
        meta = _meta(folder)
        aliases = {alias: version.strip() for alias, version in _texts(folder / "aliases")}
        found = _stated(meta, "name", "creation_timestamp", "last_updated_timestamp", "description")
        return StoredModel(found | {"tags": _pairs(folder)}, aliases)

    def versions(self, name: str) -> list[Record]:
        folder = self._model_folder(name)
        found = [] if folder is None else [one for one in _folders(folder) if one.name.startswith("version-")]
        members = (
            "name", "creation_timestamp", "last_updated_timestamp", "user_id", "current_stage", "description", "source",
            "run_id", "status", "status_message", "run_link", "model_id",
        )  # fmt: skip
        metas = [(one, _meta(one)) for one in found]
        return [
            _stated(meta, *members) | {"version": str(meta["version"]), "tags": _pairs(one)}
            for one, meta in metas
            if str(meta.get("version", "")).isdecimal()
        ]

    def run_ids(self) -> list[str]:
        runs = [meta for experiment in self._experiments() for meta in _metas(experiment) if "run_id" in meta]
        active = [meta for meta in runs if meta.get("lifecycle_stage", "active") == "active"]
        return [str(meta["run_id"]) for meta in sorted(active, key=_start)]

    def run(self, run_id: str) -> StoredRun | None:
        if _IDENTIFIER.fullmatch(run_id) is None:
            return None
        for experiment in self._experiments():
            folder = experiment / run_id
            if _is_folder(folder) and "run_id" in (meta := _meta(folder)):
                members = ("run_id", "run_name", "experiment_id", "user_id", "start_time", "end_time", "artifact_uri")
                info = _stated(meta, *members, "lifecycle_stage")
                info["status"] = _STATUSES.get(status := str(meta.get("status")), status)
                metrics = {name: _points(text) for name, text in _texts(folder / "metrics", _LARGEST_HISTORY)}
                params, tags = dict(_texts(folder / "params")), dict(_texts(folder / "tags"))
                return StoredRun(info, params, tags, metrics, [*_datasets(experiment, folder)])
        return None

    def logged_model(self, model_id: str) -> Record | None:
        if _IDENTIFIER.fullmatch(model_id) is None:
            return None
        for experiment in self._experiments():
            folder = experiment / _MODELS / model_id
            if _is_folder(folder):
                meta = _meta(folder)
                info = _stated(meta, "model_id", "experiment_id", "name", "model_type", "source_run_id")
                info["status"] = _LOGGED_STATUSES.get(status := str(meta.get("status")), status)
                params = [{"key": key, "value": value} for key, value in _texts(folder / "params")]
                metrics = [one for name, text in _texts(folder / "metrics") for one in _logged_metrics(name, text)]
                return {"info": info | {"tags": _pairs(folder)}, "data": {"params": params, "metrics": metrics}}
        return None

    def _experiments(self) -> Iterator[Path]:
        yield from (one for one in _folders(self._folder) if one.name not in {_MODELS, ".trash"})

    def _model_folder(self, name: str) -> Path | None:
        return next((one for one in _folders(self._folder / _MODELS) if one.name == name), None)


def _start(meta: Record) -> float:
    start = meta.get("start_time")
    return start if isinstance(start, int | float) else 0


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if _is_folder(one)) if _is_folder(folder) else []
    except OSError as error:
        raise CardwrightError(f"{error.filename or folder} cannot be read: {error.strerror}") from None


def _metas(folder: Path) -> Iterator[Record]:
    """Yield what the ``meta.yaml`` of each folder below a folder says."""
    yield from (_meta(one) for one in _folders(folder) if (one / _META).is_file())


def _meta(folder: Path) -> Record:
    file = folder / _META
    try:
        found = parsed_yaml(SourceFile(_bytes(file, _LARGEST), _META).text)
    except Unreadable as error:
        raise CardwrightError(f"{file} cannot be imported. {error}") from None
    return found if isinstance(found, dict) else {}


def _stated(meta: Record, *members: str) -> Record:
    return {member: meta[member] for member in members if meta.get(member) not in {None, ""}}


def _texts(folder: Path, largest: int = _LARGEST) -> list[tuple[str, str]]:
    """Return the names and texts of the files in a folder; a name with slashes is a file in folders."""
    found: list[tuple[str, str]] = []
    for file in sorted(folder.rglob("*")) if _is_folder(folder) else ():
        if file.is_symlink() or not file.is_file():
            continue
        if len(found) == _MOST_FILES:
            raise CardwrightError(f"{folder} has more than {_MOST_FILES:,} files, the import limit")
        text = _bytes(file, largest).decode("utf-8", "replace")
        found.append((file.relative_to(folder).as_posix(), text))
    return found


def _bytes(file: Path, largest: int) -> bytes:
    data = read_start(file, largest + 1)
    if len(data) > largest:
        raise CardwrightError(f"{file} is larger than {largest // 1_000_000} MB, the import limit")
    return data


def _pairs(folder: Path) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in _texts(folder / "tags")]


def _points(text: str) -> Points:
    """Return the points in a metric's file: lines of timestamp, value and step. Broken lines are left out."""
    found: Points = []
    for line in text.splitlines():
        timestamp, value, step, *_ = [*line.split(" "), "0", "0", "0"]
        if (
            timestamp.lstrip("-").isdecimal()
            and step.lstrip("-").isdecimal()
            and (number := _number(value)) is not None
        ):
            found.append({"value": number, "timestamp": int(timestamp), "step": int(step)})
    return found


def _number(text: str) -> float | str | None:
    """Return a number; NaN and infinity as text, as MLflow's server has them in JSON."""
    try:
        value = float(text)
    except ValueError:
        return None
    if math.isnan(value):
        return "NaN"
    return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(value, value)


def _logged_metrics(name: str, text: str) -> list[Record]:
    """Return the newest point of a logged model's metric for each dataset."""
    newest: dict[tuple[str, ...], Record] = {}
    for line, point in zip(text.splitlines(), _points(text), strict=False):
        dataset = tuple(line.split(" ")[4:6])
        named = dict(zip(("dataset_name", "dataset_digest"), dataset, strict=False))
        newest[dataset] = {"key": name, **point, **named}
    return list(newest.values())


def _datasets(experiment: Path, run: Path) -> Iterator[Record]:
    for entry in _metas(run / "inputs"):
        identifier = str(entry.get("source_id"))
        if entry.get("source_type") != "DATASET" or _IDENTIFIER.fullmatch(identifier) is None:
            continue
        folder = experiment / "datasets" / identifier
        if _is_folder(folder):
            dataset = _stated(_meta(folder), "name", "digest", "source_type", "source", "schema", "profile")
            tags = entry.get("tags")
            pairs = tags.items() if isinstance(tags, dict) else ()
            yield {"dataset": dataset, "tags": [{"key": key, "value": str(value)} for key, value in pairs]}
