"""What was done to people, access keys and buckets: who did it when, kept beside what it changed."""

from enum import StrEnum
from typing import NamedTuple


class Done(StrEnum):
    """What an event tells of. The subject is a person's name, an access key's identifier, or a bucket's key."""

    USER_CREATED = "user created"
    ROLE_CHANGED = "role changed"
    USER_DISABLED = "user disabled"
    USER_ENABLED = "user enabled"
    USER_DELETED = "user deleted"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - the name of an event
    SIGNED_OUT_EVERYWHERE = "signed out everywhere"
    KEY_CREATED = "access key created"
    KEY_REVOKED = "access key revoked"
    BUCKET_CLAIMED = "bucket claimed"
    BUCKET_GIVEN = "bucket given"
    BUCKET_RELEASED = "bucket released"


class AccountEvent(NamedTuple):
    """One thing that was done.

    Attributes:
        event_id: later events have later ones.
        at: milliseconds since the epoch.
        actor, role, source, request_id: who, with what right, from which address, in which request.
        event: a :class:`Done`.
        details: what changed, in a few words; empty where the event says it all. Never a secret.
    """

    event_id: str
    at: int
    actor: str
    role: str
    source: str
    request_id: str
    event: str
    subject: str
    details: str
