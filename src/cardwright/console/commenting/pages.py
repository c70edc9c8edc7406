"""Comments are added, answered, resolved and opened again; each form leads back to its place."""

import re

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card
from cardwright.actions.comments import ShownComment, add_comment, resolve_comment
from cardwright.console.accounts.session_cookie import local_address
from cardwright.console.context import PageContext, page_context
from cardwright.console.refusals import words_of
from cardwright.console.toasts import toast
from cardwright.core.annotations import check_pointer
from cardwright.core.content import digest, parse
from cardwright.core.errors import Denied, Invalid, LimitExceeded
from cardwright.core.field_names import name_of_place
from cardwright.core.review import LONGEST_TEXT, ReviewMoved

_PAGES = re.compile(
    r"/reviews/queue\?[\w=&]*|/drafts/[0-9a-f-]{36}/[a-z]+|/cards/[A-Za-z0-9-]{1,63}/edit/[a-z]+", re.ASCII
)
"""Pages that show comments, other than the page of the card."""

blueprint = Blueprint("comments", __name__)


@blueprint.post("/cards/<card:name>/comments")
def add(name: str) -> Response | tuple[str, int]:
    """Add a comment or a reply. A refusal shows what was typed."""
    context, form = page_context(), request.form
    try:
        with context.writing() as unit:
            added = add_comment(
                unit,
                name,
                form.get("text", "").replace("\r\n", "\n"),
                pointer=form.get("pointer"),
                reply_to=form.get("reply_to") or None,
                content_digest=form.get("digest") or None,
            )
    except ReviewMoved as error:
        words = f"The card has version {error.version} now, and your comment was about an earlier one."
        return _refused(context, name, words, 409)
    except (Invalid, LimitExceeded) as error:
        return _refused(context, name, f"{words_of(error)}.", 422)
    except Denied as error:
        return _refused(context, name, f"{words_of(error)}.", 403)
    toast("Reply saved" if added.comment.reply_to else "Comment saved")
    return _back(name, added)


@blueprint.get("/cards/<card:name>/comments")
@blueprint.get("/cards/<card:name>/comments/<comment_id:comment>/<do>")
def address_of_form(name: str, comment: str = "", do: str = "") -> Response:  # noqa: ARG001 - all forms lead there
    """The address of a form, opened in the browser."""
    return redirect(url_for("card.show", name=name))


@blueprint.post("/cards/<card:name>/comments/<comment_id:comment>/<do>")
def resolve(name: str, comment: str, do: str) -> Response:
    """Resolve a comment, or open it again."""
    if do not in {"resolve", "reopen"}:
        abort(404)
    with page_context().writing() as unit:
        shown = resolve_comment(unit, comment, resolved=do == "resolve")
        if shown.card_name != name:
            abort(404)
    toast("Comment resolved" if do == "resolve" else "Comment opened again")
    return _back(name, shown)


def _back(name: str, shown: ShownComment) -> Response:
    """To the comment, on the page that the form was on."""
    anchor = f"comment-{shown.comment.reply_to or shown.comment.comment_id}"
    back = local_address(request.form.get("back", ""))
    if _PAGES.fullmatch(back):
        return redirect(f"{back}#{anchor}", 303)
    return redirect(url_for("card.show", name=name, _anchor=anchor), 303)


def _refused(context: PageContext, name: str, words: str, code: int) -> tuple[str, int]:
    """The page that says why a comment was not saved, with its text."""
    pointer = request.form.get("pointer", "")
    with context.reading() as unit:
        card = describe_card(unit, name)
    try:
        label = name_of_place(parse(card.content), check_pointer(pointer) or "/")
    except Invalid:
        label = pointer[:80]
    page = render_template(
        "comment_refused.html",
        card=card,
        digest=digest(card.content),
        words=words,
        label=label,
        form=request.form,
        code=code,
        longest=LONGEST_TEXT,
    )
    return page, code
