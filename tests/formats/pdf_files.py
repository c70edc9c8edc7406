"""What a PDF file says of itself: read with pikepdf, pypdfium2 and page-validation, none of which made it."""

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
    """What an independent validator finds wrong with it as PDF/UA-1 and as PDF/A-3a."""
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in _PROFILES]
    assert all(report.rules.total > 100 for report in reports)
    return [f"{failure.rule_id}: {failure.message}" for report in reports for failure in report.failures]


def text_of(pdf: bytes) -> str:
    """The text of all pages, as a reader copies it, without their headers and footers."""
    return "\n".join(_FURNITURE.sub("", page) for page in pages_of(pdf))


def page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    text: str = document[number].get_textpage().get_text_range()
    return text.replace("\ufffe", "-")  # how pdfium tells a hyphen at the end of a line


def pages_of(pdf: bytes) -> list[str]:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [page_text(document, number) for number in range(len(document))]


def place_of(pdf: bytes, word: str) -> float:
    """How far from the left edge a word begins where it first stands, in points."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for number in range(len(document)):
            text = document[number].get_textpage()
            at = text.get_text_range().find(word)
            if at >= 0:
                return float(text.get_charbox(at)[0])
    raise AssertionError(word)


@dataclass(frozen=True)
class Letter:
    """A character that can be seen: its page, its size in points, and its box in points from the lower left corner."""

    shown: str
    page: int
    size: float
    left: float
    bottom: float
    right: float
    top: float

    def lies_on(self, other: "Letter") -> bool:
        """A third of one of the two is where the other is."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return width > 0 and height > 0 and width * height > min(self.area, other.area) / 3

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.top - self.bottom)


def letters_of(pdf: bytes) -> list[Letter]:
    """Every character with where it stands."""
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
    """Characters that lie on one another."""
    waiting = sorted(letters_of(pdf), key=lambda letter: (letter.page, letter.left))
    found: list[tuple[Letter, Letter]] = []
    near: list[Letter] = []
    for letter in waiting:
        near = [other for other in near if other.page == letter.page and other.right > letter.left]
        found += [(other, letter) for other in near if letter.lies_on(other)]
        near.append(letter)
    return found


def letters(text: str) -> str:
    """Text without white space, for lines end elsewhere on a page than in the content."""
    return re.sub(r"\s+", "", text)


@dataclass
class Structure:
    """The structure tree: how often each role occurs, and the alternative texts of figures."""

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
    """The colours that the pages of a PDF show."""
    found: set[tuple[int, int, int]] = set()
    with closing(pypdfium2.PdfDocument(printed)) as document:
        for sheet in document:
            pixels = sheet.render(scale=1.5, rev_byteorder=True).to_numpy().reshape(-1, 3)
            found |= {(int(red), int(green), int(blue)) for red, green, blue in np.unique(pixels, axis=0)}
    return found
