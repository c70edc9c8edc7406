"""Folds long texts of a page to their first lines. Exported documents show all of a text."""

import re

from cardwright.formats.code_points import visible
from cardwright.formats.escaping import escaped

_LINE = 75  # characters that a line of prose has room for
_TAG = re.compile("<[^>]*>")
_BREAK = re.compile(r"<br>|<hr>|</(?:p|li|tr|div)>\n?|\n")


def folded(html: str, label: str, limit: int = 4, roomy_limit: int = 14) -> str:
    """A text with a button that shows all of it; a text of a few lines as it is.

    Args:
        html: the text, of which the page's style shows the first lines.
        label: the name of the text, for readers who hear the button without what is above it.
        limit: the lines of a text that stays as it is.
        roomy_limit: the lines of a text that stays as it is on a page with room, by the page's style.
    """
    lines = _lines(html)
    if lines <= limit:
        return html
    words = f'<span>Read all</span><span>Show less</span><span class="cw-hidden"> of {escaped(visible(label))}</span>'
    return (
        f'<div class="cw-cut{" cw-cut-short" if lines <= roomy_limit else ""}"><div class="cw-cut-in">{html}</div>'
        f'<details class="cw-cut-all"><summary>{words}</summary></details></div>'
    )


def folded_value(html: str, label: str) -> str:
    """A value in a list or a table as :func:`folded` writes a text: it has less room."""
    return folded(html, label, 3, 8)


def _lines(html: str) -> float:
    """About how many lines a text has."""
    breaks = len(_BREAK.findall(html.strip())) - html.rstrip().endswith(("</p>", "</div>", "</li>"))
    return breaks + len(_TAG.sub("", html)) / _LINE
