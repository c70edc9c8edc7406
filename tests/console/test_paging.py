"""People and access keys stand on pages of fifty, each once, whichever page is asked for."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from cardwright.actions.access_keys import create_key, revoke_key
from cardwright.app import open_existing_store
from cardwright.console.people import PAGE
from cardwright.console.query import position_text
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from tests import servers
from tests.console.team import ACCOUNT, add_users, settings_of, signed_in
from tests.console.visits import Visitor
from tests.servers import Server


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with 120 people, 110 keys that hold and 60 that were revoked."""
    home: Path = tmp_path_factory.mktemp("crowded")
    with servers.running(home, "--auth", "sigv4") as server:
        add_users(server, ana="admin", **{f"person-{number:03}": "viewer" for number in range(119)})
        store = open_existing_store(settings_of(server))
        with store.open_unit(Actor(Scope(store.region, ACCOUNT), "ana", Role.ADMIN)) as unit:
            made = [create_key(unit, f"program-{number:03}", Role.VIEWER) for number in range(170)]
            for key in made[:60]:
                revoke_key(unit, key.access_key_id)
        store.close()
        yield server


def pages(visitor: Visitor, path: str, row: str, part: str = "main") -> list[list[str]]:
    """What stands on each page, from the first to the last by its links."""
    found = []
    while path:
        answer = visitor.get(path)
        assert answer.status == 200
        text = answer.text[answer.text.index(part) :] if part != "main" else answer.text.split('id="revoked"')[0]
        found.append(re.findall(row, text))
        following = re.search(r'href="([^"]+)">Next page', text)
        path = following[1].replace("&amp;", "&").partition("#")[0] if following else ""
    return found


def test_people_stand_on_pages_by_name(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    found = pages(visitor, "/users", r'c-name c-first"><a href="/users/([^"]+)"')
    assert [len(page) for page in found] == [PAGE, PAGE, 20]
    assert list(chain(*found)) == ["ana", *(f"person-{number:03}" for number in range(119))]
    for odd in ("x", "bnVsbA", "WzFd", "%00", "W1tdXQ"):
        assert pages(visitor, f"/users?after={odd}", r'c-first"><a href="/users/([^"]+)"')[0] == found[0]


def test_keys_that_hold_and_revoked_ones_have_pages_of_their_own(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    active = pages(visitor, "/keys", r"<code>(AKCW[A-Z2-7]{16})</code>")
    revoked = pages(visitor, "/keys", r"<code>(AKCW[A-Z2-7]{16})</code>", 'id="revoked"')
    assert [len(page) for page in active] == [PAGE, PAGE, 10]
    assert [len(page) for page in revoked] == [PAGE, 10]
    assert len(set(chain(*active, *revoked))) == 170
    assert visitor.get("/keys?after=x&revoked=WzFd").status == 200
    first = visitor.get("/keys").text
    assert "<summary>Revoked keys</summary>" in first
    assert 'id="revoked" open' not in first


def test_a_page_behind_the_last_says_that_nothing_follows(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    oldest = position_text((1, "AKCW"))
    for path in (f"/users?after={position_text(('zzzzz',))}", f"/keys?after={oldest}", f"/keys?revoked={oldest}"):
        answer = visitor.get(path)
        assert (answer.status, answer.text.count("Nothing further"), "No access keys" in answer.text) == (200, 1, False)
        assert "First page" in answer.text


def test_the_role_of_somebody_beyond_the_first_page_is_changed_as_any_other(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    assert "is the only administrator" in visitor.get("/users/ana").text
    visitor.get("/users/person-118")
    assert visitor.post("/users/person-118/role", [("role", "admin")]).status == 200
    assert "is the only administrator" not in visitor.get("/users/ana").text
    assert visitor.post("/users/person-118/role", [("role", "viewer")]).status == 200
