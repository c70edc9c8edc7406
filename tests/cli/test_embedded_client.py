"""Commands on the embedded store need no boto3: their client answers as boto3's does."""

import datetime
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from cardwright import Session
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.client.embedded_client import method_name
from cardwright.client.own_client import own_client

LISTED = """
import json, sys
from cardwright.cli import commands
commands(["card", "list", "--json"], standalone_mode=False)
print(json.dumps([*sys.modules]))
"""
UNUSED = {"alembic", "boto3", "botocore.client", "flask", "jsonschema_rs", "regex", "sqlalchemy", "xlsxwriter", "yaml"}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(home=tmp_path) as session:
        yield session


@pytest.fixture
def clients(session: Session) -> "tuple[Any, Any]":
    """boto3's client and the other one, on a store with five cards."""
    boto, other = session.sagemaker_client, session.embedded_store().client()
    for number in range(5):
        other.create_model_card(
            ModelCardName=f"card-{number}", Content="{}", ModelCardStatus="Draft", Tags=[{"Key": "n", "Value": "ü"}]
        )
    return boto, other


def without_metadata(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_command_on_the_embedded_store_imports_only_what_it_uses(session: Session, tmp_path: Path) -> None:
    session.embedded_store().client().create_model_card(
        ModelCardName="fraud", Content="{}", ModelCardStatus="Draft"
    )  # the schema exists: alembic is for its migration
    code = f"import os; os.environ['CARDWRIGHT_HOME'] = {str(tmp_path)!r}\n" + LISTED
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    printed, _, modules = ended.stdout.strip().rpartition("\n")
    assert json.loads(printed)[0]["ModelCardName"] == "fraud"
    imported = set(json.loads(modules)) & UNUSED
    assert not imported


def test_each_operation_has_the_name_of_its_method_in_boto3() -> None:
    for operation in (*OPERATIONS, *OWN_OPERATIONS):
        assert method_name(operation) == xform_name(operation)


def test_both_clients_read_the_same_answers(clients: "tuple[Any, Any]") -> None:
    boto, other = clients
    described = other.describe_model_card(ModelCardName="card-3")
    assert without_metadata(described) == without_metadata(boto.describe_model_card(ModelCardName="card-3"))
    assert isinstance(described["CreationTime"], datetime.datetime)
    arn = described["ModelCardArn"]
    assert without_metadata(other.list_tags(ResourceArn=arn)) == without_metadata(boto.list_tags(ResourceArn=arn))
    before = described["CreationTime"] + datetime.timedelta(milliseconds=1)
    for listed in ({"CreationTimeBefore": before}, {"CreationTimeAfter": before, "SortBy": "Name"}):
        assert without_metadata(other.list_model_cards(**listed)) == without_metadata(boto.list_model_cards(**listed))


@pytest.mark.parametrize("config", [{}, {"PageSize": 2}, {"MaxItems": 3, "PageSize": 2}, {"MaxItems": 2}])
def test_both_clients_yield_the_same_pages(clients: "tuple[Any, Any]", config: dict[str, int]) -> None:
    names = [
        [
            [card["ModelCardName"] for card in page["ModelCardSummaries"]]
            for page in client.get_paginator("list_model_cards").paginate(SortBy="Name", PaginationConfig=config)
        ]
        for client in clients
    ]
    assert names[0] == names[1]
    assert sum(map(len, names[1])) == config.get("MaxItems", 5)


def test_both_clients_raise_the_same_errors(clients: "tuple[Any, Any]") -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("describe_model_card", {"ModelCardName": "missing"}),
        ("create_model_card", {"ModelCardName": "card-1", "Content": "{}", "ModelCardStatus": "Draft"}),
        ("create_model_card", {"ModelCardName": "new", "Content": '{"a": 1}', "ModelCardStatus": "Draft"}),
    ]
    for method, members in wrong:
        raised = []
        for client in clients:
            with pytest.raises(ClientError) as caught:
                getattr(client, method)(**members)
            error = caught.value
            raised.append((error.response["Error"], error.operation_name, str(error)))
        assert raised[0] == raised[1]


def test_both_clients_have_the_own_operations(clients: "tuple[Any, Any]") -> None:
    found = [without_metadata(own_client(client).list_model_card_events(ModelCardName="card-1")) for client in clients]
    assert found[0] == found[1]
    assert found[1]["ModelCardEvents"][0]["UserName"]
    with pytest.raises(AttributeError, match="no operation fly"):
        own_client(clients[1]).fly()  # type: ignore[attr-defined]  # there is none


def test_bytes_reach_the_store_as_they_are(clients: "tuple[Any, Any]") -> None:
    _, other = clients
    own = own_client(other)
    source = b"---\nlicense: mit\n---\n# Fraud\n"
    own.import_model_card(SourceData=source, SourceName="README.md", ModelCardName="from-the-hub")
    found = own.describe_model_card_source(ModelCardName="from-the-hub")
    assert found["SourceData"] == source
