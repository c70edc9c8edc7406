"""Words that look like a word: the candidates share groups of three letters with it, the nearest differ by few letters.

Distances count inserted, deleted, replaced and swapped letters (optimal string alignment).
"""

from collections.abc import Iterable

SHORTEST = 4
"""Letters of the shortest word that has near words."""
LONGEST = 32

_LONG = 6  # letters from which two mistakes are allowed


def has_near_words(word: str) -> bool:
    """Whether a word is one that near words are kept and looked up for: letters alone, not too few or too many."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def trigrams_of(word: str) -> list[str]:
    """Return the groups of three letters of a word with a space before and after it, in order."""
    spaced = f" {word} "
    return sorted({spaced[start : start + 3] for start in range(len(spaced) - 2)})


def nearest(word: str, candidates: Iterable[str], limit: int) -> list[str]:
    """Return at most ``limit`` candidates that differ from a word by one or two letters, the nearest first."""
    farthest = 2 if len(word) >= _LONG else 1
    measured = ((distance(word, candidate), candidate) for candidate in candidates if candidate != word)
    return [candidate for apart, candidate in sorted(measured) if apart <= farthest][:limit]


def distance(one: str, other: str) -> int:
    """Return how many letters have to be inserted, deleted, replaced or swapped to turn one word into another."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, last, row = row, before, [place]
        for column, against in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != against))
            if last and column > 1 and letter == other[column - 2] and one[place - 2] == against:
                cost = min(cost, last[column - 2] + 1)
            row.append(cost)
    return row[-1]
