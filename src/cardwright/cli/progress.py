"""A progress bar with an estimate of the time that is left."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int], object]]:
    """Show a progress bar for the length of a block, if standard error is a terminal.

    Gives a function that takes how much is done.
    """
    if not sys.stderr.isatty():
        yield bool  # nothing is shown
        return
    with click.progressbar(length=max(total, 1), label=label, file=sys.stderr) as bar:

        def show(done: int) -> None:
            bar.update(done - bar.pos)

        yield show
