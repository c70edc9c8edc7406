"""The form of a draft: what the user wrote, and where the rest of it came from.

Forms are stored as JSON with a ``schema`` number. This module alone reads and writes that JSON. A later shape gets a
new number, and a reader of the old shape stays here.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import attrs
import orjson

from cardwright.core.card import Card, Description
from cardwright.core.errors import Conflict
from cardwright.core.json_value import JsonObject, value_at

SCHEMA = 4
"""The number of the shape that :func:`stored_text` writes.

Shape 1 was a flat object without a number. Shape 2 had no ``opened``, and shape 3 no ``left_page``.
"""

REPORTS = "_reports"
"""The member of an evaluation job, in a form's content, that holds its reports until the card is saved."""


class DraftReport(TypedDict):
    """A report of an evaluation job until the card is saved.

    Attributes:
        file: the name of the file, or its ``s3://`` address.
        at: when it was read, in milliseconds since the epoch.
        kind: a name in ``reports.KINDS``.
        omissions, facts: pairs of path and text.
        groups: the metric groups that it becomes.
        job: the name of the job that a choice brought with it.
    """

    file: str
    size: int
    at: int
    kind: str
    omissions: list[list[str]]
    facts: list[list[str]]
    groups: Sequence[JsonObject]
    job: NotRequired[str]


_EVALUATIONS = "evaluation_details"
_TITLE = 100  # characters of a draft's title that a list shows


@attrs.define
class EditedCard:
    """The card that a draft changes, as it was when the draft began.

    Attributes:
        content: the stored text of the version that the draft began with.
        card_id: None in drafts of releases that did not store it.
        status: the status that the draft's user knows; None likewise.
    """

    name: str
    version: int
    content: str
    card_id: str | None = None
    status: str | None = None

    def is_other_than(self, card_id: str) -> bool:
        """Whether this card was deleted, and ``card_id`` is a later card of the same name."""
        return self.card_id not in {None, card_id}

    def has_moved(self, card: Card | None) -> bool:
        """Whether the card has another status now than the draft's user knows."""
        if card is None or self.is_other_than(card.card_id):
            return False
        return self.status not in {None, card.status}


@attrs.define
class Choice:
    """A registered model, model package or training job that filled in parts of the form.

    Attributes:
        kind, path, title, arn: identify the resource; ``title`` is what a page shows.
        at, by: when it was registered, in milliseconds since the epoch, and by which user.
        left: labels of fields that the user had written, so that they were not filled in.
        warnings: sentences about the resource.
        carried_from: the name of the card that sections were copied from.
        name: the card name that the choice suggested.
        with_model: of a training job: it was chosen because the chosen model names it.
    """

    kind: str
    path: str
    title: str
    arn: str
    at: int
    by: str
    left: list[str] = attrs.Factory(list)
    warnings: list[str] = attrs.Factory(list)
    carried_from: str | None = None
    name: str = ""
    with_model: bool = False


@attrs.define
class Found:
    """A value that a choice brought to one place of the content.

    Attributes:
        choice: ``model`` or ``job``.
        origin: where the value came from, see ``console.wizard.filling.Origin``.
    """

    value: object
    choice: str
    origin: str


@attrs.define
class Opened:
    """What a page showed before it began to save by itself.

    Such a page sends its changed fields again and again. Each time they apply to what it showed, so that any number of
    saves has the result of one, and a row that is empty for a moment keeps what the page does not show of it.

    Attributes:
        page: the identifier of the page.
        turn: the number of its last save. An earlier save that arrives later is out of date.
        content: the content, with None for the evaluation jobs if the page does not ask for them.
    """

    page: str
    turn: int
    name: str
    status: str
    tags: list[list[str]]
    note: str
    comment: str
    content: dict[str, object]


@attrs.define
class DraftForm:
    """What a draft holds: the fields of the wizard, wrong values included.

    Attributes:
        tags: pairs of key and value.
        note, comment: what the user says about the new version, and about the change of status.
        content: the card's content, with texts in place of numbers that could not be read, and with ``REPORTS``.
        seen: the slugs of the steps that the user has seen; ``step`` the one that was saved last.
        card: the card that the draft changes; None for a new card.
        copied: the stored content that a new card began with.
        model, job: the chosen model or package, and the chosen training job.
        found: the values that choices brought, by dotted path in the content.
        opened: what the page showed that saved the draft by itself; None if a button saved it.
        left_page: the identifier of the page whose button saved the draft last. A button sends all fields of its page,
            so a save of that page by itself that arrives later is out of date.
    """

    name: str = ""
    status: str = "Draft"
    tags: list[list[str]] = attrs.Factory(list)
    note: str = ""
    comment: str = ""
    content: dict[str, object] = attrs.Factory(dict)
    seen: list[str] = attrs.Factory(list)
    step: str = "model"
    card: EditedCard | None = None
    copied: str | None = None
    model: Choice | None = None
    job: Choice | None = None
    found: dict[str, Found] = attrs.Factory(dict)
    opened: Opened | None = None
    left_page: str = ""

    @property
    def original(self) -> str | None:
        """The stored content that the form began with: of the card that it changes, or of the card that it copies."""
        return self.copied if self.card is None else self.card.content

    @property
    def card_name(self) -> str | None:
        """The name of the card that the form changes; None for a new card."""
        return None if self.card is None else self.card.name

    @property
    def title(self) -> str:
        """What a list of drafts shows: the card's name, else what the card is about."""
        about = self.model or self.job
        title = self.name or (f"an unnamed card for {about.title}" if about else "")
        return title[:_TITLE]


