"""What the pages are given: units of work for the person in front of them, and what they are told to show."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from flask import request

from cardwright.actions.unit import Unit
from cardwright.core.names import Scope
from cardwright.core.objects import Location
from cardwright.core.people import Actor, Role


class Units(Protocol):
    def __call__(self, actor: Actor, *, writes: bool) -> AbstractContextManager[Unit]:
        """Open a unit of work for a person. What it did has reached the disk when its block has ended."""


class Objects(Protocol):
    def get(self, at: Location, most: int | None = None) -> bytes | None:
        """An object's bytes; None when there is none. Raises ``ObjectRefused``."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page needs.

    Attributes:
        scope: the account and region that the console shows.
        user: who sits in front of it.
        now: milliseconds since the epoch.
        objects: where ``s3://`` addresses are read: the object store that the server is configured with.
        on_export_job: called when an export job was asked for.
    """

    open_unit: Units
    scope: Scope
    user: str
    now: Callable[[], int]
    secret: bytes
    version: str
    objects: Objects
    on_export_job: Callable[[], None]

    def actor(self) -> Actor:
        """The person, as the audit chain will remember the request."""
        environ = request.environ
        source, request_id = environ.get("cardwright.source", ""), environ.get("cardwright.request_id", "")
        actor = Actor(self.scope, self.user, Role.ADMIN, source, request_id)
        environ["cardwright.actor"] = actor
        return actor

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        with self.open_unit(self.actor(), writes=False) as unit:
            yield unit

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        with self.open_unit(self.actor(), writes=True) as unit:
            yield unit
