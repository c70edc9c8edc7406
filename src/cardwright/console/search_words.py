"""Indexes the words of new and changed cards before a search (see ``storage.card_texts``)."""

import threading
import time

from cardwright.actions.portfolio import has_unindexed_words, index_words
from cardwright.console.context import PageContext
from cardwright.core.people import Actor

_PATIENCE = 0.5  # seconds that a search waits for words
_AT_ONCE = 10  # cards in one unit of work: other writers wait that long


class SearchWords:
    """Indexes words: for a moment before the answer, and the rest, after a large import, in a thread."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._in_background = threading.Lock()

    def read(self) -> bool:
        """Indexes words for a moment; returns whether the index is complete."""
        with self._context.reading() as unit:
            if not has_unindexed_words(unit):
                return True
        actor = self._context.actor()
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self._read_some(actor):
                return True
        if self._in_background.acquire(blocking=False):
            threading.Thread(target=self._read_all, args=(actor,), name="search-words", daemon=True).start()
        return False

    def _read_some(self, actor: Actor) -> bool:
        with self._context.open_unit(actor, writes=True) as unit:
            return index_words(unit, _AT_ONCE) < _AT_ONCE

    def _read_all(self, actor: Actor) -> None:
        try:
            while not self._read_some(actor):
                time.sleep(0.01)  # other writers come first
        finally:
            self._in_background.release()
