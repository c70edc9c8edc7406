"""Whatever a request holds, the answer is never the server's own fault: no 5xx, of any operation, on either engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardwright.http import Request
from cardwright.server.app import build
from cardwright.server.application import Application
from tests.stores import ENGINES, empty_store
from tests.wire.samples import operations, target
from tests.wire.test_constraints import VALID

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_LEAVES |= st.sampled_from(
    [
        "a",
        "a-name",
        "{}",
        "a-name/1",
        "HyperParameters.x",
        "Metrics.x",
        "InputDataConfig",
        "ModelPackage",
        "Tags.k",
        "ModelId",
        "CreationTime",
        "In",
        "\0",
        "2024-01-01",
        "9" * 40,
        "".join(chr(0x1F300 + number * 37 % 400) for number in range(1024)),  # letters of four bytes, unlike each other
        ",".join(map(str, range(250))),
    ]
)
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


_OVERVIEW = ("model_name", "model_id", "model_owner", "model_description", "model_creator", "model_version")

# Members by which a valid request ends early: most of the fuzzing shall go further.
_STOPPERS = {"NextToken", "SecurityConfig", "PrimaryContainer", "ModelPackageName", "Tags"}


@pytest.fixture(scope="module", params=ENGINES)
def application(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    made = build(empty_store(request, request.param, tmp_path_factory.mktemp("fuzz")))
    yield made
    made.close()


def call(application: Application, operation: str, body: bytes) -> int:
    headers = {"host": "localhost", "x-amz-target": target(operation)}
    return application.answer(Request("POST", "/", headers=headers, body=body, peer="127.0.0.1")).status


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid request with some of its places replaced by anything."""
    operation = draw(st.sampled_from(operations()))
    request: Any = json.loads(json.dumps(VALID[operation]))
    for name in _STOPPERS & request.keys():
        if draw(st.booleans()):
            del request[name]
    for _ in range(draw(st.integers(0, 3))):
        at = request
        while True:
            steps = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            if isinstance(at[step], dict | list) and draw(st.booleans()):
                at = at[step]
                continue
            at[step] = draw(_JSON)
            break
    return operation, json.dumps(request).encode()


def check(application: Application, operation: str, body: bytes) -> None:
    assert call(application, operation, body) < 500, (operation, body)


@settings(suppress_health_check=list(HealthCheck))
@given(request=mutated())
def test_requests_that_are_nearly_right(application: Application, request: tuple[str, bytes]) -> None:
    check(application, *request)


@settings(suppress_health_check=list(HealthCheck))
@given(
    operation=st.sampled_from(operations()),
    body=_JSON.map(lambda value: json.dumps(value).encode()) | st.binary(),
)
def test_requests_that_are_anything(application: Application, operation: str, body: bytes) -> None:
    check(application, operation, body)


@settings(suppress_health_check=list(HealthCheck))
@given(
    document=_JSON
    | st.fixed_dictionaries({"model_overview": _JSON, "model_package_details": _JSON})
    | st.fixed_dictionaries({"model_overview": st.dictionaries(st.sampled_from(_OVERVIEW), _LEAVES, min_size=1)})
)
def test_contents_that_are_anything(application: Application, document: Any) -> None:
    request = VALID["CreateModelCard"] | {"Content": json.dumps(document)}
    del request["SecurityConfig"]
    check(application, "CreateModelCard", json.dumps(request).encode())
    check(application, "DescribeModelCard", b'{"ModelCardName": "a-name"}')
    check(application, "DeleteModelCard", b'{"ModelCardName": "a-name"}')


@pytest.mark.long
@settings(max_examples=30_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(request=mutated())
def test_very_many_requests_that_are_nearly_right(application: Application, request: tuple[str, bytes]) -> None:
    check(application, *request)
