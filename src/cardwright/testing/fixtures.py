"""The pytest plugin: fixtures for tests of code that uses model cards. pytest loads it by its entry point."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cardwright.client.session import Session
    from cardwright.testing.server import RunningServer


@pytest.fixture
def cardwright_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Session]":
    """A ``cardwright.Session`` on an empty store of this test. ``Session()`` opens the same store."""
    from cardwright.client.session import Session
    from cardwright.testing.template import copy_empty_store

    home = tmp_path / "cardwright"
    copy_empty_store(home)
    monkeypatch.setenv("CARDWRIGHT_HOME", str(home))
    monkeypatch.delenv("CARDWRIGHT_ENDPOINT_URL", raising=False)
    with Session(home=home) as session:
        yield session


@pytest.fixture
def cardwright_server(tmp_path: Path) -> "Iterator[RunningServer]":
    """A server on an empty store of this test, with its ``url`` and with ``session()`` and ``client()``."""
    from cardwright.testing.server import running_server

    with running_server(tmp_path / "cardwright-server") as server:
        yield server
