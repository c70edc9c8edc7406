"""A store for each test, copied from a template: a migration runs once."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import migrate, open_store
from cardwright.settings import Settings
from cardwright.storage.store import Store
from cardwright.storage.unit import Unit

HERE = Scope("us-east-1", "111111111111")
ABROAD = Scope("us-east-1", "222222222222")
NOW = 1_800_000_000_000

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def actor(role: Role, user: str = "ana", scope: Scope = HERE) -> Actor:
    return Actor(scope, user, role, "203.0.113.1", "request")


class Verbs:
    """Runs actions as a caller, each in a unit of work of one store. ``now`` is the store's clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        store.clock = lambda: self.now

    def run(
        self,
        caller: Actor,
        verb: Callable[Concatenate[Unit, Arguments], Result],
        *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Result:
        with self.store.open_unit(caller) as unit:
            return verb(unit, *arguments, **options)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("actions") / "home"
    migrate(Settings(home=home))
    return home


@pytest.fixture
def verbs(template: Path, tmp_path: Path) -> Iterator[Verbs]:
    shutil.copytree(template, tmp_path / "home")
    store = open_store(Settings(home=tmp_path / "home"))
    yield Verbs(store)
    store.close()
