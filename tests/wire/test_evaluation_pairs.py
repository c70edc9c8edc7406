"""PairEvaluationJobs, ForgetEvaluationJobPair and ListEvaluationJobPairs over boto3, and their events."""

import json
from typing import Any

from cardwright.client.own_client import own_client
from tests.cli.commands import run_text
from tests.servers import Server
from tests.wire.calls import account, create, refused


def versions(client: Any) -> str:
    """A card whose second version has another name for its evaluation job."""
    contents = [json.dumps({"evaluation_details": [{"name": name}]}) for name in ("Old", "New")]
    name = create(client, Content=contents[0])
    client.update_model_card(ModelCardName=name, Content=contents[1])
    return name


def test_a_kept_pair_is_listed_recorded_and_verified(open_server: Server) -> None:
    client = open_server.client()
    own, name = own_client(client), versions(client)
    old, new = {"EarlierEvaluationJobName": "Old"}, {"LaterEvaluationJobName": "New"}
    pair = {"ModelCardVersion": 2, "EvaluationJobName": "New"}
    other = {"OtherModelCardVersion": 1, "OtherEvaluationJobName": "Old"}
    (kept,) = own.pair_evaluation_jobs(ModelCardName=name, **pair, **other)["EvaluationJobPairs"]
    assert (old | new).items() <= kept.items()
    assert own.list_evaluation_job_pairs(ModelCardName=name)["EvaluationJobPairs"] == [kept]
    assert own.forget_evaluation_job_pair(ModelCardName=name, EvaluationJobName="Old")["EvaluationJobPairs"] == []
    (alone,) = own.pair_evaluation_jobs(ModelCardName=name, **pair)["EvaluationJobPairs"]
    assert "LaterEvaluationJobName" not in alone
    events = own.list_model_card_events(ModelCardName=name)["ModelCardEvents"]
    assert [(event["EventType"], event.get("EvaluationJobNames")) for event in events[:3]] == [
        ("EvaluationJobsPaired", ["New"]),
        ("EvaluationJobPairForgotten", ["Old"]),
        ("EvaluationJobsPaired", ["Old", "New"]),
    ]
    assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 2
    verified = run_text("verify", *open_server.store_options, "--json")
    assert json.loads(verified.stdout)["faults"] == []


def test_a_wrong_pair_names_the_jobs_that_exist(open_server: Server) -> None:
    client = open_server.client()
    own, name = own_client(client), versions(client)
    with refused("ValidationException", 'It has "Old"'):
        own.pair_evaluation_jobs(
            ModelCardName=name,
            ModelCardVersion=1,
            EvaluationJobName="<b>",
            OtherModelCardVersion=2,
            OtherEvaluationJobName="New",
        )
    with refused("ValidationException", "belong together"):
        own.pair_evaluation_jobs(
            ModelCardName=name, ModelCardVersion=1, EvaluationJobName="Old", OtherModelCardVersion=2
        )
    with refused("ResourceNotFound"):
        own.list_evaluation_job_pairs(ModelCardName="no-such-card")


def test_authors_pair_jobs_and_viewers_read_the_pairs(signed_server: Server) -> None:
    number = account()
    clients = {role: signed_server.client(*signed_server.key(number, role, role)) for role in ("viewer", "author")}
    name = versions(clients["author"])
    wanted = {"ModelCardName": name, "ModelCardVersion": 2, "EvaluationJobName": "New"}
    with refused("AccessDeniedException", "the role viewer does not include author"):
        own_client(clients["viewer"]).pair_evaluation_jobs(**wanted)
    own_client(clients["author"]).pair_evaluation_jobs(**wanted)
    (kept,) = own_client(clients["viewer"]).list_evaluation_job_pairs(ModelCardName=name)["EvaluationJobPairs"]
    assert kept["UserName"] == "author"
