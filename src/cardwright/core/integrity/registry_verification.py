"""Whether what a store holds of the registry fits together: each resource, its document, its group and its tags.

The registry has no chain: who changes a row so that it fits leaves no trace. What nothing repeats is not looked at:
names, who made and changed a resource and when, and what a document says beyond what lists, rules and its card need.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from cardwright.core import package_card
from cardwright.core.card import Status
from cardwright.core.content import shown
from cardwright.core.errors import ContentInvalid, Invalid
from cardwright.core.names import is_card_name
from cardwright.core.registry import Approval, Document, Kind, artifact_key, artifact_of, summary_of
from cardwright.core.tags import check_tags

_ENDED = frozenset({"Completed", "Failed", "Stopped"})
_STATUSES: Mapping[Kind, frozenset[str | None]] = {
    Kind.MODEL: frozenset({None}),
    Kind.GROUP: frozenset({"Completed"}),
    Kind.PACKAGE: frozenset({*(approval.value for approval in Approval), None}),  # None: of no group
    Kind.TRAINING_JOB: _ENDED,
    Kind.PROCESSING_JOB: _ENDED,
}
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Group:
    """What a version's model package group says of it."""

    resource_id: str
    last_version: int


@dataclass(frozen=True, slots=True)
class StoredResource:
    """A resource's row with its document, None when that is missing.

    Attributes:
        kind: whatever text the row has.
        group: the model package group of the resource's name, where there is one.
        tags: those that stand under the resource's own identifier.
    """

    resource_id: str
    kind: str
    name: str
    version: int
    last_version: int
    tags_id: str
    status: str | None
    artifact_key: str | None
    client_token: str | None
    request_digest: str | None
    summary: str
    document: str | None
    group: Group | None
    tags: Mapping[str, str]

    @property
    def label(self) -> str:
        """What a fault calls it: ``model fraud``, ``model-package fraud/3``."""
        return f"{self.kind} {self.name}/{self.version}" if self.version else f"{self.kind} {self.name}"


def check_resource(stored: StoredResource) -> Iterator[str]:
    """Yield what does not fit of one resource."""
    if stored.kind not in set(Kind):
        yield "is of a kind that the registry does not have"
        return
    kind = Kind(stored.kind)
    if not is_card_name(stored.name):
        yield "has a name that no resource may have"
    if stored.status not in _STATUSES[kind] or (stored.version and stored.status is None):
        yield "has a status that its kind does not have"
    yield from _version(stored, kind)
    yield from _request(stored, kind)
    yield from _document(stored, kind)
    yield from _tags(stored)


def _version(stored: StoredResource, kind: Kind) -> Iterator[str]:
    if stored.last_version < 0 or (stored.last_version and kind is not Kind.GROUP):
        yield "gives versions, which only model package groups do"
    if stored.version == 0:
        return
    if stored.version < 0 or kind is not Kind.PACKAGE:
        yield "has a version, which only model packages have, from 1 on"
    elif stored.group is None:
        yield "is a version of a model package group that is not there"
    elif stored.version > stored.group.last_version:
        yield f"is a version that its group has not given: its last one is {stored.group.last_version}"


def _request(stored: StoredResource, kind: Kind) -> Iterator[str]:
    if kind is not Kind.PACKAGE:
        if stored.client_token is not None or stored.request_digest is not None:
            yield "has a client token or a digest of its request, which only model packages have"
    elif stored.request_digest is None or not _DIGEST.fullmatch(stored.request_digest):
        yield "has no digest of the request that made it"


def _document(stored: StoredResource, kind: Kind) -> Iterator[str]:
    if stored.document is None:
        yield "has lost its document"
        return
    document, summary = _parsed(stored.document), _parsed(stored.summary)
    if document is None:
        yield "has a document that is no JSON object"
        return
    if summary != summary_of(kind, document):
        yield "has a summary that its document does not say"
    if stored.artifact_key != _artifact_key(kind, document):
        yield "is found by another artifact than its document names"
    if "ModelCard" in document:
        yield from _card(document["ModelCard"])


def _artifact_key(kind: Kind, document: Document) -> str | None:
    if kind is not Kind.TRAINING_JOB or not isinstance(document.get("ModelArtifacts", {}), dict):
        return None
    uri = artifact_of(document)
    return None if uri is None else artifact_key(uri)


def _card(card: Any) -> Iterator[str]:
    if not isinstance(card, dict) or card.get("ModelCardStatus") not in list(Status):  # it may be of any kind
        yield "has a card without a status of cards"
        return
    content = card.get("ModelCardContent")
    if content is None:
        return
    try:
        if not isinstance(content, str):
            yield "has a card whose content is no text"
        else:
            package_card.check(content)
    except ContentInvalid:
        yield "has a card whose content is not that of a model package's card"


def _tags(stored: StoredResource) -> Iterator[str]:
    own = stored.resource_id
    expected = stored.group.resource_id if stored.version > 0 and stored.group else own
    if stored.tags_id != expected:
        yield "has the tags of another resource"
    if stored.tags and expected != own:
        yield "has tags of its own, and those of its group apply"
        return
    try:
        check_tags(list(stored.tags.items()))
    except Invalid as error:
        yield f"has tags that may not be: {shown(str(error))}"


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
