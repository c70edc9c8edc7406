"""Reads card files that people keep in git: YAML or JSON, or CloudFormation templates.

A file declares one card (``name``, ``status``, ``tags``, ``content``), several under ``cards``, or a template whose
resources of ``AWS::SageMaker::ModelCard`` are the cards. A file with card content alone has its name from the file.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from cardwright.core import content as contents
from cardwright.core.applying import Declared
from cardwright.core.errors import Invalid
from cardwright.interchange import cloudformation
from cardwright.interchange.source_file import SourceFile

SUFFIXES = (".json", ".yaml", ".yml", ".template")
_MEMBERS = frozenset({"name", "status", "tags", "content"})
_PROPERTIES = frozenset({"ModelCardName", "ModelCardStatus", "Content", "Tags"})
_INTRINSIC = ("Fn::", "Ref")


def read_declared(data: bytes, where: str) -> tuple[Declared, ...]:
    """Read the cards that a file declares.

    Args:
        data: the whole file.
        where: its path, for messages.

    Raises:
        Invalid: the file declares no card, or has a member that a card file does not have. Names the file.
    """
    try:
        file = SourceFile(data, PurePath(where).name)
        from cardwright.interchange.yaml_text import parsed_yaml

        document = file.json if file.looks_like_json else parsed_yaml(file.text, _function)
        found = tuple(_cards(document, where))
    except Invalid as error:
        raise Invalid(f"{where}: {error}") from None
    if not found:
        raise Invalid(f"{where}: the file declares no model card")
    return found


def _cards(document: object, where: str) -> Iterator[Declared]:
    if not isinstance(document, dict):
        raise Invalid("a card file is an object with name, status, tags and content")
    if "Resources" in document:
        yield from _of_template(document["Resources"], where)
    elif "cards" in document:
        for card in _list(document["cards"], "cards"):
            yield _card(card, where)
    elif "content" in document or "name" in document:
        yield _card(document, where)
    elif document.keys() & contents.schema()["properties"].keys():
        yield Declared(where, PurePath(where).name.split(".")[0], document)


def _card(card: object, where: str) -> Declared:
    if not isinstance(card, dict) or not {"name", "content"} <= card.keys():
        raise Invalid("a card needs name and content")
    unknown = sorted(card.keys() - _MEMBERS)
    if unknown:
        raise Invalid(f"{unknown[0]!r} is not a member of a card file: use {', '.join(sorted(_MEMBERS))}")
    return Declared(
        where,
        _text(card["name"], "name"),
        _object(card["content"], "content"),
        None if card.get("status") is None else _text(card["status"], "status"),
        None if card.get("tags") is None else _tags(card["tags"]),
    )


def _of_template(resources: object, where: str) -> Iterator[Declared]:
    for name, resource in _object(resources, "Resources").items():
        if not isinstance(resource, dict) or resource.get("Type") != cloudformation.TYPE:
            continue
        properties = _object(resource.get("Properties"), f"{name}.Properties")
        _refuse_functions(properties, (name,))
        unknown = sorted(properties.keys() - _PROPERTIES)
        if unknown:
            raise Invalid(f"{name}.{unknown[0]}: this property cannot be applied; use {', '.join(sorted(_PROPERTIES))}")
        tags = [
            _object(tag, f"{name}.Tags.{number}")
            for number, tag in enumerate(_list(properties.get("Tags") or [], f"{name}.Tags"))
        ]
        yield Declared(
            where,
            _text(properties.get("ModelCardName"), f"{name}.ModelCardName"),
            cloudformation.content_of(_object(properties.get("Content"), f"{name}.Content")),
            _text(properties.get("ModelCardStatus"), f"{name}.ModelCardStatus"),
            {_text(tag.get("Key"), f"{name}.Key"): _text(tag.get("Value"), f"{name}.Value") for tag in tags},
        )


def _function(tag: str, value: object) -> dict[str, object]:
    """Return a short form such as ``!Sub`` as CloudFormation's long form, ``Fn::Sub``."""
    name = tag.removeprefix("!")
    return {"Ref" if name == "Ref" else f"Fn::{name}": value}


def _refuse_functions(value: object, path: tuple[str, ...]) -> None:
    """Refuse CloudFormation's functions, whose values only CloudFormation knows."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key.startswith(_INTRINSIC) and len(value) == 1:
                raise Invalid(f"{'.'.join(path)}: {key} has no value outside CloudFormation; write the value")
            _refuse_functions(item, (*path, key))
    if isinstance(value, list):
        for number, item in enumerate(value):
            _refuse_functions(item, (*path, str(number)))


def _text(value: object, place: str) -> str:
    if isinstance(value, dict) and len(value) == 1:
        raise Invalid(f"{place}: {next(iter(value))} has no value outside CloudFormation; write the value")
    if value is None:
        raise Invalid(f"{place} is missing")
    if not isinstance(value, str):
        raise Invalid(f"{place} is not a text: put it in quotes")
    return value


def _list(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise Invalid(f"{place} is not a list")
    return value


def _object(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Invalid(f"{place} is not an object")
    return value


def _tags(value: object) -> Mapping[str, str]:
    return {key: _text(item, f"tags.{key}") for key, item in _object(value, "tags").items()}
