"""The portfolio: browse, search and count cards."""

from dataclasses import replace

from cardwright.actions.paging import page_at
from cardwright.core.card import model_key
from cardwright.core.listing import Page, Position
from cardwright.core.people import Role
from cardwright.core.portfolio import DAY, UNTOUCHED_DAYS, Portfolio, PortfolioQuery, PortfolioRow, position_of
from cardwright.storage.unit import Unit


def browse_cards(unit: Unit, query: PortfolioQuery) -> tuple[Page[PortfolioRow], int]:
    """Return a page of cards and the number of matches; 1,001 means more than a thousand."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    key = None if query.model is None else model_key(query.model)
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


def count_portfolio(unit: Unit, now: int) -> Portfolio:
    """Count cards by status, risk and age. ``now`` is in milliseconds since the epoch."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.portfolio(now - UNTOUCHED_DAYS * DAY)


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


def read_contents(unit: Unit, card_ids: list[str]) -> dict[str, str]:
    """Return the newest contents of some cards, by card identifier."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    return unit.portfolio.contents(card_ids)


def card_of_model(unit: Unit, model_name: str) -> str | None:
    """Return the name of the card about the model with this name."""
    unit.actor.require(Role.VIEWER, "ListModelCards", "*")
    return unit.portfolio.named_like_model(model_name.replace("\x00", "\ufffd"))  # as the database stores it
