"""The list of cards: filters, views, columns, near words, keys, and actions on several cards."""

import html
import io
import json
import re
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardwright.client.own_client import own_client
from cardwright.console.navigation import ENTRIES
from tests.console.conftest import watched
from tests.console.team import add_users, signed_in
from tests.console.visits import Visitor
from tests.servers import Server
from tests.waiting import wait_until

ROW = re.compile(r'<td role="cell" class="c-name"><a href="/cards/([^"?]+)')


@pytest.fixture
def visitor(console: Server) -> Visitor:
    return Visitor(console.url)


@pytest.fixture(scope="module")
def listed(console: Server) -> Server:
    """The shared server with three cards of a team."""
    for number, status in enumerate(("Draft", "PendingReview", "Archived")):
        content = {"model_overview": {"model_description": "Quarterly listing", "model_owner": "Listers"}}
        metric = {"name": "auc", "type": "number", "value": 0.5123 + number}
        content["evaluation_details"] = [{"name": "job", "metric_groups": [{"name": "g", "metric_data": [metric]}]}]  # type: ignore[assignment]  # another shape
        console.client().create_model_card(
            ModelCardName=f"listing-{number}",
            Content=json.dumps(content),
            ModelCardStatus=status,
            Tags=[{"Key": "list-team", "Value": "a=b" if number else "c"}, {"Key": "country", "Value": "PT"}],
        )
    return console


def names(visitor: Visitor, address: str) -> list[str]:
    answer = visitor.get(address)
    assert answer.status == 200, answer.text[:300]
    return ROW.findall(answer.text)


def test_cards_are_filtered_by_tags_in_the_address(listed: Server, visitor: Visitor) -> None:
    assert sorted(names(visitor, "/cards?tag=list-team%3Da%3Db")) == ["listing-1", "listing-2"]
    assert len(names(visitor, "/cards?tag=list-team")) == 3
    assert names(visitor, "/cards?tag=list-team&tag=list-team%3Dc&status=Draft") == ["listing-0"]
    page = visitor.get("/cards?tag=list-team&tag=country%3DPT").text
    assert 'aria-label="Remove the filter country=PT"' in page
    for odd in ("tag=%00", "tag==", "tag=" + "x" * 900, "reviewer=%F0%9F%98%80", "due=never&age=&owner=%22%3E"):
        assert visitor.get(f"/cards?{odd}").status == 200, odd


def test_a_number_and_a_typo_find_their_cards(listed: Server, visitor: Visitor) -> None:
    assert names(visitor, "/cards?q=1.5123") == ["listing-1"]
    assert "AUC <mark>1.5123</mark>" in visitor.get("/cards?q=1.5123").text
    typed = visitor.get("/cards?q=quartely+listing").text
    assert "No card contains “quartely listing”." in typed
    assert "<b>quarterly listing</b></a>? These 3 cards match it." in typed
    assert sorted(ROW.findall(typed)) == ["listing-0", "listing-1", "listing-2"]
    exact = visitor.get("/cards?q=quartely+listing&exact=1").text
    assert "No card matches “quartely listing”" in exact
    assert ROW.findall(exact) == []


def test_a_hit_leads_to_its_job_or_field(console: Server, visitor: Visitor, keyboard: Page) -> None:
    metric = {"name": "auc", "type": "number", "value": 0.31415}
    jobs = [{"name": f"part {n}", "metric_groups": [{"name": "g", "metric_data": [metric | {"value": n + 0.31415}]}]}
            for n in range(3)]  # fmt: skip
    content = {
        "model_overview": {"model_description": "Zonnebloem above all."},
        "intended_uses": {"intended_uses": "Only for kwartelei <b>pricing</b>."},
        "additional_information": {"custom_details": {"kwik": "a kievit of its own"}},
        "evaluation_details": [*jobs, {"name": "last", "evaluation_observation": "Spreeuwen were left out."}],
    }
    console.client().create_model_card(ModelCardName="hits", Content=json.dumps(content), ModelCardStatus="Draft")
    place = re.compile(r'<p class="hit"><a href="/cards/hits\?[^"]*#([^"]+)">')
    wanted = {
        "kwartelei": "at-intended_uses.intended_uses",
        "kievit": "additional-information-custom-details",
        "spreeuwen": "e4",
        "2.31415": "e3",
    }
    for words, anchor in wanted.items():
        assert place.findall(visitor.get(f"/cards?q={words}").text) == [anchor], words
    assert '<p class="hit"><mark>Zonnebloem</mark>' in visitor.get("/cards?q=zonnebloem").text
    page = visitor.get("/cards/hits").text
    for anchor in wanted.values():
        assert f'id="{anchor}"' in page
    keyboard.goto("/cards?q=2.31415")
    keyboard.locator(".hit a").click()
    expect(keyboard.get_by_text("2.314", exact=True).last).to_be_in_viewport()
    assert keyboard.locator("details.cw-fold[open]").count() == 1


