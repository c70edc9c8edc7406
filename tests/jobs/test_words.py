"""The index job: words of cards are searchable soon, once, and never those of a former content."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cardwright.actions.cards import create_card, delete_card, update_card
from cardwright.actions.portfolio import browse_cards, has_unindexed_words
from cardwright.actions.tags import add_tags
from cardwright.core.card import Status
from cardwright.core.content import digest
from cardwright.core.indexed_words import FoundWords, find_words
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.portfolio import PortfolioQuery
from cardwright.jobs import words
from cardwright.jobs.word_reader import ReaderEnded, WordReader
from cardwright.jobs.words import WordsWorker
from cardwright.server.app import StoredTexts
from cardwright.server.stores import open_existing_store
from cardwright.settings import Settings
from cardwright.storage.card_texts import DueText
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store, transaction
from tests import servers
from tests.waiting import wait_until

ACCOUNTS = ("000000000000", "111111111111")
ME = Actor(Scope("us-east-1", ACCOUNTS[0]), "me", Role.ADMIN)


@pytest.fixture
def stores(store_settings: Settings) -> Iterator[list[Store]]:
    """The stores of three servers on one database."""
    opened = [open_existing_store(store_settings) for _ in range(3)]
    yield opened
    for store in opened:
        store.close()


def make(store: Store, name: str, text: str, account: str = ACCOUNTS[0]) -> None:
    content = json.dumps({"intended_uses": {"purpose_of_model": text}})
    with store.open_unit(Actor(Scope("us-east-1", account), "me", Role.ADMIN)) as unit:
        create_card(unit, name, content, Status.DRAFT)


def found(store: Store, text: str, account: str = ACCOUNTS[0]) -> list[str]:
    with store.open_unit(Actor(Scope("us-east-1", account), "me", Role.ADMIN), writes=False) as unit:
        return [row.name for row in browse_cards(unit, PortfolioQuery(text=text))[0].items]


def due(store: Store, account: str = ACCOUNTS[0]) -> bool:
    with store.open_unit(Actor(Scope("us-east-1", account), "me", Role.ADMIN), writes=False) as unit:
        return has_unindexed_words(unit)


def worker(store: Store, requests: Callable[[], int] = lambda: 0, lock_file: Path | None = None) -> WordsWorker:
    return WordsWorker(StoredTexts(store), lock_file, requests)


def faults(store: Store) -> list[object]:
    return list(Verification(store.database).faults())


def test_of_three_servers_each_card_is_indexed_by_one(stores: list[Store]) -> None:
    for number in range(150):
        make(stores[0], f"card-{number}", f"common word{number}", ACCOUNTS[number % 2])
    jobs = [worker(store) for store in stores]
    with ThreadPoolExecutor(3) as pool:
        indexed = [*pool.map(lambda job: job.run(), jobs)]
    for job in jobs:
        job.stop()
    assert sum(indexed) == 150
    for account in ACCOUNTS:
        assert not due(stores[0], account)
    assert sorted(found(stores[0], "word8")) == ["card-8", *(f"card-{n}" for n in range(80, 90, 2))]
    assert sorted(found(stores[0], "word7", ACCOUNTS[1])) == ["card-7", *(f"card-{n}" for n in range(71, 80, 2))]
    assert faults(stores[0]) == []
    with transaction(stores[0].database.begin_read) as connection:
        if connection.engine == "sqlite":
            assert connection.row("SELECT count(*) FROM card_words_docsize", {}) == (150,)


CHANGES: dict[str, Callable[[Any], object]] = {
    "content": lambda unit: update_card(unit, "card", '{"intended_uses": {"purpose_of_model": "later"}}', None),
    "tags": lambda unit: add_tags(unit, ME.scope.card_arn("card"), [("team", "later")]),
    "deletion": lambda unit: delete_card(unit, "card"),
}


class ChangedBetween(StoredTexts):
    """Changes a card after its words were found, and before they are stored."""

    def __init__(self, store: Store, change: Callable[[Any], object]) -> None:
        super().__init__(store)
        self._changing = store
        self._change: Callable[[Any], object] | None = change

    def store_words(self, account: str, read: Sequence[DueText], words: Sequence[FoundWords]) -> int:
        change, self._change = self._change, None
        if change is not None:
            with self._changing.open_unit(ME) as unit:
                change(unit)
        return super().store_words(account, read, words)


@pytest.mark.parametrize("change", CHANGES)
def test_words_of_a_former_content_are_not_stored(stores: list[Store], change: str) -> None:
    make(stores[0], "card", "earlier")
    make(stores[0], "other", "earlier")
    job = WordsWorker(ChangedBetween(stores[0], CHANGES[change]), None, lambda: 0)
    assert job.run() == (1 if change == "deletion" else 2)
    job.stop()
    assert not due(stores[0])
    assert found(stores[0], "later") == ([] if change == "deletion" else ["card"])
    assert "other" in found(stores[0], "earlier")
    assert ("card" in found(stores[0], "earlier")) is (change == "tags")
    assert faults(stores[0]) == []


@pytest.mark.parametrize("change", ["content", "deletion"])
def test_a_word_that_a_changed_card_had_too_is_offered_for_a_near_one(stores: list[Store], change: str) -> None:
    """The card that changes comes first, and the other process names its word for it alone."""
    make(stores[0], "other", "confidential")
    make(stores[0], "card", "confidential")
    job = WordsWorker(ChangedBetween(stores[0], CHANGES[change]), None, lambda: 0)
    job.run()
    job.stop()
    with stores[0].open_unit(ME, writes=False) as unit:
        assert unit.portfolio.near("confidentail", 3) == ["confidential"]


@pytest.mark.parametrize("change", ["content", "tags"])
def test_a_change_during_the_commit_of_words_makes_them_due_again(stores: list[Store], change: str) -> None:
    make(stores[0], "card", "earlier")
    texts = StoredTexts(stores[0])
    read = texts.read_due(ACCOUNTS[0], 10, None)
    began = threading.Event()

    def change_it() -> None:
        began.set()
        with stores[1].open_unit(ME) as unit:
            CHANGES[change](unit)

    with ThreadPoolExecutor(1) as pool:
        with stores[0].open_unit(ME) as unit:
            words = [find_words("card", read[0].content, {}, set())]
            assert unit.portfolio.store_words(read, words) == 1
            changing = pool.submit(change_it)
            began.wait()
        changing.result()
    assert due(stores[0])
    job = worker(stores[2])
    assert job.run() == 1
    job.stop()
    assert found(stores[0], "later") == ["card"]
    assert faults(stores[0]) == []


def test_one_process_of_a_home_folder_works_and_the_next_one_takes_over(stores: list[Store], tmp_path: Path) -> None:
    lock = tmp_path / "words.lock"
    first, second = (worker(store, lock_file=lock) for store in stores[:2])
    held = first.lock()
    assert held is not None
    assert held >= 0
    second.start()
    make(stores[0], "card", "earlier")
    assert second.lock() is None
    assert due(stores[0])
    os.close(held)
    wait_until(lambda: not due(stores[0]), "the second job did not take over")
    second.stop()
    first.stop()


def test_a_stop_ends_the_job_and_its_process_at_once(stores: list[Store], monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process never answers: it is stopped by a signal."""
    started: list[WordReader] = []

    class Frozen(WordReader):
        def send(self, texts: Sequence[DueText], *, begins: bool = False) -> None:
            del texts, begins
            started.append(self)
            os.kill(self.pid, signal.SIGSTOP)

    monkeypatch.setattr(words, "WordReader", Frozen)
    make(stores[0], "card", "earlier")
    job = worker(stores[0])
    job.start()
    wait_until(lambda: started, "the job did not start")
    job.stop()
    assert "words" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)
    assert due(stores[0])


