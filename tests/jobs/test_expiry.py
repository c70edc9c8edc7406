"""The expiry job: of three servers, one moves each card whose approval has expired, and once."""

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
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.review import DAY, ApprovalQuery, Due
from cardwright.server.app import expiry_worker
from cardwright.server.stores import migrate, open_existing_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store
from tests.conftest import ENGINES, make_database

SERVERS, CARDS = 3, 12
POLICY = """
policy: {name}
applies_to: {{name: "{name}-*"}}
approval: {{approvals: [{{role: approver}}], valid_for_days: 30, grace_days: 7, after_expiry: {after}}}
"""


@pytest.fixture(params=ENGINES)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Store]]:
    """The stores of three servers on one database."""
    url = make_database(request.getfixturevalue("postgres")) if request.param == "postgresql" else None
    settings = Settings(home=tmp_path / "home", database_url=url)
    migrate(settings)
    opened = [open_existing_store(settings) for _ in range(SERVERS)]
    yield opened
    for store in opened:
        store.close()


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