def test_an_excerpt_shows_the_tag_or_the_key_that_was_searched(console: Server, visitor: Visitor) -> None:
    content = {
        "model_overview": {"model_description": "A wulp of the long marshes near the sea."},
        "additional_information": {"custom_details": {"grutto": "seen in spring", "cw.text_format": "markdown"}},
    }
    tags = [{"Key": "kluut", "Value": "wulp marshland"}]
    console.client().create_model_card(
        ModelCardName="tagged-hit", Content=json.dumps(content), ModelCardStatus="Draft", Tags=tags
    )
    for words, excerpt in (
        ("kluut", "Tag <mark>kluut</mark>: wulp marshland"),
        ("kluut wulp", "Tag <mark>kluut</mark>: <mark>wulp</mark> marshland"),
        ("wulp marshes", "A <mark>wulp</mark> of the long <mark>marshes</mark>"),
        ("grutto", "<mark>grutto</mark>: seen in spring"),
    ):
        assert excerpt in visitor.get("/cards?" + urllib.parse.urlencode({"q": words})).text, words


def test_a_typo_leads_to_near_words_with_and_without_the_filters(console: Server, visitor: Visitor) -> None:
    content = json.dumps({"model_overview": {"model_description": "Counts quaggas at a water hole."}})
    console.client().create_model_card(ModelCardName="herds", Content=content, ModelCardStatus="Draft")
    near = html.unescape(visitor.get("/cards?q=quagas&status=Draft").text)
    assert "No card contains “quagas”" in near
    assert "Clear all" in near
    elsewhere = html.unescape(visitor.get("/cards?q=quagas&status=Archived").text)
    assert "No card matches “quagas”" in elsewhere
    assert '<a href="/cards?q=quaggas"><b>quaggas</b></a>? 1 card matches it without the filters.' in elsewhere


def test_an_excerpt_shows_the_number_with_the_words_near_it(console: Server, visitor: Visitor) -> None:
    def metric(name: str, value: object, kind: str = "number") -> dict[str, object]:
        return {"name": name, "type": kind, "value": value}

    metrics = [
        metric("auc", 0.87654),
        metric("precision", 0.87654),
        metric("sensitivity", 0.8765),
        metric("gain", [0.5, 0.98764], "bar_chart"),
        metric("kappa", "0.87123", "string"),
        metric("drift", -1234.5678),
        metric("limit", 0.87),
    ]
    far = "Precision is what the teams of the bank ask for. " + "They read the numbers of each quarter. " * 9
    content = {
        "model_overview": {"model_description": f"{far}A recall of 0.98761 needs 18,421 cases a day."},
        "intended_uses": {"intended_uses": "Only where the précision of a case was agreed beforehand."},
        "training_details": {"training_job_details": {"training_metrics": [{"name": "train:auc", "value": 0.98767}]}},
        "evaluation_details": [{"name": "excerpts", "metric_groups": [{"name": "g", "metric_data": metrics}]}],
    }
    console.client().create_model_card(ModelCardName="excerpts", Content=json.dumps(content), ModelCardStatus="Draft")
    for words, excerpt in (
        ("0.87654", "AUC <mark>0.87654</mark>"),
        ("precision 0.8765", "<mark>Precision</mark> <mark>0.8765</mark>"),
        ("sensitivity 0.8765", "Recall (<mark>sensitivity</mark>) <mark>0.8765</mark>"),
        ("0.98764 excerpts", "Gain <mark>0.98764</mark>"),
        ("kappa 0.87123", "<mark>Kappa</mark> <mark>0.87123</mark>"),
        ("1234.5678", "Drift −<mark>1234.5678</mark>"),
        ("1,235 excerpts", "Drift −<mark>1,235</mark>"),
        ("0.98767", "Train: AUC <mark>0.98767</mark>"),
        ("0.87 excerpts", "Limit <mark>0.87</mark>"),
        ("precision 0.98761", "A recall of <mark>0.98761</mark> needs 18,421 cases a day."),
        ("18421", "needs <mark>18,421</mark> cases a day."),
        ("18421 recall", "A <mark>recall</mark> of 0.98761 needs <mark>18,421</mark> cases"),
        ("precision beforehand", "the <mark>précision</mark> of a case was agreed <mark>beforehand</mark>."),
    ):
        page = visitor.get(f"/cards?q={urllib.parse.quote(words)}").text
        hits = re.findall(r'<p class="hit">(.*?)</p>', page)
        assert [excerpt in hit for hit in hits] == [True], (words, hits)


