"""Two versions, or two cards, compared: the page, its data, the card picker and the pairing form."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from cardwright.actions.account_settings import read_text_format
from cardwright.actions.cards import describe_card, list_cards
from cardwright.actions.evaluation_pairs import JobOf, forget_pair, keep_pair, kept_pairs
from cardwright.actions.history import version_history
from cardwright.actions.portfolio import browse_cards, list_near
from cardwright.console.address_values import clean
from cardwright.console.compare.address import Address, ChosenVersion
from cardwright.console.compare.dots import dots_of, has_dots
from cardwright.console.compare.metrics import (
    find_pair,
    is_shown,
    jobs_of,
    options_of,
    pairing_address,
    top_rows,
    without_pairs,
)
from cardwright.console.compare.row_html import rows_html
from cardwright.console.compare.spreadsheet import as_csv
from cardwright.console.context import of_application, page_context
from cardwright.console.search_words import SearchWords
from cardwright.console.toasts import toast
from cardwright.console.wording import found_in, shown_value
from cardwright.core import content as contents
from cardwright.core.card import CardSummary, Description, VersionHistory
from cardwright.core.comparison import ChartPair, Comparison, TextChange, Word, as_document, compare
from cardwright.core.errors import CardMissing, Invalid
from cardwright.core.field_names import name_of_change
from cardwright.core.listing import CardQuery, CardSort, Page
from cardwright.core.metric_changes import Verdict
from cardwright.core.names import is_card_name
from cardwright.core.pairing import KeptChoice, check_named, read_choice
from cardwright.core.portfolio import PortfolioQuery, PortfolioRow
from cardwright.core.text_format import TextFormat
from cardwright.formats.charts.overlays import overlaid_charts
from cardwright.formats.outline import Block
from cardwright.formats.text_changes import as_read
from cardwright.storage.unit import Unit

_VERSION_LIMIT = 200  # versions that a picker offers
_LONGEST_NAME = 200  # characters of a name that a page repeats or looks for
_FOUND = 8  # cards that the search of a picker shows
_OFFERED = 3  # names in place of one that no card has
_LISTED = 100  # cards that a picker without scripts offers
_RECENT = 8  # cards on the page without a comparison
_FIRST_CHARTS = 6
_EACH, _LONG = 100, 600  # characters of text with the height of a change's labels, and with that of what a phone shows
_PART_OF_A_NAME = re.compile(r"[A-Za-z0-9-]{1,63}")


blueprint = Blueprint("compare", __name__)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the page.

    Attributes:
        asked: what the address names.
        card: the version; None where no card is named or none has the name.
        problem: why there is no version.
        near: cards whose names are like the one that no card has, each with the address of its comparison.
    """

    asked: ChosenVersion
    card: Description | None
    versions: Sequence[VersionHistory]
    problem: str = ""
    near: Sequence[tuple[str, str]] = ()

    @property
    def saved(self) -> VersionHistory | None:
        """The version's record."""
        number = self.card.version if self.card else 0
        return next((version for version in self.versions if version.number == number), None)


@blueprint.get("/compare")
def show() -> str | tuple[str, int]:
    address = Address.read(request.args)
    context = page_context()
    with context.reading() as unit:
        one, other = _side(unit, address.one), _side(unit, address.other)
        names = _names(unit)
        recent = _recent(unit) if one.card is None or other.card is None else []
        kept = _kept(unit, one, other)
        text_format = read_text_format(unit)
    if one.card is None or other.card is None:
        one = replace(one, near=_near_names(one, address, "one"))
        other = replace(other, near=_near_names(other, address, "other"))
        page = render_template(
            "compare_pick.html", address=address, one=one, other=other, names=names, recent=recent, same_card=False
        )
        return page, 404 if one.problem or other.problem else 200
    before, after = contents.parse(one.card.content), contents.parse(other.card.content)
    found = _compared(before, after, address, kept)
    found = as_read(found, before, after, markdown=text_format is TextFormat.MARKDOWN)
    asked = replace(address, one=_chosen_version(one.card), other=_chosen_version(other.card))
    labels = _labels(one.card, other.card)
    pair = find_pair(found, address.change)
    gains, losses = top_rows(found)
    drawings = dots_of(found) if address.charts == "overlaid" else []
    charts = [chart for chart in found.changed_charts if not drawings or not has_dots(chart)]
    limit = len(charts) + len(drawings) if address.every_chart else _FIRST_CHARTS
    return render_template(
        "compare.html",
        address=asked,
        one=one,
        other=other,
        names=names,
        same_card=one.card.name == other.card.name,
        labels=labels,
        found=found,
        words=Word,
        counts={verdict.value: found.count(verdict) for verdict in Verdict},
        shown={name: sum(is_shown(item, name) for item in found.metrics) for name in ("changed", "worse", "all")},
        gains=gains,
        losses=losses,
        unpaired=without_pairs(found),
        to_pair=pairing_address(found, asked),
        jobs=jobs_of(found, address),
        options=options_of(pair, found, before, after) if pair else [],
        pair=pair,
        charts=_charts(charts[:limit], labels, address),
        drawings=drawings[:limit],
        changed_charts=len(charts) + len(drawings),
        more_charts=len(charts) > limit or len(drawings) > limit,
        long={
            "texts": _is_long((text.before, text.after) for text in found.texts),
            "values": _is_long((value.before, value.after) for value in found.values),
            "charts": len(charts) + len(drawings) > 2,
        },
        label=name_of_change,
        shown_value=shown_value,
        changed_words=_changed_words,
        rows_html=rows_html,
    )


