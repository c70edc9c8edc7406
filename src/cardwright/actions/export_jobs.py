"""Create export jobs and read their state. Workers run them (``jobs.exports``)."""

from cardwright.actions.buckets import check_bucket_access, claim_bucket
from cardwright.actions.card_record import card_record
from cardwright.actions.cards import find_card, lock_card
from cardwright.actions.events import record_card_event
from cardwright.actions.paging import page_of
from cardwright.core.card import Card
from cardwright.core.errors import CardMissing, Conflict, NotFound
from cardwright.core.export_job import (
    ClaimedJob,
    ExportEnd,
    ExportJob,
    ExportQuery,
    ExportStatus,
    ExportSummary,
    artifact_location,
)
from cardwright.core.integrity.history import Event
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.formats.record import CardRecord
from cardwright.storage.unit import Unit


def create_export_job(unit: Unit, card_name: str, version: int | None, name: str, output_path: str) -> str:
    """Create a job that exports a version of a card as PDF, the newest by default. Returns the job's ARN.

    Assigns the bucket of the output path to the account, unless it is assigned already.

    Raises:
        Denied: the role may not write.
        BucketHeld: another account owns the bucket, or it is unassigned and accounts may not claim buckets.
        Invalid: the output path is not a valid location.
        NotFound: the card or the version does not exist.
        Conflict: the card has a job of that name.
    """
    scope = unit.actor.scope
    unit.actor.require(Role.AUTHOR, "CreateModelCardExportJob", scope.card_arn(card_name))
    bucket = artifact_location(output_path, card_name, name).bucket
    card = lock_card(unit, card_name)
    wanted = card.version if version is None else version
    if not 1 <= wanted <= card.version:
        raise CardMissing(card_name, wanted)
    claim_bucket(unit, bucket)
    job = ExportJob(
        job_id=unit.new_id(),
        card_id=card.card_id,
        card_name=card.name,
        version=wanted,
        name=name,
        output_path=output_path,
        status=ExportStatus.IN_PROGRESS,
        created_at=unit.now,
        created_by=unit.actor.user,
        modified_at=unit.now,
    )
    if not unit.export_jobs.insert(job):
        raise Conflict(f"Modelcard {card_name} has an export job {name} already: choose another name")
    record_card_event(unit, card, Event.EXPORT_STARTED, {"job": name, "version": wanted, "path": output_path})
    return scope.export_job_arn(card_name, name)


def end_export_job(unit: Unit, job: ClaimedJob, end: ExportEnd) -> bool:
    """Record a job's end, with an event. False, without a change, when its claim is not the newest or it is gone."""
    card = unit.cards.lock(job.card_name)  # before the job, as a deletion does
    if card is None or card.card_id != job.card_id or not unit.export_jobs.finish(job, end, unit.now):
        return False
    details: dict[str, object] = {"job": job.name, "version": job.version}
    if end.artifact is None:
        record_card_event(unit, card, Event.EXPORT_FAILED, details | {"reason": end.failure_reason})
        return True
    details |= {"artifact": end.artifact, "bytes": end.length, "sha256": end.digest}
    record_card_event(unit, card, Event.EXPORTED, details)
    return True


def describe_export_job(unit: Unit, arn: str) -> ExportJob:
    """Return the export job with that ARN.

    Raises:
        Invalid, Denied: not the ARN of an export job in the caller's scope.
        NotFound: the job or its card does not exist.
    """
    card_name, name = unit.actor.scope.export_job(arn)
    unit.actor.require(Role.VIEWER, "DescribeModelCardExportJob", arn)
    card = unit.cards.find(card_name)
    job = None if card is None else unit.export_jobs.find(card.card_id, name)
    if job is None:
        raise NotFound(f"The export job {arn} does not exist.")
    return job


def list_export_jobs(unit: Unit, card_name: str, query: ExportQuery) -> Page[ExportSummary]:
    """Return a page of a card's export jobs.

    Raises:
        NotFound: the card does not exist.
    """
    return _page(unit, find_card(unit, card_name, "ListModelCardExportJobs"), query)


def newest_export_jobs(
    unit: Unit, card_name: str, limit: int, *, after: Position | None = None, before: Position | None = None
) -> Page[ExportJob]:
    """Return a page of a card's export jobs with all their members, newest first.

    Raises:
        NotFound: the card does not exist.
    """
    card = find_card(unit, card_name, "ListModelCardExportJobs")
    page = _page(unit, card, ExportQuery(descending=True, limit=limit, after=after, before=before))
    found = [unit.export_jobs.find(card.card_id, summary.name) for summary in page.items]
    return Page([job for job in found if job is not None], page.position, page.back)


def _page(unit: Unit, card: Card, query: ExportQuery) -> Page[ExportSummary]:
    return page_of(query, lambda part: unit.export_jobs.list(card.card_id, part), query.position, before=query.before)


def record_to_export(unit: Unit, job: ClaimedJob) -> CardRecord:
    """Return the record that a worker prints for a job.

    Raises:
        NotFound: the job's card was deleted.
        Invalid: the output path is not a valid location.
        BucketHeld: another account owns the bucket now.
    """
    check_bucket_access(unit, artifact_location(job.output_path, job.card_name, job.name).bucket)
    return card_record(unit, job.card_name, job.version, card_id=job.card_id)
