"""Export jobs: create, watch and download PDF exports from a card's page."""

import datetime
from collections.abc import Sequence
from functools import partial

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.buckets import check_bucket_access, may_export_to, suggest_bucket
from cardwright.actions.cards import describe_card
from cardwright.actions.export_jobs import create_export_job, describe_export_job, newest_export_jobs
from cardwright.console.context import page_context
from cardwright.console.query import read_place, ways_from, whole_number
from cardwright.console.toasts import toast
from cardwright.core.errors import BucketHeld, Conflict, Invalid, NotFound
from cardwright.core.export_job import ExportJob, ExportStatus, artifact_location
from cardwright.core.listing import Page
from cardwright.core.names import CARD_NAME_LENGTH, is_card_name
from cardwright.core.objects import parse_folder, parse_location
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

NEWEST = 4
"""Jobs shown next to the card."""
_LISTED = 100
_SUGGESTED = "model-card-exports"
_WORKER_LATE = 30_000  # milliseconds after which the page reports that no worker runs


blueprint = Blueprint("export_jobs", __name__)


@blueprint.get("/cards/<card:name>/exports")
def index(name: str) -> str:
    context = page_context()
    is_part = request.headers.get("HX-Target") == "jobs"
    if is_part:
        with context.reading() as unit:
            return render_template("jobs.html", name=name, **shown(unit, newest_export_jobs(unit, name, NEWEST)))
    after, before = read_place(request.args, (int, str))
    with context.reading() as unit:
        page = newest_export_jobs(unit, name, _LISTED, after=after, before=before)
        listed = shown(unit, page)
    ways = ways_from(page, partial(url_for, "export_jobs.index", name=name), placed=bool(after or before))
    return render_template("exports.html", name=name, ways=ways, **listed)


@blueprint.get("/cards/<card:name>/exports/new")
def ask(name: str) -> str:
    context = page_context()
    context.actor().require(Role.AUTHOR, "CreateModelCardExportJob", context.scope.card_arn(name))
    with context.reading() as unit:
        version = _version(unit, name, request.args.get("version", ""))
        wanted = {"path": _suggested(unit, name), "job": _job_name(name, version, context.now())}
    return render_template("export.html", name=name, number=version, wanted=wanted, wrong={})


@blueprint.post("/cards/<card:name>/exports/new")
def begin(name: str) -> Response | tuple[str, int]:
    context = page_context()
    wanted = {"path": request.form.get("path", "").strip(), "job": request.form.get("job", "").strip()}
    with context.reading() as unit:
        version = _version(unit, name, request.form.get("version", ""))
    wrong = _wrong(name, wanted)
    if not wrong:
        try:
            with context.writing() as unit:
                create_export_job(unit, name, version, wanted["job"], wanted["path"])
        except BucketHeld as error:
            wrong["path"] = str(error)
        except Conflict:
            wrong["job"] = "The card has an export of that name already. Choose another name"
    if wrong:
        return render_template("export.html", name=name, number=version, wanted=wanted, wrong=wrong), 422
    context.on_export_job()
    toast(f"The PDF of version {version} is being written")
    return redirect(url_for("card.show", name=name) + "#exports", 303)


@blueprint.get("/cards/<card:name>/exports/<export_job:job>/file")
def file(name: str, job: str) -> Response:
    context = page_context()
    with context.reading() as unit:
        found = describe_export_job(unit, context.scope.export_job_arn(name, job))
        if found.artifact is None:
            abort(404)
        at = parse_location(found.artifact)
        check_bucket_access(unit, at.bucket)
    data = context.objects.get(at)
    if data is None:
        raise NotFound(f"The file {found.artifact} is no longer where the export put it. Export the version again")
    answer = Response(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-v{found.version}.pdf"'
    return answer


def shown(unit: Unit, page: Page[ExportJob]) -> dict[str, object]:
    """What ``jobs.html`` and ``exports.html`` show of some jobs."""
    jobs = page.items
    open_jobs = [job for job in jobs if job.status is ExportStatus.IN_PROGRESS]
    late = any(unit.now - job.created_at > _WORKER_LATE for job in open_jobs)
    return {"jobs": jobs, "open_jobs": len(open_jobs), "late": late, "held": _held(unit, jobs)}


def _held(unit: Unit, jobs: Sequence[ExportJob]) -> frozenset[str]:
    """Return the names of the jobs whose file is in a bucket that now belongs to another account."""
    buckets = {job.name: parse_location(job.artifact).bucket for job in jobs if job.artifact is not None}
    held = {bucket for bucket in set(buckets.values()) if _is_held(unit, bucket)}
    return frozenset(name for name, bucket in buckets.items() if bucket in held)


def _is_held(unit: Unit, bucket: str) -> bool:
    """Whether a file could not be fetched because another account owns its bucket."""
    try:
        check_bucket_access(unit, bucket)
    except BucketHeld:
        return True
    return False


def _version(unit: Unit, name: str, text: str) -> int:
    """The version that is asked for, the newest by default."""
    return describe_card(unit, name, whole_number(text) or None).version


def _suggested(unit: Unit, name: str) -> str:
    """Where the card was exported last, or a bucket of the account's, or one that it would get; empty without any."""
    earlier = newest_export_jobs(unit, name, 1).items
    if earlier and may_export_to(unit, parse_folder(earlier[0].output_path)[0]):
        return earlier[0].output_path
    bucket = suggest_bucket(unit, _SUGGESTED)
    return "" if bucket is None else f"s3://{bucket}"


def _wrong(name: str, wanted: dict[str, str]) -> dict[str, str]:
    """What is wrong with the fields, by field."""
    wrong = {}
    if not is_card_name(wanted["job"]):
        wrong["job"] = "A name is 1 to 63 letters, digits and hyphens, with no hyphen at its ends"
    try:
        artifact_location(wanted["path"], name, wanted["job"] or "job")
    except Invalid as error:
        wrong["path"] = str(error)
    return wrong


def _job_name(name: str, version: int, now: int) -> str:
    at = datetime.datetime.fromtimestamp(now / 1000, datetime.UTC)
    ending = f"-v{version}-{at:%Y%m%d-%H%M%S}"
    return name[: CARD_NAME_LENGTH - len(ending)].rstrip("-") + ending
