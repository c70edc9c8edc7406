"""Indexes the words of new and changed cards before a search (see ``storage.card_texts``)."""

import time

from cardwright.actions.portfolio import has_unindexed_words, index_words
from cardwright.console.context import PageContext

_PATIENCE = 0.5  # seconds that a search waits for words
_AT_ONCE = 10  # cards in one unit of work: other writers wait that long


class SearchWords:
    """Indexes words for a moment before the answer. After a large import, the server's index job does the rest."""

    def __init__(self, context: PageContext) -> None:
        self._context = context

    def read(self) -> bool:
        """Indexes words for a moment; returns whether the index is complete."""
        with self._context.reading() as unit:
            if not has_unindexed_words(unit):
                return True
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with self._context.open_unit(self._context.actor(), writes=True) as unit:
                if index_words(unit, _AT_ONCE) < _AT_ONCE:
                    return True
        return False
