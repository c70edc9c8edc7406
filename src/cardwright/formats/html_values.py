"""Writes values as HTML. A card page has thousands of them, and Python is several times as fast as a macro."""

from markupsafe import Markup, escape

from cardwright.formats.code_points import visible
from cardwright.formats.layout import is_laid_out, lines_ended
from cardwright.formats.values import Number, Text, Value, lines_of

_WEB = ("https://", "http://")


def value(shown: Value) -> Markup:
    """A number with its stored digits, or the lines of a text."""
    if isinstance(shown, Number):
        return Markup(f'<span class="cw-tab">{escape(shown.text)}</span>')  # noqa: S704 - escaped
    return Markup("<br>").join(map(_line, lines_of(shown)))


def tongue(shown: Text) -> Markup:
    """The attributes of a text's language and direction."""
    language = f' lang="{escape(shown.language)}"' if shown.language else ""
    return Markup(language + (' dir="rtl"' if shown.direction == "rtl" else ""))  # noqa: S704 - escaped


def _line(shown: Text) -> Markup:
    text = escape(visible(shown.text))
    if shown.link:
        words = f"<code>{text}</code>" if shown.code else text
        relation = ' rel="noopener noreferrer nofollow"' if shown.link.startswith(_WEB) else ""
        return Markup(f'<a href="{escape(shown.link)}"{relation}>{words}</a>')  # noqa: S704 - escaped
    laid_out = is_laid_out(shown.text)
    if not (shown.code or laid_out or shown.language or shown.direction == "rtl"):
        return text
    tag = "code" if shown.code else "bdi" if shown.language or shown.direction == "rtl" else "span"
    # Line breaks and spaces show as they are stored, where HTML would show one space.
    layout = ' class="cw-laid"' if laid_out else ""
    language = tongue(shown) if tag != "span" else ""
    return Markup(f"<{tag}{layout}{language}>{escape(visible(lines_ended(shown.text)))}</{tag}>")  # noqa: S704
