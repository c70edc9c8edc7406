"""The export worker: claims a job, prints the card's version, writes the file, and records the result.

Workers run in threads of a server, in separate processes (``cardwright worker``), or in the process of an embedded
store. No database transaction is open while a card is printed or written.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from cardwright.core.errors import CardwrightError, NotFound, ObjectsAway, Unavailable
from cardwright.core.export_job import (
    MAX_ATTEMPTS,
    PDF_TYPE,
    ClaimedJob,
    ExportEnd,
    artifact_location,
    failure_reason,
    next_attempt,
)
from cardwright.core.objects import Location
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard

POLL_SECONDS = 0.5
"""Seconds between two polls of the queue for new jobs of other processes and for expired leases."""

STOP_SECONDS = 10
"""Seconds that a stop waits for running jobs, so that an unresponsive object store cannot block it."""

_MAX_NAMED = 100  # characters that one line of the log lists
_RENEWALS_A_LEASE = 3
_MAX_RENEWALS = 30
"""Renewals of one claim, ten leases long: afterwards a worker that hangs loses the claim."""

log = logging.getLogger(__name__)


class Printer(Protocol):
    """Prints one version of a card as PDF. Several threads may call it at once."""

    @property
    def engine(self) -> str:
        """Names and versions of the typesetter and the template."""

    def __call__(self, record: CardRecord) -> RenderedCard:
        """Return the PDF, and the characters that it shows by code point.

        The message of a :class:`CardwrightError` says what the user can do.
        """


class Queue(Protocol):
    def is_due(self, now: int) -> bool: ...
    def claim(self, now: int, until: int) -> ClaimedJob | None: ...
    def renew(self, job: ClaimedJob, until: int) -> bool: ...
    def postpone(self, job: ClaimedJob, due: int, failing_since: int) -> bool: ...


class Queues(Protocol):
    def __call__(self, *, writes: bool) -> AbstractContextManager[Queue]:
        """Open the queue in a transaction that is on disk when its block ends."""


class Files(Protocol):
    def put(self, at: Location, data: bytes, content_type: str) -> None:
        """Write a file completely or not at all. Raises ``ObjectRefused``, or ``ObjectsAway`` when a retry may work."""


class ExportWorker:
    """Runs the export jobs of one store.

    Args:
        open_queue: opens the store's queue.
        end_job: records the end of a job. False, without a change, when its claim was not the newest or it is gone.
        read_card: returns the version that a job prints; raises ``NotFound`` when the job's card was deleted, and
            another :class:`CardwrightError` when it may not be exported there.
        files: the object store for the files.
        printer: prints the files.
        clock: returns milliseconds since the epoch.
        lease_seconds: the length of a claim without renewal; a running job renews its claim.
        on_end: receives the result of each attempt: ``completed``, ``failed`` or ``postponed``.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all dependencies are arguments
        self,
        open_queue: Queues,
        end_job: Callable[[ClaimedJob, ExportEnd], bool],
        read_card: Callable[[ClaimedJob], CardRecord],
        files: Files,
        printer: Printer,
        clock: Callable[[], int],
        lease_seconds: int,
        on_end: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._open_queue = open_queue
        self._end_job = end_job
        self.read_card = read_card
        self._files = files
        self._printer = printer
        self._clock = clock
        self._lease = lease_seconds * 1000
        self._on_end = on_end
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._given_up = threading.Event()  # the stop waits no longer for running jobs
        self._in_hand: set[str] = set()
        self._threads: list[threading.Thread] = []

    def run_next(self) -> bool:
        """Run the oldest due job. False when none is due.

        Raises:
            Unavailable: the database cannot be read or written. A claimed job is retried later.
        """
        now = self._clock()
        with self._open_queue(writes=False) as queue:
            if not queue.is_due(now):
                return False
        with self._open_queue(writes=True) as queue:
            job = queue.claim(now, now + self._lease)
        if job is None:  # another worker claimed it first
            return True
        self._in_hand.add(job.job_id)
        try:
            self._work_on(job)
        finally:
            self._in_hand.discard(job.job_id)
        return True

    def _work_on(self, job: ClaimedJob) -> None:
        began = time.monotonic()
        _log_job(logging.INFO, "export job started", job, attempt=job.attempts)
        try:
            with self._renewed(job):
                end = self._attempt(job)
        except ObjectsAway as error:
            if self._postpone(job, error):
                return
            end = ExportEnd(failure_reason=failure_reason(str(error)))
        if self._given_up.is_set():
            return
        if not self._end_job(job, end):
            log.warning("another worker claimed an export job, or its card was deleted: %s", job.job_id)
        seconds = round(time.monotonic() - began, 3)
        if end.artifact is None:
            self._on_end("failed")
            _log_job(logging.WARNING, "export job failed", job, seconds=seconds, reason=end.failure_reason)
        else:
            self._on_end("completed")
            _log_job(logging.INFO, "export job completed", job, seconds=seconds)

    def _postpone(self, job: ClaimedJob, error: ObjectsAway) -> bool:
        """Schedule a retry of a job. False when its object store has failed for too long."""
        now = self._clock()
        since = now if job.failing_since is None else job.failing_since
        due = next_attempt(since, now)
        if due is None:
            return False
        with self._open_queue(writes=True) as queue:
            queue.postpone(job, due, since)
        self._on_end("postponed")
        _log_job(logging.WARNING, "export job postponed", job, seconds=round((due - now) / 1000, 3), reason=str(error))
        return True

    def start(self, threads: int) -> None:
        """Run jobs in threads until :meth:`stop`. Call this after a fork, not before."""
        for number in range(threads):
            thread = threading.Thread(target=self._run, name=f"export-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """Wake a thread for a new job, so that it does not wait for the next poll."""
        self._wake.set()

    def stop(self) -> None:
        """Ask the threads to end after their current jobs, and wait for them for at most ``STOP_SECONDS``.

        A longer job is abandoned: another worker claims it when its lease expires.
        """
        self._stop.set()
        self._wake.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            self._given_up.set()
            log.warning(
                "a stop waited %s seconds for export jobs that did not end: other workers run them again: %s",
                STOP_SECONDS,
                ", ".join(sorted(self._in_hand)),
            )
        self._threads.clear()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                done = self.run_next()
            except Exception:
                log.exception("export jobs wait: the store is not available")
                done = False
            if not done:
                self._wake.wait(POLL_SECONDS)

    @contextmanager
    def _renewed(self, job: ClaimedJob) -> Iterator[None]:
        """Renew the claim until the block ends."""
        ended = threading.Event()

        def renew() -> None:
            for _ in range(_MAX_RENEWALS):
                if ended.wait(self._lease / 1000 / _RENEWALS_A_LEASE) or self._given_up.is_set():
                    return
                try:
                    with self._open_queue(writes=True) as queue:
                        queue.renew(job, self._clock() + self._lease)
                except CardwrightError as error:
                    log.warning("the claim of an export job could not be renewed: %s", error)

        threading.Thread(target=renew, name="export-claim", daemon=True).start()
        try:
            yield
        finally:
            ended.set()

    def _attempt(self, job: ClaimedJob) -> ExportEnd:
        """Print and write the file; return its facts, or the reason of the failure."""
        if job.attempts > MAX_ATTEMPTS:
            return ExportEnd(
                failure_reason=f"The export was given up after {MAX_ATTEMPTS} attempts: each time its worker died or"
                " lost the database connection. Check the workers' logs and their memory limits"
            )
        try:
            at = artifact_location(job.output_path, job.card_name, job.name)
            printed = self._printer(self.read_card(job))
            self._files.put(at, printed.data, PDF_TYPE)
        except NotFound:
            return ExportEnd(failure_reason="The card was deleted before it was exported")
        except (ObjectsAway, Unavailable):
            raise  # the job is retried
        except CardwrightError as error:
            return ExportEnd(failure_reason=failure_reason(str(error)))
        except Exception:
            log.exception("an export job failed: %s", job.job_id)
            reason = f"The card could not be printed; the server's log has the reason under the job {job.job_id}"
            return ExportEnd(failure_reason=reason)
        if printed.unprintable:
            log.warning(
                "an export job's PDF shows characters by code point: %s: %s",
                job.job_id,
                ", ".join(f"{one.shown} {one.name} x{one.count}" for one in printed.unprintable[:_MAX_NAMED]),
            )
        digest = hashlib.sha256(printed.data).hexdigest()
        return ExportEnd(str(at), engine=self._printer.engine, length=len(printed.data), digest=digest)


def _log_job(level: int, message: str, job: ClaimedJob, **facts: object) -> None:
    named = {"job": job.job_id, "job_name": job.name, "card": job.card_name, "version": job.version}
    log.log(level, message, extra={"fields": named | {"account": job.account} | facts})
