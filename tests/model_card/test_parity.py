"""Every public class, enum, method and argument of sagemaker.model_card in SDK v2: same names, order, defaults."""

import inspect
import json
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import cardwright
from cardwright import model_card
from cardwright.model_card import evaluation_metric_parsers, schema_constraints
from cardwright.model_card import model_card as home

SDK = json.loads((Path(__file__).parent / "data" / "sagemaker_sdk_2.257.7.json").read_text("utf-8"))
METHODS = [(cls, method) for cls, methods in SDK["classes"].items() for method in methods]


def test_every_exported_name_is_importable() -> None:
    assert not [name for name in SDK["exported"] if not hasattr(model_card, name)]
    assert not [name for name in SDK["classes"] if not hasattr(model_card, name)]
    assert not [name for name in SDK["enums"] if not hasattr(model_card, name)]


def test_the_package_offers_the_same_names() -> None:
    assert {*model_card.__all__, "Session"} - {"schema_constraints"} <= {*cardwright.__all__}
    assert all(getattr(cardwright, name) is not None for name in cardwright.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        cardwright.Nothing  # type: ignore[attr-defined] # noqa: B018 - the access is tested


def test_the_modules_of_sdk_v2_can_be_imported() -> None:
    assert home.ModelCardExportJob is model_card.ModelCardExportJob
    assert evaluation_metric_parsers.EvaluationMetricTypeEnum is model_card.EvaluationMetricTypeEnum
    assert schema_constraints.RiskRatingEnum is model_card.RiskRatingEnum
    assert not [name for name, size in SDK["constants"].items() if getattr(schema_constraints, name) != size]


@pytest.mark.parametrize("name", SDK["enums"])
def test_enums_have_the_same_members(name: str) -> None:
    own = getattr(model_card, name)
    assert {member.name: member.value for member in own} == SDK["enums"][name]
    assert all(isinstance(member, str) for member in own)
    assert str(next(iter(own))).startswith(f"{name}.")


@pytest.mark.parametrize(("cls", "method"), METHODS)
def test_signatures_are_the_same(cls: str, method: str) -> None:
    theirs = SDK["classes"][cls][method]
    own = getattr(model_card, cls)
    function = inspect.getattr_static(own, method)
    assert isinstance(function, staticmethod) == (theirs.get("kind") == "static")
    assert isinstance(function, classmethod) == (theirs.get("kind") == "class")
    given = inspect.signature(own if method == "__init__" else getattr(own, method)).parameters.values()
    if method != "__init__" and "kind" not in theirs:
        given = list(given)[1:]  # type: ignore[assignment] # without self
    positional = [parameter for parameter in given if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert [[parameter.name, _text(parameter.default)] for parameter in positional] == theirs["parameters"]
    assert any(parameter.kind is parameter.VAR_KEYWORD for parameter in given) == theirs.get("keywords", False)


def _text(default: Any) -> str | None:
    """A default as the source of SDK v2 writes it; None for no default."""
    if default is inspect.Parameter.empty:
        return None
    return str(default) if isinstance(default, Enum) else repr(default)
