"""Decisions that arrive after their review has ended: say what ended it, and where the open review is."""

from cardwright.core.card import Card
from cardwright.core.errors import Conflict
from cardwright.core.review import Review, ReviewQuery, ReviewState, ReviewSuperseded
from cardwright.storage.unit import Unit


def too_late(unit: Unit, card: Card, ended: Review, open_review: Review | None) -> Conflict:
    """Return why a decision in an ended review is refused: :class:`ReviewSuperseded` if new content ended it."""
    if ended.state == ReviewState.SUPERSEDED:
        return _superseded(unit, card, ended, open_review)
    return Conflict(f"The review of version {ended.version} has ended: it is {ended.state}")


def refuse_superseded(unit: Unit, card: Card, content_digest: str, open_review: Review | None) -> None:
    """Refuse a decision about a content whose last review was superseded; return when there is no such review.

    Raises:
        ReviewSuperseded: new content ended the review of this content.
    """
    states = (ReviewState.SUPERSEDED.value,)
    ended = unit.reviews.list(ReviewQuery(card_id=card.card_id, states=states))
    found = next((one for one in ended if one.content_digest == content_digest), None)
    if found is not None:
        raise _superseded(unit, card, found, open_review)


def _superseded(unit: Unit, card: Card, ended: Review, open_review: Review | None) -> ReviewSuperseded:
    following = unit.versions.history(card.card_id, ended.version + 2, 1)
    author = following[0].author if following else None
    return ReviewSuperseded(ended, author, card, None if open_review is None else open_review.review_id)
