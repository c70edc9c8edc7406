"""Errors of the domain.

    CardwrightError
    ├── Invalid              a value of the request is wrong
    │   ├── DateRefused      a date is not allowed (carries the member of the request, and the problem)
    │   ├── CardArchived     the card is Archived, and the request changes or reviews its content
    │   ├── ContentInvalid   card content violates the content schema (carries every violation)
    │   └── PolicyInvalid    a policy file has a mistake (carries line, column and what would be right)
    ├── NotFound             no such card, version, job ...
    │   ├── CardMissing      no such card, or it has no such version (carries both)
    │   └── PartMissing      a card has no such review, finding, decision or comment
    ├── Conflict             the name, the model or the state is taken
    │   ├── InUse            a job has that name already
    │   ├── CardExists       a card has that name already
    │   ├── CardOutdated     the card has a newer version than the caller's
    │   └── CardMoved        the card has another status than the caller saw
    ├── Denied               the caller may not do this (carries the role that may, if any)
    │   └── BucketHeld       another account owns the bucket, or it must be assigned first
    ├── NotSignedIn          wrong user name or password
    ├── TryLater             a rate limit or a concurrency limit is reached (carries the seconds to wait)
    ├── LimitExceeded        a documented limit is reached
    ├── ObjectRefused        a file cannot be read from or written to its bucket
    │   └── ObjectsAway      the object store does not answer now; the request can be repeated
    ├── PrintingFailed       a document could not be printed; the request is valid
    ├── ExtraMissing         a package is not installed; the message names the extra
    │   ├── PdfExtraMissing  the PDF printer
    │   └── ScikitLearnMissing
    └── Unavailable          the store cannot answer now; the request can be repeated

Other modules define errors of their own nouns below these, such as ``core.draft`` and ``storage.opening``.

Each interface translates these errors with one table (``aws/errors.py`` for the SageMaker wire). A message is one
sentence for the sender of the request; it never contains card content.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class CardwrightError(Exception):
    """Base class of all errors that Cardwright raises deliberately."""

    @property
    def message(self) -> str:
        return str(self)


class Invalid(CardwrightError):
    """A value is wrong, or the request does not fit the state of its subject."""


class DateRefused(Invalid):
    """A date is not allowed.

    Attributes:
        member: the member of the request, such as ``ReviewBy``.
        problem: what is wrong with it, the rest of the sentence.
    """

    def __init__(self, member: str, problem: str) -> None:
        super().__init__(f"{member} {problem}")
        self.member, self.problem = member, problem


class CardArchived(Invalid):
    """The card is Archived, and the request changes or reviews its content."""

    def __init__(self, consequence: str) -> None:
        super().__init__(f"Model Card is in Archived state: {consequence}")


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where content violates the schema.

    Attributes:
        path: dotted path with array indexes, such as ``evaluation_details.0.name``; ``(root)`` for the document.
        description: the rule of the schema there; built from the rule, never from the value.
    """

    path: str
    description: str

    def __str__(self) -> str:
        return f"{self.path}: {self.description}"


class ContentInvalid(Invalid):
    """Card content violates the content schema. All violations are listed, in document order."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("The document is not valid " + "; ".join(map(str, self.violations)))


class PolicyInvalid(Invalid):
    """A policy file has a mistake.

    Attributes:
        line, column: where the mistake is; both count from 1.
        fault: what is wrong.
        remedy: what would be right.
    """

    def __init__(self, fault: str, remedy: str, *, line: int, column: int) -> None:
        super().__init__(f"Line {line}, column {column}: {fault}. {remedy}.")
        self.fault, self.remedy = fault, remedy
        self.line, self.column = line, column


class NotFound(CardwrightError):
    """The subject of the request does not exist."""


class CardMissing(NotFound):
    """The card does not exist, or it has no such version."""

    def __init__(self, name: str, version: int | None = None) -> None:
        which = name if version is None else f"with name {name} and version: {version}"
        super().__init__(f"Modelcard {which} does not exist{'.' if version is None else ''}")
        self.name = name
        self.version = version


class PartMissing(NotFound):
    """A card has no such review, finding, decision or comment. ``part`` says which."""

    def __init__(self, card: str, part: str) -> None:
        super().__init__(f"Modelcard {card} has no {part}")
        self.card, self.part = card, part


class Conflict(CardwrightError):
    """The name is taken, the model has a card already, or other records depend on the subject."""


class InUse(Conflict):
    """A job has that name already; job names cannot be reused."""


class CardExists(Conflict):
    """A card has that name already. ``remedy`` is what the caller can do, a sentence part."""

    def __init__(self, name: str, remedy: str = "") -> None:
        super().__init__(f"Modelcard {name} already exists{remedy and f': {remedy}'}")
        self.name, self.remedy = name, remedy


class CardOutdated(Conflict):
    """The card has a newer version than the one that the caller changed."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"Modelcard {name} has version {version} by now")
        self.version = version


class CardMoved(Conflict):
    """The card has another status than the caller saw."""

    def __init__(self, name: str, status: str) -> None:
        super().__init__(f"Modelcard {name} is {status} by now")
        self.status = status


class Denied(CardwrightError):
    """The caller is known, and may not do this.

    Attributes:
        role: the lowest role that may; None where no role may.
        reason: why; its ``str`` is a part of the message: see :mod:`cardwright.core.refusals`.
    """

    def __init__(self, message: str, role: str | None = None, reason: object = None) -> None:
        super().__init__(message)
        self.role = role
        self.reason = message if reason is None else reason


class BucketHeld(Denied):
    """Another account owns the bucket (the error does not name it), or the bucket must be assigned first."""


class NotSignedIn(CardwrightError):
    """User name or password is wrong. The error does not say which of the two."""


class TryLater(CardwrightError):
    """A rate limit or a concurrency limit is reached. The caller may retry after ``seconds``."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class LimitExceeded(CardwrightError):
    """The request would go beyond a documented limit."""


class ObjectRefused(CardwrightError):
    """A bucket refuses to read or write an object: it is missing, closed, full or unreachable. The message says
    which."""


class ObjectsAway(ObjectRefused):
    """The object store does not answer, or reports that it cannot serve the request now."""


class PrintingFailed(CardwrightError):
    """A printer could not make the document; the fault is in Cardwright or in the machine."""


class ExtraMissing(CardwrightError):
    """An extra of the package is not installed. The message says how to install it."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython and Jupyter show in place of a traceback: the message alone."""
        return [str(self)]


class PdfExtraMissing(ExtraMissing):
    """The packages for PDF are not installed, here or on the server."""

    def __init__(self, sentence: str = "PDF needs the package typst. Install it with: pip install 'cardwright[pdf]'"):
        super().__init__(sentence)


class ScikitLearnMissing(ExtraMissing, ImportError):
    """scikit-learn is not installed."""

    def __init__(self) -> None:
        super().__init__('This needs scikit-learn: pip install "cardwright[scikit-learn]"')


class Unavailable(CardwrightError):
    """The store cannot be read or written now."""
