"""A store: one database with its region and its server key. ``storage.opening`` opens it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

from cardwright.core.access_keys import AccessKey, ServerKey
from cardwright.core.buckets import Claim
from cardwright.core.indexed_words import WordSeals
from cardwright.core.names import TimeOrderedIds
from cardwright.core.people import Actor
from cardwright.core.review import ExpiredApproval
from cardwright.core.rules import Rules
from cardwright.storage.access_keys import AccessKeyTable
from cardwright.storage.buckets import claimed_buckets
from cardwright.storage.card_texts import due_account
from cardwright.storage.engines.database import SCHEMA_REVISION, Connection, Database, Transaction, check_schema
from cardwright.storage.export_jobs import ExportQueue
from cardwright.storage.known_keys import KnownKeys
from cardwright.storage.reviews import expired_approvals
from cardwright.storage.unit import Clock, Unit
from cardwright.storage.users import accounts_with_users

REVISION = "0023"
"""The schema revision of this code: the newest of ``migrations/versions``."""


def system_clock() -> int:
    """Return milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Store:
    """An open store. Threads may share it; each process opens its own.

    Attributes:
        region: the one AWS region of all ARNs, fixed when the store was created.
        server_key: the key from which secrets and paging tokens are derived.
        rules: the operator's rules; the code that opens the store sets them.
        known_keys: the access keys that were read a moment ago; the processes of a server share their revocations.
        seals: of the words in the search index.
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
        self.known_keys = KnownKeys()
        self.seals = WordSeals(server_key)
        self._ids = TimeOrderedIds()

    def open_unit(self, actor: Actor, *, writes: bool = True, undo: bool = True) -> Unit:
        """Open a unit of work, for ``with``: commits at the end, rolls back on an exception.

        ``undo`` is false for work that raises nothing after its first change: see :meth:`Database.begin_write`.

        Where commits are gathered, the unit's ``commitment`` must settle before the response is sent.
        The end raises ``Unavailable`` when the database cannot be read or written.
        """
        database = self.database
        begin = partial(database.begin_write, undo=undo) if writes else database.begin_read
        return Unit(begin, actor, self.clock, self._ids, self.rules, self.seals, self.known_keys.forget)

    def find_access_key(self, account: str, access_key_id: str) -> AccessKey | None:
        """Return an access key of an account in any state. Raises ``Unavailable``.

        On PostgreSQL, where reading it costs a round trip, an active key is read once a second.
        """
        if self.database.engine == "postgresql":
            return self.known_keys.find(account, access_key_id, lambda: self._read_access_key(account, access_key_id))
        return self._read_access_key(account, access_key_id)

    def _read_access_key(self, account: str, access_key_id: str) -> AccessKey | None:
        begun = self.database.begin_read()
        memory = begun.memory
        if memory is not None:
            known: AccessKey | Literal["unread"] | None = memory.find(access_key_id, "unread")
            if known != "unread":
                return known
        with transaction(lambda: begun) as connection:
            found = AccessKeyTable(connection).find(account, access_key_id)
        if memory is not None:
            memory.keep(access_key_id, found, 0)
        return found

    @contextmanager
    def access_keys(self, *, writes: bool = False) -> Iterator[AccessKeyTable]:
        """Open the access keys of all accounts, in a separate transaction."""
        with transaction(self.database.begin_write if writes else self.database.begin_read) as connection:
            yield AccessKeyTable(connection)

    def accounts_with_users(self, limit: int) -> list[str]:
        """Return at most ``limit`` accounts with users. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return accounts_with_users(connection, limit)

    def claimed_buckets(self) -> list[Claim]:
        """Return the assigned buckets of all accounts. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return claimed_buckets(connection)

    def expired_approvals(self, limit: int = 100) -> list[ExpiredApproval]:
        """Return some approvals of all accounts whose grace period has passed. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return expired_approvals(connection, self.clock(), limit)

    def due_account(self, after: str) -> str | None:
        """Return the first account after another one with unindexed words. Raises ``Unavailable``."""
        with transaction(self.database.begin_read) as connection:
            return due_account(connection, after)

    @contextmanager
    def export_queue(self, *, writes: bool) -> Iterator[ExportQueue]:
        """Open the queue of export jobs of all accounts, in a separate transaction.

        Its writes are on disk when the block ends: a worker's next step relies on them.

        Raises:
            Unavailable: the database cannot be read or written.
        """
        with transaction(self.database.begin_write if writes else self.database.begin_read) as connection:
            yield ExportQueue(connection)

    def waiting_exports(self) -> tuple[int, int | None]:
        """Return the number of waiting export jobs, and the creation time of the oldest (ms). Raises
        ``Unavailable``."""
        with self.export_queue(writes=False) as queue:
            return queue.waiting()

    def check(self) -> None:
        """Raise ``Unavailable`` unless the database answers, is still that of this store, and has the known schema."""
        self.database.check_file()
        with transaction(self.database.begin_read) as connection:
            check_schema(connection.row(SCHEMA_REVISION, {}), REVISION)

    def close(self) -> None:
        self.database.close()


@contextmanager
def transaction(begin: Callable[[], Transaction]) -> Iterator[Connection]:
    """Open a transaction that commits at the end and rolls back on an exception."""
    begun = begin()
    try:
        yield begun.connection
    except BaseException as fault:
        begun.rollback(fault)
        raise
    commitment = begun.commit()
    if commitment is not None:
        commitment.settle()
