"""The objects of MLflow's REST interface, in which servers, stores and exports describe models and runs."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias, TypedDict

Record: TypeAlias = dict[str, object]
"""An object of the interface."""


class Point(TypedDict):
    """A value of a metric: a number; NaN and infinity are texts, as MLflow's server writes them."""

    value: object
    timestamp: int
    step: int


Points: TypeAlias = list[Point]
"""The history of a metric, in the order in which it was logged."""


class StoredModel(NamedTuple):
    """A registered model as a store has it. ``aliases`` are versions by alias."""

    members: Record
    aliases: Mapping[str, str]


class StoredRun(NamedTuple):
    """A run as a store has it. ``datasets`` are the ``dataset_inputs`` of the interface."""

    info: Record
    params: Mapping[str, object]
    tags: Mapping[str, object]
    metrics: Mapping[str, Points]
    datasets: list[Record]


def record_of(value: object) -> Record:
    """Return a value that is an object; an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def records_of(value: object) -> list[Record]:
    """Return the objects in a list; none for any other value."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
