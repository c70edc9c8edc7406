"""Maximum matching: fills as many places as possible, each with another person.

The augmenting paths of Kuhn's algorithm. Cost: places times possible people.
"""

from collections.abc import Sequence


def fill(places: Sequence[Sequence[str]]) -> dict[int, str]:
    """Return the person in each place that can be filled.

    Args:
        places: the people who may fill each place. People who come first are preferred.
    """
    place_of: dict[str, int] = {}
    for place in range(len(places)):
        _find(place, places, place_of, set())
    return {place: person for person, place in sorted(place_of.items(), key=lambda pair: pair[1])}


def _find(place: int, places: Sequence[Sequence[str]], place_of: dict[str, int], seen: set[str]) -> bool:
    """Fill a place, if need be by moving people to other places that they can fill."""
    for person in places[place]:
        if person in seen:
            continue
        seen.add(person)
        if person not in place_of or _find(place_of[person], places, place_of, seen):
            place_of[person] = place
            return True
    return False
