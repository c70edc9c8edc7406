"""What the user has to correct in a draft before it can be saved as a card, by field."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cardwright.console.wizard.draft_content import DraftContent
from cardwright.console.wizard.fields import FormField, InputKind
from cardwright.console.wizard.forms import value_at
from cardwright.console.wizard.steps import STEPS, evaluation_fields, fields_of, step_of
from cardwright.console.wording import many
from cardwright.core import content as contents
from cardwright.core.breaches import ENFORCED, INTENDED, Breach, Inspection
from cardwright.core.card import (
    LONGEST_COMMENT,
    UNSAID_APPROVAL,
    Status,
    check_comment,
    ends_approval,
    needs_comment,
)
from cardwright.core.draft_form import DraftForm
from cardwright.core.errors import Invalid
from cardwright.core.field_names import name_of_place
from cardwright.core.json_value import object_at
from cardwright.core.names import CARD_NAME_LENGTH, is_card_name
from cardwright.core.policy.pointers import pointer_to
from cardwright.core.tags import check_tags

LONGEST_NOTE = 500
"""Characters of the note of a version."""
_SHOWN = 50  # corrections that one page lists


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing to correct.

    Attributes:
        step: the slug of the step that asks for it.
        target: the id of the input at which the page shows the message.
        label: what the input is called; ``message`` says what would be right.
        link: the name of a card that the message speaks of.
        late: whether it is listed only when the user has tried to save the card.
    """

    step: str
    target: str
    label: str
    message: str
    link: str | None = None
    late: bool = False


def corrections(form: DraftForm, built: DraftContent, taken: Mapping[str, str], status: str | None) -> list[Correction]:
    """Everything to correct, in the order of the steps.

    Args:
        built: the content of the form.
        taken: for ``name`` and ``model_name``, the name of the other card that has it.
        status: the card's current status; None for a new card.
    """
    found = [
        *_name(form, taken),
        *_model_name(taken),
        *_tags(form),
        *_status(form, built, status),
        *_note(form, built, status),
    ]
    content = built.value
    breaches = () if contents.is_valid(content) else Inspection(contents.schema(), (ENFORCED,)).breaches(content)
    for number, breach in enumerate(breaches):
        if breach.keyword != "anyOf":  # the closest metric type already reports it
            found.append(_correction(content, breach))
        if number >= _SHOWN:
            break
    if not found:
        over = len(built.text) - contents.LONGEST
        if over > 0:
            found.append(
                Correction(
                    "review",
                    "review",
                    "Whole card",
                    f"The card is {over:,} characters over the {contents.LONGEST:,} that a card may have."
                    " Shorten texts, or remove metrics or charts that no reader needs.",
                )
            )
    order = [step.slug for step in STEPS]
    return sorted(found[:_SHOWN], key=lambda item: order.index(item.step))


def _name(form: DraftForm, taken: Mapping[str, str]) -> Iterator[Correction]:
    name = form.name
    if form.card:
        return
    if not name:
        yield Correction("model", "f-name", "Card name", "Give the card a name. It becomes part of its address.")
    elif len(name) > CARD_NAME_LENGTH:
        yield Correction("model", "f-name", "Card name", f"Shorten this by {len(name) - CARD_NAME_LENGTH} characters.")
    elif not is_card_name(name):
        yield Correction(
            "model",
            "f-name",
            "Card name",
            "Use letters, digits and hyphens only, with a letter or digit at both ends. For example"
            " fraud-classifier-2.",
        )
    elif "name" in taken:
        yield Correction(
            "model", "f-name", "Card name", f"A card named {name} exists already. Choose another name.", taken["name"]
        )


def _model_name(taken: Mapping[str, str]) -> Iterator[Correction]:
    if "model_name" in taken:
        other = taken["model_name"]
        message = f"The card {other} is about this model, and a model has one card. Change that card, or this name."
        yield Correction("model", "f-model_overview-model_name", "Model name", message, other)


def _tags(form: DraftForm) -> Iterator[Correction]:
    if form.card:
        return
    try:
        check_tags([(key, value) for key, value in form.tags])
    except Invalid as error:
        yield Correction("model", "f-tags", "Tags", f"{error}.")
    for number, (key, value) in enumerate(form.tags):
        if not 1 <= len(key) <= 128 or len(value) > 256:
            message = "Write a key of 1 to 128 characters and a value of at most 256."
            yield Correction("model", f"f-tags-{number}", "Tags", message)


def _status(form: DraftForm, built: DraftContent, before: str | None) -> Iterator[Correction]:
    after, comment = form.status, form.comment
    if after not in set(Status):
        yield Correction("review", "f-status", "Status", "Choose one of the statuses.")
    if before is None:
        return
    problem = comment_problem(before, after, comment, form.note)
    if not problem and before == after and comment:
        problem = (
            "It is kept with a change of status, and the status stays as it is. Choose another one, or say what"
            " changed above."
        )
    over = len(comment_of(form, built)) - LONGEST_COMMENT
    if not problem and before != after and over > 0:
        problem = (
            "No version is made that would keep the note, so it is kept with the comment. Shorten one of them by"
            f" {many(over, 'character')}."
        )
    if problem:
        yield Correction("review", "f-comment", "Comment", problem, late=ends_approval(before, after))


