"""Guesses the language and the direction of a text.

The language follows from the script. This is enough for a screen reader to choose a voice, and for a printer to
choose glyphs. Latin script gives no language, because too many languages use it.

A line runs from right to left when its first strong letter does (Unicode's rules P2 and P3,
https://www.unicode.org/reports/tr9/#P2), or when most of its letters do. So an Arabic sentence that begins with "AUC"
still runs from right to left. Unicode leaves this choice to the program (rule HL1).
"""

import unicodedata
from typing import Literal

import regex

_SCRIPTS = {
    "ar": r"\p{Script=Arabic}",
    "he": r"\p{Script=Hebrew}",
    "ja": r"[\p{Script=Hiragana}\p{Script=Katakana}]",
    "ko": r"\p{Script=Hangul}",
    "zh": r"\p{Script=Han}",
    "hi": r"\p{Script=Devanagari}",
    "bn": r"\p{Script=Bengali}",
    "pa": r"\p{Script=Gurmukhi}",
    "gu": r"\p{Script=Gujarati}",
    "or": r"\p{Script=Oriya}",
    "ta": r"\p{Script=Tamil}",
    "te": r"\p{Script=Telugu}",
    "kn": r"\p{Script=Kannada}",
    "ml": r"\p{Script=Malayalam}",
    "si": r"\p{Script=Sinhala}",
    "th": r"\p{Script=Thai}",
    "lo": r"\p{Script=Lao}",
    "km": r"\p{Script=Khmer}",
    "my": r"\p{Script=Myanmar}",
    "am": r"\p{Script=Ethiopic}",
    "el": r"\p{Script=Greek}",
    "ru": r"\p{Script=Cyrillic}",
    "hy": r"\p{Script=Armenian}",
    "ka": r"\p{Script=Georgian}",
    "dv": r"\p{Script=Thaana}",
    "syr": r"\p{Script=Syriac}",
    "nqo": r"\p{Script=Nko}",
}
_LETTERS = regex.compile(r"\p{L}")
_BY_SCRIPT = {tag: regex.compile(pattern) for tag, pattern in _SCRIPTS.items()}
_ANY_SCRIPT = regex.compile(f"[{''.join(pattern.strip('[]') for pattern in _SCRIPTS.values())}]")
# These ranges hold every character of Unicode that runs from right to left, and some others.
_RIGHT_TO_LEFT = regex.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_TO_LEFT = frozenset({"R", "AL"})
_STRONG = _TO_LEFT | {"L"}
_LEFT_TO_RIGHT_MARK = "\u200e"
_PERSIAN = frozenset("پچژگ")
_URDU = frozenset("ٹڈڑے")
_UKRAINIAN = frozenset("іїєґІЇЄҐ")


def language_of(text: str) -> str | None:
    """Return the language tag of a text; None for Latin script and for a text without letters."""
    if text.isascii() or not _ANY_SCRIPT.search(text):
        return None
    letters = len(_LETTERS.findall(text))
    counts = {tag: len(pattern.findall(text)) for tag, pattern in _BY_SCRIPT.items()}
    if not letters:
        return None
    if counts["ja"]:  # kana among Han characters: Japanese
        counts["ja"] += counts.pop("zh")
    tag = max(counts, key=counts.__getitem__)
    if counts[tag] * 3 < letters:  # a foreign word in a Latin sentence
        return None
    return _refined(tag, text)


def direction_of(text: str, *, by_majority: bool = True) -> Literal["ltr", "rtl"]:
    """Return the direction of one line.

    Args:
        by_majority: whether a line that begins with a Latin word may run from right to left. Pass False for
            addresses and parameters: only their first letter decides.
    """
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return "ltr"
    strong = [letter for letter in text if unicodedata.bidirectional(letter) in _STRONG]
    if not strong or strong[0] == _LEFT_TO_RIGHT_MARK:
        return "ltr"
    to_left = [unicodedata.bidirectional(letter) in _TO_LEFT for letter in strong]
    return "rtl" if to_left[0] or (by_majority and sum(to_left) * 2 > len(to_left)) else "ltr"


def _refined(tag: str, text: str) -> str:
    seen = set(text)
    if tag == "ar":
        return "ur" if seen & _URDU else "fa" if seen & _PERSIAN else "ar"
    return "uk" if tag == "ru" and seen & _UKRAINIAN else tag
