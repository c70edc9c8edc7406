"""Files of evidence: upload them, and download them so that no file can run with the console's rights."""

import os
import threading
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card
from cardwright.actions.evidence import (
    EvidenceLink,
    NamedEvidence,
    add_evidence,
    check_evidence,
    check_may_add,
    describe_evidence,
)
from cardwright.actions.findings import describe_finding
from cardwright.console.context import PageContext, of_application, page_context
from cardwright.console.finding_words import EVIDENCE_KINDS
from cardwright.console.findings.changes import back, refusal_of
from cardwright.console.findings.pages import FormRefusal, page
from cardwright.console.query import whole_number
from cardwright.console.toasts import toast
from cardwright.core.errors import Conflict, Denied, Invalid, LimitExceeded
from cardwright.core.evidence import LARGEST, FileFacts, facts_of, location_of, verified

_PLAIN = "application/octet-stream"  # whatever the stated type: a browser must not show the file
_INERT = "sandbox; default-src 'none'"
_REFUSED = "The file was not added"
_AT_ONCE = 2  # files that are in memory at the same time on their way to the object store

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/evidence/<evidence_id>/file")
def file(evidence_id: str) -> Response:
    """Send a file whose SHA-256 is that of its record."""
    context = page_context()
    with context.reading() as unit:
        evidence = describe_evidence(unit, evidence_id).evidence
    at = location_of(context.scope.account, evidence.file_sha256)
    data = verified(context.objects.get(at, LARGEST), evidence.file_sha256, evidence.name)
    answer = Response(data, content_type=_PLAIN)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(evidence.name, safe='')}"
    answer.headers["Content-Security-Policy"] = _INERT
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/findings/<finding:finding_id>/evidence")
def add_to_finding(finding_id: str) -> Response | tuple[str, int]:
    """Add a file to a finding."""
    context = page_context()
    with context.reading() as unit:
        name = describe_finding(unit, finding_id).card_name
    added = _attempted(context, name, EvidenceLink(finding_id=finding_id), None)
    if isinstance(added, FormRefusal):
        return page(context, finding_id, added)
    toast(f"{added.evidence.name} added")
    return back(finding_id)


@blueprint.get("/cards/<card:name>/evidence/new")
def ask(name: str) -> str:
    """The form that adds a file to a version of a card."""
    with page_context().reading() as unit:
        check_may_add(unit, name)
    return _form(page_context(), name)


@blueprint.get("/cards/<card:name>/evidence")
def of_card(name: str) -> Response:
    """The evidence of a card is on its page."""
    return redirect(url_for("card.show", name=name, _anchor="evidence"), 303)


@blueprint.post("/cards/<card:name>/evidence")
def add_to_card(name: str) -> Response | tuple[str, int]:
    """Add a file to a version of a card."""
    context, version = page_context(), whole_number(request.form.get("version", ""))
    added = _attempted(context, name, EvidenceLink(), version)
    if isinstance(added, FormRefusal):
        return _form(context, name, added), added.status
    toast(f"{added.evidence.name} added to version {added.evidence.version}")
    shown = None if "newest" in request.form else added.evidence.version
    return redirect(url_for("card.show", name=name, version=shown, _anchor="evidence"), 303)


def _form(context: PageContext, name: str, why: FormRefusal | None = None) -> str:
    version = whole_number(request.values.get("version", ""))
    with context.reading() as unit:
        card = describe_card(unit, name, version)
        newest = card if version is None else describe_card(unit, name)
    return render_template(
        "evidence_new.html", card=card, newest=newest, why=why, posted=request.form, evidence_kinds=EVIDENCE_KINDS
    )


def _attempted(context: PageContext, name: str, link: EvidenceLink, version: int | None) -> NamedEvidence | FormRefusal:
    try:
        return _added(context, name, link, version)
    except (Denied, Conflict, LimitExceeded, Invalid) as error:
        return refusal_of(error, _REFUSED, "evidence")


def _added(context: PageContext, name: str, link: EvidenceLink, version: int | None) -> NamedEvidence:
    """Store the file of a form and record it. All that can be refused is checked before the file is stored."""
    file, kind = request.files.get("file"), request.form.get("kind", "").strip()
    note = request.form.get("note", "").strip() or None
    shown = "" if file is None else file.filename or ""
    with context.reading() as unit:
        check_may_add(unit, name)
        if file is None or not shown:
            raise Invalid("Choose a file")
        check_evidence(unit, name, shown, kind, note=note, version=version, link=link)
    facts = _stored(context, file)
    with context.writing() as unit:
        return add_evidence(unit, name, facts, shown, kind, note=note, version=version, link=link)


def _stored(context: PageContext, file: FileStorage) -> FileFacts:
    """Write an uploaded file to the object store. It is in a temporary file until its turn comes."""
    size = file.seek(0, os.SEEK_END) or file.tell()
    if size > LARGEST:
        raise Invalid(f"A file has at most {LARGEST:,} bytes, and this one has {size:,}")
    file.seek(0)
    with of_application(_Turns).turn:
        data = file.read(LARGEST + 1)
        facts = facts_of(data)
        context.objects.put(location_of(context.scope.account, facts.sha256), data, _PLAIN)
    return facts


class _Turns:
    """Bounds the memory of uploads."""

    def __init__(self, _: PageContext) -> None:
        self.turn = threading.BoundedSemaphore(_AT_ONCE)
