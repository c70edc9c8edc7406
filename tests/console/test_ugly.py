"""Ugly inputs: nothing runs, nothing breaks, nothing is half stored, and what was written is shown again."""

import json
import sqlite3
from typing import Any

import pytest
from playwright.sync_api import Browser

from cardwright.console.wizard.steps import EVALUATION_FIELDS, STEPS, fields_of
from tests.console.conftest import REPORTS
from tests.console.team import add_users, signed_in
from tests.console.visits import Visitor
from tests.jobs.calls import wait
from tests.servers import Server

SCRIPT = "<script>window.broken=1</script>\"'><img src=x onerror=window.broken=2>{{7*7}}"
LONG = "<b>&\u202e" * 20_000


@pytest.fixture
def visitor(console: Server) -> Visitor:
    return Visitor(console.url)


def all_fields(step: str, text: str) -> list[tuple[str, str]]:
    """What a form posts when every field of a step has the text."""
    posted = [("name", text), ("tags.key", text), ("tags.value", text)] if step == "model" else []
    fields = [field for item in STEPS if item.slug == step for field in fields_of(item)]
    for field in fields if step != "evaluation" else EVALUATION_FIELDS:
        members = {"rows": field.columns, "pairs": ("key", "value")}.get(field.kind, ("",))
        posted += [(f"{field.path}.{member}" if member else field.path, text) for member in members]
    if step == "evaluation":
        group = "evaluation_details.0.metric_groups.0"
        posted += [(f"{group}.name", text), (f"{group}.metric.index", "new")]
        posted += [(f"{group}.metric.{member}", text) for member in ("name", "value", "notes")]
    return posted


def filled(visitor: Visitor, name: str, text: str) -> str:
    draft = visitor.begin(name)
    for step in ("model", "training", "ethics"):
        assert visitor.save(draft, step, all_fields(step, text)).status == 200
    visitor.get(f"{draft}/evaluation")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    visitor.save(draft, "evaluation", [("shape", "0/")], "add:evaluation_details.0.metric_groups")
    assert visitor.save(draft, "evaluation", all_fields("evaluation", text)).status == 200
    return draft


def test_script_tags_in_every_field_never_run(console: Server, visitor: Visitor, browser: Browser) -> None:
    draft = filled(visitor, "scripted", SCRIPT)
    context = browser.new_context(base_url=console.url)
    page = context.new_page()
    for step in STEPS:
        page.goto(f"{draft}/{step.slug}?check=1")
        assert page.evaluate("window.broken") is None
    assert SCRIPT[:40] in page.content().replace("&lt;", "<").replace("&gt;", ">")
    content = {"model_overview": {"model_description": SCRIPT, "model_owner": SCRIPT, "model_name": SCRIPT}}
    content["additional_information"] = {"custom_details": {SCRIPT: SCRIPT}}  # type: ignore[dict-item]  # nested
    client = console.client()
    client.create_model_card(ModelCardName="scripted-card", Content=json.dumps(content), ModelCardStatus="Draft")
    for address in (
        "/cards/scripted-card",
        "/cards?q=script",
        f"/cards?owner={SCRIPT}",
        "/compare?a=scripted-card&b=fraud-classifier",
    ):
        page.goto(address)
        assert page.evaluate("window.broken") is None, address
        assert "49" not in page.locator("main").inner_text().split("{{7*7}}")[0][-5:]
    context.close()


def test_100000_characters_in_every_field_are_kept_with_a_hint_where_to_shorten(visitor: Visitor) -> None:
    draft = filled(visitor, "long-one", LONG)
    answer = visitor.get(f"{draft}/model?check=1")
    assert answer.status == 200
    assert f"{len(LONG) - 1024:,} over the limit of 1,024" in answer.text
    review = visitor.get(f"{draft}/review")
    assert "Shorten this by" in review.text
    refused = visitor.save(draft, "review", [("status", "Draft")], "publish")
    assert refused.status == 422
    assert "correcting before the card can be saved" in refused.text


def test_a_card_larger_than_a_card_may_be_is_refused_with_its_size(visitor: Visitor, console: Server) -> None:
    draft = visitor.begin("too-large")
    keys = [
        (f"additional_information.custom_details.{m}", f"{m}{n:04}" + "x" * 900)
        for n in range(120)
        for m in ("key", "value")
    ]
    visitor.save(draft, "ethics", keys)
    refused = visitor.save(draft, "review", [("status", "Draft")], "publish")
    assert refused.status == 422
    assert "characters over the 100,000 that a card may have" in refused.text
    assert console.client().list_model_cards(NameContains="too-large")["ModelCardSummaries"] == []


