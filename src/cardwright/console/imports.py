"""A card from its JSON: what SageMaker or another Cardwright gave out becomes a draft, to be looked at and saved."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.drafts import begin_draft
from cardwright.console.context import Desk
from cardwright.console.toasts import toast
from cardwright.console.wizard.forms import form_of_import
from cardwright.core import content as contents
from cardwright.core.errors import ContentInvalid, Invalid
from cardwright.core.people import Role
from cardwright.core.rewriting import compact

_LARGEST = 1_000_000  # bytes: ten times what a card may have, escaped
_SECTIONS = frozenset(contents.schema()["properties"])


def pages(desk: Desk) -> Blueprint:
    blueprint = Blueprint("imports", __name__)

    @blueprint.get("/import")
    def ask() -> str:
        desk.actor().require(Role.AUTHOR, "CreateModelCard", "*")
        return render_template("import.html", problem=None, text="")

    @blueprint.post("/import")
    def take() -> Response | tuple[str, int]:
        file = request.files.get("file")
        given = file.read(_LARGEST + 1) if file is not None and file.filename else request.form.get("text", "").encode()
        try:
            name, content = _read(given)
            with desk.writing() as unit:
                draft = begin_draft(unit, form_of_import(name, content))
        except Invalid as error:
            text = given[:_LARGEST].decode("utf-8", "replace") if file is None or not file.filename else ""
            return render_template("import.html", problem=str(error), text=text), 422
        toast("Imported as a draft. Look it over, then save it")
        return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug="review"), 303)

    return blueprint


def _read(given: bytes) -> tuple[str, str]:
    """The name and the content of a card: of its content, of a DescribeModelCard answer, or of a create request."""
    if len(given) > _LARGEST:
        raise Invalid(f"The file has more than {_LARGEST // 1000:,} KB, and a card has at most 100,000 characters")
    if not given.strip():
        raise Invalid("Choose a file, or paste a card’s JSON")
    try:
        text = given.decode("utf-8-sig")
        value = contents.parse(text)
        text = compact(text)
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8 text: save it as JSON in UTF-8") from None
    except ContentInvalid as error:
        raise Invalid(f"This is not JSON. {error.violations[0].description}") from None
    name = ""
    if isinstance(value, dict) and isinstance(value.get("Content"), str):
        name = str(value.get("ModelCardName", ""))
        try:
            text = value["Content"]
            value = contents.parse(text)
        except ContentInvalid as error:
            raise Invalid(f"Its Content is not JSON. {error.violations[0].description}") from None
    if not isinstance(value, dict):
        raise Invalid("A card’s JSON is an object, with members such as model_overview and intended_uses")
    if value and not _SECTIONS & value.keys():
        raise Invalid(f"This JSON is no model card: a card has members such as {', '.join(sorted(_SECTIONS)[:3])}")
    contents.check(text)
    return name[:63], text
