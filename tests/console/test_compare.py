"""The comparison page: gains and losses, paired jobs, switches, pickers, with and without scripts."""

import csv
import io
import json
import re
from typing import Any

import pytest
from bench.console import fifty_jobs
from playwright.sync_api import Locator, Page, expect

from cardwright.client.own_client import own_client
from tests.console.team import signed_in
from tests.console.visits import Visitor
from tests.servers import Server

FRAUD = "/compare?a=fraud-classifier:1&b=fraud-classifier:3"
OLD, NEW = "Model quality, September 2025 sample", "Model quality, first quarter of 2026"
WIDTHS = (1440, 1024, 993, 768, 641, 390, 360)


def evaluated(*jobs: str, value: float = 0.8) -> str:
    metrics = [
        {"name": "auc", "type": "number", "value": value},
        {"name": "auc - standard_deviation", "type": "number", "value": 0.05},
        {"name": "=HYPERLINK(1)", "type": "string", "value": "+1"},
    ]
    group = {"name": "binary_classification_metrics", "metric_data": metrics}
    return json.dumps({"evaluation_details": [{"name": job, "metric_groups": [group]} for job in jobs]})


def two_versions(server: Server, name: str, before: str, after: str, client: Any = None) -> str:
    client = client or server.client()
    client.create_model_card(ModelCardName=name, Content=before, ModelCardStatus="Draft")
    client.update_model_card(ModelCardName=name, Content=after)
    return f"/compare?a={name}:1&b={name}:2"


def text_of(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html.replace("\N{NARROW NO-BREAK SPACE}", " ")).split())


def test_the_page_shows_gains_and_losses_of_jobs_whose_names_carry_the_quarter(console: Server) -> None:
    html = Visitor(console.url).get(FRAUD).text
    text = text_of(html)
    assert f"Paired with {OLD} of version 1: same kind, names differ only in date, quarter or version." in text
    assert "AUC Higher is better 0.9306 ± 0.0025 0.9465 ± 0.0019 +0.0159 +1.7 % Better" in text
    assert "F0.5" in text
    assert html.index("largest losses") < html.index('id="m"'), "gains and losses come first"
    losses = text[text.index("Five largest losses") : text.index("Ranked by")]
    assert losses.index("False positive rate") < losses.index("Precision") < losses.index("F1")
    assert "standard_deviation" not in html


def test_two_metrics_of_one_readable_name_show_their_stored_names(console: Server) -> None:
    def content(value: float) -> str:
        numbers = {"recall": value, "sensitivity": value - 0.1}
        metrics = [{"name": name, "type": "number", "value": number} for name, number in numbers.items()]
        groups = [{"name": "binary_classification_metrics", "metric_data": metrics}]
        return json.dumps({"evaluation_details": [{"name": "Holdout", "metric_groups": groups}]})

    address = two_versions(console, "compare-names", content(0.8), content(0.85))
    visitor = Visitor(console.url)
    text = text_of(visitor.get(address).text)
    gains, rows = text[: text.index("Ranked by")], text[text.index("Ranked by") :]
    for part in (gains, rows):
        assert re.search(r"Recall (?!\(|,)", part)
        assert "Recall (sensitivity)" in part
    card = text_of(visitor.get("/cards/compare-names").text)
    assert "Recall 0.8500" in card
    assert "Recall (sensitivity) 0.7500" in card


def test_changed_markdown_is_shown_without_its_marks(console: Server) -> None:
    text = "Scores **card payments** of small merchants in real time, so that people review them: [guide](https://a.b)"
    before = {
        "intended_uses": {"purpose_of_model": text},
        "additional_information": {"custom_details": {"cw.text_format": "markdown"}},
    }
    after = before | {"intended_uses": {"purpose_of_model": text.replace("small", "*large*")}}
    address = two_versions(console, "compare-markdown", json.dumps(before), json.dumps(after))
    html = Visitor(console.url).get(address).text
    assert "payments of <del>" in html
    assert re.search(r"<ins>.*?large</ins> merchants", html)
    assert "guide (https://a.b)" in html
    assert "**" not in html[html.index('id="texts"') :]


