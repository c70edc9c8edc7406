"""Prints card content as documents: one outline for all formats, one printer for each format.

A new format is one file with a printer and one row of ``_TABLE``.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from cardwright.core.errors import Invalid
from cardwright.formats.record import CardRecord, VersionEntry
from cardwright.formats.rendered import RenderedCard, Unprintable


@dataclass(frozen=True, slots=True)
class Format:
    """One output format of a card.

    Attributes:
        name: the name on the command line and on the wire: ``--format html``.
        title: the name in the console.
        media_type: the ``Content-Type`` in HTTP.
        extension: the file extension, with the dot.
        printer: ``module:function`` of a ``Callable[[CardRecord], bytes | RenderedCard]``. The module is imported at
            the first use, because some printers are slow to import.
        is_card_file: whether it is a card format of another tool. Its printer wants the file that the card was
            imported from, and a file name does not select it.
    """

    name: str
    title: str
    media_type: str
    extension: str
    printer: str
    is_card_file: bool = False

    def print(self, record: CardRecord) -> bytes:
        """Print a card and return the bytes of the document. Raises the errors of :meth:`render`."""
        return self.render(record).data

    def render(self, record: CardRecord) -> RenderedCard:
        """Print a card and report the characters that the document cannot show.

        Raises:
            ContentInvalid: the content is not JSON, and the format needs to read it.
            ExtraMissing: the format needs an extra that is not installed; the message names it.
            PrintingFailed: the document could not be made.
        """
        module, _, function = self.printer.partition(":")
        made: bytes | RenderedCard = getattr(importlib.import_module(module), function)(record)
        return made if isinstance(made, RenderedCard) else RenderedCard(made)


_TABLE = (
    Format("html", "HTML", "text/html; charset=utf-8", ".html", "cardwright.formats.html_page:render_html"),
    Format("pdf", "PDF", "application/pdf", ".pdf", "cardwright.formats.pdf:render_pdf"),
    Format("md", "Markdown", "text/markdown; charset=utf-8", ".md", "cardwright.formats.markdown:render_markdown"),
    Format("json", "JSON content", "application/json", ".json", "cardwright.formats.json_files:print_content"),
    Format("record", "JSON record", "application/json", ".record.json", "cardwright.formats.json_files:print_record"),
    Format(
        "cloudformation",
        "CloudFormation",
        "application/json",
        ".template.json",
        "cardwright.formats.cloudformation:print_template",
    ),
    Format(
        "huggingface",
        "Hugging Face README",
        "text/markdown; charset=utf-8",
        ".huggingface.md",
        "cardwright.formats.card_files:print_hugging_face",
        is_card_file=True,
    ),
    Format(
        "huggingface-results",
        "Hugging Face results",
        "application/yaml",
        ".eval_results.yaml",
        "cardwright.formats.card_files:print_hugging_face_results",
        is_card_file=True,
    ),
    Format(
        "cyclonedx",
        "CycloneDX 1.6",
        "application/vnd.cyclonedx+json; version=1.6",
        ".cdx.json",
        "cardwright.formats.card_files:print_cyclonedx",
        is_card_file=True,
    ),
    Format(
        "cyclonedx-1.7",
        "CycloneDX 1.7",
        "application/vnd.cyclonedx+json; version=1.7",
        ".cdx.json",
        "cardwright.formats.card_files:print_cyclonedx_1_7",
        is_card_file=True,
    ),
    Format(
        "spdx",
        "SPDX 3.0.1",
        "application/spdx+json",
        ".spdx.json",
        "cardwright.formats.card_files:print_spdx",
        is_card_file=True,
    ),
    Format(
        "modelcard-toolkit",
        "Model Card Toolkit",
        "application/json",
        ".mct.json",
        "cardwright.formats.card_files:print_model_card_toolkit",
        is_card_file=True,
    ),
)

FORMATS: Mapping[str, Format] = {item.name: item for item in _TABLE}


def format_named(name: str) -> Format:
    """Return the format with this name.

    Raises:
        Invalid: the name is unknown; the message lists the known names.
    """
    if name not in FORMATS:
        raise Invalid(f"Unknown format. The formats are: {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_of_file(filename: str) -> Format:
    """Return the format of a file name. The longest matching extension wins. Card formats of other tools have none.

    Raises:
        Invalid: the extension is unknown; the message lists the known extensions.
    """
    documents = [item for item in _TABLE if not item.is_card_file]
    fitting = [item for item in documents if filename.lower().endswith(item.extension)]
    if not fitting:
        known = ", ".join(item.extension for item in documents)
        raise Invalid(f"Unknown file format. Its extension must be one of: {known}.")
    return max(fitting, key=lambda item: len(item.extension))


__all__ = [
    "FORMATS",
    "CardRecord",
    "Format",
    "RenderedCard",
    "Unprintable",
    "VersionEntry",
    "format_named",
    "format_of_file",
]
