"""The review queue: one card after another, for the keyboard. The address knows the queue and the place in it."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from cardwright.actions.card_record import record_of
from cardwright.actions.cards import describe_card
from cardwright.actions.comments import read_threads
from cardwright.actions.evaluation_pairs import kept_pairs
from cardwright.actions.history import version_history
from cardwright.actions.review_work import CardReview, describe_card_review, queue_since
from cardwright.console.commenting.margin import noted
from cardwright.console.context import PageContext, page_context
from cardwright.console.query import whole_number
from cardwright.console.readings import Asked, read
from cardwright.console.reviewing.decisions import DecisionRefusal, Posted, Way, record, refused, tell
from cardwright.console.reviewing.mine import is_periodic
from cardwright.console.reviewing.strip import review_shown
from cardwright.console.wording import shown_value
from cardwright.core import content as contents
from cardwright.core.card import VersionHistory
from cardwright.core.comparison import ValueChange, compare
from cardwright.core.errors import CardMissing
from cardwright.core.field_names import field_label, name_of_change
from cardwright.core.json_value import text_at, value_at
from cardwright.core.policy.pointers import pointer_to
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.review import Decision, Review, Verdict, WorkItem
from cardwright.core.text_format import is_markdown
from cardwright.formats.rich_html import rich
from cardwright.formats.rich_text import rich_text
from cardwright.formats.text_changes import as_read
from cardwright.storage.unit import Unit

_AROUND = 12  # cards that the list next to the card shows
_TEXTS = 6  # changed texts that are shown; the comparison has all
_VALUES = 8  # changed values and lists, likewise
_HISTORY = 100
_SAYS = (
    ("model_overview", "model_description"),
    ("intended_uses", "purpose_of_model"),
    ("intended_uses", "intended_uses"),
    ("additional_information", "caveats_and_recommendations"),
)

_PLAIN = Markup('<p class="cw-prose cw-lines" dir="auto">{}</p>')

blueprint = Blueprint("review_queue", __name__)

STATES = {
    Verdict.APPROVE: ("You approved", "approved"),
    Verdict.REQUEST_CHANGES: ("You sent it back", "restore"),
    "elsewhere": ("Decided elsewhere", "check"),
    "skipped": ("Skipped", "right"),
}


class QueueItem(NamedTuple):
    """A card of the queue.

    Attributes:
        state: a key of :data:`STATES`; empty while the card waits.
    """

    work: WorkItem
    state: str

    @property
    def waits(self) -> bool:
        return self.state in {"", "skipped"}


class QueuePlace(NamedTuple):
    """A place in a queue, as the address has it.

    Attributes:
        since: the time at which the queue began.
        number: the position, from 1; 0 for the first card that waits.
        skipped: whether the queue shows skipped cards again.
    """

    since: int
    number: int
    again: bool = False

    @classmethod
    def read(cls, now: int) -> "QueuePlace":
        given = request.values
        since = given.get("since", "")
        at = int(since) if since.isascii() and since.isdecimal() and len(since) < 16 else now
        return cls(min(at, now), whole_number(given.get("at", "")) or 0, "again" in given)

    def to(self, number: int, *, again: bool | None = None) -> str:
        """The address of another place of the same queue."""
        place = self._replace(number=number, again=self.again if again is None else again)
        return f"/reviews/queue?{urlencode(place.values())}"

    def values(self) -> list[tuple[str, str]]:
        """The fields of a form, or of an address, that lead to the place."""
        values = [("since", str(self.since)), ("at", str(self.number))]
        return [*values, ("again", "1")] if self.again else values


@blueprint.get("/reviews/queue")
def show() -> str | Response:
    context = page_context()
    with context.reading() as unit:
        place = QueuePlace.read(unit.now)
        items = _items(unit, place)
        if not any(item.waits for item in items):
            return render_template("queue_done.html", items=items, states=STATES)
        if not 1 <= place.number <= len(items):
            return redirect(following(items, place._replace(number=0)), 303)
        item = items[place.number - 1]
        shown = _card(context, unit, item)
        here = place.to(place.number)
    return render_template(
        "queue.html",
        place=place,
        here=here,
        pointer_to=pointer_to,
        name_of_change=name_of_change,
        items=items,
        item=item,
        states=STATES,
        around=_around(items, place.number),
        previous=place.to(place.number - 1) if place.number > 1 else None,
        skip=following(items, place),
        done=sum(not one.waits for one in items),
        skipped=sum(one.state == "skipped" for one in items),
        share=round(100 * sum(not one.waits for one in items) / len(items)),
        periodic=is_periodic(item.work),
        **shown,
    )


@blueprint.post("/reviews/queue")
def decide() -> Response | tuple[str, int]:
    """Decide about a card, and lead to the next one."""
    context, posted = page_context(), Posted.read()
    name = request.form.get("card", "")
    outcome = record(context, name, posted)
    with context.reading() as unit:
        place = QueuePlace.read(unit.now)
        onward = following(_items(unit, place), place)
    if isinstance(outcome, DecisionRefusal):
        way = Way(url_for("review_queue.decide"), [("card", name), *place.values()], onward, "Next card")
        return refused(context, name, posted, outcome, way)
    tell(name, posted, outcome, back=place.to(place.number))
    return redirect(onward, 303)


def following(items: Sequence[QueueItem], place: QueuePlace) -> str:
    """The address of the next card that waits. After the last one, the skipped cards come back."""
    later = [number for number, item in enumerate(items, 1) if item.waits and number > place.number]
    if later:
        return place.to(later[0])
    earlier = [number for number, item in enumerate(items, 1) if item.waits and number != place.number]
    return place.to(earlier[0] if earlier else place.number, again=True)


def _items(unit: Unit, place: QueuePlace) -> list[QueueItem]:
    return [
        QueueItem(work, _state(work.review, mine, passed=number < place.number))
        for number, (work, mine) in enumerate(queue_since(unit, place.since), 1)
    ]


def _state(review: Review, mine: Decision | None, *, passed: bool) -> str:
    if mine is not None:
        return mine.verdict
    if not review.is_open:
        return "elsewhere"
    return "skipped" if passed else ""


def _around(items: Sequence[QueueItem], number: int) -> Sequence[tuple[int, QueueItem]]:
    """The cards around the shown one, with their positions."""
    start = max(0, min(number - 1 - _AROUND // 3, len(items) - _AROUND))
    return list(enumerate(items, 1))[start : start + _AROUND]


def _card(context: PageContext, unit: Unit, item: QueueItem) -> dict[str, Any]:
    """What is needed to decide about a card."""
    name = item.work.review.card_name
    try:
        card = describe_card(unit, name)
    except CardMissing:
        return {"card": None}
    found = describe_card_review(unit, name)
    history = version_history(unit, name, limit=_HISTORY)
    base = _base(history, card.version)
    shown = review_shown(context, unit, found) | {
        "card": card,
        "base": base,
        "reading": None,
        "texts": (),
        "changed": (),
    }
    record, content = record_of(unit, card, history), contents.parse(card.content)
    if base is not None and not is_periodic(item.work):
        before = describe_card(unit, name, base.number).content
        pairs = tuple(kept_pairs(unit, name))
        shown["reading"] = read(Asked(record, base.content_digest, lambda: before, {}, pairs))
        sides = contents.parse(before), content
        changes = as_read(compare(*sides, stored=pairs), *sides, markdown=record.markdown)
        shown["texts"] = changes.texts[:_TEXTS]
        shown["changed"] = [_changed(change) for change in changes.values[:_VALUES]]
        shown["more_changed"] = max(0, len(changes.values) - _VALUES)
    says, comments = _says(content, markdown=record.markdown), read_threads(unit, name)
    places = [*(pointer_to(change.path) for change in shown["texts"]), *(pointer for _, pointer, _ in says)]
    notes = noted(content, comments, places)
    shown["above"] = {pointer_to(change.path) for change in shown["texts"]}
    return shown | {"says": says, "facts": _facts(found), "comments": comments, "notes": notes}


def _changed(change: ValueChange) -> tuple[str, Sequence[str], Sequence[str]]:
    """A changed value or list: its label, what it had and what it has; of a list, the items that changed."""
    is_list = change.kept or change.inserted or change.deleted
    before, after = (change.deleted, change.inserted) if is_list else ((change.before,), (change.after,))
    had, has = ([shown_value(value) for value in side if value is not None] for side in (before, after))
    return name_of_change(change.path), had, has


def _base(history: Sequence[VersionHistory], version: int) -> VersionHistory | None:
    earlier = [item for item in history if item.number < version]
    return next((item for item in earlier if item.status == "Approved"), earlier[0] if earlier else None)


def _says(content: object, *, markdown: bool) -> list[tuple[str, str, Markup]]:
    """The texts of a card that a decision needs first: label, pointer, and the text as the card's page shows it.

    Args:
        markdown: whether the account's texts are Markdown, for a content that does not say it.
    """
    is_rich = is_markdown(value_at(content, "additional_information", "custom_details"), otherwise=markdown)
    texts = []
    for keys in _SAYS:
        text = text_at(content, *keys) or ""
        if text.strip():
            shown = rich(rich_text(text)) if is_rich else _PLAIN.format(text)
            texts.append((field_label(".".join(keys)), pointer_to(keys), shown))
    return texts


def _facts(found: CardReview) -> list[tuple[str, str, str]]:
    """Facts outside the content of an approved card that can have moved: fact, at the approval, now."""
    approval, policy = found.approval, found.policy
    if approval is None:
        return []
    mark = approval.policy
    facts = [("Policy", "none" if mark is None else f"{mark.name}, version {mark.version}", _policy_word(policy))]
    if found.check is not None:
        now = f"{len(found.check.failed)} fail" if found.check.failed else "all pass"
        facts.append(("Required checks", "all passed", now))
    return facts


def _policy_word(policy: ReviewPolicy | None) -> str:
    return "none" if policy is None else f"{policy.name}, version {policy.version}"
