"""Reviews: a card's status is changed from its page, with a comment."""

import orjson
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card, review_card
from cardwright.actions.history import audit_trail
from cardwright.actions.reviews import undo_status
from cardwright.console.context import PageContext, page_context
from cardwright.console.query import whole_number
from cardwright.console.toasts import toast
from cardwright.console.wizard.check import comment_problem
from cardwright.console.wording import STATUSES, status_word
from cardwright.core.card import Description, Status
from cardwright.core.errors import CardMoved, CardOutdated, Invalid
from cardwright.core.integrity.history import Event
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
    with context.reading() as unit:
        card = describe_card(unit, name)
        undoes = "undo" in request.form and _undoes(unit, card, wanted)
    before = request.form.get("was", "")
    before = before if before in STATUSES else card.status
    problem = "" if undoes else comment_problem(before, wanted, comment)
    if problem and before == card.status:
        return render_template("status.html", card=card, wanted=wanted, comment=comment, problem=problem), 422
    try:
        with context.writing() as unit:
            if undoes:
                undo_status(unit, name, Status(wanted))
            elif before != wanted:
                review_card(unit, name, Status(wanted), comment, based_on=seen, was=before)
    except (CardOutdated, CardMoved):
        return _ask_again(context, name, wanted, comment, seen)
    if undoes:
        toast(f"{name} is {status_word(wanted).lower()} as before")
    elif before != wanted:
        may_undo = before != Status.APPROVED or context.person.role.includes(Role.APPROVER)
        toast(
            _DONE[wanted].format(name),
            undo=url_for("reviews.status", name=name) if may_undo else None,
            values=[("status", before), ("undo", "1")],
        )
    return redirect(url_for("card.show", name=name), 303)


def _ask_again(context: PageContext, name: str, wanted: str, comment: str, seen: int | None) -> tuple[str, int]:
    """Show what changed since the user opened the card, and ask whether the decision is still wanted."""
    with context.reading() as unit:
        card = describe_card(unit, name)
        who = audit_trail(unit, name, limit=1)[0].actor
    words = {"card": card, "wanted": wanted, "comment": comment, "seen": seen, "who": who}
    return render_template("status.html", **words), 409


def _undoes(unit: Unit, card: Description, wanted: str) -> bool:
    """Whether a status is what the card had before the last change of all, which this person made."""
    last = audit_trail(unit, card.name, limit=1)[0]
    if last.actor != unit.actor.user or last.event != Event.STATUS:
        return False
    told = orjson.loads(last.details)
    return (told["from"], told["to"]) == (wanted, card.status)
