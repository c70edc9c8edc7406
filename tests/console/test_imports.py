"""The import page: what was read from each file, what is lost, and nothing stored before the button."""

import json
import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.console.team import signed_in
from tests.console.visits import Visitor
from tests.interchange.samples import __file__ as samples
from tests.interchange.samples import sample
from tests.servers import Server

SAMPLES = Path(samples).parent


def names(console: Server) -> set[str]:
    pages = console.client().get_paginator("list_model_cards").paginate()
    return {card["ModelCardName"] for page in pages for card in page["ModelCardSummaries"]}


def bom(name: str) -> bytes:
    component = {"type": "machine-learning-model", "name": name, "version": "2"}
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.7", "components": [component]}).encode()


def fields(text: str) -> list[tuple[str, str]]:
    """The hidden fields of a page's form, and its text fields."""
    found = re.findall(
        r'<input(?: type="hidden"| class="form-control cw-mono") name="([^"]+)"[^>]* value="([^"]*)"', text
    )
    return [(name, value) for name, value in found if name not in {"token", "revision"}]


def test_files_are_shown_checked_and_stored_without_scripts(plain_page: Page, console: Server) -> None:
    before = names(console)
    broken: FilePayload = {"name": "broken.json", "mimeType": "application/json", "buffer": b'{"a": '}
    plain_page.goto("/import")
    plain_page.set_input_files("input[type=file]", [str(SAMPLES / "README.md"), str(SAMPLES / "model.spdx.json")])
    plain_page.get_by_role("button", name="Read").click()
    expect(plain_page.get_by_role("heading", name="README.md")).to_contain_text("58 of 68 values arrive")
    expect(plain_page.get_by_role("row", name="pipeline_tag")).to_contain_text("Kept")
    plain_page.set_input_files("input[type=file]", [broken])
    plain_page.get_by_role("button", name="Check again").last.click()
    plain_page.get_by_role("button", name="broken.json").click()
    expect(plain_page.get_by_role("heading", name="broken.json cannot be imported")).to_be_visible()
    expect(plain_page.locator(".cw-imp-side")).to_contain_text("This is not JSON: Expecting value at line 1")
    plain_page.get_by_role("button", name="README.md").click()
    plain_page.get_by_role("button", name="Dropped 10").click()
    expect(plain_page.get_by_role("row", name="pipeline_tag")).to_have_count(0)
    plain_page.get_by_label("Also read tables in prose").check()
    plain_page.get_by_role("button", name="Check again").last.click()
    expect(plain_page.get_by_role("button", name="Inferred 2")).to_be_visible()
    assert names(console) == before
    plain_page.get_by_role("button", name="Create 2 cards").click()
    expect(plain_page.get_by_text("Imported: 2 cards created, 0 versions added")).to_be_visible()
    assert names(console) - before == {"support-intent-pt", "churn-propensity"}
    for name in ("support-intent-pt", "churn-propensity"):
        console.client().delete_model_card(ModelCardName=name)


def test_the_preview_names_rows_of_the_card_as_the_card_does(console: Server) -> None:
    readme = (
        "---\nlicense: mit\n---\n# m\n\n## Training procedure\n\n### Training hyperparameters\n\n"
        "The following hyperparameters were used during training:\n- seed: 42\n"
    )
    visitor = Visitor(console.url)
    visitor.get("/import")
    preview = visitor.post("/import/preview", [("text", readme)]).text
    assert "Custom hyperparameter value" in preview
    assert "User provided" not in preview


