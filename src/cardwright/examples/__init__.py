"""Example cards that cover the whole content schema, loaded through the SageMaker API.

Each card is one JSON file in this folder: its name, its tags and its steps. The first step is a CreateModelCard call,
every later step an UpdateModelCard call, so that each card has a history of versions and statuses. The models, people
and figures are invented; the figures of each card are consistent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Protocol

import orjson
from botocore.exceptions import ClientError

# In the order of creation, which a list by creation time shows.
_NAMES = (
    "credit-scorecard-2021",
    "demand-forecaster",
    "fraud-classifier",
    "support-reply-assistant",
    "waste-sorter-vision",
)


@dataclass(frozen=True, slots=True)
class ExampleStep:
    """One call: CreateModelCard for the first step of an example, UpdateModelCard for the others.

    Attributes:
        content: the whole content document as compact JSON text, or None if the step does not change it.
        status: the status to set, or None if the step does not change it. The first step has both.
    """

    content: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """One example card: its name, its tags as (key, value) pairs, and the steps that create it, in order."""

    name: str
    tags: tuple[tuple[str, str], ...]
    steps: tuple[ExampleStep, ...]


class CardClient(Protocol):
    """The methods of a boto3 SageMaker client that are needed to load cards.

    The arguments are untyped, because boto3's stubs use literals and typed dictionaries that would not match.
    """

    def describe_model_card(self, *args: Any, **kwargs: Any) -> Any: ...
    def create_model_card(self, *args: Any, **kwargs: Any) -> Any: ...
    def update_model_card(self, *args: Any, **kwargs: Any) -> Any: ...


def examples() -> list[Example]:
    """Return the example cards in the order in which ``load`` creates them."""
    folder = resources.files(__name__)
    return [_example(orjson.loads((folder / f"{name}.json").read_bytes())) for name in _NAMES]


def load(client: CardClient) -> list[str]:
    """Create the example cards that do not exist yet and return their names, in order.

    A card that exists is kept unchanged, even if an earlier load stopped before its last step, because a user may
    have edited it. So a second load creates nothing, and two loads can run at the same time.

    Args:
        client: a boto3 SageMaker client. Its caller needs permission to set every status, including Approved.

    Raises:
        botocore.exceptions.ClientError: any refusal except ResourceNotFound on describe and ConflictException on
            create. Cards created before it stay.
    """
    return [example.name for example in examples() if not _exists(client, example.name) and _make(client, example)]


def _exists(client: CardClient, name: str) -> bool:
    try:
        client.describe_model_card(ModelCardName=name)
    except ClientError as error:
        if _code(error) == "ResourceNotFound":
            return False
        raise
    return True


def _make(client: CardClient, example: Example) -> bool:
    first, *later = example.steps
    try:
        client.create_model_card(
            ModelCardName=example.name,
            Tags=[{"Key": key, "Value": value} for key, value in example.tags],
            **_changes(first),
        )
    except ClientError as error:
        # Another load created it first, or the model already has a card: keep it unchanged.
        if _code(error) == "ConflictException":
            return False
        raise
    for step in later:
        client.update_model_card(ModelCardName=example.name, **_changes(step))
    return True


def _changes(step: ExampleStep) -> dict[str, str]:
    members = {"Content": step.content, "ModelCardStatus": step.status}
    return {member: value for member, value in members.items() if value is not None}


def _code(error: ClientError) -> str | None:
    return error.response.get("Error", {}).get("Code")


def _example(document: Mapping[str, Any]) -> Example:
    return Example(
        name=document["name"],
        tags=tuple((tag["Key"], tag["Value"]) for tag in document["tags"]),
        steps=tuple(_step(step) for step in document["steps"]),
    )


def _step(document: Mapping[str, Any]) -> ExampleStep:
    content = orjson.dumps(document["content"]).decode() if "content" in document else None
    return ExampleStep(content=content, status=document.get("status"))
