"""The files of the import page: what was read from each, what becomes of it, and its loss report as rows."""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypedDict

from flask import request
from werkzeug.datastructures import FileStorage

from cardwright.actions.cards import describe_card, has_card
from cardwright.actions.imports import ImportStep, plan_import
from cardwright.console.refusals import words_of
from cardwright.core.card import Status
from cardwright.core.content import parse
from cardwright.core.errors import CardwrightError, Conflict, Invalid
from cardwright.core.field_names import field_label
from cardwright.core.names import CARD_NAME_LENGTH
from cardwright.interchange import (
    LARGEST,
    ImportedCard,
    ImportedFile,
    Outcome,
    ReadingOptions,
    ReportLine,
    read_file,
)
from cardwright.interchange.source import Source
from cardwright.storage.unit import Unit

MOST_FILES: Final = 20
MOST_PACKED: Final = 8_000_000
"""Characters of all files, compressed, that the page sends back with its form."""
CREATE, INTO, SKIP = "create", "into", "skip"
_SHOWN_VALUE = 160
_GROUPS: Mapping[str, str] = {
    "model_overview": "Model overview",
    "intended_uses": "Intended uses",
    "business_details": "Business details",
    "training_details": "Training",
    "evaluation_details": "Evaluation",
    "additional_information": "Additional information",
    "model_package_details": "Model package",
}
_OUTSIDE: Mapping[str, str] = {"#name": "Name of the card", "#tags": "Tags of the card", "#source": "Kept source"}
_LAST = ("The card itself", "Custom details", "Not on the card")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose for a file: ``CREATE``, ``INTO`` or ``SKIP``, with a name or a card."""

    do: str = CREATE
    name: str = ""
    into: str = ""
    kind: str = ""
    infer: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the page.

    Attributes:
        packed: the file compressed, as Base64 text; the page sends it back.
        file: what was read; None if it cannot be read.
        steps: what becomes of its cards; empty if they cannot be imported.
        problem: why it cannot be imported; empty if it can.
        taken: the card that has its name, with version and status; None if the name is free.
    """

    name: str
    size: int
    packed: str
    choice: Choice
    file: ImportedFile | None = None
    steps: tuple[ImportStep, ...] = ()
    problem: str = ""
    taken: tuple[str, int, str] | None = None

    @property
    def cards(self) -> Sequence[ImportedCard]:
        """The cards that were read."""
        return () if self.file is None else self.file.cards

    @property
    def lines(self) -> Sequence[ReportLine]:
        """The report of the first card."""
        return self.cards[0].report.lines if self.cards else ()

    @property
    def is_ready(self) -> bool:
        """Whether the button stores it."""
        return bool(self.steps) and self.choice.do != SKIP

    @property
    def is_open(self) -> bool:
        """Whether the user must decide about it first: it was read, but cannot be stored as chosen."""
        return self.file is not None and not self.steps and self.choice.do != SKIP


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the loss report, as the page shows it."""

    source: str
    given: str
    target: str
    value: str
    line: ReportLine


def entries_of_form() -> list[Entry]:
    """Return the files of the posted form: those that the page sent back, and those that the user added.

    Raises:
        Invalid: there are too many files, or they are too large for this page.
    """
    packed, names = request.form.getlist("packed"), request.form.getlist("packed_name")
    known = list(zip(packed, names, strict=False))
    text = request.form.get("text", "")
    added = [file for file in request.files.getlist("file") if file.filename]
    if len(known) + len(added) > MOST_FILES:
        raise Invalid(f"This page imports at most {MOST_FILES} files at once; cardwright card import reads a folder")
    entries = [_read(name, _unpacked(text), text, _choice(place)) for place, (text, name) in enumerate(known)]
    entries += [_added(file) for file in added]
    if text.strip():
        data = text.encode()
        entries.append(_read("", data, _packed(data), Choice()))
    if sum(len(entry.packed) for entry in entries) > MOST_PACKED:
        raise Invalid("The files are too large for this page; use cardwright card import")
    return entries


def planned(unit: Unit, entries: Sequence[Entry]) -> list[Entry]:
    """Return the files with what becomes of each. Nothing is stored."""
    return [_planned(unit, entry) for entry in entries]


def rows_of(entry: Entry, outcome: str) -> list[tuple[str, list[Row]]]:
    """Return the report's lines by the section of the card that they go to, in the card's order."""
    if entry.file is None:
        return []
    content = Source("", parse(entry.cards[0].content))
    values = _values(entry.file)
    groups: dict[str, list[Row]] = {name: [] for name in (*_GROUPS.values(), *_LAST)}
    for line in entry.lines:
        if outcome in {"", line.outcome}:
            row = Row(line.source, _short(values.get(line.source, "")), _label(line), _value(content, line), line)
            groups[_group(line)].append(row)
    return [(name, rows) for name, rows in groups.items() if rows]


def counts_of(entry: Entry) -> dict[str, int]:
    """Return the number of lines of each outcome."""
    counts = {outcome.value: 0 for outcome in Outcome}
    for line in entry.lines:
        counts[line.outcome] += 1
    return counts


def _added(file: FileStorage) -> Entry:
    data = file.read(LARGEST + 1)
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return _read(name, data, _packed(data) if len(data) <= LARGEST else "", Choice())


def _read(name: str, data: bytes, packed: str, choice: Choice) -> Entry:
    entry = Entry(name, len(data), packed, choice)
    try:
        file = read_file(data, name, choice.kind or None, ReadingOptions(infer=choice.infer))
    except Invalid as error:
        return replace(entry, problem=words_of(error))
    return replace(entry, file=file)


def _choice(place: int) -> Choice:
    form = request.form
    return Choice(
        do=form.get(f"do-{place}", CREATE),
        name=form.get(f"name-{place}", "").strip(),
        into=form.get(f"into-{place}", "").strip(),
        kind=form.get(f"kind-{place}", ""),
        infer=f"infer-{place}" in form,
    )


def _planned(unit: Unit, entry: Entry) -> Entry:
    if entry.file is None:
        return entry
    alone = entry.cards[0] if len(entry.cards) == 1 else None
    choice = entry.choice
    if entry.file.format.is_part and choice.do == CREATE:
        choice = replace(choice, do=INTO)
    proposed = alone.name if alone is not None else ""
    taken = _taken(unit, choice.name or proposed) if alone is not None else None
    if not choice.into and taken is not None:
        choice = replace(choice, into=taken[0])
    file, entry = entry.file, replace(entry, choice=choice, taken=taken)
    try:
        steps = plan_import(unit, file, **arguments_of(entry))
    except Conflict as error:
        free = replace(choice, name=_free_name(unit, choice.name or proposed))
        return replace(entry, choice=free if not entry.choice.name else choice, problem=words_of(error))
    except CardwrightError as error:
        return replace(entry, problem=words_of(error))
    return replace(entry, steps=tuple(steps))


class _Arguments(TypedDict, total=False):
    into: str | None
    name: str | None


def arguments_of(entry: Entry) -> _Arguments:
    """Return the arguments of ``plan_import`` and ``import_cards`` for a file."""
    if len(entry.cards) != 1:
        return {}
    if entry.choice.do == INTO:
        return {"into": entry.choice.into or None}
    return {"name": entry.choice.name or None}


def _taken(unit: Unit, name: str) -> tuple[str, int, str] | None:
    if not name or not has_card(unit, name):
        return None
    found = describe_card(unit, name)
    return found.name, found.version, Status(found.status).value


def _free_name(unit: Unit, name: str) -> str:
    names = (f"{name[: CARD_NAME_LENGTH - 4].rstrip('-')}-{number}" for number in range(2, 1000))
    return next((one for one in names if not has_card(unit, one)), "")


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()


def _unpacked(text: str) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(base64.b64decode(text, validate=True), LARGEST + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Invalid("A file of the form was damaged on its way: add it again") from None


def _values(file: ImportedFile) -> Mapping[str, str]:
    """Return the values of a source by their pointers."""
    if not file.format.is_exact:
        return file.cards[0].given
    return {leaf.pointer: leaf.text for leaf in Source("", file.source.json).leaves()}


def _steps(line: ReportLine) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in (line.target or "").split("/")[1:]]


def _group(line: ReportLine) -> str:
    if line.target is None:
        return "Not on the card"
    steps = _steps(line)
    if steps[1:2] == ["custom_details"]:
        return "Custom details"
    return _GROUPS.get(steps[0], "The card itself") if steps else "The card itself"


def _label(line: ReportLine) -> str:
    """Return the member of the card in words, such as ``Model name`` or ``Custom: cw.license``."""
    if line.target is None:
        return ""
    steps = _steps(line)
    if not steps:
        return _OUTSIDE.get(line.target, "Content")
    if steps[1:2] == ["custom_details"]:
        return f"Custom: {steps[2]}"
    named = [step for step in steps if not step.isdigit()]
    with suppress(KeyError):
        return field_label(".".join(steps if steps[0] == "evaluation_details" else named))
    return " ".join(_last_words(named)).replace("_", " ").capitalize()


_ROWS = {
    "evaluation_details": "evaluation job",
    "hyper_parameters": "hyperparameter",
    "metric_data": "metric",
    "metric_groups": "metric group",
    "training_metrics": "training metric",
    "user_provided_hyper_parameters": "custom hyperparameter",
    "user_provided_training_metrics": "custom training metric",
}


def _last_words(named: Sequence[str]) -> Iterator[str]:
    if named[-1] in {"name", "value", "notes"} and len(named) > 1:
        yield _ROWS.get(named[-2], named[-2])
    yield named[-1]


def _value(content: Source, line: ReportLine) -> str:
    if line.target is None:
        return ""
    found = content.find(*(int(step) if step.isdigit() else step for step in _steps(line)))
    return _short(found.text)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_VALUE else text[: _SHOWN_VALUE - 1] + "…"
