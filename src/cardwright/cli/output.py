"""The place that a command writes to: a file or standard output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cardwright.client.files import whole_file
from cardwright.core.errors import CardwrightError

STANDARD_OUTPUT = "-"


@contextmanager
def written_to(output: str) -> Iterator[BinaryIO]:
    """Yield the file to write to, or standard output for ``-``. A file appears when the block ends without a fault.

    Raises:
        CardwrightError: the file cannot be written.
    """
    if output == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with whole_file(Path(output)) as file:
            yield file
    except OSError as error:
        raise CardwrightError(f"{output} cannot be written: {error.strerror}") from None
