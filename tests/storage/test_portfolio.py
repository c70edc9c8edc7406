"""Promises of the portfolio and of drafts, on each engine, through the actions."""

import itertools
import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace

import attrs
import pytest

from cardwright.actions.cards import create_card, delete_card, update_card
from cardwright.actions.drafts import begin_draft, discard_draft, list_drafts, read_draft, save_draft
from cardwright.actions.portfolio import browse_cards, count_portfolio, has_unindexed_words, index_words
from cardwright.core.card import Status
from cardwright.core.draft import DraftOutdated
from cardwright.core.draft_form import DraftForm
from cardwright.core.errors import CardOutdated, CardwrightError, Denied, NotFound
from cardwright.core.listing import Page, Position
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.portfolio import DAY, PortfolioQuery, PortfolioRow, PortfolioSort
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.store import Store
from tests.storage.walks import there_and_back

ME = Actor(Scope("us-east-1", "000000000000"), "me", Role.ADMIN)
OTHER = Actor(Scope("us-east-1", "000000000000"), "other", Role.ADMIN)
ABROAD = Actor(Scope("us-east-1", "111111111111"), "me", Role.ADMIN)


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    store = open_store(store_settings)
    yield store
    store.close()


def make(store: Store, name: str, /, *, status: str = "Draft", actor: Actor = ME, **overview: str) -> None:
    risk = overview.pop("risk", None)
    content: dict[str, object] = {"model_overview": {"model_" + key: value for key, value in overview.items()}}
    if risk:
        content["intended_uses"] = {"risk_rating": risk}
    with store.open_unit(actor) as unit:
        create_card(unit, name, json.dumps(content), Status(status))


def read_all_words(store: Store, actor: Actor = ME) -> None:
    while True:
        with store.open_unit(actor) as unit:
            if index_words(unit, 2) < 2:
                return


def names(store: Store, actor: Actor = ME, **asked: object) -> list[str]:
    if asked.get("text"):
        read_all_words(store, actor)
    with store.open_unit(actor, writes=False) as unit:
        page, matching = browse_cards(unit, PortfolioQuery(**asked))  # type: ignore[arg-type]  # fields by name
    assert matching >= len(page.items)
    return [row.name for row in page.items]


SEARCHES: list[tuple[str, list[str]]] = [
    ("char", ["loans"]),
    ("CHARGE backs", ["loans"]),
    ("Über", ["cafe"]),
    ("uber", ["cafe"]),
    ("oan", ["loans"]),
    ("loans chargebacks", ["loans"]),
    ("argeback", []),
    ("chargebacks nothing", []),
    ("日本", ["cafe"]),
    ("arn:aws:model/7", ["loans"]),
    ("ta\u19b0lue", ["letters"]),
    ("ta\u19b0l", ["letters"]),
    ("㏋powered", ["letters"]),
    ("hppow", ["letters"]),
    ("μετ", ["letters"]),
    ("лёг", ["letters"]),
    ("' OR 1=1 --", []),
    ('" * NOT (', []),
    ("%", []),
    ("_", []),
    ("model_overview", []),
]


def test_search_finds_beginnings_of_words_and_parts_of_names(store: Store) -> None:
    make(store, "loans", description="Predicts charge-backs: chargebacks, backs.", id="arn:aws:model/7")
    make(store, "cafe", description="Über alles, 日本語", owner="Zoë")
    make(store, "letters", description="ta\u19b0lue ㏋powered Μετρό Лёгкий")
    for text, found in SEARCHES:
        assert names(store, text=text) == found, text


BEGINNINGS = (
    "a",
    "an",
    "ann",
    "anna",
    "annal",
    "annals",
    "annual",
    "b",
    "bann",
    "ba",
    "日",
    "日本語",
    "日本語で",
    "日本語です",
)


@pytest.mark.parametrize("variants", [1, 3, 64])
def test_each_word_of_a_search_may_begin_any_words_however_many(
    store: Store, monkeypatch: pytest.MonkeyPatch, variants: int
) -> None:
    monkeypatch.setattr("cardwright.storage.word_search.VARIANTS", variants)
    words = ("a", "anna", "annal", "annals", "annual", "annualise", "banns", "ba", "日本語", "日本語で", "日本語です")
    chosen = random.Random(1)  # noqa: S311 - not for secrets
    cards = {f"x{number}": chosen.sample(words, 3) for number in range(12)}
    for name, described in cards.items():
        make(store, name, description=" ".join(described))
    make(store, "abroad", description="annalsabroad annalsoverseas", actor=ABROAD)
    read_all_words(store, ABROAD)
    for asked in [*itertools.combinations(BEGINNINGS, 2), *((one,) for one in BEGINNINGS), ("annalsa",), ("anz", "a")]:
        expected = {
            name
            for name, described in cards.items()
            if all(any(word.startswith(begun) for word in described) for begun in asked)
        }
        assert set(names(store, text=" ".join(asked))) == expected, asked


