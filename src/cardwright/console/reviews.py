"""Reviews: a card's status is changed from its page, with what is said about it."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card, update_card
from cardwright.console.desk import Desk
from cardwright.console.toasts import toast
from cardwright.console.wording import STATUSES, status_word
from cardwright.core.card import Status, check_comment, needs_comment
from cardwright.core.errors import Invalid
from cardwright.core.people import Role

_DONE = {
    "Draft": "{} is a draft again",
    "PendingReview": "{} sent for review",
    "Approved": "{} approved",
    "Archived": "{} archived",
}


def pages(desk: Desk) -> Blueprint:
    blueprint = Blueprint("reviews", __name__)

    @blueprint.post("/cards/<name>/status")
    def status(name: str) -> Response | tuple[str, int]:
        wanted = request.form.get("status", "")
        if wanted not in STATUSES:
            raise Invalid(f"A card is {', '.join(map(status_word, STATUSES))}, and nothing else")
        comment = request.form.get("comment", "")
        with desk.reading() as unit:
            card = describe_card(unit, name)
        before = card.status
        problem = "" if "undo" in request.form else _wrong_comment(before, wanted, comment)
        if problem:
            return render_template("status.html", card=card, wanted=wanted, comment=comment, problem=problem), 422
        with desk.writing() as unit:
            update_card(unit, name, None, Status(wanted), comment=comment)
        if before != wanted and "undo" in request.form:
            toast(f"{name} is {status_word(wanted).lower()} as before")
        elif before != wanted:
            may_undo = before != Status.APPROVED or desk.person.role.includes(Role.APPROVER)
            toast(
                _DONE[wanted].format(name),
                undo=url_for("reviews.status", name=name) if may_undo else None,
                values=[("status", before), ("undo", "1")],
            )
        return redirect(url_for("card.show", name=name), 303)

    return blueprint


def _wrong_comment(before: str, after: str, comment: str) -> str:
    """What is wrong with what somebody says to a change of status."""
    try:
        said = check_comment(comment)
    except Invalid as error:
        return f"{error}."
    if said is None and needs_comment(before, after):
        return "Say what should change: the author reads it here."
    return ""