def test_a_name_at_its_limit_is_fine_everywhere(visitor: Visitor, console: Server) -> None:
    name = "n" * 63
    draft = visitor.begin(name)
    assert visitor.save(draft, "review", [("status", "Draft")], "publish").url.endswith(f"/cards/{name}")
    over = visitor.begin("n" * 64)
    assert "Shorten this by 1 characters" in visitor.save(over, "model", [("name", "n" * 64)], "next").text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "was not added"),
        (b'{"anything": 1}', "Unknown report"),
        (b'{"metric_groups": []}', "no metric"),
        (b"", "was not added"),
    ],
)
def test_a_broken_report_is_named_and_leaves_nothing(visitor: Visitor, data: bytes, words: str) -> None:
    draft = visitor.begin("broken-report")
    visitor.get(f"{draft}/evaluation")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    answer = visitor.upload(f"{draft}/evaluation", [("do", "stay")], "report-0", "bad.json", data)
    assert answer.status == 422
    assert "This report was left out." in answer.text
    assert words in answer.text
    assert "cw-file" not in answer.text.replace("cw-file-pick", "")


def test_a_json_bomb_costs_little_and_stores_nothing(visitor: Visitor) -> None:
    draft = visitor.begin("bomb")
    visitor.get(f"{draft}/evaluation")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    bomb = json.dumps(
        {"metric_groups": [{"name": "g", "metric_data": [{"name": "m", "type": "number", "value": 1}] * 60_000}]}
    )
    answer = visitor.upload(f"{draft}/evaluation", [("do", "stay")], "report-0", "bomb.json", bomb.encode())
    assert answer.status == 422
    assert "a whole card may have 100,000" in answer.text


def test_a_50_mb_upload_is_read_and_a_larger_one_refused(visitor: Visitor, console: Server) -> None:
    draft = visitor.begin("heavy")
    visitor.get(f"{draft}/evaluation")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    report = json.loads((REPORTS / "clarify_bias.json").read_text())
    heavy = json.dumps(report).encode()
    heavy = heavy[:-1] + b" " * (49_900_000 - len(heavy)) + heavy[-1:]
    assert (
        "read as <strong>Clarify Bias"
        in visitor.upload(f"{draft}/evaluation", [("do", "stay")], "report-0", "a.json", heavy).text
    )
    assert (
        visitor.upload(f"{draft}/evaluation", [("do", "stay")], "report-0", "b.json", heavy + b" " * 7_000_000).status
        == 413
    )
    assert visitor.get("/cards").status == 200


@pytest.mark.parametrize("part", [b"%2C", b"a=1&"])
def test_a_form_of_millions_of_escapes_is_refused_before_it_is_decoded(visitor: Visitor, part: bytes) -> None:
    visitor.get("/cards")
    for path in ("/appearance", "/drafts"):
        body = f"token={visitor.token}&text=".encode() + part * 1_100_000
        assert visitor.submit(path, "application/x-www-form-urlencoded", body).status == 413
    assert visitor.get("/cards").status == 200


def test_a_draft_with_too_much_in_it_is_refused_and_stays_as_it_was(visitor: Visitor) -> None:
    draft = visitor.begin("too-much")
    visitor.save(draft, "model", [("model_overview.model_owner", "kept")])
    refused = visitor.save(draft, "model", [("model_overview.model_description", "x" * 8_500_000)])
    assert refused.status == 400
    assert 'value="kept"' in visitor.get(f"{draft}/model").text


def test_ugly_addresses_are_answered_calmly(visitor: Visitor) -> None:
    for path in (
        "/cards?q=%00%F0%9F%98%80%22%27*%28AND%29+NOT",
        "/cards?q=" + "a%20" * 400,
        "/cards?status=Nothing&risk=None&sort=sideways&age=-1&after=%FF",
        "/cards?owner=%00",
    ):
        assert visitor.get(path).status == 200, path
    for path in (
        "/cards/caf%C3%A9",
        "/cards/%00",
        "/cards/fraud-classifier?version=0",
        "/cards/fraud-classifier?version=99999999999999",
        "/cards/fraud-classifier?version=%D9%A1",
        "/cards/fraud-classifier/export/exe",
        "/static/../app.py",
        "/static/%2e%2e/application.py",
        "/nowhere",
    ):
        assert visitor.get(path).status == 404, path
    assert visitor.get("/compare?a=fraud-classifier:x&b=fraud-classifier").status == 400


