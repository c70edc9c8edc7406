"""Findings over boto3, on both databases: two at once, wrong requests, paging, other accounts."""

import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cardwright.client.answers.findings import OpenFindingAnswer
from cardwright.client.own_client import own_client
from tests.cli.commands import run_text
from tests.servers import Server
from tests.wire.calls import account, create, refused
from tests.wire.test_governance import Team

POLICY = """
policy: blocking
version: 1
approval:
  approvals: [{role: approver, count: 1, independent: true}]
  blocking_findings: [critical, high]
  waivers: {by: approver, max_days: 90}
"""


@pytest.fixture
def client(signed_server: Server) -> Any:
    return signed_server.client(*signed_server.key(account(), "ana", "approver"))


def test_findings_are_opened_changed_and_listed_page_by_page(client: Any) -> None:
    own, name = own_client(client), create(client)
    members = {"ModelCardName": name, "Severity": "high", "Kind": "limitation", "Category": "fairness"}
    made = [own.open_finding(Title=f"Number {n}", **members)["Finding"] for n in range(3)]
    assert [one["State"] for one in made] == ["open"] * 3
    assert made[0]["ModelCardArn"].endswith(f"model-card/{name}")
    changed = own.update_finding(FindingId=made[0]["FindingId"], State="invalid", Resolution="No fault")["Finding"]
    assert (changed["State"], changed["EndedBy"], changed["FixedVersion"]) == ("invalid", "ana", 1)
    first = own.list_findings(ModelCardName=name, MaxResults=2)
    second = own.list_findings(ModelCardName=name, NextToken=first["NextToken"])
    assert [one["Title"] for one in first["Findings"] + second["Findings"]] == ["Number 2", "Number 1", "Number 0"]
    assert "NextToken" not in second
    assert len(own.list_findings(Unresolved=True, States=["open"], Severities=["high"])["Findings"]) == 2
    events = own.list_model_card_events(ModelCardName=name)["ModelCardEvents"]
    assert (events[0]["EventType"], events[0]["State"]) == ("FindingEnded", "invalid")
    assert (events[1]["EventType"], events[1]["Title"]) == ("FindingOpened", "Number 2")
    document = own.render_model_card(ModelCardName=name, Format="md")["Document"].decode()
    assert "Number 1" in document
    assert "Number 0" not in document
    client.delete_model_card(ModelCardName=name)
    assert own.list_findings()["Findings"] == []


def test_two_failed_checks_at_once_open_one_finding(client: Any) -> None:
    name = create(client)

    def fail(number: int) -> OpenFindingAnswer:
        return own_client(client).open_finding(
            ModelCardName=name, Title=f"Failed {number}", Severity="high", RuleId="auc-floor"
        )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(fail, range(8)))
    assert sum(answer["Created"] for answer in answers) == 1
    assert len({answer["Finding"]["FindingId"] for answer in answers}) == 1


def test_wrong_requests_are_refused_by_member(client: Any, signed_server: Server) -> None:
    own, name = own_client(client), create(client)
    with refused("ValidationException", "Member must satisfy enum value set: [critical, high"):
        own.open_finding(ModelCardName=name, Title="x", Severity="severe")
    with refused("ValidationException", "is not a JSON Pointer"):
        own.open_finding(ModelCardName=name, Title="x", Severity="low", Pointer="a")
    with refused("ResourceNotFound"):
        own.open_finding(ModelCardName="no-such-card", Title="x", Severity="low")
    found = own.open_finding(ModelCardName=name, Title="\u202e\U0001f600 <script>", Severity="low")["Finding"]
    assert found["Title"] == "\U0001f600 <script>"
    other = own_client(signed_server.client(*signed_server.key(account(), "eve", "admin")))
    with refused("ResourceNotFound", "There is no finding"):
        other.update_finding(FindingId=found["FindingId"], State="in_progress")
    assert other.list_findings()["Findings"] == []


def test_a_blocking_finding_is_waived_by_a_second_person_and_the_card_approved(signed_server: Server) -> None:
    team = Team(signed_server)
    team.put(POLICY)
    name = create(team.clients["ana"])
    found = team.own("cem").open_finding(ModelCardName=name, Title="Recall", Severity="critical")["Finding"]
    team.own("ana").request_review(ModelCardName=name)
    (missing,) = team.approve("ben", name)["Missing"]
    assert missing == f"the critical finding 'Recall' ({found['FindingId']}) is open"
    with refused("AccessDeniedException", "the critical finding"):
        team.clients["cem"].update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)
    asked = {"ModelCardName": name, "FindingId": found["FindingId"], "Reason": "Seen", "ExpiryTime": until}
    waiver = team.own("cem").put_waiver(**asked)["Waiver"]
    for who in ("cem", "ana", "ci"):
        with refused("AccessDeniedException"):
            team.own(who).put_waiver(WaiverId=waiver["WaiverId"])
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(team.own(who).put_waiver, WaiverId=waiver["WaiverId"]) for who in ("ben", "dora")]
    assert sorted(type(one.exception()).__name__ for one in both) == ["ConflictException", "NoneType"]
    assert team.status(name) == "Approved"
    own = team.own("ana")
    assert [one["State"] for one in own.list_waivers(State="active")["Waivers"]] == ["active"]
    assert [own.list_waivers(State=one)["Waivers"] for one in ("requested", "expired", "revoked")] == [[], [], []]
    assert [one["State"] for one in own.list_findings(States=["accepted"], Owner="ben")["Findings"]] == []
    assert [one["Title"] for one in own.list_findings(States=["accepted"])["Findings"]] == ["Recall"]
    assert own.list_findings(Overdue=True)["Findings"] == []
    team.own("cem").revoke_waiver(WaiverId=waiver["WaiverId"], Reason="Retrained")
    assert own.describe_finding(FindingId=found["FindingId"])["Finding"]["State"] == "open"
    verified = run_text("verify", *signed_server.store_options, "--json")
    assert [str(fault) for fault in json.loads(verified.stdout)["faults"] if team.number in str(fault)] == []
