"""Rules of passwords, their hashes, and the limit of concurrent hashes."""

import threading
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher

from cardwright.core.errors import Invalid, TryLater
from cardwright.core.passwords import LONGEST, Passwords, normalized

GOOD = "correct horse battery"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords()


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "at least 12 characters"),
        ("elevenchars", "at least 12 characters"),
        ("ﬀ" * 5, "at least 12 characters"),
        ("x" * (LONGEST + 1), "at most 1,024 bytes"),
        ("ü" * 513, "at most 1,024 bytes"),
        ("with a\ttab in it", "control characters"),
        ("with a\0nul in it", "control characters"),
        ("with a \ud800 surrogate", "control characters"),
    ],
)
def test_an_invalid_password_is_refused_without_repeating_it(password: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        normalized(password)
    assert password == "" or password not in str(caught.value)


@pytest.mark.parametrize(
    ("made", "typed"),
    [
        (GOOD, GOOD),
        ("Grüße, 模型 und 🔑", "Gru\u0308ße, 模型 und 🔑"),
        ("ﬁne and ﬂat words", "fine and flat words"),
        ("x" * LONGEST, "x" * LONGEST),
        ("spaces  stay   apart", "spaces  stay   apart"),
        ("👩‍🔬 works in the lab", "👩‍🔬 works in the lab"),
    ],
)
def test_the_same_characters_are_the_same_password(passwords: Passwords, made: str, typed: str) -> None:
    kept = passwords.hash(made)
    assert kept.startswith("$argon2id$")
    assert passwords.check(kept, typed)
    assert not passwords.check(kept, typed + "x")


def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    assert passwords.hash(GOOD) != passwords.hash(GOOD)


def test_no_password_matches_a_missing_or_invalid_hash(passwords: Passwords) -> None:
    for kept in (None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"):
        for typed in (GOOD, "", "-", "no user has this password", "\ud800", "x" * 100_000):
            assert not passwords.check(kept, typed)


def test_a_hash_with_other_parameters_still_verifies_and_is_outdated(passwords: Passwords) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.check(weak, GOOD)
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hash(GOOD))


def test_a_crowd_gets_few_hash_slots_and_the_rest_try_later_at_once(passwords: Passwords) -> None:
    start = threading.Barrier(12)
    done: list[bool] = []

    def attempt() -> None:
        start.wait()
        try:
            passwords.check(None, GOOD)
        except TryLater:
            done.append(False)
        else:
            done.append(True)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 12
    assert done.count(True) >= 4
    assert False in done


def test_reserved_hash_slots_stay_free_for_known_browsers() -> None:
    passwords = Passwords()
    with ExitStack() as crowd:
        for _ in range(4):
            crowd.enter_context(passwords.slot())
        with pytest.raises(TryLater), passwords.slot():
            pass
        with passwords.slot(known=True), passwords.slot(known=True):
            with pytest.raises(TryLater):
                passwords.hash(GOOD, known=True)
            with pytest.raises(TryLater), passwords.slot():
                pass
        assert passwords.hash(GOOD, known=True)
    with ExitStack() as crowd:  # each slot returned to its pool
        for _ in range(6):
            crowd.enter_context(passwords.slot(known=True))
        with pytest.raises(TryLater), passwords.slot():
            pass