def test_lists_show_markdown_without_its_marks(console: Server, visitor: Visitor) -> None:
    text = (
        "## Ranks **loans**\n\n- for `banks`\n- see [the *paper*](https://example.org/kwikstaart)\n\nSnake_case_ stays."
    )
    content = {
        "model_overview": {"model_description": text},
        "intended_uses": {"intended_uses": "Only for **roerdomp** _prices_."},
        "business_details": {"line_of_business": "**Loans** `1.7`"},
        "additional_information": {"custom_details": {"cw.text_format": "markdown"}},
    }
    plain = {"model_overview": {"model_description": text.partition("\n")[0]}}
    for name, document in (("markdown-one", content), ("markdown-no", plain)):
        console.client().create_model_card(
            ModelCardName=name,
            Content=json.dumps(document),
            ModelCardStatus="Draft",
            Tags=[{"Key": "md", "Value": "1"}],
        )
    page = visitor.get("/cards?tag=md").text
    assert "<p>Ranks loans for banks; see the paper Snake_case_ stays.</p>" in page
    assert "<p>## Ranks **loans**</p>" in page, "a card of plain text is shown as written"
    assert "Only for <mark>roerdomp</mark> prices." in visitor.get("/cards?q=roerdomp").text
    assert "mark>kwikstaart" not in visitor.get("/cards?q=kwikstaart").text
    card = visitor.get("/cards/markdown-one").text
    assert ("Loans 1.7" in card, "**Loans**" in card) == (True, False)


def test_a_view_is_saved_opened_by_anyone_and_deleted(team: Server) -> None:
    mei, ravi = signed_in(team, "mei"), signed_in(team, "ravi")
    mei.get("/cards?risk=High&sort=name")
    address = "/cards?risk=High&sort=name"
    saved = mei.post("/views", [("name", " High  risk "), ("address", address)])
    assert (saved.status, saved.url) == (200, team.url + address)
    assert f'<li><a href="{address.replace("&", "&amp;")}" aria-current="page">High risk' in saved.text
    assert "High risk" not in ravi.get("/cards").text
    assert ravi.get(address).status == 200
    assert "View “High risk” saved" in saved.text
    replaced = mei.post("/views", [("name", "High risk"), ("address", "/cards?status=Draft")])
    assert "View “High risk” replaced" in replaced.text
    assert mei.get("/cards").text.count(">High risk") == 1
    assert mei.post("/views", [("name", ""), ("address", address)]).status == 400
    assert mei.post("/views", [("name", "x" * 61), ("address", address)]).status == 400
    elsewhere = mei.post("/views", [("name", "elsewhere"), ("address", "https://example.com/?q=1")])
    assert elsewhere.url.startswith(team.url + "/cards")
    for name in ("High risk", "elsewhere"):
        mei.get("/cards")
        mei.post("/views/delete", [("name", name)])
    mei.get("/cards")
    assert ">High risk" not in mei.get("/cards").text
    assert mei.post("/views/delete", [("name", "none")]).status == 404


