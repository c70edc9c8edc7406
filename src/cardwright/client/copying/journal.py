"""What earlier copies left in a target, so that the next copy can tell its own work from the changes of others."""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import platformdirs

from cardwright.core.copying import Accepted, CardState, Plan, statuses_on_the_way
from cardwright.core.errors import CardwrightError


class JournalInUse(CardwrightError):
    """Another copy with the same source and target runs at this moment."""


class Journal:
    """A file with one line for each step of a copy: what the target of a card holds before and after it.

    A line reaches the disk before the step begins. A copy that was killed is therefore known to the next one. One
    process at a time may use the file; threads may share the object.

    Args:
        path: the file, created if it is missing.

    Raises:
        JournalInUse: another process uses the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._known: dict[str, Accepted] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise JournalInUse(f"Another copy between these stores is running: it uses {path}") from None
        self._read()

    @classmethod
    def between(cls, source: str, target: str) -> "Journal":
        """Open the journal of copies between two stores, in the user's state directory."""
        name = hashlib.sha256(f"{source}\n{target}".encode()).hexdigest()[:24]
        return cls(platformdirs.user_state_path("cardwright") / "copies" / f"{name}.jsonl")

    def accepted(self, name: str) -> Accepted | None:
        """Return what earlier copies left of a card; None if none is known."""
        return self._known.get(name)

    def is_begun(self, name: str) -> bool:
        """Whether a copy of a card began and its end is not recorded."""
        accepted = self.accepted(name)
        return accepted is not None and (accepted.absent or len(accepted.tags) > 1)

    def begin(self, plan: Plan, target: CardState | None, tags: Mapping[str, str]) -> None:
        """Record that a copy writes a card from now on: any state on the way is its own work."""
        before = () if target is None else (dict(target.tags),)
        statuses = statuses_on_the_way(plan, target)
        self._add(plan.name, Accepted(statuses, (*before, dict(tags)), absent=target is None))

    def end(self, name: str, state: CardState) -> None:
        """Record the state of a card after the copy."""
        after = Accepted(frozenset({state.status}), (dict(state.tags),))
        if self.accepted(name) != after:
            self._add(name, after)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _add(self, name: str, accepted: Accepted) -> None:
        line = {"card": name, "statuses": sorted(accepted.statuses), "tags": accepted.tags, "absent": accepted.absent}
        with self._lock:
            self._write(line)
            self._known[name] = accepted

    def _write(self, line: Mapping[str, object]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self) -> None:
        self._file.seek(0)
        text = self._file.read()
        whole, _, torn = text.rpartition("\n")
        if torn:  # a process was killed while it wrote the line, before the step that the line describes
            self._file.truncate(len((whole + "\n").encode()) if whole else 0)
        for line in whole.splitlines():
            entry = json.loads(line)
            self._known[entry["card"]] = Accepted(frozenset(entry["statuses"]), tuple(entry["tags"]), entry["absent"])
