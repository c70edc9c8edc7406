"""The list of cards, the portfolio above it, and what is done to several cards at once."""

import io
import threading
import zipfile
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.card_record import card_record
from cardwright.actions.cards import find_card, review_card
from cardwright.actions.drafts import list_drafts
from cardwright.actions.portfolio import browse_cards, count_portfolio, read_contents
from cardwright.console.context import PageContext, of_application, page_context
from cardwright.console.query import AGES, RISKS, SORTS, ListState, ways_from
from cardwright.console.search_words import SearchWords
from cardwright.console.toasts import toast
from cardwright.console.wording import STATUSES, many, marked
from cardwright.core.card import Status
from cardwright.core.card_text import texts, words_of
from cardwright.core.content import parse
from cardwright.core.errors import CardwrightError
from cardwright.core.people import Role
from cardwright.core.portfolio import Portfolio, PortfolioRow
from cardwright.formats import FORMATS
from cardwright.storage.unit import Unit

PAGE = 25
"""Cards of one page; also what a toast can undo at once."""

_LARGE = 5_000  # cards from which the numbers may be some seconds old
_FRESH = 10_000  # milliseconds
_AROUND = 90  # characters before a word that was found, in an excerpt
_SENTENCE = 40  # characters from which a text tells more than a name
_EXCERPT = 200


blueprint = Blueprint("cards", __name__)


@blueprint.get("/cards")
def index() -> str:
    context = page_context()
    numbers = of_application(_Numbers)
    search_words = of_application(SearchWords)
    state = ListState.read(request.args)
    query = state.query(context.now(), PAGE)
    all_read = search_words.read() if state.q else True
    with context.reading() as unit:
        portfolio = numbers.read(unit)
        page, matching = browse_cards(unit, query)
        contents = read_contents(unit, [row.card_id for row in page.items]) if state.q else {}
        drafts = list_drafts(unit, 5)
    words = words_of(state.q)
    live = request.headers.get("HX-Target") == "list"
    return render_template(
        "list.html" if live else "cards.html",
        state=state,
        portfolio=portfolio,
        rows=[_row(row, contents.get(row.card_id), words) for row in page.items],
        matching=matching if query.filtered else portfolio.cards,
        drafts=drafts,
        ways=ways_from(page, state.address, placed=bool(state.after or state.before)),
        sorts=SORTS,
        ages=AGES,
        risks=RISKS,
        live=live,
        all_read=all_read,
    )


@blueprint.post("/cards/archive")
def archive() -> Response:
    context = page_context()
    context.actor().require(Role.AUTHOR, "UpdateModelCard", "*")
    done, refused = _set_all(context, [(name, "Archived") for name in request.form.getlist("card")[:PAGE]])
    if done:
        toast(f"{many(len(done), 'card')} archived", undo=url_for("cards.restore"), values=done)
    if refused:
        toast(f"{many(len(refused), 'card')} could not be archived: {', '.join(refused)}")
    if not (done or refused):
        toast("No card was selected")
    return _back()


@blueprint.post("/cards/export")
def export() -> Response:
    context = page_context()
    names = request.form.getlist("card")[:PAGE]
    if not names:
        toast("No card was selected")
        return _back()
    return Response(
        _archive(context, names),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="model-cards.zip"'},
    )


@blueprint.post("/cards/restore")
def restore() -> Response:
    context = page_context()
    context.actor().require(Role.AUTHOR, "UpdateModelCard", "*")
    wanted = [(name, value) for name, value in request.form.items() if value in STATUSES]
    done, refused = _set_all(context, wanted[:PAGE])
    toast(f"{many(len(done), 'card')} as before" if not refused else f"Not as before: {', '.join(refused)}")
    return _back()


def _archive(context: PageContext, names: list[str]) -> bytes:
    """A zip file with the newest version of each card, to read (HTML) and to keep (its content as JSON)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict.fromkeys(names):
            with context.reading() as unit:
                record = card_record(unit, name)
            for kind in ("html", "json"):
                archive.writestr(f"{name}-v{record.version}{FORMATS[kind].extension}", FORMATS[kind].print(record))
    return file.getvalue()


class _Numbers:
    """The portfolio, counted at each look while it is small, and again after some seconds or a change when large."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[int, Portfolio]] = {}

    def read(self, unit: Unit) -> Portfolio:
        now, account = self._context.now(), self._context.scope.account
        with self._lock:
            kept = self._kept.get(account)
        if kept is not None and now - kept[0] < _FRESH:
            return kept[1]
        portfolio = count_portfolio(unit, now)
        with self._lock:
            self._kept.pop(account, None)
            if portfolio.cards >= _LARGE:
                self._kept[account] = (now, portfolio)
        return portfolio


def _row(row: PortfolioRow, content: str | None, words: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = row._asdict() | {"title": marked(row.name, words), "excerpt": None}
    if content is not None:
        shown["excerpt"] = _excerpt(content, words)
    return shown


def _excerpt(content: str, words: list[str]) -> Any:
    """The text around the first word that was found, with the words marked."""
    try:
        found = list(texts(parse(content)))
    except CardwrightError:
        return None
    # Sentences before names: the name stands above already.
    for text in sorted(found, key=lambda text: len(text) < _SENTENCE or " " not in text):
        folded = text.casefold()
        place = min((at for at in (folded.find(word) for word in words) if at >= 0), default=-1)
        if place >= 0 and (place == 0 or not folded[place - 1].isalnum()):
            start = max(0, place - _AROUND)
            cut = " ".join(text[start : start + _EXCERPT].split())
            before, after = "…" if start else "", "…" if start + _EXCERPT < len(text) else ""
            return marked(f"{before}{cut}{after}", words)
    return None


def _set_all(context: PageContext, wanted: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[str]]:
    """Sets the status of several cards, each in a unit of its own; returns old statuses, and cards that failed."""
    done, refused = [], []
    for name, status in wanted:
        try:
            with context.writing() as unit:
                before = find_card(unit, name).status
                review_card(unit, name, Status(status), None)
            if before != status:
                done.append((name, str(before)))
        except CardwrightError:
            refused.append(name)
    return done, refused


def _back() -> Response:
    """Where the request came from, when that was the list."""
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/cards?") and back.isprintable() else "/cards")
