"""Every constraint of the service model, of every operation, is checked and reported in AWS's words.

The cases are made from botocore's model, so that what AWS adds is tested the day botocore is updated.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from tests.servers import Server
from tests.wire.calls import arn, create, fresh, post
from tests.wire.samples import matches, model_of, operations, request_of, target

NAME = "a-name"
_WRITTEN: dict[str, dict[str, Any]] = {
    "CreateModelCard": {
        "ModelCardName": NAME,
        "Content": "{}",
        "ModelCardStatus": "Draft",
        "SecurityConfig": {"KmsKeyId": "k"},
        "Tags": [{"Key": "k", "Value": "v"}],
    },
    "UpdateModelCard": {"ModelCardName": NAME, "Content": "{}", "ModelCardStatus": "Draft"},
    "DescribeModelCard": {"ModelCardName": NAME, "ModelCardVersion": 1, "IncludedData": "AllData"},
    "DeleteModelCard": {"ModelCardName": NAME},
    "ListModelCards": {
        "CreationTimeAfter": 1,
        "CreationTimeBefore": 2,
        "MaxResults": 5,
        "NameContains": "a",
        "ModelCardStatus": "Draft",
        "NextToken": "t",
        "SortBy": "Name",
        "SortOrder": "Ascending",
    },
    "ListModelCardVersions": {
        "ModelCardName": NAME,
        "CreationTimeAfter": 1,
        "CreationTimeBefore": 2,
        "MaxResults": 5,
        "ModelCardStatus": "Draft",
        "NextToken": "t",
        "SortBy": "Version",
        "SortOrder": "Ascending",
    },
    "Search": {
        "Resource": "ModelCard",
        "SearchExpression": {
            "Filters": [{"Name": "ModelId", "Operator": "Equals", "Value": "v"}],
            "NestedFilters": [
                {
                    "NestedPropertyName": "Tags",
                    "Filters": [{"Name": "Tags.Key", "Operator": "Equals", "Value": "v"}],
                }
            ],
            "SubExpressions": [
                {"Filters": [{"Name": "ModelId", "Operator": "Equals", "Value": "v"}], "Operator": "Or"}
            ],
            "Operator": "And",
        },
        "SortBy": "ModelId",
        "SortOrder": "Ascending",
        "NextToken": "t",
        "MaxResults": 5,
        "CrossAccountFilterOption": "SameAccount",
        "VisibilityConditions": [{"Key": "Tags.k", "Value": "v"}],
    },
    "GetSearchSuggestions": {
        "Resource": "ModelCard",
        "SuggestionQuery": {"PropertyNameQuery": {"PropertyNameHint": "M"}},
    },
    "AddTags": {"ResourceArn": arn(NAME), "Tags": [{"Key": "k", "Value": "v"}]},
    "ListTags": {"ResourceArn": arn(NAME), "NextToken": "t", "MaxResults": 50},
    "DeleteTags": {"ResourceArn": arn(NAME), "TagKeys": ["k"]},
}
VALID: dict[str, dict[str, Any]] = {name: _WRITTEN.get(name) or request_of(name) for name in operations()}


class Key(str):
    """A step of a path: a key of a map."""

    __slots__ = ()


Path = tuple[str | int, ...]
_WRONG = {
    "structure": [[], "x", 1],
    "list": [{}, "x", 1],
    "string": [1, True, [], {}],
    "blob": [1, True, [], {}, "%"],
    "map": [[], "x", 1, {"a": None}],
    "boolean": ["true", 1, [], {}],
    "integer": ["1", True, 1.5, 2**31, 1e300, {}],
    "long": ["1", True, 1.5, 2**63, 1e300, {}],
    "float": ["1", True, [], {}],
    "timestamp": [True, "yesterday", [], {}, 1e300],
}


def places(
    shape: Shape, value: Any, path: Path = (), seen: set[tuple[str, str]] | None = None
) -> Iterator[tuple[Path, Shape, bool]]:
    """Every place of a valid request with its shape, and whether it must be there.

    The members of a structure with several places are checked in the first one.
    """
    seen = set() if seen is None else seen
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if name in value and (not path or (shape.name, name) not in seen):
                seen.add((shape.name, name))
                yield (*path, name), member, name in shape.required_members
                yield from places(member, value[name], (*path, name), seen)
    elif isinstance(shape, ListShape):
        yield (*path, 0), shape.member, False
        yield from places(shape.member, value[0], (*path, 0), seen)
    elif isinstance(shape, MapShape):
        key = Key(next(iter(value)))
        yield from places(shape.value, value[key], (*path, key), seen)


def altered(operation: str, path: Path, value: Any) -> dict[str, Any]:
    request = copy.deepcopy(VALID[operation])
    at: Any = request
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return request


def spelled(path: Path) -> str:
    """A path as AWS's sentences spell it."""
    return ".".join(spelled_step(step) for step in path)


