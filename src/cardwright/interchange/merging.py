"""Facts of a file added to the content of a card that is there already."""

from cardwright.core import content as contents
from cardwright.core.rewriting import rewritten


def merged(before: str, imported: str) -> str:
    """Return a card's content with a file's facts. A fact of the file replaces the card's; all others stay.

    Texts in lists are added once. An evaluation job or metric group replaces the one of its name. The text of
    unchanged members stays as it is.
    """
    return rewritten(before, _merged(contents.parse(before), contents.parse(imported)))


def _merged(before: object, added: object) -> object:
    if isinstance(before, dict) and isinstance(added, dict):
        shared = {name: _merged(value, added[name]) if name in added else value for name, value in before.items()}
        return shared | {name: value for name, value in added.items() if name not in before}
    if isinstance(before, list) and isinstance(added, list):
        return _merged_list(before, added)
    return added


def _merged_list(before: list[object], added: list[object]) -> list[object]:
    found = list(before)
    names = {_name(item): place for place, item in enumerate(before) if _name(item)}
    for item in added:
        place = names.get(_name(item))
        if place is not None:
            found[place] = item
        elif item not in found:
            found.append(item)
    return found


def _name(item: object) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) else ""
