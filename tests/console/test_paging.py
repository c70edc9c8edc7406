"""Lists are split into pages, each row once, whichever page is asked for; and pages lead back as they lead on."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from cardwright.actions.access_keys import create_key, revoke_key
from cardwright.actions.cards import create_card, update_card
from cardwright.actions.export_jobs import create_export_job
from cardwright.actions.paging import page_at as page_of
from cardwright.actions.registry import create_resource
from cardwright.console.accounts.people import PAGE
from cardwright.console.query import position_text
from cardwright.core.card import Status
from cardwright.core.listing import Position
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.registry import ResourceKind
from cardwright.server.stores import open_existing_store
from tests import servers
from tests.console.team import ACCOUNT, add_users, settings_of, signed_in
from tests.console.visits import Visitor
from tests.servers import Server


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with 120 people, 110 keys and 60 revoked ones, 60 models, and 61 cards, one of 221 versions
    and 205 exports.
    """
    home: Path = tmp_path_factory.mktemp("crowded")
    with servers.running(home, "--auth", "sigv4", "--export-threads", "0") as server:
        add_users(server, ana="admin", **{f"person-{number:03}": "viewer" for number in range(119)})
        store = open_existing_store(settings_of(server))
        with store.open_unit(Actor(Scope(store.region, ACCOUNT), "ana", Role.ADMIN)) as unit:
            made = [create_key(unit, f"program-{number:03}", Role.VIEWER) for number in range(170)]
            for key in made[:60]:
                revoke_key(unit, key.access_key_id)
            create_card(unit, "often-changed", "{}", Status.DRAFT)
            for number in range(220):
                update_card(unit, "often-changed", f'{{"model_overview": {{"model_version": {number + 1}}}}}', None)
            for number in range(205):
                create_export_job(unit, "often-changed", None, f"export-{number:03}", "s3://exports")
            for number in range(60):
                create_card(unit, f"card-{number:02}", "{}", Status.DRAFT)
                create_resource(unit, ResourceKind.MODEL, f"model-{number:02}", {"PrimaryContainer": {"Image": "i"}})
        store.close()
        yield server


def pages(visitor: Visitor, path: str, row: str, part: str = "main") -> list[list[str]]:
    """The texts of each page, from the first to the last by its links; the links back lead to the same pages."""
    there: list[list[str]] = []
    addresses = [path]
    for address in addresses:
        found, links = page_at(visitor, address, row, part)
        there.append(found)
        assert len(there) < 20
        addresses += [links["Next page"]] if "Next page" in links else []
    if len(there) > 1:
        assert page_at(visitor, links["First page"], row, part)[0] == there[0]
    back = [there[-1]]
    while "Previous page" in links:
        found, links = page_at(visitor, links["Previous page"], row, part)
        back.append(found)
        assert len(back) <= len(there)
    assert ("First page" in links, back) == (False, there[::-1])
    return there


def page_at(visitor: Visitor, address: str, row: str, part: str) -> tuple[list[str], dict[str, str]]:
    """The texts of a page, and the addresses of its links."""
    answer = visitor.get(address)
    assert answer.status == 200
    start = answer.text.index(f'id="{part}"')
    text = re.split('id="(?:revoked|all)"', answer.text[start + len(part) :])[0]
    links = re.findall(r'<a class="btn btn-s" (?:rel="\w+" )?href="([^"]+)">(.*?)</a>', text)
    words = {re.sub("<[^>]*>", "", word): to for to, word in links}
    return re.findall(row, text), {word: to.replace("&amp;", "&").partition("#")[0] for word, to in words.items()}


