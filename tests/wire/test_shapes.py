"""Answers fit AWS's description of them, member by member, and the HTTP around them is AWS's."""

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
import regex
from botocore.model import ListShape, Shape, StringShape, StructureShape

from cardwright.aws.operations import OPERATIONS
from tests.servers import Server
from tests.wire.calls import arn, fresh, post

MODEL = botocore.session.get_session().get_service_model("sagemaker")


def faults(shape: Shape, value: Any, place: str = "") -> Iterator[str]:  # noqa: PLR0912 - one branch a type
    """Where a JSON value departs from its shape."""
    limits = shape.metadata
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            yield f"{place} is no object"
            return
        yield from (f"{place}.{name} is missing" for name in shape.required_members if name not in value)
        for name, member in value.items():
            if name not in shape.members:
                yield f"{place}.{name} is unknown"
            else:
                yield from faults(shape.members[name], member, f"{place}.{name}")
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{place} is no array"
            return
        for number, item in enumerate(value):
            yield from faults(shape.member, item, f"{place}.{number}")
    elif isinstance(shape, StringShape):
        if not isinstance(value, str):
            yield f"{place} is no string"
        elif shape.enum and value not in shape.enum:
            yield f"{place} is no word of its enum"
        elif "pattern" in limits and not regex.fullmatch(limits["pattern"], value, regex.DOTALL):
            yield f"{place} does not match {limits['pattern']}"
    elif shape.type_name in {"integer", "long"}:
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{place} is no whole number"
    elif shape.type_name == "timestamp":
        if not isinstance(value, int | float) or round(value, 3) != value:
            yield f"{place} is no time in seconds and milliseconds"
    else:
        yield f"{place}: nobody knows {shape.type_name}"
    if isinstance(value, str | list) and not limits.get("min", 0) <= len(value) <= limits.get("max", len(value)):
        yield f"{place} is too short or too long"


def test_every_answer_of_every_operation_fits_its_shape(open_server: Server) -> None:
    name = fresh("shape")
    tags = [{"Key": "k", "Value": "v"}]
    document = json.dumps(
        {
            "model_overview": {"model_id": name, "model_name": "n"},
            "intended_uses": {"risk_rating": "Low"},
            "model_package_details": {"model_package_group_name": "group"},
        }
    )
    found = {"Filters": [{"Name": "ModelId", "Value": name}]}
    hint = {"PropertyNameQuery": {"PropertyNameHint": "Model"}}
    rounds: list[tuple[str, dict[str, Any]]] = [
        ("CreateModelCard", {"ModelCardName": name, "Content": document, "ModelCardStatus": "Draft", "Tags": tags}),
        ("UpdateModelCard", {"ModelCardName": name, "Content": document + " ", "ModelCardStatus": "Approved"}),
        ("DescribeModelCard", {"ModelCardName": name}),
        ("DescribeModelCard", {"ModelCardName": name, "ModelCardVersion": 1, "IncludedData": "MetadataOnly"}),
        ("ListModelCards", {"MaxResults": 1}),
        ("ListModelCards", {"NameContains": fresh("none")}),
        ("ListModelCardVersions", {"ModelCardName": name, "MaxResults": 1}),
        ("Search", {"Resource": "ModelCard", "MaxResults": 1}),
        ("Search", {"Resource": "ModelCard", "SearchExpression": found}),
        ("GetSearchSuggestions", {"Resource": "ModelCard", "SuggestionQuery": hint}),
        ("AddTags", {"ResourceArn": arn(name), "Tags": tags}),
        ("ListTags", {"ResourceArn": arn(name)}),
        ("DeleteTags", {"ResourceArn": arn(name), "TagKeys": ["k"]}),
        ("DeleteModelCard", {"ModelCardName": name}),
    ]
    assert {operation for operation, _ in rounds} == OPERATIONS.keys()
    for operation, request in rounds:
        answer = post(open_server, operation, request)
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == "application/x-amz-json-1.1"
        assert len(answer.headers["x-amzn-requestid"]) == 36
        assert int(answer.headers["content-length"]) == len(answer.body)
        shape = MODEL.operation_model(operation).output_shape
        if shape is None:
            assert answer.body == b"", operation
        else:
            assert list(faults(shape, answer.json)) == [], operation


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("DescribeModelCard", {"ModelCardName": "missing"}, "ResourceNotFound"),
        ("DescribeModelCard", {}, "ValidationException"),
        ("DescribeModelCard", [], "SerializationException"),
        ("Nope", {}, "UnknownOperationException"),
    ],
)
def test_errors_are_two_members_and_a_status(open_server: Server, operation: str, request_: Any, code: str) -> None:
    answer = post(open_server, operation, request_)
    assert answer.status == 400
    assert answer.json.keys() == {"__type", "Message"}
    assert answer.error[0] == code
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-requestid"]