def test_a_change_within_the_deviation_is_unchanged_and_can_be_shown(console: Server) -> None:
    address = two_versions(console, "compare-within", evaluated("Holdout"), evaluated("Holdout", value=0.79))
    visitor = Visitor(console.url)
    text = text_of(visitor.get(address).text)
    assert "0 better" in text
    assert "0 worse" in text
    assert "1 within the deviation" in text
    assert "1 moved less than its deviation. Show it" in text
    assert "0.7900 ± 0.0500" in text_of(visitor.get(f"{address}&show=all").text)


def test_two_equally_good_candidates_are_both_offered(console: Server) -> None:
    before, after = evaluated("Holdout 2025 Q3", "Holdout 2025 Q4"), evaluated("Holdout 2026 Q1")
    address = two_versions(console, "compare-doubt", before, after)
    visitor = Visitor(console.url)
    text = text_of(visitor.get(address).text)
    assert "Not paired. These jobs fit equally well: Holdout 2025 Q3, Holdout 2025 Q4 ." in text
    assert "0 worse" in text
    form = text_of(visitor.get(f"{address}&change=b:0").text)
    assert form.count("Fits equally well.") == 2


def test_the_switches_are_links_with_their_counts(page: Page) -> None:
    page.goto(FRAUD)
    page.get_by_role("navigation", name="Which metrics").get_by_role("link", name="Worse 6").click()
    page.wait_for_url("**show=worse*")
    assert page.locator(".cw-cmp-metrics tbody tr").count() == 6
    page.get_by_role("link", name="In line").click()
    page.wait_for_url("**texts=line*")
    assert "show=worse" in page.url
    page.get_by_role("navigation", name="How charts are shown").get_by_role("link", name="Side by side").click()
    page.wait_for_url("**charts=sides*")
    assert page.locator("figcaption", has_text="ROC curve").count() == 2
    expect(page.locator(".cw-sbs")).to_have_count(0)


def test_a_card_is_found_by_typing_and_taken_by_keyboard(page: Page) -> None:
    page.goto("/compare?a=fraud-classifier:1")
    page.get_by_label("To: card").press_sequentially("demand")
    page.locator(".cw-pick-one mark").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**b=demand-forecaster*")
    expect(page.get_by_role("heading", level=1)).to_have_text("fraud-classifier and demand-forecaster")
    page.get_by_label("To: version").select_option("1")
    page.wait_for_url("**bv=1*")
    page.get_by_role("link", name="Swap the two sides").click()
    page.wait_for_url("**a=demand-forecaster:1&b=fraud-classifier:1")


def test_everything_works_with_scripts_off(plain_page: Page) -> None:
    page = plain_page
    page.goto("/compare")
    page.get_by_label("From: card").fill("fraud-classifier")
    page.get_by_label("To: card").fill("fraud-classifer")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("No card is called fraud-classifer")).to_be_visible()
    page.get_by_label("To: card").fill("fraud-classifier")
    page.get_by_label("From: version").select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("fraud-classifier, versions 1 and 3")
    page.get_by_role("link", name=f"Change the pair of {NEW}").click()
    page.get_by_label("Nothing").check()
    page.get_by_label("Remember for later versions").uncheck()
    page.get_by_role("button", name="Pair", exact=True).click()
    expect(page.get_by_text("only in version 1", exact=True)).to_be_visible()
    expect(page.get_by_text("No evaluation job of version 1 has a pair in version 3.")).to_be_visible()


