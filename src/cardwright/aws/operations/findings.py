"""Cardwright's own operations on findings."""

from cardwright.actions import findings as actions
from cardwright.aws.members import Members, given, seconds
from cardwright.aws.paging import Pager
from cardwright.core.finding import (
    Category,
    Finding,
    FindingKind,
    FindingQuery,
    FindingState,
    NamedFinding,
    Severity,
    Source,
)
from cardwright.storage.unit import Unit


def open_finding(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    source = request.get("Source")
    opened = actions.open_finding(
        unit,
        name,
        request["Title"],
        severity=Severity(request["Severity"]),
        kind=FindingKind(request.get("Kind", FindingKind.ISSUE)),
        category=Category(request.get("Category", Category.OTHER)),
        source=None if source is None else Source(source),
        text=request.get("Text"),
        pointer=request.get("Pointer"),
        rule=request.get("RuleId"),
        owner=request.get("Owner"),
        due_at=request.get("DueTime"),
    )
    return {"Finding": _finding(unit, opened.named), "Created": opened.is_new}


def update_finding(unit: Unit, request: Members, _: Pager) -> Members:
    state, severity, category = request.get("State"), request.get("Severity"), request.get("Category")
    change = actions.FindingChange(
        state=None if state is None else FindingState(state),
        severity=None if severity is None else Severity(severity),
        category=None if category is None else Category(category),
        owner=request.get("Owner"),
        due_at=request.get("DueTime"),
        resolution=request.get("Resolution"),
    )
    return {"Finding": _finding(unit, actions.update_finding(unit, request["FindingId"], change))}


def describe_finding(unit: Unit, request: Members, _: Pager) -> Members:
    return {"Finding": _finding(unit, actions.describe_finding(unit, request["FindingId"]))}


def list_findings(unit: Unit, request: Members, pager: Pager) -> Members:
    named = request.get("ModelCardName")
    query = FindingQuery(
        limit=request.get("MaxResults", 100),
        kind=request.get("Kind"),
        owner=request.get("Owner"),
        states=request.get("States", ()),
        severities=request.get("Severities", ()),
        running=request.get("Unresolved", False),
        overdue=request.get("Overdue", False),
    )
    page = actions.list_findings(
        unit, query, card_name=None if named is None else unit.actor.scope.card_name(named), after=pager.position()
    )
    answer: Members = {"Findings": [_finding(unit, one) for one in page.items]}
    if page.position is not None:
        answer["NextToken"] = pager.token(page.position)
    return answer


def _finding(unit: Unit, named: NamedFinding) -> Members:
    finding: Finding = named.finding
    return given(
        FindingId=finding.finding_id,
        ModelCardName=named.card_name,
        ModelCardArn=unit.actor.scope.card_arn(named.card_name),
        ModelCardVersion=finding.version,
        ContentDigest=finding.content_digest,
        Kind=finding.kind,
        Severity=finding.severity,
        Category=finding.category,
        Source=finding.source,
        Title=finding.title,
        Text=finding.text,
        Pointer=finding.pointer,
        RuleId=finding.rule,
        Owner=finding.owner,
        DueTime=seconds(finding.due_at),
        Overdue=named.is_overdue(unit.now),
        State=named.state_at(unit.now),
        OpenedTime=finding.opened_at / 1000,
        OpenedBy=finding.opened_by,
        ChangedTime=finding.changed_at / 1000,
        ChangedBy=finding.changed_by,
        Resolution=finding.resolution,
        AcceptedUntil=seconds(finding.accepted_until),
        EndTime=seconds(finding.ended_at),
        EndedBy=finding.ended_by,
        FixedVersion=finding.fixed_version,
    )
