"""Dates, quarters and versions in names: what remains of a name without them."""

import re
import unicodedata
from functools import cache, lru_cache

_LONGEST = 400  # characters of a name that are read; the content schema allows 63 for a job
_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_GAP = r"[\s_.'-]*"
_ORDINAL = "first|second|third|fourth|last|1st|2nd|3rd|4th"

# The longest forms first: a shorter form would leave a part of a longer one.
_FORMS = (
    rf"{_YEAR}[-_/.]?(?:0[1-9]|1[0-2])[-_/.]?[0-3]\d(?:[t_ -]?\d\d[:h-]?\d\d(?:[:m-]?\d\d)?(?:\.\d+)?z?)?",
    rf"[0-3]?\d[./][0-3]?\d[./](?:{_YEAR}|\d\d)",
    rf"(?:{_DAY}\s+(?:of\s+)?)?(?:{_MONTH})(?:\s+{_DAY},?)?{_GAP}{_YEAR}",
    rf"{_YEAR}{_GAP}(?:{_MONTH})(?:{_GAP}{_DAY})?",
    rf"{_DAY}\s+(?:{_MONTH})|(?:{_MONTH})(?:\s+{_DAY})?",
    rf"(?:{_YEAR}{_GAP})?(?:q[1-4]|[1-4]q|h[12]|[12]h){_GAP}(?:{_YEAR}|\d\d)?",
    rf"(?:{_YEAR}{_GAP})?(?:{_ORDINAL})\s+(?:quarter|half|month|week|year)(?:\s+(?:of\s+)?{_YEAR})?",
    rf"(?:{_YEAR}{_GAP})?(?:weeks?|cw|kw|w|quarter){_GAP}\d\d?(?:{_GAP}{_YEAR})?",
    rf"(?:fy|cy){_GAP}(?:{_YEAR}|\d\d)(?:[-/]\d\d)?",
    rf"{_YEAR}[-_/](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[-_/]{_YEAR}|{_YEAR}[-/]\d\d",
    _YEAR,
    rf"(?:version|release|revision|rev|v){_GAP}\d+(?:[._]\d+)*(?:[-_.]?(?:rc|a|b|alpha|beta|dev){_GAP}\d*)?",
    r"\d+\.\d+\.\d+(?:[-.+][a-z0-9]+)*",
)
_MARK = "\0"
_PARTS = re.compile(r"[,;:()\[\]|/\u2013\u2014]|\s-\s")
_WORDS = re.compile(r"\0|[^\W_]+(?:[.+'][^\W_]+)*")

# Words that accompany a date and name no other data.
_AROUND = frozenset(
    "of the in on at for from to until till through since as sample data run dated ended ending period".split()  # noqa: SIM905
)


@lru_cache(maxsize=4096)
def without_period(name: str) -> str:
    """Return the words of a name without dates, quarters and versions, in lower case.

    ``Holdout 2025 Q4`` and ``holdout_2026_q1`` both return ``holdout``. Words that only accompany a date, such as those
    of ``September 2025 sample``, are left out too. Other numbers remain.
    """
    folded = unicodedata.normalize("NFKC", name[:_LONGEST]).casefold().replace(_MARK, " ")
    parts = _PARTS.split(_period().sub(f" {_MARK} ", folded))
    return " ".join(word for part in parts for word in _kept(_WORDS.findall(part)))


@cache
def _period() -> re.Pattern[str]:
    """Return the expression of all forms; its compilation takes 10 ms, and few processes need it."""
    return re.compile("|".join(rf"(?<![a-z0-9])(?:{form})(?![a-z0-9])" for form in _FORMS))


def _kept(words: list[str]) -> list[str]:
    if _MARK not in words:
        return words
    kept = [word for word in words if word != _MARK]
    while kept and kept[-1] in _AROUND:
        kept.pop()
    while kept and kept[0] in _AROUND:
        kept.pop(0)
    return kept
