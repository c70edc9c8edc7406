"""Review policies over boto3, on both databases: no caller gets around the requirements."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cardwright.actions.access_keys import create_key
from cardwright.client.own_client import own_client
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_existing_store
from tests.cli.commands import run_text
from tests.console.team import add_users, settings_of
from tests.servers import Server
from tests.wire.calls import account, create, refused

FOUR_EYES = (
    "policy: four-eyes\nversion: {}\napproval:\n  approvals: [{{role: approver, count: {}, independent: true}}]\n"
)
ROLES = {"ana": "author", "ben": "approver", "cem": "approver", "dora": "admin"}


def make_keys(server: Server, number: str, owners: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Make access keys of users and roles: their identifiers and secrets."""
    store = open_existing_store(settings_of(server))
    try:
        made = []
        for user, role in owners:
            with store.open_unit(Actor(Scope(store.region, number), "tests", Role.ADMIN)) as unit:
                key = create_key(unit, user, Role(role)).access_key_id
            made.append((key, store.server_key.secret_access_key(key)))
        return made
    finally:
        store.close()


class Team:
    """An account with people and a program, each with a key."""

    def __init__(self, server: Server) -> None:
        self.server, self.number = server, account()
        add_users(server, self.number, **ROLES)
        keys = make_keys(server, self.number, [*ROLES.items(), ("ci", "admin")])
        self.clients = {name: server.client(*key) for name, key in zip([*ROLES, "ci"], keys, strict=True)}

    def own(self, name: str) -> Any:
        return own_client(self.clients[name])

    def put(self, text: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.own("dora").put_review_policy(PolicyDocument=text, **more)["ReviewPolicy"]
        return answer

    def status(self, name: str) -> str:
        return str(self.clients["ana"].describe_model_card(ModelCardName=name)["ModelCardStatus"])

    def events(self, name: str) -> list[str]:
        found = self.own("ana").list_model_card_events(ModelCardName=name)["ModelCardEvents"]
        return [event["EventType"] for event in reversed(found)]

    def approve(self, by: str, name: str, content: str = "{}", **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.own(by).decide_review(
            ModelCardName=name, Decision="approve", ContentDigest=hashlib.sha256(content.encode()).hexdigest(), **more
        )
        return answer


@contextmanager
def four_eyes_team(server: Server) -> Iterator[Team]:
    """A team with the policy four-eyes, whose store is verified when the block ends."""
    made = Team(server)
    made.put(FOUR_EYES.format(1, 1))
    yield made
    verified = run_text("verify", *server.store_options, "--json")
    assert [fault for fault in json.loads(verified.stdout)["faults"] if made.number in str(fault)] == []


@pytest.fixture(scope="module")
def team(signed_server: Server) -> Iterator[Team]:
    with four_eyes_team(signed_server) as made:
        yield made


def test_no_role_and_no_key_of_a_person_approves_their_own_work(team: Team) -> None:
    seconds = make_keys(team.server, team.number, [(name.upper(), role) for name, role in ROLES.items()])
    for author, key in zip(ROLES, seconds, strict=True):
        second = team.server.client(*key)
        name = create(team.clients[author])
        team.own("ci").request_review(ModelCardName=name)
        before = team.events(name)
        for client in (team.clients[author], second, team.clients["ci"]):
            with refused("AccessDeniedException"):
                client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
            with refused("AccessDeniedException"):
                own_client(client).decide_review(
                    ModelCardName=name, Decision="approve", ContentDigest=hashlib.sha256(b"{}").hexdigest()
                )
            with refused("AccessDeniedException"):
                own_client(client).review_model_card(ModelCardName=name, ModelCardStatus="Approved", Comment="Fine")
            with refused("AccessDeniedException"):
                create(client, ModelCardStatus="Approved")
        assert (team.status(name), team.events(name)) == ("PendingReview", before)


def test_a_refusal_lists_what_is_missing(team: Team) -> None:
    name = create(team.clients["ben"])
    words = (
        "the review policy four-eyes, version 1, is not met",
        "Missing: 1 approval from the role approver, independent of the authors",
    )
    for client in team.clients.values():
        if client is not team.clients["cem"] and client is not team.clients["dora"]:
            with refused("AccessDeniedException", *words):
                client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
        with refused("AccessDeniedException", *words):
            client.update_model_card(ModelCardName=name, ModelCardStatus="Approved", Content='{"intended_uses": {}}')
        with refused("AccessDeniedException", *words):
            create(client, ModelCardStatus="Approved")


def test_boto3_clients_take_part_with_an_update(team: Team) -> None:
    name = create(team.clients["ana"])
    team.clients["ben"].update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    assert team.status(name) == "Approved"
    assert team.events(name) == ["Created", "ReviewRequested", "ReviewDecided", "ReviewCompleted", "StatusChanged"]
    for client in team.clients.values():
        with refused("AccessDeniedException"):
            client.update_model_card(ModelCardName=name, Content='{"model_overview": {}}')
    team.clients["ana"].update_model_card(
        ModelCardName=name, Content='{"model_overview": {}}', ModelCardStatus="PendingReview"
    )


def test_an_edit_between_request_and_decision_is_a_conflict(team: Team) -> None:
    name = create(team.clients["ana"])
    asked = team.own("ana").request_review(ModelCardName=name, Reviewers=["ben"], Comment="Please look")
    assert asked["ModelCardStatus"] == "PendingReview"
    assert asked["ContentDigest"] == hashlib.sha256(b"{}").hexdigest()
    content = '{"model_overview": {}}'
    team.clients["ana"].update_model_card(ModelCardName=name, Content=content)
    with refused("ConflictException", "ana saved version 2"):
        team.approve("ben", name, ReviewId=asked["ReviewId"])
    with refused("ConflictException", "ana saved version 2. No review of version 2 is open"):
        team.approve("ben", name)
    team.own("ana").request_review(ModelCardName=name)
    with refused("ConflictException", "version 2 with the content digest"):
        team.approve("ben", name)
    assert team.approve("ben", name, content)["ModelCardStatus"] == "Approved"


def test_two_simultaneous_decisions_are_two_events_and_one_approval(signed_server: Server) -> None:
    team = Team(signed_server)
    team.put(FOUR_EYES.format(1, 2))
    for _ in range(3):
        name = create(team.clients["ana"])
        team.own("ana").request_review(ModelCardName=name)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda by, card=name: team.approve(by, card), ("ben", "cem")))
        assert sorted(answer["ModelCardStatus"] for answer in answers) == ["Approved", "PendingReview"]
        assert team.events(name).count("ReviewDecided") == 2
        assert team.events(name).count("ReviewCompleted") == 1


