"""The cards that were deleted: their list, and the history of each."""

from functools import partial

from flask import Blueprint, abort, render_template, request, url_for

from cardwright.actions.history import deleted_trail, links_of, list_deleted
from cardwright.console.context import page_context
from cardwright.console.query import read_place, ways_from, ways_from_numbered, whole_number
from cardwright.console.wording import event

PAGE = 25
_EVENTS = 100


blueprint = Blueprint("deleted", __name__)


@blueprint.get("/deleted")
def index() -> str:
    context = page_context()
    after, before = read_place(request.args, (int, str))
    with context.reading() as unit:
        page = list_deleted(unit, after=after, before=before, limit=PAGE)
    ways = ways_from(page, partial(url_for, "deleted.index"), placed=bool(after or before))
    return render_template("deleted.html", cards=page.items, ways=ways)


@blueprint.get("/deleted/<card_id:card_id>")
def show(card_id: str) -> str:
    context = page_context()
    asked = request.args.get("before")
    before = None if asked is None else whole_number(asked)
    if asked is not None and before is None:
        abort(404)
    with context.reading() as unit:
        trail = deleted_trail(unit, card_id) or abort(404)
        newest = links_of(unit, trail, limit=1)
        events = links_of(unit, trail, before=before, limit=_EVENTS)
    here = partial(url_for, "deleted.show", card_id=card_id)
    return render_template(
        "deleted_card.html",
        card=trail.deleted,
        trail=trail,
        events=[(link, *event(link)) for link in events],
        ways=ways_from_numbered(newest[0].sequence, before, _EVENTS, here),
    )
