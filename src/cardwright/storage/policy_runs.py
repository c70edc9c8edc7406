"""Stored dry runs of policies, with the cards that fail in parts."""

from collections.abc import Sequence

import orjson

from cardwright.core.policy_run import Counts, FailingCard, PolicyRun
from cardwright.core.review import PolicyMark
from cardwright.storage.engines.database import Connection, Row

_COLUMNS = (
    "run_id, policy_name, policy_version, policy_digest, begun_by, begun_at, worked_at, ended_at, place, parts, counts"
)
_INSERT = f"""
    INSERT INTO policy_runs (account_id, {_COLUMNS})
    VALUES (:account, :run_id, :policy_name, :policy_version, :policy_digest, :begun_by, :begun_at, :worked_at,
        NULL, '', 0, :counts)"""
_FIND = f"SELECT {_COLUMNS} FROM policy_runs WHERE account_id = :account AND run_id = :run_id"
_NEWEST = f"""
    SELECT {_COLUMNS} FROM policy_runs
    WHERE account_id = :account AND policy_name = :name AND policy_version = :version AND policy_digest = :digest
    ORDER BY begun_at DESC, run_id DESC LIMIT 1"""
_RUNNING = f"""
    SELECT {_COLUMNS} FROM policy_runs WHERE account_id = :account AND ended_at IS NULL
    ORDER BY worked_at DESC LIMIT 1"""
# The place is compared, so that of two processes that tried the same cards one stores them.
_ADVANCE = """
    UPDATE policy_runs SET place = :place, worked_at = :at, ended_at = :ended_at, parts = :parts, counts = :counts
    WHERE account_id = :account AND run_id = :run_id AND place = :known AND ended_at IS NULL"""
_TOUCH = """
    UPDATE policy_runs SET worked_at = :at
    WHERE account_id = :account AND run_id = :run_id AND worked_at = :known AND ended_at IS NULL"""
_ADD_PART = """
    INSERT INTO policy_run_parts (account_id, run_id, number, cards) VALUES (:account, :run_id, :number, :cards)"""
_PART = "SELECT cards FROM policy_run_parts WHERE account_id = :account AND run_id = :run_id AND number = :number"
_OLD = "SELECT run_id FROM policy_runs WHERE account_id = :account AND begun_at < :before"
_DELETE = tuple(
    f"DELETE FROM {table} WHERE account_id = :account AND run_id = :run_id"
    for table in ("policy_run_parts", "policy_runs")
)


class PolicyRunTable:
    """The dry runs of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def insert(self, run: PolicyRun) -> None:
        """Add a run that has read no card yet."""
        name, version, digest = run.policy
        self._connection.run(
            _INSERT,
            self._of(run.run_id)
            | {"policy_name": name, "policy_version": version, "policy_digest": digest, "begun_by": run.begun_by}
            | {"begun_at": run.begun_at, "worked_at": run.worked_at, "counts": _counts_text(run.counts)},
        )

    def find(self, run_id: str) -> PolicyRun | None:
        row = self._connection.row(_FIND, self._of(run_id))
        return None if row is None else _run_of(row)

    def newest(self, policy: PolicyMark) -> PolicyRun | None:
        """Return the newest run of a version of a policy."""
        row = self._connection.row(_NEWEST, {"account": self._account, **policy._asdict()})
        return None if row is None else _run_of(row)

    def running(self) -> PolicyRun | None:
        """Return the run that has not ended and was worked on last."""
        row = self._connection.row(_RUNNING, {"account": self._account})
        return None if row is None else _run_of(row)

    def advance(self, known: PolicyRun, run: PolicyRun, failing: Sequence[FailingCard]) -> bool:
        """Store the next cards of a run. False when another process stored them, or the run was deleted.

        Args:
            known: the run before them.
        """
        values = {"place": run.place, "at": run.worked_at, "ended_at": run.ended_at, "parts": run.parts}
        values |= {"counts": _counts_text(run.counts), "known": known.place}
        if self._connection.run(_ADVANCE, self._of(run.run_id) | values) != 1:
            return False
        if failing:
            cards = orjson.dumps([list(card) for card in failing]).decode()
            self._connection.run(_ADD_PART, self._of(run.run_id) | {"number": run.parts, "cards": cards})
        return True

    def touch(self, run: PolicyRun, at: int) -> bool:
        """Claim a run. False when another process worked on it since it was read."""
        return self._connection.run(_TOUCH, self._of(run.run_id) | {"at": at, "known": run.worked_at}) == 1

    def part(self, run_id: str, number: int) -> list[FailingCard]:
        """Return a part of the failing cards; parts count from 1."""
        row = self._connection.row(_PART, self._of(run_id) | {"number": number})
        cards = [] if row is None else orjson.loads(row[0])
        return [
            FailingCard(name, status, risk, [(rule, words) for rule, words in failed], today)
            for name, status, risk, failed, today in cards
        ]

    def delete_old(self, before: int) -> None:
        """Delete the runs that began before a time."""
        for (run_id,) in self._connection.rows(_OLD, {"account": self._account, "before": before}):
            for statement in _DELETE:
                self._connection.run(statement, self._of(run_id))

    def _of(self, run_id: str) -> dict[str, object]:
        return {"account": self._account, "run_id": run_id}


def _counts_text(counts: Counts) -> str:
    return orjson.dumps(counts._asdict()).decode()


def _run_of(row: Row) -> PolicyRun:
    run_id, name, version, digest, begun_by, begun_at, worked_at, ended_at, place, parts, counts = row
    mark = PolicyMark(name, version, digest)
    read = Counts(**orjson.loads(counts))
    return PolicyRun(run_id, mark, begun_by, begun_at, worked_at, ended_at, place, parts, read)