def spelled_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"{step + 1}.member"
    return "value" if isinstance(step, Key) else step[0].lower() + step[1:]


def sentence(path: Path, wanted: str, value: object = None) -> str:
    shown = "Value" if value is None else f"Value '{value}'"
    return (
        f"1 validation error detected: {shown} at '{spelled(path)}' failed to satisfy constraint: Member must {wanted}"
    )


def input_of(operation: str) -> StructureShape:
    shape: StructureShape = model_of(operation).input_shape
    return shape


def cases(operation: str) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """Names of cases, requests, the code and the message (its beginning) that each must meet."""
    for path, shape, required in places(input_of(operation), VALID[operation]):
        where = spelled(path)
        if required:
            found = f"1 validation error detected: Value null at '{where}'"
            wanted = f"{found} failed to satisfy constraint: Member must not be null"
            yield f"{where} missing", altered(operation, path, None), "ValidationException", wanted
        limits = shape.metadata
        if isinstance(shape, StringShape):
            yield from string_cases(operation, path, shape)
        elif isinstance(shape, ListShape) and "max" in limits:
            item = copy.deepcopy(at_path(VALID[operation], (*path, 0)))
            yield (
                f"{where} long",
                altered(operation, path, [item] * (limits["max"] + 1)),
                "ValidationException",
                "1 validation error detected: Value",
            )
        elif isinstance(shape, MapShape) and "max" in limits:
            entry = next(iter(at_path(VALID[operation], path).values()))
            many = {f"key{number}": entry for number in range(limits["max"] + 1)}
            words = f"'{where}' failed to satisfy constraint: Member must have length less than or equal to"
            yield f"{where} many", altered(operation, path, many), "ValidationException", words
        elif shape.type_name in {"integer", "long"}:
            for bound, beyond in (("min", -1), ("max", 1)):
                if bound in limits and abs(limits[bound]) < 2**31 - 1:
                    value = limits[bound] + beyond
                    words = f"have value {'greater' if bound == 'min' else 'less'} than or equal to {limits[bound]}"
                    yield (
                        f"{where} {bound}",
                        altered(operation, path, value),
                        "ValidationException",
                        sentence(path, words, value),
                    )
        for wrong in _WRONG[shape.type_name]:
            yield f"{where} {wrong!r}", altered(operation, path, wrong), "SerializationException", ""


def string_cases(operation: str, path: Path, shape: Any) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    limits, where = shape.metadata, spelled(path)
    if shape.enum:
        words = f"satisfy enum value set: [{', '.join(shape.enum)}]"
        yield (
            f"{where} enum",
            altered(operation, path, "Nope"),
            "ValidationException",
            sentence(path, words, "Nope"),
        )
        return
    if "max" in limits:
        value = "a" * (limits["max"] + 1)
        words = f"'{where}' failed to satisfy constraint: Member must have length less than or equal to {limits['max']}"
        yield f"{where} long", altered(operation, path, value), "ValidationException", words
    if limits.get("min"):
        words = (
            f"'{where}' failed to satisfy constraint: Member must have length greater than or equal to {limits['min']}"
        )
        yield f"{where} short", altered(operation, path, ""), "ValidationException", words
    if not matches(limits.get("pattern", ".*"), "bad!"):
        words = sentence(path, f"satisfy regular expression pattern: {limits['pattern']}", "bad!")
        words = words.removeprefix("1 validation error detected: ")  # it may also be too short
        yield f"{where} pattern", altered(operation, path, "bad!"), "ValidationException", words
    yield (
        f"{where} nul",
        altered(operation, path, "a\0b"),
        "ValidationException",
        "failed to satisfy constraint: Member must",
    )


