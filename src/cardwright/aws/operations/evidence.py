"""Cardwright's own operations on evidence. Files are stored and read outside the units of work."""

import base64
from collections.abc import Callable

from cardwright.actions import evidence as actions
from cardwright.aws.members import Members, given
from cardwright.aws.paging import Pager
from cardwright.core.errors import Invalid, NotFound
from cardwright.core.evidence import INLINE, LARGEST, FileFacts, facts_of, location_of, verified
from cardwright.core.objects import Location
from cardwright.objects.stores import Objects
from cardwright.storage.unit import Unit

_FILE = "_file"  # the member that the file's facts take in the request, once it is stored


def store_file(unit: Unit, request: Members) -> Callable[[Objects], None]:
    """Check who adds evidence, and return the function that stores its file before the unit of work."""
    actions.check_may_add(unit, unit.actor.scope.card_name(request["ModelCardName"]))
    document, uri = request.get("Document"), request.get("S3Uri")
    if (document is None) is (uri is None):
        raise Invalid("Give one of Document and S3Uri")
    source = None if uri is None else actions.source_location(unit, uri)
    account = unit.actor.scope.account

    def store(objects: Objects) -> None:
        data = _read(objects, source) if source is not None else bytes(document or b"")
        facts = facts_of(data)
        if request.get("FileSha256") not in {None, facts.sha256}:
            raise Invalid(f"The file has the SHA-256 {facts.sha256}, which is not FileSha256")
        objects.put(location_of(account, facts.sha256), data, "application/octet-stream")
        request[_FILE] = facts

    return store


def add_evidence(unit: Unit, request: Members, _: Pager) -> Members:
    file: FileFacts = request[_FILE]
    uri = request.get("S3Uri")
    named = actions.add_evidence(
        unit,
        unit.actor.scope.card_name(request["ModelCardName"]),
        file,
        request.get("FileName") or str(uri or "").rpartition("/")[2],
        request["Kind"],
        media_type=request.get("MediaType"),
        source_uri=request.get("SourceUri") or uri,
        note=request.get("Note"),
        version=request.get("ModelCardVersion"),
        link=_link(request),
    )
    return {"Evidence": _evidence(unit, named)}


def list_evidence(unit: Unit, request: Members, pager: Pager) -> Members:
    page = actions.list_evidence(
        unit,
        unit.actor.scope.card_name(request["ModelCardName"]),
        kind=request.get("Kind"),
        link=_link(request),
        limit=request.get("MaxResults", 100),
        after=pager.position(),
    )
    answer: Members = {"Evidence": [_evidence(unit, one) for one in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def get_evidence(unit: Unit, request: Members, _: Pager) -> Callable[[Objects], Members]:
    named = actions.describe_evidence(unit, request["EvidenceId"])
    evidence, offset = named.evidence, request.get("Offset", 0)
    if offset >= evidence.size:
        raise Invalid(f"Offset is beyond the end of the file, which has {evidence.size:,} bytes")
    answer: Members = {"Evidence": _evidence(unit, named), "Offset": offset}
    at = location_of(unit.actor.scope.account, evidence.file_sha256)

    def read(objects: Objects) -> Members:
        data = verified(objects.get(at, LARGEST), evidence.file_sha256, evidence.name)
        return answer | {"Document": base64.b64encode(data[offset : offset + INLINE]).decode()}

    return read


def _read(objects: Objects, at: Location) -> bytes:
    data = objects.get(at, LARGEST)
    if data is None:
        raise NotFound(f"There is no object {at}")
    return data


def _link(request: Members) -> actions.EvidenceLink:
    return actions.EvidenceLink(
        request.get("FindingId"), request.get("ReviewId"), request.get("DecisionNumber"), request.get("Pointer")
    )


def _evidence(unit: Unit, named: actions.NamedEvidence) -> Members:
    evidence = named.evidence
    return given(
        EvidenceId=evidence.evidence_id,
        ModelCardName=named.card_name,
        ModelCardArn=unit.actor.scope.card_arn(named.card_name),
        ModelCardVersion=evidence.version,
        ContentDigest=evidence.content_digest,
        Kind=evidence.kind,
        FileName=evidence.name,
        MediaType=evidence.media_type,
        FileSize=evidence.size,
        FileSha256=evidence.file_sha256,
        SourceUri=evidence.source_uri,
        Note=evidence.note,
        FindingId=evidence.finding_id,
        ReviewId=evidence.review_id,
        DecisionNumber=evidence.decision,
        Pointer=evidence.pointer,
        AddedTime=evidence.added_at / 1000,
        AddedBy=evidence.added_by,
    )
