"""The page of a card: one version with its charts, its history, and who changed what."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, abort, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from cardwright.actions.card_record import card_record, record_of
from cardwright.actions.cards import describe_card, find_card, role_to_delete
from cardwright.actions.comments import MOST_READ, CardComments, read_threads
from cardwright.actions.discovery import registered_model
from cardwright.actions.draft_policy import DraftPolicy
from cardwright.actions.evaluation_pairs import kept_pairs
from cardwright.actions.export_jobs import newest_export_jobs
from cardwright.actions.history import audit_trail, find_trail, version_history
from cardwright.actions.portfolio import neighbours
from cardwright.actions.registry import known_resources
from cardwright.actions.review_work import CardReview, describe_card_review
from cardwright.actions.tags import list_tags
from cardwright.console import export_jobs
from cardwright.console import readings as readings_of
from cardwright.console.commenting.advice import Advice, advice_on, advice_shown
from cardwright.console.commenting.margin import Margin, NotedCard, mark, woven
from cardwright.console.context import PageContext, of_application, page_context
from cardwright.console.exports import offers
from cardwright.console.query import ListState, ways_from_numbered, whole_number
from cardwright.console.readings import Asked, Reading, Readings, matrices
from cardwright.console.resource_links import href
from cardwright.console.reviewing.strip import review_shown
from cardwright.console.wizard.evaluations import address
from cardwright.console.wizard.gaps import Ask, asked_of
from cardwright.console.wizard.gaps import Asked as FieldsAsked
from cardwright.console.wizard.steps import STEPS
from cardwright.console.wording import event
from cardwright.core import content as contents
from cardwright.core.card import Description, VersionHistory
from cardwright.core.people import Role
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.subject import facts_of
from cardwright.core.review import LONGEST_TEXT
from cardwright.core.trends import VERSIONS
from cardwright.formats import FORMATS
from cardwright.formats.card import outline_of
from cardwright.formats.chart_numbers import as_csv, numbers_of
from cardwright.storage.unit import Unit

_MOVES = {
    "Draft": ("The card can be edited again", "Sends the card back to its author"),
    "PendingReview": ("Requests a review", "Requests a review"),
    "Approved": ("Your name and the time are recorded", "Your name and the time are recorded"),
    "Archived": ("No more edits until it leaves the archive", "No more edits until it leaves the archive"),
}
_FOLD = '<details class="cw-fold" data-of="'
_UNFOLDED = '<details class="cw-fold" open data-of="'
_AROUND, _UNFOLDED_AROUND = '<details class="cw-each">', '<details class="cw-each" open>'
_TEXT, _UNFOLDED_TEXT = '<details class="cw-cut-all">', '<details class="cw-cut-all" open>'
_JOB = re.compile("e[0-9]{1,4}")
_VERSIONS = 6  # shown next to the card
_EVENTS = 6
_PAGE = 100


blueprint = Blueprint("card", __name__)


@blueprint.get("/cards/<card:name>")
def show(name: str) -> str | Response:
    context = page_context()
    version = _number(request.args.get("version"))
    if "csv" in request.args:
        return _matrix_file(context, name, version, request.args["csv"])
    with context.reading() as unit:
        card = describe_card(unit, name, version)
        history = version_history(unit, name, limit=_PAGE)
        newest = card if card.version == history[0].number else describe_card(unit, name)
        tags = list_tags(unit, context.scope.card_arn(name))
        events = audit_trail(unit, name, limit=_EVENTS)
        earlier, deleting_role = find_trail(unit, name).earlier, role_to_delete(unit, name)
        content = contents.parse(card.content)
        about = contents.parsed_document(contents.digest(card.content), content)
        registered = registered_model(unit, (about.model_id, about.model_package_arn), about.model_name)
        exports = export_jobs.shown(unit, newest_export_jobs(unit, name, export_jobs.NEWEST))
        base = _base(history, card.version)
        nearby = _neighbours_in_list(context, unit, name)
        reading = _reading(unit, card, content, history, base)
        found = describe_card_review(unit, name)
        reviewed = review_shown(context, unit, found, card.version)
        comments = read_threads(unit, name, on=None if card is newest else contents.digest(card.content))
    noted = (
        _noted(context, content, comments, reviewed | {"tags": tags})
        if card is newest
        else NotedCard(name, content, comments, newest=newest.version)
    )
    margin = woven(noted, reading.outline, reading.article)
    return render_template(
        "card.html",
        name=name,
        card=card,
        reading=reading,
        asked=_asked(reading, content, found.policy, card, tags),
        steps=STEPS[:-1],
        field_at=partial(_field_at, name),
        outline=reading.outline,
        article=_article(margin),
        opened=_opened_as_asked,
        margin=margin,
        longest_comment=LONGEST_TEXT,
        most_comments=MOST_READ,
        base=base,
        newest=newest,
        history=history,
        shown=_versions_around(history, card.version),
        tags=tags,
        events=[(link, *event(link)) for link in events],
        earlier=earlier,
        deleting_role=deleting_role,
        nearby=nearby,
        moves=_moves(newest, reviewed["found"], reviewed["me"]),
        formats=offers(),
        registered=registered and href(registered),
        facts=_facts(about),
        **exports,
        **reviewed,
    )


def _reading(
    unit: Unit, card: Description, content: object, history: Sequence[VersionHistory], base: VersionHistory | None
) -> Reading:
    """The reading of a version, compared with its base and with the versions before it."""
    name = card.name
    links = {arn: href(item) for arn, item in known_resources(unit, readings_of.arns_in(card.content)).items()}
    earlier = [one for one in reversed(history) if one.number < card.version][1 - VERSIONS :]
    return of_application(_readings).of(
        Asked(
            record_of(unit, card, history),
            base.content_digest if base else "",
            lambda: describe_card(unit, name, base.number).content if base else None,
            links,
            tuple(kept_pairs(unit, name)),
            tuple(one.content_digest for one in earlier),
            lambda: [describe_card(unit, name, one.number).content for one in earlier],
            content,
        )
    )


@blueprint.get("/cards/<card:name>/history")
def history(name: str) -> str:
    context = page_context()
    before, below = _number(request.args.get("before")), _number(request.args.get("versions"))
    with context.reading() as unit:
        card = find_card(unit, name)
        events = audit_trail(unit, name, before=before, limit=_PAGE)
        versions = version_history(unit, name, before=below, limit=_PAGE)
        earlier = find_trail(unit, name).earlier
    here = partial(url_for, "card.history", name=name)
    return render_template(
        "history.html",
        name=name,
        earlier=earlier,
        events=[(link, *event(link)) for link in events],
        ways=ways_from_numbered(card.audit_sequence, before, _PAGE, here),
        versions=versions,
        version_ways=ways_from_numbered(
            card.version, below, _PAGE, lambda before=None: here(versions=before, _anchor="all")
        ),
    )


@blueprint.get("/cards/<card:name>/export/<kind>")
def export(name: str, kind: str) -> Response:
    context = page_context()
    made = FORMATS.get(kind) or abort(404)
    with context.reading() as unit:
        record = card_record(unit, name, _number(request.args.get("version")), with_source=made.is_card_file)
    answer = Response(made.print(record), content_type=made.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-v{record.version}{made.extension}"'
    return answer


class _Neighbours(NamedTuple):
    """The list that a reader came from, and the addresses of the cards before and after this one."""

    back: str
    previous: str | None
    following: str | None


def _neighbours_in_list(context: PageContext, unit: Unit, name: str) -> _Neighbours | None:
    """The neighbours of a card in the list that the address names; None where it names none."""
    word = request.args.get("list", "")
    if not word:
        return None
    state = ListState.of_address("" if word == "all" else word)
    before, after = neighbours(unit, state.query(context.now(), 1), name)
    near = [None if one is None else url_for("card.show", name=one, list=state.list_word) for one in (before, after)]
    return _Neighbours(state.address(), *near)


def _readings(context: PageContext) -> Readings:  # noqa: ARG001 - as everything an application keeps
    return Readings(
        lambda reading: render_template("article.html", reading=reading, outline=reading.outline, mark=mark)
    )


def _base(history: Sequence[VersionHistory], version: int) -> VersionHistory | None:
    """The version to compare with: the latest approved one before a version, else the one before it."""
    earlier = [item for item in history if item.number < version]
    return next((item for item in earlier if item.status == "Approved"), earlier[0] if earlier else None)


def _noted(context: PageContext, content: object, comments: CardComments, reviewed: Mapping[str, Any]) -> NotedCard:
    """What is noted on the newest version of a card."""
    may_edit = context.person.role.includes(Role.AUTHOR)
    name = reviewed["found"].card.name
    advice = advice_on(content, reviewed, reviewed["tags"], recommends=may_edit)
    shown = advice_shown(reviewed) | {"name": name, "may_edit": may_edit}

    def draw(here: Advice) -> str:
        return render_template("advice_notes.html", **here._asdict(), **shown)

    return NotedCard(name, content, comments, advice, draw)


def _article(margin: Margin) -> Markup:
    """The sections with their notes. Jobs that the address names or that have an open note are unfolded."""
    shown = margin.article
    for number in margin.jobs:
        shown = _opened(shown, f"e{number}")
    return _opened_as_asked(shown)


def _opened_as_asked(html: Markup) -> Markup:
    """A part of the page with what the address asks to unfold: one evaluation job, or all."""
    return _opened(html, request.args.get("open", ""))


def _opened(html: Markup, wanted: str) -> Markup:
    """A part of the page with one job unfolded (``e2``), or all. Contents are escaped: none has these tags."""
    if wanted == "all":
        shown = str(html).replace(_FOLD, _UNFOLDED).replace(_TEXT, _UNFOLDED_TEXT)
    elif _JOB.fullmatch(wanted):
        shown = str(html).replace(f'{_FOLD}{wanted}"', f'{_UNFOLDED}{wanted}"')
    else:
        return html
    return Markup(shown.replace(_AROUND, _UNFOLDED_AROUND) if _UNFOLDED in shown else shown)  # noqa: S704


def _matrix_file(context: PageContext, name: str, version: int | None, matrix_id: str) -> Response:
    """The numbers of a matrix as CSV."""
    with context.reading() as unit:
        record = card_record(unit, name, version)
    found = {key: item for section in outline_of(record).sections for key, item in matrices(section).items()}
    if matrix_id not in found:
        abort(404)
    answer = Response(as_csv(numbers_of(found[matrix_id])), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-v{record.version}-{matrix_id}.csv"'
    return answer


def _asked(
    reading: Reading, content: object, policy: ReviewPolicy | None, card: Description, tags: Mapping[str, str]
) -> FieldsAsked:
    """The fields that are asked for and missing, as the form of the card counts them."""
    if policy is None:
        return reading.asked
    return asked_of(content, DraftPolicy(policy, facts_of(card.name, content, tags)))


def _field_at(name: str, gap: Ask) -> str:
    """The address of a field in the form that changes a card."""
    return url_for("wizard.edit", name=name, slug=gap.step) + address(gap.target)


def _facts(about: contents.Document) -> dict[str, str]:
    """What the title block shows besides the outline: the owner, and the model package with its version."""
    package = about.model_package_arn or ""
    group, _, number = package.rpartition("/")
    return {"owner": about.text.owner or "", "package": f"{group.rpartition('/')[2]} / {number}" if group else ""}


def _moves(card: Description, found: CardReview, me: str) -> list[dict[str, str]]:
    """The statuses that the card can be moved to. Where a policy applies, a review alone approves it.

    There, Ask for review moves it to Pending review: the status alone would ask no one.
    """
    back, by_review = card.status == "PendingReview", found.policy is not None
    asked_by = card.modified_by if found.review is None else found.review.requested_by
    order = (
        ("PendingReview", "Approved", "Draft", "Archived")
        if card.status == "Draft"
        else ("Approved", "Draft", "PendingReview", "Archived")
    )
    left_out = {card.status, *(["Approved"] if by_review else ())}
    if by_review and card.status != "Approved":
        left_out.add("PendingReview")
    moves = [{"status": status, "about": _MOVES[status][back]} for status in order if status not in left_out]
    for move in moves:
        if by_review and move["status"] == "PendingReview":
            move["about"] = "Ends the approval"
        if back and move["status"] == "Draft" and asked_by == me:
            move["about"] = "Withdraws your request for a review"
    return moves


def _versions_around(history: Sequence[VersionHistory], version: int) -> list[VersionHistory]:
    """The newest versions, and the one that is shown."""
    newest = list(history[:_VERSIONS])
    if version not in {item.number for item in newest}:
        newest += [item for item in history if item.number == version]
    return newest


def _number(text: str | None) -> int | None:
    """A version's number in an address. One that no card can have leads to "nothing here"."""
    number = None if text is None else whole_number(text)
    if text is not None and number is None:
        abort(404)
    return number
