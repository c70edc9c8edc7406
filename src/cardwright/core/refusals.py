"""Why a caller may not do something, where the console has words of its own. ``str`` gives the words of the API.

A reason with one wording for both is a text. What a policy asks of approvers is in ``core.policy.requirements``.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RoleTooLow:
    """The caller's role does not include the role that the action needs."""

    role: str
    needed: str

    def __str__(self) -> str:
        return f"the role {self.role} does not include {self.needed}"


@dataclass(frozen=True, slots=True)
class RoleMayNot:
    """The caller's role does not allow a value, such as ``set ModelCardStatus Approved``."""

    role: str
    needed: str
    what: str

    def __str__(self) -> str:
        return f"the role {self.role} may not {self.what}"


@dataclass(frozen=True, slots=True)
class StaysApproved:
    """New content would stay Approved, or be archived: without a policy because of a role.

    Attributes:
        policy: the name of the review policy; None without one.
    """

    policy: str | None
    role: str

    def __str__(self) -> str:
        status = "ModelCardStatus Draft or PendingReview"
        if self.policy is None:
            return f"the card is Approved and the role {self.role} changes its content only together with {status}"
        return (
            f"the card is Approved under the review policy {self.policy}: its content changes only together with"
            f" {status}"
        )


class Part(StrEnum):
    """What a person did that another one has to judge."""

    OWNER = "owner"
    AUTHOR = "author"
    REQUESTER = "requester"


@dataclass(frozen=True, slots=True)
class TookPart:
    """The caller took part in what another person has to judge.

    Attributes:
        subject: what the person owns or asked for, such as ``this high finding``; empty for the card.
        instead: the people who can, a sentence part; empty if the rest says it.
    """

    user: str
    part: Part
    subject: str = ""
    instead: str = ""

    def __str__(self) -> str:
        did = {
            Part.OWNER: f"is or was the owner of {self.subject}",
            Part.AUTHOR: "wrote the card since its last approved version",
            Part.REQUESTER: f"asked for {self.subject}",
        }
        return f"{self.user} {did[self.part]}{self.instead and f': {self.instead}'}"
