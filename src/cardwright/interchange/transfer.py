"""Carries facts from a parsed document into a card, and records what became of each leaf.

A reader asks for values and hands each to one method: ``keep``, ``add``, ``move``, ``metric``, ``drop`` ... A leaf
that the reader never hands over is reported as dropped, and a leaf has one line however often it is used. So the
report is complete whatever the reader forgets.
"""

import math
from collections.abc import Iterable, Sequence

import orjson

from cardwright.core.content import LONGEST
from cardwright.core.json_value import list_at, object_at, objects_at, text_at
from cardwright.interchange.card_format import ImportedCard
from cardwright.interchange.card_places import CUSTOM, PARAMETERS, TRAINING_METRICS, key_of, member_at, write_at
from cardwright.interchange.limits import Path, kind_of, longest_text, may_be, most_items, shortened
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.names import proposed_name
from cardwright.interchange.numbers import read_number
from cardwright.interchange.source import Source, escaped, written
from cardwright.interchange.source_file import SourceFile
from cardwright.interchange.source_lines import PLACEHOLDER, SourceLines

PARAMETER_TEXT = 255
JOB_NAME = 63
METRIC_NAME = 255
METRIC_TEXT = 63
NOTES = 1024
_RESERVED = 2_000  # characters for the facts about the source, which are added last
_SEPARATOR = "\n\n"
_LEAST_PIECE = 20  # a shorter rest of a text is left out

FULL = f"The card is full: it may have {LONGEST:,} characters"


