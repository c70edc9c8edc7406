"""Forms of waivers: ask for one, grant, refuse and revoke it."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.annotations import check_writer
from cardwright.actions.cards import describe_card, find_card
from cardwright.actions.findings import describe_finding
from cardwright.actions.review_work import describe_card_review
from cardwright.actions.waivers import (
    NamedWaiver,
    describe_waiver,
    grant_waiver,
    longest_waiver,
    request_waiver,
    revoke_waiver,
)
from cardwright.console.context import PageContext, page_context
from cardwright.console.dates import Days, days_of_reader, due_date
from cardwright.console.findings.changes import attempted, back
from cardwright.console.findings.pages import FormRefusal, page
from cardwright.console.toasts import toast
from cardwright.core.errors import Invalid
from cardwright.core.policy.words import title_of
from cardwright.core.review import DAY
from cardwright.core.waiver import Scope, Waiver
from cardwright.storage.unit import Unit

_NOT_ASKED = "The waiver was not asked for"

blueprint = Blueprint("waivers", __name__)


@blueprint.post("/findings/<finding:finding_id>/waiver")
def ask_for_finding(finding_id: str) -> Response | tuple[str, int]:
    context = page_context()

    def run(unit: Unit) -> NamedWaiver:
        name = describe_finding(unit, finding_id).card_name
        return _requested(unit, name, finding_id=finding_id)

    asked = attempted(context, run, _NOT_ASKED, "waiver")
    if isinstance(asked, FormRefusal):
        return page(context, finding_id, asked)
    toast("Waiver asked for. It has no effect before a second person grants it")
    return back(finding_id)


@blueprint.get("/cards/<card:name>/waivers/new")
def ask(name: str) -> str:
    """The form that asks for a waiver of a rule of the card's policy."""
    return _form(page_context(), name)


@blueprint.post("/cards/<card:name>/waivers")
def ask_for_rule(name: str) -> Response | tuple[str, int]:
    context = page_context()
    asked = attempted(
        context, lambda unit: _requested(unit, name, rule=request.form.get("rule", "").strip()), _NOT_ASKED, "waiver"
    )
    if isinstance(asked, FormRefusal):
        return _form(context, name, asked), asked.status
    toast("Waiver asked for. It has no effect before a second person grants it")
    return redirect(url_for("card.show", name=name, _anchor="findings"), 303)


@blueprint.get("/cards/<card:name>/waivers")
def of_card(name: str) -> Response:
    """The waivers of a card are on its page."""
    return redirect(url_for("card.show", name=name, _anchor="findings"), 303)


@blueprint.get("/waivers/<waiver:waiver_id>/<action>")
def button_address(waiver_id: str, action: str) -> Response:  # noqa: ARG001 - a form posts there
    """The address of a form, opened in the browser: leads to the finding or the card of the waiver."""
    with page_context().reading() as unit:
        named = describe_waiver(unit, waiver_id)
    return _back_to(named.waiver, named.card_name)


@blueprint.post("/waivers/<waiver:waiver_id>/grant")
def grant(waiver_id: str) -> Response | tuple[str, int]:
    """Grant a waiver, until the date in the form or the one that was asked for."""
    context = page_context()

    def run(unit: Unit) -> NamedWaiver:
        waiver, days = describe_waiver(unit, waiver_id).waiver, days_of_reader(unit.now)
        text = request.form.get("until", "").strip()
        earlier = None if text in {"", days.field(waiver.expires_at)} else due_date(text, days)
        if earlier is not None and not days.now < earlier < waiver.expires_at:
            raise Invalid("The end of a waiver is in the future, and not later than it was asked for")
        return grant_waiver(unit, waiver_id, expires_at=earlier)

    return _decided(context, waiver_id, attempted(context, run, "The waiver was not granted", "grant"), "granted")


@blueprint.post("/waivers/<waiver:waiver_id>/revoke")
def revoke(waiver_id: str) -> Response | tuple[str, int]:
    """Revoke a waiver, or refuse the request for one."""
    context, refuses = page_context(), "refuse" in request.form
    title = "The request was not refused" if refuses else "The waiver was not revoked"
    done = attempted(
        context, lambda unit: revoke_waiver(unit, waiver_id, request.form.get("reason", "").strip()), title, "revoke"
    )
    return _decided(context, waiver_id, done, "refused" if refuses else "revoked")


def _decided(
    context: PageContext, waiver_id: str, done: NamedWaiver | FormRefusal, word: str
) -> Response | tuple[str, int]:
    """Lead back to the finding or the card of a waiver, or say there why nothing was stored."""
    with context.reading() as unit:
        named = describe_waiver(unit, waiver_id)
        finding = named.waiver.finding_id
        if isinstance(done, FormRefusal) and finding is None:
            card = describe_card(unit, named.card_name)
            return render_template("waiver_refused.html", card=card, why=done, posted=request.form), done.status
    if isinstance(done, FormRefusal):
        return page(context, finding, done)
    toast(f"Waiver {word}")
    return _back_to(named.waiver, named.card_name)


def _back_to(waiver: Waiver, card_name: str) -> Response:
    if waiver.finding_id is not None:
        return back(waiver.finding_id)
    return redirect(url_for("card.show", name=card_name, _anchor="findings"), 303)


def _requested(unit: Unit, name: str, *, rule: str | None = None, finding_id: str | None = None) -> NamedWaiver:
    days = days_of_reader(unit.now)
    longest = longest_waiver(unit, find_card(unit, name))
    scope = request.form.get("scope", Scope.CARD.value)
    if scope not in {one.value for one in Scope}:
        raise Invalid("A waiver covers the card or one version")
    return request_waiver(
        unit,
        name,
        reason=request.form.get("reason", "").strip(),
        expires_at=_until(request.form.get("until", ""), days, longest),
        rule=rule,
        finding_id=finding_id,
        scope=Scope(scope),
    )


def _until(text: str, days: Days, longest: int) -> int:
    """Return the end of the day that was entered. The end of the last day that is allowed may be too late by hours."""
    at, latest = due_date(text, days), days.now + longest * DAY
    if at is None:
        raise Invalid("A waiver needs an end: choose a date")
    if at <= days.now:
        raise Invalid("The end has passed: choose a later date")
    if days.date(at) > days.date(latest):
        raise Invalid(f"A waiver lasts at most {longest} days here: choose an earlier end")
    return min(at, latest)


def _form(context: PageContext, name: str, why: FormRefusal | None = None) -> str:
    wanted = request.values.get("rule", "").strip()[:63]
    with context.reading() as unit:
        card, stored = describe_card(unit, name), find_card(unit, name)
        policy = describe_card_review(unit, name).policy
        check_writer(unit, stored, "PutWaiver")
        longest, days = longest_waiver(unit, stored), days_of_reader(unit.now)
    return render_template(
        "waiver_new.html",
        card=card,
        rules=[] if policy is None else [(one.id, title_of(one)) for one in policy.rules],
        policy=policy,
        rule=wanted,
        longest=longest,
        latest=days.now + longest * DAY,
        days=days,
        why=why,
        posted=request.form,
    )
