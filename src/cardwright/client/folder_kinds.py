"""Finds the files to import in a folder, by the tool that wrote the folder."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cardwright.client.mlflow_export import export_documents
from cardwright.client.mlflow_tracking import store_at
from cardwright.core.errors import CardwrightError
from cardwright.interchange import LARGEST, SourceFile, Unreadable

_CARD_FILES = frozenset({".json", ".jsonld", ".md", ".yaml", ".yml"})
_README = "README.md"
_RESULTS = ".eval_results"


class FolderFile(NamedTuple):
    """A file of a folder, or a document that is made of several files.

    Attributes:
        name: as messages name it.
        read: reads the file; raises ``CardwrightError`` with a sentence that names it.
    """

    name: str
    read: Callable[[], SourceFile]


def files_of(folder: Path) -> Iterator[FolderFile]:
    """Yield the card files of a folder, or of a database of MLflow.

    Of a folder with a ``README.md``, as the Hub has them, these are the README and the results in ``.eval_results``.
    A store of MLflow (``mlruns`` or ``mlflow.db``) has a document for each model, or else for each run; an export of
    mlflow-export-import has one for each model with its run. Of another folder, these are its files with the
    extensions of card formats, by name.

    Raises:
        CardwrightError: the folder cannot be read, or has no card file.
    """
    try:
        found = next((files for kind in _KINDS if (files := kind(folder))), [])
    except OSError as error:
        raise CardwrightError(f"{error.filename or folder} cannot be read: {error.strerror}") from None
    if not found:
        raise CardwrightError(
            f"The folder {folder} has no card file ({', '.join(sorted(_CARD_FILES))}), and it is not a store"
            " or an export of MLflow"
        )
    yield from found


def read_path(path: Path) -> SourceFile:
    """Read a file.

    Raises:
        CardwrightError: it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as opened:
            return SourceFile(opened.read(LARGEST + 1), path.name)
    except Unreadable as error:
        raise CardwrightError(f"{path} cannot be imported. {error}") from None
    except OSError as error:
        raise CardwrightError(f"{error.filename or path} cannot be read: {error.strerror}") from None


def _hub_files(folder: Path) -> list[FolderFile]:
    if not (folder / _README).is_file():
        return []
    results = folder / _RESULTS
    return [_file(folder / _README), *(map(_file, sorted(results.glob("*.y*ml"))) if results.is_dir() else ())]


def _mlflow_files(folder: Path) -> list[FolderFile]:
    store = store_at(folder)
    documents = [] if store is None else store.documents()
    if store is not None and not documents:
        raise CardwrightError(f"The MLflow store {folder} has no model and no run")
    return [FolderFile(name, partial(_document, name, read)) for name, read in documents]


def _exported_files(folder: Path) -> list[FolderFile]:
    return [FolderFile(name, read) for name, read in export_documents(folder)] if folder.is_dir() else []


def _card_files(folder: Path) -> list[FolderFile]:
    files = (file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    return list(map(_file, sorted(file for file in files if file.suffix.lower() in _CARD_FILES)))


_KINDS: Sequence[Callable[[Path], list[FolderFile]]] = (_hub_files, _mlflow_files, _exported_files, _card_files)
"""The kinds of folders. The first one that has files is the kind of a folder."""


def _file(path: Path) -> FolderFile:
    return FolderFile(path.name, partial(read_path, path))


def _document(name: str, read: Callable[[], Mapping[str, object]]) -> SourceFile:
    try:
        return SourceFile(json.dumps(read()).encode(), f"{name}.json")
    except (Unreadable, ValueError) as error:
        raise CardwrightError(f"{name} cannot be imported. {error}") from None
