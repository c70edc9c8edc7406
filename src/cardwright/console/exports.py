"""The formats in which a card's page can be downloaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cardwright.formats import CardRecord


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the export menu."""

    kind: str
    label: str
    about: str
    icon: str
    suffix: str
    content_type: str
    write: Callable[[CardRecord], bytes]


def _json(record: CardRecord) -> bytes:
    return record.content.encode()


FORMATS: Mapping[str, Format] = {
    made.kind: made
    for made in (
        Format("json", "JSON", "The stored content, byte for byte", "json", "json", "application/json", _json),
    )
}
