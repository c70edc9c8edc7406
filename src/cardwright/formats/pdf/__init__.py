"""Prints a card as a tagged PDF (PDF/UA-1, PDF/A-3a) with the stored content attached.

The same record always gives the same bytes. ``template/card.typ`` defines the layout. Card content is passed as data,
so Typst never parses it as markup.
"""

from cardwright.core.errors import PdfExtraMissing
from cardwright.formats.card import outline_of
from cardwright.formats.pdf.document import Document
from cardwright.formats.pdf.engine import compile_document, engine_name
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard


def render_pdf(record: CardRecord) -> RenderedCard:
    """Render a card as a PDF document.

    Raises:
        ContentInvalid: the content is not JSON.
        PdfExtraMissing: Typst is not installed; the message shows the command that installs it.
        PrintingFailed: Typst refused the document.
    """
    outline = outline_of(record)
    document = Document(outline, engine_name())
    data = compile_document(document.data, outline.content, outline.modified_at // 1000)
    return RenderedCard(data, document.unprintable)


__all__ = ["PdfExtraMissing", "render_pdf"]
