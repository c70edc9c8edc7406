"""Export jobs: the records that callers see, and the queue that workers claim from."""

import secrets
from functools import lru_cache

from cardwright.core.export_job import (
    ClaimedJob,
    ExportEnd,
    ExportJob,
    ExportQuery,
    ExportSort,
    ExportStatus,
    ExportSummary,
)
from cardwright.storage.engines.database import Connection

_COLUMNS = """job_id, card_id, card_name, version, name, output_path, status, created_at, created_by, modified_at,
    artifact, failure_reason, engine"""
_FIND = f"""
    SELECT {_COLUMNS} FROM export_jobs WHERE account_id = :account AND card_id = :card_id AND name = :name"""
_INSERT = """
    INSERT INTO export_jobs (account_id, job_id, card_id, card_name, version, name, output_path, status, created_at,
        created_by, modified_at, due_at, attempts)
    VALUES (:account, :job_id, :card_id, :card_name, :version, :name, :output_path, :status, :created_at,
        :created_by, :created_at, :created_at, 0)
    ON CONFLICT DO NOTHING"""
_DELETE_ALL = "DELETE FROM export_jobs WHERE account_id = :account AND card_id = :card_id"

# The queue has the jobs of all accounts, oldest first. A claimed job is due again when its lease ends.
_IS_DUE = "SELECT 1 FROM export_jobs WHERE status = 'InProgress' AND due_at <= :now LIMIT 1"
_CLAIM = """
    UPDATE export_jobs SET due_at = :until, claim = :claim, attempts = attempts + 1
    WHERE (account_id, job_id) = (
        SELECT account_id, job_id FROM export_jobs WHERE status = 'InProgress' AND due_at <= :now
        ORDER BY due_at, job_id LIMIT 1 {lock})
    RETURNING account_id, job_id, card_id, card_name, version, name, output_path, claim, attempts, failing_since"""
_LOCK = {"sqlite": "", "postgresql": "FOR UPDATE SKIP LOCKED"}  # SQLite has one writer at a time
_FINISH = """
    UPDATE export_jobs SET status = :status, modified_at = :now, artifact = :artifact,
        failure_reason = :failure_reason, engine = :engine, claim = NULL
    WHERE account_id = :account AND job_id = :job_id AND claim = :claim AND status = 'InProgress'"""
_RENEW = """
    UPDATE export_jobs SET due_at = :until
    WHERE account_id = :account AND job_id = :job_id AND claim = :claim AND status = 'InProgress'"""
# A claim that ends by a fault of the object store does not count as an attempt that killed its worker.
_POSTPONE = """
    UPDATE export_jobs SET due_at = :due, failing_since = :failing_since, claim = NULL, attempts = attempts - 1
    WHERE account_id = :account AND job_id = :job_id AND claim = :claim AND status = 'InProgress'"""
_WAITING = "SELECT COUNT(*), MIN(created_at) FROM export_jobs WHERE status = 'InProgress'"


