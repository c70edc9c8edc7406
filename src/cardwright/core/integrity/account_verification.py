"""Verify the users, access keys, buckets and review policies of an account against its account events.

Account events are not chained: a matching change to a row and its event is not detected. Facts without events are not
verified: password hashes, the time of the last sign-in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cardwright.core.access_keys import AccessKey
from cardwright.core.account_events import AccountEvent, AccountEventKind
from cardwright.core.buckets import Claim, bucket_key
from cardwright.core.content import shown
from cardwright.core.errors import Invalid
from cardwright.core.integrity.policy_verification import ExpectedPolicies, PolicyKey, PolicyRecord
from cardwright.core.integrity.replay import Problem
from cardwright.core.users import User

_NEW_ROLE = re.compile(r"from (\S+) to (\S+)")
_NEW_KEY = re.compile(r"for (\S+) as (\S+)")
_UNRECORDED = "exists, and no account event records its creation"


@dataclass(frozen=True, slots=True)
class AccountHoldings:
    """The stored records of one account, without cards. Roles are unchecked text.

    Attributes:
        events: in their order; read once.
        users, access_keys, buckets, policies: by their keys.
        session_users: the user keys of the sessions.
        policy_texts: the files of the policies.
    """

    events: Iterable[AccountEvent]
    users: Mapping[str, User]
    access_keys: Mapping[str, AccessKey]
    session_users: Iterable[str]
    buckets: Mapping[str, Claim]
    policies: Mapping[PolicyKey, PolicyRecord] = field(default_factory=dict)
    policy_texts: Mapping[PolicyKey, str] = field(default_factory=dict)


def check_account(held: AccountHoldings) -> Iterator[Problem]:
    """Yield the problems of one account, in the order events, users, access keys, sessions, buckets, policies."""
    expected = _Expected()
    for event in held.events:
        yield from ((f"account event {event.event_id}", problem) for problem in expected.follow(event))
    for key in sorted(held.users.keys() | expected.people.keys()):
        yield from ((f"user {key}", problem) for problem in _user(held.users.get(key), expected.people.get(key)))
    for key in sorted(held.access_keys.keys() | expected.access_keys.keys()):
        problems = _access_key(held.access_keys.get(key), expected.access_keys.get(key))
        yield from ((f"access key {key}", problem) for problem in problems)
    for user in held.session_users:
        if user not in held.users:
            yield f"a session of {user}", "has no user"
    for key in sorted(held.buckets.keys() | expected.buckets.keys()):
        yield from ((f"bucket {key}", problem) for problem in _bucket(held.buckets.get(key), expected.buckets.get(key)))
    yield from expected.policies.problems(held.policies, held.policy_texts)


@dataclass(slots=True)
class _Person:
    name: str
    role: str
    created_at: int
    created_by: str
    password_at: int
    disabled_at: int | None = None


@dataclass(slots=True)
class _Key:
    user: str
    role: str
    created_at: int
    revoked_at: list[int] = field(default_factory=list)  # concurrent revocations on PostgreSQL record two events


class _Expected:
    """The state after the events so far."""

    def __init__(self) -> None:
        self.people: dict[str, _Person] = {}
        self.access_keys: dict[str, _Key] = {}
        self.buckets: dict[str, tuple[int, str]] = {}  # time and author of the claim
        self.policies = ExpectedPolicies()

    def follow(self, event: AccountEvent) -> Iterator[str]:
        """Apply the next event; yields its problems."""
        match event.event:
            case AccountEventKind.USER_CREATED:
                if event.subject.lower() in self.people:
                    yield "creates a user that exists already"
                role, at = event.details, event.at
                self.people[event.subject.lower()] = _Person(event.subject, role, at, event.actor, at)
            case AccountEventKind.KEY_CREATED | AccountEventKind.KEY_REVOKED:
                yield from self._access_key(event)
            case AccountEventKind.BUCKET_CLAIMED | AccountEventKind.BUCKET_GIVEN | AccountEventKind.BUCKET_RELEASED:
                yield from self._bucket(event)
            case (
                AccountEventKind.POLICY_STORED
                | AccountEventKind.POLICY_ACTIVATED
                | AccountEventKind.POLICY_DEACTIVATED
                | AccountEventKind.POLICY_DELETED
            ):
                yield from self.policies.follow(event)
            case AccountEventKind.SIGNED_OUT_EVERYWHERE | AccountEventKind.SETTING_CHANGED:
                pass  # the first may have any name, and none of them changes a user
            case (
                AccountEventKind.ROLE_CHANGED
                | AccountEventKind.PROFILE_CHANGED
                | AccountEventKind.USER_DISABLED
                | AccountEventKind.USER_ENABLED
                | AccountEventKind.USER_DELETED
                | AccountEventKind.PASSWORD_CHANGED
            ):
                yield from self._change(self.people.get(event.subject.lower()), event)
            case _:
                yield "has an unknown kind of event"

    def _access_key(self, event: AccountEvent) -> Iterator[str]:
        if event.event == AccountEventKind.KEY_CREATED:
            made = _NEW_KEY.fullmatch(event.details)
            if made is None:
                yield "does not name the access key's owner and role"
            else:
                self.access_keys[event.subject] = _Key(made[1], made[2], event.at)
            return
        key = self.access_keys.get(event.subject)
        if key is None:
            yield "ends an access key whose creation no event records"
        else:
            key.revoked_at.append(event.at)

    def _bucket(self, event: AccountEvent) -> Iterator[str]:
        had = self.buckets.pop(event.subject, None) is not None
        if event.event == AccountEventKind.BUCKET_RELEASED:
            if not had:
                yield "releases a bucket that the account did not own"
            return
        self.buckets[event.subject] = (event.at, event.actor)
        if had:
            yield "gives the account a bucket that it owned already"

    def _change(self, person: _Person | None, event: AccountEvent) -> Iterator[str]:
        if person is None:
            yield "is about a user whose creation no event records"
            return
        match event.event:
            case AccountEventKind.ROLE_CHANGED:
                roles = _NEW_ROLE.fullmatch(event.details)
                if roles is None or roles[1] != person.role:
                    yield "changes a role that the user did not have"
                if roles is not None:
                    person.role = roles[2]
            case AccountEventKind.USER_DISABLED:
                person.disabled_at = event.at
            case AccountEventKind.USER_ENABLED:
                person.disabled_at = None
            case AccountEventKind.PASSWORD_CHANGED:
                person.password_at = event.at
            case AccountEventKind.USER_DELETED:
                del self.people[event.subject.lower()]


def _user(user: User | None, expected: _Person | None) -> Iterator[str]:
    if user is None:
        yield "is missing, and no account event records its deletion"
    elif expected is None:
        yield _UNRECORDED
    elif user.role != expected.role:
        yield f"has another role than its account events record: {shown(expected.role)}"
    elif user.disabled_at != expected.disabled_at:
        yield "is enabled or disabled, contrary to its account events"
    elif (user.name, user.created_at, user.created_by) != (expected.name, expected.created_at, expected.created_by):
        yield "has another name, or another time or author of its creation, than its account events record"
    elif user.password_at != expected.password_at:
        yield "has another time of its password than its account events record"


def _access_key(key: AccessKey | None, expected: _Key | None) -> Iterator[str]:
    if key is None:
        yield "is missing: revoked access keys are kept"
    elif expected is None:
        yield _UNRECORDED
    elif key.role != expected.role:
        yield f"has another role than its account events record: {shown(expected.role)}"
    elif (key.user, key.created_at) != (expected.user, expected.created_at):
        yield "has another owner or time of creation than its account events record"
    elif not (key.revoked_at in expected.revoked_at if expected.revoked_at else key.revoked_at is None):
        yield "is active or revoked, contrary to its account events"


def _bucket(claim: Claim | None, expected: tuple[int, str] | None) -> Iterator[str]:
    if claim is None:
        yield "belongs to the account by its account events, and is missing from its buckets"
    elif expected is None:
        yield "belongs to the account, and no account event records its claim"
    elif (claim.claimed_at, claim.claimed_by) != expected:
        yield "has another time or author of its claim than its account events record"
    elif not _is_key(claim.bucket):
        yield "is not a bucket name in lower case"


def _is_key(bucket: str) -> bool:
    try:
        return bucket_key(bucket) == bucket
    except Invalid:
        return False
