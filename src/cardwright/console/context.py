"""What the pages are given: units of work for the person in front of them, and what they are told to show."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from flask import g, request

from cardwright.core.names import Scope
from cardwright.core.objects import Location
from cardwright.core.passwords import Passwords
from cardwright.core.people import Actor, Role
from cardwright.core.sessions import Lifetimes, Session
from cardwright.http import REQUEST_KEY, Request
from cardwright.storage.unit import Unit


def http_request() -> Request:
    """The request that Flask handles, as the server received it."""
    served: Request = request.environ[REQUEST_KEY]
    return served


class Units(Protocol):
    def __call__(self, actor: Actor, *, writes: bool) -> AbstractContextManager[Unit]:
        """Open a unit of work for a person. What it did has reached the disk when its block has ended."""


class Objects(Protocol):
    def get(self, at: Location, limit: int | None = None) -> bytes | None:
        """An object's bytes; None when there is none. Raises ``ObjectRefused``."""


class Person(NamedTuple):
    """Who sits in front of a page: within an account, with a role, and by a session where people sign in."""

    scope: Scope
    user: str
    role: Role
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """How people sign in.

    Attributes:
        accounts: the accounts that anybody can sign in to, at most so many.
        secret_of: the secret of an access key, by its identifier.
    """

    passwords: Passwords
    lifetimes: Lifetimes
    accounts: Callable[[int], list[str]]
    secret_of: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page needs.

    Attributes:
        region: that of the store.
        local: the person who sits at this machine, where nobody signs in.
        sign_in: how people sign in, where they do.
        now: milliseconds since the epoch.
        objects: where ``s3://`` addresses are read: the object store that the server is configured with.
        on_export_job: called when an export job was asked for.
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
        """Who asks for this page; every page but those for signing in is shown to somebody."""
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
        """The person, as the audit chain will remember the request."""
        person = self.person
        return self.actor_named(person.scope, person.user, person.role)

    def actor_named(self, scope: Scope, user: str, role: Role) -> Actor:
        """Somebody, as whom this request is made."""
        served = http_request()
        served.account, served.user = scope.account, user
        return Actor(scope, user, role, served.source, served.request_id)

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        with self.open_unit(self.actor(), writes=False) as unit:
            yield unit

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        with self.open_unit(self.actor(), writes=True) as unit:
            yield unit
