"""Export jobs: one version of a card that is exported as PDF to a bucket.

A job waits until a worker claims it. A claim is valid for the length of a lease, which the worker renews while it
works. When the worker dies, the lease expires and another worker claims the job. Only the newest claim can finish a
job, so it finishes once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.errors import Invalid
from cardwright.core.listing import ListQuery, Position
from cardwright.core.objects import Location, parse_folder

MAX_ATTEMPTS = 3
"""Claims after which a job whose workers all died fails: the job itself probably kills them."""

RETRIED = 15 * 60 * 1000
"""Milliseconds for which a job is retried while its object store does not answer."""

_FIRST_PAUSE, _LONGEST_PAUSE = 2_000, 60_000

PDF_TYPE = "application/pdf"
_LONGEST_REASON = 1024  # characters, from the service model


class ExportStatus(StrEnum):
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"


class ExportSort(StrEnum):
    NAME = "Name"
    CREATION_TIME = "CreationTime"
    STATUS = "Status"


@dataclass(frozen=True, slots=True)
class ExportJob:
    """An export job as it is now. Times are whole milliseconds since the epoch, UTC.

    Attributes:
        output_path: the folder that the caller named, unchanged.
        artifact: the location of the file, once the job is Completed.
        failure_reason: the reason of the failure, once the job is Failed.
        engine: the printer of the file: names and versions of the typesetter and the template.
    """

    job_id: str
    card_id: str
    card_name: str
    version: int
    name: str
    output_path: str
    status: ExportStatus
    created_at: int
    created_by: str
    modified_at: int
    artifact: str | None = None
    failure_reason: str | None = None
    engine: str | None = None


class ClaimedJob(NamedTuple):
    """A job that a worker has claimed.

    ``claim`` proves that the claim is the newest. ``attempts`` counts this claim and earlier ones whose workers died.
    ``failing_since`` is the time since which its object store fails, in milliseconds since the epoch.
    """

    account: str
    job_id: str
    card_id: str
    card_name: str
    version: int
    name: str
    output_path: str
    claim: str
    attempts: int
    failing_since: int | None = None


@dataclass(frozen=True, slots=True)
class ExportEnd:
    """The end of a job: its file, with the printer, length and SHA-256, or the reason of its failure."""

    artifact: str | None = None
    failure_reason: str | None = None
    engine: str | None = None
    length: int | None = None
    digest: str | None = None

    @property
    def status(self) -> ExportStatus:
        return ExportStatus.FAILED if self.artifact is None else ExportStatus.COMPLETED


class ExportSummary(NamedTuple):
    """One job in a list of export jobs."""

    name: str
    status: str
    version: int
    created_at: int
    modified_at: int
    job_id: str


@dataclass(frozen=True, slots=True)
class ExportQuery(ListQuery):
    """Filters and order of a list of a card's jobs. Times are exclusive bounds in milliseconds since the epoch.

    Attributes:
        before: the position before which the page ends, instead of beginning after ``after``.
    """

    sort_by: ExportSort = ExportSort.CREATION_TIME
    before: Position | None = None
    version: int | None = None
    created_after: int | None = None
    created_before: int | None = None
    name_contains: str | None = None
    status: str | None = None

    def position(self, job: ExportSummary) -> Position:
        """Return the position of a job in the list."""
        if self.sort_by is ExportSort.NAME:
            return (job.name,)
        return (job.status if self.sort_by is ExportSort.STATUS else job.created_at, job.job_id)


def next_attempt(failing_since: int, now: int) -> int | None:
    """Return the time of the next attempt while the object store fails: the pause grows with the outage, within bounds.

    Times are milliseconds since the epoch. None when the outage lasts too long.
    """
    lasted = now - failing_since
    return None if lasted >= RETRIED else now + min(max(lasted, _FIRST_PAUSE), _LONGEST_PAUSE)


def artifact_location(output_path: str, card_name: str, job_name: str) -> Location:
    """Return the location of a job's file: ``<output path>/<card>/<job>.pdf``.

    Raises:
        Invalid: the output path is not a valid location.
    """
    bucket, prefix = parse_folder(output_path)
    return Location(bucket, "/".join([*([prefix] if prefix else []), card_name, f"{job_name}.pdf"]))


def job_problems(job: ExportJob, card_name: str, newest: int) -> Iterator[str]:
    """Yield the problems of a stored job, given its card's name and the number of the card's newest version."""
    if job.card_name != card_name:
        yield "has another card name than its card"
    if not 1 <= job.version <= newest:
        yield f"is of version {job.version}, which the card does not have"
    match job.status:
        case ExportStatus.IN_PROGRESS:
            ends = job.artifact is None and job.failure_reason is None and job.engine is None
        case ExportStatus.FAILED:
            ends = job.artifact is None and job.failure_reason is not None and job.engine is None
        case ExportStatus.COMPLETED:
            ends = job.artifact == _artifact(job) and job.failure_reason is None and job.engine is not None
        case _:
            yield "has a status that does not exist"
            return
    if not ends:
        yield f"is {job.status}, and its file, engine or failure reason does not fit that status"


def _artifact(job: ExportJob) -> str:
    try:
        return str(artifact_location(job.output_path, job.card_name, job.name))
    except Invalid:
        return ""


def failure_reason(sentence: str) -> str:
    """Return a sentence as a job's failure reason: in one line and within the wire's length limit."""
    text = " ".join(sentence.split())
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 3] + "..."
