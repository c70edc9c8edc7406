"""The expiry job: of three servers, one moves each card whose approval has expired, and once."""

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from cardwright.actions.cards import create_card, describe_card, update_card
from cardwright.actions.history import audit_trail
from cardwright.actions.policies import put_policy
from cardwright.actions.reviews import list_approvals
from cardwright.actions.users import create_user
from cardwright.core.card import Status
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role
from cardwright.core.review import DAY, ApprovalQuery, Due
from cardwright.server.app import expiry_worker
from cardwright.server.stores import migrate, open_existing_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store
from tests.servers import CARDWRIGHT, running
from tests.stores import ENGINES, engine_options
from tests.waiting import DEADLINE, wait_until

SERVERS, CARDS = 3, 12
POLICY = """
policy: {name}
applies_to: {{name: "{name}-*"}}
approval: {{approvals: [{{role: approver}}], valid_for_days: 30, grace_days: 7, after_expiry: {after}}}
"""


@pytest.fixture
def stores(store_settings: Settings) -> Iterator[list[Store]]:
    """The stores of three servers on one database."""
    opened = [open_existing_store(store_settings) for _ in range(SERVERS)]
    yield opened
    for store in opened:
        store.close()


def approve_in_the_past(settings: Settings, account: str, name: str) -> None:
    """Store an approval that expired before now, as a server of some weeks ago made it."""
    migrate(settings)
    store = open_existing_store(settings)
    try:
        past = store.clock() - 40 * DAY
        store.clock = lambda: past
        admin = Actor(Scope(store.region, account), "root", Role.ADMIN)
        with store.open_unit(admin) as unit:
            put_policy(unit, f"policy: {name}\napproval: {{valid_for_days: 30, grace_days: 7}}\n")
            create_card(unit, name, "{}", Status.APPROVED)
    finally:
        store.close()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("auth", ["none", "sigv4"])
def test_every_server_and_worker_runs_the_job_and_one_moves_the_card(
    request: pytest.FixtureRequest, tmp_path: Path, auth: str, engine: str
) -> None:
    options = engine_options(request, engine, tmp_path)
    url = options[options.index("--database-url") + 1] if "--database-url" in options else None
    settings = Settings(home=tmp_path, database_url=url)
    account = OPEN_ACCOUNT if auth == "none" else "111111111111"
    approve_in_the_past(settings, account, "old")
    with contextlib.ExitStack() as opened:
        if auth == "none":
            servers = [opened.enter_context(running(tmp_path, *options, "--auth", "none")) for _ in range(2)]
            logs = [servers[0].log]
        else:
            logs = [tmp_path / f"worker{number}.log" for number in range(2)]
            for log in logs:
                opened.enter_context(working(tmp_path, log, *options))
        store = opened.enter_context(contextlib.closing(open_existing_store(settings)))

        def links() -> list[str]:
            with store.open_unit(Actor(Scope(store.region, account), "root", Role.VIEWER), writes=False) as unit:
                return [link.event for link in audit_trail(unit, "old")]

        wait_until(lambda: "approval expired" in links(), logs[0].read_text())
        assert links().count("approval expired") == 1
        with store.open_unit(Actor(Scope(store.region, account), "root", Role.VIEWER), writes=False) as unit:
            assert describe_card(unit, "old").status == "PendingReview"
        assert list(Verification(store.database).faults()) == []
    assert sum(log.read_text().count("approval expired") for log in logs) == 1


@contextlib.contextmanager
def working(home: Path, log: Path, *options: str) -> Iterator[None]:
    """A ``cardwright worker`` for the length of a block."""
    with log.open("ab") as output:
        process = subprocess.Popen([CARDWRIGHT, "worker", "--home", str(home), *options], stderr=output)
    try:
        wait_until(lambda: "runs export jobs" in log.read_text() or process.poll() is not None, str(log))
        yield
    finally:
        process.terminate()
        assert process.wait(timeout=DEADLINE) == 0


def test_of_three_servers_one_moves_an_expired_card_and_once(stores: list[Store]) -> None:
    store, scope = stores[0], Scope("us-east-1", "111111111111")
    ben = Actor(scope, "ben", Role.APPROVER, authenticated=True)
    admin = Actor(scope, "root", Role.ADMIN)

    def run(actor: Actor, verb: Callable[..., object], *arguments: object) -> object:
        with store.open_unit(actor) as unit:
            return verb(unit, *arguments)

    run(admin, create_user, "ben", Role.APPROVER, "hash")
    for name, after in (("ends", "PendingReview"), ("stays", "keep")):
        run(admin, put_policy, POLICY.format(name=name, after=after))
        for number in range(CARDS if name == "ends" else 1):
            run(ben, create_card, f"{name}-{number}", "{}", Status.APPROVED)
    run(ben, update_card, "ends-0", None, Status.DRAFT)  # its approval ended before it expired
    start = store.clock()
    workers = [expiry_worker(one) for one in stores]
    for days, expected in ((30, 0), (36, 0), (38, CARDS - 1), (50, 0)):
        for one in stores:
            one.clock = lambda days=days: start + days * DAY  # type: ignore[misc]
        barrier = Barrier(SERVERS)

        def at_once(number: int, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return workers[number].run()

        with ThreadPoolExecutor(SERVERS) as pool:
            assert sum(pool.map(at_once, range(SERVERS))) == expected
    with store.open_unit(admin, writes=False) as unit:
        assert describe_card(unit, "stays-0").status == "Approved"
        assert [one.card_name for one in list_approvals(unit, ApprovalQuery(due=Due.EXPIRED)).items] == ["stays-0"]
        assert describe_card(unit, "ends-0").status == "Draft"
        for number in range(1, CARDS):
            assert describe_card(unit, f"ends-{number}").status == "PendingReview"
            links = audit_trail(unit, f"ends-{number}")
            assert [link.event for link in links].count("approval expired") == 1
            assert links[0].actor == "cardwright-expiry"
    assert list(Verification(store.database).faults()) == []
