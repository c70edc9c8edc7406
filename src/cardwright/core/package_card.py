"""The card inside a model package: its content schema, and the rules for changing it.

It has no name, no ARN and no versions. Its schema is the card schema without ``model_package_details``, and
with the members of ``model_overview`` that a package itself does not have. Its status changes like a card's.
Sources: "Model package model card schema" in the SageMaker developer guide; the six members of ``model_overview``
are those of SageMaker's own SDK.
"""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cardwright.core import content as contents
from cardwright.core.breaches import Schema
from cardwright.core.card import Status, check_change, check_status_right
from cardwright.core.content import metadata_of
from cardwright.core.errors import ContentInvalid
from cardwright.core.json_value import JsonObject, object_at
from cardwright.core.people import Actor

if TYPE_CHECKING:
    import jsonschema_rs

Card = Mapping[str, str]
"""``ModelCardContent`` and ``ModelCardStatus``; the content may be missing."""

_OVERVIEW = frozenset(
    {
        "model_creator",
        "model_artifact",
        "model_description",
        "algorithm_type",
        "problem_type",
        "model_owner",
    }
)


@functools.cache
def schema() -> Schema:
    """Return the content schema of a package's card: JSON Schema draft-07. It is shared: do not change it."""
    standalone = contents.schema()
    sections = {name: section for name, section in standalone["properties"].items() if name != "model_package_details"}
    overview = sections["model_overview"]
    members = {name: member for name, member in overview["properties"].items() if name in _OVERVIEW}
    sections["model_overview"] = {**overview, "properties": members}
    return {**standalone, "title": "Amazon SageMaker model package model card content", "properties": sections}


def card_of(package: JsonObject) -> Card:
    """Return the card in a package's document or request; its members are texts."""
    return {name: text for name, text in object_at(package, "ModelCard").items() if isinstance(text, str)}


def check(content: str) -> None:
    """Raise :class:`ContentInvalid` for content that violates the schema; see :func:`core.content.check`."""
    value = contents.parse(content)
    if not _validator().is_valid(value):
        raise ContentInvalid(contents.violations(schema(), value))


def created(actor: Actor, arn: str, card: Card) -> Card:
    """Return the card of a new package, Draft by default.

    Raises:
        ContentInvalid: the content violates the schema.
        Denied: the role may not set this status.
    """
    return _checked(actor, "CreateModelPackage", arn, card)


def updated(actor: Actor, arn: str, before: Card | None, changes: Card) -> Card:
    """Return a package's card after ``UpdateModelPackage``.

    Raises:
        ContentInvalid: the content violates the schema.
        Denied: the role may not set this status or make this change.
        Invalid: the card is Archived and the update leaves it Archived.
    """
    if before is None:
        return _checked(actor, "UpdateModelPackage", arn, changes)
    current = Status(before["ModelCardStatus"])
    wanted = Status(changes.get("ModelCardStatus", current))
    content = changes.get("ModelCardContent")
    new_content = content is not None and content != before.get("ModelCardContent")
    check_change(actor, "UpdateModelPackage", arn, current=current, wanted=wanted, new_content=new_content)
    if new_content and content is not None:
        check(content)
    return {**before, **changes}


def reduced(card: Card) -> Card:
    """Return the card as ``IncludedData=MetadataOnly`` and Search show it."""
    if "ModelCardContent" not in card:
        return card
    return {**card, "ModelCardContent": metadata_of(card["ModelCardContent"])}


def _checked(actor: Actor, action: str, arn: str, card: Card) -> Card:
    status = Status(card.get("ModelCardStatus", Status.DRAFT))
    check_status_right(actor, action, status, arn)
    if "ModelCardContent" in card:
        check(card["ModelCardContent"])
    return {**card, "ModelCardStatus": status.value}


@functools.cache
def _validator() -> "jsonschema_rs.Draft7Validator":
    import jsonschema_rs

    return jsonschema_rs.Draft7Validator(dict(schema()))
