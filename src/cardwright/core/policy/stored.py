"""A stored version of a review policy."""

from typing import NamedTuple


class StoredPolicy(NamedTuple):
    """One version of a policy, as it is stored. Times are milliseconds since the epoch.

    Attributes:
        text: the file, as it came.
        digest: the digest of the policy, see :class:`core.policy.policy.ReviewPolicy`.
        active: 1 for the active version of the name, else 0.
        activated_at: the last activation; None if there was none.
    """

    name: str
    version: int
    text: str
    digest: str
    active: int
    stored_at: int
    stored_by: str
    activated_at: int | None