class ExportJobTable:
    """The export jobs of one account."""

    __slots__ = ("_account", "_connection")

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def find(self, card_id: str, name: str) -> ExportJob | None:
        row = self._connection.row(_FIND, {"account": self._account, "card_id": card_id, "name": name})
        if row is None:
            return None
        job_id, card_id, card_name, version, job_name, output_path, status, *rest = row
        return ExportJob(job_id, card_id, card_name, version, job_name, output_path, ExportStatus(status), *rest)

    def insert(self, job: ExportJob) -> bool:
        """Add a job, due at once. False, without a change, when its card has a job of that name."""
        parameters = {
            "account": self._account,
            "job_id": job.job_id,
            "card_id": job.card_id,
            "card_name": job.card_name,
            "version": job.version,
            "name": job.name,
            "output_path": job.output_path,
            "status": job.status,
            "created_at": job.created_at,
            "created_by": job.created_by,
        }
        return self._connection.run(_INSERT, parameters) == 1

    def list(self, card_id: str, query: ExportQuery) -> list[ExportSummary]:
        """Return at most ``query.limit`` jobs of a card after the query's position."""
        after_value, after_id = (*(query.after or ()), None, None)[:2]
        wanted = {
            "version": query.version,
            "created_after": query.created_after,
            "created_before": query.created_before,
            "name_contains": query.name_contains,
            "status": query.status,
            "after": after_value,
        }
        present = {name: value for name, value in wanted.items() if value is not None}
        parameters = {
            "account": self._account,
            "card_id": card_id,
            "limit": query.limit,
            "after_id": after_id,
        }
        sql = _list_sql(self._connection.engine, query.sort_by, query.descending, tuple(present))
        return [ExportSummary._make(row) for row in self._connection.rows(sql, parameters | present)]

    def finish(self, job: ClaimedJob, end: ExportEnd, now: int) -> bool:
        """Record a job's end. False, without a change, when its claim was not the newest or the job is gone."""
        parameters = {
            "account": self._account,
            "job_id": job.job_id,
            "claim": job.claim,
            "status": end.status,
            "now": now,
            "artifact": end.artifact,
            "failure_reason": end.failure_reason,
            "engine": end.engine,
        }
        return self._connection.run(_FINISH, parameters) == 1

    def delete_all(self, card_id: str) -> None:
        """Delete the records of a card's jobs; the files stay."""
        self._connection.send(_DELETE_ALL, {"account": self._account, "card_id": card_id})


class ExportQueue:
    """The waiting export jobs of all accounts."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_due(self, now: int) -> bool:
        """Whether a job can be claimed."""
        return self._connection.row(_IS_DUE, {"now": now}) is not None

    def claim(self, now: int, until: int) -> ClaimedJob | None:
        """Claim the oldest due job until a time; None when none is due."""
        sql = _CLAIM.format(lock=_LOCK[self._connection.engine])
        row = self._connection.row(sql, {"now": now, "until": until, "claim": secrets.token_hex(16)})
        return None if row is None else ClaimedJob._make(row)

    def renew(self, job: ClaimedJob, until: int) -> bool:
        """Extend a claim until a time. False when it is not the newest or the job is gone."""
        parameters = {"account": job.account, "job_id": job.job_id, "claim": job.claim, "until": until}
        return self._connection.run(_RENEW, parameters) == 1

    def postpone(self, job: ClaimedJob, due: int, failing_since: int) -> bool:
        """Release a claim until a time. False when it is not the newest or the job is gone."""
        parameters = {"account": job.account, "job_id": job.job_id, "claim": job.claim}
        return self._connection.run(_POSTPONE, parameters | {"due": due, "failing_since": failing_since}) == 1

    def waiting(self) -> tuple[int, int | None]:
        """Return the number of jobs in progress, and the creation time of the oldest (milliseconds)."""
        row = self._connection.row(_WAITING, {})
        return (0, None) if row is None else (int(row[0]), row[1])


_FILTERS = {
    "version": "version = :version",
    "created_after": "created_at > :created_after",
    "created_before": "created_at < :created_before",
    "status": "status = :status",
}
_NAME_CONTAINS = {
    "sqlite": "name LIKE '%' || :name_contains || '%'",
    "postgresql": "name ILIKE '%' || CAST(:name_contains AS TEXT) || '%'",
}
_SORTS = {
    ExportSort.NAME: ("name",),
    ExportSort.CREATION_TIME: ("created_at", "job_id"),
    ExportSort.STATUS: ("status", "job_id"),
}


@lru_cache(maxsize=256)
def _list_sql(engine: str, sort_by: ExportSort, descending: bool, filters: tuple[str, ...]) -> str:
    compare, order = ("<", "DESC") if descending else (">", "ASC")
    columns = _SORTS[sort_by]
    after = (":after", ":after_id")[: len(columns)]
    known = _FILTERS | {
        "name_contains": _NAME_CONTAINS[engine],
        "after": f"({', '.join(columns)}) {compare} ({', '.join(after)})",
    }
    where = " AND ".join(["account_id = :account", "card_id = :card_id", *(known[name] for name in filters)])
    sort = ", ".join(f"{column} {order}" for column in columns)
    return (
        "SELECT name, status, version, created_at, modified_at, job_id FROM export_jobs"
        f" WHERE {where} ORDER BY {sort} LIMIT :limit"
    )
