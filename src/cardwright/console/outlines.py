"""Outlines for pages: of a draft, and of the metric groups of a report."""

from collections.abc import Mapping, Sequence

import orjson

from cardwright.console.context import PageContext
from cardwright.core.draft_form import DraftForm
from cardwright.core.json_value import list_at
from cardwright.core.text_format import TextFormat
from cardwright.formats import CardRecord
from cardwright.formats.card import outline_of
from cardwright.formats.literals import parse_literally
from cardwright.formats.metric_groups import metric_section
from cardwright.formats.outline import Outline, Section


def of_draft(context: PageContext, form: DraftForm, content: str, text_format: TextFormat) -> Outline:
    """The outline of a draft's card."""
    name = form.name or "unnamed"
    number = 1 if form.card is None else form.card.version + 1
    now = context.now()
    markdown = text_format is TextFormat.MARKDOWN
    record = CardRecord(name, context.scope.card_arn(name), number, form.status, content, now, now, markdown=markdown)
    return outline_of(record)


def sections_of_groups(groups: Sequence[Mapping[str, object]]) -> list[Section]:
    """The outline sections of metric groups."""
    parsed = list_at(parse_literally(orjson.dumps(list(groups)).decode()))
    sections = [
        metric_section(group, f"group-{number}", 3, f"metric_groups.{number}") for number, group in enumerate(parsed)
    ]
    return [section for section in sections if section is not None]
