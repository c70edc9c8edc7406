"""Card content: the JSON document of a card, its schema, and the facts that the system reads from it.

The schema file next to this module contains the rules that SageMaker enforces. Its ``x-intended-`` keywords are advice,
see ``lint``. Messages follow xeipuuv/gojsonschema, the validator behind SageMaker's own messages: its en_US locale, and
its ``Field()`` for paths. ``Field()`` is the path of the object for ``required`` and ``additionalProperties``, and an
enum's sentence repeats it in full.
"""

import functools
import hashlib
import importlib.resources
import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import orjson

from cardwright.core.breaches import Breach, Inspection, Path, Schema
from cardwright.core.card_text import CardText, card_text
from cardwright.core.errors import ContentInvalid, Violation
from cardwright.core.package_group import group_of_card

if TYPE_CHECKING:
    import jsonschema_rs

ROOT = "(root)"
LONGEST = 100_000  # characters of a content: the limit that SageMaker documents
LISTED = 100  # violations that a message lists; it counts the others
COUNTED = 1000  # violations that a message counts, so that a hostile document costs little
NAME_LENGTH = 64  # characters of a user-defined name that a message shows
DEPTH = 254  # levels of nesting that orjson writes; it reads 1024, and a stored document must be writable

# The paths that SageMaker stores in plain text: IncludedData=MetadataOnly and Search show these of a card.
METADATA = (
    ("model_overview", "model_id"),
    ("model_overview", "model_name"),
    ("intended_uses", "risk_rating"),
    ("model_package_details", "model_package_group_name"),
    ("model_package_details", "model_package_arn"),
)


class Document(NamedTuple):
    """Facts that the system reads from checked content. Empty strings count as absent.

    Attributes:
        digest: lower-case hex SHA-256 of the UTF-8 bytes of the string.
        model_id: ``model_overview.model_id``, else ``model_package_details.model_package_arn``.
        model_name: ``model_overview.model_name``.
        risk_rating: ``intended_uses.risk_rating``.
        model_package_group_name: the card's group, from :func:`core.package_group.group_of_card`.
        model_package_arn: ``model_package_details.model_package_arn``.
        metadata: the ``METADATA`` paths of the content as compact JSON, ``{}`` if there are none.
        text: the text for lists and their search.
    """

    digest: str
    model_id: str | None
    model_name: str | None
    risk_rating: str | None
    model_package_group_name: str | None
    model_package_arn: str | None
    metadata: str
    text: CardText = CardText()


class CheckedContent(str):
    """Content that :func:`check` has accepted, with its facts."""

    __slots__ = ("document",)

    document: Document


def schema_text() -> str:
    """Return the published schema of card content: JSON Schema draft-07, as text."""
    return _schema_file()


def check(content: str) -> Document:
    """Check card content and return the facts that the system reads from it.

    Args:
        content: the JSON text of a request; whitespace and member order do not matter.

    Raises:
        ContentInvalid: the text is not JSON (or has a number that no double can represent, or nests deeper than
            ``DEPTH``), or it violates the schema. Lists the violations in document order, at most ``LISTED`` of
            them, and counts the others. Contains no value of the content; names of unknown members are cut and
            escaped.
    """
    if isinstance(content, CheckedContent):
        return content.document
    value = parse(content)
    if not _validator().is_valid(value):
        raise ContentInvalid(violations(schema(), value))
    return parsed_document(digest(content), value)


def checked(content: str) -> CheckedContent:
    """Return content that needs no other check. Raises as :func:`check`."""
    found = CheckedContent(content)
    found.document = check(content)
    return found


def is_valid(value: object) -> bool:
    """Whether a parsed content follows the schema. Answers in microseconds; :func:`violations` says what is wrong."""
    return _validator().is_valid(value)


def document_of(content: str) -> Document:
    """Return the facts of stored content, without checking the schema.

    Raises:
        ContentInvalid: the text is not JSON.
    """
    return parsed_document(digest(content), parse(content))


def parsed_document(content_digest: str, value: object) -> Document:
    """Return the facts of stored content, from its digest and parsed value, without checking the schema."""
    kept = _metadata(value)
    found = {f"{section}.{name}": value for section, members in kept.items() for name, value in members.items()}
    arn = found.get("model_package_details.model_package_arn") or None
    model_id = found.get("model_overview.model_id") or None
    group = found.get("model_package_details.model_package_group_name")
    return Document(
        digest=content_digest,
        model_id=model_id or arn,
        model_name=found.get("model_overview.model_name") or None,
        risk_rating=found.get("intended_uses.risk_rating"),
        model_package_group_name=group_of_card(group, arn, model_id),
        model_package_arn=arn,
        metadata=orjson.dumps(kept).decode(),
        text=card_text(value),
    )


