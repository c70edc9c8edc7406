"""Comments in the form of a card: at their fields, and at the top of the step where no field has their place."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from cardwright.actions.comments import CommentThread, read_threads
from cardwright.console.wizard.check import field_of, place_of
from cardwright.console.wizard.fields import FormField, InputKind, Step
from cardwright.console.wizard.forms import value_at
from cardwright.console.wizard.steps import STEPS, evaluation_fields, fields_of
from cardwright.core.draft_form import DraftForm
from cardwright.core.errors import CardMissing
from cardwright.core.field_names import name_of_place
from cardwright.core.policy.pointers import parts
from cardwright.storage.unit import Unit


class FormNote(NamedTuple):
    """An open thread as the form shows it.

    Attributes:
        step: the slug of the step that asks for its field.
        target: the id of the input that its place is in.
        field: the field that its place is in; None without one.
    """

    thread: CommentThread
    step: str
    target: str
    label: str
    field: FormField | None

    @property
    def id(self) -> str:
        return f"comment-{self.thread.root.comment_id}"

    @property
    def job(self) -> int | None:
        """The number of the evaluation job that it is about, from 0."""
        keys = parts(self.thread.root.pointer)
        is_of_job = keys[0] == "evaluation_details" and len(keys) > 1 and keys[1].isdecimal() and len(keys[1]) < 6
        return int(keys[1]) if is_of_job else None


class FormNotes(NamedTuple):
    """The open comments on the card that a form changes.

    Attributes:
        at: the comments by the id of a field that the page shows.
        rest: the comments of the step on fields that the page does not show.
        by_step: the comments by the slug of their step.
    """

    at: Mapping[str, Sequence[FormNote]]
    rest: Sequence[FormNote]
    by_step: Mapping[str, Sequence[FormNote]]
    may_write: bool


def open_notes(unit: Unit, form: DraftForm, content: Any, card_id: str | None) -> tuple[Sequence[FormNote], bool]:
    """Return the open comments on the card that a form changes, and whether the caller may write some.

    Args:
        content: what the form says now: a comment whose value differs from it is outdated.
        card_id: of the card as it is now; None when it was deleted.
    """
    if form.card is None or card_id is None or form.card.is_other_than(card_id):
        return (), False
    try:
        found = read_threads(unit, form.card.name, content=content)
    except CardMissing:  # deleted since
        return (), False
    return [_note(content, thread) for thread in found.open], found.may_write


def notes_of_step(
    found: tuple[Sequence[FormNote], bool], step: Step, form: DraftForm, drawn: Collection[int]
) -> FormNotes:
    """Return the comments as the page of a step shows them.

    Args:
        drawn: numbers of the evaluation jobs that the page shows with their fields.
    """
    notes, may_write = found
    shown = _shown_fields(step, form, drawn)
    here = [note for note in notes if note.step == step.slug]
    at: dict[str, list[FormNote]] = {}
    rest = []
    for note in here:
        if note.field is not None and note.field.id in shown:
            at.setdefault(note.field.id, []).append(note)
        else:
            rest.append(note)
    by_step = {one.slug: [note for note in notes if note.step == one.slug] for one in STEPS}
    return FormNotes(at, rest, by_step, may_write)


def _note(content: Any, thread: CommentThread) -> FormNote:
    keys = list(parts(thread.root.pointer))
    slug, target, label = place_of(content, keys)
    field = field_of(keys)
    shown = name_of_place(content, thread.root.pointer) if field is None else label
    return FormNote(thread, slug, target, shown, field)


def _shown_fields(step: Step, form: DraftForm, drawn: Collection[int]) -> set[str]:
    """The ids of the fields that the page shows. Metadata without entries has no field yet."""
    fields = [*fields_of(step), *(field for number in drawn for field in evaluation_fields(number))]
    of_job = "evaluation_details."
    return {
        field.id
        for field in fields
        if field.kind is not InputKind.PAIRS or not field.path.startswith(of_job) or value_at(form.content, field.keys)
    }
