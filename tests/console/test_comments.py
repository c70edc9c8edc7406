"""Comments on fields in the console: next to their fields, in the form and in the queue, and what is refused."""

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.answers.findings import FieldComment
from cardwright.client.own_client import own_client
from cardwright.console.commenting.places import nearest, pointer_of
from cardwright.core.policy.pointers import MISSING, value_at
from tests.console.conftest import SHAPES, open_as
from tests.console.team import add_users, signed_in
from tests.console.test_pages import check, check_inline
from tests.console.test_review_pages import asked, decide
from tests.console.visits import Answer, Visitor
from tests.servers import Server

HOSTILE = '<script>alert(1)</script> & "quotes"\nSecond line'
OWNER = "/model_overview/model_owner"
CONTENT: dict[str, Any] = {
    "model_overview": {"model_name": "noted", "model_owner": "Retention", "model_description": "Ranks customers."},
    "intended_uses": {"purpose_of_model": "Ranks customers by risk.", "risk_rating": "High"},
    "training_details": {
        "training_job_details": {"user_provided_hyper_parameters": [{"name": "depth", "value": "6"}]},
        "training_observations": "None.",
    },
    "evaluation_details": [
        {
            "name": "Holdout",
            "evaluation_observation": "Sound.",
            "metric_groups": [{"name": "binary", "metric_data": [{"name": "auc", "type": "number", "value": 0.9}]}],
        }
    ],
    "additional_information": {"caveats_and_recommendations": "None.", "custom_details": {"a.b": "c"}},
}


@pytest.fixture(scope="module")
def author(governed: Server) -> Any:
    """A client with a key of lea, an author."""
    return governed.client(*governed.key("000000000000", "lea", "author"))


@pytest.fixture(scope="module")
def lea(governed: Server) -> Visitor:
    return signed_in(governed, "lea")


def make(author: Any, name: str, content: Any = CONTENT) -> str:
    author.create_model_card(ModelCardName=name, Content=json.dumps(content), ModelCardStatus="Draft")
    return name


def write(visitor: Visitor, name: str, text: str, pointer: str = OWNER, **more: str) -> Answer:
    """Post the form of a field, with the digest that the page of the card has."""
    page = visitor.get(f"/cards/{name}").text
    found = re.search(r'name="digest" value="(\w{64})"><input type="hidden" name="pointer"', page)
    given = {"text": text, "pointer": pointer, "digest": found[1] if found else ""} | more
    return visitor.post(f"/cards/{name}/comments", list(given.items()))


def stored(author: Any, name: str) -> list[FieldComment]:
    return own_client(author).list_comments(ModelCardName=name)["Comments"]


def ids(author: Any, name: str) -> list[str]:
    return [one["CommentId"] for one in stored(author, name)]


def leaves(value: Any, at: str = "") -> Iterator[str]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [leaf for key, one in members for leaf in leaves(one, f"{at}/{str(key).replace('/', '~1')}")]
    yield from below or [at]


def test_every_value_of_a_card_is_in_a_field_with_a_form(author: Any, lea: Visitor) -> None:
    page = lea.get(f"/cards/{make(author, 'notes-fields')}").text
    forms = re.findall(r'name="pointer" value="([^"]+)"', page)
    assert len(set(forms)) == len(forms)
    for leaf in leaves(CONTENT):
        field = nearest(leaf, forms)
        assert field is not None, leaf
        assert value_at(CONTENT, field) is not MISSING
        assert field.count("/") > 1, f"{leaf} can be commented with its whole section only"