def jobs_of(content: dict[str, object]) -> list[dict[str, object]]:
    """Return the evaluation jobs of a form's content, to change them in place; adds the list if there is none."""
    jobs = content.setdefault(_EVALUATIONS, [])
    return jobs if isinstance(jobs, list) else []


def reports_of(job: object) -> Sequence[DraftReport]:
    """Return the reports of an evaluation job of a form's content."""
    found = value_at(job, REPORTS)
    return found if isinstance(found, list) else ()


def card_as_edited(card_id: str, newest: Description) -> EditedCard:
    """The card that a draft changes, at its newest version."""
    return EditedCard(newest.name, newest.version, newest.content, card_id, newest.status)


def opened_by(form: DraftForm, page: str, turn: int, *, evaluations: bool) -> Opened:
    """Return what a page shows of a form, as a copy.

    Args:
        evaluations: whether the page asks for the evaluation jobs.
    """
    kept = {key: value if evaluations or key != _EVALUATIONS else None for key, value in form.content.items()}
    return Opened(
        page, turn, form.name, form.status, copy.deepcopy(form.tags), form.note, form.comment, copy.deepcopy(kept)
    )


def as_opened(form: DraftForm) -> DraftForm:
    """Return the form as the page showed it that saved it by itself; the form itself if no page did."""
    shown = form.opened
    if shown is None:
        return form
    jobs = form.content.get(_EVALUATIONS)
    content = {
        key: jobs if key == _EVALUATIONS and value is None else copy.deepcopy(value)
        for key, value in shown.content.items()
    }
    return attrs.evolve(
        form,
        name=shown.name,
        status=shown.status,
        tags=copy.deepcopy(shown.tags),
        note=shown.note,
        comment=shown.comment,
        content=content,
    )


def is_as_begun(form: DraftForm, start: DraftForm) -> bool:
    """Whether a form says what the form says that it began with. The steps that the user has seen do not count."""
    return _as_written(form) == _as_written(start)


def _as_written(form: DraftForm) -> DraftForm:
    return attrs.evolve(form, seen=[], step="", opened=None, left_page="")


class DraftOfNewerRelease(Conflict):
    """A newer release of Cardwright stored the draft."""

    def __init__(self) -> None:
        super().__init__("A newer release of Cardwright saved this draft: open it there")


def stored_text(form: DraftForm) -> str:
    """The JSON text of a form.

    Raises:
        TypeError: the content is nested too deep.
    """
    return orjson.dumps({"schema": SCHEMA, **_members(form)}, default=_members).decode()


def read_form(text: str) -> DraftForm:
    """The form in a JSON text, of this shape or an older one.

    Raises:
        DraftOfNewerRelease: the text has a later shape.
    """
    stored = orjson.loads(text)
    schema = stored.pop("schema", 1)
    if schema == 1:
        return _read_flat(stored)
    if schema not in {2, 3, SCHEMA}:
        raise DraftOfNewerRelease
    card, model, job = (stored.pop(key) for key in ("card", "model", "job"))
    opened = stored.pop("opened", None)
    found = {path: Found(**item) for path, item in stored.pop("found").items()}
    return DraftForm(
        **stored,
        card=card and EditedCard(**card),
        model=model and Choice(**model),
        job=job and Choice(**job),
        found=found,
        opened=opened and Opened(**opened),
    )


def _members(value: attrs.AttrsInstance) -> dict[str, object]:
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}


def _read_flat(stored: Mapping[str, Any]) -> DraftForm:
    """A form of shape 1, whose members came and went over time."""
    own = ("name", "status", "tags", "note", "comment", "content", "seen", "step", "copied")
    form = DraftForm(**{key: stored[key] for key in own if key in stored})
    if stored.get("card"):
        form.card = EditedCard(
            stored["card"], stored["version"], stored["base"], stored.get("card_id"), stored.get("status_then")
        )
    form.model, form.job = _read_choice(stored.get("source")), _read_choice(stored.get("job"))
    form.found = {
        path: Found(item["value"], item["of"], item["from"]) for path, item in stored.get("found", {}).items()
    }
    evaluations = form.content.get("evaluation_details")
    for evaluation in evaluations if isinstance(evaluations, list) else ():
        for report in evaluation.get(REPORTS, ()):
            report.setdefault("facts", [])
    return form


def _read_choice(stored: Mapping[str, Any] | None) -> Choice | None:
    if not stored:
        return None
    known = {field.name for field in attrs.fields(Choice)}
    members = {key: value for key, value in stored.items() if key in known}
    return Choice(**members, with_model=bool(stored.get("alone")))
