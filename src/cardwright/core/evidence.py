"""Evidence: files that support a card, kept in the object store under their SHA-256.

An object is never changed: the record of the evidence has its digest, and a reader compares.
"""

import hashlib
import mimetypes
import re
from typing import NamedTuple

from cardwright.core.errors import Invalid, ObjectRefused
from cardwright.core.listing import Position
from cardwright.core.objects import Location

LARGEST = 50_000_000
"""Bytes of one file."""

INLINE = 3_000_000
"""Bytes of a file in a request, and of a part of a file in an answer."""

LONGEST_NAME = 255
LONGEST_KIND = 63
BUCKET_PREFIX = "cardwright-evidence-"
"""The beginning of the buckets of evidence. S3 requests and exports cannot write to them."""

_KIND = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}", re.ASCII)
_ANY_TYPE = "application/octet-stream"


class Evidence(NamedTuple):
    """One piece of evidence. It belongs to a version, and to at most one finding, decision or field.

    Attributes:
        kind: what a policy's rule of the kind ``evidence`` asks for, such as ``instructions``.
        name: the file's name.
        file_sha256, size: of the file's bytes.
        media_type: as the client named it, or guessed from the name; a description only.
        source_uri: where the file came from.
        version, content_digest: the version that it supports.
        decision: the number of a decision in the review ``review_id``.
        pointer: JSON Pointer to a field.
    """

    evidence_id: str
    card_id: str
    kind: str
    name: str
    media_type: str
    size: int
    file_sha256: str
    source_uri: str | None
    note: str | None
    version: int
    content_digest: str
    finding_id: str | None
    review_id: str | None
    decision: int | None
    pointer: str | None
    added_at: int
    added_by: str

    @property
    def position(self) -> Position:
        return (self.added_at, self.evidence_id)


class FileFacts(NamedTuple):
    """A file that is in the object store."""

    sha256: str
    size: int


def facts_of(data: bytes) -> FileFacts:
    """Return the facts of a file.

    Raises:
        Invalid: the file is empty or too large.
    """
    if not data:
        raise Invalid("The file is empty")
    if len(data) > LARGEST:
        raise Invalid(f"A file has at most {LARGEST:,} bytes, and this one has {len(data):,}")
    return FileFacts(hashlib.sha256(data).hexdigest(), len(data))


def location_of(account: str, sha256: str) -> Location:
    """Return where a file of an account is in the object store."""
    return Location(f"{BUCKET_PREFIX}{account}", f"{sha256[:2]}/{sha256}")


def is_evidence_bucket(bucket: str) -> bool:
    """Whether a bucket is reserved for evidence. Buckets of some stores ignore case."""
    return bucket.lower().startswith(BUCKET_PREFIX)


def check_kind(kind: str) -> str:
    """Return the kind of a piece of evidence. Raises :class:`Invalid`."""
    if len(kind) > LONGEST_KIND or _KIND.fullmatch(kind) is None:
        raise Invalid(
            f"{kind[:80]!r} is not a kind of evidence: 1 to {LONGEST_KIND} lower-case letters, digits, dots, hyphens"
            " and underscores, such as instructions"
        )
    return kind


def check_name(name: str) -> str:
    """Return the name of a file without folders and control characters. Raises :class:`Invalid`."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable()).strip()
    if not kept.strip("."):
        raise Invalid(f"{name[:80]!r} is not the name of a file")
    if len(kept) > LONGEST_NAME:
        raise Invalid(f"The name of a file has at most {LONGEST_NAME} characters, and this one has {len(kept)}")
    return kept


def media_type_of(name: str, stated: str | None) -> str:
    """Return the media type of a file: the stated one, else the one that its name suggests. Raises :class:`Invalid`."""
    if stated is None:
        return mimetypes.guess_type(name)[0] or _ANY_TYPE
    if _MEDIA_TYPE.fullmatch(stated) is None:
        raise Invalid(f"{stated[:80]!r} is not a media type such as application/pdf")
    return stated.lower()


def verified(data: bytes | None, sha256: str, name: str) -> bytes:
    """Return the bytes of a file if they have its digest.

    Raises:
        ObjectRefused: the object is missing, or it has other bytes.
    """
    if data is None:
        raise ObjectRefused(f"The file {name} is missing from the object store: restore it from a backup")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ObjectRefused(f"The file {name} was changed in the object store: its SHA-256 is not {sha256}")
    return data
