"""Waivers: a failed rule or a finding that is accepted until a date, by a second person."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

from cardwright.core.errors import DateRefused
from cardwright.core.listing import Position
from cardwright.core.review import DAY

LONGEST_WITHOUT_POLICY = 90
"""Days that a waiver lasts at most where no policy governs the card."""


class Scope(StrEnum):
    """What a waiver covers."""

    CARD = "card"
    """All versions of the card."""
    VERSION = "version"
    """One version of the card, with the content that it has."""


class WaiverState(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Waiver(NamedTuple):
    """One waiver. Either ``rule`` or ``finding_id`` is set.

    Attributes:
        policy_name: the policy that governed the card at the request; a waiver of a rule holds for this policy alone.
        version, content_digest: the newest version at the request; the one that is covered, for the scope ``version``.
        granted_at, granted_by: set once a second person has agreed.
        revoked_at, revoked_by, revocation: set when it was revoked or refused, with the reason.
    """

    waiver_id: str
    card_id: str
    rule: str | None
    finding_id: str | None
    scope: str
    policy_name: str | None
    version: int
    content_digest: str
    reason: str
    requested_at: int
    requested_by: str
    expires_at: int
    granted_at: int | None
    granted_by: str | None
    revoked_at: int | None
    revoked_by: str | None
    revocation: str | None

    def state_at(self, now: int) -> WaiverState:
        if self.revoked_at is not None:
            return WaiverState.REVOKED
        if self.expires_at <= now:
            return WaiverState.EXPIRED
        return WaiverState.REQUESTED if self.granted_at is None else WaiverState.ACTIVE

    def covers(self, digest: str) -> bool:
        """Whether the waiver's scope includes a content of its card."""
        return self.scope == Scope.CARD or self.content_digest == digest

    @property
    def position(self) -> Position:
        return (self.requested_at, self.waiver_id)


def reasons(active: Iterable[Waiver], policies: Collection[str | None], content_digest: str) -> dict[str, str]:
    """Return the reasons of the waivers of rules that hold for a content, by rule.

    Args:
        policies: only waivers under these policies; the member None selects waivers without a policy.
    """
    return {
        waiver.rule: waiver.reason
        for waiver in active
        if waiver.rule is not None and waiver.policy_name in policies and waiver.covers(content_digest)
    }


def check_expiry(expires_at: int, now: int, max_days: int | None) -> int:
    """Return the expiry of a waiver.

    Args:
        max_days: the maximum of the policy; None without one.

    Raises:
        Invalid: the time has passed, or is later than allowed.
    """
    longest = LONGEST_WITHOUT_POLICY if max_days is None else max_days
    if expires_at <= now:
        raise DateRefused("ExpiryTime", "has passed: a waiver needs an expiry in the future")
    if expires_at > now + longest * DAY:
        raise DateRefused("ExpiryTime", f"is later than allowed: a waiver lasts at most {longest} days")
    return expires_at
