"""Comments on fields: anchored to a content and a JSON Pointer, with replies. Outdated when the value has changed."""

from typing import NamedTuple

from cardwright.core.content import digest
from cardwright.core.integrity.history import canonical_json
from cardwright.core.listing import Position
from cardwright.core.policy.pointers import MISSING, value_at


class FieldComment(NamedTuple):
    """One comment, or a reply to one.

    Attributes:
        reply_to: the comment that a reply belongs to; replies have no replies.
        version, content_digest: the newest version when it was written.
        value_digest: SHA-256 of the value at the pointer then, as canonical JSON; None where there was no value.
        resolved_at, resolved_by: set while the comment, with its replies, is resolved.
    """

    comment_id: str
    card_id: str
    reply_to: str | None
    pointer: str
    version: int
    content_digest: str
    value_digest: str | None
    text: str
    written_at: int
    written_by: str
    resolved_at: int | None
    resolved_by: str | None

    @property
    def position(self) -> Position:
        return (self.written_at, self.comment_id)


def digest_at(content: object, pointer: str) -> str | None:
    """Return the SHA-256 of the value at a pointer, as canonical JSON; None where the content has no value."""
    value = value_at(content, pointer)
    return None if value is MISSING else digest(canonical_json(value))
