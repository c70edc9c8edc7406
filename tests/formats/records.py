"""Card records for the tests of the printers."""

import json
from collections.abc import Iterator

from cardwright.formats import CardRecord, VersionEntry
from cardwright.formats.outline import Block, Outline, Section

CREATED, CHANGED = 1_772_528_040_000, 1_782_057_720_000  # 3 March 2026, 08:54 UTC; 21 June 2026, 16:02 UTC


def record(content: object, *, name: str = "a-card", status: str = "Approved", version: int = 2) -> CardRecord:
    """Return a record with this content, given as JSON text or as an object."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return CardRecord(
        name=name,
        arn=f"arn:aws:sagemaker:us-east-1:000000000000:model-card/{name}",
        version=version,
        status=status,
        content=text,
        created_at=CREATED,
        created_by="mei",
        modified_at=CHANGED,
        modified_by="jonas",
        versions=tuple(VersionEntry(number, status, CREATED, CHANGED) for number in range(version, 0, -1)),
    )


def evaluated(*metrics: object, group: str = "group") -> dict[str, object]:
    """Return content with one evaluation that has one group of these metrics."""
    return {"evaluation_details": [{"name": "e", "metric_groups": [{"name": group, "metric_data": list(metrics)}]}]}


def all_sections(outline: Outline) -> Iterator[Section]:
    """Yield every section, including subsections."""
    waiting = list(outline.sections)
    while waiting:
        section = waiting.pop(0)
        yield section
        waiting = [*section.sections, *waiting]


def all_blocks(outline: Outline) -> list[Block]:
    """Yield every block of every section, in order."""
    return [block for section in all_sections(outline) for block in section.blocks]
