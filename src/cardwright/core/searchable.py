"""The kinds of resources that Search finds, and the properties of each.

``search-properties.json`` next to this module lists them: the members of SageMaker's own descriptions of these
resources, without card content, which Search never shows.
"""

import functools
import importlib.resources
from collections.abc import Mapping
from enum import StrEnum

import orjson

from cardwright.core import registry
from cardwright.core.search import Kind, Properties


class Searchable(StrEnum):
    """The kinds of resources that Search finds, as the ``Resource`` member names them."""

    CARD = "ModelCard"
    MODEL = "Model"
    GROUP = "ModelPackageGroup"
    PACKAGE = "ModelPackage"
    TRAINING_JOB = "TrainingJob"


KINDS: Mapping[Searchable, registry.Kind] = {
    Searchable.MODEL: registry.Kind.MODEL,
    Searchable.GROUP: registry.Kind.GROUP,
    Searchable.PACKAGE: registry.Kind.PACKAGE,
    Searchable.TRAINING_JOB: registry.Kind.TRAINING_JOB,
}
"""The kinds that are resources of the registry."""


@functools.cache
def properties_of(searchable: Searchable) -> Properties:
    """Return the properties of a kind of resource."""
    file = importlib.resources.files("cardwright.core") / "search-properties.json"
    told = orjson.loads(file.read_bytes())[searchable]
    return Properties(
        plain=_kinds(told["plain"]),
        maps=_kinds(told["maps"]),
        lists={name: _kinds(members) for name, members in told["lists"].items()},
    )


def _kinds(told: Mapping[str, str]) -> dict[str, Kind]:
    return {name: Kind(kind) for name, kind in told.items()}
