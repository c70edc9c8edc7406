"""Reviews: a card's status is changed from its page, with a comment."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card, find_card, review_card
from cardwright.actions.history import audit_trail
from cardwright.actions.status_undo import undo_status
from cardwright.console.context import PageContext, page_context
from cardwright.console.query import whole_number
from cardwright.console.refusals import words_of
from cardwright.console.toasts import toast
from cardwright.console.wizard.check import comment_problem
from cardwright.console.wording import STATUSES, status_word
from cardwright.core.card import Status
from cardwright.core.errors import CardMoved, CardOutdated, Invalid
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

_DONE = {
    "Draft": "{} is a draft again",
    "PendingReview": "{} sent for review",
    "Approved": "{} approved",
    "Archived": "{} archived",
}


blueprint = Blueprint("reviews", __name__)


@blueprint.post("/cards/<card:name>/status")
def status(name: str) -> Response | tuple[str, int]:
    context = page_context()
    wanted = request.form.get("status", "")
    if wanted not in STATUSES:
        raise Invalid(f"A card is {', '.join(map(status_word, STATUSES))}, and nothing else")
    comment = request.form.get("comment", "")
    seen = whole_number(request.form.get("version", ""))
    try:
        with context.writing() as unit:
            before = _changed(unit, name, wanted, comment, seen)
    except (CardOutdated, CardMoved):
        return _ask_again(context, name, wanted, comment, seen)
    except Invalid as error:
        return _corrected(context, name, wanted, comment, error)
    if before is None:
        toast(f"{name} is {status_word(wanted).lower()} as before")
    elif before != wanted:
        may_undo = before != Status.APPROVED or context.person.role.includes(Role.APPROVER)
        toast(
            _DONE[wanted].format(name),
            undo=url_for("reviews.status", name=name) if may_undo else None,
            values=[("status", before), ("undo", "1")],
        )
    return redirect(url_for("card.show", name=name), 303)


def _changed(unit: Unit, name: str, wanted: str, comment: str, seen: int | None) -> str | None:
    """Change the status of a card. Returns the status before; None when it undid the user's last change."""
    if "undo" in request.form and undo_status(unit, name, Status(wanted), comment):
        return None
    before = request.form.get("was", "")
    before = before if before in STATUSES else find_card(unit, name).status
    if before != wanted:
        review_card(unit, name, Status(wanted), comment, based_on=seen, was=before)
    return before


def _corrected(context: PageContext, name: str, wanted: str, comment: str, error: Invalid) -> tuple[str, int]:
    """The page that asks for the comment, with what is wrong with it."""
    with context.reading() as unit:
        card = describe_card(unit, name)
    problem = comment_problem(card.status, wanted, comment) or f"{words_of(error)}."
    page = render_template(
        "status.html", card=card, wanted=wanted, comment=comment, problem=problem, undoes="undo" in request.form
    )
    return page, 422


def _ask_again(context: PageContext, name: str, wanted: str, comment: str, seen: int | None) -> tuple[str, int]:
    """Show what changed since the user opened the card, and ask whether the decision is still wanted."""
    with context.reading() as unit:
        card = describe_card(unit, name)
        who = audit_trail(unit, name, limit=1)[0].actor
    words = {"card": card, "wanted": wanted, "comment": comment, "seen": seen, "who": who}
    return render_template("status.html", **words), 409
