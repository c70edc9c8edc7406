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
from cardwright.core.search import Properties, PropertyKind


class Searchable(StrEnum):
    """The kinds of resources that Search finds, as the ``Resource`` member names them."""

    CARD = "ModelCard"
    MODEL = "Model"
    GROUP = "ModelPackageGroup"
    PACKAGE = "ModelPackage"
    TRAINING_JOB = "TrainingJob"


KINDS: Mapping[Searchable, registry.ResourceKind] = {
    Searchable.MODEL: registry.ResourceKind.MODEL,
    Searchable.GROUP: registry.ResourceKind.GROUP,
    Searchable.PACKAGE: registry.ResourceKind.PACKAGE,
    Searchable.TRAINING_JOB: registry.ResourceKind.TRAINING_JOB,
}
"""The kinds that are resources of the registry."""


@functools.cache
def properties_of(searchable: Searchable) -> Properties:
    """Return the properties of a kind of resource."""
    file = importlib.resources.files("cardwright.core") / "search-properties.json"
    listed = orjson.loads(file.read_bytes())[searchable]
    return Properties(
        plain=_kinds(listed["plain"]),
        maps=_kinds(listed["maps"]),
        lists={name: _kinds(members) for name, members in listed["lists"].items()},
    )


def _kinds(listed: Mapping[str, str]) -> dict[str, PropertyKind]:
    return {name: PropertyKind(kind) for name, kind in listed.items()}