def _note(form: DraftForm, built: DraftContent, before: str | None) -> Iterator[Correction]:
    """What is wrong with the note. A note that would not be stored is an error, so that none is lost."""
    note, label = form.note, "What changed, and why"
    if len(note) > LONGEST_NOTE:
        message = f"Shorten this by {many(len(note) - LONGEST_NOTE, 'character')}."
        yield Correction("review", "f-note", label, message)
    elif note and before == form.status and built.unchanged:
        message = (
            "It is kept with a new version or a change of status, and saving makes neither. Change something, or take"
            " the note out."
        )
        yield Correction("review", "f-note", label, message)


def comment_of(form: DraftForm, built: DraftContent) -> str:
    """The comment on a change of status, with the note where no new version keeps the note."""
    return "\n".join(text for text in (form.comment, form.note if built.unchanged else "") if text)


def comment_problem(before: str, after: str, comment: str, note: str = "") -> str:
    """What is wrong with the comment on a change of status; empty when nothing is.

    Args:
        note: what the user says about a new version, which also says why an approval ends.
    """
    try:
        checked_comment = check_comment(comment)
    except Invalid as error:
        return f"{error}."
    if checked_comment is None and needs_comment(before, after):
        return "Say what should change: the author reads it on the card."
    if checked_comment is None and not note.strip() and ends_approval(before, after):
        return f"{UNSAID_APPROVAL}."
    return ""


def _correction(content: object, breach: Breach) -> Correction:
    path = breach.path
    if breach.keyword in {"required", "additionalProperties", "propertyNames"}:
        path = (*path, str(breach.limit))
    keys = [str(part) for part in path]
    step, target, label = place_of(content, keys)
    return Correction(step, target, label, _WORDING.get(breach.keyword, _misfit)(breach, value_at(content, keys)))


def place_of(content: object, keys: list[str]) -> tuple[str, str, str]:
    """Where the form asks for a place of the content: the slug of the step, the id of the input, and its label."""
    field = field_of(keys)
    step = step_of(".".join(keys)).slug
    target = "f-" + "-".join(keys)
    if field is not None and field.kind is InputKind.PAIRS and len(keys) > len(field.keys):
        names, name = list(object_at(value_at(content, field.keys))), keys[len(field.keys)]
        target = f"{field.id}-{names.index(name)}" if name in names else field.id
    return step, target, name_of_place(content, pointer_to(tuple(keys)))


def recommended_limits(content: object) -> list[Correction]:
    """The places of a valid content that exceed a documented limit that is not enforced, at most ``_SHOWN``."""
    found = []
    for breach in Inspection(contents.schema(), (INTENDED,)).breaches(content):
        if breach.keyword in _WORDING and breach.keyword != "required":
            found.append(_correction(content, breach))
        if len(found) >= _SHOWN:
            break
    return found


def _is_of_job(keys: list[str]) -> bool:
    return keys[0] == "evaluation_details" and len(keys) > 1 and keys[1].isdecimal()


def field_of(keys: list[str]) -> FormField | None:
    """The field that asks for a place of the content, or for what the place is in; None without one."""
    fields = [field for step in STEPS for field in fields_of(step)]
    if _is_of_job(keys):
        fields = list(evaluation_fields(int(keys[1])))
    return next((field for field in fields if tuple(keys[: len(field.keys)]) == field.keys), None)


def _misfit(*_: object) -> str:
    return "This does not fit the form of a card. Correct it or take it out."


def _excess(breach: Breach, value: object) -> int:
    limit = breach.limit
    return len(value) - limit if isinstance(value, str | list) and isinstance(limit, int) else 0


def _over(breach: Breach, value: object) -> str:
    more = _excess(breach, value)
    return f"Shorten this by {more:,} character{'' if more == 1 else 's'}."


def _wrong_type(breach: Breach, _: object) -> str:
    if breach.path and breach.path[-1] == "model_version":
        return "Write a number, 1 or higher. For example 8 or 8.1."
    if "number" in breach.listed:
        return "Write a number, such as 0.873 or 1e-4."
    return f"This should be of type {' or '.join(map(str, breach.listed))}."


_WORDING: Mapping[str, Callable[[Breach, object], str]] = {
    "maxLength": _over,
    "type": _wrong_type,
    "minimum": lambda breach, _: f"Write a number, {breach.limit} or higher. For example 8 or 8.1.",
    "minLength": lambda *_: "Give this a name.",
    "required": lambda breach, _: f"Give this a {breach.limit}.",
    "maxItems": lambda breach, value: f"Keep {breach.limit} of these at most: take {_excess(breach, value)} out.",
    "minItems": lambda breach, _: f"At least {breach.limit} of these is needed.",
    "enum": lambda breach, _: f"Choose one of {', '.join(map(str, breach.listed))}.",
    "additionalProperties": lambda *_: "A card has no such field. Take it out.",
}