def test_of_many_cards_with_a_word_those_changed_last_are_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cardwright.storage.card_filters.SEARCHED", 3)
    for number in range(5):
        make(store, f"card-{number}", description="common")
    make(store, "commonly-named", description="uncommon")
    for number in range(5):
        make(store, f"abroad-{number}", description="common commonest", actor=ABROAD)
    read_all_words(store, ABROAD)  # their entries are in between, and the newest is read first
    assert names(store, text="common")[:3] == ["commonly-named", "card-4", "card-3"]
    assert names(store, text="commo")[:3] == ["commonly-named", "card-4", "card-3"]
    assert names(store, ABROAD, text="commonest")[:3] == ["abroad-4", "abroad-3", "abroad-2"]
    assert names(store, text="commonest") == []
    assert len(names(store, text="common", status=("Draft",))) == 6
    with store.open_unit(ME) as unit:
        update_card(unit, "card-0", '{"model_overview": {"model_description": "common again"}}', None)
    assert names(store, text="common")[0] == "card-0"


def test_search_follows_changes_and_deletions(store: Store) -> None:
    make(store, "moving", description="before")
    with store.open_unit(ME) as unit:
        update_card(unit, "moving", '{"model_overview": {"model_description": "afterwards"}}', None)
    assert (names(store, text="before"), names(store, text="afterw")) == ([], ["moving"])
    with store.open_unit(ME) as unit:
        delete_card(unit, "moving")
    assert names(store, text="afterwards") == []
    with store.open_unit(ME) as unit, pytest.raises(CardwrightError):
        create_card(unit, "broken", "{", Status.DRAFT)
    assert names(store) == []


def test_words_are_read_once_and_again_when_the_content_changed(store: Store) -> None:
    for number in range(5):
        make(store, f"card-{number}", description="before")
    read_all_words(store)
    with store.open_unit(ME) as unit:
        assert not has_unindexed_words(unit)
        assert index_words(unit, 10) == 0
        update_card(unit, "card-3", "{}", Status.ARCHIVED)
        assert has_unindexed_words(unit)
        assert index_words(unit, 10) == 1
    assert names(store, text="before", sort=PortfolioSort.NAME) == ["card-0", "card-1", "card-2", "card-4"]