def test_wrong_positions_in_a_form_change_nothing(visitor: Visitor) -> None:
    draft = visitor.begin("positions")
    visitor.get(f"{draft}/evaluation")
    for do in (
        "remove:evaluation_details:7",
        "remove:evaluation_details.3.metric_groups:0",
        "add:evaluation_details.9.metric_groups",
        "remove:x",
        "remove::",
        "add:",
        "nonsense",
        f"remove:tags:{'9' * 40}",
    ):
        answer = visitor.save(draft, "evaluation", [("evaluation_details.5.name", "x")], do)
        assert answer.status == 200, do
    assert "No evaluation yet" in visitor.get(f"{draft}/evaluation").text


def test_imports_say_what_is_wrong(visitor: Visitor) -> None:
    visitor.get("/import")
    for text, words in (
        ("", "Choose a file"),
        ("{", "not JSON"),
        ("[]", "is an object"),
        ('{"a": 1}', "not a model card"),
        ('{"Content": "{"}', "Content is not JSON"),
        ('{"model_overview": {"model_owner": 1}}', "Expected: string"),
        ("x" * 1_100_000, "larger than"),
    ):
        answer = visitor.post("/import", [("text", text)])
        assert answer.status == 422
        assert words in answer.text, text[:40]


def test_a_card_that_breaks_the_schema_is_shown_and_can_be_corrected(visitor: Visitor, console: Server) -> None:
    console.client().create_model_card(
        ModelCardName="odd-card", Content='{"model_overview": {}}', ModelCardStatus="Draft"
    )
    odd = '{"model_overview": [1], "intended_uses": {"risk_rating": "Terrible"}, "evaluation_details": {"a": null}}'
    database = sqlite3.connect(console.home / "cardwright.db")
    database.execute("UPDATE contents SET content = ? WHERE content = '{\"model_overview\": {}}'", (odd,))
    database.commit()
    database.close()
    assert visitor.get("/cards/odd-card").status == 200
    assert visitor.get("/compare?a=odd-card&b=fraud-classifier").status == 200
    assert visitor.get("/cards/odd-card/export/html").status == 200


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing_saved(visitor: Visitor) -> None:
    draft = visitor.begin("session-end")
    visitor.save(draft, "model", [("model_overview.model_owner", "before")])
    visitor.cookies.clear()
    answer: Any = visitor.save(draft, "model", [("model_overview.model_owner", "after")])
    assert answer.status == 403
    assert 'value="before"' in visitor.get(f"{draft}/model").text


def test_an_export_that_cannot_be_requested_or_fetched_gives_a_reason(console: Server, visitor: Visitor) -> None:
    client = console.client()
    client.create_model_card(ModelCardName="ugly-export", Content="{}", ModelCardStatus="Draft")
    page = "/cards/ugly-export/exports"
    assert visitor.get("/cards/no-such-card/exports").status == 404
    assert visitor.get(f"{page}/new?version=2").status == 404
    assert visitor.get(f"{page}/none/file").status == 404
    visitor.get(f"{page}/new")
    for path, job, words in (
        ("s3://x/../y", "one", "is not a bucket name"),
        ("s3://bucket/../other", "one", "has an empty part"),
        ("https://example.com/x", "one", "is not an Amazon S3 address"),
        ("s3://bucket/x", "-", "A name is 1 to 63 letters"),
        ("s3://bucket/x", "<script>", "A name is 1 to 63 letters"),
    ):
        answer = visitor.post(f"{page}/new", [("path", path), ("job", job)])
        assert (answer.status, words in answer.text) == (422, True), (path, job)
    assert visitor.post(f"{page}/new", [("path", "s3://bucket/x"), ("job", "one")]).status == 200
    again = visitor.post(f"{page}/new", [("path", "s3://bucket/x"), ("job", "one")])
    assert (again.status, "has an export of that name already" in again.text) == (422, True)
    wait(client, "arn:aws:sagemaker:us-east-1:000000000000:model-card/ugly-export/export-job/one")
    (console.home / "objects" / "bucket" / "x" / "ugly-export" / "one.pdf").unlink()
    gone = visitor.get(f"{page}/one/file")
    assert (gone.status, "no longer where the export put it" in gone.text) == (404, True)


ODD = (
    "caf%C3%A9",
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF",
    "%F0%9F%98%80",
    "a%0Ab",
    "a%20b",
    "-a",
    "a.b",
    "x:y",
    "arn:aws:sagemaker:us-east-1:000000000000:model-card",
    "n" * 64,
    "n" * 3000,
    "%3Cscript%3E",
)
"""Names, in an address, that no card, person, key, draft or export job can have."""