def test_people_are_listed_on_pages_by_name(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    found = pages(visitor, "/users", r'c-name c-first"><a href="/users/([^"]+)"')
    assert [len(page) for page in found] == [PAGE, PAGE, 20]
    assert list(chain(*found)) == ["ana", *(f"person-{number:03}" for number in range(119))]
    for odd in ("x", "bnVsbA", "WzFd", "%00", "W1tdXQ"):
        assert pages(visitor, f"/users?after={odd}", r'c-first"><a href="/users/([^"]+)"')[0] == found[0]


def test_keys_that_hold_and_revoked_ones_have_pages_of_their_own(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    active = pages(visitor, "/keys", r"<code>(AKCW[A-Z2-7]{16})</code>")
    revoked = pages(visitor, "/keys", r"<code>(AKCW[A-Z2-7]{16})</code>", "revoked")
    assert [len(page) for page in active] == [PAGE, PAGE, 10]
    assert [len(page) for page in revoked] == [PAGE, 10]
    assert len(set(chain(*active, *revoked))) == 170
    assert visitor.get("/keys?after=x&revoked=WzFd").status == 200
    first = visitor.get("/keys").text
    assert "<summary>Revoked keys</summary>" in first
    assert 'id="revoked" open' not in first


def test_cards_and_the_registry_are_listed_on_pages_that_go_back(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    cards = pages(visitor, "/cards?sort=name", r'c-name"><a href="/cards/([^"?]+)\?list=sort%3Dname"')
    assert list(chain(*cards)) == [*(f"card-{number:02}" for number in range(60)), "often-changed"]
    models = pages(visitor, "/models?q=model-&sort=oldest", r'c-first"><a href="/models/([^"]+)"')
    assert list(chain(*models)) == [f"model-{number:02}" for number in range(60)]
    newest = pages(visitor, "/models", r'c-first"><a href="/models/([^"]+)"')
    assert list(chain(*newest)) == list(chain(*models))[::-1]


def test_all_changes_and_all_versions_are_reached_from_the_histories(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    history = "/cards/often-changed/history"
    changes = pages(visitor, history, r'data-label="Entry">(\d+)</td>')
    assert [len(page) for page in changes] == [100, 100, 100, 100, 26]
    assert list(chain(*changes)) == [str(number) for number in range(221 + 205, 0, -1)]  # versions, and exports
    versions = pages(visitor, history, r">Version (\d+)<", "all")
    assert list(chain(*versions)) == [str(number) for number in range(221, 0, -1)]
    person = r"""data-label="To">(person-\d+|AKCW\w+|exports)</td><td role="cell" data-label="By">(?:ana|tests)"""
    people = pages(visitor, "/users/history", person)
    assert len(set(chain(*people))) == 119 + 170 + 1  # a bucket that the exports claimed
    assert [len(page) for page in people][:-1] == [100, 100, 100]
    for odd in ("x", "0", "1", "999999999", "-1"):
        assert visitor.get(f"{history}?before={odd}&versions={odd}").status in {200, 404}


def test_all_exports_of_a_card_are_reached_from_its_exports(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    exports = pages(visitor, "/cards/often-changed/exports", r'c-export">([^<]+)<')
    assert [len(page) for page in exports] == [100, 100, 5]
    assert list(chain(*exports)) == [f"export-{number:03}" for number in range(204, -1, -1)]
    for odd in ("x", "WzFd", "%00"):
        found = pages(visitor, f"/cards/often-changed/exports?after={odd}", r'c-export">([^<]+)<')
        assert found == exports


def test_a_page_behind_the_last_says_that_nothing_follows(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    oldest = position_text((1, "AKCW"))
    for path in (
        f"/users?after={position_text(('zzzzz',))}",
        f"/keys?after={oldest}",
        f"/keys?revoked={oldest}",
        f"/users/history?after={position_text(('0',))}",
        f"/cards/often-changed/exports?after={position_text((0, ''))}",
        f"/cards?after={position_text((0, ''))}",
        f"/models?after={position_text((0, ''))}",
    ):
        answer = visitor.get(path)
        assert (answer.status, answer.text.count("Nothing further"), "No access keys" in answer.text) == (200, 1, False)
        assert "First page" in answer.text


def test_the_role_of_a_user_beyond_the_first_page_is_changed_as_any_other(crowded: Server) -> None:
    visitor = signed_in(crowded, "ana")
    assert "is the only administrator" in visitor.get("/users/ana").text
    visitor.get("/users/person-118")
    assert visitor.post("/users/person-118/role", [("role", "admin")]).status == 200
    assert "is the only administrator" not in visitor.get("/users/ana").text
    assert visitor.post("/users/person-118/role", [("role", "viewer")]).status == 200


@pytest.mark.parametrize(("last", "following"), [(5, (4,)), (4, None)])
def test_a_page_before_a_position_leads_on_only_where_something_comes_after(
    last: int, following: Position | None
) -> None:
    def read(at: Position | None, backwards: bool, limit: int) -> list[int]:
        assert at is not None
        start = int(at[0])
        return list(range(start - 1, 0, -1) if backwards else range(start + 1, last + 1))[:limit]

    page = page_of(read, after=None, before=(5,), limit=2, position_of=lambda number: (number,))
    assert (page.items, page.position, page.back) == ([3, 4], following, (3,))
