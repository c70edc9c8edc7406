"""A card as a PDF: tagged (PDF/UA-1), archival (PDF/A-3a), with the stored content attached, the same bytes each time.

The look is that of ``template/card.typ``; nothing of a card is ever read as Typst's markup.
"""

from cardwright.core.errors import PdfExtraMissing
from cardwright.formats.card import outline_of
from cardwright.formats.pdf.document import Document
from cardwright.formats.pdf.engine import compiled, engine_name
from cardwright.formats.printed import Printed
from cardwright.formats.record import CardRecord


def render_pdf(record: CardRecord) -> Printed:
    """The card as a PDF document.

    Raises:
        ContentInvalid: the content is not JSON.
        PdfExtraMissing: Typst is not installed; the message says how to.
        PrintingFailed: Typst refused the document.
    """
    outline = outline_of(record)
    document = Document(outline, engine_name())
    data = compiled(document.data, outline.content, outline.modified_at // 1000)
    return Printed(data, document.unprintable)


__all__ = ["PdfExtraMissing", "render_pdf"]
