"""Attacks on the separation of duties over boto3, on both databases: no one gets their own work approved alone."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from cardwright.client.own_client import own_client
from tests.servers import Server
from tests.wire.calls import arn, create, fresh, refused
from tests.wire.test_governance import Team, four_eyes_team, make_keys

OTHER = '{"model_overview": {"model_description": "by another"}}'


@pytest.fixture(scope="module")
def team(signed_server: Server) -> Iterator[Team]:
    with four_eyes_team(signed_server) as made:
        yield made


def approve(team: Team, by: str, name: str) -> Any:
    return team.clients[by].update_model_card(ModelCardName=name, ModelCardStatus="Approved")


def test_content_and_approval_in_one_call_is_the_authors_own_approval(team: Team) -> None:
    name = create(team.clients["ana"])
    for by in ("ana", "ben", "dora", "ci"):
        with refused("AccessDeniedException"):
            team.clients[by].update_model_card(ModelCardName=name, Content=OTHER, ModelCardStatus="Approved")
    described = team.clients["ana"].describe_model_card(ModelCardName=name)
    assert (described["ModelCardVersion"], described["ModelCardStatus"]) == (1, "Draft")


def test_a_later_edit_by_another_person_does_not_free_the_first_author(team: Team) -> None:
    name = create(team.clients["ben"])
    team.clients["ana"].update_model_card(ModelCardName=name, Content=OTHER)
    with refused("AccessDeniedException", "independent"):
        approve(team, "ben", name)
    team.clients["ana"].update_model_card(ModelCardName=name, Content="{}")  # back to what ben wrote
    with refused("AccessDeniedException"):
        approve(team, "ben", name)
    approve(team, "cem", name)
    assert team.status(name) == "Approved"


def test_equal_content_by_another_person_does_not_change_who_wrote_the_card(team: Team) -> None:
    name = create(team.clients["ben"])
    team.clients["cem"].update_model_card(ModelCardName=name, Content="{}")
    with refused("AccessDeniedException"):
        approve(team, "ben", name)
    approve(team, "cem", name)  # cem wrote nothing
    assert team.status(name) == "Approved"


def test_a_way_through_archive_and_back_does_not_approve(team: Team) -> None:
    name = create(team.clients["ben"])
    for status in ("Archived", "Draft", "PendingReview"):
        team.clients["ben"].update_model_card(ModelCardName=name, ModelCardStatus=status)
        with refused("AccessDeniedException"):
            approve(team, "ben", name)


def test_a_card_that_is_deleted_and_made_again_is_not_born_approved(team: Team) -> None:
    name = create(team.clients["ben"])
    team.clients["ben"].delete_model_card(ModelCardName=name)
    for by in ("ben", "dora", "ci"):
        with refused("AccessDeniedException"):
            create(team.clients[by], name, ModelCardStatus="Approved")
    assert create(team.clients["cem"], name) == name
    approve(team, "ben", name)  # another card: ben wrote nothing of it


def test_an_import_does_not_approve(team: Team) -> None:
    name = fresh("imported")
    for by in ("ana", "ben", "dora", "ci"):
        with refused("AccessDeniedException"):
            team.own(by).import_model_card(
                SourceData=b"{}", SourceFormat="sagemaker", ModelCardName=name, ModelCardStatus="Approved"
            )
    assert team.clients["ana"].list_model_cards(NameContains=name)["ModelCardSummaries"] == []


def test_who_asked_does_not_count_for_this_review_in_any_spelling(team: Team) -> None:
    name = create(team.clients["ana"])
    team.own("ben").request_review(ModelCardName=name)
    second = team.server.client(*make_keys(team.server, team.number, [("BEN", "approver")])[0])
    for client in (team.clients["ben"], second):
        with refused("AccessDeniedException"):
            client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
        with refused("AccessDeniedException"):
            own_client(client).decide_review(
                ModelCardName=name, Decision="approve", ContentDigest=hashlib.sha256(b"{}").hexdigest()
            )
    assert team.approve("cem", name)["ModelCardStatus"] == "Approved"


def test_an_objection_to_the_own_work_is_not_dismissed_by_its_author(team: Team) -> None:
    name = create(team.clients["ben"])
    review = team.own("ben").request_review(ModelCardName=name)["ReviewId"]
    digest = hashlib.sha256(b"{}").hexdigest()
    team.own("cem").decide_review(
        ModelCardName=name, Decision="request_changes", ContentDigest=digest, Comment="Which data?"
    )
    for by in ("ana", "ben", "ci"):
        with refused("AccessDeniedException"):
            team.own(by).dismiss_decision(ModelCardName=name, ReviewId=review, DecisionNumber=1, Reason="I disagree")
    assert team.approve("dora", name)["ModelCardStatus"] == "PendingReview"
    team.own("ben").decide_review(ModelCardName=name, Decision="withdraw", ContentDigest=digest)
    with refused("AccessDeniedException", "cem requested changes"):
        approve(team, "dora", name)


def test_one_person_fills_one_place_of_two_requirements(signed_server: Server) -> None:
    team = Team(signed_server)
    team.put(
        "policy: two\napproval:\n  approvals: [{role: approver, independent: true},"
        " {reviewers: risk, independent: true}]\nreviewers: {risk: [ben, BEN, cem]}\n"
    )
    name = create(team.clients["ana"])
    for _ in range(2):
        team.own("ben").request_review(ModelCardName=name) if team.status(name) == "Draft" else None
        with refused("AccessDeniedException"):
            approve(team, "ben", name)
    assert team.approve("cem", name)["Missing"] != []
    assert team.status(name) == "PendingReview"
    assert team.approve("dora", name)["ModelCardStatus"] == "Approved"


def test_an_approver_does_not_take_the_own_card_out_of_its_policy_by_a_tag(signed_server: Server) -> None:
    team = Team(signed_server)
    team.put(
        "policy: tagged\napplies_to: {tags: {team: payments}}\n"
        "approval: {approvals: [{role: approver, independent: true}]}\n"
    )
    tags = [{"Key": "team", "Value": "payments"}]
    for by in ("ben", "dora"):
        with refused("AccessDeniedException"):
            create(team.clients[by], ModelCardStatus="Approved", Tags=tags)
        name = create(team.clients[by], Tags=tags)
        resource = arn(name, team.number)
        with refused("AccessDeniedException", "do not take a card out of its review policy tagged"):
            team.clients[by].delete_tags(ResourceArn=resource, TagKeys=["team"])
        with refused("AccessDeniedException", "do not take a card out of its review policy tagged"):
            team.clients[by].add_tags(ResourceArn=resource, Tags=[{"Key": "team", "Value": "other"}])
        with refused("AccessDeniedException"):
            approve(team, by, name)
        team.clients["cem"].delete_tags(ResourceArn=resource, TagKeys=["team"])  # cem has no part in the card
        team.clients[by].add_tags(ResourceArn=resource, Tags=tags)  # into the policy, as its author
    for by in ("ana",):
        name = create(team.clients[by], Tags=tags)
        with refused("AccessDeniedException", "by the tag team"):
            team.clients[by].delete_tags(ResourceArn=arn(name, team.number), TagKeys=["team"])
