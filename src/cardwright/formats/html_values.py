"""Writes values as HTML. A card page has thousands of them, and Python is several times as fast as a macro."""

from functools import lru_cache

from markupsafe import Markup

from cardwright.formats.code_points import visible
from cardwright.formats.escaping import escaped
from cardwright.formats.layout import is_laid_out, lines_ended
from cardwright.formats.values import Number, Text, Value, lines_of

_WEB = ("https://", "http://")
_SHORT = 60  # characters of a text whose HTML is kept: names of metrics and columns repeat in each evaluation job


def value(shown: Value) -> Markup:
    """A number with its stored digits, or the lines of a text."""
    return Markup(written(shown))  # noqa: S704 - escaped


def written(shown: Value) -> str:
    """Return what :func:`value` returns as a plain string, which is quicker to join."""
    if isinstance(shown, Number):
        return f'<span class="cw-tab">{escaped(shown.text)}</span>'
    return _kept_lines(shown) if len(shown.text) <= _SHORT and not shown.link else _lines(shown)


def _lines(shown: Text) -> str:
    lines = lines_of(shown)
    return _line(lines[0]) if len(lines) == 1 else "<br>".join(map(_line, lines))


_kept_lines = lru_cache(maxsize=4096)(_lines)


def tongue(shown: Text) -> Markup:
    """The attributes of a text's language and direction."""
    language = f' lang="{escaped(shown.language)}"' if shown.language else ""
    return Markup(language + (' dir="rtl"' if shown.direction == "rtl" else ""))  # noqa: S704 - escaped


def _line(shown: Text) -> str:
    text = escaped(visible(shown.text))
    if shown.link:
        words = f"<code>{text}</code>" if shown.code else text
        relation = ' rel="noopener noreferrer nofollow"' if shown.link.startswith(_WEB) else ""
        return f'<a href="{escaped(shown.link)}"{relation}>{words}</a>'
    if shown.stored is not None:
        return f'<span title="{escaped(visible(shown.stored))}">{text}</span>'
    laid_out = is_laid_out(shown.text)
    if not (shown.code or laid_out or shown.language or shown.direction == "rtl"):
        return text
    tag = "code" if shown.code else "bdi" if shown.language or shown.direction == "rtl" else "span"
    # Line breaks and spaces show as they are stored, where HTML would show one space.
    layout = ' class="cw-laid"' if laid_out else ""
    language = tongue(shown) if tag != "span" else ""
    return f"<{tag}{layout}{language}>{escaped(visible(lines_ended(shown.text)))}</{tag}>"
