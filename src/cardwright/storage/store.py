"""A store: one database with its region and its server key, opened for work by ``storage.opening``."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cardwright.core.access_keys import AccessKey, ServerKey
from cardwright.core.buckets import Claim
from cardwright.core.names import TimeOrderedIds
from cardwright.core.people import Actor
from cardwright.core.rules import Rules
from cardwright.storage.access_keys import AccessKeyTable
from cardwright.storage.buckets import claimed_buckets
from cardwright.storage.engines.database import SCHEMA_REVISION, Connection, Database, Transaction, check_schema
from cardwright.storage.export_jobs import ExportQueue
from cardwright.storage.unit import Clock, Unit
from cardwright.storage.users import accounts_with_users

REVISION = "0011"
"""The schema revision that this code works with: the newest of ``migrations/versions``."""


def system_clock() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Store:
    """An open store. May be shared between threads; each process opens its own.

    Attributes:
        region: the one AWS region of all ARNs, fixed when the store was made.
        server_key: what secrets and paging tokens are derived from.
        rules: what its operator chose; the opener of the store sets it.
    """

    def __init__(
        self,
        database: Database,
        region: str,
        server_key: ServerKey,
        clock: Clock = system_clock,
    ) -> None:
        self.database = database
        self.region = region
        self.server_key = server_key
        self.clock = clock
        self.rules = Rules()
        self._ids = TimeOrderedIds()

    def open_unit(self, actor: Actor, *, writes: bool = True) -> Unit:
        """A unit of work, for ``with``: commits on the way out, rolls back on an exception.

        Where commits are gathered, the unit's ``commitment`` must settle before anybody is told of what it did.
        Leaving it raises ``Unavailable`` when the database cannot be read or written.
        """
        begin = self.database.begin_write if writes else self.database.begin_read
        return Unit(begin, actor, self.clock, self._ids, self.rules)

    def find_access_key(self, account: str, access_key_id: str) -> AccessKey | None:
        """The access key of an account, whatever its state. Raises ``Unavailable``."""
        begun = self.database.begin_read()
        memory = begun.memory
        if memory is not None and access_key_id in memory:
            found: AccessKey | None = memory[access_key_id]
            return found
        with transaction(lambda: begun) as connection:
            found = AccessKeyTable(connection).find(account, access_key_id)
        if memory is not None:
            memory[access_key_id] = found
        return found

    @contextmanager
    def access_keys(self, *, writes: bool = False) -> Iterator[AccessKeyTable]:
        """The access keys of all accounts, in a transaction of their own."""
        with transaction(self.database.begin_write if writes else self.database.begin_read) as connection:
            yield AccessKeyTable(connection)

    def accounts_with_users(self, limit: int) -> list[str]:
        """The accounts that anybody can sign in to, at most so many. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return accounts_with_users(connection, limit)

    def claimed_buckets(self) -> list[Claim]:
        """The buckets of all accounts. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return claimed_buckets(connection)

    @contextmanager
    def export_queue(self, *, writes: bool) -> Iterator[ExportQueue]:
        """The waiting export jobs of all accounts, in a transaction of their own: what was written is on disk when
        the block has ended, for what a worker does next relies on it.

        Raises:
            Unavailable: the database cannot be read or written.
        """
        with transaction(self.database.begin_write if writes else self.database.begin_read) as connection:
            yield ExportQueue(connection)

    def waiting_exports(self) -> tuple[int, int | None]:
        """How many export jobs wait, and when the oldest was made (milliseconds). Raises ``Unavailable``."""
        with self.export_queue(writes=False) as queue:
            return queue.waiting()

    def check(self) -> None:
        """Raise ``Unavailable`` unless the database answers, and is still that of this store, in the schema known."""
        self.database.check_file()
        with transaction(self.database.begin_read) as connection:
            check_schema(connection.row(SCHEMA_REVISION, {}), REVISION)

    def close(self) -> None:
        self.database.close()


@contextmanager
def transaction(begin: Callable[[], Transaction]) -> Iterator[Connection]:
    """A transaction that commits on the way out and rolls back on an exception."""
    begun = begin()
    try:
        yield begun.connection
    except BaseException as fault:
        begun.rollback(fault)
        raise
    commitment = begun.commit()
    if commitment is not None:
        commitment.settle()