@blueprint.get("/compare.json")
def data() -> Response:
    found = _asked_comparison()[2]
    body = orjson.dumps(as_document(found), option=orjson.OPT_INDENT_2)
    return Response(body, content_type="application/json")


@blueprint.get("/compare.csv")
def spreadsheet() -> Response:
    one, other, found = _asked_comparison()
    response = Response(as_csv(found, (one, other)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{one.name}-{other.name}-metrics.csv"'
    return response


@blueprint.get("/compare/cards")
def cards() -> str:
    """The cards that a picker's search finds, as links to the comparison with each."""
    address = Address.read(request.args)
    newer = request.args.get("side") == "b"
    text = clean(request.args.get("b" if newer else "a", ""), _LONGEST_NAME)
    query = CardQuery(sort_by=CardSort.NAME, limit=_FOUND, name_contains=text)
    listed: Page[CardSummary] = Page([], None)
    if _PART_OF_A_NAME.fullmatch(text):
        with page_context().reading() as unit:
            listed = list_cards(unit, query)
    near = not listed.items and bool(text)
    listed = _near(query) if near else listed
    found = []
    for card in (CardSummary(*row) for row in listed.items):
        one, other = (address.one, ChosenVersion(card.name)) if newer else (ChosenVersion(card.name), address.other)
        found.append((card, found_in(card.name, text), address.to(one=one, other=other, pairs=(), change="")))
    more = listed.position is not None
    return render_template("compare_found.html", found=found, more=more, text=text, near=near)


@blueprint.post("/compare/pair")
def pair() -> Response:
    """Pair a job with another one, for this comparison or, remembered, for all of the card."""
    address = Address.read(request.form)
    name, partner = request.form.get("job", ""), request.form.get("partner", "") or None
    is_newer = request.form.get("side") == "b"
    before, after = (partner, name) if is_newer and partner is not None else (name, partner)
    others = tuple(text for text in address.pairs if not _names_any(text, name, partner))
    if "remember" not in request.form:
        others = (*others, f"{before}={after or ''}")
    elif address.one.name != address.other.name:
        raise Invalid("A pair is remembered for versions of one card. These are two cards")
    else:
        _remember(address, name, partner, is_newer)
    return redirect(address.to("m", pairs=others, change=""), 303)


def _remember(address: Address, name: str, partner: str | None, is_newer: bool) -> None:
    here, there = (address.other, address.one) if is_newer else (address.one, address.other)
    with page_context().writing() as unit:
        if name == partner:  # jobs of equal name need no choice
            forget_pair(unit, here.name, name)
            toast(f"{name} is paired by name again")
        else:
            versions = [chosen.version or describe_card(unit, chosen.name).version for chosen in (here, there)]
            keep_pair(
                unit, here.name, JobOf(versions[0], name), None if partner is None else JobOf(versions[1], partner)
            )
            toast(f"{name} has no partner from now on" if partner is None else f"{name} is paired with {partner}")


@blueprint.post("/compare/forget")
def forget() -> Response:
    """Forget the stored pair of a job."""
    address = Address.read(request.form)
    name = request.form.get("job", "")
    with page_context().writing() as unit:
        forget_pair(unit, address.other.name, name)
    toast(f"The pair of {name} is forgotten")
    return redirect(address.to("m", change=""), 303)


def _asked_comparison() -> tuple[Description, Description, Comparison]:
    address = Address.read(request.args)
    with page_context().reading() as unit:
        sides = [_side(unit, chosen) for chosen in (address.one, address.other)]
        kept = _kept(unit, *sides)
    one, other = (side.card for side in sides)
    if one is None or other is None:
        raise CardMissing(next(side.asked.name for side in sides if side.card is None))
    return one, other, _compared(contents.parse(one.content), contents.parse(other.content), address, kept)


def _side(unit: Unit, asked: ChosenVersion) -> Side:
    if not asked.name:
        return Side(asked, None, ())
    if not is_card_name(asked.name):
        return Side(asked, None, (), f"No card can have the name {asked.name[:_LONGEST_NAME]}")
    versions: Sequence[VersionHistory] = ()
    try:
        versions = version_history(unit, asked.name, limit=_VERSION_LIMIT)
        return Side(asked, describe_card(unit, asked.name, asked.version), versions)
    except CardMissing:
        missing = f"{asked.name} has no version {asked.version}" if versions else f"No card is called {asked.name}"
        return Side(asked, None, versions, missing)


def _near_names(side: Side, address: Address, place: str) -> list[tuple[str, str]]:
    """The cards whose names are like one that no card has, each with the address that names it instead."""
    if side.versions or not side.problem:
        return []
    page = _near(CardQuery(sort_by=CardSort.NAME, limit=_OFFERED, name_contains=side.asked.name))
    names = [CardSummary(*card).name for card in page.items]
    sides: dict[str, Any] = {"one": address.one, "other": address.other}
    return [(name, address.to(None, **sides | {place: ChosenVersion(name)})) for name in names]


def _near(query: CardQuery) -> Page[CardSummary]:
    """The cards whose names contain words like those of a query, also when they are new."""
    of_application(SearchWords).read()
    with page_context().reading() as unit:
        return list_near(unit, query)


def _kept(unit: Unit, one: Side, other: Side) -> Sequence[KeptChoice]:
    if one.card is None or other.card is None or one.card.name != other.card.name:
        return ()
    return kept_pairs(unit, one.card.name)


def _compared(before: object, after: object, address: Address, kept: Sequence[KeptChoice]) -> Comparison:
    choices = [read_choice(text, before, after) for text in address.pairs]
    check_named(before, after, choices)
    return compare(before, after, by_hand=choices, stored=kept)


def _chosen_version(card: Description) -> ChosenVersion:
    return ChosenVersion(card.name, card.version)


def _labels(one: Description, other: Description) -> tuple[str, str]:
    if one.name == other.name:
        return f"Version {one.version}", f"Version {other.version}"
    return f"{one.name}, version {one.version}", f"{other.name}, version {other.version}"


def _names(unit: Unit) -> list[str]:
    """The names that a picker offers without scripts: those of the newest cards."""
    page = list_cards(unit, CardQuery(descending=True, limit=_LISTED))
    return [CardSummary(*card).name for card in page.items]


def _recent(unit: Unit) -> list[tuple[PortfolioRow, Sequence[VersionHistory]]]:
    """The cards that changed last, each with its newest versions."""
    page, _ = browse_cards(unit, PortfolioQuery(limit=_RECENT))
    return [(row, version_history(unit, row.name, limit=2)) for row in page.items]


def _names_any(text: str, *names: str | None) -> bool:
    """Whether a pair in the address names one of these jobs."""
    return any(name and (text.startswith(f"{name}=") or text.endswith(f"={name}")) for name in names)


def _charts(pairs: Sequence[ChartPair], labels: tuple[str, str], address: Address) -> list[tuple[str, Block]]:
    """The charts that differ: both sides in one drawing where they can share one, or side by side."""
    overlaid = address.charts == "overlaid"
    charts: list[tuple[str, Block]] = []
    for chart in pairs:
        sides = [(chart.before, chart.after)] if overlaid else [(chart.before, None), (None, chart.after)]
        for before, after in sides:
            charts += [(chart.evaluation, block) for block in overlaid_charts(chart.group, before, after, labels)]
    return charts


def _is_long(changes: Iterable[tuple[object, object]]) -> bool:
    """Whether changes take more than about a third of a phone's page."""
    return sum(_EACH + sum(len(str(side)) for side in sides) for sides in changes) > _LONG


def _changed_words(change: TextChange) -> str:
    if change.before is None or change.after is None:
        return "added" if change.before is None else "removed"
    removed, added = (
        sum(len(text.split()) for word, text in change.words if word is kind) for kind in (Word.DELETED, Word.INSERTED)
    )
    number = max(removed, added)
    return f"{number:,} {'word' if number == 1 else 'words'} changed" if number else "formatting changed"
