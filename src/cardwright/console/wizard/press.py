"""A button of the wizard that was pressed, and why its action failed."""

from dataclasses import dataclass
from typing import NamedTuple

from werkzeug.datastructures import FileStorage, MultiDict


@dataclass(frozen=True, slots=True)
class Press:
    """The button that was pressed, with what its form posted.

    Attributes:
        verb, argument: the two parts of the button's value, such as ``remove`` and ``tags:2``.
    """

    verb: str
    argument: str
    posted: "MultiDict[str, str]"
    files: "MultiDict[str, FileStorage]"


class Problem(NamedTuple):
    """Why an action failed.

    Attributes:
        card: the name of a card that the message is about.
        title: what was not done; empty for what the step does.
    """

    words: str
    card: str | None = None
    title: str = ""
