"""The reviews of a card, as actions find them."""

from typing import NoReturn

from cardwright.core.card import Card
from cardwright.core.errors import PartMissing
from cardwright.core.review import NoOpenReview, Review
from cardwright.storage.unit import Unit


def review_of(unit: Unit, card: Card, review_id: str) -> Review:
    """Return a review of a card. Raises :class:`NotFound` when the card has no such review."""
    review = unit.reviews.find(review_id)
    if review is None or review.card_id != card.card_id:
        raise PartMissing(card.name, f"review {review_id}")
    return review


def refuse_without_review(name: str) -> NoReturn:
    """Raise :class:`NotFound` for a card without an open review."""
    raise NoOpenReview(name)
