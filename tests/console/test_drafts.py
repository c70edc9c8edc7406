"""How many drafts somebody may keep, and what is told to whoever keeps as many."""

from cardwright.actions.drafts import begin_draft
from cardwright.app import open_existing_store
from cardwright.console.forms import new_form
from cardwright.core.draft import MAX_DRAFTS
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from tests.console.team import ACCOUNT, add_users, settings_of, signed_in
from tests.servers import Server


def begin_drafts(server: Server, user: str, number: int) -> None:
    store = open_existing_store(settings_of(server))
    try:
        with store.open_unit(Actor(Scope(store.region, ACCOUNT), user, Role.AUTHOR)) as unit:
            for _ in range(number):
                begin_draft(unit, new_form())
    finally:
        store.close()


def test_whoever_keeps_as_many_drafts_as_one_may_is_led_to_them(team: Server) -> None:
    add_users(team, keeper="author")
    begin_drafts(team, "keeper", MAX_DRAFTS - 1)
    visitor = signed_in(team, "keeper")
    draft = visitor.begin("the-last-one")
    answers = {
        "a page before anything is written": visitor.get("/new"),
        "a form": visitor.post("/drafts", [("name", "one-more"), ("do", "save")]),
        "an edit": visitor.post("/cards/fraud-classifier/edit", []),
        "a copy": visitor.post("/cards/fraud-classifier/duplicate", []),
        "an import": visitor.post("/import", [("text", '{"model_overview": {}}')]),
    }
    for way, answer in answers.items():
        assert answer.status == 409, way
        assert "<h1>A limit is reached</h1>" in answer.text, way
        assert "You keep 200 drafts" in answer.text, way
        assert 'href="/drafts">Your drafts</a>' in answer.text, way
    assert visitor.get("/drafts").text.count("/discard") == MAX_DRAFTS
    assert visitor.save(draft, "model", [("name", "the-last-one")]).status == 200
    visitor.post(f"{draft}/discard", [])
    assert visitor.get("/new").status == 200