def test_columns_are_chosen_in_the_address_and_kept_for_a_person(
    listed: Server, team: Server, visitor: Visitor
) -> None:
    heads = re.compile(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([\w ]+)')
    shown = visitor.get("/cards?q=listing&columns=owner&metric=auc&tagged=country").text
    assert heads.findall(shown) == ["Card", "AUC", "Owner", "country"]
    assert {"0.5123", "1.512", "2.512"} <= set(re.findall(r'c-metric cw-num">([\d.]+)<', shown))
    vic = signed_in(team, "vic")
    vic.get("/cards")
    assert heads.findall(vic.post("/columns", [("address", "/cards?columns=model&columns=nothing")]).text) == [
        "Card",
        "Model",
    ]
    assert heads.findall(vic.get("/cards?columns=risk").text) == ["Card", "Risk"]
    assert len(heads.findall(signed_in(team, "mei").get("/cards").text)) == 7
    assert len(heads.findall(vic.post("/columns", [("address", "/cards")]).text)) == 7


def test_the_navigation_leads_to_pages_that_exist(visitor: Visitor) -> None:
    page = visitor.get("/cards").text
    nav = re.search(r'<nav aria-label="Main">.*?</nav>', page, re.DOTALL)
    assert nav is not None
    links = re.findall(r'href="([^"]+)"[^>]*>(\w+)', nav[0])
    words = [word for _, word in links]
    assert words == [entry.word for entry in ENTRIES if entry.word in words]
    assert {"Cards", "Registry", "Audit", "Help"} <= set(words)
    for address, _ in links:
        assert visitor.get(address).status == 200
    assert 'aria-current="page">Cards' in visitor.get("/drafts").text
    assert 'aria-current="page">Unfinished' in visitor.get("/drafts").text


def test_a_card_leads_to_its_neighbours_in_the_list(listed: Server, visitor: Visitor) -> None:
    address = "/cards/listing-1?list=tag%3Dlist-team%26sort%3Dname"
    page = visitor.get(address).text
    assert 'rel="prev" href="/cards/listing-0?list=tag%3Dlist-team%26sort%3Dname"' in page
    assert 'rel="next" href="/cards/listing-2?list=tag%3Dlist-team%26sort%3Dname"' in page
    assert '<a href="/cards?tag=list-team&amp;sort=name">Cards</a>' in page
    assert "cw-neighbours" not in visitor.get("/cards/listing-1").text
    assert visitor.get("/cards/listing-1?list=%00%FF").status == 200


def test_a_page_says_where_it_is_and_has_as_many_cards_as_chosen(console: Server, visitor: Visitor) -> None:
    for number in range(55):
        console.client().create_model_card(
            ModelCardName=f"placed-{number:02}",
            Content="{}",
            ModelCardStatus="Draft",
            Tags=[{"Key": "placed", "Value": "yes"}],
        )

    def place(page: str) -> str:
        (found,) = re.findall("<span>([0-9,]+ to [0-9,]+ of [0-9,]+)</span>", page)
        return str(found)

    def way(page: str, name: str) -> str:
        (address,) = re.findall(f'rel="{name}" href="([^"]+)"', page)
        return html.unescape(str(address))

    first = visitor.get("/cards?tag=placed&sort=name").text
    second = visitor.get(way(first, "next")).text
    third = visitor.get(way(second, "next")).text
    assert [place(page) for page in (first, second, third)] == ["1 to 25 of 55", "26 to 50 of 55", "51 to 55 of 55"]
    assert place(visitor.get(way(third, "prev")).text) == "26 to 50 of 55"
    assert place(visitor.get(way(visitor.get(way(third, "prev")).text, "prev")).text) == "1 to 25 of 55"
    wide = visitor.get("/cards?tag=placed&sort=name&per=50").text
    assert (place(wide), len(ROW.findall(wide))) == ("1 to 50 of 55", 50)
    assert place(visitor.get(way(wide, "next")).text) == "51 to 55 of 55"
    for odd in ("per=1000", "per=x", "skipped=-1", "skipped=99999999999", "after=x&skipped=7"):
        assert len(names(visitor, f"/cards?tag=placed&{odd}")) == 25, odd


def test_an_action_names_before_and_after_which_cards_it_leaves_out(console: Server, visitor: Visitor) -> None:
    for name, status in (("several-a", "Draft"), ("several-b", "Archived")):
        console.client().create_model_card(ModelCardName=name, Content="{}", ModelCardStatus=status)
    visitor.get("/cards?q=several")
    asked = visitor.ask("/bulk", [("do", "archive"), ("card", "several-a"), ("card", "several-b"), ("card", "no-card")])
    assert "<h1>Archive 1 card?</h1>" in asked.text
    assert "It is archived already" in asked.text
    assert "2 cards left out" in asked.text
    done = visitor.post(
        "/bulk/archive/run", [("card", "several-a"), ("left", "several-b"), ("reason", "It is archived already")]
    )
    assert "1 card archived, 1 left out" in done.text
    assert console.client().describe_model_card(ModelCardName="several-a")["ModelCardStatus"] == "Archived"
    assert "No card was selected" in visitor.ask("/bulk", [("do", "archive")]).text
    assert visitor.get("/bulk/archive/run").url.endswith("/cards")
    for action in ("tag", "export"):
        page = visitor.ask("/bulk", [("do", action), ("card", "several-a"), ("card", "no\x00-card")]).text
        assert "There is no card no-card" in page
        assert "1 card left out" in page
    assert "No card was selected" in visitor.ask("/bulk", [("do", "nothing"), ("card", "several-a")]).text


def test_archiving_asks_for_a_comment_where_a_chosen_card_is_approved(console: Server, visitor: Visitor) -> None:
    for name, status in (("reasoned-draft", "Draft"), ("reasoned-approved", "Approved")):
        console.client().create_model_card(ModelCardName=name, Content="{}", ModelCardStatus=status)
    visitor.get("/cards?q=reasoned")

    def field(page: str) -> tuple[bool, bool]:
        (found,) = re.findall(r'<label for="f-comment">(.*?)</label><input([^>]*)>', page)
        return "optional" in found[0], " required" in found[1]

    assert field(visitor.ask("/bulk", [("do", "archive"), ("card", "reasoned-draft")]).text) == (True, False)
    cards = [("card", "reasoned-draft"), ("card", "reasoned-approved")]
    assert field(visitor.ask("/bulk", [("do", "archive"), *cards]).text) == (False, True)
    refused = visitor.post("/bulk/archive/run", [*cards, ("comment", " ")])
    assert (refused.status, field(refused.text)) == (422, (False, True))
    assert "Ending an approval requires a comment." in refused.text
    statuses = [console.client().describe_model_card(ModelCardName=name)["ModelCardStatus"] for _, name in cards]
    assert statuses == ["Draft", "Approved"]


def test_cards_are_tagged_and_given_an_owner_together(console: Server, visitor: Visitor) -> None:
    client: Any = console.client()
    content = '{"training_details":{"objective_function":{"x":1e3}},"model_overview":{"model_version":2.0}}'
    for number in range(2):
        client.create_model_card(ModelCardName=f"together-{number}", Content=content, ModelCardStatus="Draft")
    cards = [("card", f"together-{number}") for number in range(2)]
    visitor.get("/cards")
    visitor.ask("/bulk", [("do", "tag"), *cards])
    assert "A tag has a key" in visitor.post("/bulk/tag/run", [("key", ""), *cards]).text
    assert "2 cards tagged" in visitor.post("/bulk/tag/run", [("key", "wave"), ("value", "7"), *cards]).text
    assert sorted(names(visitor, "/cards?tag=wave%3D7")) == ["together-0", "together-1"]
    visitor.ask("/bulk", [("do", "owner"), *cards])
    assert "2 cards given the owner" in visitor.post("/bulk/owner/run", [("owner", "Retail Risk"), *cards]).text
    stored = client.describe_model_card(ModelCardName="together-0")
    assert stored["ModelCardVersion"] == 2
    assert stored["Content"] == content.replace("2.0}", '2.0,"model_owner":"Retail Risk"}')
    assert "It has this owner already" in visitor.post("/bulk/owner/run", [("owner", "Retail Risk"), *cards]).text


def test_reviews_are_requested_and_approved_together(team: Server) -> None:
    ravi, mei = signed_in(team, "ravi"), signed_in(team, "mei")
    client: Any = team.client(*team.key("000000000000", "loader", "admin"))
    for number in range(3):
        client.create_model_card(ModelCardName=f"together-{number}", Content="{}", ModelCardStatus="Draft")
    cards = [("card", f"together-{number}") for number in range(2)]
    mei.get("/cards")
    mei.ask("/bulk", [("do", "review"), *cards])
    assert "neither a person" in mei.post("/bulk/review/run", [("reviewers", "unknown-person"), *cards]).text
    assert "2 cards sent for review" in mei.post("/bulk/review/run", [("reviewers", "ravi"), *cards]).text
    assert sorted(names(ravi, "/cards?reviewer=ravi&q=together")) == ["together-0", "together-1"]
    assert "Waiting for you" in ravi.get("/cards?reviewer=ravi").text
    ravi.get("/cards")
    asked = ravi.ask("/bulk", [("do", "approve"), *cards, ("card", "together-2")]).text
    assert "<h1>Approve 2 cards?</h1>" in asked
    assert "It is not under review: ask for a review first" in asked
    bound = re.findall(r'name="card" value="(together-\d:[0-9a-f]{64})"', asked)
    client.update_model_card(ModelCardName="together-1", Content='{"model_overview":{"model_name":"n"}}')
    done = ravi.post("/bulk/approve/run", [("card", value) for value in bound]).text
    assert "1 card approved, 1 left out" in done
    assert "Approve: no card" in ravi.ask("/bulk", [("do", "approve"), ("card", "together-0")]).text
    assert "Its content changed: version 2 is the newest" in done
    statuses = [client.describe_model_card(ModelCardName=f"together-{n}")["ModelCardStatus"] for n in range(2)]
    assert statuses == ["Approved", "PendingReview"]
    unbound = ravi.post("/bulk/approve/run", [("card", "together-1")]).text
    assert "The request does not say which content it approves" in unbound
    assert client.describe_model_card(ModelCardName="together-1")["ModelCardStatus"] == "PendingReview"


def test_views_that_everyone_has_show_each_reader_their_own_cards(team: Server) -> None:
    add_users(team, nia="approver", otto="author", olga="author")
    nia, otto, olga = (signed_in(team, name) for name in ("nia", "otto", "olga"))
    for name, author in (("own-nia", "nia"), ("own-otto", "otto"), ("own-both", "nia")):
        client: Any = team.client(*team.key("000000000000", author, "author"))
        client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Draft")
        own_client(client).request_review(ModelCardName=name, Reviewers=["nia"] if author == "otto" else ["otto"])
    offers = [' value="approve">' in one.get("/cards?q=own").text for one in (nia, otto, olga)]
    assert offers == [True, True, False], "a review waits for one of the authors"
    client.update_model_card(ModelCardName="own-otto", Content='{"model_overview":{"model_name":"second author"}}')
    assert sorted(names(nia, "/cards?author=me")) == ["own-both", "own-nia", "own-otto"]
    assert names(otto, "/cards?author=me") == ["own-otto"]
    assert sorted(names(otto, "/cards?waiting=me")) == ["own-both", "own-nia"]
    assert names(nia, "/cards?waiting=me&q=own") == []
    assert sorted(names(otto, "/cards?author=nia")) == sorted(names(nia, "/cards?author=me"))
    assert sorted(names(otto, "/cards?reviewer=me")) == ["own-both", "own-nia"]
    page = otto.get("/cards?waiting=me").text
    row = re.search(r'<nav class="cw-views".*?</ul>', page, re.DOTALL)
    assert row is not None
    assert re.findall(r'href="([^"]+)"(?: aria-current="page")?>([^<]+)', row[0]) == [
        ("/cards", "All cards "),
        ("/cards?waiting=me", "Waiting for me "),
        ("/cards?author=me", "Mine"),
        ("/drafts", "Unfinished "),
        ("/cards?due=overdue", "Overdue "),
        ("/cards?evaluation=none", "No evaluation "),
        ("/cards?age=older", "Not updated for 180 days "),
    ]
    assert 'aria-current="page">Waiting for me <b>2</b>' in page
    assert 'aria-current="page">Mine <b>1</b>' in otto.get("/cards?author=me").text
    assert "Author: you" in otto.get("/cards?author=me").text


def test_the_bar_shows_what_the_browser_selected_again(keyboard: Page) -> None:
    keyboard.goto("/cards")
    boxes = keyboard.locator('input[name="card"]')
    for place in (0, 2):
        boxes.nth(place).check()
    expect(keyboard.locator(".cw-leaves")).not_to_be_empty()
    keyboard.locator(".c-name > a").first.click()
    keyboard.wait_for_url("**/cards/*")
    keyboard.go_back()
    expect(keyboard.locator('input[name="card"]:checked')).to_have_count(2)
    expect(keyboard.locator(".cw-picked-count")).to_have_text("2 selected")
    expect(keyboard.locator('tr[aria-selected="true"]')).to_have_count(2)
    expect(keyboard.get_by_role("button", name="Clear selection")).to_be_visible()
    expect(keyboard.locator(".cw-leaves")).not_to_be_empty()


def test_the_bar_of_selected_cards_agrees_with_the_page_of_each_action(team: Server) -> None:
    add_users(team, bea="approver")
    bea = signed_in(team, "bea")
    client: Any = team.client(*team.key("000000000000", "loader", "admin"))
    for name, status in (("agree-periodic", "Approved"), ("agree-approved", "Approved"), ("agree-new", "Draft")):
        client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus=status)
    for name in ("agree-periodic", "agree-new"):
        own_client(client).request_review(ModelCardName=name, Reviewers=["bea"])
    for name in ("draft-1", "draft-2", "draft-3", "draft-4", "archived"):
        status = "Archived" if name == "archived" else "Draft"
        client.create_model_card(ModelCardName=f"agree-{name}", Content="{}", ModelCardStatus=status)
    assert len(names(bea, "/cards?waiting=me&q=agree")) == 2

    def bar(*chosen: str) -> dict[str, str]:
        text = html.unescape(bea.ask("/bulk/left-out", [("card", f"agree-{name}") for name in chosen]).text)
        return dict(re.findall("<span>Left out by ([^:]+): (.*?)</span>", text))

    def left_out(action: str, *chosen: str) -> set[tuple[str, str]]:
        page = bea.ask("/bulk", [("do", action), *(("card", f"agree-{name}") for name in chosen)]).text
        pattern = '<input type="hidden" name="left" value="([^"]+)"><input type="hidden" name="reason" value="([^"]+)">'
        return {(name, html.unescape(reason)) for name, reason in re.findall(pattern, page)}

    assert "Approve" not in bar("periodic", "new"), "a periodic review of an Approved card is approved"
    assert left_out("approve", "periodic", "new") == set()
    few = ("periodic", "approved", "new", "draft-1", "archived")
    for action, title in (("approve", "Approve"), ("archive", "Archive"), ("review", "Ask for review")):
        reasons = bar(*few).get(title, "")
        expected = left_out(action, *few)
        assert expected, "each action leaves a card out"
        for name in few:
            assert (f"agree-{name}" in reasons) == (f"agree-{name}" in {one for one, _ in expected}), (title, name)
        assert all(f"({reason})" in reasons for _, reason in expected)
    many = bar("draft-1", "draft-2", "draft-3", "draft-4", "new")
    assert many["Approve"] == "4 cards (It is not under review: ask for a review first)"
    assert client.describe_model_card(ModelCardName="agree-new")["ModelCardStatus"] == "PendingReview"
    hint = "The next page lists the cards that are left out."
    assert bea.ask("/bulk/left-out", [("all", "q=agree"), ("card", "agree-new")]).text == hint
    assert bea.ask("/bulk/left-out", [("card", f"agree-{number}") for number in range(26)]).text == hint
    assert not bea.ask("/bulk/left-out", []).text


