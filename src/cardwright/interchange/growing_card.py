"""A card in the making: values put into it, each with a line of the loss report, up to the length of a card."""

import orjson

from cardwright.core.content import LONGEST
from cardwright.core.json_value import list_at, object_at, text_at
from cardwright.interchange.card_format import ImportedCard
from cardwright.interchange.card_places import CUSTOM, key_of, member_at, write_at
from cardwright.interchange.limits import Path, kind_of, lengths, longest_text, may_be, shortened
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.names import proposed_name
from cardwright.interchange.numbers import read_number
from cardwright.interchange.source import Source
from cardwright.interchange.source_file import SourceFile
from cardwright.interchange.source_lines import PLACEHOLDER, SourceLines

_RESERVED = 2_000  # characters for the facts about the source, which are added last

FULL = f"The card is full: it may have {LONGEST:,} characters"


class GrowingCard(SourceLines):
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


def _steps(source: Source) -> list[tuple[str | int, Source]]:
    if isinstance(source.value, list):
        return list(enumerate(source.items()))
    return [(key, item) for key, item in source.members()]
