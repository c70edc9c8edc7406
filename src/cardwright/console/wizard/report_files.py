"""Evaluation reports as files: uploaded, or read from the object store that the server is configured with."""

import io
import os
import time
from collections.abc import Sequence
from typing import IO

from cardwright.actions.buckets import check_bucket_access
from cardwright.console.context import PageContext
from cardwright.console.wizard.draft_reports import read
from cardwright.console.wizard.large_reports import LARGE, read_apart
from cardwright.core.discovery import ReportSource
from cardwright.core.draft_form import REPORTS, DraftReport
from cardwright.core.errors import BucketHeld, Invalid, ObjectRefused
from cardwright.core.objects import parse_location
from cardwright.reports import ReportInvalid
from cardwright.reports.document import MAX_BYTES

_PATIENCE = 20.0  # seconds after which no further report of a package is begun


def read_file(file: IO[bytes], name: str, kind: str | None, content_type: str | None, now: int) -> DraftReport:
    """A report as a draft keeps it, as :func:`read`; a large one is read in a process of its own.

    Args:
        file: the report, which can seek.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > MAX_BYTES or size <= LARGE:
        return read(file.read(MAX_BYTES + 1), name, kind, content_type, now)
    return read_apart(file, name, kind, content_type, now)


def fetch(context: PageContext, uri: str, kind: str | None) -> DraftReport:
    """A report read from its ``s3://`` address, as a draft keeps it. No unit of work may be open.

    Raises:
        Invalid: the address names no object, the object is missing, or it is not a report.
        ObjectRefused: the object store does not give it, or it is too large.
        BucketHeld: its bucket is another account's.
    """
    at = parse_location(uri.strip())
    with context.reading() as unit:
        check_bucket_access(unit, at.bucket)
    data = context.objects.get(at, MAX_BYTES)
    if data is None:
        raise Invalid(f"There is no object {at}")
    return read_file(io.BytesIO(data), str(at), kind, None, context.now())


def fetch_jobs(context: PageContext, sources: Sequence[ReportSource]) -> tuple[list[dict[str, object]], list[str]]:
    """The evaluation jobs of a package's reports, and a warning for each report that could not be read.

    A report that is not of the kind it should be is read as what it is, as SageMaker's SDK does for some.
    """
    jobs: list[dict[str, object]] = []
    warnings: list[str] = []
    until = time.monotonic() + _PATIENCE
    for source in sources:
        if time.monotonic() > until:
            warnings.append(f"{source.job_name}: {source.s3_uri} was not read, the ones before it took too long")
            continue
        try:
            report = _of_kind_or_any(context, source)
        except (Invalid, ObjectRefused, BucketHeld) as error:
            warnings.append(f"{source.job_name} was left out. {str(error).rstrip('.')}")
            continue
        jobs.append({"name": source.job_name, REPORTS: [{**report, "job": source.job_name}]})
    return jobs, warnings


def _of_kind_or_any(context: PageContext, source: ReportSource) -> DraftReport:
    try:
        return fetch(context, source.s3_uri, source.kind)
    except ReportInvalid:
        return fetch(context, source.s3_uri, None)
