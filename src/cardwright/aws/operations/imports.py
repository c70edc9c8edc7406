"""Cardwright's own operations on card files of other tools."""

import base64
import zlib

from cardwright.actions import imports as actions
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.card import Status
from cardwright.core.errors import Invalid
from cardwright.interchange import LARGEST, ReadingOptions, ReportLine, read_file
from cardwright.storage.unit import Unit


def import_model_card(unit: Unit, request: Members, _: Pager) -> Members:
    options = ReadingOptions(request.get("Infer", False), request.get("Evaluation", False))
    data = _unpacked(request["SourceData"], request.get("SourceEncoding"))
    file = read_file(data, request.get("SourceName", ""), request.get("SourceFormat"), options)
    into = request.get("ExistingModelCardName")
    chosen = {
        "name": request.get("ModelCardName"),
        "into": None if into is None else unit.actor.scope.card_name(into),
        "content": request.get("Content"),
        "only": request.get("SourceCardName"),
    }
    status = request.get("ModelCardStatus")
    if request.get("SourceOnly") and not request.get("DryRun"):
        steps = [actions.keep_source(unit, file, _existing(chosen["into"]))]
    elif request.get("DryRun"):
        steps = actions.plan_import(unit, file, **chosen)
    else:
        steps = actions.import_cards(unit, file, **chosen, status=None if status is None else Status(status))
    return {
        "SourceFormat": file.format.key,
        "SourceSha256": file.source.sha256,
        "ImportedModelCards": [
            {
                "ModelCardArn": unit.actor.scope.card_arn(step.name),
                "ModelCardName": step.name,
                "ModelCardVersion": step.version,
                "Step": step.action.value,
                "LossReport": [report_line(line) for line in step.imported.report.lines],
            }
            for step in steps
        ],
    }


def describe_model_card_source(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    source = actions.describe_source(unit, name, request.get("ModelCardVersion"))
    return {
        "ModelCardArn": unit.actor.scope.card_arn(name),
        "ModelCardVersion": source.version,
        "SourceFormat": source.kind,
        "SourceName": source.file_name,
        "MediaType": source.media_type,
        "SourceSha256": source.sha256,
        "ImportTime": source.imported_at / 1000,
        "UserName": source.imported_by,
        "SourceData": base64.b64encode(source.data).decode(),
    }


def _existing(name: str | None) -> str:
    if name is None:
        raise Invalid("SourceOnly needs ExistingModelCardName, the card that has the content of the file")
    return name


def report_line(line: ReportLine) -> Members:
    """Return a line of a loss report as members of an answer."""
    found = {"Source": line.source, "Outcome": line.outcome.value, "Target": line.target, "Detail": line.detail or None}
    return {member: value for member, value in found.items() if value is not None}


def _unpacked(data: bytes, encoding: str | None) -> bytes:
    """Return the file's bytes; of a compressed file at most one byte more than may be imported."""
    if encoding is None:
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, LARGEST + 1)
    except zlib.error:
        raise Invalid("SourceData is not gzip data, as SourceEncoding states") from None