def test_a_taken_name_asks_for_a_decision(page: Page, console: Server, tmp_path: Path) -> None:
    client = console.client()
    client.create_model_card(
        ModelCardName="import-taken", Content='{"model_overview": {"model_owner": "Ana"}}', ModelCardStatus="Approved"
    )
    (tmp_path / "bom.json").write_bytes(bom("import-taken"))
    page.goto("/import")
    page.set_input_files("input[type=file]", str(tmp_path / "bom.json"))
    page.get_by_role("button", name="Read").click()
    expect(page.get_by_role("heading", name="Name is taken")).to_be_visible()
    expect(page.locator(".cw-imp-conf")).to_contain_text("import-taken exists: version 1, Approved")
    expect(page.get_by_label("Name of the new card")).to_have_value("import-taken-2")
    expect(page.locator(".cw-bottom .btn-primary")).to_be_disabled()
    page.get_by_label("Add a version to a card").check()
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Add 1 version").click()
    expect(page.get_by_text("Ending an approval requires a comment.")).to_be_visible()
    page.get_by_role("textbox", name="What changed, and why").fill("Read from its bill of materials.")
    page.get_by_role("button", name="Add 1 version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("import-taken")
    described = client.describe_model_card(ModelCardName="import-taken")
    content = json.loads(described["Content"])
    assert (described["ModelCardVersion"], described["ModelCardStatus"]) == (2, "Draft")
    assert content["model_overview"] == {"model_owner": "Ana", "model_name": "import-taken", "model_version": 2}
    client.delete_model_card(ModelCardName="import-taken")


def test_the_report_is_a_file_and_read_as_chooses_another_format(console: Server) -> None:
    visitor = Visitor(console.url)
    visitor.get("/import")
    first = visitor.upload("/import/preview", [], "file", "card.json", bom("import-report"))
    again = visitor.post("/import/preview", [*fields(first.text), ("do", "report")])
    assert again.headers["Content-Disposition"] == 'attachment; filename="loss-report.json"'
    (card,) = json.loads(again.text)
    assert card["name"] == "import-report"
    assert {"source": "/bomFormat", "target": None, "outcome": "dropped"}.items() <= card["report"][0].items()
    other = visitor.post("/import/preview", [*fields(first.text), ("kind-0", "sagemaker")])
    assert "This JSON is not a model card" in other.text
    assert "import-report" not in names(console)


def test_wrong_files_and_forms_are_explained(console: Server) -> None:
    visitor = Visitor(console.url)
    visitor.get("/import")
    for posted, words in (
        ([], "Choose a file, or paste its text"),
        ([("packed", "%"), ("packed_name", "x")], "was damaged on its way"),
        ([("packed", "e30="), ("packed_name", "x")], "was damaged on its way"),
        ([("packed", "")] * 21 + [("packed_name", "x")] * 21, "at most 20 files"),
    ):
        answer = visitor.post("/import/preview", posted)
        assert (answer.status, words in answer.text) == (422, True), words
    for text, words in (
        ("<bom/>", "XML or HTML"),
        ("{}", "choose a name for the card"),
        ('{"model_overview": {"model_owner": 1}}', "Expected: string"),
        (sample("croissant.json").decode(), "name the card that it is added to"),
        ("---\nlicense: mit\n---\n# <b>&x</b>\n", "&lt;b&gt;&amp;x&lt;/b&gt;"),
    ):
        assert words in visitor.post("/import/preview", [("text", text)]).text, words
    assert visitor.post("/import/create", [("do-0", "create")]).status == 422
    assert visitor.post("/import/preview", [("text", "{}"), ("do", "show:99"), ("shown", "x")]).status == 200


def test_a_version_of_an_approved_card_is_imported_with_a_note_only(console: Server) -> None:
    client, name = console.client(), "import-approved"
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Approved")
    visitor = Visitor(console.url)
    visitor.get("/import")
    text = json.dumps({"model_overview": {"model_name": "imported-into"}})
    shown = visitor.post("/import/preview", [("text", text)])
    into = [("do-0", "into"), ("into-0", name), ("shown", "0")]
    asked = visitor.post("/import/preview", [*into, *fields(shown.text)])
    assert 'name="note"' in asked.text
    for note, words in (
        (" ", "Ending an approval requires a comment."),
        ("x" * 501, "Shorten this by 1 character"),
    ):
        refused = visitor.post("/import/create", [*into, *fields(asked.text), ("note", note)])
        assert (refused.status, words in refused.text, note in refused.text) == (422, True, True)
        assert client.describe_model_card(ModelCardName=name)["ModelCardVersion"] == 1
    visitor.post("/import/create", [*into, *fields(asked.text), ("note", "From the other system.")])
    card = client.describe_model_card(ModelCardName=name)
    assert (card["ModelCardVersion"], card["ModelCardStatus"]) == (2, "Draft")
    assert "From the other system." in visitor.get(f"/cards/{name}").text


def test_viewers_cannot_import(team: Server) -> None:
    vic = signed_in(team, "vic")
    for path in ("/import/preview", "/import/create"):
        vic.get("/cards")
        assert vic.post(path, [("text", "{}")]).status == 403
