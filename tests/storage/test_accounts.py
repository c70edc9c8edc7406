"""Promises about users, sessions and sign-in attempts, on each engine, through the actions."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cardwright.actions import users
from cardwright.actions.access_keys import browse_keys, create_key, keys_of, revoke_key
from cardwright.actions.account_events import browse_events, list_events
from cardwright.actions.cards import create_card, review_card, update_card
from cardwright.actions.history import audit_trail
from cardwright.actions.sessions import (
    begin_confirmation,
    begin_session,
    begin_sign_in,
    check_sign_in_limit,
    end_session,
    end_sessions,
    find_session,
    list_sessions,
)
from cardwright.core.card import Status
from cardwright.core.errors import Conflict, Denied, Invalid, NotFound, NotSignedIn, TryLater
from cardwright.core.listing import Page, Position
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.sessions import (
    CONFIRM_LIMIT,
    DEVICE_LIMIT,
    DEVICES_LIMIT,
    SOURCE_LIMIT,
    USER_LIMIT,
    Lifetimes,
    Limit,
    Session,
    source_key,
)
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.backup import restore_backup, write_backup
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store
from tests.storage.walks import there_and_back

HERE = Scope("us-east-1", "000000000000")
ROOT = Actor(HERE, "root", Role.ADMIN, "command line")
ABROAD = Actor(Scope("us-east-1", "111111111111"), "root", Role.ADMIN)
LIFETIMES = Lifetimes(idle=3_600_000, longest=43_200_000)


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    store = open_store(store_settings)
    yield store
    store.close()


def add(store: Store, actor: Actor = ROOT, /, **roles: str) -> None:
    with store.open_unit(actor) as unit:
        for name, role in roles.items():
            users.create_user(unit, name, Role(role), f"hash of {name}")


def user_actor(name: str, source: str = "203.0.113.1", account: str = HERE.account) -> Actor:
    return Actor(Scope(HERE.region, account), name, Role.VIEWER, source)


def enter(store: Store, actor: Actor) -> tuple[str, Session]:
    """Sign in with the right password."""
    with store.open_unit(actor) as unit:
        asked = begin_sign_in(unit)
    assert asked.user is not None
    with store.open_unit(actor) as unit:
        token, session, _ = begin_session(unit, asked.user, LIFETIMES, rehashed=None)
    return token, session


def fail(store: Store, actor: Actor) -> None:
    """Attempt to sign in with a wrong password."""
    with store.open_unit(actor) as unit:
        begin_sign_in(unit)


def role_of(store: Store, token: str) -> Role | None:
    """The role of a token's session; None when it is not active."""
    with store.open_unit(ROOT, writes=False) as unit:
        found = find_session(unit, token)
    if found is None or not found.session.is_active(store.clock(), LIFETIMES):
        return None
    return found.role


def test_names_are_one_whatever_their_case_and_apart_in_other_accounts(store: Store) -> None:
    add(store, Ana="admin")
    with pytest.raises(Conflict, match="There is a user aNA already"):
        add(store, aNA="viewer")
    add(store, ABROAD, ana="viewer")
    with store.open_unit(ROOT, writes=False) as unit:
        assert [user.name for user in users.list_users(unit)] == ["Ana"]
        assert users.read_user(unit, "ANA").role is Role.ADMIN
    with store.open_unit(ABROAD, writes=False) as unit:
        assert users.read_user(unit, "Ana").role is Role.VIEWER
        with pytest.raises(NotFound):
            users.read_user(unit, "root2")


