"""A primary that dies, freezes or stops accepting writes, with a synchronous standby."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from cardwright.actions.cards import create_card
from cardwright.core.card import Status
from cardwright.core.errors import Unavailable
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import migrate, open_store
from cardwright.settings import Settings
from cardwright.storage.store import Store
from tests import servers
from tests.pgbouncer import pgbouncer
from tests.postgres_nodes import PATIENCE, Forwarder, PostgresNode, give_to_postgres, running_nodes
from tests.servers import Server
from tests.write_load import write_load

_WRITERS = 20
ADMIN = Actor(Scope("us-east-1", "000000000000"), "root", Role.ADMIN)
_SYNCHRONOUS = "synchronous_standby_names=standby"


@dataclass
class Pair:
    """A primary, its synchronous standby, and a home with their server key."""

    primary: PostgresNode
    standby: PostgresNode
    home: Path

    @property
    def url(self) -> str:
        """A URL with both servers."""
        return f"postgresql://cardwright@{self.primary.host},{self.standby.host}/cards"

    @contextlib.contextmanager
    def server(self, url: str | None = None, *options: str) -> Iterator[Server]:
        with servers.running(self.home, "--database-url", url or self.url, *options) as server:
            yield server


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A stopped pair, to be copied."""
    folder = tmp_path_factory.mktemp("failover")
    primary, standby = PostgresNode(folder / "primary"), PostgresNode(folder / "standby")
    primary.initialise()
    with running_nodes([primary]):
        primary.execute("CREATE DATABASE cards")
        migrate(Settings(home=folder / "home", database_url=f"{primary.url}cards"))
        standby.copy_from(primary)
    return Pair(primary, standby, folder / "home")


