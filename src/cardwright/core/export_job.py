"""Export jobs: one version of a card, on its way to a PDF in a bucket.

A job waits until a worker claims it. A claim holds for the length of a lease, which its worker renews while it works;
when the worker dies, the lease runs out and the job is claimed again. Only the holder of the newest claim can finish a
job, so that it finishes once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.errors import Invalid
from cardwright.core.listing import ListQuery, Position
from cardwright.core.objects import Location, parse_folder

MOST_ATTEMPTS = 3
"""Claims after which a job whose workers all died is given up: something in it kills them."""

RETRIED = 15 * 60 * 1000
"""Milliseconds for which a job is tried again while its object store does not answer."""

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
        output_path: the folder that the caller named, as given.
        artifact: where the file is, once the job is Completed.
        failure_reason: why there is none, once it is Failed.
        engine: what printed the file: names and versions of the typesetter and the template.
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
    """What a worker needs to know of the job it has claimed.

    ``claim`` proves that the claim is the newest; ``attempts`` counts it and those before it whose workers ended.
    ``failing_since`` is when its object store began to fail, milliseconds since the epoch.
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


class ExportSummary(NamedTuple):
    """What a list of export jobs shows of one."""

    name: str
    status: str
    version: int
    created_at: int
    modified_at: int
    job_id: str


@dataclass(frozen=True, slots=True)
class ExportQuery(ListQuery):
    """Which jobs of a card, in which order. Times are exclusive bounds in milliseconds since the epoch.

    Attributes:
        before: the position that the page ends before, instead of beginning after ``after``.
    """

    sort_by: ExportSort = ExportSort.CREATION_TIME
    before: Position | None = None
    version: int | None = None
    created_after: int | None = None
    created_before: int | None = None
    name_contains: str | None = None
    status: str | None = None

    def position(self, job: ExportSummary) -> Position:
        """Where a job stands in the list."""
        if self.sort_by is ExportSort.NAME:
            return (job.name,)
        return (job.status if self.sort_by is ExportSort.STATUS else job.created_at, job.job_id)


def next_attempt(failing_since: int, now: int) -> int | None:
    """When to try a job again whose object store fails since a time: after a pause as long as the fault, within bounds.

    Times are milliseconds since the epoch. None when the fault lasts too long.
    """
    lasted = now - failing_since
    return None if lasted >= RETRIED else now + min(max(lasted, _FIRST_PAUSE), _LONGEST_PAUSE)


def artifact_location(output_path: str, card_name: str, job_name: str) -> Location:
    """Where a job's file goes: ``<output path>/<card>/<job>.pdf``.

    Raises:
        Invalid: the output path names no place.
    """
    bucket, prefix = parse_folder(output_path)
    return Location(bucket, "/".join([*([prefix] if prefix else []), card_name, f"{job_name}.pdf"]))


def misfits(job: ExportJob, card_name: str, newest: int) -> Iterator[str]:
    """Yield what does not fit of a stored job of a card with that name, whose newest version has that number."""
    if job.card_name != card_name:
        yield "names the card otherwise than the card does"
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
        yield f"is {job.status}, and its file, engine or failure reason is not that of such a job"


def _artifact(job: ExportJob) -> str:
    try:
        return str(artifact_location(job.output_path, job.card_name, job.name))
    except Invalid:
        return ""


def failure_reason(sentence: str) -> str:
    """A sentence as a job's failure reason: on one line and no longer than the wire allows."""
    text = " ".join(sentence.split())
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 3] + "..."
