"""The table of findings, and one finding with its history, evidence and waivers next to it."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request

from cardwright.actions.annotations import caller_of, may_annotate
from cardwright.actions.cards import find_card
from cardwright.actions.evidence import EvidenceLink, list_evidence
from cardwright.actions.findings import (
    blocking_policy,
    count_findings,
    count_pressing,
    describe_finding,
    ending_refusal,
    finding_history,
    list_findings,
    may_update,
)
from cardwright.actions.users import users_with_role
from cardwright.actions.waivers import NamedWaiver, grant_refusal, has_waivers, list_waivers, longest_waiver, may_revoke
from cardwright.console import finding_words as words
from cardwright.console.context import PageContext, page_context
from cardwright.console.dates import days_of_reader
from cardwright.console.display_names import shown_name
from cardwright.console.findings.history import history_of
from cardwright.console.findings.listing import (
    KIND_CHOICES,
    PAGE,
    POSITION,
    SEVERITY_CHOICES,
    STATE_CHOICES,
    FindingList,
)
from cardwright.console.query import read_position, ways_from
from cardwright.core.errors import CardMissing
from cardwright.core.finding import COUNTED, FindingState, NamedFinding, following_states
from cardwright.core.listing import Page
from cardwright.core.people import Role
from cardwright.core.review import DAY
from cardwright.core.waiver import WaiverState
from cardwright.storage.unit import Unit

PEOPLE = 200
"""Names that a field for an owner offers."""

_EVIDENCE = 100
_WAIVERS = 20

blueprint = Blueprint("findings", __name__)


class FormRefusal(NamedTuple):
    """Why something was not stored: a title, the reason, the form that posted it, and the status of the answer."""

    title: str
    words: str
    form: str
    status: int


class WaiverShown(NamedTuple):
    """A waiver with what the reader may do: why the reader may not grant it, and whether to revoke it."""

    named: NamedWaiver
    state: WaiverState
    why_not: object
    may_revoke: bool


@blueprint.get("/findings")
def index() -> tuple[str, int]:
    return page(page_context())


@blueprint.get("/findings/<finding:finding_id>")
def show(finding_id: str) -> tuple[str, int]:
    return page(page_context(), finding_id)


def page(context: PageContext, finding_id: str | None = None, refusal: FormRefusal | None = None) -> tuple[str, int]:
    """Return the page of the list, with a finding next to it, and why a form of it was refused."""
    state = FindingList.read(request.args)
    with context.reading() as unit:
        found, wrong = _found(unit, state)
        days = days_of_reader(unit.now)
        opened = None if finding_id is None else opened_finding(unit, finding_id)
        shown: dict[str, Any] = {
            "counts": count_findings(unit),
            "pressing": count_pressing(unit),
            "limit": COUNTED,
            "people": users_with_role(unit, Role.VIEWER)[:PEOPLE],
            "me": caller_of(unit),
            "days": days,
        }
    text = render_template(
        "findings.html",
        state=state,
        findings=found.items,
        wrong=wrong,
        ways=ways_from(found, state.address, placed=bool(state.after or state.before)),
        opened=opened,
        why=refusal,
        posted=request.form,
        choices={"state": STATE_CHOICES, "severity": SEVERITY_CHOICES, "kind": KIND_CHOICES},
        words=words,
        evidence_kinds=words.EVIDENCE_KINDS,
        **shown,
    )
    return text, 200 if refusal is None else refusal.status


def opened_finding(unit: Unit, finding_id: str) -> Mapping[str, Any]:
    """Return what the page of a finding shows. Raises ``NotFound``."""
    named = describe_finding(unit, finding_id)
    finding, days = named.finding, days_of_reader(unit.now)
    state, updates = named.state_at(unit.now), may_update(unit, finding)
    card = find_card(unit, named.card_name)
    longest = longest_waiver(unit, card)
    return {
        "named": named,
        "finding": finding,
        "state": state,
        "overdue": named.is_overdue(unit.now),
        "field": None if finding.pointer is None else words.field_of(finding.pointer),
        "may_update": updates,
        "may_add": may_annotate(unit, card),
        "may_waive": has_waivers(unit, card),
        "moves": [one for one in following_states(state) if one in words.MOVES] if updates else [],
        "ending_refusal": ending_refusal(unit, finding),
        "blocks": blocking_policy(unit, named),
        "evidence": list_evidence(
            unit, named.card_name, link=EvidenceLink(finding_id=finding_id), limit=_EVIDENCE
        ).items,
        "waivers": waivers_shown(unit, list_waivers(unit, finding_id=finding_id, limit=_WAIVERS).items),
        "longest": longest,
        "latest": unit.now + longest * DAY,
        "history": history_of(
            finding_history(unit, finding), lambda at: f"{days.date(at).day} {days.date(at):%B %Y}", shown_name
        ),
        "ended": state in {FindingState.CLOSED, FindingState.INVALID},
    }


def waivers_shown(unit: Unit, found: Sequence[NamedWaiver]) -> list[WaiverShown]:
    """Return waivers with what the reader may do, last requested first."""
    shown = []
    for named in found:
        state = named.waiver.state_at(unit.now)
        why_not = grant_refusal(unit, named.waiver) if state is WaiverState.REQUESTED else None
        ends = state in {WaiverState.REQUESTED, WaiverState.ACTIVE} and may_revoke(unit, named.waiver)
        shown.append(WaiverShown(named, state, why_not, ends))
    return shown


def _found(unit: Unit, state: FindingList) -> tuple[Page[NamedFinding], str]:
    """Return the page of the list, and what is wrong with the filter for the card."""
    after, before = read_position(state.after, POSITION), read_position(state.before, POSITION)
    read = partial(list_findings, unit, state.query(PAGE), after=after, before=before)
    if not state.card:
        return read(), ""
    try:
        return read(card_name=state.card), ""
    except CardMissing:
        return Page([], None), f"There is no card {state.card}."
