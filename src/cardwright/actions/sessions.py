"""Sign in and out.

Signing in takes two units of work with the checking of the password between them: :func:`ask_in` counts the try,
:func:`let_in` makes the session. A try counts before its password is checked, so that many at once cannot all pass.
:func:`check_tries` tells beforehand, without writing, whether a try would be refused.
Tries from a browser in which the person signed in before count apart, so that strangers, who can spend all tries for a
name, keep its owner out of no browser that they know (OWASP: "device cookies").
"""

from typing import NamedTuple

from cardwright.actions.account_events import record_event
from cardwright.actions.users import read_user
from cardwright.core.account_events import Done
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
    Refusal,
    Session,
    SignedIn,
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
_TOO_MANY_WRONG = "Too many tries with a wrong password"
_SECOND = 1000


class Asked(NamedTuple):
    """Somebody who would like in: the person of that name, and why they get in under no password."""

    user: User | None
    refusal: Refusal | None


def check_tries(unit: Unit, device: str | None = None) -> None:
    """Count nothing, but raise :class:`TryLater` where :func:`ask_in` would: a unit that reads is enough."""
    for account, subject, limit in _subjects(unit.actor, device):
        _refuse(unit.tries.wait(account, subject, limit, unit.now))


def ask_in(unit: Unit, device: str | None = None) -> Asked:
    """Count a try of the actor to sign in under their name, and give the person of that name to check.

    Args:
        device: the browser, where it is one in which the person of that name signed in before.

    Raises:
        TryLater: too many tries failed from that browser or from all that are known for the person; from others, under
            this name or from this source.
        Invalid: nobody can have that name.
    """
    unit.tries.forget(unit.now)
    for account, subject, limit in _subjects(unit.actor, device):
        _refuse(unit.tries.count(account, subject, limit, unit.now))
    user = unit.users.find(user_key(unit.actor.user))
    if user is None:
        return Asked(None, Refusal.UNKNOWN)
    return Asked(user, None if user.disabled_at is None else Refusal.DISABLED)


def _subjects(actor: Actor, device: str | None) -> list[tuple[str, str, Limit]]:
    """Under what a try to sign in counts: account, subject and limit of each."""
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


def _refuse(wait: int, why: str = "Too many tries to sign in failed") -> None:
    if wait:
        raise TryLater(why, -(-wait // _SECOND))


def ask_again(unit: Unit) -> User:
    """Count a try of somebody signed in to say their password again, and give who they are.

    No try to sign in counts here, nor does this one there: whoever is in is not kept from it by those who are not.
    :func:`cardwright.actions.users.set_password` forgets the tries.

    Raises:
        TryLater: too many tries failed.
        NotFound: nobody of that name is there any more.
    """
    user = read_user(unit, unit.actor.user)
    _refuse(unit.tries.count(*_confirming(unit.actor), CONFIRM_LIMIT, unit.now), _TOO_MANY_WRONG)
    return user


def check_asking_again(unit: Unit) -> None:
    """Count nothing, but raise :class:`TryLater` where :func:`ask_again` would: a unit that reads is enough."""
    _refuse(unit.tries.wait(*_confirming(unit.actor), CONFIRM_LIMIT, unit.now), _TOO_MANY_WRONG)


def _confirming(actor: Actor) -> tuple[str, str]:
    """Under what somebody's tries to say their password again count: account and subject."""
    return actor.scope.account, confirm_subject(user_key(actor.user))


def let_in(
    unit: Unit, asked: User, lifetimes: Lifetimes, *, rehashed: str | None, device: str | None = None
) -> tuple[str, Session, Role]:
    """Make a session for a person whose password was right: its token, which is kept nowhere, the session, the role.

    Args:
        asked: the person as they were when the password was checked.
        rehashed: a new hash of the password, when the one that is kept is outdated.
        device: as in :func:`ask_in`; the tries that it counted are forgotten. Of those of all known browsers together
            only this one is: who failed in another has not begun anew.

    Raises:
        NotSignedIn: the person was changed meanwhile.
    """
    actor, now = unit.actor, unit.now
    user = unit.users.find(asked.name, lock=True)
    if user is None or user.disabled_at is not None or user.password != asked.password:
        raise NotSignedIn("The user was changed at this moment")
    if device is not None:
        unit.tries.clear(actor.scope.account, device_subject(device))
        unit.tries.give_back(actor.scope.account, devices_subject(user_key(user.name)), DEVICES_LIMIT)
    else:
        unit.tries.give_back(_OF_SOURCES, source_key(actor.source), SOURCE_LIMIT)
        unit.tries.clear(actor.scope.account, user_key(user.name))
    unit.sessions.forget(now - lifetimes.idle - KEPT)
    unit.users.update(user._replace(signed_in_at=now, password=rehashed or user.password))
    token = new_token()
    session = Session(actor.scope.account, token_digest(token), user.name, now, now, actor.source)
    unit.sessions.insert(session)
    return token, session, user.role


def find_session(unit: Unit, token: str) -> SignedIn | None:
    """The session of a token, whatever its state."""
    return unit.sessions.find(token_digest(token))


def see_session(unit: Unit, session: Session) -> None:
    """Write down that a session is in use."""
    unit.sessions.saw(session.digest, unit.now)


def end_session(unit: Unit, digest: str) -> bool:
    """End one of the caller's sessions; False when there is none that goes on."""
    return unit.sessions.end(unit.actor.user, digest, unit.now)


def end_sessions(unit: Unit, user: str, *, but: str = "") -> int:
    """End all sessions of a person, but for one; gives how many.

    Raises:
        Denied: somebody else, and the caller is no administrator.
    """
    if user != unit.actor.user:
        unit.actor.require(Role.ADMIN, "UpdateUser", unit.actor.scope.user_arn(user))
    ended = unit.sessions.end_all(user, unit.now, but=but)
    record_event(unit, Done.SIGNED_OUT_EVERYWHERE, user)
    return ended


def list_sessions(unit: Unit, user: str, lifetimes: Lifetimes) -> list[Session]:
    """The sessions of a person that go on, the one used last first.

    Raises:
        Denied: somebody else, and the caller is no administrator.
    """
    if user != unit.actor.user:
        unit.actor.require(Role.ADMIN, "GetUser", unit.actor.scope.user_arn(user))
    return [session for session in unit.sessions.list(user) if session.lives(unit.now, lifetimes)]