def test_a_session_of_one_account_is_nothing_in_another(store: Store) -> None:
    add(store, ana="admin")
    add(store, ABROAD, ana="admin")
    token, session = enter(store, user_actor("ana"))
    assert role_of(store, token) is Role.ADMIN
    with store.open_unit(ABROAD, writes=False) as unit:
        assert find_session(unit, token) is None
    with store.open_unit(ABROAD) as unit:
        assert end_sessions(unit, "ana") == 0
        assert not end_session(unit, session.digest)
    assert role_of(store, token) is Role.ADMIN


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUTHOR, Role.APPROVER])
def test_only_administrators_manage_users_and_keys(store: Store, role: Role) -> None:
    add(store, ana="admin", mei=role.value)
    mei = Actor(HERE, "mei", role)
    forbidden: list[Callable[..., object]] = [
        lambda unit: users.create_user(unit, "x", Role.VIEWER, "h"),
        users.list_users,
        lambda unit: users.read_user(unit, "ana"),
        lambda unit: users.change_role(unit, "mei", Role.ADMIN),
        lambda unit: users.disable_user(unit, "ana"),
        lambda unit: users.enable_user(unit, "ana"),
        lambda unit: users.set_password(unit, "ana", "h"),
        lambda unit: users.delete_user(unit, "ana"),
        lambda unit: end_sessions(unit, "ana"),
        lambda unit: list_sessions(unit, "ana", LIFETIMES),
        lambda unit: create_key(unit, "mei", Role.VIEWER),
        lambda unit: revoke_key(unit, "AKCWAAAAAAAAAAAAAAAA"),
        lambda unit: keys_of(unit, "ana"),
        lambda unit: browse_keys(unit, active=True, after=None, limit=1),
        lambda unit: users.browse_users(unit, None, 1),
        lambda unit: list_events(unit, 1),
    ]
    for attempt in forbidden:
        with pytest.raises(Denied) as caught, store.open_unit(mei) as unit:
            attempt(unit)
        assert caught.value.role == Role.ADMIN
    with store.open_unit(mei) as unit:
        assert users.read_user(unit, "Mei").role is role
        users.set_password(unit, "mei", "new")
        assert end_sessions(unit, "mei") == 0


def test_the_last_administrator_cannot_be_lost(store: Store) -> None:
    add(store, ana="admin", zoe="admin", mei="author")
    with store.open_unit(ROOT) as unit:
        users.disable_user(unit, "zoe")
    losses: list[Callable[..., object]] = [
        lambda unit: users.change_role(unit, "ana", Role.APPROVER),
        lambda unit: users.disable_user(unit, "ana"),
        lambda unit: users.delete_user(unit, "ana"),
    ]
    for loss in losses:
        with pytest.raises(Invalid, match="ana is the only administrator"), store.open_unit(ROOT) as unit:
            loss(unit)
    with store.open_unit(ROOT) as unit:
        users.delete_user(unit, "zoe")
        users.change_role(unit, "mei", Role.ADMIN)
        users.change_role(unit, "ana", Role.VIEWER)


