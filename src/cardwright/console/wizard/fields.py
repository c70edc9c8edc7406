"""What the form of a card asks: fields by their place in the content, the groups and steps that contain them.

Limits come from the content schema. ``steps`` lists the questions; ``forms`` reads what was posted, ``check`` finds
what needs correcting.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cardwright.core import content as contents
from cardwright.core.breaches import Schema
from cardwright.core.field_names import field_label


class InputKind(StrEnum):
    """How a question is answered: in one line, in a text, by a choice, in rows."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    LIST = "list"
    ROWS = "rows"
    PAIRS = "pairs"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class FormField:
    """One question.

    Attributes:
        path: the place of the answer in the content, dotted. It decides the label.
        item: what one row of a list is called.
        mono: whether machines wrote the answer (identifiers, addresses).
        wide: how many of two columns it takes.
        columns: of rows: the members of one row.
    """

    path: str
    kind: InputKind = InputKind.LINE
    hint: str = ""
    rows: int = 3
    item: str = "row"
    mono: bool = False
    wide: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    optional: bool = False
    placeholder: str = ""

    @property
    def label(self) -> str:
        return field_label(self.path)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")

    @property
    def limit(self) -> int | None:
        return limit_at(self.path)

    @property
    def item_limit(self) -> int | None:
        return item_limit_at(self.path)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading."""

    id: str
    title: str
    fields: tuple[FormField, ...]
    about: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    slug: str
    title: str
    about: str
    short: str
    groups: tuple[Group, ...] = ()
    help: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1024)
def limit_at(path: str) -> int | None:
    """The character limit of a path, whether SageMaker enforces it or recommends it."""
    schema = _schema_at(path)
    if schema.get("type") == "array":
        schema = _resolved(schema.get("items", {}))
    if schema.get("type") == "object":
        schema = _of_others(schema)
    longest = schema.get("maxLength", schema.get("x-intended-maxLength"))
    return longest if isinstance(longest, int) else None


@lru_cache(maxsize=1024)
def item_limit_at(path: str) -> int | None:
    """The most items that the list at a path should have."""
    schema = _schema_at(path)
    item_limit = schema.get("maxItems", schema.get("x-intended-maxItems"))
    return item_limit if isinstance(item_limit, int) else None


def _schema_at(path: str) -> Schema:
    schema = contents.schema()
    for key in path.split("."):
        schema = _resolved(schema)
        schema = schema.get("x-intended-schema", schema)
        inner = schema.get("items") if key.isdecimal() else schema.get("properties", {}).get(key)
        schema = _of_others(schema) if inner is None else inner
    return _resolved(schema)


def _of_others(schema: Schema) -> Schema:
    """The schema of the members that an object's schema does not name."""
    others = schema.get("additionalProperties", True)
    return {} if isinstance(others, bool) else others


def _resolved(schema: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return contents.schema()["definitions"][reference.removeprefix("#/definitions/")]
