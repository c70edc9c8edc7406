"""Measures which lines of some packages the tests run, for `scripts.line_coverage`: `pytest --measure first`.

Python 3.11 has no `sys.monitoring`, and tracing adds half to a process's time. So a test process is traced only during
tests that call these packages themselves. Of the servers, those are traced that tests of the wire and of storage start,
and the shared ones on SQLite.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from coverage import Coverage

TESTS = Path(__file__).parent
_TRACED = ("actions", "core", "formats", "interchange", "model_card/test_notebook.py", "reports", "storage")
IN_TEST_PROCESS = [TESTS / folder for folder in _TRACED]
IN_SERVERS = [TESTS / folder for folder in ("storage", "wire")]
_SETTINGS = str(TESTS.parent / "pyproject.toml")
_START = {"COVERAGE_PROCESS_START": _SETTINGS}

server_environment: dict[str, str] = {}
"""What makes Python measure a server that starts now: empty in a run that measures nothing."""
shared_server_environment: dict[str, str] = {}
"""The same for a server that all tests share, whichever starts it."""


class Measurement:
    """Traces this process during the tests of some folders. Each process writes a file of its own."""

    def __init__(self, lines: "Coverage") -> None:
        self._lines = lines

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        server_environment.update(_START if _is_in(IN_SERVERS, item) else {})
        try:
            if not _is_in(IN_TEST_PROCESS, item):
                return (yield)
            with self._lines.collect():
                return (yield)
        finally:
            server_environment.clear()

    def pytest_sessionfinish(self) -> None:
        self._lines.save()


def _is_in(places: Sequence[Path], item: pytest.Item) -> bool:
    return any(item.path.is_relative_to(place) for place in places)


def begin(config: pytest.Config, *, first: bool) -> None:
    """Measure this run. The first process of the first run deletes the files of earlier ones."""
    from coverage import Coverage  # not needed without --measure

    if first and not hasattr(config, "workerinput"):  # a process of pytest-xdist has it
        Coverage(config_file=_SETTINGS).erase()
    shared_server_environment.update(_START)
    config.pluginmanager.register(Measurement(Coverage(config_file=_SETTINGS)))