def test_a_card_that_was_sent_back_waits_for_its_author_alone(team: Server) -> None:
    add_users(team, sol="approver", ida="author")
    sol, ida = signed_in(team, "sol"), signed_in(team, "ida")
    client: Any = team.client(*team.key("000000000000", "ida", "author"))
    client.create_model_card(ModelCardName="returned-one", Content="{}", ModelCardStatus="Draft")
    asked = own_client(client).request_review(ModelCardName="returned-one", Reviewers=["sol"])

    def marks(visitor: Visitor) -> list[str]:
        page = visitor.get("/cards?q=returned").text
        return re.findall('<span class="cw-mk [^"]*"><svg.*?</svg>([^<]+)</span>', page)

    def seen(visitor: Visitor, shown: str) -> bool:
        """Whether a list of My reviews has the card, among its rows or next to them."""
        return "returned-one" in visitor.get(f"/reviews?list={shown}").text

    assert marks(sol) == ["Waiting for you", "No evaluation"]
    assert marks(ida) == ["No evaluation"]
    assert names(sol, "/cards?waiting=me&q=returned") == ["returned-one"]
    reviewer: Any = team.client(*team.key("000000000000", "sol", "approver"))
    own_client(reviewer).decide_review(
        ModelCardName="returned-one",
        Decision="request_changes",
        ContentDigest=asked["ContentDigest"],
        Comment="Name an owner.",
    )
    assert marks(sol) == marks(ida) == ["Changes requested", "No evaluation"]
    assert names(sol, "/cards?waiting=me&q=returned") == []
    assert not seen(sol, "waiting")
    page = ida.get("/reviews?list=back").text
    assert page.count('href="/cards/returned-one"') == 1, "the card is in one list"


