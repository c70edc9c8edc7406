"""Open a finding: from a form, or with one click from a failed check."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions.annotations import check_writer
from cardwright.actions.cards import find_card
from cardwright.actions.check_findings import open_check_finding
from cardwright.actions.findings import Opened, open_finding
from cardwright.actions.users import users_with_role
from cardwright.console import finding_words as words
from cardwright.console.context import PageContext, page_context
from cardwright.console.dates import days_of_reader
from cardwright.console.findings.changes import attempted, new_due_date, one_of
from cardwright.console.findings.pages import PEOPLE, FormRefusal
from cardwright.console.toasts import toast
from cardwright.core.errors import Invalid
from cardwright.core.finding import DUE_DAYS, Category, FindingKind, Severity
from cardwright.core.names import is_card_name
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

_NOT_OPENED = "The finding was not opened"

blueprint = Blueprint("new_finding", __name__)


@blueprint.get("/findings/new")
def ask() -> str:
    """The form that opens a finding; the address can name the card and the field."""
    context, name = page_context(), request.args.get("card", "")
    if is_card_name(name):
        with context.reading() as unit:
            check_writer(unit, find_card(unit, name), "OpenFinding")
    return _form(context)


@blueprint.post("/findings")
def open_new() -> Response | tuple[str, int]:
    context = page_context()
    answer = attempted(context, _opened, _NOT_OPENED, "new")
    if isinstance(answer, FormRefusal):
        return _form(context, answer), answer.status
    toast(f"Finding opened on {answer.named.card_name}")
    return redirect(url_for("findings.show", finding_id=answer.finding.finding_id), 303)


@blueprint.get("/cards/<card:name>/findings")
def of_card(name: str) -> Response:
    """The findings of a card, in the list of all."""
    return redirect(url_for("findings.index", card=name), 303)


@blueprint.post("/cards/<card:name>/findings")
def open_of_check(name: str) -> Response | tuple[str, int]:
    """Open a finding about a failed check, or lead to the one that is open."""
    context, rule = page_context(), request.form.get("rule", "").strip()
    answer = attempted(context, lambda unit: open_check_finding(unit, name, rule), _NOT_OPENED, "new")
    if isinstance(answer, FormRefusal):
        return render_template("finding_refused.html", name=name, why=answer), answer.status
    toast("Finding opened. Name its owner here" if answer.is_new else "This check has an open finding")
    return redirect(url_for("findings.show", finding_id=answer.finding.finding_id), 303)


def _opened(unit: Unit) -> Opened:
    form = request.form
    name = form.get("card", "").strip()
    if not is_card_name(name):
        raise Invalid(f"{name[:63]!r} is not the name of a card" if name else "Name the card of the finding")
    severity = one_of(Severity, form.get("severity"), "a severity")
    if severity is None:
        raise Invalid("Choose the severity")
    return open_finding(
        unit,
        name,
        form.get("title", "").strip(),
        severity=severity,
        kind=one_of(FindingKind, form.get("kind"), "a kind") or FindingKind.ISSUE,
        category=one_of(Category, form.get("category"), "a category") or Category.OTHER,
        text=form.get("text", "").strip() or None,
        pointer=form.get("pointer", "").strip() or None,
        owner=form.get("owner", "").strip() or None,
        due_at=new_due_date(form.get("due", ""), days_of_reader(unit.now)),
    )


def _form(context: PageContext, why: FormRefusal | None = None) -> str:
    with context.reading() as unit:
        people = users_with_role(unit, Role.VIEWER)[:PEOPLE]
        days = days_of_reader(unit.now)
    return render_template(
        "finding_new.html",
        why=why,
        entered=request.values,
        people=people,
        days=days,
        words=words,
        due_days={severity: number for severity, number in DUE_DAYS.items() if number},
    )
