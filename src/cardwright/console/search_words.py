"""Before somebody searches: the words of new and changed cards are read (see ``storage.card_texts``)."""

import threading
import time

from cardwright.actions.portfolio import read_words, words_are_due
from cardwright.console.context import PageContext
from cardwright.core.people import Actor

_PATIENCE = 0.5  # seconds that a search waits for words
_AT_ONCE = 10  # cards in one unit of work: others who write wait that long


class SearchWords:
    """Has words read: a little before the answer, and the rest, after a great import, beside it."""

    def __init__(self, context: PageContext) -> None:
        self._desk = context
        self._beside = threading.Lock()

    def read(self) -> bool:
        """Read words for a moment; says whether search knows all cards now."""
        with self._desk.reading() as unit:
            if not words_are_due(unit):
                return True
        actor = self._desk.actor()
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self._read_some(actor):
                return True
        if self._beside.acquire(blocking=False):
            threading.Thread(target=self._read_all, args=(actor,), name="search-words", daemon=True).start()
        return False

    def _read_some(self, actor: Actor) -> bool:
        with self._desk.open_unit(actor, writes=True) as unit:
            return read_words(unit, _AT_ONCE) < _AT_ONCE

    def _read_all(self, actor: Actor) -> None:
        try:
            while not self._read_some(actor):
                time.sleep(0.01)  # others who write come first
        finally:
            self._beside.release()
