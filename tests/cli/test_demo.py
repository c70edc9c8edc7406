"""``cardwright demo --team``: people, signed requests and a policy, over the examples."""

import os
import signal
import subprocess
from pathlib import Path

from cardwright.core.listing import CardQuery
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings
from tests.servers import CARDWRIGHT, free_port
from tests.waiting import DEADLINE, wait_until


def test_the_demo_for_a_team_has_people_and_four_eyes_over_the_examples(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    command = [CARDWRIGHT, "demo", "--team", "--home", str(home), "--port", str(free_port())]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ)
    try:
        wait_until(lambda: "are loaded" in log.read_text() or process.poll() is not None)
        printed = log.read_text()
        for line in (
            "ana, author: password ",
            "ben, approver: ",
            "mei, approver: ",
            "dora, admin: ",
            "signed requests",
        ):
            assert line in printed
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=DEADLINE) == 0
    store = open_existing_store(Settings(home=home))
    with store.open_unit(Actor(Scope(store.region, OPEN_ACCOUNT), "tests", Role.ADMIN), writes=False) as unit:
        assert [policy.name for policy in unit.review_policies.active()] == ["four-eyes"]
        assert [user.name for user in unit.users.list()] == ["ana", "ben", "dora", "mei"]
        keys = unit.access_keys.list(OPEN_ACCOUNT)
        assert [key.revoked_at is not None for key in keys] == [True]
        assert {card.status for card in unit.cards.list(CardQuery())} >= {"Approved"}
    store.close()
