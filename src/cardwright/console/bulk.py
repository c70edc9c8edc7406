"""The pages of the bulk actions: one lists the cards and asks for confirmation, one shows the result."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions import bulk
from cardwright.actions.bulk import MAX_CARDS, ChangedCard, Chosen, LeftOut
from cardwright.actions.cards import find_card
from cardwright.actions.portfolio import browse_cards, rows_named
from cardwright.console import archives
from cardwright.console.address_values import clean
from cardwright.console.bulk_actions import BY_NAME, ActionField, BulkAction, offered
from cardwright.console.context import PageContext, page_context
from cardwright.console.exports import offers
from cardwright.console.query import ListState
from cardwright.console.refusals import lack_words, words_of
from cardwright.console.toasts import toast
from cardwright.console.wording import many
from cardwright.core.card import UNSAID_APPROVAL, Status
from cardwright.core.errors import CardMissing, Invalid
from cardwright.core.portfolio import PortfolioRow

_UNDONE_AT_ONCE = 25  # cards that a toast brings back: their statuses are in its form
_REHEARSED_AT_ONCE = 25  # selected cards whose omissions the list shows
_EXPORT = "export"


blueprint = Blueprint("bulk", __name__)


class Omission(NamedTuple):
    """A card that an action leaves unchanged, and why."""

    name: str
    reason: str


@blueprint.get("/bulk")
def ask() -> Response | str:
    """The page that lists the cards and asks for confirmation."""
    context = page_context()
    names = _chosen(context)
    wanted = request.args.get("do", "")
    if not names or wanted not in {*BY_NAME, _EXPORT}:
        toast("No card was selected")
        return back()
    if wanted == _EXPORT:
        return _page(context, None, *_existing(context, [Chosen(name) for name in names]))
    action = BY_NAME[wanted]
    context.actor().require(action.role, "UpdateModelCard", "*")
    return _rehearsed(context, action, names)


@blueprint.get("/bulk/left-out")
def omissions() -> str:
    """The selected cards that each action leaves out, with the reasons that the page of the action gives.

    Each card is rehearsed for each action, so a whole list and more than 25 cards get a hint at that page instead.
    """
    context = page_context()
    names = [*map(clean, request.args.getlist("card"))]
    if request.args.get("all") or len(names) > _REHEARSED_AT_ONCE:
        return render_template("bulk_left_out.html", found=None)
    found = {}
    for action in offered(context):
        reasons: dict[str, list[str]] = {}
        for one in _rehearse(context, action, _bound(context, action, names))[1]:
            reasons.setdefault(one.reason, []).append(one.name)
        found[action.title] = reasons
    return render_template("bulk_left_out.html", found=found)


@blueprint.get("/bulk/<action>/run")
def reopened(action: str) -> Response:
    """What only buttons do, opened by its address: the list has the buttons."""
    return back() if action in {*BY_NAME, _EXPORT} else abort(404)


@blueprint.post("/bulk/<action>/run")
def run(action: str) -> Response | str | tuple[str, int]:
    context = page_context()
    wanted = BY_NAME.get(action)
    if wanted is None:
        toast("No card was selected")
        return back()
    context.actor().require(wanted.role, "UpdateModelCard", "*")
    cards = [Chosen(*_parts(text)) for text in request.form.getlist("card")[:MAX_CARDS]]
    try:
        verb = wanted.verb(request.form)
    except Invalid as error:
        return _page(context, wanted, cards, _left_out(), wrong=f"{error}."), 422
    if wanted.ends_approvals and not request.form.get("comment", "").strip() and _approved(context, cards):
        return _page(context, wanted, cards, _left_out(), wrong=f"{UNSAID_APPROVAL}."), 422
    done, left_out = bulk.run(context.writing, cards, verb)
    return _result_page(wanted, done, [*map(_omission, left_out), *_left_out()])


@blueprint.post("/bulk/export/run")
def export() -> Response:
    context = page_context()
    names = [name for name, _ in map(_parts, request.form.getlist("card"))][:MAX_CARDS]
    if not names:
        toast("No card was selected")
        return back()
    return archives.begin(context, request.form.get("format", ""), names)


def _left_out() -> list[Omission]:
    """Return the cards that the previous page left out, with the reasons."""
    return [
        Omission(name, reason) for name, reason in zip(*map(request.form.getlist, ("left", "reason")), strict=False)
    ]


def _approved(context: PageContext, cards: Sequence[Chosen]) -> bool:
    """Whether one of some cards is approved."""
    with context.reading() as unit:
        rows = rows_named(unit, [card.name for card in cards])
    return any(row.status == Status.APPROVED for row in rows.values())


def _fields(action: BulkAction, rows: Iterable[PortfolioRow]) -> Sequence[ActionField]:
    """Return the fields of an action for some cards. A comment is required where an approval ends."""
    approved = sum(row.status == Status.APPROVED for row in rows) if action.ends_approvals else 0
    if not approved:
        return action.fields
    hint = f"Required because {many(approved, 'card')} {'is' if approved == 1 else 'are'} Approved. "
    return [
        replace(field, required=True, hint=hint + field.hint) if field.name == "comment" else field
        for field in action.fields
    ]


def back() -> Response:
    """Lead to the list, as it was."""
    return redirect(_list_address(), 303)


def _list_address() -> str:
    """The address of the list from which the request came."""
    address = request.values.get("back", "")
    return address if address.startswith("/cards?") and address.isprintable() else "/cards"


def _chosen(context: PageContext) -> list[str]:
    """The names of the selected cards: those of the page, or all of the list."""
    whole = request.args.get("all", "")
    if not whole:
        return list(dict.fromkeys(map(clean, request.args.getlist("card"))))[:MAX_CARDS]
    query = ListState.of_address("" if whole == "all" else whole).query(context.now(), MAX_CARDS)
    with context.reading() as unit:
        page, _ = browse_cards(unit, replace(query, after=None, before=None))
    return [row.name for row in page.items]


def _rehearsed(context: PageContext, action: BulkAction, names: Sequence[str]) -> str:
    cards = _bound(context, action, names)
    done, left_out = _rehearse(context, action, cards)
    notes = {one.name: _still_missing(one) for one in done}
    return _page(context, action, [card for card in cards if card.name in notes], left_out, notes)


def _bound(context: PageContext, action: BulkAction, names: Sequence[str]) -> list[Chosen]:
    """Return chosen cards, with the content that they have now where the action is about it."""
    return [Chosen(name, _digest(context, name) if action.binds else None) for name in names]


def _rehearse(
    context: PageContext, action: BulkAction, cards: Sequence[Chosen]
) -> tuple[list[ChangedCard], list[Omission]]:
    if action.rehearsal is None:
        found, missing = _existing(context, cards)
        return [ChangedCard(card.name, "") for card in found], missing
    done, left_out = bulk.rehearse(context.writing, cards, action.rehearsal)
    return done, [*map(_omission, left_out)]


def _existing(context: PageContext, cards: Sequence[Chosen]) -> tuple[list[Chosen], list[Omission]]:
    """Divide chosen cards into those that exist, and those that were deleted."""
    with context.reading() as unit:
        rows = rows_named(unit, [card.name for card in cards])
    missing = [Omission(card.name, words_of(CardMissing(card.name))) for card in cards if card.name not in rows]
    return [card for card in cards if card.name in rows], missing


def _digest(context: PageContext, name: str) -> str | None:
    try:
        with context.reading() as unit:
            return find_card(unit, name).content_digest
    except CardMissing:
        return None


def _page(  # noqa: PLR0913, PLR0917 - the parts of the page
    context: PageContext,
    action: BulkAction | None,
    cards: Sequence[Chosen],
    left_out: Sequence[Omission],
    notes: Mapping[str, str] | None = None,
    wrong: str = "",
) -> str:
    with context.reading() as unit:
        rows = rows_named(unit, [card.name for card in cards])
    return render_template(
        "bulk.html",
        action=action,
        fields=() if action is None else _fields(action, rows.values()),
        cards=[(card, rows[card.name], (notes or {}).get(card.name, "")) for card in cards if card.name in rows],
        left_out=left_out,
        formats=offers(),
        limit=MAX_CARDS,
        wrong=wrong,
        form=request.form,
        back=_list_address(),
    )


def _omission(left_out: LeftOut) -> Omission:
    return Omission(left_out.name, words_of(left_out.error))


def _still_missing(done: ChangedCard) -> str:
    return "; ".join(map(lack_words, done.lacks))


def done_words(action: BulkAction, done: Sequence[ChangedCard]) -> str:
    """``3 cards archived``; an approval that lacks something is recorded, and its card is not approved."""
    lacking = sum(bool(one.lacks) for one in done)
    parts = [f"{many(len(done) - lacking, 'card')} {action.past}"] if len(done) > lacking or not lacking else []
    return ", ".join([*parts, f"{many(lacking, 'approval')} recorded"] if lacking else parts)


def _result_page(action: BulkAction, done: Sequence[ChangedCard], left_out: Sequence[Omission]) -> Response | str:
    """Report the result: in a toast, or on a page of its own when cards were left out or lack something."""
    undo = action.name == "archive" and 0 < len(done) <= _UNDONE_AT_ONCE
    notes = {one.name: _still_missing(one) for one in done}
    words = done_words(action, done)
    if done:
        values = [(one.name, one.before) for one in done] if undo else []
        toast(words, undo=url_for("cards.restore") if undo else None, values=values)
    if not (left_out or any(notes.values())):
        if not done:
            toast("No card was selected")
        return back()
    return render_template(
        "bulk_done.html",
        action=action,
        done=done,
        words=words,
        notes=notes,
        left_out=left_out,
        back=_list_address(),
    )


def _parts(text: str) -> tuple[str, str | None]:
    """The name of a card and the digest of its content, as the page that asks for confirmation has them."""
    name, _, digest = clean(text).partition(":")
    return name, digest or None
