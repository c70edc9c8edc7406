"""Finds the words of cards in a process of its own, with a low priority.

The words of a card take a quarter of a millisecond, which the requests of a server would wait for. The process has no
database. It ends when its server ends, because its standard input then closes.
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from cardwright.core.indexed_words import FoundWords
from cardwright.storage.card_texts import DueText

_KNOWN = 200_000  # words that the process remembers
_LEAST_URGENT = 19  # nice value: it works when nothing else does


class ReaderEnded(Exception):
    """The process ended, or was stopped, without a result."""


class WordReader:
    """A process that finds words. One thread sends and receives; any thread may stop it.

    Raises:
        ReaderEnded: the process cannot be started.
    """

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this module
                [sys.executable, "-P", "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        except OSError as error:
            raise ReaderEnded(str(error.strerror)) from error

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, texts: Sequence[DueText], *, begins: bool = False) -> None:
        """Ask for the words of cards.

        Args:
            begins: the process forgets the words of earlier cards, and names all words of these as new.

        Raises:
            ReaderEnded: the process cannot be reached.
        """
        assert self._process.stdin is not None  # noqa: S101 - a pipe
        try:
            _write(self._process.stdin, (begins, [(text.name, text.content, dict(text.tags)) for text in texts]))
        except (OSError, ValueError) as error:
            raise ReaderEnded from error

    def receive(self) -> list[FoundWords]:
        """Return the words of the cards that were sent first. Raises :class:`ReaderEnded`."""
        assert self._process.stdout is not None  # noqa: S101 - a pipe
        try:
            words: list[FoundWords] = _read(self._process.stdout)
        except (EOFError, pickle.UnpicklingError, ValueError) as error:  # ended, or closed by stop
            raise ReaderEnded from error
        return words

    def stop(self) -> None:
        """End the process at once; a thread that waits for it gets :class:`ReaderEnded`."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not sent yet
                    pipe.close()


def main() -> None:
    """Answer each list of cards on standard input with a list of their words."""
    from cardwright.core.indexed_words import find_words

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group, and the server stops this process
    os.nice(_LEAST_URGENT)
    gc.disable()  # parsed contents have no cycles
    known: set[str] = set()
    with suppress(EOFError):
        while True:
            begins: bool
            cards: list[tuple[str, str, Mapping[str, str]]]
            begins, cards = _read(sys.stdin.buffer)
            if begins or len(known) > _KNOWN:
                known.clear()
            _write(sys.stdout.buffer, [find_words(*card, known) for card in cards])


def _write(pipe: IO[bytes], message: Any) -> None:
    # A third of the time of JSON, which escapes the quotes of contents.
    pickle.dump(message, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Any:
    return pickle.load(pipe)  # noqa: S301 - this program wrote it


if __name__ == "__main__":
    main()