def test_a_name_that_no_card_can_have_leads_to_the_page_that_says_so(open_server: Server) -> None:
    visitor = Visitor(open_server.url)
    client = open_server.client()
    client.create_model_card(ModelCardName="ugly-names", Content="{}", ModelCardStatus="Draft")
    visitor.get("/cards")
    posted = [("status", "Draft"), ("key", "a"), ("value", "b"), ("name", "x"), ("path", "s3://b/c"), ("job", "j")]
    for name in ODD:
        paths = [f"/cards/{name}{rest}" for rest in ("", "/history", "/delete", "/exports", "/exports/new")]
        paths += [f"/cards/{name}/export/html", f"/cards/ugly-names/exports/{name}/file"]
        paths += [f"/drafts/{name}/model", f"/drafts/{name}/discard", f"/models/{name}", f"/packages/{name}/1"]
        for path in paths:
            answer = visitor.get(path)
            assert (answer.status, "There is nothing here" in answer.text) == (404, True), path
        for rest in ("status", "tags", "edit", "duplicate", "delete", "exports/new"):
            answer = visitor.post(f"/cards/{name}/{rest}", posted)
            assert (answer.status, "There is nothing here" in answer.text) == (404, True), (name, rest)
    for field in ("key", "value", "remove"):
        answer = visitor.post("/cards/ugly-names/tags", [("key", "k"), (field, "a\0b")])
        assert answer.status in {200, 400}, field  # SQLite keeps it, PostgreSQL cannot: neither fails


def test_an_impossible_name_leads_to_the_page_that_says_so(team: Server) -> None:
    visitor = signed_in(team, "ana")
    visitor.get("/me")
    for name in (*ODD, "unknown-yet"):
        if name in {"-a", "a.b", "n" * 64}:
            continue  # names that people can have
        for path in (f"/users/{name}", f"/users/{name}/delete", f"/keys/{name}/revoke"):
            answer = visitor.get(path)
            assert (answer.status, "There is nothing here" in answer.text) == (404, True), path
        for rest in ("role", "password", "sign-out", "disable", "enable", "delete"):
            answer = visitor.post(f"/users/{name}/{rest}", [("role", "viewer"), ("name", "x")])
            assert answer.status == 404, (name, rest)
        assert visitor.post(f"/keys/{name}/revoke", []).status == 404


def test_an_invalid_role_is_shown_at_its_field_and_the_rest_stays(team: Server) -> None:
    add_users(team, roleless="viewer")
    visitor = signed_in(team, "ana")
    visitor.get("/users/new")
    for role in ("", "king", "Admin", "<script>", "a" * 5000):
        for path in ("/users", "/keys", "/users/roleless/role"):
            answer = visitor.post(path, [("user", "kept-name"), ("role", role)])
            assert answer.status == 422, path
            assert 'id="role-e"' in answer.text, path
            assert "Choose one of the roles: Viewer, Author, Approver, Administrator." in answer.text, path
            assert path.endswith("role") or 'value="kept-name"' in answer.text, path
        both = visitor.post("/users", [("user", "no name"), ("role", role)])
        assert ('id="role-e"' in both.text, 'id="user-e"' in both.text, 'value="no name"' in both.text) == (True,) * 3
    assert "Viewer" in visitor.get("/users/roleless").text
    assert visitor.get("/users/kept-name").status == 404


def test_a_mistake_in_a_key_is_shown_at_its_field(team: Server) -> None:
    visitor = signed_in(team, "ana")
    visitor.get("/keys")
    for user, role, field, words in (
        ("not a name", "viewer", "user-e", "A user name is 1 to 64"),
        ("vic", "admin", "role-e", "vic is Viewer, so the key cannot be Administrator"),
    ):
        answer = visitor.post("/keys", [("user", user), ("role", role)])
        assert (answer.status, f'value="{user}"' in answer.text) == (422, True)
        assert f'id="{field}"' in answer.text
        assert words in answer.text
        assert f'<option value="{role}" selected>' in answer.text


def test_a_missing_card_is_named_in_words_and_buttons_lead_to_the_card(console: Server) -> None:
    visitor = Visitor(console.url)
    visitor.get("/cards/fraud-classifier")
    missing = [visitor.get("/cards/gone-for-good"), visitor.post("/cards/gone-for-good/tags", [("key", "a")])]
    missing += [visitor.post(f"/cards/gone-for-good/{rest}", [("status", "Draft")]) for rest in ("edit", "status")]
    for answer in missing:
        assert answer.status == 404
        assert "There is no card gone-for-good. It may have been deleted." in answer.text
    assert "fraud-classifier has no version 99." in visitor.get("/cards/fraud-classifier?version=99").text
    for rest in ("edit", "status", "tags", "duplicate"):
        answer = visitor.get(f"/cards/fraud-classifier/{rest}")
        assert (answer.status, answer.url) == (200, f"{console.url}/cards/fraud-classifier")
