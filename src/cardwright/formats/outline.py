"""The outline of a card: what every printer prints and the console shows, as plain data.

An outline is a title block, a tree of sections and what is missing. A section has blocks, then sections below it.
Words of the card are :class:`Text` and numbers :class:`Number`, never escaped and never rounded; words of ours are
plain ``str`` in English. ``formats/card.py`` makes it.
"""

from dataclasses import dataclass
from typing import TypeAlias

from cardwright.formats.charts.chart import Bars, LineGraph, Matrix
from cardwright.formats.values import Number, Text, Value


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled value, or several; ``path`` says where it stands in the content, dotted, empty for our own facts."""

    label: Text
    values: tuple[Value, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """A list of labelled values: names of ours, short values."""

    rows: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that people wrote: paragraphs of lines, under a small heading."""

    label: Text
    paragraphs: tuple[tuple[Text, ...], ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """``numeric`` columns align on the decimal point; ``weight`` is the share of the width."""

    title: str
    numeric: bool = False
    weight: int = 1
    stored_title: Text | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row; every row has as many cells as there are columns, None for no value."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | None, ...], ...]
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class ClassTable:
    """Measures of many classes: a table with a row for each class and a column for each measure.

    Attributes:
        rates: whether all figures of a column are between 0 and 1, so that the page can draw them.
    """

    table: Table
    rates: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A single figure: ``value`` is a Number, or a Text for words and for true and false.

    ``axes`` are the axis names that a few tools put even on single figures.
    """

    name: Text
    value: Value
    notes: Text | None = None
    axes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A figure with those that belong to it: its standard deviation, what the best constant classifier reaches, and
    the standard deviation of that."""

    metric: Metric
    deviation: Metric | None = None
    baseline: Metric | None = None
    baseline_deviation: Metric | None = None


@dataclass(frozen=True, slots=True)
class MetricTable:
    """Figures of one group. ``rows`` folds deviations and baselines into the figures they belong to; ``metrics`` is
    every figure on its own, in stored order. Print the one or the other."""

    rows: tuple[MetricRow, ...]
    metrics: tuple[Metric, ...]

    @property
    def has_deviations(self) -> bool:
        return any(row.deviation for row in self.rows)

    @property
    def has_baselines(self) -> bool:
        return any(row.baseline for row in self.rows)

    @property
    def has_notes(self) -> bool:
        return any(metric.notes or metric.axes for metric in self.metrics)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of ours about what stands beside it."""

    text: str


Block: TypeAlias = Fields | Prose | Table | ClassTable | MetricTable | Bars | LineGraph | Matrix | Note


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the card.

    Attributes:
        id: unique in the outline, of ``[a-z0-9-]``, the same for the same content: for links and bookmarks.
        level: 1 for SageMaker's sections, 2 for an evaluation, 3 for a metric group.
        title: the heading; ``stored_name`` is the card's own word where the title says it in other words.
        path: where it stands in the content, dotted.
    """

    id: str
    level: int
    title: Text
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()
    stored_name: Text | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something the content schema has and the card does not say: a field, or a section with nothing in it."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the versions table; times as "2026-06-24 08:30:12", UTC."""

    number: int
    status: str
    changed: str
    author: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Outline:
    """A card, ready to print.

    Attributes:
        title: "Model card: NAME, version 7".
        status: the word of the API (Draft, PendingReview, Approved, Archived); ``status_text`` is what to print.
        warning: a sentence to show under the title when the card is not Approved.
        risk_rating: High, Medium, Low or Unknown; any other word of a card that breaks the schema; None if not given.
        model: the model's name, else its id.
        lead: ``model_overview.model_description``; stands under the title, not in a section.
        facts: the title block's rows, ARN and digest among them. Those with a path repeat what a section says too.
        content_digest: SHA-256 of ``content``, 64 hexadecimal digits.
        versions: newest first, the outlined version on top.
        missing: in the order of the sections.
        content: the stored string, for attachments.
        authors: the model's owner and creator, for a document's metadata.
    """

    title: str
    name: str
    arn: str
    version: int
    status: str
    status_text: str
    warning: str | None
    risk_rating: str | None
    model: Text | None
    lead: tuple[tuple[Text, ...], ...]
    facts: tuple[Field, ...]
    content_digest: str
    versions: tuple[VersionLine, ...]
    sections: tuple[Section, ...]
    missing: tuple[Missing, ...]
    content: str
    modified_at: int
    authors: tuple[str, ...] = ()
    language: str = "en"


__all__ = [
    "Bars", "Block", "ClassTable", "Column", "Field", "Fields", "LineGraph", "Matrix", "Metric", "MetricRow",
    "MetricTable", "Missing", "Note", "Number", "Outline", "Prose", "Section", "Table", "Text", "Value", "VersionLine",
]  # fmt: skip
