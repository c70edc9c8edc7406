"""Long texts on the page of a card: folded at first, and shown whole when they are opened, linked to or printed."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from bench.console import fifty_jobs
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import watched
from tests.console.test_pages import SHAPES, check
from tests.servers import Server

SENTENCE = "A sentence that a person wrote about this model. "
TABLE = "| a | b |\n|---|---|\n" + "| cell | other |\n" * 20
HEIGHT = "one => one.clientHeight"
CUT = "all => all.filter(one => one.checkVisibility() && one.scrollHeight > one.clientHeight + 1).length"
LAST = "The last words."


def prose(limit: int) -> str:
    return (SENTENCE * 50)[: limit - len(LAST)] + LAST


def lines(limit: int) -> str:
    return ("- a line\n\n" * 300)[: limit - len(LAST)] + LAST


def rich(limit: int) -> str:
    return (f"# Heading\n\n{TABLE}\n- one\n- two\n\n" + SENTENCE * 50)[: limit - len(LAST)] + LAST


def just_whole(limit: int) -> str:
    """A text that is too short to be folded."""
    return prose(225 if limit == 1024 else 300)


def long_card(write: Callable[[int], str]) -> dict[str, Any]:
    """A card with 50 evaluation jobs, and with texts of the greatest length in all fields.

    Args:
        write: returns a text of at most this many characters.
    """
    made: dict[str, Any] = json.loads(fifty_jobs())
    overview, training, more = made["model_overview"], made["training_details"], made["additional_information"]
    for name in ("model_description", "model_owner", "model_creator", "problem_type", "algorithm_type", "model_name"):
        overview[name] = write(1024)
    for section, names in (
        ("intended_uses", ("purpose_of_model", "intended_uses", "factors_affecting_model_efficiency")),
        ("intended_uses", ("explanations_for_risk_rating",)),
        ("business_details", ("business_problem", "business_stakeholders", "line_of_business")),
        ("additional_information", ("ethical_considerations", "caveats_and_recommendations")),
    ):
        made[section] |= {name: write(2048) for name in names}
    training["training_observations"] = training["objective_function"]["notes"] = write(1024)
    for metric in training["training_job_details"]["training_metrics"]:
        metric["notes"] = write(1024)
    for value in training["training_job_details"]["hyper_parameters"]:
        value["value"] = prose(255)
    overview["model_artifact"] = [f"s3://models/{'a/b' * 300}"] * 5
    more["custom_details"] = {f"detail_{number}": write(1024) for number in range(8)}
    for number, job in enumerate(made["evaluation_details"]):
        job["name"] = f"Holdout of all regions of the third quarter, {number}, {'long ' * 20}"
        job["metric_groups"] = [{"name": "m", "metric_data": job["metric_groups"][0]["metric_data"][:6:2]}]
    if write is rich:
        more["custom_details"]["cw.text_format"] = "markdown"
    return made


@pytest.fixture(scope="module")
def long_cards(console: Server) -> Server:
    for write in (prose, lines, rich, just_whole):
        console.client().create_model_card(
            ModelCardName=f"long-{write.__name__.replace('_', '-')}",
            Content=json.dumps(long_card(write)),
            ModelCardStatus="Draft",
        )
    return console


def height(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollHeight")
    return found


@pytest.mark.usefixtures("long_cards")
@pytest.mark.parametrize("name", ["long-prose", "long-lines", "long-rich", "long-just-whole"])
def test_fifty_jobs_and_the_longest_texts_stay_under_6000_pixels(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/cards/{name}")
    assert height(page) < 6000
    for width in (1024, 390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_card_of_few_jobs_folds_only_very_long_texts(plain_page: Page, console: Server) -> None:
    content = {
        "intended_uses": {"purpose_of_model": prose(900), "intended_uses": prose(2048)},
        "model_overview": {"model_owner": prose(400), "model_creator": prose(1024)},
    }
    console.client().create_model_card(ModelCardName="long-few", Content=json.dumps(content), ModelCardStatus="Draft")
    plain_page.goto("/cards/long-few")
    folded = plain_page.locator(".cw-cut").filter(has=plain_page.locator("summary:visible"))
    expect(folded).to_have_count(2)
    assert all(clip.evaluate(HEIGHT) > 100 for clip in folded.locator(".cw-cut-in").all())
    assert plain_page.locator(".cw-cut-short .cw-cut-in").evaluate_all(CUT) == 0


@pytest.mark.usefixtures("long_cards")
def test_a_button_shows_a_long_text_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/cards/long-prose")
    for place in (
        "#intended-uses .cw-cf:has(> .cw-q)",
        "#overview dd",
        "#training .cw-notes",
        "#additional-information td",
    ):
        text = plain_page.locator(f"{place}:has(.cw-cut)").first
        clip = text.locator(".cw-cut-in")
        folded = clip.evaluate(HEIGHT)
        text.get_by_text("Read all", exact=True).click()
        assert clip.evaluate(HEIGHT) > 2 * folded, place
        text.get_by_text("Show less", exact=True).click()
        assert clip.evaluate(HEIGHT) == folded


@pytest.mark.usefixtures("long_cards")
@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("at-intended_uses.purpose_of_model", "[id='at-intended_uses.purpose_of_model'] ~ .cw-cut .cw-cut-in"),
        ("at-model_overview.model_owner", "[id='at-model_overview.model_owner'] + dd .cw-cut-in"),
        ("additional-information-custom-details", "#additional-information-custom-details td .cw-cut-in"),
    ],
)
def test_a_link_to_a_long_text_shows_all_of_it_without_scripts(plain_page: Page, place: str, text: str) -> None:
    plain_page.goto("/cards/long-prose")
    clip = plain_page.locator(text).first
    folded = clip.evaluate(HEIGHT)
    plain_page.goto(f"/cards/long-prose#{place}")
    assert clip.evaluate(HEIGHT) > 2 * folded


@pytest.mark.usefixtures("long_cards")
def test_open_all_shows_all_texts_and_jobs(page: Page, plain_page: Page) -> None:
    page.goto("/cards/long-prose")
    clips = page.locator(".cw-cut-in")
    assert clips.evaluate_all(CUT) > 20
    page.get_by_role("link", name="Open all").click()
    assert clips.evaluate_all(CUT) == 0
    expect(page.locator("#e50")).to_be_visible()
    page.get_by_role("link", name="Close all").click()
    assert clips.evaluate_all(CUT) > 20
    expect(page.locator("#e50")).to_be_hidden()
    plain_page.goto("/cards/long-prose")
    plain_page.get_by_role("link", name="Open all").click()
    assert plain_page.locator(".cw-cut-in").evaluate_all(CUT) == 0
    expect(plain_page.locator("#e50")).to_be_visible()


@pytest.mark.usefixtures("long_cards")
def test_print_shows_all_of_long_texts_and_no_button(plain_page: Page) -> None:
    plain_page.goto("/cards/long-rich")
    plain_page.emulate_media(media="print")
    assert plain_page.locator(".cw-cut-in").evaluate_all(CUT) == 0
    assert plain_page.locator(".cw-cut-all:visible").count() == 0
    expect(plain_page.locator("#e50")).to_be_visible()


@pytest.mark.usefixtures("long_cards")
def test_a_link_of_the_table_opens_its_job_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/cards/long-prose")
    expect(plain_page.locator("#e32")).to_be_hidden()
    plain_page.locator(".cw-over a").nth(31).click()
    expect(plain_page.locator("#e32")).to_be_in_viewport()
    plain_page.goto("/cards/long-prose?open=e7")
    expect(plain_page.locator("#e7")).to_be_visible()


def test_buttons_of_long_texts_name_them_and_have_no_fault(browser: Browser, long_cards: Server) -> None:
    for shape in SHAPES.values():
        context = browser.new_context(base_url=long_cards.url, bypass_csp=True, **shape)
        page = watched(context)
        page.goto("/cards/long-prose")
        button = page.locator("[id='at-intended_uses.purpose_of_model'] ~ .cw-cut summary")
        expect(button).to_have_accessible_name("Read all of Purpose of the model")
        check(page)
        context.close()


def test_documents_show_long_texts_whole(long_cards: Server) -> None:
    with urllib.request.urlopen(f"{long_cards.url}/cards/long-prose/export/html") as answer:
        document = answer.read().decode()
    assert LAST in document
    assert "Read all" not in document
