"""Settings: those of the reader, and those of the account, which administrators change."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.account_settings import read_text_format, set_text_format, use_shortcuts
from cardwright.console.accounts.session_cookie import local_address
from cardwright.console.context import page_context
from cardwright.console.toasts import toast
from cardwright.core.errors import Invalid
from cardwright.core.text_format import TextFormat

TEXT_FORMATS = {
    TextFormat.PLAIN: ("Plain text", "Texts are shown as they are written."),
    TextFormat.MARKDOWN: (
        "Markdown",
        "Paragraphs, lists, tables, links, code and emphasis are shown as such, on pages and in HTML, Markdown and"
        " PDF.",
    ),
}
"""The formats of card texts, with the words that people read."""

blueprint = Blueprint("settings", __name__)


@blueprint.get("/settings")
def show() -> str:
    with page_context().reading() as unit:
        text_format = read_text_format(unit)
    return render_template("settings.html", text_format=text_format, text_formats=TEXT_FORMATS)


@blueprint.post("/settings/texts")
def texts() -> Response:
    wanted = request.form.get("text_format", "")
    if wanted not in set(TextFormat):
        raise Invalid("Texts of cards are plain or markdown")
    with page_context().writing() as unit:
        changed = set_text_format(unit, TextFormat(wanted))
    word = TEXT_FORMATS[TextFormat(wanted)][0]
    toast(f"Card texts are {word} now" if changed else f"Card texts are {word} already")
    return redirect(url_for("settings.show"), 303)


@blueprint.post("/settings/keyboard")
def keyboard() -> Response:
    on = request.form.get("shortcuts") == "on"
    with page_context().writing() as unit:
        use_shortcuts(unit, on=on)
    toast(f"Keyboard shortcuts are {'on' if on else 'off'}")
    return redirect(local_address(request.form.get("back", "")), 303)
