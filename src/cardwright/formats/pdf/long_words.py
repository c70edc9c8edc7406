"""Finds positions where a word that is wider than its line may break.

Typst does not break such a word, so it would overlap its neighbours or leave the page.
"""

import math
import re
import unicodedata
from itertools import pairwise

import regex

_LETTER = 1.95  # millimetres: average width of a letter
_WIDE = re.compile(
    "[%@MOQWmw\u00a9\u00bc-\u00be\u00c6\u00e6\u0152\u0153\u0398\u039c\u03a6\u03a8\u03a9\u03c6\u03c8\u03c9\u0416\u041c\u0424"
    "\u0428-\u042b\u042e\u0436\u0444\u0448\u0449\u044b\u044e\u0530-\u058f\u0b80-\u0dff\u1000-\u10ff\u1200-\u167f]"
)
_WIDER, _NARROWER, _EAST_ASIAN = 1.6, 0.9, 1.7
_PIECE = 11
# Scripts with spaces whose letters do not join. A line may always end after a "]".
_SPACED = r"!-\\^-~\u00a1-\u024f\u0370-\u052f\u0530-\u058f\u10a0-\u10ff"
# Scripts with spaces whose letters join or stack. Typst itself breaks words of Thai, Lao, Khmer and Burmese.
_JOINED = "".join(
    rf"\p{{Script={name}}}"
    for name in (
        "Arabic", "Hebrew", "Syriac", "Thaana", "Nko", "Adlam", "Devanagari", "Bengali", "Gurmukhi", "Gujarati",
        "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Ethiopic", "Cherokee", "Canadian_Aboriginal",
        "Tifinagh", "Ol_Chiki", "Meetei_Mayek", "Lisu",
    )
) + r"\u1e00-\u1fff\p{M}\u200c\u200d"  # fmt: skip
_ANY_JOINED = regex.compile(f"[{_JOINED}]")
_JOINER, _ZERO_WIDTH_SPACE = "\u200d", "\u200b"
_VIRAMA = 9  # Unicode's combining class of signs that bind the next letter
_JOINS_NEXT = regex.compile(r"[\p{Joining_Type=D}\p{Joining_Type=L}]\p{Joining_Type=T}*$")
_JOINS_PREVIOUS = regex.compile(r"[\p{Joining_Type=D}\p{Joining_Type=R}]")


def breakable(text: str, width: float) -> str | list[str]:
    """Split a text that has words wider than ``width`` millimetres into pieces between which a line may end.

    Zero-width spaces would also work, but readers would copy them with the text. So a word of joined letters breaks
    after a letter that does not join the next. A zero-width space is used only when there is no such letter nearby.
    """
    longest = max(4, int(width / _LETTER)) + 1
    shortest = math.ceil(longest / _WIDER)
    if len(text) < shortest:
        return text
    characters = _SPACED if text.isascii() or not _ANY_JOINED.search(text) else _SPACED + _JOINED
    long_run = rf"[{characters}]{{{shortest},}}"
    if not any(length(run) >= longest for run in regex.findall(long_run, text)):
        return text
    pieces: list[str] = [""]
    for run in regex.findall(rf"{long_run}|(?:(?!{long_run}).)+", text, regex.DOTALL):
        if regex.fullmatch(f"[{characters}]+", run) and length(run) >= longest:
            pieces += [*_pieces(run, longest), ""]
        else:
            pieces[-1] += run
    return [piece for piece in pieces if piece]


def letters(text: str) -> tuple[int, int, int]:
    """Count the letters of a text: normal or narrow, wide, and East Asian."""
    wide, east_asian = len(_WIDE.findall(text)), sum(character > "\u2e80" for character in text)
    return len(text) - wide - east_asian, wide, east_asian


def length(text: str) -> float:
    """Length of a text in letters of normal width. Narrow letters make room for a few wide ones."""
    others, wide, east_asian = letters(text)
    return max(len(text), others * _NARROWER + wide * _WIDER + east_asian * _EAST_ASIAN)


def _pieces(word: str, longest: int) -> list[str]:
    if _ANY_JOINED.search(word):
        return _joined_pieces(_syllables(word), max(2, min(_PIECE, longest // 4)))
    size = min(_PIECE, longest // 2)
    return [step for step in re.findall(rf"[^/:._=&?#,;-]{{0,{size}}}[/:._=&?#,;-]*|.", word) if step]


def _syllables(word: str) -> list[str]:
    """Split a word into signs that a reader sees as one. A letter stays with a letter that it binds."""
    found: list[str] = []
    for cluster in regex.findall(r"\X", word):
        if found and unicodedata.combining(found[-1].rstrip(_JOINER)[-1:] or " ") == _VIRAMA:
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def _joined_pieces(syllables: list[str], size: int) -> list[str]:
    pieces: list[str] = []
    while len(syllables) > size:
        ends = range(size, size // 2, -1)
        end = next((end for end in ends if not _join(syllables[end - 1], syllables[end])), size)
        pieces.append("".join(syllables[:end]))
        syllables = syllables[end:]
    pieces.append("".join(syllables))
    whole = pieces[:1]
    for before, after in pairwise(pieces):
        if _join(before, after):
            whole[-1] += _ZERO_WIDTH_SPACE + after
        else:
            whole.append(after)
    return whole


def _join(before: str, after: str) -> bool:
    """Whether the last letter of one text joins the first letter of the next."""
    return bool(_JOINS_NEXT.search(before) and _JOINS_PREVIOUS.match(after))
