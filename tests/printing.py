"""A printer for tests, fast and obedient, and `cardwright` with it: `python -m tests.printing serve ...`.

A card's purpose makes the printer print slowly, fail, or take its whole process down.
"""

import json
import os
import sys
import time
from typing import Any

from cardwright.cli import main
from cardwright.core.errors import CardwrightError
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard
from cardwright.server import app

PROGRAM = (sys.executable, "-m", "tests.printing")


class PlainPrinter:
    """Prints name, version, status and content."""

    engine = "plain 1"

    def __call__(self, record: CardRecord) -> RenderedCard:
        document: Any = json.loads(record.content)
        word, _, number = document.get("intended_uses", {}).get("purpose_of_model", "").partition(" ")
        if word == "slow":
            time.sleep(float(number))
        elif word == "refuse":
            raise CardwrightError("U+1F600 cannot be drawn: install the extra cardwright[fonts]")
        elif word == "fail":
            raise KeyError(record.content)
        elif word == "die":
            os._exit(9)
        return RenderedCard(f"%PDF- {record.name} {record.version} {record.status} {record.content}".encode())


def purpose(text: str) -> str:
    """Return content whose purpose controls the printer."""
    return json.dumps({"intended_uses": {"purpose_of_model": text}})


if __name__ in {"__main__", "__mp_main__"}:  # here alone: tests that import this module print as ever
    app.open_printer = PlainPrinter

if __name__ == "__main__":
    main()
