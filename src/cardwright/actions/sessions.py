"""Sign in and sign out.

Signing in takes two units of work, with the password check between them: :func:`begin_sign_in` counts the attempt and
:func:`begin_session` creates the session. Counting before the check keeps concurrent attempts within the rate limit.
:func:`check_sign_in_limit` checks the limit without writing.
Attempts from a browser in which the user signed in before have their own rate limit. Attackers who exhaust the limit
of a user name therefore cannot lock its owner out of known browsers (OWASP: "device cookies").
"""

from typing import NamedTuple

from cardwright.actions.events import record_account_event
from cardwright.actions.users import read_user
from cardwright.core.account_events import AccountEventKind
from cardwright.core.errors import NotSignedIn, TryLater
from cardwright.core.people import Actor, Role
from cardwright.core.sessions import (
    CONFIRM_LIMIT,
    DEVICE_LIMIT,
    DEVICES_LIMIT,
    KEPT,
    SOURCE_LIMIT,
    USER_LIMIT,
    Lifetimes,
    Limit,
    Session,
    SignedIn,
    SignInRefusal,
    confirm_subject,
    device_subject,
    devices_subject,
    new_token,
    source_key,
    token_digest,
)
from cardwright.core.users import User, user_key
from cardwright.storage.unit import Unit

_OF_SOURCES = ""
_TOO_MANY_WRONG = "Too many attempts with a wrong password"
_SECOND = 1000


class SignInAttempt(NamedTuple):
    """A sign-in attempt: the user of that name, and why no password can succeed."""

    user: User | None
    refusal: SignInRefusal | None


def check_sign_in_limit(unit: Unit, device: str | None = None) -> None:
    """Raise :class:`TryLater` where :func:`begin_sign_in` would, without counting: a reading unit is enough."""
    for account, subject, limit in _subjects(unit.actor, device):
        _refuse(unit.attempts.wait(account, subject, limit, unit.now))


def begin_sign_in(unit: Unit, device: str | None = None) -> SignInAttempt:
    """Count a sign-in attempt under the actor's name, and return the user whose password to check.

    Args:
        device: the browser, if the user signed in there before.

    Raises:
        TryLater: too many failed attempts from this browser or from all known browsers of the user; for an unknown
            browser, under this name or from this source.
        Invalid: not a valid user name.
    """
    unit.attempts.forget(unit.now)
    for account, subject, limit in _subjects(unit.actor, device):
        _refuse(unit.attempts.count(account, subject, limit, unit.now))
    user = unit.users.find(user_key(unit.actor.user))
    if user is None:
        return SignInAttempt(None, SignInRefusal.UNKNOWN)
    return SignInAttempt(user, None if user.disabled_at is None else SignInRefusal.DISABLED)


def _subjects(actor: Actor, device: str | None) -> list[tuple[str, str, Limit]]:
    """Return the rate-limit counters of a sign-in attempt: account, subject and limit of each."""
    account = actor.scope.account
    if device is not None:
        return [
            (account, device_subject(device), DEVICE_LIMIT),
            (account, devices_subject(user_key(actor.user)), DEVICES_LIMIT),
        ]
    return [
        (_OF_SOURCES, source_key(actor.source), SOURCE_LIMIT),
        (account, user_key(actor.user), USER_LIMIT),
    ]


def _refuse(wait: int, why: str = "Too many failed attempts to sign in") -> None:
    if wait:
        raise TryLater(why, -(-wait // _SECOND))


def begin_confirmation(unit: Unit) -> User:
    """Count an attempt of a signed-in user to confirm the password, and return the user.

    These attempts have their own counter, so failed sign-ins by others cannot block a signed-in user.
    :func:`cardwright.actions.users.set_password` resets it.

    Raises:
        TryLater: too many failed attempts.
        NotFound: the user does not exist any more.
    """
    user = read_user(unit, unit.actor.user)
    _refuse(unit.attempts.count(*_confirming(unit.actor), CONFIRM_LIMIT, unit.now), _TOO_MANY_WRONG)
    return user


def check_confirmation_limit(unit: Unit) -> None:
    """Raise :class:`TryLater` where :func:`begin_confirmation` would, without counting: a reading unit is enough."""
    _refuse(unit.attempts.wait(*_confirming(unit.actor), CONFIRM_LIMIT, unit.now), _TOO_MANY_WRONG)


def _confirming(actor: Actor) -> tuple[str, str]:
    """Return the rate-limit counter of a user's password confirmations: account and subject."""
    return actor.scope.account, confirm_subject(user_key(actor.user))


def begin_session(
    unit: Unit, asked: User, lifetimes: Lifetimes, *, rehashed: str | None, device: str | None = None
) -> tuple[str, Session, Role]:
    """Create a session after a correct password. Returns its token, which is not stored, the session and the role.

    Args:
        asked: the user as read when the password was checked.
        rehashed: a new hash of the password, when the stored one uses outdated parameters.
        device: as in :func:`begin_sign_in`. Resets the counter of this browser, and takes back one attempt from the
            counter of all known browsers. Counters of other browsers are kept.

    Raises:
        NotSignedIn: the user changed during the password check.
    """
    actor, now = unit.actor, unit.now
    user = unit.users.find(asked.name, lock=True)
    if user is None or user.disabled_at is not None or user.password != asked.password:
        raise NotSignedIn("The user was changed at this moment")
    if device is not None:
        unit.attempts.clear(actor.scope.account, device_subject(device))
        unit.attempts.take_back(actor.scope.account, devices_subject(user_key(user.name)), DEVICES_LIMIT)
    else:
        unit.attempts.take_back(_OF_SOURCES, source_key(actor.source), SOURCE_LIMIT)
        unit.attempts.clear(actor.scope.account, user_key(user.name))
    unit.sessions.forget(now - lifetimes.idle - KEPT)
    unit.users.update(user._replace(signed_in_at=now, password=rehashed or user.password))
    token = new_token()
    session = Session(actor.scope.account, token_digest(token), user.name, now, now, actor.source)
    unit.sessions.insert(session)
    return token, session, user.role


def find_session(unit: Unit, token: str) -> SignedIn | None:
    """Return the session of a token, active or not."""
    return unit.sessions.find(token_digest(token))


def record_session_use(unit: Unit, session: Session) -> None:
    """Record that a session is in use."""
    unit.sessions.record_use(session.digest, unit.now)


def end_session(unit: Unit, digest: str) -> bool:
    """End one of the caller's sessions. False when it is not active."""
    return unit.sessions.end(unit.actor.user, digest, unit.now)


def end_sessions(unit: Unit, user: str, *, keep: str = "") -> int:
    """End all sessions of a user except one. Returns the number of ended sessions.

    Raises:
        Denied: another user's sessions, and the caller is not an administrator.
    """
    if user != unit.actor.user:
        unit.actor.require(Role.ADMIN, "UpdateUser", unit.actor.scope.user_arn(user))
    ended = unit.sessions.end_all(user, unit.now, keep=keep)
    record_account_event(unit, AccountEventKind.SIGNED_OUT_EVERYWHERE, user)
    return ended


def list_sessions(unit: Unit, user: str, lifetimes: Lifetimes) -> list[Session]:
    """Return the active sessions of a user, last used first.

    Raises:
        Denied: another user's sessions, and the caller is not an administrator.
    """
    if user != unit.actor.user:
        unit.actor.require(Role.ADMIN, "GetUser", unit.actor.scope.user_arn(user))
    return [session for session in unit.sessions.list(user) if session.is_active(unit.now, lifetimes)]
