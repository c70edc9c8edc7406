"""The formats in which a card's page can be downloaded: all that there are, in the console's words."""

from collections.abc import Mapping
from typing import NamedTuple

from cardwright.formats import FORMATS


class Offer(NamedTuple):
    """One row of the export menu."""

    kind: str
    label: str
    about: str
    icon: str


_ABOUT: Mapping[str, tuple[str, str]] = {
    "pdf": ("Tagged and archival", "pdf"),
    "html": ("One file, readable offline", "html"),
    "md": ("For a repository or a wiki", "md"),
    "json": ("The stored content, byte for byte", "json"),
    "record": ("With status, versions and digests", "json"),
    "cloudformation": ("A template with the card", "json"),
    "huggingface": ("For a repository on the Hub", "md"),
    "huggingface-results": ("Results of the Hub’s benchmarks", "file"),
    "cyclonedx": ("A bill of materials", "json"),
    "cyclonedx-1.7": ("A bill of materials", "json"),
    "spdx": ("A bill of materials, AI profile", "json"),
    "modelcard-toolkit": ("For TensorFlow’s toolkit", "json"),
}


def offers() -> list[Offer]:
    """The export menu."""
    return [Offer(name, row.title, *_ABOUT.get(name, ("", "file"))) for name, row in FORMATS.items()]
