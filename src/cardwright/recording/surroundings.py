"""Facts of the process that trains: git commit, script, user, machine, Python and packages."""

import functools
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from cardwright.server.local_user import local_user

_SECONDS = 10.0  # for a git command
_DETACHED = "HEAD"  # what git prints where no branch is checked out
_NOTEBOOK_VARIABLE = "JPY_SESSION_NAME"  # Jupyter's path of the notebook


def surroundings() -> dict[str, str]:
    """Return facts that do not change during a training, by name. Facts that are unknown are absent."""
    script = _script()
    facts = {
        "user": local_user(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "architecture": f"{platform.machine()}, {platform.system()} {platform.release()}, {os.cpu_count()} processors",
    }
    folder = script.parent if script is not None and script.parent.is_dir() else Path.cwd()
    head = _git(folder, "rev-parse", "--show-toplevel", "HEAD", "--abbrev-ref", "HEAD").splitlines()
    if script is not None:
        facts["script"] = _relative(script, Path(head[0]) if head else Path.cwd())
    return facts | (_git_facts(folder, script, *head[1:3]) if head else {})


def packages() -> str:
    """Return the installed distributions of the imported modules, with versions, in alphabetical order."""
    loaded = {name.partition(".")[0] for name in sys.modules}
    owners = _installed()
    found = {owner for name in loaded & owners.keys() for owner in owners[name]}
    return ", ".join(f"{name} {_version(name)}" for name in sorted(found, key=str.lower))


@functools.cache
def _installed() -> Mapping[str, Sequence[str]]:
    """Return the distributions of each top-level module. Reads the metadata of all, which takes half a second."""
    return metadata.packages_distributions()


@functools.cache
def _version(distribution: str) -> str:
    return metadata.version(distribution)


def _git_facts(folder: Path, script: Path | None, commit: str, branch: str) -> dict[str, str]:
    """Return the commit, its branch, and whether a tracked file or the script differs from the commit."""
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    own = "" if script is None else _git(folder, "status", "--porcelain", "--", str(script))
    facts = {"git_commit": commit, "git_dirty": "true" if changed or own else "false"}
    return facts if branch == _DETACHED else facts | {"git_branch": branch}


def _git(folder: Path, *words: str) -> str:
    """Return what git prints; an empty text without git or outside a repository."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        ran = subprocess.run(  # noqa: S603 - fixed words and a path
            ["git", "-C", str(folder), *words],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def _script() -> Path | None:
    """Return the script or notebook that runs; None in an interactive session."""
    main = sys.modules.get("__main__")
    notebook = getattr(main, "__vsc_ipynb_file__", None) or os.environ.get(_NOTEBOOK_VARIABLE)
    named = notebook or getattr(main, "__file__", None)
    return None if named is None else Path(named).absolute()


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
