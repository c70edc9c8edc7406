"""Fixtures of the whole suite: the engines, and servers on each."""

import contextlib
import functools
import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from botocore.loaders import JSONFileLoader
from playwright.sync_api import Browser, expect, sync_playwright

from cardwright.server.stores import migrate
from cardwright.settings import Settings
from tests import measuring, servers
from tests.loopback import loopback_alone
from tests.objects import S3Server, s3_running
from tests.pgbouncer import pgbouncer
from tests.servers import Server
from tests.stores import ENGINES, empty_store, engine_options, make_database, servers_behind
from tests.waiting import DEADLINE

# A busy machine is slow, and no test fails for that. Each run tries the same few examples, so that a failure
# means that the code changed; `make test-long` looks for new ones.
_PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("cardwright", _PATIENT, derandomize=True, max_examples=60)
hypothesis.settings.register_profile("cardwright-long", _PATIENT, max_examples=500)
hypothesis.settings.load_profile("cardwright")

_BROWSER_MILLISECONDS = DEADLINE * 1000
_BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def loopback() -> Iterator[None]:
    """Refuse connections of the test process to other machines. boto3 would ask one for credentials."""
    with pytest.MonkeyPatch.context() as patch, loopback_alone():
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session", autouse=True)
def one_copy_of_each_model() -> Iterator[None]:
    """Let boto3's sessions share the models of services. Each reads them again otherwise, in 0.15 seconds."""
    read = functools.cache(functools.partial(JSONFileLoader.load_file, JSONFileLoader()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        yield


def _patient(opens: Callable[..., Any]) -> Callable[..., Any]:
    """Give every context and page that a browser opens the deadline of the tests."""

    def opened(*arguments: Any, **options: Any) -> Any:
        made = opens(*arguments, **options)
        made.set_default_timeout(_BROWSER_MILLISECONDS)
        return made

    return opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without its windows, which opens pages in a third of the time that the whole one takes.

    One for the whole run: Playwright keeps an event loop in the thread that started it.
    """
    executable = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert executable, "the tests need Chromium: scripts/system-packages installs it"
    with sync_playwright() as playwright:
        expect.set_options(timeout=_BROWSER_MILLISECONDS)
        browser = playwright.chromium.launch(
            executable_path=executable, args=_BROWSER_FLAGS, timeout=_BROWSER_MILLISECONDS
        )
        for opens in ("new_context", "new_page"):
            setattr(browser, opens, _patient(getattr(browser, opens)))
        yield browser
        browser.close()


# Kills, failovers, leases, upgrades, damaged files, large stores, every value, and every page in every window: what
# `make test-thorough` runs after `make test`. These and LONG_FILES begin with the longest, so that two processes end at
# about the same time.
THOROUGH_FILES = (
    "jobs/test_workers.py",
    "console/test_pages.py",
    "console/test_editing_in_browser.py",
    "cli/test_signals.py",
    "console/test_form_states.py",
    "cli/test_copy.py",
    "storage/test_flat.py",
    "storage/test_failover.py",
    "console/test_ugly.py",
    "formats/test_pdf_page_breaks.py",
    "wire/test_robustness.py",
    "console/test_widths.py",
    "test_site.py",
    "storage/test_schema.py",
    "storage/test_verify_any_value.py",
    "console/test_long_texts.py",
    "formats/test_page_in_browser.py",
    "storage/test_verify_processes.py",
    "console/test_scripts.py",
    "storage/test_full_disk.py",
    "cli/test_extras.py",
    "console/test_tries.py",
    "wire/test_crash.py",
    "wire/test_kept_answers_under_change.py",
    "formats/test_pdf_any_content.py",
)
_FOLDER = Path(__file__).parent
_THOROUGH = {_FOLDER / file for file in THOROUGH_FILES}
LONG_FILES = (
    "console/test_people.py",
    "console/test_autosave_in_browser.py",
    "console/test_journeys.py",
    "console/test_comments.py",
    "console/test_review_journey.py",
    "console/test_review_pages.py",
    "console/test_findings_in_browser.py",
    "console/test_card_page.py",
    "console/test_registry.py",
    "formats/test_pdf.py",
    "test_session.py",
    "console/test_compare.py",
    "console/test_filling.py",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path in _THOROUGH:
        item.add_marker("thorough")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long. All others, and the tests of each file, stay shuffled."""
    places = {_FOLDER / file: place for place, file in enumerate((*THOROUGH_FILES, *LONG_FILES))}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """Collect garbage seldom: a test process keeps a gigabyte of modules, models and tests, and reads it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Stop the servers of the run all at once after its last test, and not one after another."""
    if nextitem is None:
        item.session.addfinalizer(servers.begin_to_stop_all)  # runs before the finalizers of the fixtures


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pooled", action="store_true", help="put a pgbouncer in transaction mode before PostgreSQL")
    parser.addoption(
        "--measure", choices=("first", "more"), help="measure which lines the tests run; more: besides an earlier run"
    )


def pytest_configure(config: pytest.Config) -> None:
    if measure := config.getoption("--measure"):
        measuring.begin(config, first=measure == "first")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server itself, whatever is before it.

    Its files are outside of pytest's folder: each start of pytest closes that folder to PostgreSQL's user again.
    """
    with (
        tempfile.TemporaryDirectory(prefix="cardwright-postgres-") as folder,
        servers.postgres_cluster(Path(folder) / "server") as url,
    ):
        yield url


@pytest.fixture(scope="session")
def pooled_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a pgbouncer in transaction mode before it, which needs no other."""
    with pgbouncer(tmp_path_factory.mktemp("pgbouncer"), postgres_server) as pooler:
        servers_behind[pooler.url] = postgres_server
        yield pooler.url


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> str:
    """The URL of a PostgreSQL server, ending in a slash: add a database's name."""
    chosen = "pooled_postgres" if request.config.getoption("--pooled") else "postgres_server"
    url: str = request.getfixturevalue(chosen)
    return url


@pytest.fixture
def new_database(postgres: str) -> str:
    """The URL of a PostgreSQL database that is empty and that no other test uses."""
    return make_database(postgres)


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Gives the run's one server on an engine with some options; started when it is first asked for."""
    started: dict[tuple[str, ...], Server] = {}
    with contextlib.ExitStack() as stack:

        def server(engine: str, *options: str) -> Server:
            if (engine, *options) not in started:
                home = tmp_path_factory.mktemp("shared")
                running = servers.running(
                    home,
                    *options,
                    *engine_options(request, engine, home),
                    environment=measuring.shared_server_environment if engine == "sqlite" else {},
                )
                started[engine, *options] = stack.enter_context(running)
            return started[engine, *options]

        yield server


@pytest.fixture(scope="module", params=ENGINES)
def open_server(request: pytest.FixtureRequest, shared: Callable[..., Server]) -> Server:
    """A server with `--auth none`, once on each engine. Shared by all files: use names of your own."""
    return shared(request.param)


@pytest.fixture(scope="module", params=ENGINES)
def signed_server(request: pytest.FixtureRequest, shared: Callable[..., Server]) -> Server:
    """A server with `--auth sigv4`, once on each engine. Shared by all files: use accounts of your own."""
    return shared(request.param, "--auth", "sigv4")


@pytest.fixture(params=ENGINES)
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of a store that is empty and that no other test uses, once on each engine."""
    return empty_store(request, request.param, tmp_path / "home")


@pytest.fixture(scope="session")
def prepared_database(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The name of an empty store's database, to be copied, and its server key."""
    url = make_database(postgres)
    home = tmp_path_factory.mktemp("prepared")
    migrate(Settings(home=home, database_url=url))
    return url.removeprefix(postgres), home / "server.key"


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server. Shared: use buckets of your own."""
    with s3_running(tmp_path_factory.mktemp("s3") / "buckets") as server:
        yield server
