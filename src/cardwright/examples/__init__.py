"""Example cards that show every part of the content schema, loaded through the SageMaker API itself.

Each card is one JSON file beside this one: its name, its tags and its steps. The first step is the
CreateModelCard call, every later step one UpdateModelCard call, so that loading leaves a history of versions
and statuses behind. The models, people and figures are invented; the figures of one card agree with each
other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Protocol

import orjson
from botocore.exceptions import ClientError

# The order in which they are made; a list by creation time shows them so.
_NAMES = (
    "credit-scorecard-2021",
    "demand-forecaster",
    "fraud-classifier",
    "support-reply-assistant",
    "waste-sorter-vision",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One call: CreateModelCard for the first step of an example, UpdateModelCard for the others.

    Attributes:
        content: the whole content document as compact JSON text, or None where the step leaves content alone.
        status: the status to set, or None where the step leaves it alone. The first step has both.
    """

    content: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """One example card: its name, its tags as (key, value) pairs, and the steps that make it, in order."""

    name: str
    tags: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]


class CardClient(Protocol):
    """The calls of a boto3 SageMaker client that loading needs.

    The arguments stay open: boto3's own stubs type them by literals and typed dictionaries, which no narrower
    signature here would fit.
    """

    def describe_model_card(self, *args: Any, **kwargs: Any) -> Any: ...
    def create_model_card(self, *args: Any, **kwargs: Any) -> Any: ...
    def update_model_card(self, *args: Any, **kwargs: Any) -> Any: ...


def examples() -> list[Example]:
    """Return the example cards in the order in which `load` makes them."""
    folder = resources.files(__name__)
    return [_example(orjson.loads((folder / f"{name}.json").read_bytes())) for name in _NAMES]


def load(client: CardClient) -> list[str]:
    """Create the example cards that do not exist yet and return their names, in order.

    A card that exists is left as it is, even where an earlier run stopped before its last step: it may be
    somebody's work by now. So a second run makes nothing, and two runs at once share the work.

    Args:
        client: a boto3 SageMaker client. Its caller must be allowed to set every status, Approved too.

    Raises:
        botocore.exceptions.ClientError: any refusal but ResourceNotFound on describing and ConflictException
            on creating. What was made until then stays.
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
        # Another loader was faster, or the model already has a card: either way it is not ours to change.
        if _code(error) == "ConflictException":
            return False
        raise
    for step in later:
        client.update_model_card(ModelCardName=example.name, **_changes(step))
    return True


def _changes(step: Step) -> dict[str, str]:
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


def _step(document: Mapping[str, Any]) -> Step:
    content = orjson.dumps(document["content"]).decode() if "content" in document else None
    return Step(content=content, status=document.get("status"))
