"""Reads the memory of processes from the system."""

import os
from pathlib import Path

_KIB = 1024


def peak_mebibytes(session: int) -> float:
    """Return the sum of the peaks of the resident memory of a session's processes so far, in MiB; 0 without any."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == session:
                total += resident_peak(int(folder.name))
        except OSError:
            continue  # the process ended
    return total / _KIB


def resident_peak(process: int) -> int:
    """Return the peak of a process's resident memory so far, in KiB; 0 when it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) if found else 0
