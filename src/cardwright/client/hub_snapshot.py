"""Finds the README of a model of the Hugging Face Hub: in a folder, in the library's cache, or on the Hub."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from cardwright.interchange import SourceFile

_README = "README.md"
_RESULTS = ".eval_results"
_REPOSITORY = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*", re.ASCII)
_LONGEST_REASON = 300  # characters
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)


class Snapshot(NamedTuple):
    """The files of a model that describe it.

    Attributes:
        readme: the README.
        results: the files of ``.eval_results``, by name.
        repository: the identifier on the Hub; None for a folder.
    """

    readme: SourceFile
    results: tuple[SourceFile, ...]
    repository: str | None


def find_snapshot(source: "str | os.PathLike[str]", revision: str | None) -> Snapshot:
    """Return the files of a local folder or README, or of a repository by its identifier.

    The cache of huggingface_hub is read first. If it lacks the model, the Hub is asked where that library is installed.

    Raises:
        FileNotFoundError: the folder has no README, or the model is in no cache and huggingface_hub is not installed.
        ValueError: the text is neither a path nor an identifier.
        ConnectionError: the Hub returned no README; the message has the reason.
    """
    path, is_named = Path(source), bool(str(source).strip())
    if is_named and path.is_dir():
        return _of_folder(path, None)
    if path.is_file():
        return Snapshot(SourceFile(path.read_bytes(), path.name), (), None)
    name = str(source)
    if not _REPOSITORY.fullmatch(name) or ".." in name:
        raise ValueError(f"{name!r} is neither a folder, nor a file, nor a repository such as 'organisation/model'")
    folder = _cached(name, revision) or _downloaded(name, revision)
    return _of_folder(folder, name)


def _of_folder(folder: Path, repository: str | None) -> Snapshot:
    readme = folder / _README
    if not readme.is_file():
        raise FileNotFoundError(f"{folder} has no {_README}")
    results = sorted((folder / _RESULTS).glob("*.y*ml")) if (folder / _RESULTS).is_dir() else []
    files = tuple(SourceFile(file.read_bytes(), file.name) for file in results)
    return Snapshot(SourceFile(readme.read_bytes(), _README), files, repository)


def _cache() -> Path:
    """Return the cache folder of huggingface_hub: https://huggingface.co/docs/huggingface_hub/guides/manage-cache."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    return Path(home).expanduser() / "hub"


def _cached(repository: str, revision: str | None) -> Path | None:
    """Return the snapshot of a repository in the cache; None if it has no README there."""
    folder = _cache() / f"models--{repository.replace('/', '--')}"
    wanted = revision or "main"
    reference = folder / "refs" / wanted
    commit = reference.read_text().strip() if reference.is_file() else wanted
    snapshot = folder / "snapshots" / commit
    is_known = _COMMIT.fullmatch(commit) is not None and (snapshot / _README).is_file()
    return snapshot if is_known else None


def _downloaded(repository: str, revision: str | None) -> Path:
    try:
        import huggingface_hub as hub  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise FileNotFoundError(
            f"The model {repository} is not in the cache {_cache()}, and huggingface_hub is not installed to ask the"
            " Hub: pip install huggingface_hub, or give the folder of a downloaded model"
        ) from None
    try:
        found = hub.snapshot_download(repository, revision=revision, allow_patterns=[_README, f"{_RESULTS}/*"])
    except Exception as error:
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise ConnectionError(
            f"The Hub returned no README for {repository}: {type(error).__name__}: {reason}"
        ) from error
    return Path(found)