@contextlib.contextmanager
def copied(template: Pair, folder: Path) -> Iterator[Pair]:
    """A copy of a pair, running."""
    shutil.copytree(template.home, folder / "home")
    primary = PostgresNode(folder / "primary", (_SYNCHRONOUS,))
    follows = f"primary_conninfo=host=127.0.0.1 port={primary.port} user=cardwright application_name=standby"
    standby = PostgresNode(folder / "standby", (follows,))
    for node, original in ((primary, template.primary), (standby, template.standby)):
        give_to_postgres(node.folder)
        subprocess.run(["cp", "-a", str(original.data), str(node.data)], check=True)
    with running_nodes([primary, standby]):
        primary.wait_for("SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
        yield Pair(primary, standby, folder / "home")


@pytest.fixture
def pair(template: Pair, tmp_path: Path) -> Iterator[Pair]:
    """A pair that a test may break."""
    with copied(template, tmp_path) as pair:
        yield pair


@pytest.fixture(scope="module")
def whole_pair(template: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A pair for tests that leave both servers as they are."""
    with copied(template, tmp_path_factory.mktemp("whole")) as pair:
        yield pair


def create(store: Store, name: str) -> None:
    with store.open_unit(ADMIN) as unit:
        create_card(unit, name, "{}", Status.DRAFT)


def readiness(server: Server) -> int:
    try:
        with urlopen(f"{server.url}/readyz", timeout=PATIENCE) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


@pytest.mark.parametrize(
    ("fault", "address"),
    [
        ("killed", "both servers in the URL"),
        ("frozen", "both servers in the URL"),
        ("frozen", "an address that moves"),
        pytest.param("killed", "an address that moves", marks=pytest.mark.long),
    ],
)
def test_after_a_failover_no_acknowledged_write_is_lost_and_no_write_fails(
    pair: Pair, fault: str, address: str
) -> None:
    forwarder = Forwarder(pair.primary.port)
    url = pair.url if address.startswith("both") else f"postgresql://cardwright@127.0.0.1:{forwarder.port}/cards"
    with pair.server(url) as server, write_load(server, _WRITERS) as load:
        load.wait_for(lambda attempt: attempt.fault is None, 30)
        if fault == "killed":
            pair.primary.kill()
        else:
            pair.primary.freeze()
        failed = time.monotonic()
        pair.standby.promote()
        forwarder.target = pair.standby.port
        promoted = time.monotonic()
        good = load.first_success_after(failed)
        faults = load.faults_after(good.ended)
    forwarder.close()
    seconds = round(good.ended - promoted, 2)
    print(f"{fault}, {address}: writes are back {seconds} s after the promotion")
    assert faults == []
    kept = {str(row[0]) for row in pair.standby.execute("SELECT name FROM cards", "cards")}
    assert load.acknowledged - kept == set()
    assert seconds < PATIENCE


def test_writes_return_soon_after_a_long_outage(pair: Pair) -> None:
    with pair.server(f"{pair.primary.url}cards") as server, write_load(server, _WRITERS) as load:
        pair.primary.kill()
        killed = time.monotonic()
        load.wait_for(lambda attempt: attempt.fault is not None, 100)
        pair.primary.start()
        started = time.monotonic()
        good = load.first_success_after(killed)
        faults = load.faults_after(good.ended)
    print(f"writes are back {round(good.ended - started, 2)} s after the database")
    assert faults == []
    assert good.ended - started < PATIENCE


def test_a_silent_database_delays_no_probe_and_no_stop(pair: Pair) -> None:
    with pair.server(f"{pair.primary.url}cards") as server, ThreadPoolExecutor(_WRITERS) as writers:
        client = server.client(read_timeout=PATIENCE)
        client.create_model_card(ModelCardName="before", ModelCardStatus="Draft", Content="{}")
        pair.primary.freeze()
        names = [f"stuck-{number}" for number in range(_WRITERS)]
        writing = [
            writers.submit(client.create_model_card, ModelCardName=name, ModelCardStatus="Draft", Content="{}")
            for name in names
        ]
        with urlopen(f"{server.url}/healthz", timeout=PATIENCE) as healthy:
            assert healthy.status == 200
        assert readiness(server) == 503
        for write in writing:
            with pytest.raises(ClientError) as refused:
                write.result()
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        stuck = writers.submit(client.list_model_cards)
        began = time.monotonic()
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        print(f"the server ends {round(time.monotonic() - began, 2)} s after SIGTERM")
        assert stuck.exception() is not None


def test_connections_to_a_standby_close_when_the_address_moves_to_the_primary(whole_pair: Pair) -> None:
    forwarder = Forwarder(whole_pair.standby.port)
    url = f"postgresql://cardwright@127.0.0.1:{forwarder.port}/cards?target_session_attrs=any"
    store = open_store(Settings(home=whole_pair.home, database_url=url))
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            assert stack.enter_context(store.open_unit(ADMIN, writes=False)).cards.find("none") is None
    for refused in (store.check, lambda: create(store, "early")):
        with pytest.raises(Unavailable, match="read-only"):
            refused()
    forwarder.target = whole_pair.primary.port
    for number in range(10):
        create(store, f"card-{number}")
    store.check()
    store.close()
    forwarder.close()


def test_a_standby_alone_is_refused_unless_the_url_allows_it(whole_pair: Pair) -> None:
    with pytest.raises(Unavailable, match="session is read-only"):
        open_store(Settings(home=whole_pair.home, database_url=f"{whole_pair.standby.url}cards"))
    url = f"{whole_pair.standby.url}cards?target_session_attrs=any"
    open_store(Settings(home=whole_pair.home, database_url=url)).close()


def test_a_commit_that_an_operator_cancels_is_not_acknowledged(whole_pair: Pair) -> None:
    """The commit is only on the primary, and a failover would lose it."""
    store = open_store(Settings(home=whole_pair.home, database_url=f"{whole_pair.primary.url}cards"))
    whole_pair.standby.freeze()
    with ThreadPoolExecutor(1) as executor:
        writing = executor.submit(create, store, "cancelled")
        whole_pair.primary.wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        whole_pair.primary.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        with pytest.raises(Unavailable, match="committed with a warning"):
            writing.result(PATIENCE)
    whole_pair.standby.thaw()
    store.close()


@pytest.mark.long
def test_a_commit_without_a_standby_fails_and_leaves_no_process_behind(whole_pair: Pair) -> None:
    url = f"{whole_pair.primary.url}cards?options=-c%20statement_timeout%3D500"
    store = open_store(Settings(home=whole_pair.home, database_url=url))
    whole_pair.standby.freeze()
    with pytest.raises(Unavailable, match=r"may or may not be complete: the statement took longer than 5\.5 seconds"):
        create(store, "waiting")
    whole_pair.primary.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    whole_pair.standby.thaw()
    store.close()


@pytest.mark.long
@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_a_pooler_moved_to_the_new_primary_accepts_writes_there(pair: Pair, tmp_path: Path, fault: str) -> None:
    with (
        pgbouncer(tmp_path / "pgbouncer", pair.primary.url) as pooled,
        pair.server(f"{pooled.url}cards") as server,
        write_load(server, _WRITERS) as load,
    ):
        load.wait_for(lambda attempt: attempt.fault is None, 30)
        pair.primary.kill() if fault == "killed" else pair.primary.freeze()
        failed = time.monotonic()
        pair.standby.promote()
        pooled.move(pair.standby.url)
        moved = time.monotonic()
        good = load.first_success_after(failed)
        faults = load.faults_after(good.ended)
    print(f"{fault}: writes are back {round(good.ended - moved, 2)} s after the pooler has moved")
    assert faults == []
    kept = {str(row[0]) for row in pair.standby.execute("SELECT name FROM cards", "cards")}
    assert load.acknowledged - kept == set()
