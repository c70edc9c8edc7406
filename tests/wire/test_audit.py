"""ListAuditRecords: the events of an account, with filters, for each role, on both engines."""

import datetime
import json
from typing import Any

import pytest

from cardwright.client.answers.account import AuditRecord
from cardwright.client.own_client import own_client
from tests.cli.commands import run_text
from tests.servers import Server
from tests.waiting import wait_until
from tests.wire.calls import account, arn, content, create, fresh, post, refused

DAY = datetime.timedelta(days=1)


def records(client: Any, **members: Any) -> list[AuditRecord]:
    """All pages of the log."""
    found: list[AuditRecord] = []
    own = own_client(client)
    page = own.list_audit_records(**members)
    while True:
        found += page["AuditRecords"]
        if "NextToken" not in page:
            return found
        page = own.list_audit_records(**members, NextToken=page["NextToken"])


def names(found: list[AuditRecord]) -> list[str]:
    return [item["EventName"] for item in found]


class Team:
    """Two people of an account, and what they did to two cards, one of which is deleted."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.account = account()
        ana, mei = server.key(self.account, "ana", "admin"), server.key(self.account, "mei", "author")
        self.keys = {"ana": ana[0], "mei": mei[0]}
        self.admin, self.author = server.client(*ana), server.client(*mei)
        self.kept, self.gone = fresh("kept"), fresh("gone")
        create(self.author, self.kept)
        create(self.author, self.gone)
        self.author.update_model_card(ModelCardName=self.kept, Content=content(model_name=self.kept))
        self.admin.update_model_card(ModelCardName=self.kept, ModelCardStatus="Approved")
        self.author.add_tags(ResourceArn=arn(self.kept, self.account), Tags=[{"Key": "team", "Value": "risk"}])
        self.author.delete_model_card(ModelCardName=self.gone)


@pytest.fixture(scope="module")
def team(signed_server: Server) -> Team:
    return Team(signed_server)


OF_CARDS = ["deleted", "tagged", "status", "content", "created", "created"]


def test_one_log_holds_what_happened_to_cards_and_to_the_account(team: Team) -> None:
    found = records(team.admin)
    assert names(found) == [*OF_CARDS, "access key created", "access key created"]
    assert [item["Interface"] for item in found] == ["api"] * 6 + ["command line"] * 2
    first, last = found[0], found[-1]
    assert (first["ModelCardName"], first["Deleted"], first["UserName"]) == (team.gone, True, "mei")
    assert (first["EventNumber"], first["ModelCardVersion"], first["Kind"]) == (2, 1, "Deletion")
    assert (last["Kind"], last["Details"]) == ("Key", "for ana as admin")
    assert last["Subject"] == team.keys["ana"]
    assert not {"ModelCardName", "Digest", "EventNumber", "Deleted"} & last.keys()
    assert [item["Deleted"] for item in found[1:4]] == [False] * 3


def test_filters_select_by_time_person_card_and_kind(team: Team) -> None:
    found = records(team.admin)
    at = found[2]["EventTime"]
    assert names(records(team.admin, UserName="mei")) == ["deleted", "tagged", "content", "created", "created"]
    assert names(records(team.admin, UserName="ana")) == ["status"]
    assert names(records(team.admin, ModelCardName=team.gone)) == ["deleted", "created"]
    assert names(records(team.admin, ModelCardName=arn(team.gone, team.account))) == ["deleted", "created"]
    assert names(records(team.admin, Kinds=["Status", "Key"])) == ["status", *["access key created"] * 2]
    assert names(records(team.admin, Kinds=["Creation"], UserName="mei", ModelCardName=team.kept)) == ["created"]
    assert records(team.admin, StartTime=at) == [item for item in found if item["EventTime"] >= at]
    assert records(team.admin, EndTime=at) == [item for item in found if item["EventTime"] < at]
    assert records(team.admin, StartTime=at + DAY) == records(team.admin, UserName="stranger") == []
    assert records(team.admin, Kinds=["Finding"]) == records(team.admin, ModelCardName=fresh("never")) == []


def test_pages_of_the_log_have_no_gaps_and_no_doubles(team: Team) -> None:
    everything = records(team.admin)
    for size in (1, 2, 3):
        assert records(team.admin, MaxResults=size) == everything
    own = own_client(team.admin)
    token = own.list_audit_records(MaxResults=2)["NextToken"]
    for wrong in (token[:-4] + "AAAA", "x"):
        with refused("ValidationException", "NextToken"):
            own.list_audit_records(MaxResults=2, NextToken=wrong)
    with refused("ValidationException", "NextToken"):
        own.list_audit_records(UserName="mei", NextToken=token)


def test_words_select_by_what_was_done_person_card_and_subject(team: Team) -> None:
    found = records(team.admin)
    assert names(records(team.admin, Text="APPROVED")) == ["status"]
    assert names(records(team.admin, Text="saved version")) == ["content"]
    assert names(records(team.admin, Text="Version 2 SAVED")) == ["content"]
    assert names(records(team.admin, Text=f"mei {team.kept}")) == ["tagged", "content", "created"]
    assert names(records(team.admin, Text="risk")) == ["tagged"]
    assert names(records(team.admin, Text="access key ana")) == ["access key created"]
    assert names(records(team.admin, Text=team.keys["mei"])) == ["access key created"]
    assert names(records(team.admin, Text="deleted the card", Kinds=["Deletion"], UserName="mei")) == ["deleted"]
    assert records(team.admin, Text="deleted", UserName="ana") == records(team.admin, Text="nowhere") == []
    for size in (1, 2, 3):
        assert records(team.admin, Text="mei", MaxResults=size) == [
            item for item in found if "mei" in json.dumps(item, default=str)
        ]
    assert names(records(team.author, Text="key")) == []
    token = own_client(team.admin).list_audit_records(MaxResults=1, Text="mei")["NextToken"]
    for members in ({}, {"Text": "ana"}):
        with refused("ValidationException", "NextToken"):
            own_client(team.admin).list_audit_records(MaxResults=1, NextToken=token, **members)


def test_authors_read_events_of_cards_and_their_own(signed_server: Server) -> None:
    team = Team(signed_server)  # not the shared one, whose log has no other key
    assert names(records(team.author)) == OF_CARDS
    assert names(records(team.author, UserName="ana")) == ["status"]
    assert records(team.author, Kinds=["Key"]) == []
    key = team.server.key(team.account, "rev", "approver")
    assert len(records(team.server.client(*key), Kinds=["Key"])) == 3
    stranger = team.server.client(*team.server.key(account(), "ana", "admin"))
    assert names(records(stranger)) == ["access key created"]
    with refused("AccessDeniedException"):
        records(stranger, ModelCardName=arn(team.kept, team.account))


def test_bad_filters_are_refused(team: Team) -> None:
    for members in ({"UserName": "a\x00b"}, {"Kinds": ["Nothing"]}, {"MaxResults": 0}, {"ModelCardName": "../x"}):
        assert post(team.server, "Cardwright.ListAuditRecords", members).status == 400
    with refused("ValidationException"):
        own_client(team.admin).list_audit_records(UserName="a b")
    with refused("ValidationException", "at most 20 words"):
        own_client(team.admin).list_audit_records(Text=" ".join(str(number) for number in range(21)))
    for text in ("", "x" * 201, "a\x00b"):
        assert post(team.server, "Cardwright.ListAuditRecords", {"Text": text}).status == 400


def test_an_export_is_in_the_log_and_in_the_cards_chain(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    client.create_model_card_export_job(
        ModelCardName=name, ModelCardExportJobName="job", OutputConfig={"S3OutputPath": f"s3://{fresh('bucket')}"}
    )
    job = arn(name) + "/export-job/job"

    def ended() -> bool:
        return bool(client.describe_model_card_export_job(ModelCardExportJobArn=job)["Status"] != "InProgress")

    wait_until(ended, "the export does not end")
    done, started, _ = records(client, ModelCardName=name)
    assert (done["EventName"], done["UserName"], done["Interface"]) == ("exported", "cardwright-export", "worker")
    assert (started["EventName"], started["UserName"], started["Kind"]) == ("export started", "tester", "Export")
    details = json.loads(done["Details"])
    assert details["artifact"].endswith(f"/{name}/job.pdf")
    assert details["bytes"] > 1000
    assert len(details["sha256"]) == 64
    newest = own_client(client).list_model_card_events(ModelCardName=name)["ModelCardEvents"][0]
    assert (newest["EventType"], newest["ArtifactDigest"]) == ("Exported", details["sha256"])
    assert (newest["Digest"], done["PreviousDigest"]) == (done["Digest"], started["Digest"])
    shown = run_text("card", "events", name, "--endpoint-url", open_server.url).stdout
    assert "export job of version 1 started" in shown
    assert f"exported version 1 to {details['artifact']}" in shown
    verified = run_text("verify", *open_server.store_options)
    assert f" {name}:" not in verified.stdout, verified.stdout