@pytest.mark.parametrize("few", [1, 2_000])
def test_filters_narrow_the_list_together(store: Store, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr("cardwright.storage.card_filters.FEW_CARDS", few)
    make(store, "one", status="Approved", risk="High", owner="A", name="m1")
    make(store, "two", status="Approved", risk="Low", owner="A")
    make(store, "three", status="Draft", owner="B", id="id-3")
    assert names(store, status=["Approved"], sort=PortfolioSort.NAME) == ["one", "two"]
    assert names(store, status=["Approved", "Draft"], risk=["High", "Unknown"], sort=PortfolioSort.NAME) == [
        "one",
        "three",
    ]
    assert names(store, owner="A", risk=["Low"]) == ["two"]
    assert names(store, owner="A", model="m1") == ["one"]
    assert names(store, model="m1") == ["one"]
    assert names(store, model="id-3") == ["three"]
    assert names(store, text="one", owner="B") == []
    assert names(store, changed_after=0, sort=PortfolioSort.CREATED) == ["three", "two", "one"]
    assert names(store, changed_before=1) == []


def test_accounts_see_nothing_of_one_another(store: Store) -> None:
    make(store, "here", description="secret", owner="Us")
    make(store, "there", description="secret", owner="Them", actor=ABROAD)
    assert names(store, text="secret") == ["here"]
    with store.open_unit(ABROAD, writes=False) as unit:
        portfolio = count_portfolio(unit, 0)
    assert (portfolio.cards, list(portfolio.owners)) == (1, ["Them"])


@pytest.mark.parametrize("few", [10, 2_000])
def test_pages_contain_every_card_once_in_every_order(store: Store, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr("cardwright.storage.card_filters.FEW_CARDS", few)
    ticks = iter(range(1000, 2000))
    store.clock = lambda: next(ticks) // 3  # several cards in one millisecond
    for number in range(25):
        make(store, f"card-{number * 7 % 25:02}", owner="Team", description="same words")
    read_all_words(store)
    every: list[dict[str, object]] = [{}, {"text": "words"}, {"owner": "Team"}]
    for sort, asked in itertools.product(PortfolioSort, every):
        query = PortfolioQuery(sort=sort, limit=4, **asked)  # type: ignore[arg-type]  # fields by name

        def read(after: Position | None, before: Position | None, query: PortfolioQuery = query) -> Page[PortfolioRow]:
            with store.open_unit(ME, writes=False) as unit:
                page, matching = browse_cards(unit, replace(query, after=after, before=before))
            assert matching == 25
            return page

        pages = there_and_back(read)
        assert [len(page) for page in pages] == [4] * 6 + [1]
        seen = [row.name for page in pages for row in page]
        assert sorted(seen) == [f"card-{number:02}" for number in range(25)]
        if sort is PortfolioSort.NAME:
            assert seen == sorted(seen)


def test_the_totals_match_the_list(store: Store) -> None:
    make(store, "high", status="Approved", risk="High", owner="A")
    make(store, "unrated")
    with store.open_unit(ME) as unit:
        create_card(unit, "evaluated", '{"evaluation_details": [{"name": "e"}]}', Status.DRAFT)
    with store.open_unit(ME, writes=False) as unit:
        portfolio = count_portfolio(unit, unit.now + 181 * DAY)
    assert portfolio.by_status == {"Approved": 1, "Draft": 2}
    assert portfolio.by_risk == {"High": 1, "Unknown": 2}
    assert (portfolio.unevaluated, portfolio.untouched, portfolio.cards) == (2, 3, 3)
    assert names(store, unevaluated=True, sort=PortfolioSort.NAME) == ["high", "unrated"]
    assert names(store, risk=["Unknown"], sort=PortfolioSort.NAME) == ["evaluated", "unrated"]


def test_a_draft_belongs_to_its_author_and_detects_other_saves(store: Store) -> None:
    form = DraftForm(name="n", content={"deep": ["\u0000", 1.5]})
    with store.open_unit(ME) as unit:
        draft = begin_draft(unit, form)
    with store.open_unit(OTHER) as unit:
        assert list_drafts(unit) == []
        with pytest.raises(NotFound):
            read_draft(unit, draft.draft_id)
        with pytest.raises(NotFound):
            discard_draft(unit, draft.draft_id)
    with store.open_unit(ME) as unit:
        assert read_draft(unit, draft.draft_id).form == form
        saved = save_draft(unit, draft.draft_id, 1, attrs.evolve(form, name="m"))
        assert [(line.name, line.step) for line in list_drafts(unit)] == [("m", "model")]
        with pytest.raises(DraftOutdated) as caught:
            save_draft(unit, draft.draft_id, 1, attrs.evolve(form, name="lost"))
        assert caught.value.current == saved
    viewer = Actor(ME.scope, "me", Role.VIEWER)
    with store.open_unit(viewer) as unit, pytest.raises(Denied):
        begin_draft(unit, form)


def test_one_of_two_concurrent_saves_is_refused(store: Store) -> None:
    with store.open_unit(ME) as unit:
        draft = begin_draft(unit, DraftForm(name="race"))
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def save(name: str) -> None:
        barrier.wait()
        try:
            with store.open_unit(ME) as unit:
                save_draft(unit, draft.draft_id, 1, DraftForm(name=name))
            outcomes.append("saved")
        except DraftOutdated:
            outcomes.append("outdated")

    threads = [threading.Thread(target=save, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["outdated", "saved"]


def test_an_update_on_an_older_version_is_refused_and_a_note_stays(store: Store) -> None:
    make(store, "noted")
    with store.open_unit(ME) as unit:
        update_card(unit, "noted", '{"business_details": {}}', None, note="why", based_on=1)
        card = unit.cards.find("noted")
        assert card is not None
        assert [item.note for item in unit.versions.history(card.card_id, 99, 10)] == ["why", None]
    with store.open_unit(ME) as unit, pytest.raises(CardOutdated):
        update_card(unit, "noted", "{}", None, based_on=1)
