"""Forms of a finding: its state, owner, severity and due date."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from cardwright.actions.findings import FindingChange, locked_finding, update_finding
from cardwright.console.context import PageContext, page_context
from cardwright.console.dates import Days, days_of_reader, due_date
from cardwright.console.finding_words import STATES
from cardwright.console.findings.listing import FindingList
from cardwright.console.findings.pages import FormRefusal, page
from cardwright.console.refusals import words_of
from cardwright.console.toasts import toast
from cardwright.core.errors import CardwrightError, Conflict, Denied, Invalid, LimitExceeded
from cardwright.core.finding import Category, Finding, FindingState, Severity
from cardwright.storage.unit import Unit

Result = TypeVar("Result")

blueprint = Blueprint("finding_changes", __name__)


@blueprint.post("/findings/<finding:finding_id>")
def change(finding_id: str) -> Response | tuple[str, int]:
    """Change a finding: a form has the members that it changes."""
    context, form = page_context(), "state" if "state" in request.form else "edit"

    def run(unit: Unit) -> str:
        _, finding = locked_finding(unit, finding_id)
        _check_unchanged(finding)
        wanted = _change(finding, days_of_reader(unit.now))
        named = update_finding(unit, finding_id, wanted)
        return STATES[named.state_at(unit.now)][0]

    answer = attempted(context, run, "The finding was not changed", form)
    if isinstance(answer, FormRefusal):
        return page(context, finding_id, answer)
    toast(f"Finding saved. State: {answer.lower()}")
    return back(finding_id)


@blueprint.get("/findings/<finding:finding_id>/<action>")
def button_address(finding_id: str, action: str) -> Response:  # noqa: ARG001 - a form posts there
    """The address of a form, opened in the browser."""
    return back(finding_id)


def attempted(context: PageContext, run: Callable[[Unit], Result], title: str, form: str) -> Result | FormRefusal:
    """Run an action in a unit of work, or return why it was refused. Nothing is stored then."""
    try:
        with context.writing() as unit:
            return run(unit)
    except (Denied, Conflict, LimitExceeded, Invalid) as error:
        return refusal_of(error, title, form)


def refusal_of(error: CardwrightError, title: str, form: str) -> FormRefusal:
    """Return why something was refused. A missing role is raised: its page names the role, and who has it."""
    if isinstance(error, Denied):
        if error.role is not None:
            raise error
        return FormRefusal(title, f"{words_of(error)}.", form, 403)
    return FormRefusal(title, f"{words_of(error)}.", form, 422 if isinstance(error, Invalid) else 409)


def back(finding_id: str) -> Response:
    """Lead to a finding, with the list that the reader came from."""
    return redirect(FindingList.read(request.args).here(finding_id), 303)


def _check_unchanged(finding: Finding) -> None:
    """Raise ``Conflict`` when another person changed the finding after the form was shown."""
    seen = request.form.get("seen", "")
    if seen and seen != str(finding.changed_at):
        raise Conflict(f"{finding.changed_by} changed the finding after you opened this page. Your entries are below")


def _change(finding: Finding, days: Days) -> FindingChange:
    """Read a form; fields that it lacks or that show what is stored change nothing."""
    form = request.form
    owner, due = form.get("owner", "").strip(), form.get("due", "").strip()
    return FindingChange(
        state=one_of(FindingState, form.get("state"), "a state"),
        severity=one_of(Severity, form.get("severity"), "a severity"),
        category=one_of(Category, form.get("category"), "a category"),
        owner=None if not owner or owner == finding.owner else owner,
        due_at=None if due == days.field(finding.due_at) else new_due_date(due, days),
        resolution=form.get("resolution", "").strip() or None,
    )


def new_due_date(text: str, days: Days) -> int | None:
    """Return the end of the day that was entered; None for an empty text. Raises ``Invalid`` if it has passed."""
    at = due_date(text, days)
    if at is not None and at <= days.now:
        raise Invalid("The due date has passed: choose a later date")
    return at


def one_of(kind: Callable[[str], Result], value: str | None, what: str) -> Result | None:
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        _unknown(value, what)


def _unknown(value: str, what: str) -> NoReturn:
    raise Invalid(f"{value[:40]!r} is not {what} of a finding") from None
