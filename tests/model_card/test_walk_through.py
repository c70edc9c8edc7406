"""The walk-through of SageMaker's documentation page, against every target that can carry it."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cardwright.model_card import ModelCard
from tests.model_card import walk_through
from tests.model_card.sessions import MotoSession, ServerSession
from tests.model_card.test_discovery import IMAGE, model, package, train
from tests.reports.samples import DATA

REPORT = DATA / "clarify_bias.json"


@pytest.fixture(params=["server", "moto"])
def target(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerSession | MotoSession]:
    if request.param == "server":
        yield request.getfixturevalue("session")
        return
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    with mock_aws():
        yield MotoSession(boto3.Session(region_name="us-east-1"))


def test_a_model_from_elsewhere(target: ServerSession | MotoSession, name: str) -> None:
    made = walk_through.model_from_elsewhere(target, name, str(REPORT))
    stored = json.loads(target.sagemaker_client.describe_model_card(ModelCardName=name)["Content"])
    assert stored == made.to_dict()
    assert stored["training_details"]["training_job_details"]["user_provided_hyper_parameters"] == [
        {"name": "learning_rate", "value": "0.1"}
    ]
    assert [len(job["metric_groups"]) for job in stored["evaluation_details"]] == [1, 3]
    assert ModelCard.load(name, sagemaker_session=target).to_dict() == stored
    assert walk_through.change_and_delete(target, name) == [1, 2]
    with pytest.raises(ClientError, match="does not exist"):
        ModelCard.load(name, sagemaker_session=target)


def test_a_registered_model_and_its_packages(session: ServerSession, name: str) -> None:
    artifact = train(session, name)
    arn = model(session, name, artifact)
    card = walk_through.registered_model(session, f"{name}-model", name)
    assert card.model_overview.model_id == arn
    assert card.training_details.training_job_details.training_environment.container_image == [IMAGE]

    uri = session.objects.put(f"s3://reports/{name}.json", REPORT.read_bytes())
    metrics = {"Bias": {"Report": {"ContentType": "application/json", "S3Uri": uri}}}
    first = package(session, name, artifact, ModelMetrics=metrics)
    made = walk_through.model_package(session, f"{name}-1", first)
    assert made.training_details.training_job_details.training_arn.endswith(name)
    assert len(made.evaluation_details[0].metric_groups) == 3
    made.update(intended_uses={"purpose_of_model": "carried"}, business_details={"line_of_business": "over"})

    second = walk_through.model_package(session, f"{name}-2", package(session, name))
    assert second.intended_uses.purpose_of_model == "carried"
    assert second.business_details.line_of_business == "over"
