"""Callers and their roles."""

from enum import StrEnum
from typing import NamedTuple, NoReturn

from cardwright.core.errors import Denied
from cardwright.core.names import Scope
from cardwright.core.refusals import RoleTooLow


class Role(StrEnum):
    """The rights of a caller; each role includes the ones before it."""

    VIEWER = "viewer"
    """Reads."""
    AUTHOR = "author"
    """Writes cards and tags; sets Draft, PendingReview and Archived."""
    APPROVER = "approver"
    """Sets Approved, and changes Approved cards."""
    ADMIN = "admin"
    """Manages users and access keys."""

    def includes(self, other: "Role") -> bool:
        return _RANKS[self] >= _RANKS[other]


_RANKS = {role: rank for rank, role in enumerate(Role)}


class Interface(StrEnum):
    """The interface that a caller uses, as the audit log shows it."""

    API = "api"
    CONSOLE = "console"
    EMBEDDED = "embedded"
    """The SDK or a command, on a store that the process opens itself."""
    COMMAND_LINE = "command line"
    """A command for a store, such as ``cardwright user``."""
    WORKER = "worker"
    """A background job."""


class Actor(NamedTuple):
    """The caller of one request, as the audit chain records it.

    Attributes:
        scope: the account and region of the request.
        user: the caller's name within the account.
        role: the caller's role.
        source: the network address of the request.
        request_id: the id that the response has in ``x-amzn-requestid``.
        interface: the interface of the request; None when it is unknown.
        authenticated: whether a signature or a session proves the name. Only then can the caller be a person.
    """

    scope: Scope
    user: str
    role: Role
    source: str = ""
    request_id: str = ""
    interface: Interface | None = None
    authenticated: bool = False

    def require(self, role: Role, action: str, resource: str) -> None:
        """Raise :class:`Denied`, in IAM's words, unless the caller's role includes ``role``."""
        if self.role is not role and not self.role.includes(role):
            self.deny(action, resource, RoleTooLow(self.role, role), role)

    def deny(self, action: str, resource: str, because: object, role: Role | None = None) -> NoReturn:
        """Raise :class:`Denied`: ``action`` (such as ``UpdateModelCard``) needs at least ``role``, if any role may.

        Args:
            because: a text, or a reason of :mod:`cardwright.core.refusals`.
        """
        raise Denied(self.refusal(action, resource, because), role, because)

    def refusal(self, action: str, resource: str, because: object) -> str:
        """Return the message of a refusal in IAM's words."""
        return (
            f"User: {self.scope.user_arn(self.user)} is not authorized to perform: sagemaker:{action}"
            f" on resource: {resource} because {because}"
        )
