"""A server with the console, and a real browser in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from cardwright.client.own_client import own_client
from cardwright.examples import load
from cardwright.examples.registry import load_registry
from tests import servers
from tests.console.team import add_users, enter_as, signed_in
from tests.servers import Server


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on SQLite with the example cards. Shared: use names of your own."""
    with servers.running(tmp_path_factory.mktemp("console")) as server:
        load(server.client())
        load_registry(server.client())
        yield server


@pytest.fixture(scope="session")
def empty_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without any card."""
    with servers.running(tmp_path_factory.mktemp("empty")) as server:
        yield server


@pytest.fixture(scope="session")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on SQLite where people sign in: ana, an administrator, ravi, mei and vic. Shared: add people of your
    own for what would keep these from working."""
    home = tmp_path_factory.mktemp("team")
    with servers.running(home, "--auth", "sigv4") as server:
        add_users(server, ana="admin", ravi="approver", mei="author", vic="viewer")
        key_id, secret = server.key("000000000000", "loader", "admin")
        load(server.client(key_id, secret))
        yield server


POLICY = """
policy: two-reviews
version: 1
about: |
  An approver and a person of model risk approve each version.
approval:
  approvals:
    - {role: approver, count: 1, independent: true}
    - {reviewers: model-risk, count: 1, independent: true}
  required_checks: [owner-named]
  valid_for_days: 180
  grace_days: 14
rules:
  - {id: owner-named, severity: error, require: [/model_overview/model_owner], title: The card names an owner,
     why: Someone must answer for the model., fix: Fill in the model owner.}
  - {id: caveats, severity: warning, require: [/additional_information/caveats_and_recommendations]}
reviewers:
  model-risk: [tom, kim, zoe]
"""
"""A policy that asks an approver and a person of the group ``model-risk``, who needs no role."""


@pytest.fixture(scope="session")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shared server whose cards need two approvals: what waits for a person depends on other tests."""
    with governed_server(tmp_path_factory.mktemp("governed")) as server:
        yield server


@contextmanager
def governed_server(home: Path) -> Iterator[Server]:
    """A server whose cards need two approvals.

    People: ana, an administrator; ravi, ben and una, approvers; mei and lea, authors; tom, kim and zoe, viewers of the
    group model-risk.
    """
    with servers.running(home, "--auth", "sigv4") as server:
        roles = {"ana": "admin", "ravi": "approver", "mei": "author", "lea": "author"}
        add_users(server, **roles, ben="approver", una="approver", tom="viewer", kim="viewer", zoe="viewer")
        admin = server.client(*server.key("000000000000", "loader", "admin"))
        own_client(admin).put_review_policy(PolicyDocument=POLICY)
        yield server


def watched(context: BrowserContext) -> Page:
    """A page that keeps the messages of its browser console in ``page.complaints``."""
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]  # a place of our own on Playwright's object
    return page


@pytest.fixture
def page(browser: Browser, console: Server) -> Iterator[Page]:
    """A wide window with scripts. What its console complains of fails the test."""
    context = browser.new_context(
        base_url=console.url, viewport={"width": 1280, "height": 900}, timezone_id="Europe/Lisbon"
    )
    page = watched(context)
    yield page
    complaints = [text for text in page.complaints if "status of 4" not in text]  # type: ignore[attr-defined]
    context.close()
    assert not complaints


@pytest.fixture
def plain_page(browser: Browser, console: Server) -> Iterator[Page]:
    """A window with scripts off."""
    context = browser.new_context(
        base_url=console.url, java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    yield watched(context)
    context.close()


REPORTS = Path(__file__).parent.parent / "reports" / "data"


SHAPES: dict[str, dict[str, Any]] = {
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}
"""The windows in which pages of a team are checked for access."""


def open_as(context: BrowserContext, server: Server, user: str) -> Page:
    """An empty page of a person who signed in."""
    enter_as(context, server, signed_in(server, user))
    return watched(context)


@pytest.fixture(params=SHAPES, ids=list(SHAPES))
def shaped(request: pytest.FixtureRequest, browser: Browser, governed: Server) -> Iterator[Page]:
    """A window of una's, an approver's, of each shape, without the page's policy on scripts, for axe-core."""
    context = browser.new_context(base_url=governed.url, bypass_csp=True, **SHAPES[request.param])
    page = open_as(context, governed, "una")
    yield page
    complaints = [text for text in page.complaints if "status of 4" not in text]  # type: ignore[attr-defined]
    context.close()
    assert not complaints
