"""Three nodes under Patroni: the primary's machine dies or freezes, and Patroni promotes a standby."""

import signal
import time
from pathlib import Path

import pytest

from cardwright.server.stores import migrate
from cardwright.settings import Settings
from tests import servers
from tests.patroni import patroni_cluster
from tests.write_load import write_load

pytestmark = pytest.mark.long
_WRITERS = 20


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_after_patroni_promotes_no_acknowledged_write_is_lost_and_no_write_fails(tmp_path: Path, fault: str) -> None:
    with patroni_cluster() as cluster:
        first = cluster.primary()
        first.postgres.execute("CREATE DATABASE cards")
        url, home = f"postgresql://cardwright@{cluster.hosts}/cards", tmp_path / "home"
        migrate(Settings(home=home, database_url=url))
        cluster.synchronous(first)
        with servers.running(home, "--database-url", url) as server, write_load(server, _WRITERS) as load:
            load.wait_for(lambda attempt: attempt.fault is None, 200)
            first.signal(signal.SIGKILL if fault == "killed" else signal.SIGSTOP)
            failed = time.monotonic()
            second = cluster.primary(after=first)
            promoted = time.monotonic()
            good = load.first_success_after(failed)
            faults = load.faults_after(good.ended)
        print(f"{fault}: promoted after {promoted - failed:.1f} s, writes are back {good.ended - promoted:.2f} s later")
        kept = {str(row[0]) for row in second.postgres.execute("SELECT name FROM cards", "cards")}
        assert load.acknowledged - kept == set()
        assert faults == []
        assert good.ended - promoted < 5