class Transfer(SourceLines):
    """A card in the making, with the lines of its loss report.

    Args:
        roots: the parts of the document that the card is made of: one parsed JSON document; or a YAML block and the
            texts of a Markdown file. Their order is the order of the report.
    """

    def __init__(self, *roots: Source) -> None:
        super().__init__(*roots)
        self.card: dict[str, object] = {}
        self._room = LONGEST - _RESERVED
        self._numbers: dict[str, int] = {}

    def keep(self, target: Path, source: Source, label: str = "") -> bool:
        """Put a value into a member of the card. A text is added to a text that is there already.

        Args:
            label: words of the source, put before the text.

        Returns:
            Whether the card has the value. False for an absent value, a placeholder, a list or object, a value of
            another type, and where no room is left; the last is reported.
        """
        if not source.exists or isinstance(source.value, (list, dict)) or self._is_placeholder(source):
            return False
        if kind_of(target) == "number":
            return self.put(target, source.value, source) if _is_number(source.value) else False
        text = f"{label}: {source.text}" if label else source.text
        before = self.text(target)
        room = longest_text(target)
        outcome = Outcome.KEPT if text == source.value and before is None else Outcome.CHANGED
        detail = "" if outcome is Outcome.KEPT else _how(label, before, source)
        if before is not None:
            room = None if room is None else room - len(before) - len(_SEPARATOR)
        if room is not None and len(text) > room:
            if room < _LEAST_PIECE:
                self.drop(source, f"{_title(target)} is full: it may have {longest_text(target):,} characters")
                return True
            cut = shortened(text, room)
            detail = lengths(text, cut, longest_text(target) or 0)
            text, outcome = cut, Outcome.SHORTENED
        return self.put(target, text if before is None else before + _SEPARATOR + text, source, outcome, detail)

    def fits(self, target: Path, source: Source, label: str = "") -> bool:
        """Whether a text fits behind the texts that its member has; a first text always does, if need be shortened."""
        before, limit = self.text(target), longest_text(target)
        if before is None or limit is None:
            return True
        words = len(label) + 2 if label else 0
        return len(before) + len(_SEPARATOR) + words + len(source.text) <= limit

    def keep_or_move(self, target: Path, source: Source, key: str, label: str = "") -> None:
        """Add a text to a member; a text that does not fit behind others becomes a custom detail."""
        if self.fits(target, source, label):
            self.keep(target, source, label)
        else:
            self.move(key, source)

    def add_or_move(self, target: Path, source: Source, key: str, value: str | None = None) -> None:
        """Add a text to a list; where the list is full it becomes a custom detail."""
        if not self.add(target, source, value):
            self.move(key, source)

    def version(self, source: Source, key: str) -> None:
        """Put a version into the card if it is a number from 1; another one becomes a custom detail.

        A text such as 1.10 is not a number here: as a number it would be 1.1.
        """
        number = read_number(source.value) if source.exists else None
        is_same = number is not None and number.kind == "number" and written(number.value) == source.text
        if number is None or not is_same or float(number.value) < 1:
            self.move(key, source)
        else:
            outcome = Outcome.CHANGED if number.change else Outcome.KEPT
            self.put(("model_overview", "model_version"), number.value, source, outcome, number.change)

    def add_line(self, target: Path, key: str, separator: str, line: str, *sources: Source) -> None:
        """Add a line made of several leaves to a member; where there is no room, each becomes a custom detail."""
        known = [source for source in sources if not self._is_placeholder(source)]
        if not line or not known:
            return
        before, limit = self.text(target), longest_text(target)
        text = line if before is None else f"{before}{separator}{line}"
        if limit is not None and len(text) > limit:
            for number, source in enumerate(known):
                self.move(f"{key}.{number}" if len(known) > 1 else key, source)
            return
        for source in known:
            is_whole = text == source.value
            self.put(target, text, source, *((Outcome.KEPT,) if is_whole else (Outcome.CHANGED, "Joined in one text")))

    def add(self, target: Path, source: Source, value: str | None = None) -> bool:
        """Add a text to a list of texts, once.

        Args:
            value: the text where it differs from the source's, such as an address made from an identifier.

        Returns:
            False for an absent value or a placeholder, and where the list is full.
        """
        if not source.exists or isinstance(source.value, (list, dict)) or self._is_placeholder(source):
            return False
        text = source.text if value is None else value
        outcome, detail = (
            (Outcome.KEPT, "") if text == source.value else (Outcome.CHANGED, f"Written as {_shown(text)}")
        )
        before = list_at(self.get(target))
        if text in before:
            return self.claim(source, (*target, before.index(text)), outcome, detail)
        most, limit = most_items(target), longest_text((*target, 0))
        if most is not None and len(before) >= most:
            return False
        if limit is not None and len(text) > limit:
            cut = shortened(text, limit)
            outcome, detail, text = Outcome.SHORTENED, lengths(text, cut, limit), cut
        return self.put((*target, len(before)), text, source, outcome, detail)

    def move(self, key: str, source: Source, value: str | None = None, detail: str = "") -> bool:
        """Put a value into the custom details. Of a list or object, each leaf gets a key below.

        Args:
            key: dotted words, such as ``mct.version_date``. A used key gets a number.
            value: the text where it differs from the source's.
        """
        if source.exists and isinstance(source.value, (list, dict)) and source.value and value is None:
            for step, item in _steps(source):
                self.move(f"{key}.{key_of(step)}", item)
            return True
        if not source.exists or self._is_placeholder(source):
            return False
        return self.place((*CUSTOM, self._free_key(key)), source, value, detail)

    def move_joined(self, key: str, sources: Sequence[Source], separator: str = ", ") -> None:
        """Put several scalars into one custom detail; where it is full, into a numbered second one."""
        texts: list[Source] = []
        for source in sources:
            if isinstance(source.value, (list, dict)) or not source.exists or self._is_placeholder(source):
                continue
            if sum(len(one.text) + len(separator) for one in (*texts, source)) > NOTES and texts:
                self._joined(key, texts, separator)
                texts = []
            texts.append(source)
        if texts:
            self._joined(key, texts, separator)

    def _joined(self, key: str, sources: Sequence[Source], separator: str) -> None:
        target = (*CUSTOM, self._free_key(key))
        if len(sources) == 1:
            self.place(target, sources[0])
        elif self._set(target, separator.join(source.text for source in sources)):
            for source in sources:
                self.claim(source, target, Outcome.MOVED, "Joined with others; the card has no field for it")

    def place(self, target: Path, source: Source, value: str | None = None, detail: str = "") -> bool:
        """Put a scalar as text into a free place of the card: a custom detail, or metadata of an evaluation."""
        text = source.text if value is None else value
        if not source.exists or not text:
            return False
        limit = longest_text(target) or 1024
        if len(text) > limit:
            cut = shortened(text, limit)
            return self.put(target, cut, source, Outcome.SHORTENED, lengths(text, cut, limit))
        return self.put(target, text, source, Outcome.MOVED, detail or "The card has no field for it")

    def job(self, name: str, *sources: Source) -> Path:
        """Add an evaluation job and return its path. ``sources`` are the leaves that its name has.

        A job of that name that is there already is returned.
        """
        jobs = objects_at(self.card, "evaluation_details")
        cut = shortened(name, JOB_NAME) or "Evaluation"
        place = next((index for index, one in enumerate(jobs) if one["name"] == cut), len(jobs))
        path: Path = ("evaluation_details", place)
        if place == len(jobs) and not self._set((*path, "name"), cut):
            return ()
        for source in sources:
            kept = source.value == cut
            shorter = cut != name
            outcome = Outcome.KEPT if kept else Outcome.SHORTENED if shorter else Outcome.CHANGED
            detail = "" if kept else lengths(name, cut, JOB_NAME) if shorter else "Part of the name"
            self.claim(source, (*path, "name"), outcome, detail)
        return path

    def group(self, job: Path, name: str, *sources: Source) -> Path:
        """Add a metric group to a job and return its path; a group of that name is returned."""
        if not job:
            return ()
        groups = objects_at(self.get(job), "metric_groups")
        cut = shortened(name, JOB_NAME) or "metrics"
        place = next((index for index, one in enumerate(groups) if one["name"] == cut), len(groups))
        path = (*job, "metric_groups", place)
        if place == len(groups):
            if not self._set((*path, "name"), cut):
                return ()
            write_at(self.card, (*path, "metric_data"), [])
        for source in sources:
            kept = source.value == cut
            detail = "" if kept else f"The name of a metric group: {_shown(cut)}"
            self.claim(source, (*path, "name"), Outcome.KEPT if kept else Outcome.CHANGED, detail)
        return path

    def metric(self, group: Path, name: str, value: Source, notes: str = "", used: Sequence[Source] = ()) -> bool:
        """Add a metric to a group: a number, a boolean or a short text, as ``read_number`` reads it.

        Args:
            name: the metric's name, from the source.
            value: the leaf with the value.
            notes: more words about it, from the source.
            used: the leaves that the name and the notes have.

        Returns:
            Whether the group has the metric; a value that is not a finite number is reported as dropped.
        """
        if not value.exists:
            return False
        if not group:
            return self.drop(value, FULL)
        if isinstance(value.value, (list, dict)):
            return self.drop(value, "A metric has one number, text or truth value")
        found = read_number(value.value)
        if found.fault:
            for source in used:
                self.drop(source, "Its value was dropped")
            return self.drop(value, found.fault)
        words = "; ".join(part for part in (found.note, notes) if part)
        title = shortened(name, METRIC_NAME) or "value"
        metric: dict[str, object] = {"name": title, "type": found.kind, "value": found.value}
        if found.kind == "string" and len(str(found.value)) > METRIC_TEXT:
            words = "; ".join(part for part in (str(found.value), notes) if part)
            metric["value"] = shortened(str(found.value), METRIC_TEXT)
        if words:
            metric["notes"] = shortened(words, NOTES)
        place: Path = (*group, "metric_data", self.count((*group, "metric_data")))
        if not self._set(place, metric):
            return self.drop(value, FULL)
        same = found.value == value.value and type(found.value) is type(value.value)
        self.claim(value, (*place, "value"), Outcome.KEPT if same else Outcome.CHANGED, found.change)
        for source in used:
            whole = source.value == title
            target = (*place, "name" if source.text in title else "notes")
            self.claim(
                source, target, Outcome.KEPT if whole else Outcome.CHANGED, "" if whole else f"Part of the {target[-1]}"
            )
        return True

    def infer_metric(self, job: str, group: str, name: str, column: str, cell: str, source: Source) -> None:  # noqa: PLR0913, PLR0917 - the parts of a cell
        """Add a number from a table in prose, with a line of its own in the report. Other cells are left out."""
        found = read_number(cell)
        if found.kind != "number" or not name:
            return
        path = self.group(self.job(job), group)
        leaf = Source(f"{source.pointer}/{escaped(name)}/{escaped(column)}", cell)
        if path and self.infer(leaf):
            self.metric(path, name, leaf, column)
            self.mark_inferred(leaf, "Read from a table")

    def parameter(self, name: str, value: Source, key: str) -> bool:
        """Add a hyperparameter of the user; where the list is full, a custom detail below ``key``.

        Returns:
            Whether the card has the value as a hyperparameter.
        """
        if not value.exists or isinstance(value.value, (list, dict)):
            return self.move(f"{key}.{key_of(name)}", value) and False
        if self._is_placeholder(value):
            return False
        known = self.count(PARAMETERS)
        if known >= (most_items(PARAMETERS) or 100):
            return self.move(f"{key}.{key_of(name)}", value) and False
        text = value.text
        cut = shortened(text, PARAMETER_TEXT)
        outcome = Outcome.SHORTENED if cut != text else Outcome.KEPT if text == value.value else Outcome.CHANGED
        detail = {
            Outcome.SHORTENED: lengths(text, cut, PARAMETER_TEXT),
            Outcome.CHANGED: f"Written as text: {_shown(text)}",
        }.get(outcome, "")
        place = (*PARAMETERS, known)
        if not self._set(place, {"name": shortened(name, METRIC_NAME) or "value", "value": cut}):
            return self.drop(value, FULL)
        return self.claim(value, (*place, "value"), outcome, detail)

    def training_metric(self, name: str, value: Source, key: str, notes: str = "") -> bool:
        """Add a metric of the training; where the list is full or the value is not a number, a custom
        detail below ``key``.

        Returns:
            Whether the card has the value as a training metric.
        """
        found = read_number(value.value) if value.exists else None
        if found is not None and found.fault:
            return self.drop(value, found.fault)
        known = self.count(TRAINING_METRICS)
        if found is None or found.kind != "number" or known >= (most_items(TRAINING_METRICS) or 50):
            return self.move(f"{key}.{key_of(name)}", value) and False
        metric: dict[str, object] = {"name": shortened(name, METRIC_NAME) or "value", "value": found.value}
        words = joined((found.note, notes), "; ")
        if words:
            metric["notes"] = shortened(words, NOTES)
        place = (*TRAINING_METRICS, known)
        if not self._set(place, metric):
            return self.drop(value, FULL)
        return self.claim(value, (*place, "value"), Outcome.CHANGED if found.change else Outcome.KEPT, found.change)

    def put(
        self, target: Path, value: object, source: Source, outcome: Outcome = Outcome.KEPT, detail: str = ""
    ) -> bool:
        """Put a value that the caller made into a member, and report the source's leaves with this outcome.

        A text that is longer than its member may be is shortened. Returns False if the card has no room for it.
        """
        limit = longest_text(target)
        if limit is not None and isinstance(value, str) and len(value) > limit:
            cut = shortened(value, limit)
            value, outcome, detail = cut, Outcome.SHORTENED, lengths(value, cut, limit)
        if not self._set(target, value):
            return self.drop(source, FULL)
        return self.claim(source, target, outcome, detail)

    def restore(self, target: Path, source: Source) -> bool:
        """Put a value back into the place that an earlier export of a card named.

        Returns:
            False, and nothing is put, for a place that a card does not have, that has a value already, or that does
            not take the value; and for places in evaluation jobs, which come from the metrics.
        """
        kind = kind_of(target) if target and target[0] != "evaluation_details" else ""
        if kind and self.get(target) == source.value:
            return self.claim(source, target, Outcome.KEPT)
        if kind not in {"string", "number"} or not source.text or not self._is_next(target):
            return False
        if kind == "string":
            return may_be(target, source.text) and self.put(target, source.value, source)
        found = read_number(source.value)
        return found.kind == "number" and self.put(target, found.value, source, Outcome.CHANGED, "Read as a number")

    def _is_next(self, target: Path) -> bool:
        """Whether a place is free, and each list on its way has the item or gets it next."""
        for place, step in enumerate(target):
            if isinstance(step, int) and step > self.count(target[:place]):
                return False
        return self.get(target) is None

    def get(self, path: Path) -> object:
        """Return the card's value at a path; None if there is none."""
        value: object = self.card
        for step in path:
            value = member_at(value, step)
        return value

    def text(self, path: Path) -> str | None:
        """Return the card's text at a path; None if there is none."""
        return text_at(self.get(path))

    def count(self, path: Path) -> int:
        """Return how many items the card's list at a path has."""
        return len(list_at(self.get(path)))

    def imported(self, file: SourceFile, kind: str, name: str, *, markdown: bool = False) -> ImportedCard:
        """Return a whole card with its report. Names the source in the custom details below ``cw.source``.

        Args:
            kind: the key of the format.
            name: words for the card's name.
            markdown: whether the card's texts are Markdown.
        """
        details = {"cw.source.sha256": file.sha256, "cw.source.kind": kind}
        if file.name:
            details["cw.source.name"] = file.name[:255]
        if markdown:
            details["cw.text_format"] = "markdown"
        for key, text in details.items():
            write_at(self.card, (*CUSTOM, key), text)
        return self.imported_part()._replace(name=proposed_name(name))

    def imported_part(self) -> ImportedCard:
        """Return a part of a card with its report; the card that it is added to keeps its own source."""
        return ImportedCard("", orjson.dumps(self.card).decode(), report=self.report(), given=self.given())

    def _is_placeholder(self, source: Source) -> bool:
        if source.is_placeholder:
            self.drop(source, PLACEHOLDER)
            return True
        return False

    def _free_key(self, key: str) -> str:
        taken = object_at(self.get(CUSTOM))
        free, number = key, self._numbers.get(key, 1)
        while free in taken:
            number += 1
            free = f"{key}.{number}"
        self._numbers[key] = number
        return free

    def _set(self, target: Path, value: object) -> bool:
        """Put a value into the card, with the objects and lists above it. False if the card has no room for it."""
        cost = len(orjson.dumps(value).decode()) + 4
        above: object = self.card
        for step in target:
            above = member_at(above, step)
            cost += len(str(step)) + 8 if above is None else 0
        if cost > self._room:
            return False
        self._room -= cost
        write_at(self.card, target, value)
        return True


def lengths(before: str, after: str, limit: int) -> str:
    """Return the detail of a shortened text: both lengths and the limit."""
    return f"Shortened from {len(before):,} to {len(after):,} characters; the limit is {limit:,}"


def joined(parts: Iterable[str], separator: str = ", ") -> str:
    """Return texts joined; empty ones are left out."""
    return separator.join(part for part in parts if part)


def _steps(source: Source) -> list[tuple[str | int, Source]]:
    if isinstance(source.value, list):
        return list(enumerate(source.items()))
    return [(key, item) for key, item in source.members()]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _how(label: str, before: str | None, source: Source) -> str:
    if label or before is not None:
        return "Joined with other texts"
    return "Outer white space removed" if isinstance(source.value, str) else f"Written as text: {written(source.value)}"


def _title(target: Path) -> str:
    return str(target[-1]).replace("_", " ").capitalize()


def _shown(text: str) -> str:
    return shortened(text, 120)
