"""The portfolio: browse, search and count cards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cardwright.actions.approvers import caller_name
from cardwright.actions.cards import list_cards
from cardwright.actions.paging import page_at
from cardwright.actions.review_work import waiting_cards
from cardwright.actions.reviews import reviewers_of
from cardwright.core.card import CardSummary, model_key
from cardwright.core.card_text import searched_words, words_of, written_word
from cardwright.core.indexed_words import FoundWords
from cardwright.core.listing import CardQuery, Page, Position
from cardwright.core.names import CARD_NAME_LENGTH
from cardwright.core.people import Role
from cardwright.core.portfolio import (
    DAY,
    ME,
    UNTOUCHED_DAYS,
    Portfolio,
    PortfolioQuery,
    PortfolioRow,
    ReviewMark,
    position_of,
)
from cardwright.core.review import Reviewer, ReviewerKind
from cardwright.storage.card_texts import DueText
from cardwright.storage.unit import Unit

_TRIES = 3  # near words of each word that a search without hits tries


class NearHits(NamedTuple):
    """What a search for near words found.

    Attributes:
        text: the words that were searched in place of the text.
        matching: the number of matches; 1,001 means more than a thousand.
    """

    text: str
    page: Page[PortfolioRow]
    matching: int


def browse_cards(unit: Unit, query: PortfolioQuery) -> tuple[Page[PortfolioRow], int]:
    """Return a page of cards and the number of matches; 1,001 means more than a thousand."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    query, key = _named(unit, query), _model_key(query)
    matching = 0

    def read(at: Position | None, backwards: bool, limit: int) -> list[PortfolioRow]:
        nonlocal matching
        after, before = (None, at) if backwards else (at, None)
        rows, matching = unit.portfolio.page(replace(query, limit=limit, after=after, before=before), key)
        return rows

    page = page_at(
        read,
        after=query.after,
        before=query.before,
        limit=query.limit,
        position_of=lambda row: position_of(row, query.sort),
    )
    return page, matching


def browse_near(unit: Unit, query: PortfolioQuery) -> NearHits | None:
    """Search again for words of the account's cards that look like the words of a search without hits.

    The filters stay. None when no word is near, or no card matches the near words.
    """
    for words in _near_words(unit, searched_words(query.text)):
        text = " ".join(map(written_word, words))
        page, matching = browse_cards(unit, replace(query, text=text))
        if page.items:
            return NearHits(text, page, matching)
    return None


def list_near(unit: Unit, query: CardQuery) -> Page[CardSummary]:
    """List the cards whose names contain the words of ``query.name_contains``, joined by hyphens, or else near words.

    For a text that no name contains: ``fruad clasifier`` lists ``fraud-classifier``.
    """
    words = words_of((query.name_contains or "")[:CARD_NAME_LENGTH])
    for near in (words, *_near_words(unit, words)) if words else ():
        page = list_cards(unit, replace(query, name_contains="-".join(near)))
        if page.items:
            return page
    return Page([], None)


def neighbours(unit: Unit, query: PortfolioQuery, name: str) -> tuple[str | None, str | None]:
    """Return the names of the cards before and after a card in a list; None at its ends."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    row = unit.portfolio.rows_of([name]).get(name)
    if row is None:
        return None, None
    at = position_of(row, query.sort)
    before, after = unit.portfolio.neighbours(replace(_named(unit, query), limit=1), _model_key(query), at)
    return before[0].name if before else None, after[0].name if after else None


def rows_named(unit: Unit, names: Sequence[str]) -> dict[str, PortfolioRow]:
    """Return cards as the list shows them, by name; unknown names are left out."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.rows_of(names)


def review_marks(unit: Unit, card_ids: Sequence[str]) -> dict[str, ReviewMark]:
    """Return what a list shows about the reviews of a few cards, by card identifier."""
    unit.actor.require(Role.VIEWER, "ListReviews", "*")
    return unit.portfolio.review_marks(card_ids)


def tags_of(unit: Unit, card_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Return the tags of a few cards, by card identifier."""
    unit.actor.require(Role.VIEWER, "ListTags", "*")
    return unit.portfolio.tags_of(card_ids)


def count_portfolio(unit: Unit, now: int) -> Portfolio:
    """Count cards by status, risk and age. ``now`` is in milliseconds since the epoch."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.portfolio(now - UNTOUCHED_DAYS * DAY, now)


def has_unindexed_words(unit: Unit) -> bool:
    """Whether some cards are not yet in the search index."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.has_unindexed_words()


def index_words(unit: Unit, limit: int) -> int:
    """Add the words of at most ``limit`` new or changed cards to the search index. Returns the number of cards.

    Viewers may call this: it adds no information that the cards do not contain.
    """
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.index_words(limit)


def read_due_words(unit: Unit, limit: int, before: str | None) -> list[DueText]:
    """Return at most ``limit`` cards with unindexed words, whose identifiers come before one, the last ones first."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.read_due(limit, before)


def store_words(unit: Unit, read: Sequence[DueText], words: Sequence[FoundWords]) -> int:
    """Index words that were found for due cards, without the cards that have changed. Returns their number."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.store_words(read, words)


def read_contents(unit: Unit, card_ids: list[str]) -> dict[str, str]:
    """Return the newest contents of some cards, by card identifier."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    return unit.portfolio.contents(card_ids)


def card_of_model(unit: Unit, model_name: str) -> str | None:
    """Return the name of the card about the model with this name."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.named_like_model(model_name.replace("\x00", "\ufffd"))  # as the database stores it


def _near_words(unit: Unit, words: Sequence[str]) -> Iterator[list[str]]:
    """Yield words to search in place of others: the nearest of each word first."""
    near = [(word, unit.portfolio.near(word, _TRIES)) for word in words]
    for place in range(max((len(found) for _, found in near), default=0)):
        yield [found[min(place, len(found) - 1)] if found else word for word, found in near]


def _model_key(query: PortfolioQuery) -> str | None:
    return None if query.model is None else model_key(query.model)


def _named(unit: Unit, query: PortfolioQuery) -> PortfolioQuery:
    """Return the query with the people and cards that its words mean.

    A reviewer is a group, or a person with the person's groups. ``ME`` is the caller.
    """
    if query.reviewer is not None:
        reviewer = caller_name(unit) if query.reviewer == ME else query.reviewer
        group = Reviewer(ReviewerKind.GROUP, reviewer)
        query = replace(query, reviewers=(group, *reviewers_of(unit, reviewer)))
    if query.waiting:
        query = replace(query, waiting_cards=waiting_cards(unit))
    if query.author == ME:
        query = replace(query, author=unit.actor.user)
    return query
