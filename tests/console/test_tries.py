"""Tries to sign in: strangers spend none of a known browser's, nor of who is signed in; a busy server takes none."""

import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.cookiejar import Cookie

import pytest

from cardwright.console.accounts.devices import PEOPLE
from cardwright.core.sessions import CONFIRM_LIMIT, DEVICE_LIMIT, USER_LIMIT
from tests.console.team import PASSWORD, add_users, newly_signed_in, sign_in
from tests.console.visits import Answer, Visitor
from tests.servers import Server
from tests.waiting import DEADLINE, wait_until

DEVICE = "cardwright-device"
WRONG = "not the password"


@pytest.fixture(autouse=True)
def forget_tries(team: Server) -> Iterator[None]:
    """Every test comes from one address."""
    yield
    with closing(sqlite3.connect(team.home / "cardwright.db", timeout=DEADLINE)) as database, database:
        database.execute("DELETE FROM sign_in_tries")


def lock_out(server: Server, name: str) -> None:
    """Strangers spend all tries for a name."""
    statuses = [sign_in(server, name, WRONG)[1].status for _ in range(USER_LIMIT.at_once + 1)]
    assert statuses[-1] == 429


def held(visitor: Visitor) -> Cookie:
    return next(one for one in visitor.cookies if one.name == DEVICE)


def try_again(visitor: Visitor, name: str, password: str = PASSWORD) -> Answer:
    visitor.get("/sign-in")
    return visitor.post("/sign-in", [("user", name), ("password", password)])


def test_strangers_keep_no_user_out_of_a_browser_used_before(team: Server) -> None:
    add_users(team, owner="author")
    known = newly_signed_in(team, "owner")
    known.get("/me")
    known.post("/sign-out", [])
    lock_out(team, "owner")
    assert try_again(known, "Owner", WRONG).status == 422
    assert try_again(known, "Owner").url == f"{team.url}/cards"
    assert sign_in(team, "owner")[1].status == 429  # elsewhere the strangers' tries still count
    known.get("/me")
    known.post("/sign-out", [])
    assert try_again(known, "owner").status == 200


def test_a_known_browser_has_tries_of_its_own_and_no_more(team: Server) -> None:
    add_users(team, careless="author")
    known = newly_signed_in(team, "careless")
    known.get("/me")
    known.post("/sign-out", [])
    statuses = [try_again(known, "careless", WRONG).status for _ in range(DEVICE_LIMIT.at_once + 1)]
    assert statuses == [422] * DEVICE_LIMIT.at_once + [429]
    assert try_again(known, "careless").status == 429
    assert sign_in(team, "careless")[1].status == 200  # another browser did not fail


def test_the_cookie_of_a_known_browser_helps_one_person_and_reveals_nothing(team: Server) -> None:
    add_users(team, first="author", second="author")
    known = newly_signed_in(team, "first")
    cookie = held(known)
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    assert cookie.expires is not None
    assert cookie.expires > time.time() + 300 * 24 * 3600
    assert re.fullmatch(r"[\w-]{22}\.[\w-]{43}", str(cookie.value))
    known.get("/me")
    known.post("/sign-out", [])
    lock_out(team, "second")
    assert try_again(known, "second").status == 429
    device, _, signature = str(cookie.value).partition(".")
    lock_out(team, "first")
    for forged in (f"{'A' * 22}.{signature}", f"{device}.{'A' * 43}", device, "", "x" * 5000, f"{device}.{signature}x"):
        stranger = Visitor(team.url)
        stranger.get("/sign-in")
        fields = [("user", "first"), ("password", PASSWORD)]
        session = "; ".join(f"{one.name}={one.value}" for one in stranger.cookies)
        answer = stranger.post("/sign-in", fields, {"Cookie": f"{session}; {DEVICE}={forged}"})
        assert answer.status == 429, forged
    assert try_again(known, "first").status == 200


def test_a_browser_knows_the_people_who_signed_in_there_last_and_no_more(team: Server) -> None:
    names = [f"sharing{number}" for number in range(PEOPLE + 1)]
    add_users(team, **dict.fromkeys(names, "author"))
    shared = newly_signed_in(team, names[0])
    for name in names[1:PEOPLE]:
        shared.get("/me")
        shared.post("/sign-out", [])
        assert try_again(shared, name).status == 200
    shared.get("/me")
    shared.post("/sign-out", [])
    assert re.fullmatch(r"([\w-]{22}\.[\w-]{43}:){4}[\w-]{22}\.[\w-]{43}", str(held(shared).value))
    for name in (names[0], names[1]):
        lock_out(team, name)
    assert try_again(shared, names[0]).status == 200  # known, and the newest from now on
    shared.get("/me")
    shared.post("/sign-out", [])
    before = str(held(shared).value)
    assert try_again(shared, names[PEOPLE]).status == 200
    shared.get("/me")
    shared.post("/sign-out", [])
    assert str(held(shared).value).split(":")[1:] == before.split(":")[: PEOPLE - 1]
    assert try_again(shared, names[1]).status == 429  # who signed in there longest ago is not known any more
    assert try_again(shared, names[0]).status == 200


