"""The walk-through of SageMaker's documentation page, against every target that supports it."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cardwright import Session
from cardwright.model_card import ModelCard
from tests.formats.pdf_files import attachments_of
from tests.model_card import walk_through
from tests.model_card.sessions import MotoSession, ServerSession, present
from tests.model_card.test_discovery import IMAGE, model, package, train
from tests.reports.samples import DATA
from tests.servers import Server

REPORT = DATA / "clarify_bias.json"
Target = ServerSession | Session | MotoSession


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Session]:
    with Session(home=tmp_path / "home") as session:
        yield session


@pytest.fixture(params=["server", "embedded", "moto"])
def target(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    if request.param != "moto":
        yield request.getfixturevalue({"server": "session", "embedded": "embedded"}[request.param])
        return
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    with mock_aws():
        yield MotoSession(boto3.Session(region_name="us-east-1"))


@pytest.fixture(params=["server", "embedded"])
def cardwright_target(request: pytest.FixtureRequest) -> ServerSession | Session:
    """The targets that support all steps. Moto lacks export jobs and the search for packages of groups."""
    session: ServerSession | Session = request.getfixturevalue({"server": "session"}.get(request.param, "embedded"))
    return session


def test_a_model_from_elsewhere(target: Target, name: str) -> None:
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


def test_a_card_is_exported_and_its_history_listed(
    cardwright_target: ServerSession | Session, server: Server, name: str
) -> None:
    card = walk_through.model_from_elsewhere(cardwright_target, name, str(REPORT))
    card.update(intended_uses={"purpose_of_model": "changed"})
    uri = walk_through.export(cardwright_target, name)
    assert uri == f"s3://walk-through/exports/{name}/{name}-job.pdf"
    key = uri.removeprefix("s3://walk-through/")
    if isinstance(cardwright_target, Session):
        pdf = cardwright_target.boto_session.client("s3").get_object(Bucket="walk-through", Key=key)["Body"].read()
    else:
        pdf = (server.home / "objects" / "walk-through" / key).read_bytes()
    assert json.loads(attachments_of(pdf)["content.json"]) == card.to_dict()
    assert [item["ModelCardVersion"] for item in card.get_version_history(SortOrder="Descending")] == [2, 1]
    jobs = card.list_export_jobs()["ModelCardExportJobSummaries"]
    assert [(job["ModelCardExportJobName"], job["Status"]) for job in jobs] == [(f"{name}-job", "Completed")]


def test_a_registered_model_and_its_packages(cardwright_target: ServerSession | Session, name: str) -> None:
    session = cardwright_target
    artifact = train(session, name)
    arn = model(session, name, artifact)
    card = walk_through.registered_model(session, f"{name}-model", name)
    assert present(card.model_overview).model_id == arn
    assert present(
        present(present(card.training_details).training_job_details).training_environment
    ).container_image == [IMAGE]

    metrics = {"Bias": {"Report": {"ContentType": "application/json", "S3Uri": put_report(session, name)}}}
    first = package(session, name, artifact, ModelMetrics=metrics)
    made = walk_through.model_package(session, f"{name}-1", first)
    assert present(present(present(made.training_details).training_job_details).training_arn).endswith(name)
    assert len(made.evaluation_details[0].metric_groups) == 3
    made.update(intended_uses={"purpose_of_model": "carried"}, business_details={"line_of_business": "over"})

    second = walk_through.model_package(session, f"{name}-2", package(session, name))
    assert present(second.intended_uses).purpose_of_model == "carried"
    assert present(second.business_details).line_of_business == "over"


def put_report(session: ServerSession | Session, name: str) -> str:
    """Store a report in the session's S3."""
    uri = f"s3://reports/{name}.json"
    if isinstance(session, ServerSession):
        return session.objects.put(uri, REPORT.read_bytes())
    session.boto_session.client("s3").upload_file(str(REPORT), "reports", f"{name}.json")
    return uri
