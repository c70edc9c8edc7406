"""``--kms-keys``: keys of KMS are refused with the name of the setting, or recorded and returned as AWS does."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardwright import Session
from tests.cli.commands import run_text
from tests.servers import Server
from tests.stores import ENGINES
from tests.wire.calls import content, create, fresh, refused, resource_arn
from tests.wire.test_models import model
from tests.wire.test_packages import describe, group, version

_KEY = {"KmsKeyId": "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"}


@pytest.fixture(scope="module", params=ENGINES)
def recording(request: pytest.FixtureRequest, shared: Callable[..., Server]) -> Server:
    return shared(request.param, "--kms-keys", "record")


def test_a_key_is_refused_with_the_name_of_the_setting(open_server: Server) -> None:
    client = open_server.client()
    asked = {
        "ModelCardName": fresh("kms"),
        "ModelCardStatus": "Draft",
        "Content": "{}",
        "SecurityConfig": {"KmsKeyId": "alias/some-key"},
    }
    with refused("ValidationException", "SecurityConfig.KmsKeyId", "--kms-keys record", "CARDWRIGHT_KMS_KEYS=record"):
        client.create_model_card(**asked)
    name = group(client)
    with refused("ValidationException", "SecurityConfig.KmsKeyId", "--kms-keys record"):
        version(client, name, SecurityConfig=_KEY)


def test_a_recorded_key_is_returned_with_the_card(recording: Server) -> None:
    client = recording.client()
    name = create(client, SecurityConfig=_KEY)
    client.update_model_card(ModelCardName=name, Content=content(model_name=name), ModelCardStatus="Approved")
    for wanted in ({}, {"ModelCardVersion": 1}, {"IncludedData": "MetadataOnly"}):
        assert client.describe_model_card(ModelCardName=name, **wanted)["SecurityConfig"] == _KEY
    assert "SecurityConfig" not in client.describe_model_card(ModelCardName=create(client))
    assert "SecurityConfig" not in client.describe_model_card(ModelCardName=create(client, SecurityConfig={}))


@pytest.mark.parametrize("operator", ["Equals", "Contains"])
def test_search_finds_and_shows_recorded_keys(recording: Server, operator: str) -> None:
    client, key = recording.client(), f"alias/{fresh('key')}"
    name = create(client, SecurityConfig={"KmsKeyId": key})
    create(client)
    wanted = {"Filters": [{"Name": "SecurityConfig.KmsKeyId", "Operator": operator, "Value": key}]}
    results = client.search(Resource="ModelCard", SearchExpression=wanted)["Results"]
    assert [item["ModelCard"]["ModelCardName"] for item in results] == [name]
    assert results[0]["ModelCard"]["SecurityConfig"] == {"KmsKeyId": key}


def test_the_model_dashboard_shows_the_key_of_a_models_card(recording: Server) -> None:
    client = recording.client()
    name = model(client)
    create(client, document=content(model_id=resource_arn("model", name)), SecurityConfig=_KEY)
    wanted = {"Filters": [{"Name": "ModelName", "Operator": "Equals", "Value": name}]}
    found = client.search(Resource="Model", SearchExpression=wanted)["Results"]
    assert found[0]["Model"]["ModelCard"]["SecurityConfig"] == _KEY


def test_a_recorded_key_is_returned_with_the_package(recording: Server) -> None:
    client = recording.client()
    arn = version(client, group(client), SecurityConfig=_KEY)
    assert describe(client, arn)["SecurityConfig"] == _KEY
    client.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    assert describe(client, arn)["SecurityConfig"] == _KEY


def test_recorded_keys_are_in_the_audit_chain(recording: Server) -> None:
    name = create(recording.client(), SecurityConfig=_KEY)
    for command in ("events", "show"):
        printed = run_text("card", command, name, "--endpoint-url", recording.url, "--json")
        assert _KEY["KmsKeyId"] in printed.stdout
    shown = run_text("card", "show", name, "--endpoint-url", recording.url).stdout
    assert re.search(rf"KMS key +{_KEY['KmsKeyId']}", shown)
    verified = run_text("verify", *recording.store_options)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.parametrize("kms_keys", ["refuse", "record"])
def test_the_embedded_store_keeps_to_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kms_keys: str
) -> None:
    monkeypatch.setenv("CARDWRIGHT_KMS_KEYS", kms_keys)

    def made(session: Session) -> Any:
        create(session.sagemaker_client, "kept", json.dumps({}), SecurityConfig=_KEY)
        return session.sagemaker_client.describe_model_card(ModelCardName="kept")["SecurityConfig"]

    with Session(home=tmp_path) as session:
        if kms_keys == "record":
            assert made(session) == _KEY
        else:
            with refused("ValidationException", "CARDWRIGHT_KMS_KEYS"):
                made(session)
