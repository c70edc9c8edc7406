"""Templates that let go of what a page shows as soon as the page is written."""

import threading
from collections.abc import Mapping
from typing import Any

from jinja2 import Template
from jinja2.runtime import Context


class PageTemplate(Template):
    """A template whose pages leave no reference cycles to their variables.

    The macros of a page and its variables refer to each other. Python frees such a circle in a garbage collection, for
    which all threads wait: a tenth of a second where the page showed a large report.
    """

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Return the page. A page that is written within another one has contexts of its own."""
        outer, contexts = _page.contexts, list[Context]()
        _page.contexts = contexts
        try:
            return super().render(*args, **kwargs)
        finally:
            _page.contexts = outer
            for context in contexts:
                context.vars.clear()
                context.parent = {}

    def new_context(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - Jinja's name
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Context:
        """Return a context for this template. One without variables is of macros that all pages share."""
        context = super().new_context(vars, shared, locals)
        if vars is not None and _page.contexts is not None:
            _page.contexts.append(context)
        return context


class _Page(threading.local):
    """The contexts of the page that this thread writes."""

    contexts: list[Context] | None = None


_page = _Page()
