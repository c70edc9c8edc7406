"""A guess at the language and direction of a text, by its script alone.

Enough for a screen reader to choose a voice and for a printer to choose glyphs; a Latin text has no guess, for
its script says too little. Right to left follows the majority of the letters, so that an Arabic sentence that
begins with "AUC" still runs right to left.
"""

from typing import Literal, cast

import regex

_SCRIPTS = {
    "ar": r"\p{Script=Arabic}",
    "he": r"\p{Script=Hebrew}",
    "ja": r"[\p{Script=Hiragana}\p{Script=Katakana}]",
    "ko": r"\p{Script=Hangul}",
    "zh": r"\p{Script=Han}",
    "hi": r"\p{Script=Devanagari}",
    "bn": r"\p{Script=Bengali}",
    "ta": r"\p{Script=Tamil}",
    "th": r"\p{Script=Thai}",
    "el": r"\p{Script=Greek}",
    "ru": r"\p{Script=Cyrillic}",
    "hy": r"\p{Script=Armenian}",
    "ka": r"\p{Script=Georgian}",
    "dv": r"\p{Script=Thaana}",
    "syr": r"\p{Script=Syriac}",
}
_LETTERS = regex.compile(r"\p{L}")
_BY_SCRIPT = {tag: regex.compile(pattern) for tag, pattern in _SCRIPTS.items()}
_RIGHT_TO_LEFT = frozenset({"ar", "he", "dv", "syr", "fa", "ur"})
_PERSIAN = frozenset("پچژگ")
_URDU = frozenset("ٹڈڑے")
_UKRAINIAN = frozenset("іїєґІЇЄҐ")


def language_of(text: str) -> tuple[str | None, Literal["ltr", "rtl"]]:
    """The language tag (None for Latin script and for no letters) and the direction of a text."""
    if text.isascii():
        return None, "ltr"
    letters = len(_LETTERS.findall(text))
    counts = {tag: len(pattern.findall(text)) for tag, pattern in _BY_SCRIPT.items()}
    if not letters or not any(counts.values()):
        return None, "ltr"
    if counts["ja"]:  # kana among Han characters: Japanese
        counts["ja"] += counts.pop("zh")
    tag = max(counts, key=counts.__getitem__)
    if counts[tag] * 3 < letters:  # a foreign word in a Latin sentence
        return None, "ltr"
    direction = "rtl" if tag in _RIGHT_TO_LEFT and counts[tag] * 2 > letters else "ltr"
    return _refined(tag, text), cast(Literal["ltr", "rtl"], direction)


def _refined(tag: str, text: str) -> str:
    seen = set(text)
    if tag == "ar":
        return "ur" if seen & _URDU else "fa" if seen & _PERSIAN else "ar"
    return "uk" if tag == "ru" and seen & _UKRAINIAN else tag