def test_a_remembered_pair_is_used_recorded_and_forgotten(page: Page, console: Server) -> None:
    address = two_versions(console, "compare-remember", evaluated("Alpha"), evaluated("Beta", value=0.9))
    page.goto(f"{address}&change=b:0")
    page.get_by_role("radio", name="Alpha").check()
    page.get_by_role("button", name="Pair", exact=True).click()
    expect(page.get_by_text("Beta is paired with Alpha")).to_be_visible()
    expect(page.get_by_text("Paired with Alpha of version 1: a remembered choice.")).to_be_visible()
    kept = own_client(console.client()).list_evaluation_job_pairs(ModelCardName="compare-remember")
    assert [pair["LaterEvaluationJobName"] for pair in kept["EvaluationJobPairs"]] == ["Beta"]
    page.goto("/cards/compare-remember/history")
    expect(page.get_by_text("Evaluation jobs paired: Alpha with Beta")).to_be_visible()
    page.goto(f"{address}&change=b:0")
    page.get_by_role("button", name="Forget this choice").click()
    expect(page.get_by_text("The pair of Beta is forgotten")).to_be_visible()
    expect(page.get_by_text("Only in version 2.", exact=True)).to_be_visible()


def test_viewers_pair_for_themselves_and_remember_nothing(team: Server) -> None:
    visitor = signed_in(team, "vic")
    assert "Remember for later" not in visitor.get(f"{FRAUD}&change=b:0").text
    fields = [("a", "fraud-classifier:1"), ("b", "fraud-classifier:3"), ("side", "b"), ("job", NEW), ("partner", "")]
    own = visitor.post("/compare/pair", fields)
    assert own.status == 200
    assert "Only in version 3." in text_of(own.text)
    assert visitor.post("/compare/pair", [*fields, ("remember", "1")]).status == 403
    assert visitor.post("/compare/forget", fields).status == 403


def test_the_metrics_are_a_spreadsheet_without_formulas(console: Server) -> None:
    address = two_versions(console, "compare-csv", evaluated("=1+1"), evaluated("=1+1", value=0.9))
    answer = Visitor(console.url).get(address.replace("/compare", "/compare.csv"))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    auc, text = rows
    assert (auc["compare-csv:1"], auc["compare-csv:2"], auc["verdict"]) == ("0.8", "0.9", "better")
    assert (text["evaluation job"], text["metric"], text["compare-csv:2"]) == ("'=1+1", "'=HYPERLINK(1)", "'+1")
    found = json.loads(Visitor(console.url).get(address.replace("/compare", "/compare.json")).text)
    assert found["pairs"][0]["paired_by"] == "name"


def test_the_picker_offers_near_names_for_a_typo(console: Server) -> None:
    console.client().create_model_card(ModelCardName="compare-quokkas", Content="{}", ModelCardStatus="Draft")
    visitor = Visitor(console.url)
    found = visitor.get("/compare/cards?side=b&a=fraud-classifier:1&b=comapre-qoukkas").text
    assert "No card has “comapre-qoukkas” in its name. Did you mean: compare-quokkas" in text_of(found)
    assert 'href="/compare?a=fraud-classifier:1&amp;b=compare-quokkas"' in found
    assert "fraud-classifier" in text_of(visitor.get("/compare/cards?side=a&a=fruad%20clasifier").text)
    assert "Did you mean" not in visitor.get("/compare/cards?side=a&a=fraud-clas").text


def test_a_name_that_no_card_has_leads_to_near_names(plain_page: Page) -> None:
    plain_page.goto("/compare?a=fruad-clasifier:2&b=demand-forecaster&texts=line")
    error = plain_page.locator("#pa-e")
    expect(error).to_have_text("No card is called fruad-clasifier. Did you mean fraud-classifier?")
    error.get_by_role("link").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("fraud-classifier and demand-forecaster")
    assert "texts=line" in plain_page.url
    plain_page.goto("/compare?a=fraud-classifier:9&b=demand-forecaster")
    expect(plain_page.locator("#pa-e")).to_have_text("fraud-classifier has no version 9")
    plain_page.get_by_label("From: version").select_option("2")
    plain_page.get_by_role("button", name="Compare").click()
    plain_page.wait_for_url("**av=2*")
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("fraud-classifier and demand-forecaster")


