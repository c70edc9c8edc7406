"""Display names of people on pages: the name people read, with the user name on demand."""

import threading
from collections.abc import Mapping

from markupsafe import Markup, escape

from cardwright.actions.users import display_names
from cardwright.console.context import PageContext, of_application, page_context

_FRESH = 3_000  # milliseconds until a change in another process is seen


class DisplayNames:
    """The display names of each account, read again after some seconds."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[int, Mapping[str, str]]] = {}

    def read(self) -> Mapping[str, str]:
        """Return the display names of the page's account, by user name in lower case."""
        account, now = self._context.scope.account, self._context.now()
        with self._lock:
            kept = self._kept.get(account)
        if kept is not None and 0 <= now - kept[0] < _FRESH:
            return kept[1]
        with self._context.reading() as unit:
            found = {name.lower(): shown for name, shown in display_names(unit).items()}
        with self._lock:
            self._kept[account] = (now, found)
        return found

    def forget(self) -> None:
        """Read the names again at the next page."""
        with self._lock:
            self._kept.pop(self._context.scope.account, None)


def shown_name(user: str | None) -> str:
    """Return the display name of a user, or else the user name."""
    if not user or page_context().sign_in is None:
        return user or ""
    return of_application(DisplayNames).read().get(user.lower(), user)


def name_of(user: str | None) -> Markup:
    """Return the name of a user for a page; a display name has the user name on hover and for readers."""
    shown = shown_name(user)
    if not user or shown == user:
        return escape(shown)
    return Markup('<span class="cw-person" title="{}">{}<span class="visually-hidden"> ({})</span></span>').format(
        user, shown, user
    )
