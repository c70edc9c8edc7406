"""Verify the registry's records against each other: each resource, its document, its group and its tags.

The registry has no chain: a consistent change to a row is not detected. Facts that no other record repeats are not
verified: names, authors and times, and members of a document that lists, rules and cards do not use.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from cardwright.core import package_card
from cardwright.core.card import Status
from cardwright.core.content import shown
from cardwright.core.errors import ContentInvalid, Invalid
from cardwright.core.names import is_card_name
from cardwright.core.registry import Approval, Document, ResourceKind, artifact_key, artifact_of, summary_of
from cardwright.core.tags import check_tags

_ENDED = frozenset({"Completed", "Failed", "Stopped"})
_STATUSES: Mapping[ResourceKind, frozenset[str | None]] = {
    ResourceKind.MODEL: frozenset({None}),
    ResourceKind.GROUP: frozenset({"Completed"}),
    ResourceKind.PACKAGE: frozenset({*(approval.value for approval in Approval), None}),  # None: not in a group
    ResourceKind.TRAINING_JOB: _ENDED,
    ResourceKind.PROCESSING_JOB: _ENDED,
}
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Group:
    """The facts of a version's model package group."""

    resource_id: str
    last_version: int


@dataclass(frozen=True, slots=True)
class StoredResource:
    """A resource's row with its document; None when the document is missing.

    Attributes:
        kind: any text from the row.
        group: the model package group with the resource's name, if there is one.
        tags: the tags under the resource's own identifier.
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
        """The resource's name in a fault: ``model fraud``, ``model-package fraud/3``."""
        return f"{self.kind} {self.name}/{self.version}" if self.version else f"{self.kind} {self.name}"


def check_resource(stored: StoredResource) -> Iterator[str]:
    """Yield the problems of one resource."""
    if stored.kind not in set(ResourceKind):
        yield "has a kind that the registry does not know"
        return
    kind = ResourceKind(stored.kind)
    if not is_card_name(stored.name):
        yield "has an invalid resource name"
    if stored.status not in _STATUSES[kind] or (stored.version and stored.status is None):
        yield "has a status that its kind does not have"
    yield from _version(stored, kind)
    yield from _request(stored, kind)
    yield from _document(stored, kind)
    yield from _tags(stored)


def _version(stored: StoredResource, kind: ResourceKind) -> Iterator[str]:
    if stored.last_version < 0 or (stored.last_version and kind is not ResourceKind.GROUP):
        yield "has a last version, which only model package groups have"
    if stored.version == 0:
        return
    if stored.version < 0 or kind is not ResourceKind.PACKAGE:
        yield "has a version, which only model packages have, from 1 on"
    elif stored.group is None:
        yield "is a version of a missing model package group"
    elif stored.version > stored.group.last_version:
        yield f"is a version beyond the last one of its group, {stored.group.last_version}"


def _request(stored: StoredResource, kind: ResourceKind) -> Iterator[str]:
    if kind is not ResourceKind.PACKAGE:
        if stored.client_token is not None or stored.request_digest is not None:
            yield "has a client token or a digest of its request, which only model packages have"
    elif stored.request_digest is None or not _DIGEST.fullmatch(stored.request_digest):
        yield "lacks the digest of the request that created it"


def _document(stored: StoredResource, kind: ResourceKind) -> Iterator[str]:
    if stored.document is None:
        yield "has lost its document"
        return
    document, summary = _parsed(stored.document), _parsed(stored.summary)
    if document is None:
        yield "has a document that is not a JSON object"
        return
    if summary != summary_of(kind, document):
        yield "has a summary that differs from its document"
    if stored.artifact_key != _artifact_key(kind, document):
        yield "has another artifact key than its document"
    if "ModelCard" in document:
        yield from _card(document["ModelCard"])


def _artifact_key(kind: ResourceKind, document: Document) -> str | None:
    if kind is not ResourceKind.TRAINING_JOB or not isinstance(document.get("ModelArtifacts", {}), dict):
        return None
    uri = artifact_of(document)
    return None if uri is None else artifact_key(uri)


def _card(card: object) -> Iterator[str]:
    if not isinstance(card, dict) or card.get("ModelCardStatus") not in list(Status):  # a value of any type
        yield "has a card without a valid status"
        return
    content = card.get("ModelCardContent")
    if content is None:
        return
    try:
        if not isinstance(content, str):
            yield "has a card whose content is not text"
        else:
            package_card.check(content)
    except ContentInvalid:
        yield "has a card whose content violates the schema of package cards"


def _tags(stored: StoredResource) -> Iterator[str]:
    own = stored.resource_id
    expected = stored.group.resource_id if stored.version > 0 and stored.group else own
    if stored.tags_id != expected:
        yield "has the tags of another resource"
    if stored.tags and expected != own:
        yield "has its own tags, although the tags of its group apply"
        return
    try:
        check_tags(list(stored.tags.items()))
    except Invalid as error:
        yield f"has invalid tags: {shown(str(error))}"


def _parsed(text: str) -> dict[str, object] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