def test_lists_of_reviews_filter_and_page(team: Team) -> None:
    names = [create(team.clients["ana"]) for _ in range(3)]
    for name in names:
        team.own("ben").request_review(ModelCardName=name, Reviewers=["cem"])
    found: list[str] = []
    token: dict[str, Any] = {}
    while True:
        page = team.own("cem").list_reviews(AssignedToMe=True, State="Open", MaxResults=2, **token)
        found += [review["ModelCardName"] for review in page["Reviews"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert found == names[::-1]
    mine = team.own("ben").list_reviews(RequestedByMe=True)["Reviews"]
    assert [review["ModelCardName"] for review in mine][:3] == names[::-1]
    assert mine[0]["Reviewers"] == [{"Kind": "person", "Name": "cem"}]
    assert team.own("ana").list_reviews(AssignedToMe=True)["Reviews"] == []
    assert team.own("ana").list_reviews(Overdue=True)["Reviews"] == []
    (one,) = team.own("ana").list_reviews(ModelCardName=names[0])["Reviews"]
    described = team.own("ana").describe_review(ReviewId=one["ReviewId"])
    assert described["Review"] == one
    assert "1 approval from the role approver" in described["Missing"][0]


def test_policies_are_stored_activated_and_deleted_by_administrators(signed_server: Server) -> None:
    team = Team(signed_server)
    first = team.put(FOUR_EYES.format(1, 1))
    assert (first["PolicyName"], first["PolicyVersion"], first["Active"]) == ("four-eyes", 1, True)
    assert team.put(FOUR_EYES.format(2, 2), Activate=False)["Active"] is False
    listed = team.own("ana").list_review_policies()["ReviewPolicies"]
    assert [(one["PolicyVersion"], one["Active"]) for one in listed] == [(1, True), (2, False)]
    described = team.own("ana").describe_review_policy(PolicyName="four-eyes")
    assert (described["ReviewPolicy"]["PolicyVersion"], described["PolicyDocument"]) == (1, FOUR_EYES.format(1, 1))
    for name in ("ana", "ben"):
        for call, members in (
            ("put_review_policy", {"PolicyDocument": "policy: mine\n"}),
            ("activate_review_policy", {"PolicyName": "four-eyes"}),
            ("deactivate_review_policy", {"PolicyName": "four-eyes"}),
            ("delete_review_policy", {"PolicyName": "four-eyes"}),
        ):
            with refused("AccessDeniedException"):
                getattr(team.own(name), call)(**members)
    activated = team.own("dora").activate_review_policy(PolicyName="four-eyes")["ReviewPolicy"]
    assert (activated["PolicyVersion"], activated["Active"]) == (2, True)
    with refused("ConflictException", "as specific as"):
        team.put("policy: every-card\n")
    with refused("ValidationException", "Line 2, column"):
        team.put("policy: broken\napplies_to: {risc: [High]}\n")
    stopped = team.own("dora").deactivate_review_policy(PolicyName="four-eyes")["ReviewPolicy"]
    assert (stopped["PolicyVersion"], stopped["Active"]) == (2, False)
    with refused("ConflictException", "no active version"):
        team.own("dora").deactivate_review_policy(PolicyName="four-eyes")
    with refused("ResourceNotFound"):
        team.own("dora").deactivate_review_policy(PolicyName="unknown")
    assert team.own("dora").delete_review_policy(PolicyName="four-eyes")["DeletedVersions"] == 2
    with refused("ConflictException", "was deleted"):
        team.put(FOUR_EYES.format(2, 2))
    assert team.own("ana").list_review_policies()["ReviewPolicies"] == []
    events = json.loads(
        run_text("user", "events", *signed_server.store_options, "--account", team.number, "--json").stdout
    )
    kinds = [event["Event"] for event in events if "policy" in event["Event"]]
    assert sorted(set(kinds)) == ["policy activated", "policy deactivated", "policy deleted", "policy stored"]


def test_deleting_a_card_ends_its_reviews_and_keeps_its_events(team: Team) -> None:
    name = create(team.clients["ana"])
    team.own("ana").request_review(ModelCardName=name)
    team.clients["ana"].delete_model_card(ModelCardName=name)
    assert team.events(name)[-1] == "Deleted"
    with pytest.raises(ClientError):
        team.own("ana").list_reviews(ModelCardName=name)


def test_the_inventory_has_review_dates_findings_and_what_the_policy_finds(signed_server: Server) -> None:
    team = Team(signed_server)
    team.put(
        "policy: inventory\napproval: {approvals: [{role: approver}], valid_for_days: 100}\nrules:\n"
        "  - {id: named, require: [/model_overview/model_owner, /model_overview/model_name]}\n"
        "  - {id: rated, severity: warning, require: [/intended_uses/risk_rating]}\n"
        "  - {id: tidy, forbid: TBD}\n"
    )
    name = create(team.clients["ana"], document='{"model_overview": {"model_owner": "TBD"}}')
    team.own("ana").open_finding(ModelCardName=name, Title="Old data", Severity="high")
    team.clients["ben"].update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    (row,) = team.own("ana").list_model_card_inventory()["ModelCards"]
    days = (row["ReviewDueTime"] - row["ApprovedTime"]).total_seconds() / 86_400
    assert (row["OpenFindings"], row["FailedChecks"], row["RequiredFields"], days) == (1, 3, "1 of 2", 100)
    assert row["RecommendedFields"] == "1 of 21"
    team.own("dora").delete_review_policy(PolicyName="inventory")
    (row,) = team.own("ana").list_model_card_inventory()["ModelCards"]
    assert row.keys().isdisjoint({"FailedChecks", "RequiredFields"})
