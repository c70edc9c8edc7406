"""What can be wrong with a request, as the domain sees it.

    CardwrightError
    ├── Invalid              the request cannot be meant that way
    │   └── ContentInvalid   card content breaks the content schema (carries every violation)
    ├── NotFound             no such card, version, job ...
    │   └── CardMissing      no such card, or it has no such version (carries both)
    ├── Conflict             the name, the model or the state is taken
    │   ├── InUse            a job has that name already
    │   ├── CardOutdated     the card has a newer version than the one that was changed
    │   └── CardMoved        the card has another status than the one that was seen
    ├── Denied               this caller may not do that (carries the role that may, where one may)
    │   └── BucketHeld       the bucket is another account's, or was given to none and has to be
    ├── NotSignedIn          name and password do not go together
    ├── TryLater             too much was tried, or is going on (carries the seconds to wait)
    ├── LimitExceeded        a documented limit is reached
    ├── ObjectRefused        a file cannot be read from or written to its bucket
    │   └── ObjectsAway      the object store does not answer now; the request may be sent again
    ├── PrintingFailed       a document could not be made, through no fault of the request
    ├── ExtraMissing         what it takes is not installed; the message names the extra
    │   ├── PdfExtraMissing  the printer of PDF
    │   └── ScikitLearnMissing
    └── Unavailable          the store cannot answer now; the request may be sent again

Rooms add those of their own nouns below these: ``core.draft``, ``storage.opening``, ``storage.integrity.backup``.

Each face translates these with one table (``aws/errors.py`` for the SageMaker wire). A message is one sentence
for the person who made the request; it never holds card content.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class CardwrightError(Exception):
    """Base of everything Cardwright raises on purpose."""

    @property
    def message(self) -> str:
        return str(self)


class Invalid(CardwrightError):
    """A value is wrong, or the request does not fit the state of what it names."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where content breaks the schema.

    Attributes:
        path: dotted path with array indexes, such as ``evaluation_details.0.name``; ``(root)`` for the document.
        description: what the schema wants there; built from the rule, never from the value.
    """

    path: str
    description: str

    def __str__(self) -> str:
        return f"{self.path}: {self.description}"


class ContentInvalid(Invalid):
    """Card content breaks the content schema. All violations are listed, in document order."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("The document is not valid " + "; ".join(map(str, self.violations)))


class NotFound(CardwrightError):
    """What the request names does not exist."""


class CardMissing(NotFound):
    """There is no card of that name, or it has no such version."""

    def __init__(self, name: str, version: int | None = None) -> None:
        which = name if version is None else f"with name {name} and version: {version}"
        super().__init__(f"Modelcard {which} does not exist{'.' if version is None else ''}")
        self.name = name
        self.version = version


class Conflict(CardwrightError):
    """The name is taken, the model has a card already, or others depend on what is to go."""


class InUse(Conflict):
    """A job has that name already; names of jobs are used once."""


class CardOutdated(Conflict):
    """The card has a newer version than the one that was changed."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"Modelcard {name} has version {version} by now")
        self.version = version


class CardMoved(Conflict):
    """The card has another status than the one that the caller saw."""

    def __init__(self, name: str, status: str) -> None:
        super().__init__(f"Modelcard {name} is {status} by now")
        self.status = status


class Denied(CardwrightError):
    """The caller is known, and may not do this.

    Attributes:
        role: the least role that may; None where none may.
    """

    def __init__(self, message: str, role: str | None = None) -> None:
        super().__init__(message)
        self.role = role


class BucketHeld(Denied):
    """The bucket is another account's, which one's is nobody's business; or it was given to none and has to be."""


class NotSignedIn(CardwrightError):
    """Name and password do not go together. Which of the two is wrong is nobody's business."""


class TryLater(CardwrightError):
    """Too much was tried, or is going on. It may be tried again after so many ``seconds``."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class LimitExceeded(CardwrightError):
    """The request would go beyond a documented limit."""


class ObjectRefused(CardwrightError):
    """A bucket does not take or give an object: it is missing, closed, full or out of reach. The message says which."""


class ObjectsAway(ObjectRefused):
    """The object store does not answer, or answers that it cannot serve the request at the moment."""


class PrintingFailed(CardwrightError):
    """A printer could not make the document; the fault is ours or the machine's."""


class ExtraMissing(CardwrightError):
    """An extra of the package is not installed. The message says how to install it."""


class PdfExtraMissing(ExtraMissing):
    """The packages that print PDF are not installed, here or on the server that prints."""

    def __init__(self, sentence: str = "PDF needs the package typst. Install it with: pip install 'cardwright[pdf]'"):
        super().__init__(sentence)


class ScikitLearnMissing(ExtraMissing, ImportError):
    """scikit-learn is not installed."""

    def __init__(self) -> None:
        super().__init__('scikit-learn is needed for this: pip install "cardwright[scikit-learn]"')


class Unavailable(CardwrightError):
    """The store cannot be read or written at the moment."""
