"""The numbers of cards above the list and next to its views."""

import threading

from cardwright.actions.portfolio import count_portfolio
from cardwright.console.context import PageContext
from cardwright.core.portfolio import Portfolio
from cardwright.storage.unit import Unit

_LARGE = 5_000  # cards from which the numbers may be some seconds old
_FRESH = 10_000  # milliseconds


class PortfolioNumbers:
    """The portfolio, counted at each look while it is small, and again after some seconds or a change when large."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[int, Portfolio]] = {}

    def read(self, unit: Unit) -> Portfolio:
        now, account = self._context.now(), self._context.scope.account
        with self._lock:
            kept = self._kept.get(account)
        if kept is not None and now - kept[0] < _FRESH:
            return kept[1]
        portfolio = count_portfolio(unit, now)
        with self._lock:
            self._kept.pop(account, None)
            if portfolio.cards >= _LARGE:
                self._kept[account] = (now, portfolio)
        return portfolio
