"""Servers with a printer for tests."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.objects import S3Server
from tests.printing import PROGRAM
from tests.servers import Server
from tests.stores import ENGINES, engine_options


@pytest.fixture(scope="package", params=ENGINES)
def printing_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on each engine that exports to its local folder. Shared: use unique names."""
    home = tmp_path_factory.mktemp("printing")
    with servers.running(home, *engine_options(request, request.param, home), program=PROGRAM) as server:
        yield server


@pytest.fixture(scope="package")
def s3_server(s3: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that exports to S3. Shared: use unique names."""
    home = tmp_path_factory.mktemp("to-s3")
    with servers.running(home, "--objects", "s3", program=PROGRAM, environment=s3.environment) as server:
        yield server
