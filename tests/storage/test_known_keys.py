"""A known access key counts for a second, and never after a revocation on the same server."""

from pathlib import Path

import pytest

from cardwright.core.access_keys import AccessKey
from cardwright.core.people import Role
from cardwright.storage import known_keys
from cardwright.storage.known_keys import KnownKeys


class Table:
    """Keys as a database has them, with the number of reads."""

    def __init__(self) -> None:
        self.key: AccessKey | None = AccessKey("111111111111", "AKCW", "robot", Role.VIEWER, 0, None)
        self.reads = 0

    def read(self) -> AccessKey | None:
        self.reads += 1
        return self.key

    def revoke(self) -> None:
        assert self.key is not None
        self.key = self.key._replace(revoked_at=1)


@pytest.fixture
def table() -> Table:
    return Table()


def found(keys: KnownKeys, table: Table, account: str = "111111111111") -> AccessKey | None:
    return keys.find(account, "AKCW", table.read)


def test_a_key_is_read_again_after_a_second(table: Table) -> None:
    now = [0.0]
    keys = KnownKeys(clock=lambda: now[0])
    for now[0], reads in ((0.0, 1), (0.9, 1), (1.0, 2), (1.9, 2), (2.1, 3)):
        assert found(keys, table) == table.key
        assert table.reads == reads


def test_a_revocation_counts_at_once(table: Table) -> None:
    keys = KnownKeys(clock=lambda: 0.0)
    found(keys, table)
    table.revoke()
    assert found(keys, table) != table.key
    keys.forget()
    assert found(keys, table) == table.key


def test_a_read_that_a_revocation_overtakes_is_not_kept(table: Table) -> None:
    keys, before = KnownKeys(clock=lambda: 0.0), table.key

    def read() -> AccessKey | None:
        table.revoke()
        keys.forget()
        return before

    assert keys.find("111111111111", "AKCW", read) == before
    assert found(keys, table) == table.key


def test_the_workers_of_a_server_share_revocations(table: Table, tmp_path: Path) -> None:
    one, other = (KnownKeys(tmp_path / "revocations", clock=lambda: 0.0) for _ in "12")
    found(one, table)
    found(other, table)
    table.revoke()
    one.forget()
    assert found(other, table) == table.key


@pytest.mark.parametrize("state", ["missing", "revoked"])
def test_missing_and_revoked_keys_are_always_read(table: Table, state: str) -> None:
    keys, active = KnownKeys(clock=lambda: 0.0), table.key
    if state == "missing":
        table.key = None
    else:
        table.revoke()
    assert found(keys, table) == table.key
    table.key = active
    assert found(keys, table) == active


def test_a_key_is_known_in_its_own_account_alone(table: Table) -> None:
    keys = KnownKeys(clock=lambda: 0.0)
    found(keys, table)
    table.key = None
    assert found(keys, table, account="222222222222") is None


def test_the_number_of_known_keys_is_bounded(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_keys, "MOST_KEYS", 3)
    keys = KnownKeys(clock=lambda: 0.0)
    for number in range(10):
        keys.find("111111111111", f"AKCW{number}", table.read)
    reads = table.reads
    for number in reversed(range(10)):  # a key that is read again takes the place of others
        keys.find("111111111111", f"AKCW{number}", table.read)
    assert 7 <= table.reads - reads < 10


def test_without_a_shared_mark_each_read_reaches_the_database(table: Table) -> None:
    keys = KnownKeys(clock=lambda: 0.0, seconds=0)
    found(keys, table)
    table.revoke()
    assert found(keys, table) == table.key
