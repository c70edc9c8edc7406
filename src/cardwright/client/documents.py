"""Prints a card on its server, or in this process if the server cannot."""

import re
from collections import Counter
from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING

from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.records import read_record
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import CardwrightError, ExtraMissing, PdfExtraMissing, PrintingFailed
from cardwright.formats import Format, RenderedCard, Unprintable
from cardwright.interchange.card_version import Unstated
from cardwright.interchange.loss_report import LossReport, Outcome, ReportLine

if TYPE_CHECKING:
    from cardwright.client.answers.cards import LossReportLine

_INDEX = re.compile(r"/\d+(?=/|$)")
_FAULTS: dict[str, type[CardwrightError]] = {"PrintingFailed": PrintingFailed, "ExtraMissing": ExtraMissing}


def print_card(
    client: SageMaker,
    name: str,
    document_format: Format,
    version: int | None = None,
    digests: MutableMapping[int, str] | None = None,
) -> RenderedCard:
    """Print a version of a card with ``RenderModelCard``, or in this process if the server lacks this operation.

    A Cardwright server stores more about a card than SageMaker's operations return: the author of each version and
    the notes. So only documents printed on the server equal those of its export jobs byte for byte.

    Args:
        client: a client of SageMaker.
        name: the card's name or ARN.
        document_format: the format.
        version: the version; the newest by default.
        digests: as in ``read_record``, for callers that print several versions of one card.

    Raises:
        PrintingFailed: the document could not be created.
        PdfExtraMissing: the extra for PDF is not installed where the card is printed.
        ExtraMissing: another extra is not installed where the card is printed; the message names it.
        botocore.exceptions.ClientError: the server refuses the request.
    """
    from botocore.exceptions import ClientError

    wanted = {} if version is None else {"ModelCardVersion": version}
    try:
        answer = own_client(client).render_model_card(ModelCardName=name, Format=document_format.name, **wanted)
    except NoSuchOperation:
        known = None if document_format.name != "record" else {} if digests is None else digests
        return document_format.render(read_record(client, name, version, digests=known))
    except ClientError as error:
        fault = error.response["Error"]
        if document_format.name == "pdf" and fault.get("Code") == "ExtraMissing":
            raise PdfExtraMissing(fault.get("Message", "")) from None
        if fault.get("Code") in _FAULTS:
            raise _FAULTS[fault["Code"]](fault.get("Message", "")) from error
        raise
    return RenderedCard(
        answer["Document"],
        tuple(Unprintable(one["CodePoint"], one["Count"]) for one in answer["UnprintableCharacters"]),
        _report(answer["LossReport"]) if document_format.is_card_file else None,
        tuple(Unstated(one["Target"], one["Value"]) for one in answer.get("UnstatedMembers", [])),
    )


def losses(printed: RenderedCard) -> list[str]:
    """Return sentences about what a card file does not have, and about values that the card does not state.

    The first is a summary. Values at the same place of several list items share a sentence.
    """
    if printed.report is None:
        return []
    dropped = Counter((_INDEX.sub("/*", line.source), line.detail) for line in printed.report.of([Outcome.DROPPED]))
    return [
        printed.report.summary(),
        *(f"{place} is left out{_times(count)}: {detail}" for (place, detail), count in dropped.items()),
        *(f"{one.target} is {one.value}: the card does not state it" for one in printed.unstated),
    ]


def _times(count: int) -> str:
    return "" if count == 1 else f" ({count:,} values)"


def _report(lines: Iterable["LossReportLine"]) -> LossReport:
    return LossReport(
        tuple(
            ReportLine(line["Source"], line.get("Target"), Outcome(line["Outcome"]), line.get("Detail", ""))
            for line in lines
        )
    )