def test_who_is_signed_in_changes_a_password_whatever_strangers_try(team: Server) -> None:
    add_users(team, inside="author")
    visitor = newly_signed_in(team, "inside")
    lock_out(team, "inside")

    def change(now: str, new: str) -> Answer:
        visitor.get("/me")
        return visitor.post("/me/password", [("password-now", now), ("password", new), ("password-again", new)])

    assert change(PASSWORD, "another good password").status == 200
    assert sign_in(team, "inside", "another good password")[1].status == 200
    for _ in range(CONFIRM_LIMIT.at_once):
        assert change("another good password", "short").status == 422  # no try: nothing was guessed
    statuses = [change(WRONG, "a third good password").status for _ in range(CONFIRM_LIMIT.at_once + 1)]
    assert statuses == [422] * CONFIRM_LIMIT.at_once + [429]
    assert change("another good password", "a third good password").status == 429
    assert sign_in(team, "inside", "another good password")[1].status == 200  # no try to sign in was spent


def test_a_sign_in_that_a_busy_server_refuses_is_not_a_try(team: Server) -> None:
    add_users(team, crowd="author")
    answers: list[Answer] = []
    visitors = [Visitor(team.url) for _ in range(24)]
    for visitor in visitors:
        visitor.get("/sign-in")
    start = threading.Barrier(len(visitors))

    def attempt(visitor: Visitor) -> None:
        start.wait()
        answers.append(visitor.post("/sign-in", [("user", "crowd"), ("password", WRONG)]))

    threads = [threading.Thread(target=attempt, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent_away = [answer for answer in answers if "Too many users are signing in" in answer.text]
    statuses = Counter(answer.status for answer in answers)
    assert sent_away, statuses
    with closing(sqlite3.connect(team.home / "cardwright.db", timeout=DEADLINE)) as database:
        (ahead,) = database.execute("SELECT ahead_to FROM sign_in_tries WHERE subject = 'crowd'").fetchone()
    assert round((ahead - time.time() * 1000) / USER_LIMIT.pause) == min(statuses[422], USER_LIMIT.at_once)


@contextmanager
def writer_held(server: Server) -> Iterator[None]:
    """While this lasts, who wants to write on that server waits."""
    with closing(sqlite3.connect(server.home / "cardwright.db", timeout=DEADLINE, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            database.execute("ROLLBACK")


@contextmanager
def crowd(server: Server) -> Iterator[None]:
    """Strangers have every place that they may have, and wait there, for about a second."""
    answers: list[Answer] = []
    visitors = [Visitor(server.url) for _ in range(6)]
    for visitor in visitors:
        visitor.get("/sign-in")
    threads = [
        threading.Thread(
            target=lambda visitor=visitor, number=number: answers.append(
                visitor.post("/sign-in", [("user", f"stranger{number}"), ("password", WRONG)])
            )
        )
        for number, visitor in enumerate(visitors)
    ]
    with writer_held(server):
        for thread in threads:
            thread.start()
        wait_until(lambda: len(answers) == 2)
        assert "Too many users are signing in" in answers[0].text
        yield
    for thread in threads:
        thread.join()


def test_a_user_over_the_limits_is_refused_without_a_slot_or_the_writer(team: Server) -> None:
    add_users(team, spent="author")
    lock_out(team, "spent")
    with writer_held(team):
        answer = sign_in(team, "spent")[1]
    assert (answer.status, "Too many failed attempts to sign in" in answer.text) == (429, True)


def test_a_user_over_the_limit_of_passwords_is_refused_without_a_slot(team: Server) -> None:
    add_users(team, forgetful="author")
    visitor = newly_signed_in(team, "forgetful")
    visitor.get("/me")
    fields = [("password-now", WRONG), ("password", "another password"), ("password-again", "another password")]
    statuses = [visitor.post("/me/password", fields).status for _ in range(CONFIRM_LIMIT.at_once)]
    assert statuses == [422] * CONFIRM_LIMIT.at_once
    with writer_held(team):
        answer = visitor.post("/me/password", fields)
    assert (answer.status, "Too many attempts with a wrong password" in answer.text) == (429, True)


def test_many_strangers_leave_slots_to_known_browsers_and_signed_in_users(team: Server) -> None:
    add_users(team, regular="author", chief="admin", usual="author", third="author")
    chief = newly_signed_in(team, "chief")
    known = {name: newly_signed_in(team, name) for name in ("regular", "usual", "third")}
    for visitor in known.values():
        visitor.get("/me")
        visitor.post("/sign-out", [])
    chief.get("/users/new")
    person = [("role", "viewer"), ("password", "a password for a test")]
    with ThreadPoolExecutor(3) as pool:
        with crowd(team):
            entering = pool.submit(try_again, known["regular"], "regular")
            adding = pool.submit(chief.post, "/users", [("user", "crowd-added"), *person])
            wait_until(lambda: entering.running() and adding.running())
        assert (entering.result().status, adding.result().status) == (200, 200)
        known["regular"].get("/me")
        known["regular"].post("/sign-out", [])
        chief.get("/users/new")
        with crowd(team):
            all_three = [pool.submit(try_again, visitor, name) for name, visitor in known.items()]
            wait_until(lambda: any(one.done() for one in all_three))  # one was refused: the others have both places
            kept = chief.post("/users", [("user", "crowd-kept"), *person])
            reset = chief.post("/users/usual/password", [("password", "another for a test")])
        assert sorted(one.result().status for one in all_three) == [200, 200, 429]
    for answer in (kept, reset):
        assert answer.status == 429
        assert "Too many users are signing in now. Try again in 2 seconds." in answer.text
        assert 'id="password-e"' in answer.text
    assert 'value="crowd-kept"' in kept.text
    assert "<title>usual" in reset.text
