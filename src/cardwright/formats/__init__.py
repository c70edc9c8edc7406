"""Card content to documents: one outline, one printer a format.

A new format is one file with a printer and one row of ``_TABLE``.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from cardwright.core.errors import Invalid
from cardwright.formats.printed import Printed, Unprintable
from cardwright.formats.record import CardRecord, VersionEntry


@dataclass(frozen=True, slots=True)
class Format:
    """One way to print a card.

    Attributes:
        name: what people type: ``--format html``.
        title: what people read.
        media_type: for HTTP.
        extension: of a file of it, with the dot.
        printer: ``module:function`` of a ``Callable[[CardRecord], bytes | Printed]``; loaded when it is first used,
            so that nobody pays for a printer they do not use.
    """

    name: str
    title: str
    media_type: str
    extension: str
    printer: str

    def print(self, record: CardRecord) -> bytes:
        """The document of :meth:`render` alone."""
        return self.render(record).data

    def render(self, record: CardRecord) -> Printed:
        """Print a card.

        Raises:
            ContentInvalid: the content is not JSON, and the format needs to read it.
            ExtraMissing: the format needs an extra; the message says which.
            PrintingFailed: the document could not be made.
        """
        module, _, function = self.printer.partition(":")
        made: bytes | Printed = getattr(importlib.import_module(module), function)(record)
        return made if isinstance(made, Printed) else Printed(made)


_TABLE = (
    Format("html", "HTML", "text/html; charset=utf-8", ".html", "cardwright.formats.html_page:render_html"),
    Format("pdf", "PDF", "application/pdf", ".pdf", "cardwright.formats.pdf:render_pdf"),
    Format("md", "Markdown", "text/markdown; charset=utf-8", ".md", "cardwright.formats.markdown:render_markdown"),
    Format("json", "JSON content", "application/json", ".json", "cardwright.formats.json_files:print_content"),
    Format("record", "JSON record", "application/json", ".record.json", "cardwright.formats.json_files:print_record"),
)

FORMATS: Mapping[str, Format] = {row.name: row for row in _TABLE}


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        Invalid: there is none; the message lists those there are.
    """
    if name not in FORMATS:
        raise Invalid(f"There is no format of that name; the formats are: {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_of_file(filename: str) -> Format:
    """The format that a file name ends with: the longest extension that fits.

    Raises:
        Invalid: no format has that extension; the message lists those there are.
    """
    fitting = [row for row in _TABLE if filename.lower().endswith(row.extension)]
    if not fitting:
        known = ", ".join(row.extension for row in _TABLE)
        raise Invalid(f"The name of the file says no format; its extension must be one of: {known}.")
    return max(fitting, key=lambda row: len(row.extension))


__all__ = [
    "FORMATS",
    "CardRecord",
    "Format",
    "Printed",
    "Unprintable",
    "VersionEntry",
    "format_named",
    "format_of_file",
]