def test_wrong_addresses_are_answered_with_what_is_wrong(console: Server) -> None:
    visitor = Visitor(console.url)
    for path, status, words in (
        ("/compare?a=%00&b=x", 404, "No card can have the name"),
        ("/compare?a=fraud-classifier:9&b=fraud-classifier", 404, "fraud-classifier has no version 9"),
        (f"/compare?a={'x' * 5000}&b=a%20b", 404, "No card can have the name"),
        ("/compare.json?a=nothing-here&b=fraud-classifier", 404, "nothing-here"),
        (f"{FRAUD}&pair=one", 400, "write FIRST=SECOND"),
        (f"{FRAUD}&pair=no%3Dsuch", 400, "does not have the evaluation job"),
        (f"{FRAUD}&change=z:9&show=none&texts=x&charts=y", 200, "Five largest losses"),
        ("/compare/cards?side=a&a=%25", 200, "in its name"),
        ("/compare/cards?side=a&a=%00%F0%9F%98%80", 200, "in its name"),
    ):
        answer = visitor.get(path)
        assert (answer.status, words in text_of(answer.text).replace("&#34;", '"')) == (status, True), path


def test_the_page_is_never_wider_than_its_window(page: Page, console: Server) -> None:
    long = "A_very_long_name_without_any_place_to_break_it_at_all_2025_Q4"
    address = two_versions(
        console, "compare-" + "w" * 55, evaluated(long, "Holdout"), evaluated(long.replace("4", "5"), "Holdout")
    )
    for path in ("/compare", f"{FRAUD}&show=all&change=b:0", f"{FRAUD}&texts=line&charts=sides", f"{address}&show=all"):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert found <= window, (path, width, found)


def test_print_opens_every_job(page: Page) -> None:
    page.goto(FRAUD)
    page.emulate_media(media="print")
    assert page.locator("details.cw-cj:not([open])").count() > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.cw-cj:not([open])").count() == 0
    expect(page.get_by_role("navigation", name="Which metrics")).to_be_hidden()
    page.set_viewport_size({"width": 718, "height": 1000})
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= window, "a sheet of paper cannot be scrolled"


@pytest.mark.parametrize("name", ["a%3Cb", "%2e%2e", "x" * 64])
def test_a_name_that_no_card_can_have_finds_none(console: Server, name: str) -> None:
    assert Visitor(console.url).get(f"/compare?a={name}&b=fraud-classifier").status == 404


def test_a_card_with_one_version_is_compared_with_another_card(page: Page, console: Server) -> None:
    console.client().create_model_card(ModelCardName="compare-single", Content="{}", ModelCardStatus="Draft")
    page.goto("/cards/compare-single")
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Compare With another card").click()
    page.wait_for_url("**/compare?a=compare-single")
    expect(page.get_by_label("From: card")).to_have_value("compare-single")


def test_bars_and_bias_metrics_of_both_sides_share_a_drawing(page: Page) -> None:
    page.goto("/compare?a=fraud-classifier:2&b=fraud-classifier:3&every=chart")
    figure = page.locator("figure", has_text="Bias after training: age 60+")
    row = figure.get_by_role("row", name="Treatment equality")
    assert row.locator("rect.old").count() == row.locator("circle.new").count() == 1
    assert row.locator("td.cw-num").all_inner_texts() == ["0.1050", "0.0470"]


def test_cards_without_a_paired_job_say_so_and_lead_to_the_form_of_pairs(page: Page) -> None:
    page.goto("/compare?a=fraud-classifier:3&b=demand-forecaster&show=worse")
    message = page.get_by_text(
        "No evaluation job of fraud-classifier, version 3 has a pair in demand-forecaster, version 2."
    )
    expect(message).to_be_visible()
    expect(page.get_by_text("No metric became better.")).to_have_count(0)
    page.get_by_role("link", name="Pair the first job").click()
    form = page.locator(".cw-pairform")
    expect(form).to_be_in_viewport()
    form.get_by_role("radio").first.check()
    form.get_by_role("button", name="Pair").click()
    expect(page.locator(".cw-pair").first).to_contain_text("Paired with Model quality")
    expect(message).to_have_count(0)


