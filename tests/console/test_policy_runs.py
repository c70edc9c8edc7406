"""The dry run of a policy over more cards than a page computes: it is stored, and its link shows it again."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cardwright.client.own_client import own_client
from tests import servers
from tests.console.team import add_users, signed_in
from tests.servers import Server
from tests.waiting import wait_until

CARDS = 205
POLICY = """
policy: owners
applies_to: {name: "many-*"}
approval: {approvals: [{role: approver}], required_checks: [owner-named]}
rules: [{id: owner-named, severity: error, require: [/model_overview/model_owner], title: An owner is named}]
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with more cards than a page computes, and a stored policy."""
    with servers.running(tmp_path_factory.mktemp("many"), "--auth", "sigv4") as server:
        add_users(server, ana="admin", mei="author")
        admin = server.client(*server.key("000000000000", "loader", "admin"))

        def create(number: int) -> None:
            admin.create_model_card(ModelCardName=f"many-{number:03}", Content="{}", ModelCardStatus="Draft")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(create, range(CARDS)))
        own_client(admin).put_review_policy(PolicyDocument=POLICY, Activate=False)
        yield server


def test_a_dry_run_over_many_cards_is_stored_and_reloads_by_its_link(many: Server) -> None:
    ana = signed_in(many, "ana")
    before = ana.get("/policies/owners").text
    assert "Start the dry run" in before
    assert "many-000" not in before
    begun = ana.post("/policies/owners/dry-run", [("version", "1")])
    assert (begun.status, "run=" in begun.url) == (200, True)
    link = begun.url.partition(many.url)[2]
    wait_until(lambda: "Made " in ana.get(link).text, "the dry run does not end")
    shown = ana.get(link).text
    assert f"{CARDS} cards" in shown
    assert re.search(r"Newly failing</dt><dd class=\"v-worse\">205<", shown)
    assert shown.count("Cannot be approved") == 200
    assert "Part 1 of 2" in shown
    assert "many-204" in ana.get(f"{link}&part=2").text
    assert re.search(r"by ana, with version 1 and the digest <code title=\"[0-9a-f]{64}\">", shown)
    # The newest run is shown without its link too, also to others, and not again after new cards.
    client: Any = many.client(*many.key("000000000000", "loader", "admin"))
    client.create_model_card(ModelCardName="many-later", Content="{}", ModelCardStatus="Draft")
    mei = signed_in(many, "mei")
    assert f"{CARDS} cards" in mei.get("/policies/owners").text
    live = ana.get(link, {"HX-Target": "dry"}).text
    assert live.lstrip().startswith("<section")
    assert "<html" not in live


def test_links_to_dry_runs_that_do_not_exist_lead_to_a_page_that_says_so(many: Server) -> None:
    ana = signed_in(many, "ana")
    for link in ("?run=never", "?run=%00", "?version=9", "?run=x&part=y"):
        assert ana.get(f"/policies/owners{link}").status == 404, link
    ana.get("/policies/owners")
    assert ana.post("/policies/owners/dry-run/continue", [("run", "never")]).status == 404
    assert ana.post("/policies/never/dry-run", [("version", "1")]).status == 404
