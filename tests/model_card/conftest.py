"""A server for the SDK's tests, and sessions on it."""

import itertools
from collections.abc import Iterator

import pytest

from tests import servers
from tests.model_card.sessions import Objects, ServerSession
from tests.servers import Server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with `--auth none`. It is shared: use the fixture `name`."""
    with servers.running(tmp_path_factory.mktemp("sdk")) as running:
        yield running


@pytest.fixture(scope="session")
def session(server: Server) -> ServerSession:
    return ServerSession(server, Objects())


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"sdk-{next(_numbers)}"
