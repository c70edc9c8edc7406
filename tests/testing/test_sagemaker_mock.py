"""``mock_sagemaker``: boto3's SageMaker clients are answered in the process, and other services are not."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.endpoint import Endpoint
from moto import mock_aws

import cardwright
from cardwright.testing import mock_sagemaker

CONTENT = '{"model_overview": {"model_name": "fraud"}}'


@pytest.fixture(autouse=True)
def _without_aws_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


def register(client: Any, name: str = "fraud") -> None:
    """The code under test."""
    client.create_model_card(ModelCardName=name, ModelCardStatus="Draft", Content=CONTENT)


def names(client: Any) -> list[str]:
    return [card["ModelCardName"] for card in client.list_model_cards()["ModelCardSummaries"]]


def test_a_client_of_the_code_under_test_is_answered() -> None:
    with mock_sagemaker() as mock:
        register(boto3.client("sagemaker"))
        assert names(mock.session.sagemaker_client) == ["fraud"]
        assert cardwright.ModelCard.load("fraud").version == 1


def test_clients_from_before_and_in_threads_are_answered() -> None:
    client = boto3.client("sagemaker", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with mock_sagemaker():
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(register, [client] * 8, [f"card-{number}" for number in range(8)]))
        assert sorted(names(client)) == [f"card-{number}" for number in range(8)]


def test_each_mock_has_an_empty_store_and_the_innermost_answers() -> None:
    with mock_sagemaker():
        register(boto3.client("sagemaker"), "outer")
        with mock_sagemaker():
            assert names(boto3.client("sagemaker")) == []
        assert names(boto3.client("sagemaker")) == ["outer"]


def test_botocore_and_the_environment_are_restored() -> None:
    methods, environment = dict(vars(Endpoint)), dict(os.environ)
    with mock_sagemaker() as mock:
        home = mock.session.embedded_store().home
        assert os.environ["CARDWRIGHT_HOME"] == str(home)
    assert dict(os.environ) == environment
    assert dict(vars(Endpoint)) == methods
    assert not home.exists()


def test_a_mock_ends_after_an_exception_too() -> None:
    with pytest.raises(ZeroDivisionError), mock_sagemaker():
        raise ZeroDivisionError
    with mock_sagemaker():
        assert names(boto3.client("sagemaker")) == []


@mock_sagemaker
def test_a_decorator_keeps_the_arguments_of_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEN", "yes")
    register(boto3.client("sagemaker"))
    assert names(boto3.client("sagemaker")) == ["fraud"]


@mock_sagemaker(region="eu-central-1")
class TestDecoratedClass:
    @pytest.mark.parametrize("turn", [1, 2])
    def test_each_method_has_an_empty_store(self, turn: int) -> None:
        del turn
        client = boto3.client("sagemaker")
        assert names(client) == []
        register(client)
        arn = client.describe_model_card(ModelCardName="fraud")["ModelCardArn"]
        assert arn.startswith("arn:aws:sagemaker:eu-central-1:")


def test_coroutines_can_be_decorated() -> None:
    @mock_sagemaker
    async def count() -> int:
        register(boto3.client("sagemaker"))
        return len(names(boto3.client("sagemaker")))

    with ThreadPoolExecutor(1) as thread:  # another test may have an event loop in this one
        assert thread.submit(asyncio.run, count()).result() == 1


@pytest.mark.parametrize("moto_first", [True, False])
def test_moto_answers_the_other_services(moto_first: bool) -> None:
    managers: list[Any] = [mock_aws(), mock_sagemaker()]
    first, second = managers if moto_first else managers[::-1]
    with first, second:
        boto3.client("s3", "us-east-1").create_bucket(Bucket="data")
        register(boto3.client("sagemaker", "us-east-1"))
        assert [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]] == ["data"]
        assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
        arn = boto3.client("sagemaker", "us-east-1").describe_model_card(ModelCardName="fraud")["ModelCardArn"]
        assert ":000000000000:" in arn


def test_the_fixture_works_inside_moto(cardwright_session: cardwright.Session) -> None:
    with mock_aws():
        cardwright.ModelCard("fraud", sagemaker_session=cardwright_session).create()
        assert cardwright_session.account_id() == "000000000000"


def test_sessions_with_a_store_of_their_own_are_not_answered(cardwright_session: cardwright.Session) -> None:
    with mock_sagemaker():
        register(boto3.client("sagemaker"), "in-mock")
        register(cardwright_session.sagemaker_client, "in-session")
    assert names(cardwright_session.sagemaker_client) == ["in-session"]


def test_s3_and_sts_are_answered_where_they_are_named() -> None:
    with mock_sagemaker(services=["sagemaker", "s3", "sts"]) as mock:
        client, s3 = boto3.client("sagemaker"), boto3.client("s3")
        register(client)
        s3.create_bucket(Bucket="exports")
        client.create_model_card_export_job(
            ModelCardExportJobName="job", ModelCardName="fraud", OutputConfig={"S3OutputPath": "s3://exports/pdf"}
        )
        (found,) = s3.list_objects_v2(Bucket="exports")["Contents"]
        assert found["Key"].endswith(".pdf")
        assert boto3.client("sts").get_caller_identity()["Account"] == mock.session.account_id()


def test_a_refusal_is_the_exception_of_boto3() -> None:
    with mock_sagemaker():
        client = boto3.client("sagemaker")
        with pytest.raises(client.exceptions.ResourceNotFound):
            client.describe_model_card(ModelCardName="missing")


def test_configured_endpoints_do_not_lead_past_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with mock_sagemaker():
        assert names(boto3.client("sagemaker")) == []


def test_unknown_services_and_a_second_entry_are_refused() -> None:
    with pytest.raises(ValueError, match="sagemaker, sts, s3, not dynamodb"):
        mock_sagemaker(services=["dynamodb"])
    with mock_sagemaker() as mock, pytest.raises(RuntimeError, match="active already"):
        mock.__enter__()
