"""The index job: puts the words of new and changed cards into the search index, in the background.

Every process of a server starts it. A lock on a file in the home folder lets one of them work; when that one ends,
another takes over. Servers with other home folders may work on the same database: each card is looked at again when
its words are stored, so that they are stored once, and never those of a former content.

The job works in batches. Another process finds the words (:mod:`jobs.word_reader`) while this one stores those of
the batch before. While requests arrive, it stores small parts of a batch, and pauses so long that it takes a twentieth
of the time.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from cardwright.core.errors import CardwrightError
from cardwright.core.indexed_words import FoundWords
from cardwright.jobs.word_reader import ReaderEnded, WordReader
from cardwright.storage.card_texts import DueText

POLL_SECONDS = 1.0
"""Seconds between two looks for unindexed words."""

_BATCH = 256  # cards that one commit stores while no requests arrive: the first writer then waits up to 60 ms
_BATCH_SIZE = 4_000_000  # characters of contents in memory
_BUSY_BATCH = 32  # while requests arrive: other writers wait a few milliseconds
_SHARE = 19  # seconds of pause for each second of work, while requests arrive
_FEW = 2  # requests between two commits that count as none: probes
_AFTER_FAULT = 30.0  # seconds
_STOP_SECONDS = 10

log = logging.getLogger(__name__)


class Texts(Protocol):
    """The due cards of a store. Each method is a unit of work, and raises ``Unavailable``."""

    def due_account(self, after: str) -> str | None:
        """Return the first account after another one that has unindexed words."""

    def read_due(self, account: str, limit: int, before: str | None) -> list[DueText]:
        """Return some cards with unindexed words, in the order of their identifiers from the last one."""

    def store_words(self, account: str, read: Sequence[DueText], words: Sequence[FoundWords]) -> int:
        """Store the words of cards that have not changed. They are on disk at the end. Returns their number."""


class WordsWorker:
    """Indexes the words of one store.

    Args:
        texts: the cards.
        lock_file: locked by the process that works; None without other processes.
        requests: returns the number of requests that this process has answered.
    """

    def __init__(self, texts: Texts, lock_file: Path | None, requests: Callable[[], int]) -> None:
        self._texts = texts
        self._lock_file = lock_file
        self._requests = requests
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._reader: WordReader | None = None
        self._guard = threading.Lock()  # of the reader, which another thread stops

    def start(self) -> None:
        """Run in a thread until :meth:`stop`. Call this after a fork, not before."""
        self._thread = threading.Thread(target=self._work, name="words", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the job at once: a batch that is being stored is finished, others stay due."""
        self._stop.set()
        self._end_reader()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def run(self) -> int:
        """Index all unindexed words. Returns the number of cards that this call indexed.

        Raises:
            Unavailable: the database cannot be read or written.
            ReaderEnded: the other process ended.
        """
        indexed, account = 0, ""
        while not self._stop.is_set():
            due = self._texts.due_account(account)
            if due is not None:
                indexed += self._account(due)
                account = due
            elif account:  # from the first account again: cards changed in between
                account = ""
                if not self._texts.due_account(""):
                    break
            else:
                break
        return indexed

    def _account(self, account: str) -> int:
        """Index the words of one account, the newest cards first."""
        indexed = 0
        batches, pace = self._batches(account), _Pace(self._requests, self._stop)
        batch = next(batches, None)
        if batch is not None:
            self._started_reader().send(batch, begins=True)
        while batch is not None and not self._stop.is_set():
            following = next(batches, None)  # before the other process waits for it
            words = self._started_reader().receive()
            # One batch at a time: with two, each process could wait for the other to empty its pipe.
            if following is not None:
                self._started_reader().send(following)
            indexed += self._store(account, batch, words, pace)
            batch = following
        return indexed

    def _store(self, account: str, batch: Sequence[DueText], words: Sequence[FoundWords], pace: "_Pace") -> int:
        """Store the words of a batch: in one commit, or in small ones with pauses while requests arrive."""
        indexed = first = 0
        while first < len(batch) and not self._stop.is_set():
            end = first + (_BUSY_BATCH if pace.busy else _BATCH)
            storing = time.monotonic()
            indexed += self._texts.store_words(account, batch[first:end], words[first:end])
            stored = time.monotonic() - storing
            pace.rest(stored)
            first = end
        return indexed

    def _batches(self, account: str) -> Iterator[list[DueText]]:
        before, limit = None, _BUSY_BATCH
        while batch := self._texts.read_due(account, limit, before):
            yield batch
            before = batch[-1].card_id
            size = sum(len(text.content) for text in batch) // len(batch)
            limit = min(_BATCH, max(_BUSY_BATCH, _BATCH_SIZE // max(1, size)))

    def _work(self) -> None:
        while not self._stop.is_set():
            lock = self.lock()
            try:
                while lock is not None and not self._stop.is_set():
                    self._index()
                    self._stop.wait(POLL_SECONDS)
            finally:
                if lock is not None and lock >= 0:
                    os.close(lock)
            self._stop.wait(POLL_SECONDS)

    def _index(self) -> None:
        try:
            if self._texts.due_account("") is not None:
                began = time.monotonic()
                indexed = self.run()
                fields = {"cards": indexed, "seconds": round(time.monotonic() - began, 1)}
                log.debug("words indexed", extra={"fields": fields})
        except ReaderEnded:
            if not self._stop.is_set():
                log.warning("the process that finds words ended; it starts again in %d seconds", _AFTER_FAULT)
                self._stop.wait(_AFTER_FAULT)
        except CardwrightError as error:
            log.warning("words wait for the search index: %s", error)
            self._stop.wait(_AFTER_FAULT)
        except Exception:
            log.exception("words wait for the search index")
            self._stop.wait(_AFTER_FAULT)
        finally:
            self._end_reader()

    def _started_reader(self) -> WordReader:
        with self._guard:
            if self._stop.is_set():
                raise ReaderEnded
            if self._reader is None:
                self._reader = WordReader()
            return self._reader

    def _end_reader(self) -> None:
        with self._guard:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop()

    def lock(self) -> int | None:
        """Lock the file. Returns its descriptor, -1 without a file, or None while another process holds the lock."""
        if self._lock_file is None:
            return -1
        try:
            descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return -1  # a folder for reading only: another process may do the same work, which is stored once
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor


class _Pace:
    """How fast the job works: without a pause, or a twentieth of the time while requests arrive.

    Attributes:
        busy: whether requests arrived during the last work. True at first.

    Args:
        requests: returns the number of requests that the server has answered.
        stop: ends a pause.
    """

    def __init__(self, requests: Callable[[], int], stop: threading.Event) -> None:
        self._requests = requests
        self._stop = stop
        self.busy = True
        self._begin()

    def _begin(self) -> None:
        self._began, self._answered = time.thread_time(), self._requests()

    def rest(self, stored: float) -> None:
        """Wait after a commit that took so many seconds, if requests arrived since the last call."""
        self.busy = self._requests() - self._answered > _FEW
        if self.busy:
            self._stop.wait(_SHARE * max(time.thread_time() - self._began, stored))
        self._begin()
