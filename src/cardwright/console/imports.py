"""Import: files of other tools are read and shown; the button stores their cards, or a card's JSON becomes a draft."""

import orjson
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import find_card
from cardwright.actions.drafts import begin_draft
from cardwright.actions.imports import ImportAction, import_cards
from cardwright.console.context import PageContext, page_context
from cardwright.console.import_entries import (
    INTO,
    Entry,
    Row,
    arguments_of,
    counts_of,
    entries_of_form,
    planned,
    rows_of,
)
from cardwright.console.refusals import words_of
from cardwright.console.toasts import toast
from cardwright.console.wizard.check import LONGEST_NOTE
from cardwright.console.wizard.forms import form_of_import
from cardwright.console.wording import many
from cardwright.core import content as contents
from cardwright.core.card import UNSAID_APPROVAL, Status
from cardwright.core.errors import Invalid
from cardwright.core.people import Role
from cardwright.core.rewriting import compact
from cardwright.interchange import FORMATS, ImportedCard, Outcome, read_card

_LARGEST = 1_000_000  # bytes: ten times what a card may have, escaped
_MOST_ROWS = 400
_NO_FILE = "Choose a file, or paste its text"
_OUTCOMES = {
    Outcome.KEPT: "check",
    Outcome.CHANGED: "swap",
    Outcome.SHORTENED: "cut",
    Outcome.MOVED: "right",
    Outcome.DROPPED: "ban",
    Outcome.INFERRED: "info",
}


blueprint = Blueprint("imports", __name__)


@blueprint.get("/import")
def ask() -> str:
    context = page_context()
    context.actor().require(Role.AUTHOR, "CreateModelCard", "*")
    return render_template("import.html", problem=None, text="", formats=FORMATS.values())


@blueprint.post("/import")
def take() -> Response | tuple[str, int]:
    context = page_context()
    file = request.files.get("file")
    given = file.read(_LARGEST + 1) if file is not None and file.filename else request.form.get("text", "").encode()
    try:
        card = _read(given)
        with context.writing() as unit:
            draft = begin_draft(unit, form_of_import(card.name, card.content))
    except Invalid as error:
        text = given[:_LARGEST].decode("utf-8", "replace") if file is None or not file.filename else ""
        return _asked_again(words_of(error), text)
    toast(". ".join(["Imported as a draft. Look it over, then save it", *card.notes]))
    return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug="review"), 303)


@blueprint.post("/import/preview")
def preview() -> Response | str | tuple[str, int]:
    """Shows what was read from the files; nothing is stored, and the form sends the files back."""
    context = page_context()
    context.actor().require(Role.AUTHOR, "ImportModelCard", "*")
    try:
        entries = entries_of_form()
    except Invalid as error:
        return _asked_again(words_of(error), request.form.get("text", "")[:_LARGEST])
    if not entries:
        return _asked_again(_NO_FILE, "")
    with context.reading() as unit:
        entries = planned(unit, entries)
    shown = _shown(entries)
    if request.form.get("do") == "report":
        return _report(entries[shown])
    return _page(entries, shown)


@blueprint.post("/import/create")
def create() -> Response | tuple[str, int]:
    """Stores the cards of all files that are ready, or none."""
    context = page_context()
    context.actor().require(Role.AUTHOR, "ImportModelCard", "*")
    try:
        entries = entries_of_form()
    except Invalid as error:
        return _asked_again(words_of(error), "")
    if not entries:
        return _asked_again(_NO_FILE, "")
    with context.reading() as unit:
        entries = planned(unit, entries)
    faulty = [place for place, entry in enumerate(entries) if entry.is_open]
    ready = [entry for entry in entries if entry.is_ready]
    if faulty or not ready:
        return _page(entries, faulty[0] if faulty else 0), 422
    note = " ".join(request.form.get("note", "").split())
    problem = _note_problem(context, ready, note)
    if problem:
        return _page(entries, entries.index(ready[0]), problem), 422
    done = []
    with context.writing() as unit:
        for entry in ready:
            if entry.file is not None:
                status = Status.DRAFT if entry.choice.do == INTO else None
                done += import_cards(unit, entry.file, **arguments_of(entry), status=status, note=note or None)
    made = sum(step.action is ImportAction.CREATE for step in done)
    changed = sum(step.action is ImportAction.UPDATE for step in done)
    toast(f"Imported: {many(made, 'card')} created, {many(changed, 'version')} added")
    if len(done) == 1:
        return redirect(url_for("card.show", name=done[0].name), 303)
    return redirect("/cards", 303)


