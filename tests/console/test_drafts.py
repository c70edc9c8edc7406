"""The limit of drafts of a user, and the page that a user at the limit sees."""

import re

import pytest

from cardwright.actions.drafts import begin_draft
from cardwright.core.draft import MAX_DRAFTS
from cardwright.core.draft_form import DraftForm
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_existing_store
from tests.console.team import ACCOUNT, add_users, settings_of, signed_in
from tests.console.visits import Visitor
from tests.servers import Server


def begin_drafts(server: Server, user: str, number: int) -> None:
    store = open_existing_store(settings_of(server))
    try:
        with store.open_unit(Actor(Scope(store.region, ACCOUNT), user, Role.AUTHOR)) as unit:
            for _ in range(number):
                begin_draft(unit, DraftForm())
    finally:
        store.close()


def test_a_user_at_the_limit_of_drafts_is_led_to_them(team: Server) -> None:
    add_users(team, keeper="author")
    begin_drafts(team, "keeper", MAX_DRAFTS - 1)
    visitor = signed_in(team, "keeper")
    draft = visitor.begin("the-last-one")
    answers = {
        "a page before anything is written": visitor.get("/new"),
        "an edit": visitor.post("/cards/fraud-classifier/edit", []),
        "a copy": visitor.post("/cards/fraud-classifier/duplicate", []),
        "an import": visitor.post("/import", [("text", '{"model_overview": {}}')]),
    }
    for way, answer in answers.items():
        assert answer.status == 409, way
        assert "<h1>A limit is reached</h1>" in answer.text, way
        assert "You have 200 drafts" in answer.text, way
        assert 'href="/drafts">Your drafts</a>' in answer.text, way
    assert visitor.get("/drafts").text.count("/discard") == MAX_DRAFTS
    assert visitor.save(draft, "model", [("name", "the-last-one")]).status == 200
    visitor.post(f"{draft}/discard", [])
    assert visitor.get("/new").status == 200


@pytest.mark.parametrize("do", ["save", "next", "add:tags"])
def test_a_form_that_meets_the_limit_keeps_what_was_written(team: Server, do: str) -> None:
    user = f"writer-{do[:3]}"
    add_users(team, **{user: "author"})
    begin_drafts(team, user, MAX_DRAFTS - 1)
    visitor, other = signed_in(team, user), signed_in(team, user)
    visitor.get("/new")
    other.begin("came-between")
    written = [("name", "one-more"), ("model_overview.model_owner", "Credit & Co"), ("do", do)]
    refused = visitor.post("/drafts", written)
    assert refused.status == 409
    assert "You have 200 drafts" in refused.text
    assert '<a href="/drafts" target="_blank">' in refused.text
    assert ('value="one-more"' in refused.text, "Credit &amp; Co" in refused.text) == (True, True)
    listed = re.search(r'"(/drafts/[^"]+)/discard"', other.get("/drafts").text)
    assert listed is not None
    other.post(f"{listed[1]}/discard", [])
    assert visitor.post("/drafts", [*written[:2], ("do", "save")]).status == 200
    assert visitor.get("/drafts").text.count("one-more") > 0


@pytest.mark.parametrize("step", ["model", "training", "evaluation"])
def test_what_is_saved_to_a_draft_that_is_gone_is_shown_to_be_copied(console: Server, step: str) -> None:
    visitor, other = Visitor(console.url), Visitor(console.url)
    draft = visitor.begin(f"gone-from-{step}")
    other.get(f"{draft}/discard")
    assert other.post(f"{draft}/discard", []).status == 200
    shown = visitor.save(draft, step, [("training_details.training_observations", "Seen & <written>"), ("kind-0", "")])
    assert (shown.status, "<h1>The draft is gone</h1>" in shown.text) == (404, True)
    assert "<dt>Training observations</dt><dd>Seen &amp; &lt;written&gt;</dd>" in shown.text
    for answer in (visitor.get(f"{draft}/{step}"), visitor.get(f"{draft}/discard")):
        assert (answer.status, "<h1>The draft is gone</h1>" in answer.text) == (404, True)
        assert 'href="/drafts">Your drafts</a>' in answer.text
        assert draft.rpartition("/")[2] not in answer.text.partition("<main")[2]