@pytest.mark.parametrize("kind", ["pdf", "md"])
def test_all_cards_of_a_list_are_exported_in_one_file(listed: Server, visitor: Visitor, kind: str) -> None:
    visitor.get("/cards")
    asked = visitor.ask("/bulk", [("do", "export"), ("all", "tag=list-team")])
    cards = [("card", name) for name in re.findall(r'name="card" value="([^"]+)"', asked.text)]
    assert len(cards) == 3
    begun = visitor.post("/bulk/export/run", [("format", kind), *cards, ("card", "no-such-card")])
    page = re.search(r"/exports/[0-9a-f-]{36}", begun.url)
    assert page is not None
    wait_until(lambda: "Download model-cards.zip" in visitor.get(page[0]).text)
    shown = visitor.get(page[0]).text
    assert "3 cards printed" in shown
    assert "no-such-card" in shown
    with (
        urllib.request.urlopen(f"{listed.url}{page[0]}/model-cards.zip") as answer,
        zipfile.ZipFile(io.BytesIO(answer.read())) as archive,
    ):
        assert archive.namelist() == [f"listing-{number}-v1.{kind}" for number in range(3)]
    assert visitor.post("/bulk/export/run", [("format", "docx"), *cards]).status == 400
    assert visitor.get("/exports/01900000-0000-7000-8000-000000000000").status == 404