def test_a_comment_is_escaped_and_next_to_its_field(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-next")
    assert "has-margin" not in lea.get(f"/cards/{make(author, 'notes-none')}").text
    done = write(lea, name, HOSTILE)
    (key,) = ids(author, name)
    assert done.url.endswith(f"/cards/{name}#comment-{key}")
    row = re.search(
        r'<div class="cw-rw">(?:(?!class="cw-rw").)*?Retention.*?<div class="g">(.*?)</div></div>', done.text, re.S
    )
    assert row is not None
    assert f'id="comment-{key}"' in row[1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;quotes&#34;" in row[1]
    assert "<script>alert" not in done.text
    assert f'<a class="cw-pin" href="#comment-{key}">' in done.text
    assert ("has-margin" in done.text, "1 open comment</b>" in done.text) == (True, True)


def test_replies_fold_and_a_resolved_thread_is_one_grey_line(author: Any, lea: Visitor, governed: Server) -> None:
    name, zoe = make(author, "notes-thread"), signed_in(governed, "zoe")
    write(zoe, name, "Which desk?")
    (key,) = ids(author, name)
    replied = write(lea, name, "The first one.", reply_to=key)
    assert re.search(r"1 earlier: zoe</summary>.*Which desk\?.*</details>.*The first one\.", replied.text, re.S)
    assert "The first one." in write(zoe, name, "Thank you.", reply_to=key).text
    resolved = lea.post(f"/cards/{name}/comments/{key}/resolve", [])
    assert "1 resolved comment" in resolved.text
    assert ("cw-mn-comment" in resolved.text, "cw-pin" in resolved.text) == (False, False)
    assert re.search(rf'id="comment-{key}".*?Which desk\?', resolved.text, re.S)
    opened = lea.post(f"/cards/{name}/comments/{key}/reopen", [])
    assert (f'id="comment-{key}"' in opened.text, "cw-mn-comment" in opened.text) == (True, True)


def test_a_comment_whose_text_changed_says_since_which_version(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-changed")
    write(lea, name, "Which desk?")
    write(lea, name, "Why?", "/intended_uses/risk_rating")
    assert "has changed since" not in lea.get(f"/cards/{name}").text
    changed = json.loads(json.dumps(CONTENT))
    changed["model_overview"]["model_owner"] = "Retention desk"
    author.update_model_card(ModelCardName=name, Content=json.dumps(changed))
    page = lea.get(f"/cards/{name}").text
    assert page.count("The text has changed since version 1") == 1


def test_an_earlier_version_shows_the_comments_that_were_made_on_it(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-earlier")
    for text, pointer in (("Which desk?", OWNER), ("Why?", "/intended_uses/risk_rating"), ("Of whom?", OWNER)):
        write(lea, name, text, pointer)
    solved = next(one["CommentId"] for one in stored(author, name) if one["Text"] == "Of whom?")
    lea.post(f"/cards/{name}/comments/{solved}/resolve", [])
    changed = CONTENT | {"model_overview": CONTENT["model_overview"] | {"model_owner": "Retention desk"}}
    author.update_model_card(ModelCardName=name, Content=json.dumps(changed))
    write(lea, name, "Newer words")
    page = lea.get(f"/cards/{name}?version=1").text
    assert [text in page for text in ("Which desk?", "Why?", "Of whom?", "Newer words")] == [True, True, True, False]
    assert ("1 resolved comment" in page, page.count("cw-mn-comment")) == (True, 2)
    desk = re.search(r'<div class="cw-mn cw-mn-comment"(?:(?!cw-mn-comment).)*?Which desk\?', page, re.S)
    assert desk is not None
    assert "The text has changed since version 1" in desk[0]
    assert "Retention desk" not in page.split("<article")[1]
    for form in ('class="cw-cm', 'class="cw-mn-re"', "/resolve", "/reopen"):
        assert form not in page
    assert re.search(rf'href="/cards/{name}#comment-[\w-]{{36}}">Answer on version 2', page)
    assert "Which desk?" not in lea.get(f"/cards/{make(author, 'notes-unlike')}?version=1").text
    newest = lea.get(f"/cards/{name}").text
    assert [text in newest for text in ("Which desk?", "Newer words")] == [True, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 4001, "A comment has at most 4,000 characters, and this one has 4,001."),
        (" \n ", "A comment needs a text."),
    ],
)
def test_a_refused_comment_keeps_what_was_typed(author: Any, lea: Visitor, text: str, words: str) -> None:
    name = make(author, f"notes-refused-{len(text)}")
    refused = write(lea, name, text)
    assert (refused.status, words in refused.text, text in refused.text) == (422, True, True)
    assert "Comment on Owner" in refused.text
    assert stored(author, name) == []


def test_an_invalid_pointer_is_refused_with_its_text(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-pointer")
    for pointer in ("", "model_owner", "/a~2", "/" + "x" * 1100):
        refused = write(lea, name, "Kept words", pointer)
        assert (refused.status, "Kept words" in refused.text) == (422, True), pointer
    assert stored(author, name) == []


def test_a_comment_on_an_earlier_version_is_asked_again(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-moved")
    old = lea.get(f"/cards/{name}").text
    digest = re.search(r'name="digest" value="(\w{64})"', old)
    assert digest is not None
    author.update_model_card(
        ModelCardName=name, Content=json.dumps(CONTENT | {"business_details": {"line_of_business": "x"}})
    )
    late = lea.post(f"/cards/{name}/comments", [("text", "Kept words"), ("pointer", OWNER), ("digest", digest[1])])
    assert (late.status, "Kept words" in late.text, "Save it with version 2" in late.text) == (409, True, True)
    assert stored(author, name) == []
    now = re.search(r'name="digest" value="(\w{64})"', late.text)
    assert now is not None
    lea.post(f"/cards/{name}/comments", [("text", "Kept words"), ("pointer", OWNER), ("digest", now[1])])
    assert [one["ModelCardVersion"] for one in stored(author, name)] == [2]


def test_viewers_read_comments_and_people_of_the_policy_write_them(author: Any, governed: Server) -> None:
    name = make(author, "notes-rights")
    add_users(governed, nora="viewer")
    nora, zoe = signed_in(governed, "nora"), signed_in(governed, "zoe")
    write(zoe, name, "Which desk?")
    (key,) = ids(author, name)
    page = nora.get(f"/cards/{name}").text
    assert "Which desk?" in page
    for form in ('class="cw-cm', 'class="cw-mn-re"', f"/comments/{key}/resolve"):
        assert form not in page
    refused = write(nora, name, "Kept words")
    assert (refused.status, "Kept words" in refused.text) == (403, True)
    assert nora.post(f"/cards/{name}/comments/{key}/resolve", []).status == 403
    assert [one["Text"] for one in stored(author, name)] == ["Which desk?"]


def test_a_comment_is_resolved_through_its_own_card_only(author: Any, lea: Visitor) -> None:
    name, other = make(author, "notes-own"), make(author, "notes-other", {})
    write(lea, name, "Which desk?")
    (key,) = ids(author, name)
    assert lea.post(f"/cards/{other}/comments/{key}/resolve", []).status == 404
    assert lea.post(f"/cards/{name}/comments/{key}/drop", []).status == 404
    assert "ResolvedTime" not in stored(author, name)[0]


def test_two_comments_at_once_are_both_kept_and_numbered(author: Any, governed: Server) -> None:
    name = make(author, "notes-two")
    people = [signed_in(governed, who) for who in ("lea", "zoe")]
    for one in people:
        one.get(f"/cards/{name}")
    start = threading.Barrier(2)

    def post(visitor: Visitor, text: str) -> None:
        start.wait()
        write(visitor, name, text)

    threads = [threading.Thread(target=post, args=(one, f"Comment {n}")) for n, one in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = people[0].get(f"/cards/{name}").text
    assert {one["Text"] for one in stored(author, name)} == {"Comment 0", "Comment 1"}
    assert re.findall(r'class="cw-pin" href="#[^"]+"><span class="visually-hidden">Comment </span>(\d)', page) == [
        "1",
        "2",
    ]


def test_comments_show_display_names(author: Any, governed: Server) -> None:
    name = make(author, "notes-names")
    add_users(governed, otto="author")
    otto, ana = signed_in(governed, "otto"), signed_in(governed, "ana")
    ana.get("/users/otto")
    assert ana.post("/users/otto/profile", [("display_name", "Otto <b>Ny</b>")]).status == 200
    write(otto, name, "Which desk?")
    page = otto.get(f"/cards/{name}").text
    note = page[page.index('class="cw-mn cw-mn-comment"') :]
    assert "Otto &lt;b&gt;Ny&lt;/b&gt;" in note[:1500]


def test_comments_on_missing_fields_unknown_places_and_jobs_are_shown(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-places")
    for pointer, text in (
        ("/additional_information/ethical_considerations", "Who is harmed?"),
        ("/nowhere/~1x", "Elsewhere?"),
        ("/evaluation_details/0/metric_groups/0/metric_data/0/value", "At which threshold?"),
        ("/model_overview/model_description", "Too short."),
    ):
        assert text in write(lea, name, text, pointer).text
    page = lea.get(f"/cards/{name}").text
    assert page.count('role="group" aria-label="Comment ') == 4
    assert '<details class="cw-fold" open data-of="e1">' in page
    missing = page[page.index('<section id="missing">') :]
    assert "Who is harmed?" in missing
    assert '<option value="/additional_information/ethical_considerations">' in missing
    assert "<!--cw:" not in page
    assert "<!--cw:" not in lea.get(f"/cards/{name}?version=1").text


def test_the_form_has_a_comment_at_its_field_and_its_step_counts_it(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-form")
    write(lea, name, HOSTILE)
    write(lea, name, "The whole card?", "/model_package_details")
    write(lea, name, "Sound how?", "/evaluation_details/0/evaluation_observation")
    model = lea.get(f"/cards/{name}/edit/model").text
    field = model[model.index('<label for="f-model_overview-model_owner"') :]
    assert "&lt;script&gt;alert(1)" in field[: field.index('id="f-model_overview-model_owner"')]
    assert "The whole card?" in model[: model.index('id="g-which"')]
    assert re.findall(r"(\d) open comments?</em>", model.split('<nav class="cw-steps"')[1]) == ["2", "1"]
    evaluation = lea.get(f"/cards/{name}/edit/evaluation").text
    assert ("Sound how?" in evaluation, "Retention" in evaluation) == (True, False)
    review = lea.get(f"/cards/{name}/edit/review").text
    assert re.search(r'href="/cards/notes-form/edit/evaluation\?job=0#comment-[\w-]+" data-gap', review)


def test_the_draft_keeps_what_is_written_while_comments_are_resolved(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-draft")
    write(lea, name, "Which desk?")
    (key,) = ids(author, name)
    lea.get(f"/cards/{name}/edit/model")
    lea.post(f"/cards/{name}/edit", [])
    step = f"/cards/{name}/edit/model"
    typed = ("model_overview.model_owner", "Retention desk")
    began = re.search(r'name="began" value="([^"]+)"', lea.get(step).text)
    assert began is not None
    hidden = [("revision", ""), ("began", began[1]), typed]
    long = lea.post(step, [*hidden, (f"reply-{key}", "y" * 4001), ("do", f"reply:{key}")])
    assert (long.status, "y" * 4001 in long.text, "Retention desk" in long.text) == (422, True, True)
    assert "Your reply was not saved." in long.text
    assert len(stored(author, name)) == 1
    draft = re.search(r"/drafts/[\w-]{36}", long.text)
    assert draft is not None
    replied = lea.save(draft[0], "model", [typed, (f"reply-{key}", "The first one.")], f"reply:{key}")
    assert ("The first one." in replied.text, "The text has changed since version 1" in replied.text) == (True, True)
    done = lea.save(draft[0], "model", [("model_overview.model_owner", "Retention desk 2")], f"resolve:{key}")
    assert ("cw-mn-form" in done.text, "Retention desk 2" in done.text) == (False, True)
    assert "ResolvedTime" in next(one for one in stored(author, name) if one["CommentId"] == key)
    back = f"{draft[0]}/model"
    again = lea.post(f"/cards/{name}/comments/{key}/reopen", [("back", back)])
    assert (again.url.endswith(f"{back}#comment-{key}"), "cw-mn-form" in again.text) == (True, True)


def test_a_form_leads_back_to_pages_of_the_console_only(author: Any, lea: Visitor) -> None:
    name = make(author, "notes-back")
    for back in ("https://elsewhere.example/", "//elsewhere.example", "/reviews/queue?at=1#x", "/cards/%0d%0a"):
        assert f"/cards/{name}#comment-" in write(lea, name, "Which desk?", back=back).url, back


def test_pointers_and_the_nearest_field_of_a_place() -> None:
    content = {"a.b": {"c": [{"d": 1}]}, "a": {"b": 2}, "x/y": 1}
    assert pointer_of(content, "a.b.c.0.d") == "/a.b/c/0/d"
    assert pointer_of(content, "a.b") == "/a.b"
    assert pointer_of(content, ".x/y") == "/x~1y"
    assert pointer_of(content, "new.one") == "/new/one"
    assert nearest("/a/b/c", {"/a", "/a/b"}) == "/a/b"
    assert nearest("/ab", {"/a"}) is None


@pytest.fixture(params=SHAPES, ids=list(SHAPES))
def shaped(request: pytest.FixtureRequest, browser: Browser, governed: Server) -> Iterator[Page]:
    """A window of lea's, an author, of each shape, without the page's policy on scripts, for axe-core."""
    context = browser.new_context(base_url=governed.url, bypass_csp=True, **SHAPES[request.param])
    page = open_as(context, governed, "lea")
    yield page
    complaints = [text for text in page.complaints if "status of 4" not in text]  # type: ignore[attr-defined]
    context.close()
    assert not complaints


def test_no_state_of_a_comment_has_a_fault(shaped: Page, author: Any, lea: Visitor) -> None:
    name = f"notes-axe-{shaped.viewport_size['width']}"  # type: ignore[index]
    make(author, name)
    for number, pointer in enumerate((OWNER, "/evaluation_details/0", "/intended_uses/purpose_of_model", "/x")):
        write(lea, name, f"Comment {number}", pointer)
    keys = ids(author, name)
    write(lea, name, "A reply", reply_to=keys[0])
    lea.post(f"/cards/{name}/comments/{keys[1]}/resolve", [])
    shaped.goto(f"/cards/{name}")
    check_inline(shaped)
    check(shaped)
    for summary in ("dd .cw-cm", ".cw-mn-re", ".cw-earlier", ".cw-mn-old"):
        shaped.locator(f"{summary} > summary").first.click()
    check(shaped)
    shaped.goto(f"/cards/{name}/edit/model")
    shaped.locator(".cw-mn-re > summary").first.click()
    check(shaped)
    refused = shaped.request.post(f"/cards/{name}/comments")
    assert refused.status in {400, 403}
    for width in (1440, 1024, 800, 390, 360):
        for address in (f"/cards/{name}", f"/cards/{name}/edit/model"):
            shaped.set_viewport_size({"width": width, "height": 800})
            shaped.goto(address)
            assert shaped.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_state_of_sending_back_has_a_fault(browser: Browser, governed: Server, author: Any, shape: str) -> None:
    name = asked(author, f"notes-back-{shape}", "zoe", "una", content=CONTENT)
    zoe = signed_in(governed, "zoe")
    write(zoe, name, "Which desk?")
    write(zoe, name, "Why 90 days?", "/intended_uses/purpose_of_model")
    context = browser.new_context(base_url=governed.url, bypass_csp=True, **SHAPES[shape])
    page = open_as(context, governed, "zoe")
    page.goto(f"/cards/{name}")
    page.locator("#send-back").click()
    expect(page.get_by_text("Your 2 open comments go with this.")).to_be_visible()
    check(page)
    page.goto("/reviews/queue")
    while name not in page.locator("h1").inner_text():
        page.goto(page.locator("#next-card").get_attribute("href") or "")
    expect(page.locator(".cw-qcard .cw-mn")).to_have_count(2)
    page.locator(".cw-cf", has_text="Purpose of the model").locator(".cw-cm > summary").first.click()
    check(page)
    page.get_by_label("Comment on Purpose").fill("z" * 4001)
    page.get_by_role("button", name="Save comment").first.click()
    expect(page.get_by_text("A comment has at most 4,000 characters")).to_be_visible()
    check(page)
    page.get_by_label("Comment on Purpose").fill("Shorter.")
    page.get_by_role("button", name="Save comment").click()
    expect(page).to_have_url(re.compile(r"/reviews/queue\?since=\d+&at=\d+#comment-"))
    expect(page.get_by_text("Your 3 open comments go with this.")).to_be_visible()
    decide(zoe, name, "request_changes", comment="Two answers are missing.")
    context.close()
    una = signed_in(governed, "una")
    decide(una, name, "request_changes", comment="As zoe says.")


def test_notes_are_in_the_margin_and_under_the_field_on_narrow_pages(shaped: Page, author: Any, lea: Visitor) -> None:
    name = f"notes-margin-{shaped.viewport_size['width']}"  # type: ignore[index]
    make(author, name)
    write(lea, name, "Which desk?")
    shaped.goto(f"/cards/{name}")
    row = shaped.locator(".cw-rw").filter(has_text="Which desk?")
    for width, is_aside in ((1440, True), (1100, True), (900, False), (390, False)):
        shaped.set_viewport_size({"width": width, "height": 800})
        field = row.locator("> .m").bounding_box()
        note = row.locator(".cw-mn-comment").bounding_box()
        assert field is not None
        assert note is not None
        assert (note["x"] >= field["x"] + field["width"]) is is_aside
        assert is_aside or note["y"] >= field["y"] + field["height"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_comment_is_written_answered_and_resolved_by_keyboard(
    browser: Browser, governed: Server, author: Any, scripts: bool
) -> None:
    name = make(author, f"notes-keys-{scripts}".lower())
    context = browser.new_context(base_url=governed.url, java_script_enabled=scripts)
    page = open_as(context, governed, "lea")
    page.goto(f"/cards/{name}")
    press = page.keyboard.press
    if scripts:
        page.locator("html.cw-js").wait_for(state="attached")
        press("c")
    else:
        page.locator("dd .cw-cm > summary").first.focus()
        press("Enter")
        press("Tab")
    page.keyboard.type("Which model is it?")
    press("Tab")
    press("Enter")
    expect(page.locator(".cw-mn-comment")).to_contain_text("Which model is it?")
    assert re.search(r"#comment-[\w-]{36}$", page.url)
    page.locator(".cw-mn-re > summary").focus()
    press("Enter")
    press("Tab")
    page.keyboard.type("The third one.")
    press("Tab")
    press("Enter")
    expect(page.locator(".cw-mn-comment")).to_contain_text("The third one.")
    if scripts:
        press("n")
        while not page.locator(".cw-mn-comment").evaluate("note => note === document.activeElement"):
            press("n")
    page.get_by_role("button", name="Resolve comment 1").focus()
    press("Enter")
    expect(page.get_by_text("1 resolved comment")).to_be_visible()
    context.close()
