"""ReviewModelCard: a status with a comment, which the audit chain keeps, within the roles of UpdateModelCard."""

import json
from typing import Any

from cardwright.aws.model import own_model
from cardwright.client.answers.cards import ReviewModelCardAnswer
from cardwright.client.own_client import own_client
from cardwright.core.card import LONGEST_COMMENT, Status
from tests.cli.commands import run_text
from tests.servers import Server
from tests.wire.calls import account, arn, create, post, refused


def review(client: Any, name: str, status: str, **members: Any) -> ReviewModelCardAnswer:
    return own_client(client).review_model_card(ModelCardName=name, ModelCardStatus=status, **members)


def test_a_card_goes_back_with_a_comment_and_not_without_one(open_server: Server) -> None:
    client = open_server.client()
    name = create(client, ModelCardStatus="PendingReview")
    with refused("ValidationException", "add a comment"):
        review(client, name, "Draft")
    with refused("ValidationException", "add a comment"):
        review(client, name, "Draft", Comment=" \n")
    assert review(client, name, "Draft", Comment="Bias by age is missing.")["ModelCardArn"] == arn(name)
    assert review(client, arn(name), "Approved")["ModelCardArn"] == arn(name)
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"
    assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 1
    client.update_model_card(ModelCardName=name, ModelCardStatus="PendingReview")
    client.update_model_card(ModelCardName=name, ModelCardStatus="Draft")  # SageMaker's own operation asks for none
    verified = run_text("verify", *open_server.store_options, "--json")
    assert json.loads(verified.stdout)["faults"] == []
    assert "Bias by age" not in open_server.log.read_text()


def test_a_comment_has_a_limit_and_goes_with_a_change_alone(open_server: Server) -> None:
    client = open_server.client()
    name = create(client)
    long = {"ModelCardName": name, "ModelCardStatus": "Approved", "Comment": "x" * (LONGEST_COMMENT + 1)}
    assert post(open_server, "Cardwright.ReviewModelCard", long).error[0] == "ValidationException"
    review(client, name, "PendingReview", Comment="ü" * LONGEST_COMMENT)
    with refused("ValidationException", "PendingReview already"):
        review(client, name, "PendingReview", Comment="again")
    with refused("ResourceNotFound"):
        review(client, "no-such-card", "Draft", Comment="x")


def test_roles_are_those_of_an_update(signed_server: Server) -> None:
    number = account()
    clients = {
        role: signed_server.client(*signed_server.key(number, role, role)) for role in ("viewer", "author", "approver")
    }
    name = create(clients["author"], ModelCardStatus="PendingReview")
    with refused("AccessDeniedException", "the role viewer does not include author"):
        review(clients["viewer"], name, "Draft", Comment="no")
    with refused("AccessDeniedException", "may not set ModelCardStatus Approved"):
        review(clients["author"], name, "Approved", Comment="mine")
    review(clients["approver"], name, "Approved", Comment="Looked at it.")


def test_the_command_line_comments_too(open_server: Server) -> None:
    name = create(open_server.client(), ModelCardStatus="PendingReview")
    command = ["card", "status", name, "draft", "--endpoint-url", open_server.url]
    result = run_text(*command, "--comment", "Not yet.")
    assert result.stdout == f"{name}: version 1, Draft\n", result.stderr
    for empty in ("", " \n"):
        result = run_text(*command, "--comment", empty)
        assert (result.returncode, result.stderr.splitlines()[-1]) == (
            2,
            "Error: --comment is empty: give a reason, or omit the option.",
        )


def test_the_operations_model_describes_its_answers() -> None:
    assert own_model().shape("ModelCardStatus")["enum"] == list(Status)
    assert own_model().shape("ReviewComment")["max"] == LONGEST_COMMENT