def test_only_one_of_two_concurrent_demotions_of_administrators_succeeds(store: Store) -> None:
    for number in range(8):
        ana, zoe = f"ana{number}", f"zoe{number}"
        account = Actor(Scope("us-east-1", f"2{number:011}"), "root", Role.ADMIN)
        add(store, account, **{ana: "admin", zoe: "admin"})
        start = threading.Barrier(2)
        failed: list[Exception] = []

        def demote(
            name: str, account: Actor = account, start: threading.Barrier = start, failed: list[Exception] = failed
        ) -> None:
            start.wait()
            try:
                with store.open_unit(account) as unit:
                    users.change_role(unit, name, Role.VIEWER)
            except Invalid as error:
                failed.append(error)

        threads = [threading.Thread(target=demote, args=(name,)) for name in (ana, zoe)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(failed) == 1


def test_a_new_role_applies_at_once_and_revokes_keys_beyond_it(store: Store) -> None:
    add(store, ana="admin", mei="approver")
    with store.open_unit(ROOT) as unit:
        create_key(unit, "Mei", Role.APPROVER)
        low = create_key(unit, "mei", Role.VIEWER)
        with pytest.raises(Invalid, match="mei is approver, so the key cannot be admin"):
            create_key(unit, "mei", Role.ADMIN)
        create_key(unit, "robot", Role.ADMIN)
    token, _ = enter(store, user_actor("MEI"))
    with store.open_unit(ROOT) as unit:
        assert users.change_role(unit, "mei", Role.AUTHOR) == 1
    assert role_of(store, token) is Role.AUTHOR
    with store.open_unit(ROOT, writes=False) as unit:
        assert [key.access_key_id for key in keys_of(unit, "mei")] == [low.access_key_id]


def test_a_name_with_keys_beyond_the_role_cannot_be_a_new_user(store: Store) -> None:
    with store.open_unit(ROOT) as unit:
        key = create_key(unit, "Builder", Role.ADMIN)
    with pytest.raises(Conflict, match="has access keys beyond the role viewer"):
        add(store, builder="viewer")
    add(store, builder="admin")
    assert key.role is Role.ADMIN


@pytest.mark.parametrize("name", [".", "..", "-", "@=", "new", "History"])
def test_a_user_name_must_fit_into_an_address(store: Store, name: str) -> None:
    with pytest.raises(Invalid, match="A user name needs a letter or a digit"):
        add(store, **{name: "viewer"})


def test_disabling_or_deleting_a_user_ends_sessions_and_keys_permanently(store: Store) -> None:
    add(store, ana="admin", mei="author", tom="author")
    tokens = {name: enter(store, user_actor(name))[0] for name in ("mei", "tom")}
    with store.open_unit(ROOT) as unit:
        create_key(unit, "mei", Role.VIEWER)
        assert users.disable_user(unit, "mei") == 1
        users.delete_user(unit, "tom")
    assert [role_of(store, token) for token in tokens.values()] == [None, None]
    with pytest.raises(Invalid, match="mei is disabled"), store.open_unit(ROOT) as unit:
        create_key(unit, "mei", Role.VIEWER)
    with store.open_unit(ROOT) as unit:
        users.enable_user(unit, "mei")
    add(store, tom="admin")
    assert [role_of(store, token) for token in tokens.values()] == [None, None]
    with store.open_unit(ROOT, writes=False) as unit:
        assert keys_of(unit, "mei") == []


def test_a_new_password_ends_all_sessions_but_the_one_that_set_it(store: Store) -> None:
    add(store, mei="author")
    (kept, session), (lost, _) = enter(store, user_actor("mei")), enter(store, user_actor("mei"))
    with store.open_unit(Actor(HERE, "mei", Role.AUTHOR)) as unit:
        users.set_password(unit, "mei", "new", keep=session.digest)
    assert (role_of(store, kept), role_of(store, lost)) == (Role.AUTHOR, None)


def test_a_user_who_changes_during_the_password_check_gets_no_session(store: Store) -> None:
    add(store, ana="admin", mei="author")
    for change in (
        lambda unit: users.set_password(unit, "mei", "other"),
        lambda unit: users.disable_user(unit, "mei"),
        lambda unit: users.delete_user(unit, "mei"),
    ):
        with store.open_unit(user_actor("mei")) as unit:
            asked = begin_sign_in(unit)
        assert asked.user is not None
        with store.open_unit(ROOT) as unit:
            change(unit)
        with pytest.raises(NotSignedIn), store.open_unit(user_actor("mei")) as unit:
            begin_session(unit, asked.user, LIFETIMES, rehashed=None)


def test_sessions_end_without_use_and_at_the_latest_after_their_time(store: Store) -> None:
    add(store, mei="author")
    now = 1_800_000_000_000
    store.clock = lambda: now
    token, session = enter(store, user_actor("mei"))
    for passed, holds in ((LIFETIMES.idle - 1, True), (LIFETIMES.idle, False)):
        store.clock = lambda passed=passed: now + passed  # type: ignore[misc]  # bound now
        assert (role_of(store, token) is not None) is holds
    busy = session._replace(seen_at=now + LIFETIMES.longest - 1)
    assert busy.is_active(now + LIFETIMES.longest - 1, LIFETIMES)
    assert not busy.is_active(now + LIFETIMES.longest, LIFETIMES)


def test_attempts_for_a_name_are_limited_across_sources_and_servers(store_settings: Settings) -> None:
    now = 1_800_000_000_000
    stores = [open_store(store_settings) for _ in range(2)]
    for store in stores:
        store.clock = lambda: now
    add(stores[0], mei="author")
    for number in range(USER_LIMIT.at_once):
        fail(stores[number % 2], user_actor("Mei" if number % 2 else "mei", f"198.51.100.{number}"))
    for store in stores:
        with pytest.raises(TryLater) as caught:
            fail(store, user_actor("mei", "192.0.2.7"))
        assert caught.value.seconds == USER_LIMIT.pause // 1000
        store.close()
    store = open_store(store_settings)  # the server was restarted
    store.clock = lambda: now + USER_LIMIT.pause - 1
    with pytest.raises(TryLater) as caught:
        fail(store, user_actor("mei", "192.0.2.8"))
    assert caught.value.seconds == 1
    fail(store, user_actor("mei", "192.0.2.8", account="111111111111"))
    store.clock = lambda: now + USER_LIMIT.pause
    enter(store, user_actor("mei", "192.0.2.8"))
    for _ in range(USER_LIMIT.at_once):  # a successful sign-in resets the counter
        fail(store, user_actor("mei", "192.0.2.8"))
    store.close()


def test_attempts_from_a_source_are_limited_across_names(store: Store) -> None:
    now = 1_800_000_000_000
    store.clock = lambda: now
    add(store, ana="admin")
    for number in range(SOURCE_LIMIT.at_once):
        host = f"2001:db8::{number:x}"  # all belong to one customer
        fail(store, user_actor(f"guess{number}", host, account=f"{number:012}"))
    with pytest.raises(TryLater):
        fail(store, user_actor("ana", "2001:db8::ffff"))
    enter(store, user_actor("ana", "2001:db8:0:1::1"))
    for _ in range(3 * SOURCE_LIMIT.at_once):  # an office that signs in is not an attack
        enter(store, user_actor("ana", "203.0.113.5"))
    store.clock = lambda: now + 24 * 3_600_000
    fail(store, user_actor("ana"))
    with store.open_unit(ROOT, writes=False) as unit:
        assert unit.connection.row("SELECT count(*) FROM sign_in_tries", {}) == (2,)


def test_many_known_browsers_of_a_person_have_no_more_tries_than_a_few(store: Store) -> None:
    now = 1_800_000_000_000
    store.clock = lambda: now
    add(store, mei="author", other="author")

    def ask(name: str, device: str) -> None:
        with store.open_unit(user_actor(name)) as unit:
            begin_sign_in(unit, device)

    for number in range(DEVICES_LIMIT.at_once):
        ask("Mei" if number % 2 else "mei", f"device{number}")
    with pytest.raises(TryLater) as caught:
        ask("mei", "one more")
    assert caught.value.seconds == DEVICES_LIMIT.pause // 1000
    with pytest.raises(TryLater), store.open_unit(user_actor("mei"), writes=False) as unit:
        check_sign_in_limit(unit, "one more")
    ask("other", "of another person")
    fail(store, user_actor("mei"))  # from no known browser
    with store.open_unit(user_actor("mei")) as unit:
        begin_session(unit, users.read_user(unit, "mei"), LIFETIMES, rehashed=None, device="device1")
    ask("mei", "device1")  # a successful attempt
    with pytest.raises(TryLater):
        ask("mei", "device1")
    store.clock = lambda: now + DEVICES_LIMIT.pause
    ask("mei", "one more")
    with pytest.raises(TryLater):
        ask("mei", "one more")


def test_whether_a_try_may_be_made_is_read_without_counting_one(store: Store) -> None:
    now = 1_800_000_000_000
    store.clock = lambda: now
    add(store, mei="author")

    def check(name: str = "mei", source: str = "192.0.2.9", device: str | None = None) -> None:
        with store.open_unit(user_actor(name, source), writes=False) as unit:
            check_sign_in_limit(unit, device)

    for _ in range(USER_LIMIT.at_once):
        for _ in range(2):
            check()
        fail(store, user_actor("mei"))
    with pytest.raises(TryLater) as caught:
        check("Mei")
    assert caught.value.seconds == USER_LIMIT.pause // 1000
    check(device="one")
    for number in range(SOURCE_LIMIT.at_once - USER_LIMIT.at_once):
        check("unknown", "203.0.113.1")
        fail(store, user_actor(f"guess{number}"))
    with pytest.raises(TryLater):
        check("unknown", "203.0.113.1")
    check("unknown")
    store.clock = lambda: now + USER_LIMIT.pause
    check()


def test_attempts_of_known_browsers_and_signed_in_users_count_separately(store: Store) -> None:
    now = 1_800_000_000_000
    store.clock = lambda: now
    add(store, mei="author")
    mei = user_actor("mei")

    def ask(device: str) -> None:
        with store.open_unit(mei) as unit:
            begin_sign_in(unit, device)

    def again() -> None:
        with store.open_unit(mei) as unit:
            begin_confirmation(unit)

    attempts: list[tuple[Limit, Callable[[], None]]] = [
        (USER_LIMIT, lambda: fail(store, mei)),
        (DEVICE_LIMIT, lambda: ask("one")),
        (DEVICE_LIMIT, lambda: ask("other")),
        (CONFIRM_LIMIT, again),
    ]
    for limit, attempt in attempts:
        for _ in range(limit.at_once):
            attempt()
        with pytest.raises(TryLater) as caught:
            attempt()
        assert caught.value.seconds == limit.pause // 1000
    with store.open_unit(mei) as unit:
        user = users.read_user(unit, "mei")
        begin_session(unit, user, LIFETIMES, rehashed=None, device="one")
    ask("one")
    with pytest.raises(TryLater):
        ask("other")
    with pytest.raises(TryLater):
        fail(store, mei)
    with store.open_unit(mei) as unit:
        users.set_password(unit, "mei", "other")
    again()
    fail(store, mei)


def test_pages_of_users_and_keys_contain_each_once(store: Store) -> None:
    add(store, **{f"Person{number:02}" if number % 2 else f"person{number:02}": "admin" for number in range(7)})
    with store.open_unit(ROOT) as unit:
        made = [create_key(unit, f"program{number}", Role.VIEWER) for number in range(7)]
        for key in made[1::3]:
            revoke_key(unit, key.access_key_id)

    def pages(page: Callable[..., Page[Any]], **asked: object) -> list[list[Any]]:
        def read(after: Position | None, before: Position | None) -> Page[Any]:
            with store.open_unit(ROOT, writes=False) as unit:
                return page(unit, after=after, before=before, limit=3, **asked)

        return there_and_back(read)

    people = pages(users.browse_users)
    assert [len(page) for page in people] == [3, 3, 1]
    assert [user.name.lower() for page in people for user in page] == [f"person{number:02}" for number in range(7)]
    for active, sizes in ((True, [3, 2]), (False, [2])):
        found = pages(browse_keys, active=active)
        assert [len(page) for page in found] == sizes
        wanted = [key for number, key in enumerate(made) if (number % 3 != 1) == active]
        wanted.sort(key=lambda key: (key.created_at, key.access_key_id), reverse=True)
        assert [key.access_key_id for page in found for key in page] == [key.access_key_id for key in wanted]
    events = pages(browse_events)
    assert [event.event_id for page in events for event in page] == sorted(
        (event.event_id for page in events for event in page), reverse=True
    )
    assert [len(page) for page in events] == [3] * 5 + [1]  # seven users, seven keys, two of them revoked


def test_a_page_before_a_position_near_the_start_is_the_first_page(store: Store) -> None:
    add(store, ana="admin", mei="author", ravi="author", vic="viewer")
    with store.open_unit(ROOT, writes=False) as unit:
        page = users.browse_users(unit, None, 3, before=("mei",))
        assert ([user.name for user in page.items], page.back) == (["ana", "mei", "ravi"], None)
        page = users.browse_users(unit, None, 3, before=("vic",))
        assert ([user.name for user in page.items], page.position, page.back) == (
            ["ana", "mei", "ravi"],
            ("ravi",),
            None,
        )
        behind = users.browse_users(unit, ("vic",), 3)
        assert (behind.items, behind.position, behind.back) == ([], None, None)


def test_a_source_is_an_address_or_a_customers_network() -> None:
    assert source_key("203.0.113.5") == source_key("::ffff:203.0.113.5")
    assert source_key("2001:db8::1") == source_key("2001:db8::ffff:1") != source_key("2001:db8:0:1::1")
    assert source_key("unknown") == "unknown"


def test_tries_at_the_same_moment_do_not_pass_together(store: Store) -> None:
    now = 1_800_000_000_000
    store.clock = lambda: now
    start = threading.Barrier(12)
    passed: list[int] = []

    def attempt(number: int) -> None:
        start.wait()
        for _ in range(2):
            try:
                fail(store, user_actor("mei", f"198.51.100.{number}"))
            except TryLater:
                continue
            passed.append(number)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == USER_LIMIT.at_once


def test_events_record_changes_to_users_and_keys_with_their_author(store: Store) -> None:
    add(store, ana="admin", mei="author")
    with store.open_unit(ROOT) as unit:
        users.change_role(unit, "mei", Role.APPROVER)
        users.change_role(unit, "mei", Role.APPROVER)
        key = create_key(unit, "mei", Role.VIEWER)
        users.set_password(unit, "mei", "secret hash")
        users.disable_user(unit, "mei")
    with store.open_unit(ROOT, writes=False) as unit:
        events = list_events(unit, 50)
        earlier = browse_events(unit, (events[1].event_id,), 50).items
    assert [(event.event, event.subject, event.details) for event in events] == [
        ("access key revoked", key.access_key_id, "of mei"),
        ("user disabled", "mei", ""),
        ("password changed", "mei", ""),
        ("access key created", key.access_key_id, "for mei as viewer"),
        ("role changed", "mei", "from author to approver"),
        ("user created", "mei", "author"),
        ("user created", "ana", "admin"),
    ]
    assert {(event.actor, event.role, event.source) for event in events} == {("root", "admin", "command line")}
    assert earlier == events[2:]


def test_a_comment_is_part_of_the_chain_and_old_links_verify_as_before(store: Store) -> None:
    mei, ravi = Actor(HERE, "mei", Role.AUTHOR), Actor(HERE, "ravi", Role.APPROVER)
    with store.open_unit(mei) as unit:
        create_card(unit, "card", "{}", Status.DRAFT)
        update_card(unit, "card", None, Status.PENDING_REVIEW)
    with pytest.raises(Invalid, match="add a comment"), store.open_unit(ravi) as unit:
        review_card(unit, "card", Status.DRAFT, " \n ")
    with pytest.raises(Invalid, match="and this one has 1,001"), store.open_unit(ravi) as unit:
        review_card(unit, "card", Status.APPROVED, "x" * 1001)
    with pytest.raises(Invalid, match="PendingReview already"), store.open_unit(ravi) as unit:
        review_card(unit, "card", Status.PENDING_REVIEW, "again")
    with pytest.raises(Denied) as denied, store.open_unit(mei) as unit:
        review_card(unit, "card", Status.APPROVED, "mine")
    assert denied.value.role == Role.APPROVER
    with store.open_unit(ravi) as unit:
        review_card(unit, "card", Status.DRAFT, "Bias by age?\r\nÜber 60: \x00")
    with store.open_unit(ravi) as unit:
        review_card(unit, "card", Status.APPROVED, None)
    with store.open_unit(mei, writes=False) as unit:
        approved, sent_back, asked, _ = audit_trail(unit, "card")
    assert "comment" not in approved.details + asked.details
    assert '"comment":"Bias by age?\\nÜber 60: \ufffd"' in sent_back.details
    assert list(Verification(store.database).faults()) == []
    with store.open_unit(ravi) as unit:
        sql = "UPDATE audit SET details = replace(details, 'Bias by age', 'Well done') WHERE sequence = 3"
        unit.connection.run(sql, {})
    assert [fault.record for fault in Verification(store.database).faults()] == ["audit link 3"]


def test_events_keep_their_order_when_the_clock_goes_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, ana="admin", mei="author")
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 60_000_000_000)
    late = Store(store.database, store.region, store.server_key)
    with late.open_unit(ROOT) as unit:
        users.change_role(unit, "mei", Role.APPROVER)
        users.disable_user(unit, "mei")
    assert list(Verification(store.database).faults()) == []
    with store.open_unit(ROOT, writes=False) as unit:
        assert [event.event for event in list_events(unit, 2)] == ["user disabled", "role changed"]


def test_a_backup_has_users_and_account_events_but_no_sessions(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    store = open_store(settings)
    add(store, ana="admin")
    token, _ = enter(store, user_actor("ana"))
    fail(store, user_actor("ana"))
    write_backup(store, settings.home, tmp_path / "backup")
    assert role_of(store, token) is Role.ADMIN
    store.close()
    restore_backup(tmp_path / "backup", tmp_path / "back")
    back = open_store(Settings(home=tmp_path / "back"))
    assert role_of(back, token) is None
    with back.open_unit(ROOT) as unit:
        assert [user.password for user in users.list_users(unit)] == ["hash of ana"]
        assert len(list_events(unit, 10)) == 1
        assert unit.connection.row("SELECT count(*) FROM sign_in_tries", {}) == (0,)
    back.close()