def metadata_of(content: str) -> str:
    """Return the ``METADATA`` paths of stored content as compact JSON.

    The schema is not checked.

    Raises:
        ContentInvalid: the text is not JSON.
    """
    return orjson.dumps(_metadata(parse(content))).decode()


def digest(content: str) -> str:
    """Return the lower-case hex SHA-256 of the UTF-8 bytes of content that ``check`` has accepted."""
    return hashlib.sha256(content.encode()).hexdigest()


def parse(content: str) -> object:
    """Parse content without checking the schema; of repeated members the last one counts.

    Raises:
        ContentInvalid: the text is not JSON that every part of the system can store.
    """
    fault = ""
    try:
        value = orjson.loads(content)
        # A document with fewer brackets than levels cannot be too deep, so almost none needs the second check.
        if content.count("[") + content.count("{") > DEPTH and _too_deep(value):
            fault = f"nested more than {DEPTH} levels deep"
    except orjson.JSONDecodeError as error:
        fault = f"{error.msg} at line {error.lineno} column {error.colno}"
    # Raised here and not above: the parser's error contains the whole text and would become the __context__.
    if fault:
        raise ContentInvalid([Violation(ROOT, f"Invalid JSON: {fault}")])
    return value


def path_text(path: Path) -> str:
    """Return a path as messages show it: dotted, names shortened, ``(root)`` for the document."""
    return ".".join(shown(str(part)) for part in path) or ROOT


def shown(name: str) -> str:
    """Return a member's name as messages show it: cut to ``NAME_LENGTH``, unprintable characters escaped."""
    cut = name if len(name) <= NAME_LENGTH else name[:NAME_LENGTH] + "…"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


@functools.cache
def schema() -> Schema:
    """Return the parsed schema. It is shared: do not change it."""
    parsed: Schema = orjson.loads(_schema_file())
    return parsed


@functools.cache
def _schema_file() -> str:
    file = importlib.resources.files("cardwright.core") / "model-card-content.schema.json"
    return file.read_text(encoding="utf-8")


@functools.cache
def _validator() -> "jsonschema_rs.Draft7Validator":
    import jsonschema_rs

    return jsonschema_rs.Draft7Validator(_schema_file())


def _too_deep(value: object) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:  # parsed JSON can always be written, unless it is too deep
        return True
    return False


def _metadata(value: object) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    if not isinstance(value, dict):
        return kept
    for section, name in METADATA:
        members = value.get(section)
        if isinstance(members, dict) and name in members:
            kept.setdefault(section, {})[name] = members[name]
    return kept


def violations(root: Schema, value: object) -> list[Violation]:
    """Return the violations of a document that is invalid under a schema, in document order, at most ``LISTED``."""
    breaches = Inspection(root).breaches(value)
    found = list(itertools.islice(breaches, COUNTED))
    listed = [Violation(path_text(breach.path), _WORDING[breach.keyword](breach)) for breach in found[:LISTED]]
    more = len(found) - LISTED
    if more > 0:
        count = f"at least {more}" if len(found) == COUNTED else str(more)
        listed.append(Violation(ROOT, f"{count} more violations are not listed"))
    # Both validators read one schema, and tests compare their verdicts; if they still differ, the content is refused.
    return listed or [Violation(ROOT, "Must follow the content schema")]


def _type(breach: Breach) -> str:
    names = [str(name) for name in breach.listed]
    expected = names[0] if len(names) == 1 else f"[{','.join(names)}]"
    return f"Invalid type. Expected: {expected}, given: {breach.given}"


def _enum(breach: Breach) -> str:
    words = ", ".join(orjson.dumps(word).decode() for word in breach.listed)
    return f"{path_text(breach.path)} must be one of the following: {words}"


# gojsonschema's locales.go, keyword by keyword.
_WORDING: Mapping[str, Callable[[Breach], str]] = {
    "type": _type,
    "enum": _enum,
    "required": lambda breach: f"{breach.limit} is required",
    "additionalProperties": lambda breach: f"Additional property {shown(str(breach.limit))} is not allowed",
    "anyOf": lambda _: "Must validate at least one schema (anyOf)",
    "minLength": lambda breach: f"String length must be greater than or equal to {breach.limit}",
    "maxLength": lambda breach: f"String length must be less than or equal to {breach.limit}",
    "minimum": lambda breach: f"Must be greater than or equal to {breach.limit}",
    "minItems": lambda breach: f"Array must have at least {breach.limit} items",
    "maxItems": lambda breach: f"Array must have at most {breach.limit} items",
}
