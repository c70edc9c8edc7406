"""Prints cards in the formats of other tools; a card that was imported and not changed prints its own file."""

import importlib
from functools import partial

from cardwright.core.errors import PdfExtraMissing
from cardwright.formats.markdown import paragraphs
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard
from cardwright.interchange import FORMATS
from cardwright.interchange.card_version import CardVersion, WrittenCard
from cardwright.interchange.unchanged import unchanged


def _png(svg: str) -> bytes | None:
    from cardwright.formats.pdf.engine import compile_picture

    try:
        return compile_picture(svg)
    except PdfExtraMissing:
        return None


def _printed(key: str, record: CardRecord, edition: str = "") -> RenderedCard:
    """Print a card with the writer of a card format.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    version = CardVersion(
        name=record.name,
        arn=record.arn,
        number=record.version,
        status=record.status,
        content=record.content,
        content_sha256=record.content_digest,
        created_at=next((one.created_at for one in record.versions if one.number == record.version), record.created_at),
        source=record.source,
        edition=edition,
        is_markdown=record.markdown,
        markdown=paragraphs,
        png=_png,
    )
    module, _, function = FORMATS[key].write.partition(":")
    written: WrittenCard = unchanged(key, version) or getattr(importlib.import_module(module), function)(version)
    return RenderedCard(written.data, report=written.report, unstated=written.unstated)


print_hugging_face = partial(_printed, "huggingface")
print_hugging_face_results = partial(_printed, "huggingface-results")
print_cyclonedx = partial(_printed, "cyclonedx")
print_cyclonedx_1_7 = partial(_printed, "cyclonedx", edition="1.7")
print_spdx = partial(_printed, "spdx")
print_model_card_toolkit = partial(_printed, "modelcard-toolkit")
