"""Facts about the machine, without which a rate says little."""

import json
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

_FACTS = """
import importlib.metadata, json, platform, sqlite3
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
print(json.dumps({
    "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
    "packages": {name: version(name) for name in ("cardwright", "uvicorn", "moto", "werkzeug", "botocore")},
}))
"""


def machine_facts(folder: Path) -> dict[str, Any]:
    """Return facts about the machine; *folder* is on the disk of the store."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load_average": round(os.getloadavg()[0], 2),
        "file_system": _file_system(folder),
        "fsync_us": round(fsync_microseconds(folder)),
    }


def environment_facts(executable: Path) -> dict[str, Any]:
    """Return Python, SQLite and package versions of the virtual environment of *executable*.

    Empty if the environment has no interpreter.
    """
    python = executable.parent / "python"
    try:
        printed = subprocess.run(  # noqa: S603 - the interpreter of the program under measurement
            [str(python), "-c", _FACTS], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    facts: dict[str, Any] = json.loads(printed)
    facts["packages"] = {name: version for name, version in facts["packages"].items() if version}
    return facts


def fsync_microseconds(folder: Path, times: int = 200) -> float:
    """Return the median time to append 4 KiB to a file in *folder* and sync it."""
    path = folder / "fsync-probe"
    taken = []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(b"\0" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(taken) * 1e6


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _file_system(folder: Path) -> str:
    """Return the file system type of *folder*: the longest mount point above it decides."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        point, name = line.split()[1:3]
        if folder.resolve().is_relative_to(point) and len(point) >= len(best):
            best, kind = point, name
    return kind