def at_path(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def test_the_valid_requests_name_every_member_there_is() -> None:
    assert _WRITTEN.keys() < VALID.keys()
    for operation, valid in VALID.items():
        assert valid.keys() == input_of(operation).members.keys()


@pytest.mark.parametrize("operation", [name for name in sorted(VALID) if input_of(name).members])
def test_every_constraint_is_checked(open_server: Server, operation: str) -> None:
    found = list(cases(operation))
    assert found
    for name, request, code, text in found:
        answer = post(open_server, target(operation), request)
        assert (answer.status, answer.error[0]) == (400, code), (name, answer.body)
        assert text in answer.error[1], (name, answer.body)


def test_all_violations_are_in_one_message(open_server: Server) -> None:
    request = {
        "ModelCardName": "under_score",
        "ModelCardStatus": "Nope",
        "Tags": [{"Key": "!", "Value": "v"}, {"Key": "k"}],
    }
    code, message = post(open_server, "CreateModelCard", request).error
    assert code == "ValidationException"
    head, *rest = message.split("; ")
    assert head == (
        "5 validation errors detected: Value 'under_score' at 'modelCardName' failed to satisfy constraint:"
        " Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
    )
    assert {text.split(" at ")[1].split("'")[1] for text in rest} == {
        "content",
        "modelCardStatus",
        "tags.1.member.key",
        "tags.2.member.value",
    }


def test_sensitive_values_are_not_repeated(open_server: Server) -> None:
    marker = fresh("marker")
    answer = post(open_server, "CreateModelCard", {"ModelCardName": "n", "Content": marker + "x" * 100_000})
    assert answer.status == 400
    assert marker.encode() not in answer.body


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("SageMaker.NoSuchOperation", "UnknownOperationException"),
        ("SageMaker.", "UnknownOperationException"),
        ("SageMaker.CreateModelCard.x", "UnknownOperationException"),
        ("DynamoDB_20120810.ListModelCards", "UnknownOperationException"),
        ("sagemaker.ListModelCards", "UnknownOperationException"),
        (None, "UnknownOperationException"),
    ],
)
def test_a_target_without_an_operation_is_unknown(open_server: Server, target: str | None, code: str) -> None:
    answer = post(open_server, target, {})
    assert (answer.status, answer.error[0]) == (400, code)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"\xff\xfe",
        b'{"ModelCardName": "\xff"}',
        b'{"ModelCardName": "\\ud800"}',
        b'{"MaxResults": 1e999}',
        b'{"MaxResults": NaN}',
        b'{"MaxResults": ' + b"9" * 5000 + b"}",
        b'{"MaxResults": -' + b"9" * 400 + b"}",
        b'{"CreationTimeAfter": 99999999999999999999}',
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
)
def test_a_body_that_cannot_be_read_is_a_serialization_fault(open_server: Server, body: bytes) -> None:
    answer = post(open_server, "ListModelCards", body)
    assert (answer.status, answer.error[0]) == (400, "SerializationException"), answer.body


def test_an_empty_body_is_an_empty_request(open_server: Server) -> None:
    assert post(open_server, "ListModelCards").status == 200
    assert post(open_server, "DescribeModelCard").error[0] == "ValidationException"


def test_null_is_absent_and_unknown_members_are_ignored(open_server: Server) -> None:
    name = create(open_server.client())
    request = {"ModelCardName": name, "ModelCardVersion": None, "Nope": {"deep": [1]}}
    assert post(open_server, "DescribeModelCard", request).status == 200


def test_a_body_of_more_than_four_mebibytes_is_too_large(open_server: Server) -> None:
    answer = post(open_server, "ListModelCards", b" " * (4 * 1024 * 1024 + 1))
    assert answer.status == 413
    assert answer.error[0] == "RequestEntityTooLargeException"
    assert post(open_server, "ListModelCards", b" " * (4 * 1024 * 1024 - 2) + b"{}").status == 200


@pytest.mark.parametrize("levels", [40, 60, 100, 250, 500])
@pytest.mark.parametrize("token", [{}, {"NextToken": "dG9rZW4="}])
def test_deep_expressions_are_answered_calmly(open_server: Server, levels: int, token: dict[str, str]) -> None:
    expression = {"Filters": [{"Name": "ModelId", "Value": "x"}]}
    text = '{"SubExpressions":[' * levels + json.dumps(expression) + "]}" * levels
    rest = "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in token.items())
    body = f'{{"Resource":"ModelCard","SearchExpression":{text}{rest}}}'
    answer = post(open_server, "Search", body.encode())
    assert answer.status == (200 if levels == 40 and not token else 400), answer.body
    if levels > 250:
        assert answer.error[0] == "SerializationException"
