"""Outlines for pages: of a card's version, of a draft, and of the metric groups of a report."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from markupsafe import Markup

from cardwright.console.context import PageContext
from cardwright.core.draft_form import DraftForm
from cardwright.formats import CardRecord
from cardwright.formats.card import outline_of
from cardwright.formats.literals import parse_literally
from cardwright.formats.metric_groups import metric_section
from cardwright.formats.outline import Outline, Section

_KEPT = 32  # outlines, of half a megabyte each


class Readings:
    """Outlines with their pages' HTML, by content: what a content says never changes, and drawing it takes longest.

    Args:
        draw: the HTML of an outline's sections.
    """

    def __init__(self, draw: Callable[[Outline], str]) -> None:
        self._draw = draw
        self._kept: OrderedDict[str, tuple[Outline, Markup]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, record: CardRecord) -> tuple[Outline, Markup]:
        """The outline of a version's content, without what is known around it, and its sections as HTML."""
        key = record.content_digest
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        outline = outline_of(record)
        reading = outline, Markup(self._draw(outline))  # noqa: S704 - a template's output, escaped there
        with self._lock:
            self._kept[key] = reading
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return reading


def of_draft(context: PageContext, form: DraftForm, content: str) -> Outline:
    """The outline of a draft's card."""
    name = form.name or "unnamed"
    number = 1 if form.card is None else form.card.version + 1
    now = context.now()
    return outline_of(CardRecord(name, context.scope.card_arn(name), number, form.status, content, now, now))


def sections_of_groups(groups: Sequence[Mapping[str, Any]]) -> list[Section]:
    """The outline sections of metric groups."""
    parsed = parse_literally(orjson.dumps(list(groups)).decode())
    sections = [
        metric_section(group, f"group-{number}", 3, f"metric_groups.{number}") for number, group in enumerate(parsed)
    ]
    return [section for section in sections if section is not None]
