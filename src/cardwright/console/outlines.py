"""Outlines for pages: of a card's version, of a draft, and of the metric groups of a report."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from cardwright.console.desk import Desk
from cardwright.core.card import Description, VersionHistory
from cardwright.formats import CardRecord, VersionEntry, outline_of
from cardwright.formats.literals import parse_literally
from cardwright.formats.metric_groups import metric_section
from cardwright.formats.outline import Outline, Section


def record_of(desk: Desk, card: Description, versions: Sequence[VersionHistory]) -> CardRecord:
    """What printers are given of one version; later versions are left out, so that it prints the same for ever."""
    entries = tuple(
        VersionEntry(item.number, item.status, item.created_at, item.modified_at, item.author, note=item.note)
        for item in versions
        if item.number <= card.version
    )
    note = next((item.note for item in entries if item.number == card.version), None)
    return CardRecord(
        name=card.name,
        arn=desk.scope.card_arn(card.name),
        version=card.version,
        status=card.status,
        content=card.content,
        created_at=card.created_at,
        modified_at=card.modified_at,
        created_by=card.created_by,
        modified_by=card.modified_by,
        note=note,
        versions=entries,
    )


def of_card(desk: Desk, card: Description, versions: Sequence[VersionHistory]) -> Outline:
    return outline_of(record_of(desk, card, versions))


def of_draft(desk: Desk, form: Mapping[str, Any], content: str) -> Outline:
    """How a draft's card would read."""
    name = form["name"] or "unnamed"
    number = form.get("version", 0) + 1
    now = desk.now()
    return outline_of(CardRecord(name, desk.scope.card_arn(name), number, form["status"], content, now, now))


def sections_of_groups(groups: Sequence[Mapping[str, Any]]) -> list[Section]:
    """How metric groups would read."""
    parsed = parse_literally(orjson.dumps(list(groups)).decode())
    sections = [
        metric_section(group, f"group-{number}", 3, f"metric_groups.{number}") for number, group in enumerate(parsed)
    ]
    return [section for section in sections if section is not None]