def test_names_of_people_are_shown_in_lists_and_histories(team: Server) -> None:
    ana = signed_in(team, "ana")
    ana.get("/users/mei")
    answer = ana.post(
        "/users/mei/profile", [("display_name", "Mei Tanaka"), ("email", "mei@example.com"), ("groups", "Risk, Audit")]
    )
    assert "Audit, Risk" in answer.text
    assert ana.post("/users/ravi/profile", [("display_name", "mei tanaka")]).status == 409
    assert ana.post("/users/ravi/profile", [("email", "no address")]).status == 422
    mei = signed_in(team, "mei")
    draft = mei.begin("named-by-mei")
    mei.save(draft, "review", [], "publish")
    for page in ("/cards?q=named-by-mei", "/cards/named-by-mei", "/cards/named-by-mei/history"):
        shown = ana.get(page).text
        assert '<span class="cw-person" title="mei">Mei Tanaka' in shown, page
    assert "Mei Tanaka" in ana.get("/users").text
    assert mei.post("/users/mei/profile", [("display_name", "Boss")]).status == 403


@pytest.fixture
def keyboard(browser: Browser, listed: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=listed.url, viewport={"width": 1280, "height": 900})
    page = watched(context)
    page.set_default_timeout(20_000)
    yield page
    assert page.complaints == []  # type: ignore[attr-defined]
    context.close()