def test_a_killed_process_is_an_error_and_the_words_stay_due(
    stores: list[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(WordReader):
        def send(self, texts: Sequence[DueText], *, begins: bool = False) -> None:
            os.kill(self.pid, signal.SIGKILL)
            self._process.wait()
            super().send(texts, begins=begins)

    make(stores[0], "card", "earlier")
    job = worker(stores[0])
    with monkeypatch.context() as patch:
        patch.setattr(words, "WordReader", Killed)
        with pytest.raises(ReaderEnded):
            job.run()
        job.stop()
    assert due(stores[0])
    later = worker(stores[0])
    assert later.run() == 1
    later.stop()


def test_the_job_pauses_while_requests_arrive(stores: list[Store], monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(70):
        make(stores[0], f"card-{number}", "earlier")
    answered = iter(range(0, 10_000, 5))
    pauses: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            pauses.append(timeout)
            return self.is_set()

    with monkeypatch.context() as patched:
        patched.setattr(threading, "Event", Stop)
        job = worker(stores[0], lambda: next(answered))
    assert job.run() == 70
    job.stop()
    assert len(pauses) == 3
    assert all(pause > 0 for pause in pauses)


def test_the_words_of_a_damaged_content_are_those_of_its_name() -> None:
    reader = WordReader()
    text = DueText("id", "fraud-2", "{", "{}", 0, (1, 1), {"team": "payments"})
    reader.send([text, text._replace(content='{"a": "deep"}')])
    found = reader.receive()
    assert [one.words for one in found] == ["fraud 2 team payments", "fraud 2 team payments deep"]
    assert found[1].content_digest == digest('{"a": "deep"}')
    reader.stop()
    with pytest.raises(ReaderEnded):
        reader.send([text])


def test_the_process_names_each_word_once_until_a_new_beginning() -> None:
    reader = WordReader()
    text = DueText("id", "fraud", '["deep", "sea"]', "{}", 0, (1, 1), {})
    for texts, begins, new in (
        ([text, text._replace(content='["deep", "well"]')], True, [["fraud", "deep", "sea"], ["well"]]),
        ([text], False, [[]]),
        ([text], True, [["fraud", "deep", "sea"]]),
    ):
        reader.send(texts, begins=begins)
        assert [found.new for found in reader.receive()] == new
    reader.stop()


def test_a_server_indexes_words_before_any_search(tmp_path: Path) -> None:
    with servers.running(tmp_path / "home", "--workers", "2") as server:
        client = server.client()
        for number in range(20):
            content = json.dumps({"intended_uses": {"purpose_of_model": f"word{number}"}})
            client.create_model_card(ModelCardName=f"card-{number}", Content=content, ModelCardStatus="Draft")
        store = open_existing_store(Settings(home=tmp_path / "home"))
        wait_until(lambda: not due(store), "the words are not indexed")
        assert found(store, "word13") == ["card-13"]
        store.close()
        assert server.stop() == 0
