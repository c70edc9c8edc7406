"""Sign-in attempts, sessions, users and access keys: limits, roles and events."""

import pytest

from cardwright.actions.access_keys import create_key, keys_of, revoke_key
from cardwright.actions.account_events import list_events
from cardwright.actions.sessions import (
    begin_session,
    begin_sign_in,
    check_sign_in_limit,
    end_session,
    end_sessions,
    find_session,
    list_sessions,
    record_session_use,
)
from cardwright.actions.users import (
    change_role,
    create_user,
    delete_user,
    disable_user,
    enable_user,
    is_only_admin,
    read_user,
    set_password,
)
from cardwright.core.errors import Conflict, Denied, Invalid, NotFound, NotSignedIn, TryLater
from cardwright.core.people import Role
from cardwright.core.sessions import USER_LIMIT, Lifetimes, Session, SignInRefusal
from cardwright.core.users import BeyondOwner
from tests.actions.conftest import NOW, Verbs, actor

ROOT = actor(Role.ADMIN, "root")
ANA = actor(Role.VIEWER, "ana")
LIFETIMES = Lifetimes(idle=3_600_000, longest=43_200_000)


@pytest.fixture(autouse=True)
def users(verbs: Verbs) -> None:
    verbs.run(ROOT, create_user, "root", Role.ADMIN, "hash of root")
    verbs.run(ROOT, create_user, "ana", Role.AUTHOR, "hash of ana")


def sign_in(verbs: Verbs, device: str | None = None) -> tuple[str, Session]:
    attempt = verbs.run(ANA, begin_sign_in, device)
    assert attempt.user is not None
    token, session, role = verbs.run(ANA, begin_session, attempt.user, LIFETIMES, rehashed=None, device=device)
    assert role is Role.AUTHOR
    return token, session


def test_a_session_is_active_until_it_is_idle_ended_or_too_old(verbs: Verbs) -> None:
    token, session = sign_in(verbs)
    found = verbs.run(ANA, find_session, token)
    assert found is not None
    assert (found.session, found.role) == (session, Role.AUTHOR)
    verbs.now = NOW + LIFETIMES.idle
    assert verbs.run(ANA, list_sessions, "ana", LIFETIMES) == []
    verbs.run(ANA, record_session_use, session)
    assert len(verbs.run(ANA, list_sessions, "ana", LIFETIMES)) == 1
    verbs.now = NOW + LIFETIMES.longest
    verbs.run(ANA, record_session_use, session)
    assert verbs.run(ANA, list_sessions, "ana", LIFETIMES) == []
    assert verbs.run(ANA, end_session, session.digest)
    assert not verbs.run(ANA, end_session, session.digest)


def test_failed_attempts_are_limited_and_known_browsers_count_separately(verbs: Verbs) -> None:
    for _ in range(USER_LIMIT.at_once):
        verbs.run(ANA, begin_sign_in)
    with pytest.raises(TryLater, match="Too many failed attempts to sign in") as refused:
        verbs.run(ANA, begin_sign_in)
    assert refused.value.seconds == USER_LIMIT.pause // 1000
    with pytest.raises(TryLater):
        verbs.run(ANA, check_sign_in_limit)
    sign_in(verbs, device="laptop")
    verbs.now = NOW + USER_LIMIT.pause
    sign_in(verbs)
    verbs.run(ANA, check_sign_in_limit)


def test_unknown_and_disabled_users_get_a_refusal(verbs: Verbs) -> None:
    assert verbs.run(actor(Role.VIEWER, "unknown"), begin_sign_in) == (None, SignInRefusal.UNKNOWN)
    verbs.run(ROOT, disable_user, "ana")
    assert verbs.run(ANA, begin_sign_in).refusal is SignInRefusal.DISABLED
    verbs.run(ROOT, enable_user, "ana")
    assert verbs.run(ANA, begin_sign_in).refusal is None


def test_a_user_who_changes_during_the_check_gets_no_session(verbs: Verbs) -> None:
    attempt = verbs.run(ANA, begin_sign_in)
    assert attempt.user is not None
    verbs.run(ROOT, set_password, "ana", "another hash")
    with pytest.raises(NotSignedIn):
        verbs.run(ANA, begin_session, attempt.user, LIFETIMES, rehashed=None)


def test_a_new_password_ends_all_sessions_except_the_given_one(verbs: Verbs) -> None:
    _, kept = sign_in(verbs)
    sign_in(verbs)
    verbs.run(ANA, set_password, "ana", "another hash", keep=kept.digest)
    assert [one.digest for one in verbs.run(ANA, list_sessions, "ana", LIFETIMES)] == [kept.digest]
    with pytest.raises(Denied):
        verbs.run(ANA, end_sessions, "root")
    assert verbs.run(ROOT, end_sessions, "ana") == 1


def test_only_administrators_manage_other_users(verbs: Verbs) -> None:
    assert verbs.run(ANA, read_user, "ANA").name == "ana"
    with pytest.raises(Denied):
        verbs.run(ANA, read_user, "root")
    for verb in (disable_user, enable_user, delete_user):
        with pytest.raises(Denied):
            verbs.run(ANA, verb, "ana")
    with pytest.raises(Conflict, match="There is a user Ana already"):
        verbs.run(ROOT, create_user, "Ana", Role.VIEWER, "hash")
    with pytest.raises(NotFound):
        verbs.run(ROOT, disable_user, "unknown")


def test_the_last_administrator_stays(verbs: Verbs) -> None:
    root = verbs.run(ROOT, read_user, "root")
    assert verbs.run(ROOT, is_only_admin, root)
    with pytest.raises(Invalid, match="make another user administrator first"):
        verbs.run(ROOT, delete_user, "root")
    with pytest.raises(Invalid):
        verbs.run(ROOT, disable_user, "root")
    verbs.run(ROOT, change_role, "ana", Role.ADMIN)
    assert not verbs.run(ROOT, is_only_admin, root)
    verbs.run(ROOT, change_role, "root", Role.VIEWER)


def test_access_keys_stay_within_the_role_of_their_owner(verbs: Verbs) -> None:
    with pytest.raises(BeyondOwner):
        verbs.run(ROOT, create_key, "ana", Role.APPROVER)
    key = verbs.run(ROOT, create_key, "Ana", Role.AUTHOR)
    assert verbs.run(ANA, keys_of, "ana") == [key]
    assert verbs.run(ROOT, change_role, "ana", Role.VIEWER) == 1
    assert verbs.run(ANA, keys_of, "ana") == []
    with pytest.raises(NotFound, match="no active access key"):
        verbs.run(ANA, revoke_key, key.access_key_id)


def test_events_record_the_changes_in_their_order(verbs: Verbs) -> None:
    verbs.run(ROOT, change_role, "ana", Role.APPROVER)
    verbs.run(ROOT, delete_user, "ana")
    found = [(event.event, event.subject, event.details) for event in verbs.run(ROOT, list_events, 3)]
    assert found == [
        ("user deleted", "ana", "approver"),
        ("role changed", "ana", "from author to approver"),
        ("user created", "ana", "author"),
    ]
    with pytest.raises(Denied):
        verbs.run(ANA, list_events, 3)
