"""What an approval lacks. ``str`` gives the words of the API; the console has words of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from cardwright.core.policy.approval import Requirement


@dataclass(frozen=True, slots=True)
class LackingApprovals:
    """Approvals that a requirement of a policy needs besides those that count."""

    requirement: Requirement
    count: int

    def __str__(self) -> str:
        one = self.requirement
        who = f"the role {one.role}" if one.reviewers is None else f"the group {one.reviewers}"
        independent = ", independent of the authors since the last approved version and of the person who asked"
        noun = "approval" if self.count == 1 else "approvals"
        return f"{self.count} {noun} from {who}{independent if one.independent else ''}"


@dataclass(frozen=True, slots=True)
class LackingPerson:
    """A person who approves: the caller is a program."""

    user: str

    def __str__(self) -> str:
        return f"a person who approves: {self.user} is not a person of the account, and programs do not count"


@dataclass(frozen=True, slots=True)
class RequestedChanges:
    """A request for changes that counts."""

    user: str

    def __str__(self) -> str:
        return f"{self.user} requested changes"


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding that blocks an approval."""

    finding_id: str
    severity: str
    title: str
    state: str

    def __str__(self) -> str:
        return f"the {self.severity} finding {self.title!r} ({self.finding_id}) is {self.state}"


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A required check that fails, with the message of its result where that is known."""

    rule: str
    message: str = ""

    def __str__(self) -> str:
        return f"the check {self.rule} fails{self.message and f': {self.message}'}"


Lack = LackingApprovals | LackingPerson | RequestedChanges | OpenFinding | FailedCheck


def in_words(lacks: Iterable[Lack]) -> tuple[str, ...]:
    """Return what an approval lacks in the words of the API, one part each."""
    return tuple(map(str, lacks))
