"""The card inside a model package: its own schema, its status, and who may change what."""

import json
from typing import Any

import pytest

from tests.servers import Server
from tests.wire.calls import account, fresh, refused
from tests.wire.test_packages import describe, group, version

RATED = json.dumps({"intended_uses": {"risk_rating": "High", "purpose_of_model": "text"}})


def carded(client: Any, content: str = RATED, **card: str) -> str:
    """A package with a card; gives its ARN."""
    return version(client, group(client), ModelCard={"ModelCardContent": content, **card})


def update(client: Any, arn: str, **card: str) -> None:
    client.update_model_package(ModelPackageArn=arn, ModelCard=card)


def card_of(client: Any, arn: str, **how: Any) -> dict[str, str]:
    found: dict[str, str] = describe(client, arn, **how)["ModelCard"]
    return found


def test_a_card_comes_back_byte_for_byte_and_is_a_draft_by_default(open_server: Server) -> None:
    client = open_server.client()
    content = '{ "business_details": {"business_problem": "Gr\u00fc\u00dfe"} }\n'
    arn = carded(client, content)
    assert card_of(client, arn) == {"ModelCardContent": content, "ModelCardStatus": "Draft"}


def test_metadata_alone_is_the_rating(open_server: Server) -> None:
    client = open_server.client()
    found = card_of(client, carded(client, ModelCardStatus="Approved"), IncludedData="MetadataOnly")
    assert json.loads(found["ModelCardContent"]) == {"intended_uses": {"risk_rating": "High"}}
    assert found["ModelCardStatus"] == "Approved"


def test_a_search_shows_no_more_of_a_card_than_its_metadata(open_server: Server) -> None:
    client = open_server.client()
    arn = carded(client)
    expression = {"Filters": [{"Name": "ModelPackageArn", "Value": arn}]}
    [hit] = client.search(Resource="ModelPackage", SearchExpression=expression)["Results"]
    assert "purpose" not in json.dumps(hit["ModelPackage"]["ModelCard"])


@pytest.mark.parametrize("status", ["Draft", "PendingReview", "Approved", "Archived"])
def test_a_card_takes_every_status(open_server: Server, status: str) -> None:
    client = open_server.client()
    assert card_of(client, carded(client, ModelCardStatus=status))["ModelCardStatus"] == status
    arn = carded(client)
    update(client, arn, ModelCardStatus=status)
    assert card_of(client, arn) == {"ModelCardContent": RATED, "ModelCardStatus": status}


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"model_package_details": {}}, "(root): Additional property model_package_details is not allowed"),
        ({"model_overview": {"model_id": "m"}}, "model_overview: Additional property model_id is not allowed"),
        ({"model_overview": {"model_name": "m"}}, "model_overview: Additional property model_name is not allowed"),
        ({"intended_uses": {"risk_rating": "Huge"}}, "intended_uses.risk_rating"),
        ({"other": 1}, "Additional property other"),
        ("{", "Invalid JSON"),
    ],
)
def test_content_has_the_package_cards_schema(open_server: Server, document: Any, text: str) -> None:
    client = open_server.client()
    content = document if isinstance(document, str) else json.dumps(document)
    with refused("ValidationException", "The document is not valid", text):
        carded(client, content)
    arn = carded(client)
    with refused("ValidationException", "The document is not valid", text):
        update(client, arn, ModelCardContent=content)
    assert card_of(client, arn)["ModelCardContent"] == RATED


def test_all_that_a_package_card_may_say_is_accepted(open_server: Server) -> None:
    client = open_server.client()
    overview = {
        "model_creator": "c",
        "model_artifact": ["s3://b/k"],
        "model_description": "d",
        "algorithm_type": "a",
        "problem_type": "p",
        "model_owner": "o",
    }
    content = json.dumps({"model_overview": overview, "evaluation_details": [{"name": "e", "metric_groups": []}]})
    assert card_of(client, carded(client, content))["ModelCardContent"] == content


def test_an_archived_card_keeps_its_content(open_server: Server) -> None:
    client = open_server.client()
    arn = carded(client, ModelCardStatus="Archived")
    with refused("ValidationException", "Model Card is in Archived state"):
        update(client, arn, ModelCardContent="{}")
    update(client, arn, ModelCardContent=RATED)
    update(client, arn, ModelCardContent="{}", ModelCardStatus="Draft")
    assert card_of(client, arn) == {"ModelCardContent": "{}", "ModelCardStatus": "Draft"}


def test_a_package_gets_its_card_later(open_server: Server) -> None:
    client = open_server.client()
    arn = version(client, group(client))
    assert "ModelCard" not in describe(client, arn)
    update(client, arn, ModelCardContent=RATED, ModelCardStatus="PendingReview")
    assert card_of(client, arn) == {"ModelCardContent": RATED, "ModelCardStatus": "PendingReview"}


def test_cards_obey_roles(signed_server: Server) -> None:
    whose = account()
    author, approver = (signed_server.client(*signed_server.key(whose, role, role)) for role in ("author", "approver"))
    with refused("AccessDeniedException", "Approved"):
        carded(author, ModelCardStatus="Approved")
    arn = carded(author)
    with refused("AccessDeniedException", "Approved"):
        update(author, arn, ModelCardStatus="Approved")
    update(approver, arn, ModelCardStatus="Approved")
    with refused("AccessDeniedException", "Draft or PendingReview"):
        update(author, arn, ModelCardContent="{}")
    update(author, arn, ModelCardContent="{}", ModelCardStatus="PendingReview")
    assert card_of(approver, arn)["ModelCardContent"] == "{}"


def test_content_is_in_no_refusal(open_server: Server) -> None:
    marker = fresh("marker")
    with refused("ValidationException") as caught:
        carded(open_server.client(), json.dumps({"intended_uses": {"risk_rating": marker}}))
    assert marker not in str(caught.value)
