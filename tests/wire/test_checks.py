"""CheckModelCard: the rules of a policy on a stored card, through the API."""

import datetime
import json
from typing import Any

import pytest

from cardwright.client.answers.reviews import CheckModelCardAnswer
from cardwright.client.own_client import own_client
from tests.core.policy.cards import job
from tests.servers import Server
from tests.wire.calls import account, arn, create, fresh, refused

POLICY = """
policy: wire
version: 4
rules:
  - {id: owner-named, fix: Name an owner., require: [/model_overview/model_owner]}
  - {id: auc-kept, regression: {metric: auc}}
  - {id: fresh, severity: warning, freshness: {evaluation: "*", max_days: 30}}
"""


def evaluated(name: str, auc: float, **members: Any) -> str:
    return json.dumps({"evaluation_details": [job(name, {"auc": auc}, **members)]})


def check(client: Any, name: str, **members: Any) -> CheckModelCardAnswer:
    given = members if "PolicyName" in members else {"PolicyDocument": POLICY, **members}
    return own_client(client).check_model_card(ModelCardName=name, **given)


def test_each_rule_answers_with_its_outcome_place_and_fix(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, document=evaluated("Quality 2026 Q1", 0.9))
    client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    client.update_model_card(
        ModelCardName=name, Content=evaluated("Quality 2026 Q2", 0.8), ModelCardStatus="PendingReview"
    )
    answer = check(client, arn(name))
    assert (answer["ModelCardArn"], answer["ModelCardVersion"], answer["Outcome"]) == (arn(name), 2, "fail")
    assert (answer["PolicyName"], answer["PolicyVersion"], len(answer["PolicyDigest"])) == ("wire", 4, 64)
    assert [(one["RuleId"], one["Outcome"]) for one in answer["Results"]] == [
        ("owner-named", "fail"),
        ("auc-kept", "fail"),
        ("fresh", "fail"),
    ]
    assert answer["Results"][0]["Fix"] == "Name an owner."
    assert answer["Results"][1]["Pointer"] == "/evaluation_details/0/metric_groups/0/metric_data/0"
    assert json.loads(answer["Results"][1]["Value"])["before"] == 0.9
    (compared,) = answer["Comparisons"]
    assert (compared["Against"], compared["ModelCardVersion"]) == ("approved", 1)
    assert (compared["EvaluationJobs"][0]["Before"], compared["EvaluationJobs"][0]["After"]) == (
        "Quality 2026 Q1",
        "Quality 2026 Q2",
    )


def test_a_kept_pair_of_jobs_is_used(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, document=evaluated("Alpha", 0.9))
    client.update_model_card(ModelCardName=name, Content=evaluated("Omega", 0.95))
    own_client(client).pair_evaluation_jobs(
        ModelCardName=name,
        ModelCardVersion=1,
        EvaluationJobName="Alpha",
        OtherModelCardVersion=2,
        OtherEvaluationJobName="Omega",
    )
    found = check(client, name, Against="previous")
    assert found["Results"][1]["Message"] == "AUC 0.9 -> 0.95, better (Omega)"
    assert "remembered" in found["Comparisons"][0]["EvaluationJobs"][0]["Reason"]


def test_the_age_of_an_evaluation_comes_from_its_processing_job(open_server: Server) -> None:
    client = open_server.client()
    made = fresh("check-job")
    client.create_processing_job(
        ProcessingJobName=made,
        RoleArn="arn:aws:iam::000000000000:role/r",
        AppSpecification={"ImageUri": "image"},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
    )
    job_arn = client.describe_processing_job(ProcessingJobName=made)["ProcessingJobArn"]
    name = create(client, document=evaluated("a", 0.9, evaluation_job_arn=job_arn))
    now = datetime.datetime.now(datetime.UTC)
    for days, outcome in ((0, "pass"), (29, "pass"), (31, "fail")):
        found = check(client, name, CheckTime=now + datetime.timedelta(days=days))
        assert found["Results"][2]["Outcome"] == outcome


def test_a_policy_by_name_or_a_mistake_in_one_is_reported(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, document="{}")
    assert check(client, name, PolicyName="four-eyes")["Outcome"] == "fail"
    with refused("ResourceNotFound", "There is no review policy none"):
        check(client, name, PolicyName="none")
    with refused("ValidationException", "Line 1, column 9: no means different things"):
        check(client, name, PolicyDocument="policy: no")
    with refused("ValidationException", "Give one of PolicyDocument and PolicyName"):
        own_client(client).check_model_card(ModelCardName=name)
    with refused("ValidationException", "There is no version 7 to compare with"):
        check(client, name, Against="7")
    with refused("ResourceNotFound", "does not exist"):
        check(client, fresh("none"))
    with refused("ResourceNotFound", "version: 2 does not exist"):
        check(client, name, ModelCardVersion=2)


@pytest.mark.parametrize("role", ["viewer", "author"])
def test_every_role_may_check_and_other_accounts_see_nothing(signed_server: Server, role: str) -> None:
    owner, other = account(), account()
    author = signed_server.client(*signed_server.key(owner, "ana", "author"))
    name = create(author, document="{}")
    reader = signed_server.client(*signed_server.key(owner, f"reader-{role}", role))
    assert check(reader, name)["Outcome"] == "fail"
    stranger = signed_server.client(*signed_server.key(other, "eve", "admin"))
    with refused("ResourceNotFound", "does not exist"):
        check(stranger, name)
