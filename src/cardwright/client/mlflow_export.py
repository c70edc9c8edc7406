"""Folders that mlflow-export-import writes: a model, its versions and their runs become one card.

The tool writes ``model.json``, ``version.json`` and a ``run.json`` for each run, in folders below one another. Each
model is read with the run of its version. A version and a run belong together only if the run's identifier is equal.
"""

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from cardwright.client.files import read_start
from cardwright.client.mlflow_records import Record, record_of, records_of
from cardwright.core.errors import CardwrightError
from cardwright.interchange import LARGEST
from cardwright.interchange.source_file import SourceFile, Unreadable

_MODEL, _VERSION, _RUN = "model.json", "version.json", "run.json"
_SKIPPED = frozenset({"artifacts", "model", "version_models", "notebooks"})
_MOST_FILES: Final = 100_000


def export_documents(folder: Path) -> list[tuple[str, Callable[[], SourceFile]]]:
    """Return names and readers of the documents in an export; empty for another folder.

    Raises:
        CardwrightError: the folder has too many files.
    """
    files = [*_files(folder)]
    models = [file for file in files if file.name == _MODEL and _part(file, "registered_model")]
    alone = [file for file in files if file.name == _VERSION and not (file.parent / _MODEL).is_file()]
    runs = [file for file in files if file.name == _RUN and _part(file, "info")]
    used: set[Path] = set()
    found: list[tuple[str, Callable[[], SourceFile]]] = []
    for model in models:
        ids = _run_ids(model)
        own = {_run_id(run): run for run in runs if _run_id(run) in ids}
        used |= set(own.values())
        found.append((_name(folder, model), partial(_joined, folder, model, own)))
    found += [
        (_name(folder, file), partial(_joined, folder, file, {})) for file in alone if _part(file, "model_version")
    ]
    rest = [run for run in runs if run not in used]
    return found + [(_name(folder, run), partial(_read, folder, run)) for run in rest]


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in _SKIPPED and not one.startswith("."))
        count += len(names)
        if count > _MOST_FILES:
            raise CardwrightError(f"The folder {folder} has more than {_MOST_FILES:,} files: import a part of it")
        yield from (Path(place) / name for name in (_MODEL, _VERSION, _RUN) if name in names)


def _document(file: Path) -> Record:
    """Return the document in a file; an empty one for a file that cannot be read, which its own import reports."""
    try:
        with file.open("rb") as opened:
            found = SourceFile(opened.read(LARGEST + 1), file.name).json_object()
    except (OSError, Unreadable):
        return {}
    return found if isinstance(found.get("mlflow"), dict) else {}


def _part(file: Path, member: str) -> Record:
    return record_of(record_of(_document(file).get("mlflow")).get(member))


def _run_id(run: Path) -> str:
    return str(_part(run, "info").get("run_id", ""))


def _run_ids(model: Path) -> set[str]:
    """Return the runs of a model's versions, as the model, or the version in the same folder, lists them."""
    version = _part(model.parent / _VERSION, "model_version")
    registered = _part(model, "registered_model")
    listed = _versions(registered)
    return {str(one["run_id"]) for one in (version, *listed) if one.get("run_id")}


def _joined(folder: Path, file: Path, runs: dict[str, Path]) -> SourceFile:
    """Return one document of a model, its newest or only version, and the run of this version."""
    model, version = _document(file), _document(file.parent / _VERSION) if file.name == _MODEL else {}
    facts = {**record_of(model.get("mlflow")), **record_of(version.get("mlflow"))}
    exports = {"version": {key: value for key, value in version.items() if key != "mlflow"}} if version else {}
    chosen = record_of(facts.get("model_version")) or _newest(record_of(facts.get("registered_model")))
    run = runs.get(str(chosen.get("run_id", "")))
    if run is not None:
        document = _document(run)
        facts["run"] = document["mlflow"]
        exports["run"] = {key: value for key, value in document.items() if key != "mlflow"}
    return _source(
        folder, file, json.dumps({**model, "mlflow": facts} | ({"exports": exports} if exports else {})).encode()
    )


def _newest(registered: Record) -> Record:
    numbered = [one for one in _versions(registered) if str(one.get("version", "")).isdecimal()]
    return max(numbered, key=lambda one: int(str(one["version"])), default={})


def _versions(registered: Record) -> list[Record]:
    return [one for key in ("versions", "latest_versions") for one in records_of(registered.get(key))]


def _read(folder: Path, file: Path) -> SourceFile:
    return _source(folder, file, read_start(file, LARGEST + 1))


def _source(folder: Path, file: Path, data: bytes) -> SourceFile:
    try:
        return SourceFile(data, _name(folder, file).replace("/", "-"))
    except Unreadable as error:
        raise CardwrightError(f"{file} cannot be imported. {error}") from None


def _name(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()
