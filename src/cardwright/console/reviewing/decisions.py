"""Ask for a review, decide it, take a decision back, dismiss one, and change who is asked: forms of a card's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.cards import describe_card, has_card
from cardwright.actions.history import audit_trail, version_history
from cardwright.actions.review_decisions import Outcome, decide_review, dismiss_decision
from cardwright.actions.review_work import asked_before, describe_card_review
from cardwright.actions.reviews import assign_reviewers, request_review
from cardwright.console.accounts.session_cookie import local_address
from cardwright.console.context import PageContext, page_context
from cardwright.console.dates import days_of_reader, due_date, review_date
from cardwright.console.refusals import lack_words, words_of
from cardwright.console.reviewing.strip import review_shown
from cardwright.console.toasts import toast
from cardwright.console.wording import status_word
from cardwright.core.card import Status, VersionHistory
from cardwright.core.errors import Conflict, Denied, Invalid, NotFound
from cardwright.core.review import ReviewState, Verdict
from cardwright.storage.unit import Unit

_DONE = {
    Verdict.APPROVE: "Your approval of {name}, version {version}, is recorded",
    Verdict.REQUEST_CHANGES: "{name} sent back",
    Verdict.COMMENT: "Comment on {name} saved",
    Verdict.WITHDRAW: "Your decision on {name} is withdrawn",
}
_UNDOABLE = frozenset({Verdict.APPROVE, Verdict.REQUEST_CHANGES})

blueprint = Blueprint("decisions", __name__)


@dataclass(frozen=True, slots=True)
class Posted:
    """A decision as its form posts it."""

    verdict: Verdict
    digest: str
    review_id: str | None
    comment: str
    date: str
    withdraws_request: bool = False

    @classmethod
    def read(cls) -> "Posted":
        form = request.form
        wanted = form.get("verdict", "")
        if wanted not in {verdict.value for verdict in Verdict}:
            raise Invalid("A decision is one of: approve, send back, comment, withdraw")
        return cls(
            Verdict(wanted),
            form.get("digest", ""),
            form.get("review") or None,
            form.get("comment", ""),
            form.get("review_by", ""),
            "request" in form,
        )


class DecisionRefusal(NamedTuple):
    """Why a decision was not recorded: a title, the reason, and the status of the answer."""

    title: str
    words: str
    status: int


class Way(NamedTuple):
    """Where a decision that was refused is sent again, and where its page leads.

    Attributes:
        address: the address of the form.
        values: its hidden fields.
        onward: a further address, besides that of the card; empty for none. ``words`` are those of the link.
    """

    address: str
    values: Sequence[tuple[str, str]] = ()
    onward: str = ""
    words: str = ""


@blueprint.post("/cards/<card:name>/review")
def ask(name: str) -> Response | tuple[str, int]:
    context = page_context()
    names = [item.strip() for item in request.form.getlist("reviewer") if item.strip()]
    comment, due = request.form.get("comment", ""), request.form.get("due", "")
    if "more" in request.form:
        return _ask_page(context, name, (*request.form.getlist("reviewer"), ""), DecisionRefusal("", "", 200))
    try:
        with context.writing() as unit:
            at = due_date(due, days_of_reader(unit.now))
            digest = request.form.get("digest") or None
            _, status = request_review(
                unit, name, reviewers=_unique(names), due_at=at, comment=comment, content_digest=digest
            )
    except Conflict as error:
        return _ask_page(context, name, names, DecisionRefusal("The review was not asked for", words_of(error), 409))
    except Invalid as error:
        return _ask_page(context, name, names, DecisionRefusal("The review was not asked for", words_of(error), 422))
    who = ", ".join(names) or "everyone who can approve"
    still = ", which stays approved" if status is Status.APPROVED else ""
    toast(f"Review of {name}{still} asked of {who}")
    return redirect(url_for("card.show", name=name), 303)


@blueprint.get("/cards/<card:name>/review")
def ask_form(name: str) -> tuple[str, int]:
    """The form that asks for a review, as a page of its own."""
    return _ask_page(page_context(), name, None, DecisionRefusal("", "", 200))


@blueprint.get("/cards/<card:name>/review/<action>")
def address_of_button(name: str, action: str) -> Response:  # noqa: ARG001 - all buttons of a card lead there
    """The address of a button, opened in the browser."""
    return redirect(url_for("card.show", name=name))


@blueprint.post("/cards/<card:name>/review/decide")
def decide(name: str) -> Response | tuple[str, int]:
    context, posted = page_context(), Posted.read()
    outcome = record(context, name, posted)
    back = request.form.get("back", "")  # of a decision that is undone in the queue
    if isinstance(outcome, DecisionRefusal):
        way = Way(request.path, [("back", back)], local_address(back), "Back to the queue") if back else None
        return refused(context, name, posted, outcome, way)
    tell(name, posted, outcome)
    return redirect(local_address(back) if back else url_for("card.show", name=name), 303)


@blueprint.post("/cards/<card:name>/review/dismiss")
def dismiss(name: str) -> Response | tuple[str, int]:
    context, reason = page_context(), request.form.get("comment", "")
    number = request.form.get("number", "")
    if not number.isdecimal() or len(number) > 6:
        raise Invalid("The form names no decision")
    posted = Posted(Verdict.COMMENT, "", request.form.get("review") or None, reason, "")
    try:
        with context.writing() as unit:
            outcome = dismiss_decision(unit, name, posted.review_id or "", int(number), reason)
    except Denied as error:
        return refused(
            context, name, posted, DecisionRefusal("The decision was not dismissed", f"{words_of(error)}.", 403)
        )
    except (Conflict, Invalid) as error:
        return refused(
            context, name, posted, DecisionRefusal("The decision was not dismissed", f"{words_of(error)}.", 422)
        )
    toast(f"Decision dismissed. {name} is {status_word(outcome.status).lower()}")
    return redirect(url_for("card.show", name=name), 303)


@blueprint.post("/cards/<card:name>/review/assign")
def assign(name: str) -> Response | tuple[str, int]:
    context = page_context()
    names = [item.strip() for item in request.form.getlist("reviewer") if item.strip()]
    with context.writing() as unit:
        _, wanted = assign_reviewers(unit, name, _unique(names), review_id=request.form.get("review") or None)
    toast(f"{name} waits for {', '.join(one.name for one in wanted) or 'everyone who can approve'}")
    return redirect(url_for("card.show", name=name), 303)


def record(context: PageContext, name: str, posted: Posted) -> Outcome | DecisionRefusal:
    """Record a decision, or return why it was not recorded. Nothing is stored then."""
    title = "Your decision still counts" if posted.verdict is Verdict.WITHDRAW else "Your decision was not recorded"
    try:
        with context.writing() as unit:
            found = describe_card_review(unit, name)
            longest = None if found.policy is None else found.policy.approval.valid_for_days
            date = posted.date if posted.verdict is Verdict.APPROVE else ""
            return decide_review(
                unit,
                name,
                posted.verdict,
                posted.digest,
                review_id=posted.review_id,
                comment=posted.comment,
                review_by=review_date(date, days_of_reader(unit.now), longest),
                whole_request=posted.withdraws_request if posted.verdict is Verdict.WITHDRAW else None,
            )
    except Conflict as error:
        return DecisionRefusal(title, f"{words_of(error)}.", 409)
    except NotFound as error:
        if describes_card(context, name):
            return DecisionRefusal(title, f"{words_of(error)}.", 409)
        raise
    except Denied as error:
        return DecisionRefusal(title, f"{words_of(error)}.", 403)
    except Invalid as error:
        return DecisionRefusal(title, f"{words_of(error)}.", 422)


def tell(name: str, posted: Posted, outcome: Outcome, *, back: str = "") -> None:
    """Say what a decision did, with a way to undo it, which leads back to an address."""
    words = _DONE[posted.verdict].format(name=name, version=outcome.review.version)
    if posted.verdict is Verdict.APPROVE and outcome.review.state == ReviewState.APPROVED:
        words = f"{name}, version {outcome.review.version}, is approved"
    elif posted.verdict is Verdict.APPROVE and outcome.lacks:
        words += f". Still missing: {'; '.join(map(lack_words, outcome.lacks))}"
    elif posted.withdraws_request:
        words = f"The request for a review of {name} is withdrawn. The card is {status_word(outcome.status).lower()}"
    values = [
        ("verdict", Verdict.WITHDRAW.value),
        ("digest", outcome.review.content_digest),
        ("review", outcome.review.review_id),
        ("back", back),
    ]
    undo = url_for("decisions.decide", name=name) if posted.verdict in _UNDOABLE else None
    toast(words, undo=undo, values=values if undo else ())


def refused(
    context: PageContext, name: str, posted: Posted, why: DecisionRefusal, way: Way | None = None
) -> tuple[str, int]:
    """The page that says why a decision was not recorded, what changed, and keeps the comment."""
    with context.reading() as unit:
        card, found = describe_card(unit, name), describe_card_review(unit, name)
        moved = bool(posted.digest) and found.card.content_digest != posted.digest
        seen = _seen(unit, name, posted.digest) if moved else None
        page = render_template(
            "review_refused.html",
            card=card,
            posted=posted,
            why=why,
            way=way or Way(url_for("decisions.decide", name=name)),
            verdicts=Verdict,
            moved=moved,
            saved=version_history(unit, name, before=None if seen is None else seen.number + 2, limit=1)[0],
            seen=seen,
            last=audit_trail(unit, name, limit=1)[0],
            **review_shown(context, unit, found),
        )
    return page, why.status


def describes_card(context: PageContext, name: str) -> bool:
    """Whether a card has a name."""
    with context.reading() as unit:
        return has_card(unit, name)


def _seen(unit: Unit, name: str, digest: str) -> VersionHistory | None:
    """The version that a decision was about."""
    return next((one for one in version_history(unit, name, limit=100) if one.content_digest == digest), None)


def _ask_page(context: PageContext, name: str, names: Sequence[str] | None, why: DecisionRefusal) -> tuple[str, int]:
    """The form that asks for a review. Without names, it has those whom the card's last review asked."""
    with context.reading() as unit:
        card, found = describe_card(unit, name), describe_card_review(unit, name)
        page = render_template(
            "review_ask.html",
            card=card,
            names=asked_before(unit, found.card, found.policy) if names is None else names,
            added="more" in request.form,
            why=why,
            comment=request.form.get("comment", ""),
            due=request.form.get("due", ""),
            **review_shown(context, unit, found),
        )
    return page, why.status


def _unique(names: Sequence[str]) -> Sequence[str]:
    return list(dict.fromkeys(names))
