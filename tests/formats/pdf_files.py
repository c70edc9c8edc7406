"""Reads PDF files with independent tools: pikepdf, pypdfium2 and page-validation."""

import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import page
import pikepdf
import pypdfium2

_FURNITURE = re.compile(
    r"^\S+\s+version \d+\s+(?:Draft|Pending review|Approved|Archived)\s*$"
    r"|^Content SHA-256 \w{12} \u2026 \w{12}\s+Page \d+ of \d+",
    re.MULTILINE,
)
_PROFILES = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A)


def faults(pdf: bytes) -> list[str]:
    """Return the faults that an independent validator finds for PDF/UA-1 and PDF/A-3a."""
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in _PROFILES]
    assert all(report.rules.total > 100 for report in reports)
    return [f"{failure.rule_id}: {failure.message}" for report in reports for failure in report.failures]


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, as copied by a reader, without headers and footers."""
    return "\n".join(_FURNITURE.sub("", page) for page in pages_of(pdf))


def page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    text: str = document[number].get_textpage().get_text_range()
    return text.replace("\ufffe", "-")  # pdfium's mark for a hyphen at the end of a line


def pages_of(pdf: bytes) -> list[str]:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [page_text(document, number) for number in range(len(document))]


def place_of(pdf: bytes, word: str) -> float:
    """Return the left edge of the first occurrence of a word, in points."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for number in range(len(document)):
            text = document[number].get_textpage()
            at = text.get_text_range().find(word)
            if at >= 0:
                return float(text.get_charbox(at)[0])
    raise AssertionError(word)


@dataclass(frozen=True)
class Letter:
    """A visible character: its page, its size in points, and its box in points from the lower left corner."""

    shown: str
    page: int
    size: float
    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: "Letter") -> bool:
        """Whether the boxes share at least a third of one of them."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return width > 0 and height > 0 and width * height > min(self.area, other.area) / 3

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.top - self.bottom)


def letters_of(pdf: bytes) -> list[Letter]:
    """Return every character with its position."""
    found = []
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for number in range(len(document)):
            text = document[number].get_textpage()
            for index in range(text.count_chars()):
                shown, box = text.get_text_range(index, 1), text.get_charbox(index)
                if shown.strip() and box[0] < box[2] and box[1] < box[3]:
                    size = pypdfium2.raw.FPDFText_GetFontSize(text, index)
                    found.append(Letter(shown, number, round(size, 1), *box))
    return found


def overprinted(pdf: bytes) -> list[tuple[Letter, Letter]]:
    """Return pairs of characters that overlap."""
    waiting = sorted(letters_of(pdf), key=lambda letter: (letter.page, letter.left))
    found: list[tuple[Letter, Letter]] = []
    near: list[Letter] = []
    for letter in waiting:
        near = [other for other in near if other.page == letter.page and other.right > letter.left]
        found += [(other, letter) for other in near if letter.overlaps(other)]
        near.append(letter)
    return found


def letters(text: str) -> str:
    """Return a text without white space, because line breaks on a page differ from the content."""
    return re.sub(r"\s+", "", text)


@dataclass
class Structure:
    """Return the count of each role in the structure tree, and the alternative texts of figures."""

    roles: dict[str, int] = field(default_factory=dict)
    alternatives: list[str] = field(default_factory=list)
    languages: set[str] = field(default_factory=set)
    headings: list[int] = field(default_factory=list)


def structure_of(pdf: bytes) -> Structure:
    found = Structure()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for element in _elements(document.Root.StructTreeRoot):
            role = str(element.S)
            found.roles[role] = found.roles.get(role, 0) + 1
            if role == "/Figure":
                found.alternatives.append(str(element.get("/Alt", "")))
            if "/Lang" in element:
                found.languages.add(str(element.Lang))
            if re.fullmatch(r"/H\d", role):
                found.headings.append(int(role[2:]))
        for sheet in document.pages:  # part of a paragraph has its language there
            drawn = sheet.Contents.read_bytes()
            found.languages |= {tag.decode() for tag in re.findall(rb"/Lang ?\(([^)]+)\)", drawn)}
    return found


def _elements(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    waiting = _children(root)
    while waiting:
        element = waiting.pop(0)
        yield element
        waiting = [*_children(element), *waiting]


def _children(element: pikepdf.Object) -> list[pikepdf.Object]:
    children: Any = element.get("/K", [])
    listed: list[Any] = list(children) if isinstance(children, pikepdf.Array) else [children]
    return [child for child in listed if isinstance(child, pikepdf.Dictionary) and "/S" in child]


def bookmarks_of(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_outline() as outline:
        waiting, titles = list(outline.root), []
        while waiting:
            item = waiting.pop(0)
            titles.append(item.title)
            waiting = [*item.children, *waiting]
        return titles


def title_of(pdf: bytes) -> str:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return str(document.docinfo.Title)


def attachments_of(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {name: file.get_file().read_bytes() for name, file in document.attachments.items()}


def colours(printed: bytes) -> set[tuple[int, int, int]]:
    """Return the colours on the pages of a PDF."""
    found: set[tuple[int, int, int]] = set()
    with closing(pypdfium2.PdfDocument(printed)) as document:
        for sheet in document:
            pixels = sheet.render(scale=1.5, rev_byteorder=True).to_numpy().reshape(-1, 3).astype(np.uint32)
            # As one number each: rows of three take ten times as long to sort.
            packed = np.unique(pixels[:, 0] << 16 | pixels[:, 1] << 8 | pixels[:, 2])
            found |= {(int(colour) >> 16, int(colour) >> 8 & 0xFF, int(colour) & 0xFF) for colour in packed}
    return found
