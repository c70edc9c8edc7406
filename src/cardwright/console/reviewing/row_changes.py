"""What changed in the version of each review on a page of reviews.

Contents never change, so a server keeps the counts of the latest comparisons.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cardwright.actions.evaluation_pairs import pairs_of_cards
from cardwright.actions.review_work import bases_of, sides_of
from cardwright.console.context import PageContext
from cardwright.console.readings import Changes, changes_in
from cardwright.core.comparison import compare
from cardwright.core.content import parse
from cardwright.core.errors import ContentInvalid
from cardwright.core.pairing import KeptChoice
from cardwright.core.review import Review
from cardwright.storage.unit import Unit

_KEPT = 2_000  # comparisons, of half a kilobyte each

_Key = tuple[str, str, tuple[KeptChoice, ...]]


class RowChange(NamedTuple):
    """The number of the version that was compared with, and what changed since, without moves."""

    since: int
    changes: Changes


class RowChanges:
    """The counts of the latest comparisons, by the digests of both contents and the stored pairs of jobs."""

    def __init__(self, context: PageContext) -> None:  # noqa: ARG002 - as everything an application keeps
        self._kept: OrderedDict[_Key, Changes] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, unit: Unit, reviews: Sequence[Review]) -> Mapping[str, RowChange]:
        """Return what changed, by review, in three statements; first versions and damaged contents are left out."""
        bases = bases_of(unit, reviews)
        later = [review for review in reviews if review.review_id in bases]
        pairs = pairs_of_cards(unit, [one.card_id for one in later])
        keys: dict[str, _Key] = {
            one.review_id: (bases[one.review_id].content_digest, one.content_digest, pairs.get(one.card_id, ()))
            for one in later
        }
        with self._lock:
            known = {review_id: self._kept[key] for review_id, key in keys.items() if key in self._kept}
        unknown = [one for one in later if one.review_id not in known]
        for review_id, sides in sides_of(unit, unknown).items():
            changes = _compared(*sides, keys[review_id][2])
            if changes is not None:
                known[review_id] = changes
                self._keep(keys[review_id], changes)
        return {review_id: RowChange(bases[review_id].number, changes) for review_id, changes in known.items()}

    def _keep(self, key: _Key, changes: Changes) -> None:
        with self._lock:
            self._kept[key] = changes
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def _compared(before: str, after: str, pairs: Sequence[KeptChoice]) -> Changes | None:
    try:
        return replace(changes_in(compare(parse(before), parse(after), stored=pairs)), moves=())
    except ContentInvalid:
        return None
