"""Carries facts from a parsed document into a card, and records what became of each leaf.

A reader asks for values and hands each to one method: ``keep``, ``add``, ``move``, ``metric``, ``drop`` ... A leaf
that the reader never hands over is reported as dropped, and a leaf has one line however often it is used. So the
report is complete whatever the reader forgets.
"""

import math
from collections.abc import Sequence

from cardwright.core.json_value import list_at
from cardwright.interchange.card_places import CUSTOM
from cardwright.interchange.limits import Path, kind_of, lengths, longest_text, most_items, shortened, shown
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.number_transfer import NOTES, NumberTransfer
from cardwright.interchange.numbers import read_number
from cardwright.interchange.source import Source, written

_SEPARATOR = "\n\n"
_LEAST_PIECE = 20  # a shorter rest of a text is left out


class Transfer(NumberTransfer):
    """Carries facts into a card: texts here, numbers and names as its base class does."""

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
        before, longest = self.text(target), longest_text(target)
        if before is None or longest is None:
            return True
        words = len(label) + 2 if label else 0
        return len(before) + len(_SEPARATOR) + words + len(source.text) <= longest

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
        before, longest = self.text(target), longest_text(target)
        text = line if before is None else f"{before}{separator}{line}"
        if longest is not None and len(text) > longest:
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
        outcome, detail = (Outcome.KEPT, "") if text == source.value else (Outcome.CHANGED, f"Written as {shown(text)}")
        before = list_at(self.get(target))
        if text in before:
            return self.claim(source, (*target, before.index(text)), outcome, detail)
        item_limit, longest = most_items(target), longest_text((*target, 0))
        if item_limit is not None and len(before) >= item_limit:
            return False
        if longest is not None and len(text) > longest:
            cut = shortened(text, longest)
            outcome, detail, text = Outcome.SHORTENED, lengths(text, cut, longest), cut
        return self.put((*target, len(before)), text, source, outcome, detail)

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


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _how(label: str, before: str | None, source: Source) -> str:
    if label or before is not None:
        return "Joined with other texts"
    return "Outer white space removed" if isinstance(source.value, str) else f"Written as text: {written(source.value)}"


def _title(target: Path) -> str:
    return str(target[-1]).replace("_", " ").capitalize()
