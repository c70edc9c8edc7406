"""What is done to a card from its page: tags, edit, duplicate, archive, delete."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import delete_card, describe_card, find_card, role_to_delete
from cardwright.actions.drafts import begin_draft, draft_of_card
from cardwright.actions.tags import add_tags, delete_tags, list_tags
from cardwright.console.context import page_context
from cardwright.console.toasts import toast
from cardwright.console.wizard.forms import form_of_copy
from cardwright.console.wizard.gaps import place_in_form
from cardwright.console.wizard.steps import STEPS
from cardwright.core.annotations import check_pointer
from cardwright.core.errors import Invalid
from cardwright.core.policy.pointers import parts

_ACTIONS = frozenset({"edit", "duplicate", "status", "tags"})
_KEY, _VALUE = 128, 256


blueprint = Blueprint("changes", __name__)


@blueprint.post("/cards/<card:name>/tags")
def tags(name: str) -> Response:
    context = page_context()
    arn = context.scope.card_arn(name)
    remove = request.form.get("remove")
    with context.writing() as unit:
        find_card(unit, name)
        if remove is not None:
            old = list_tags(unit, arn).get(remove, "")
            delete_tags(unit, arn, [remove])
            toast(
                f"Tag {remove[:_KEY]} removed",
                undo=url_for("changes.tags", name=name),
                values=[("key", remove), ("value", old)],
            )
        else:
            key, value = request.form.get("key", "").strip(), request.form.get("value", "").strip()
            if not 1 <= len(key) <= _KEY or len(value) > _VALUE:
                raise Invalid(f"A tag has a key of 1 to {_KEY} characters and a value of at most {_VALUE}")
            add_tags(unit, arn, [(key, value)])
            toast(f"Tag {key} set")
    return redirect(url_for("card.show", name=name) + "#tags", 303)


@blueprint.get("/cards/<card:name>/<action>")
def back(name: str, action: str) -> Response:
    """What only buttons do, opened by its address: the card has the buttons."""
    return redirect(url_for("card.show", name=name)) if action in _ACTIONS else abort(404)


@blueprint.post("/cards/<card:name>/edit")
def edit(name: str) -> Response:
    """Leads to the form. It begins a draft with the first change, not here."""
    context = page_context()
    with context.reading() as unit:
        find_card(unit, name)
        mine = draft_of_card(unit, name)
    if mine is not None:
        toast("This is the draft that you began earlier")
    slug, anchor, job = _place(request.form.get("field", ""))
    if mine is not None:
        return redirect(url_for("wizard.step", draft_id=mine.draft_id, slug=slug, job=job, _anchor=anchor), 303)
    return redirect(url_for("wizard.edit", name=name, slug=slug, job=job, _anchor=anchor), 303)


def _place(field: str) -> tuple[str, str | None, str | None]:
    """The step that asks for a JSON Pointer or a dotted path, the id of its input there, and its evaluation job."""
    if not field:
        return STEPS[0].slug, None, None
    pointer = check_pointer(field) if field.startswith("/") else None
    keys = field.split(".") if pointer is None else list(parts(pointer))
    slug, target, _ = place_in_form({}, keys)
    is_of_job = keys[0] == "evaluation_details" and len(keys) > 1 and keys[1].isdecimal() and len(keys[1]) < 6
    return slug, target, keys[1] if is_of_job else None


@blueprint.post("/cards/<card:name>/duplicate")
def duplicate(name: str) -> Response:
    context = page_context()
    with context.writing() as unit:
        draft = begin_draft(unit, form_of_copy(describe_card(unit, name).content))
    toast(f"Draft begun from {name}. Its model’s own name and identifiers were left out")
    return redirect(url_for("wizard.step", draft_id=draft.draft_id, slug="model"), 303)


@blueprint.get("/cards/<card:name>/delete")
def ask_delete(name: str) -> str:
    context = page_context()
    with context.reading() as unit:
        card = describe_card(unit, name)
        context.actor().require(role_to_delete(unit, name), "DeleteModelCard", context.scope.card_arn(name))
        return render_template("delete.html", card=card, wrong=False)


@blueprint.post("/cards/<card:name>/delete")
def delete(name: str) -> Response | tuple[str, int]:
    context = page_context()
    if request.form.get("name", "").strip() != name:
        with context.reading() as unit:
            return render_template("delete.html", card=describe_card(unit, name), wrong=True), 422
    with context.writing() as unit:
        delete_card(unit, name)
    toast(f"{name} deleted")
    return redirect("/cards", 303)