def test_equal_contents_have_no_gains_and_losses(page: Page) -> None:
    page.goto("/compare?a=fraud-classifier:3&b=fraud-classifier:3")
    expect(page.get_by_text("Both have the same content.")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Gains|Losses"))).to_have_count(0)


def test_a_phone_shows_the_beginning_of_a_comparison_of_fifty_jobs(page: Page, console: Server) -> None:
    before, after = (json.loads(fifty_jobs(shift)) for shift in (0.0, 0.01))
    for job in after["evaluation_details"][:9]:
        job["metric_groups"][0]["metric_data"][0]["value"] -= 0.1
    for text in ("ethical_considerations", "caveats_and_recommendations"):
        after["additional_information"][text] = "Other words. " * 150
    after["additional_information"]["custom_details"] = {f"detail_{number}": "A value. " * 9 for number in range(20)}
    names = "compare-phone-a", "compare-phone-b"
    for name, content in zip(names, (before, after), strict=True):
        console.client().create_model_card(ModelCardName=name, Content=json.dumps(content), ModelCardStatus="Draft")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/compare?a={names[0]}&b={names[1]}")
    assert page.evaluate("document.documentElement.scrollHeight") < 6000
    assert page.locator(".cw-top5 li").count() == 10
    assert page.locator("details.cw-cj").count() == 50
    assert page.locator("details.cw-cj[open]").count() == 0
    page.goto(f"/compare?a={names[0]}&b={names[1]}#job-7")
    expect(page.locator("#job-7 table")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/compare?a={names[0]}&b={names[1]}")
    assert page.locator("details.cw-cj[open]").count() == 1
    expect(page.get_by_text("Show all changed texts")).to_be_hidden()


def _ends_inside(box: Locator, one: Locator) -> bool:
    around, inside = box.bounding_box(), one.bounding_box()
    if around is None or inside is None:
        return False
    return inside["y"] + inside["height"] <= around["y"] + around["height"] + 1


def test_a_phone_shows_all_texts_values_and_charts_without_scripts(plain_page: Page) -> None:
    plain_page.set_viewport_size({"width": 390, "height": 844})
    plain_page.goto(FRAUD)
    for words, last in (
        ("Show all changed texts", ".cw-sbs >> nth=-1"),
        ("Show all changed values", ".cw-cmp-lists tr >> nth=-1"),
        ("Show more charts", ".cw-overlay >> nth=-1"),
    ):
        part = plain_page.locator("section", has_text=words)
        begun, last_one = part.locator(".cw-begun"), part.locator(last)
        assert not _ends_inside(begun, last_one), words
        part.get_by_text(words).click()
        assert _ends_inside(begun, last_one), words
        expect(part.get_by_text("Show less")).to_be_visible()
    plain_page.emulate_media(media="print")
    expect(plain_page.locator(".cw-overlay").last).to_be_visible()
    expect(plain_page.locator(".cw-rest").first).to_be_hidden()


def test_a_side_without_jobs_has_nothing_to_pair(console: Server) -> None:
    address = two_versions(console, "compare-no-jobs", "{}", evaluated("Holdout"))
    html = Visitor(console.url).get(address).text
    assert "No evaluation job of version 1 has a pair in version 2." in text_of(html)
    assert "Pair the first job" not in html
    equal = two_versions(console, "compare-never-jobs", "{}", json.dumps({"intended_uses": {"purpose_of_model": "x"}}))
    assert "No evaluation job" not in text_of(Visitor(console.url).get(equal).text)
