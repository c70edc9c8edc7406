"""What every page needs: units of work for its user, and the console's configuration."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from flask import Flask, current_app, g, request

from cardwright.core.names import Scope
from cardwright.core.passwords import Passwords
from cardwright.core.people import Actor, Interface, Role
from cardwright.core.sessions import Lifetimes, Session
from cardwright.http import REQUEST_KEY, Request
from cardwright.objects.stores import Objects
from cardwright.storage.unit import Unit

MAX_UPLOAD = 50_000_000
"""Bytes of one report or card that is uploaded."""

_EXTENSION = "cardwright"  # the key of the context among Flask's extensions
_KEPT = "cardwright.kept"  # the key of what the application keeps
_T = TypeVar("_T")


def http_request() -> Request:
    """The request that Flask handles, as the server received it."""
    served: Request = request.environ[REQUEST_KEY]
    return served


class Units(Protocol):
    def __call__(self, actor: Actor, *, writes: bool) -> AbstractContextManager[Unit]:
        """Opens a unit of work for a user. Its changes are on disk when its block has ended."""


class Person(NamedTuple):
    """The user of a page, with account, role and, where users sign in, the session."""

    scope: Scope
    user: str
    role: Role
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """How users sign in.

    Attributes:
        accounts: at most that many of the accounts that have users.
        secret_of: the secret of an access key, by its identifier.
    """

    passwords: Passwords
    lifetimes: Lifetimes
    accounts: Callable[[int], list[str]]
    secret_of: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PageContext:
    """What every page needs.

    Attributes:
        region: the region of the store.
        local: the user of every page where sign-in is off.
        sign_in: how users sign in; None where sign-in is off.
        now: milliseconds since the epoch.
        objects: the configured object store, for ``s3://`` addresses and files of evidence.
        on_export_job: called when an export job was created.
    """

    open_unit: Units
    region: str
    local: Person | None
    sign_in: SignIn | None
    now: Callable[[], int]
    secret: bytes
    version: str
    objects: Objects
    on_export_job: Callable[[], None]

    @property
    def person(self) -> Person:
        """The user of this page. Only the sign-in pages have none."""
        person: Person = g.person
        return person

    @property
    def scope(self) -> Scope:
        """The account and region that this page shows."""
        return self.person.scope

    @property
    def user(self) -> str:
        return self.person.user

    def actor(self) -> Actor:
        """The user, as the audit chain records the request."""
        person = self.person
        actor = self.actor_named(person.scope, person.user, person.role)
        return actor._replace(authenticated=self.sign_in is not None)

    def actor_named(self, scope: Scope, user: str, role: Role) -> Actor:
        """The named user as the actor of this request."""
        served = http_request()
        served.account, served.user = scope.account, user
        return Actor(scope, user, role, served.source, served.request_id, Interface.CONSOLE)

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        with self.open_unit(self.actor(), writes=False) as unit:
            yield unit

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        with self.open_unit(self.actor(), writes=True) as unit:
            yield unit


def keep_context(app: Flask, context: PageContext) -> None:
    """Stores the context with the application, for :func:`page_context`."""
    app.extensions[_EXTENSION], app.extensions[_KEPT] = context, {}


def page_context() -> PageContext:
    """The context of the application that serves this request."""
    context: PageContext = current_app.extensions[_EXTENSION]
    return context


def page_sign_in() -> SignIn:
    """How users sign in, for pages that exist with sign-in only."""
    sign_in = page_context().sign_in
    if sign_in is None:
        raise LookupError("sign-in is off")
    return sign_in


def of_application(make: Callable[[PageContext], _T]) -> _T:
    """What an application makes once and keeps, such as a cache: ``make(context)`` at the first call."""
    kept: dict[Callable[[PageContext], _T], _T] = current_app.extensions[_KEPT]
    if make not in kept:
        kept.setdefault(make, make(page_context()))
    return kept[make]
