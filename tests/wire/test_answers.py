"""The typed answers in ``client/answers``, compared with the service models."""

import datetime
from collections.abc import Iterator, Mapping
from typing import NotRequired, Protocol, Required, get_args, get_origin, get_overloads, get_type_hints, is_typeddict

import pytest
from botocore import xform_name

from cardwright.aws.model import ServiceModel, own_model, sagemaker_model
from cardwright.aws.operations import OPERATIONS, OWN_OPERATIONS
from cardwright.client.answers import account, answer, cards, findings, registry, reviews, sagemaker_cards
from cardwright.client.own_client import OwnClient
from cardwright.client.sagemaker import SageMaker

_SCALARS = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": datetime.datetime,
    "blob": bytes,
}
_MODULES = (account, answer, cards, findings, registry, reviews, sagemaker_cards)
_NAMES = {name: kind for module in _MODULES for name, kind in vars(module).items()}  # which clients do not import
_OF_ALL = {"ResponseMetadata", "NextToken"}


def differences(model: ServiceModel, shape_name: str, kind: object, where: str, *, whole: bool) -> Iterator[str]:
    """Yield where a type differs from a shape. With ``whole``, the type has all members of the shape."""
    shape = model.shape(shape_name)
    if is_typeddict(kind):
        hints = get_type_hints(kind, include_extras=True)
        named = hints.keys() - _OF_ALL
        yield from (f"{where}.{name} is unknown" for name in sorted(named - shape["members"].keys()))
        if whole:
            yield from (f"{where}.{name} is missing" for name in sorted(shape["members"].keys() - hints.keys()))
        for name in sorted(named & shape["members"].keys()):
            hint = hints[name]
            optional = get_origin(hint) is NotRequired
            inner = get_args(hint)[0] if get_origin(hint) in {NotRequired, Required} else hint
            if whole and optional is (name in shape.get("required", ())):
                yield f"{where}.{name} is required in one of both"
            yield from differences(model, shape["members"][name]["shape"], inner, f"{where}.{name}", whole=whole)
    elif get_origin(kind) is list and shape["type"] == "list":
        yield from differences(model, shape["member"]["shape"], get_args(kind)[0], where, whole=whole)
    elif get_origin(kind) not in {Mapping, dict} and _SCALARS.get(shape["type"]) is not kind:
        yield f"{where} is {kind}, and a {shape['type']} in the model"


def pages(protocol: type) -> Iterator[tuple[str, object]]:
    """Yield the operations that a client has paginators for, and the types of their pages."""

    def get_paginator() -> None:
        """In place of the method: typing finds overloads by module and name."""

    get_paginator.__module__, get_paginator.__qualname__ = protocol.__module__, f"{protocol.__name__}.get_paginator"
    overloads = get_overloads(get_paginator)
    assert overloads
    for overload in overloads:
        hints = get_type_hints(overload, localns=_NAMES)
        yield get_args(hints["operation"])[0], get_args(hints["return"])[0]


def answers(protocol: type) -> Iterator[tuple[str, object]]:
    """Yield the methods of a client, and the types of their answers."""
    for name, method in vars(protocol).items():
        if name == "get_paginator":
            yield from pages(protocol)
        elif not name.startswith("_"):
            yield name, get_type_hints(method, localns=_NAMES)["return"]


@pytest.mark.parametrize(
    ("protocol", "model", "operations", "whole"),
    [(SageMaker, sagemaker_model(), OPERATIONS, False), (OwnClient, own_model(), OWN_OPERATIONS, True)],
)
def test_typed_answers_are_those_of_the_service_models(
    protocol: type[Protocol],  # type: ignore[valid-type]  # a protocol itself
    model: ServiceModel,
    operations: Mapping[str, object],
    whole: bool,
) -> None:
    names = {xform_name(name): name for name in operations}
    found: list[str] = []
    for method, kind in answers(protocol):
        output = model.output_of(names[method])
        if output is not None:
            found += differences(model, output, kind, method, whole=whole)
    assert found == []


def test_every_own_operation_has_a_typed_method() -> None:
    assert {name for name, _ in answers(OwnClient)} == {xform_name(name) for name in OWN_OPERATIONS}