def _asked_again(problem: str, text: str) -> tuple[str, int]:
    return render_template("import.html", problem=problem, text=text, formats=FORMATS.values()), 422


def _shown(entries: list[Entry]) -> int:
    """Return the number of the file whose report is shown."""
    kind, _, place = request.form.get("do", "").partition(":")
    chosen = place if kind == "show" else request.form.get("shown", "0")
    return min(int(chosen), len(entries) - 1) if chosen.isdecimal() and len(chosen) < 4 else 0


def _note_problem(context: PageContext, ready: list[Entry], note: str) -> str:
    """What is wrong with the note on versions that are added to cards; empty when nothing is."""
    if len(note) > LONGEST_NOTE:
        return f"Shorten this by {many(len(note) - LONGEST_NOTE, 'character')}."
    with context.reading() as unit:
        cards = [find_card(unit, entry.choice.into) for entry in ready if entry.choice.do == INTO]
    if not note and any(card.status is Status.APPROVED for card in cards):
        return f"{UNSAID_APPROVAL}."
    return ""


def _page(entries: list[Entry], shown: int, note_problem: str = "") -> str:
    kind, _, outcome = request.form.get("do", "").partition(":")
    chosen = outcome if kind == "outcome" and outcome in _OUTCOMES else ""
    entry = entries[shown]
    groups = rows_of(entry, chosen)
    rows = sum(len(group) for _, group in groups)
    ready = [one for one in entries if one.is_ready]
    steps = [step.action for one in ready for step in one.steps]
    return render_template(
        "import_preview.html",
        entries=entries,
        shown=shown,
        typed_note=request.form.get("note", ""),
        note_problem=note_problem,
        longest_note=LONGEST_NOTE,
        entry=entry,
        groups=_first(groups),
        left_out=max(0, rows - _MOST_ROWS),
        counts=counts_of(entry),
        outcomes=_OUTCOMES,
        outcome=chosen,
        formats=FORMATS.values(),
        creates=steps.count(ImportAction.CREATE),
        updates=steps.count(ImportAction.UPDATE),
        skipped=len(entries) - len(ready),
        ready=bool(ready) and not any(one.is_open for one in entries),
        content=contents.parse(entry.steps[0].content) if entry.steps else None,
        characters=len(entry.steps[0].content) if entry.steps else 0,
    )


def _first(groups: list[tuple[str, list[Row]]]) -> list[tuple[str, list[Row]]]:
    """Return the first rows of a long report."""
    found, room = list[tuple[str, list[Row]]](), _MOST_ROWS
    for title, rows in groups:
        if room > 0:
            found.append((title, rows[:room]))
            room -= len(rows)
    return found


def _report(entry: Entry) -> Response:
    cards = [{"name": card.name, "report": [line.as_json() for line in card.report.lines]} for card in entry.cards]
    answer = make_response(orjson.dumps(cards, option=orjson.OPT_INDENT_2))
    answer.content_type = "application/json"
    answer.headers["Content-Disposition"] = 'attachment; filename="loss-report.json"'
    return answer


def _read(given: bytes) -> ImportedCard:
    """The card in a file, with checked content. White space that only lays out the file does not count."""
    if len(given) > _LARGEST:
        raise Invalid(f"The file is larger than {_LARGEST // 1000:,} KB, and a card has at most 100,000 characters")
    if not given.strip():
        raise Invalid("Choose a file, or paste a card’s JSON")
    card = read_card(given)
    is_whole_file = card.content.encode() in given  # else it is a text inside the file, which stays as it is
    content = compact(card.content) if is_whole_file else card.content
    contents.check(content)
    return card._replace(content=content)
