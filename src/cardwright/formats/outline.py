"""The outline of a card: the plain data that printers print and the console shows.

An outline has a title block, a tree of sections and the list of missing fields. A section has blocks, then
subsections. Card content is held as :class:`Text` and :class:`Number`, neither escaped nor rounded. Cardwright's own
words are plain ``str`` in English. ``formats/card.py`` builds the outline.
"""

from dataclasses import dataclass
from typing import TypeAlias

from cardwright.formats.charts.chart import Bars, LineGraph, Matrix
from cardwright.formats.rich_text import Part
from cardwright.formats.values import Number, Text, Value


@dataclass(frozen=True, slots=True)
class Field:
    """A label with one or more values. ``path`` is the dotted path in the content, empty for facts from the record."""

    label: Text
    values: tuple[Value, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """A list of fields with short values."""

    rows: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A long text: paragraphs of lines, under a small heading."""

    label: Text
    paragraphs: tuple[tuple[Text, ...], ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class RichProse:
    """A long text in Markdown, under a small heading."""

    label: Text
    parts: tuple[Part, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``numeric`` columns align on the decimal point; ``weight`` is the share of the width."""

    title: str
    numeric: bool = False
    weight: int = 1
    stored_title: Text | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row. Every row has one cell for each column; None is an empty cell."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | None, ...], ...]
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class ClassTable:
    """Measures of many classes: one row for each class and one column for each measure.

    Attributes:
        rates: for each column, whether all its figures are between 0 and 1, so that the page can draw bars.
    """

    table: Table
    rates: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A single figure. ``value`` is a Number, or a Text for words and booleans.

    ``axes`` are the axis names that some tools write even for single figures.
    """

    name: Text
    value: Value
    notes: Text | None = None
    axes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A figure with its standard deviation, the result of the best constant classifier, and the deviation of that
    result."""

    metric: Metric
    deviation: Metric | None = None
    baseline: Metric | None = None
    baseline_deviation: Metric | None = None


@dataclass(frozen=True, slots=True)
class MetricTable:
    """The figures of one group. ``rows`` joins deviations and baselines to their figures. ``metrics`` lists every
    figure separately, in stored order. Print one of the two."""

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
    """A sentence by Cardwright about the blocks next to it."""

    text: str


Block: TypeAlias = Fields | Prose | RichProse | Table | ClassTable | MetricTable | Bars | LineGraph | Matrix | Note


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the card.

    Attributes:
        id: for links and bookmarks: unique in the outline, of ``[a-z0-9-]``, the same for the same content.
        level: 1 for SageMaker's sections, 2 for an evaluation, 3 for a metric group.
        title: the heading; ``stored_name`` is the stored name when the heading replaces it.
        path: the dotted path in the content.
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
    """A field or section of the content schema that the card does not fill."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One row of the versions table. Times look like "2026-06-24 08:30:12" and are in UTC."""

    number: int
    status: str
    changed: str
    author: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Outline:
    """A card as data for printers.

    Attributes:
        title: "Model card: NAME, version 7".
        status: the status on the wire (Draft, PendingReview, ...); ``status_text`` is its printed form.
        warning: a sentence for the title block when the card is not Approved.
        risk_rating: High, Medium, Low, Unknown, or another word if the card breaks the schema; None if not given.
        model: the model's name, else its id.
        lead: ``model_overview.model_description``; printed under the title, not in a section. ``rich_lead`` is the same
            of a card with texts in Markdown; ``lead`` is empty then.
        facts: the rows of the title block, with ARN and digest. Facts with a path also appear in a section.
        content_digest: SHA-256 of ``content``, 64 hexadecimal digits.
        versions: newest first; the first is the version of this outline.
        missing: in the order of the sections.
        content: the stored string, for attachment.
        authors: the model's owner and creator, for the metadata of a document.
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
    rich_lead: tuple[Part, ...] = ()
    language: str = "en"


__all__ = [
    "Bars", "Block", "ClassTable", "Column", "Field", "Fields", "LineGraph", "Matrix", "Metric", "MetricRow",
    "MetricTable", "Missing", "Note", "Number", "Outline", "Prose", "RichProse", "Section", "Table", "Text", "Value",
    "VersionLine",
]  # fmt: skip
