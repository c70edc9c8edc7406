"""Account events: changes to users, access keys, buckets, review policies and settings, with their author and time."""

from enum import StrEnum
from typing import NamedTuple


class AccountEventKind(StrEnum):
    """The kinds of account events. The subject is a user name, an access key identifier, a bucket key, a policy or
    a setting."""

    USER_CREATED = "user created"
    ROLE_CHANGED = "role changed"
    PROFILE_CHANGED = "user profile changed"
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
    POLICY_STORED = "policy stored"
    POLICY_ACTIVATED = "policy activated"
    POLICY_DEACTIVATED = "policy deactivated"
    POLICY_DELETED = "policy deleted"
    SETTING_CHANGED = "setting changed"


class AccountEvent(NamedTuple):
    """One change to a user, an access key, a bucket, a review policy or a setting.

    Attributes:
        event_id: identifiers sort in the order of the events.
        at: milliseconds since the epoch.
        actor, role, source, request_id: the caller, the caller's role and network address, and the request.
        event: a :class:`AccountEventKind`.
        details: what changed, in a few words, or empty. Never contains a secret.
        interface: the interface of the request; None in events of older stores.
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
    interface: str | None = None
