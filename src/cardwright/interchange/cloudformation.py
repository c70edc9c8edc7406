"""Cards as CloudFormation resources of type ``AWS::SageMaker::ModelCard``.

CloudFormation writes a card's content with its own property names: ``ModelDescription`` for ``model_description``. The
two maps with free keys, ``custom_details`` and ``metadata``, keep their keys. Source: the resource type's reference,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-modelcard.html
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from cardwright.core.content import schema
from cardwright.core.errors import Invalid

TYPE = "AWS::SageMaker::ModelCard"
_FREE = frozenset({"custom_details", "metadata"})
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def properties_of(content: Mapping[str, object]) -> dict[str, object]:
    """Return the ``Content`` property of a card's content.

    Raises:
        Invalid: the content has a member that the resource type does not have. Names its place.
    """
    return _renamed_members(content, _property_of, _free_member, ())


def content_of(properties: Mapping[str, object]) -> dict[str, object]:
    """Return a card's content from a ``Content`` property.

    Raises:
        Invalid: the property has a member that the content schema does not have. Names its place.
    """
    return _renamed_members(properties, _member_of, _free_property, ())


def resource(name: str, status: str, content: Mapping[str, object], tags: Mapping[str, str]) -> dict[str, object]:
    """Return a resource for a template.

    Raises:
        Invalid: see :func:`properties_of`.
    """
    properties: dict[str, object] = {
        "ModelCardName": name,
        "ModelCardStatus": status,
        "Content": properties_of(content),
    }
    if tags:
        properties["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"Type": TYPE, "Properties": properties}


def logical_id(name: str) -> str:
    """Return a logical ID, which has letters and digits only: ``fraud-classifier`` becomes ``FraudClassifier``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _renamed(
    value: object, rename: Callable[[str], str | None], is_free: Callable[[str], bool], path: tuple[str, ...]
) -> object:
    if isinstance(value, list):
        return [_renamed(item, rename, is_free, (*path, str(number))) for number, item in enumerate(value)]
    return _renamed_members(value, rename, is_free, path) if isinstance(value, dict) else value


def _renamed_members(
    members: Mapping[str, object],
    rename: Callable[[str], str | None],
    is_free: Callable[[str], bool],
    path: tuple[str, ...],
) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, item in members.items():
        name = rename(key)
        if name is None:
            raise Invalid(f"{'.'.join((*path, key))}: a CloudFormation model card has no such member")
        found[name] = item if is_free(key) else _renamed(item, rename, is_free, (*path, key))
    return found


def _property_of(member: str) -> str | None:
    return _pascal(member) if member in _members() else None


def _member_of(name: str) -> str | None:
    member = _CAPITAL.sub("_", name).lower()
    return member if name[:1].isupper() and member in _members() else None


def _free_member(name: str) -> bool:
    return name in _FREE


def _free_property(name: str) -> bool:
    return _CAPITAL.sub("_", name).lower() in _FREE


def _pascal(member: str) -> str:
    return "".join(part.capitalize() for part in member.split("_"))


@cache
def _members() -> frozenset[str]:
    """Return the names of all members that the content schema has."""
    return frozenset(_names(schema()))


def _names(part: object) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(_names, part))
    if not isinstance(part, Mapping):
        return set()
    properties = part.get("properties")
    own = set(properties) if isinstance(properties, Mapping) else set()
    return own.union(*(_names(item) for item in part.values()))
