"""Files of evidence: download them so that no file can run with the console's rights."""

from urllib.parse import quote

from flask import Blueprint
from werkzeug.wrappers import Response

from cardwright.actions.evidence import describe_evidence
from cardwright.console.context import page_context
from cardwright.core.evidence import LARGEST, location_of, verified

_PLAIN = "application/octet-stream"  # whatever the stated type: a browser must not show the file
_INERT = "sandbox; default-src 'none'"

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