def test_a_list_is_gone_through_with_keys(keyboard: Page) -> None:
    page = keyboard
    page.goto("/cards?tag=list-team&sort=name")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.c-name a')"):
            break
    expect(page.get_by_role("link", name="listing-0")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_label("Select listing-1")).to_be_checked()
    expect(page.get_by_text("1 selected")).to_be_in_viewport()
    page.keyboard.press("j")
    page.keyboard.press("X".lower())
    expect(page.get_by_text("Archive: listing-2")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(r"/cards/listing-1\?list="))
    page.wait_for_load_state()  # the script listens
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(r"/cards/listing-2\?list="))
    page.wait_for_load_state()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(r"/cards/listing-[01]\?list="))
    page.goto("/cards?tag=list-team")
    page.get_by_role("searchbox").fill("")
    page.keyboard.type("jxo")
    expect(page.get_by_role("searchbox")).to_have_value("jxo")


def test_a_view_and_columns_keep_what_was_searched_without_a_reload(listed: Server, page: Page) -> None:
    page.goto("/cards")
    page.get_by_role("searchbox", name="Search names, text, numbers and tags").fill("fraud")
    expect(page).to_have_url(re.compile(r"/cards\?q=fraud&sort=changed$"))  # no empty filters
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Created", exact=True).check()
    page.get_by_role("button", name="Show these").click()
    expect(page).to_have_url(re.compile(r"q=fraud&.*columns=|columns=.*&q=fraud"))
    page.goto("/cards")
    page.get_by_role("searchbox", name="Search names, text, numbers and tags").fill("fraud")
    page.wait_for_url("**/cards?q=fraud*")
    page.get_by_text("Save view", exact=True).first.click()
    expect(page.get_by_label("Name of the view")).to_be_focused()
    page.keyboard.type("Fraud only")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/cards\?q=fraud$"))


def test_a_search_without_a_reload_changes_the_views_the_portfolio_and_the_title(listed: Server, page: Page) -> None:
    page.goto("/cards")
    strip, views = page.get_by_role("region", name="Status"), page.get_by_role("navigation", name="Views")
    everything = views.locator("[aria-current]")
    expect(everything).to_contain_text("All cards")
    search = page.get_by_role("searchbox", name="Search names, text, numbers and tags")
    search.press_sequentially("fraud-cl")
    page.wait_for_url("**/cards?q=fraud-cl*")
    expect(strip).to_have_count(0)
    expect(everything).to_have_count(0)
    expect(page).to_have_title("“fraud-cl” · Model cards · Cardwright")
    expect(search).to_be_focused()
    page.locator("select[name=status]").select_option("Approved")
    expect(page.locator("#filters-set")).to_have_text(", 1 set")
    page.locator("select[name=status]").select_option("")
    search.fill("")
    expect(strip).to_be_visible()
    expect(everything).to_contain_text("All cards")
    expect(page.locator("#filters-set")).to_be_empty()
    page.get_by_text("More filters").click()
    page.locator("select[name=evaluation]").select_option("none")
    expect(everything).to_contain_text("No evaluation")
    expect(page.locator("#filters-later")).to_have_text("1")
    page.locator(".cw-morefilters > summary").click()
    views.locator("summary").click()
    expect(page.get_by_label("Name of the view")).to_be_visible()
    assert page.locator("#views, #portfolio, #filters-set, #filters-later").count() == 4


def test_a_long_description_is_folded_and_can_be_read_whole(console: Server, page: Page) -> None:
    content = {"model_overview": {"model_description": "Scores payments for fraud. " * 37 + "The last words."}}
    console.client().create_model_card(ModelCardName="long-lead", Content=json.dumps(content), ModelCardStatus="Draft")
    page.goto("/cards/long-lead")
    lead = page.locator(".cw-lede2")
    folded = lead.evaluate("one => one.clientHeight")
    page.get_by_text("Read all", exact=True).click()
    assert lead.evaluate("one => one.clientHeight") > 2 * folded
    page.get_by_text("Show less", exact=True).click()
    assert lead.evaluate("one => one.clientHeight") == folded
