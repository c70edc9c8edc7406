"""Converts an outline to the JSON document that the template reads."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeGuard

from cardwright.formats.charts.chart import Bars, LineGraph, Matrix
from cardwright.formats.outline import (
    Block,
    ClassTable,
    Column,
    Fields,
    Metric,
    MetricTable,
    Note,
    Outline,
    Prose,
    RichProse,
    Section,
    Table,
    VersionLine,
)
from cardwright.formats.pdf import blocks, drawings
from cardwright.formats.pdf.characters import Characters
from cardwright.formats.pdf.long_words import length
from cardwright.formats.pdf.rich_texts import rich_parts
from cardwright.formats.pdf.words import Words
from cardwright.formats.rendered import Unprintable
from cardwright.formats.rich_text import words_of
from cardwright.formats.values import Text, Value, code_of, label_of

LAYOUT = 9
"""Version of this layout. Raise it when the same card gives other pages than before."""

_FEW_SECTIONS, _FEW_BELOW = 4, 8
_VERSIONS_IN_FRONT = 10
_CONTENTS_DEPTH = 2
_PAGE = 240.0
_FACT, _NOTE, _LONG_NOTE = 113.0, 77.0, 12
_LATER_SECTIONS = 3
_CONTENTS_LINES, _CONTENTS_LETTERS = 55, 75


class Document:
    """The template data of one card.

    Attributes:
        data: the data for the template, as JSON types.
        unprintable: the characters that are shown by code point.
    """

    def __init__(self, outline: Outline, engine: str) -> None:
        characters = Characters()
        self._words = Words(characters)
        self._stored_names: dict[tuple[str, str], tuple[Text, Text]] = {}
        self._annex: list[blocks.Block] = []
        body = [block for section in outline.sections for block in self._section(section, None)]
        later = self._older_versions(outline.versions) + self._annex_blocks()
        front = self._front(outline)
        about = self._about(outline, characters.unprintable, engine)
        made = [*body, *later, *about]
        _number(made)
        self.data: dict[str, object] = front | {"blocks": made}
        self.unprintable = characters.unprintable

    def _front(self, outline: Outline) -> dict[str, object]:
        words, line = self._words, self._words.hidden
        older, depth = self._only_in_annex(outline.versions), _contents_depth(outline)
        return {
            "title": line(outline.title),
            "description": line(
                f"{outline.title}, status {outline.status_text}, risk rating {outline.risk_rating or 'not given'}"
            ),
            "authors": [line(author) for author in outline.authors],
            "keywords": ["model card", line(outline.name), *([line(outline.model.text)] if outline.model else [])],
            "lang": outline.language,
            "name": words.heading(Text(outline.name), 120.0),
            "small_name": len(outline.name) > 32,
            "version": str(outline.version),
            "status": outline.status,
            "status_text": outline.status_text,
            "warning": outline.warning,
            "risk": outline.risk_rating,
            "risk_text": words.plain(outline.risk_rating or "not given", 60.0),
            "model": outline.model and words.value(outline.model, 120.0),
            "lead": blocks.paragraphs(words, outline.lead)["paragraphs"],
            "rich_lead": rich_parts(words, outline.rich_lead),
            "facts": blocks.fields(words, Fields(outline.facts))["parts"],
            "digest": outline.content_digest,
            "versions": self._versions(outline.versions[: -older or None]),
            "older_versions": older,
            "missing": [missing.label for missing in outline.missing],
            "contents": depth,
            "one_page_front": self._front_height(outline, _contents_lines(outline, depth)) < _PAGE,
        }  # fmt: skip

    def _front_height(self, outline: Outline, entries: int) -> float:
        """Estimate the height of the first page in millimetres. Measuring it in Typst would take a third longer."""
        lead = sum(len(line.text) // 85 + 1 for lines in outline.lead for line in lines)
        lead += sum(len(text.text) // 85 + 1 for text in words_of(outline.rich_lead))
        facts = sum(blocks.lines(value.text, _FACT) for row in outline.facts for value in row.values)
        versions = len(outline.versions) - self._only_in_annex(outline.versions)
        missing = sum(len(missing.label) + 2 for missing in outline.missing) // 95 + 1
        return 79 + lead * 4.7 + facts * 4.8 + entries * 4.0 + versions * 3.8 + missing * 4.5

    def _section(self, section: Section, within: Text | None) -> Iterator[blocks.Block]:
        yield blocks.heading(self._words, section.level, section.title, outlined=True)
        self._name(section.title, section.stored_name)
        yield from self._blocks(section.blocks, section.level + 1, section.title, within)
        for below in section.sections:
            yield from self._section(below, section.title if section.level >= _CONTENTS_DEPTH else None)

    def _blocks(self, found: Sequence[Block], level: int, title: Text, within: Text | None) -> Iterator[blocks.Block]:
        figures: list[dict[str, object]] = []
        for block in found:
            if isinstance(block, LineGraph) or (isinstance(block, Bars) and drawings.is_figure(block)):
                figures.append(self._figure(block, within or title))
                if _is_long(block.notes):  # a drawing and its notes stay on one page
                    figures[-1]["notes"] = None
                    yield {"kind": "figures", "items": figures}
                    yield blocks.note(self._words, block.notes)
                    figures = []
                continue
            if figures:
                yield {"kind": "figures", "items": figures}
                figures = []
            yield from self._block(block, level, within or title)
        if figures:
            yield {"kind": "figures", "items": figures}

    def _block(self, block: Block, level: int, context: Text) -> Iterator[blocks.Block]:
        words = self._words
        if isinstance(block, Fields):
            for long, rows in groupby(block.rows, blocks.has_long_label):
                if not long:
                    yield blocks.fields(words, Fields(tuple(rows)))
                    continue
                for field in rows:
                    yield blocks.heading(words, level, field.label)
                    yield {"kind": "text", "paragraphs": [[words.value(value)] for value in field.values]}
        elif isinstance(block, Prose | RichProse):
            yield from self._prose(block, level)
        elif isinstance(block, Table):
            yield from blocks.table(words, block, level)
        elif isinstance(block, ClassTable):
            for column in block.table.columns:
                self._name(Text(column.title), column.stored_title)
            yield from blocks.table(words, block.table, level)
        elif isinstance(block, MetricTable):
            for row in block.rows:
                self._name_joined(row.metric, ", standard deviation", row.deviation)
                self._name_joined(row.metric, ", best constant classifier", row.baseline)
            yield blocks.metric_table(words, block)
        elif isinstance(block, Note):
            yield blocks.note(words, block.text)
        else:
            yield from self._chart_table(block, level, context)

    def _prose(self, block: Prose | RichProse, level: int) -> list[blocks.Block]:
        if isinstance(block, Prose):
            return blocks.prose(self._words, block, level)
        heading = blocks.heading(self._words, level, block.label)
        return [heading, {"kind": "rich", "parts": rich_parts(self._words, block.parts)}]

    def _chart_table(self, chart: Bars | LineGraph | Matrix, level: int, context: Text) -> Iterator[blocks.Block]:
        yield blocks.heading(self._words, level, chart.title)
        if chart.reading:
            yield blocks.note(self._words, chart.reading) | {"under_heading": True}
        noted = blocks.note(self._words, chart.notes) if chart.notes else None
        if noted and not _is_long(chart.notes):  # it stays with its chart
            yield noted | {"under_heading": True}
        if isinstance(chart, Bars):
            yield drawings.bar_table(self._words, chart)
        elif isinstance(chart, Matrix):
            yield drawings.matrix(self._words, chart)
        if noted and _is_long(chart.notes):
            yield noted
        self._fill_annexes(chart, context)

    def _figure(self, chart: Bars | LineGraph, context: Text) -> dict[str, object]:
        self._fill_annexes(chart, context)
        made = drawings.figure(self._words, chart)
        if isinstance(chart, LineGraph):
            listed = "all are in the attached content.json" if drawings.is_thinned(chart) else "listed in the annex"
            made["reading"] = self._words.plain(f"{chart.reading}; {listed}", 77.0)
        return made

    def _fill_annexes(self, chart: Bars | LineGraph | Matrix, context: Text) -> None:
        """Add to the annexes what the drawing renames or does not show with its stored digits."""
        self._name(chart.title, chart.stored_name)
        axes = (chart.x, chart.y) if isinstance(chart, LineGraph) else (chart.axis,) if isinstance(chart, Bars) else ()
        for axis in axes:
            if axis.title:
                self._name(axis.title, axis.stored_title)
        tables = drawings.numbers_in_annex(self._words, chart)
        if not tables:
            return
        title = blocks.heading(self._words, 2, chart.title, bookmarked=True)
        if context.text != chart.title.text:
            title["text"] = {"parts": [self._words.heading(context), title["text"]]}
        self._annex.append(title)
        for index, table in enumerate(tables):
            if len(tables) > 1 and isinstance(chart, LineGraph):
                self._annex.append(blocks.heading(self._words, 3, chart.series[index].name))
            self._annex.append(table)

    def _name(self, shown: Text, stored: Text | None) -> None:
        if stored and stored.text != shown.text:
            self._stored_names[shown.text, stored.text] = (shown, stored)

    def _name_joined(self, metric: Metric, what: str, folded: Metric | None) -> None:
        if folded:
            name = metric.name
            self._name(Text(name.text + what, name.language, name.direction), folded.name)

    def _annex_blocks(self) -> list[blocks.Block]:
        made: list[blocks.Block] = []
        if self._annex:
            made += [blocks.heading(self._words, 1, "Annex: numbers behind the charts", outlined=True), *self._annex]
        if self._stored_names:
            columns = [Column("In this document"), Column("As stored in the card")]
            rows = [[shown, code_of(stored.text)] for shown, stored in self._stored_names.values()]
            made += [
                blocks.heading(self._words, 1, "Annex: names as stored", outlined=True),
                blocks.plain_table(self._words, columns, rows, small=True),
            ]
        return made

    @staticmethod
    def _only_in_annex(versions: Sequence[VersionLine]) -> int:
        """Number of versions that only the annex lists. One or two versions too many stay on the first page."""
        older = len(versions) - _VERSIONS_IN_FRONT
        return older if older > 2 else 0

    def _versions(self, versions: Sequence[VersionLine]) -> blocks.Block | None:
        if not versions:
            return None
        noted = any(version.note for version in versions)
        titles = ("Version", "Status", "Changed (UTC)", "Written by", *(("Note",) if noted else ()))
        weights = (3, 4, 6, 6, *((7,) if noted else ()))
        columns = [Column(title, weight=weight) for title, weight in zip(titles, weights, strict=True)]
        rows: list[list[Value | None]] = [
            [
                Text(str(version.number)),
                Text(version.status),
                Text(version.changed),
                label_of(version.author) if version.author else None,
                *([label_of(version.note) if version.note else Text("")] if noted else []),
            ]
            for version in versions
        ]
        return blocks.plain_table(self._words, columns, rows)

    def _older_versions(self, versions: Sequence[VersionLine]) -> list[blocks.Block]:
        if not self._only_in_annex(versions):
            return []
        made = self._versions(versions)
        return [blocks.heading(self._words, 1, "Annex: all versions", outlined=True), *([made] if made else [])]

    def _about(self, outline: Outline, unprintable: Sequence[Unprintable], engine: str) -> list[blocks.Block]:
        words = self._words
        sentences = [
            f"This document shows version {outline.version} of the card as it is stored, in status"
            f" {outline.status_text}. The same version in the same status gives the same file, byte for byte, as long"
            " as its approval and its limitations stay the same.",
            "The file content.json attached to this document holds the card's content, byte for byte. Its SHA-256 is"
            " the content digest on the first page and at the foot of every page.",
            "Numbers are printed with the digits they are stored with; percentages, totals and the labels of axes are"
            " computed from them.",
        ]
        sentences.append(f"Cardwright, layout {LAYOUT}; {engine}.")
        together = [
            blocks.heading(words, 1, "About this document", outlined=True),
            *({"kind": "note", "text": sentence} for sentence in sentences),
        ]
        made: list[blocks.Block] = [{"kind": "together", "blocks": together}]
        if unprintable:
            count = sum(character.count for character in unprintable)
            count_text = "1 character" if count == 1 else f"{count:,} characters"
            columns = [Column("Shown as"), Column("Character", weight=3), Column("Times")]
            rows = [
                [Text(character.shown, code=True), Text(character.name), Text(str(character.count))]
                for character in unprintable
            ]
            made += [
                blocks.heading(words, 2, "Characters shown by code point"),
                {
                    "kind": "note",
                    "text": f"{count_text} of the card cannot be printed: no font of this document draws them, or they"
                    " would be invisible or change the order of a line. They appear as code points.",
                },
                blocks.plain_table(words, columns, rows),
            ]
        return made


def _is_long(notes: Text | None) -> TypeGuard[Text]:
    return notes is not None and blocks.lines(notes.text, _NOTE) > _LONG_NOTE


def _parts(block: blocks.Block) -> Sequence[blocks.Block]:
    inner = block.get("blocks")
    return inner if isinstance(inner, list) else [block]


def _number(made: Sequence[blocks.Block]) -> None:
    """Number the headings in the table of contents: 1, 1.1, 1.2, 2."""
    counts = [0] * _CONTENTS_DEPTH
    for heading in (part for block in made for part in _parts(block)):
        level = heading.get("level")
        if heading["kind"] == "heading" and heading["outlined"] and isinstance(level, int) and level <= _CONTENTS_DEPTH:
            counts[level - 1 :] = [counts[level - 1] + 1, *[0] * (_CONTENTS_DEPTH - level)]
            heading["number"] = ".".join(map(str, counts[:level]))


def _contents_depth(outline: Outline) -> int:
    """Number of heading levels in the table of contents. 0 omits it: the document is short, or the list too long.

    The table of contents fills at most one page. If two levels need more, it lists the first level only.
    """
    below = sum(len(section.sections) for section in outline.sections)
    if len(outline.sections) < _FEW_SECTIONS and below <= _FEW_BELOW:
        return 0
    depths = range(_CONTENTS_DEPTH, 0, -1)
    return next((depth for depth in depths if _contents_lines(outline, depth) <= _CONTENTS_LINES), 0)


def _contents_lines(outline: Outline, depth: int) -> int:
    """Estimate the number of lines of the table of contents, with the annexes and "About this document"."""
    sections = outline.sections if depth else ()
    below = [section for above in sections for section in above.sections] if depth > 1 else []
    return _LATER_SECTIONS + sum(
        int(length(section.title.text) / _CONTENTS_LETTERS) + 1 for section in [*sections, *below]
    )
