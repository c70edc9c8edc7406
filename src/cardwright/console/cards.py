"""The list of cards with its views, filters and columns, and the portfolio above it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from cardwright.actions.account_settings import read_text_format
from cardwright.actions.cards import find_card, review_card
from cardwright.actions.drafts import list_drafts
from cardwright.actions.portfolio import (
    NearHits,
    browse_cards,
    browse_near,
    read_contents,
    review_marks,
    tags_of,
)
from cardwright.actions.review_work import waiting_among
from cardwright.actions.saved_views import kept_columns, list_views
from cardwright.console.bulk import back
from cardwright.console.bulk_actions import offered
from cardwright.console.columns import COLUMNS, Chosen, chosen
from cardwright.console.context import PageContext, of_application, page_context
from cardwright.console.descriptions import has_marks, unmarked_description
from cardwright.console.filters import FILTERS, RISKS
from cardwright.console.portfolio_numbers import PortfolioNumbers
from cardwright.console.query import PER_PAGE, SORTS, ListState
from cardwright.console.reader import reader
from cardwright.console.review_marks import marks_of
from cardwright.console.search_hits import Hit, hit_in, numbers_in
from cardwright.console.search_words import SearchWords
from cardwright.console.toasts import toast
from cardwright.console.views import Own, plain_address, tabs
from cardwright.console.wording import STATUSES, many, marked
from cardwright.core.card import Status
from cardwright.core.card_text import searched_words
from cardwright.core.content import parse
from cardwright.core.draft import MAX_DRAFTS
from cardwright.core.errors import CardwrightError
from cardwright.core.listing import Page
from cardwright.core.people import Role
from cardwright.core.portfolio import PortfolioQuery, PortfolioRow, ReviewMark
from cardwright.core.text_format import TextFormat, writes_markdown
from cardwright.formats.metric_names import readable
from cardwright.formats.numbers import rounded
from cardwright.storage.unit import Unit

PAGE = 25
"""Cards that a toast can undo at once."""

_FILES = (("inventory.csv", "CSV"), ("inventory.xlsx", "Excel"))  # pages that write the list as a file


blueprint = Blueprint("cards", __name__)


@blueprint.get("/cards")
def index() -> str:
    context = page_context()
    numbers = of_application(PortfolioNumbers)
    search_words = of_application(SearchWords)
    state = ListState.read(request.args)
    query = state.query(context.now(), state.per)
    all_read = search_words.read() if state.q else True
    with context.reading() as unit:
        portfolio = numbers.read(unit)
        page, matching, near = _found(unit, state, query)
        elsewhere = None if page.items else _near_without_filters(unit, state, context.now())
        columns = chosen(state.columns or kept_columns(unit))
        rows = _rows(unit, context.now(), page.items, columns, searched_words(near.text if near else state.q))
        own = Own(len(list_drafts(unit, MAX_DRAFTS)), reader().waiting)
        views = list_views(unit)
    matching = matching if query.filtered else portfolio.cards
    live = request.headers.get("HX-Target") == "list"
    return render_template(
        "list.html" if live else "cards.html",
        state=state,
        portfolio=portfolio,
        rows=rows,
        near=near,
        elsewhere=elsewhere,
        matching=matching,
        unfinished=own.drafts,
        views=tabs(views, plain_address(state), portfolio, own, matching),
        ways=state.ways(page),
        first=state.first_of(page),
        per_page=PER_PAGE,
        sorts=SORTS,
        risks=RISKS,
        filters=FILTERS,
        set_later=sum(bool(state.chosen(one.name)) for one in FILTERS if not one.first),
        columns=columns,
        all_columns=COLUMNS,
        shown={one.word for one in columns},
        named={one.column.key: one.name for one in columns if one.name},
        actions=offered(context),
        files=[(f"/{name}", word) for name, word in _FILES if name in current_app.view_functions],
        live=live,
        all_read=all_read,
    )


@blueprint.post("/cards/restore")
def restore() -> Response:
    context = page_context()
    context.actor().require(Role.AUTHOR, "UpdateModelCard", "*")
    wanted = [(name, value) for name, value in request.form.items() if value in STATUSES]
    done, refused = _set_all(context, wanted[:PAGE])
    toast(f"{many(len(done), 'card')} as before" if not refused else f"Not as before: {', '.join(refused)}")
    return back()


def _found(unit: Unit, state: ListState, query: PortfolioQuery) -> tuple[Page[PortfolioRow], int, NearHits | None]:
    """The page of the list; without hits for the words of a search, that of near words."""
    page, matching = browse_cards(unit, query)
    placed = query.after is not None or query.before is not None
    if page.items or placed or not state.q or state.exact:
        return page, matching, None
    near = browse_near(unit, query)
    return (page, matching, None) if near is None else (near.page, near.matching, near)


def _near_without_filters(unit: Unit, state: ListState, now: int) -> NearHits | None:
    """The hits of near words for a search that found nothing with its filters."""
    if not (state.q and state.filters) or state.exact:
        return None
    return browse_near(unit, replace(state, filters={}).query(now, 1))


def _rows(
    unit: Unit, now: int, rows: Sequence[PortfolioRow], columns: Sequence[Chosen], words: list[str]
) -> list[dict[str, object]]:
    """The rows of the list: the facts of cards, and what the chosen columns need besides."""
    card_ids = [row.card_id for row in rows]
    kinds = {one.column.key for one in columns}
    needed = card_ids if words or "metric:" in kinds else [row.card_id for row in rows if has_marks(row.description)]
    contents = read_contents(unit, needed) if needed else {}
    otherwise = read_text_format(unit) if contents else TextFormat.PLAIN
    tags = tags_of(unit, card_ids) if words or "tag:" in kinds else {}
    reviews = review_marks(unit, card_ids)
    waiting = waiting_among(unit, card_ids) if reader().waiting else set()
    found = []
    for row in rows:
        parsed = _parsed(contents.get(row.card_id))
        mark = reviews.get(row.card_id, ReviewMark())
        cells: dict[str, object] = row._asdict() | {"title": marked(row.name, words)}
        markdown = writes_markdown(parsed, otherwise)
        if markdown and has_marks(row.description):
            cells["description"] = unmarked_description(parsed)
        cells["hit"] = _hit(row.name, words, parsed, tags.get(row.card_id, {}), markdown=markdown)
        cells["marks"] = marks_of(mark, now, waits=row.card_id in waiting)
        cells["due_at"] = mark.due_at
        cells["named"] = {one.word: _named_cell(one, parsed, tags.get(row.card_id, {})) for one in columns if one.name}
        found.append(cells)
    return found


def _hit(name: str, words: Sequence[str], parsed: object, tags: Mapping[str, str], *, markdown: bool) -> Hit | None:
    """The excerpt of a search; None where it adds nothing to the name of the card."""
    if not words or (len(words) > 1 and all(word in name.lower() for word in words)):
        return None
    hit = hit_in(parsed, words, tags, markdown=markdown)
    return None if hit is None or hit.excerpt.striptags() == name else hit


def _named_cell(column: Chosen, parsed: object, tags: Mapping[str, str]) -> str | None:
    """The value of a metric or a tag; None without one."""
    if column.column.key == "tag:":
        return tags.get(column.name)
    wanted = _letters(column.name)
    for number in numbers_in(parsed):
        if wanted in {_letters(number.name), _letters(readable(number.name))}:
            return rounded(number.value)
    return None


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _parsed(content: str | None) -> object:
    if content is None:
        return None
    try:
        return parse(content)
    except CardwrightError:
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
