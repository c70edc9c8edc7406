"""Merges a draft with a version of its card that another user saved after the draft began."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import attrs
import orjson

from cardwright.console.wizard.forms import put, value_at
from cardwright.console.wizard.objective import documented
from cardwright.core.card import Description
from cardwright.core.draft_form import REPORTS, DraftForm, EditedCard, card_as_edited
from cardwright.core.field_names import name_of_place
from cardwright.core.policy.pointers import pointer_to


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that both users changed: the merged form has the draft's value, and the page shows both."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A draft's changes on top of a newer version, and the fields that each user changed.

    Attributes:
        who: the user who saved the newer version.
        is_recreated: whether the draft's card was deleted, and the newer version is of a later card with its name.
    """

    form: DraftForm
    version: int
    is_recreated: bool
    who: str
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    both: tuple[FieldConflict, ...]

    @property
    def same(self) -> bool:
        """Whether both changed a field, to the same."""
        return not self.both and not set(self.theirs).isdisjoint(self.mine)


def merged(form: DraftForm, edited: EditedCard, card_id: str, newest: Description) -> Merge:
    """Puts the draft's changes on top of a newer version. Where both changed a field, the draft's value is kept.

    Args:
        form: began with an earlier version of the card, or with an earlier card of its name: ``edited``.
        card_id: of the card as it is now; ``newest`` is its newest version.
    """
    base, theirs, mine = (
        documented(orjson.loads(edited.content)),
        documented(orjson.loads(newest.content)),
        form.content,
    )
    places = sorted({*_places(base), *_places(theirs), *_places(mine)})
    result = copy.deepcopy(theirs)
    by_them, by_me, both = [], [], []
    for keys in places:
        before, there, here = (value_at(value, keys) for value in (base, theirs, mine))
        if there != before:
            by_them.append(_label(keys))
        if here != before:
            by_me.append(_label(keys))
            put(result, keys, copy.deepcopy(here))
        if there != before and here not in (before, there):
            both.append(FieldConflict(_label(keys), _short(there), _short(here)))
    is_recreated = edited.is_other_than(card_id)
    # Drafts of releases that did not store the status go without the question about it.
    card = attrs.evolve(card_as_edited(card_id, newest), status=edited.status and newest.status)
    new = attrs.evolve(form, content=result, card=card)
    return Merge(new, newest.version, is_recreated, newest.modified_by, tuple(by_them), tuple(by_me), tuple(both))


def _places(content: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """The paths of a content: members of sections, and each list as one."""
    for section, value in content.items():
        if isinstance(value, dict):
            for member in value:
                yield section, member
        else:
            yield (section,)


def _label(keys: tuple[str, ...]) -> str:
    return name_of_place({}, pointer_to(keys))


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"{len(value)} entries" if not value or isinstance(value[0], dict) else ", ".join(map(str, value))
    shown = {key: item for key, item in value.items() if key != REPORTS} if isinstance(value, dict) else value
    return orjson.dumps(shown).decode()[:400]
