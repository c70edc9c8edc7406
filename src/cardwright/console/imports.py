"""Import: a card's file becomes a draft, which the user reviews and saves."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.drafts import begin_draft
from cardwright.console.context import page_context
from cardwright.console.toasts import toast
from cardwright.console.wizard.forms import form_of_import
from cardwright.core import content as contents
from cardwright.core.errors import Invalid
from cardwright.core.people import Role
from cardwright.core.rewriting import compact
from cardwright.interchange import ImportedCard, read_card

_LARGEST = 1_000_000  # bytes: ten times what a card may have, escaped


blueprint = Blueprint("imports", __name__)


@blueprint.get("/import")
def ask() -> str:
    context = page_context()
    context.actor().require(Role.AUTHOR, "CreateModelCard", "*")
    return render_template("import.html", problem=None, text="")


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
        return render_template("import.html", problem=str(error), text=text), 422
    toast(". ".join(["Imported as a draft. Look it over, then save it", *card.notes]))
    return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug="review"), 303)


def _read(given: bytes) -> ImportedCard:
    """The card in a file, with checked content. White space that only lays out the file does not count."""
    if len(given) > _LARGEST:
        raise Invalid(f"The file has more than {_LARGEST // 1000:,} KB, and a card has at most 100,000 characters")
    if not given.strip():
        raise Invalid("Choose a file, or paste a card’s JSON")
    card = read_card(given)
    is_whole_file = card.content.encode() in given  # else it is a text inside the file, which stays as it is
    content = compact(card.content) if is_whole_file else card.content
    contents.check(content)
    return card._replace(content=content)
