"""Promises of filters, near words, numbers and tags in searches, and names of people, on each engine."""

import json
from collections.abc import Iterator

import pytest

from cardwright.actions.account_events import list_events
from cardwright.actions.account_settings import read_text_format, set_text_format, use_shortcuts, uses_shortcuts
from cardwright.actions.cards import create_card, update_card
from cardwright.actions.findings import open_finding
from cardwright.actions.portfolio import (
    browse_cards,
    browse_near,
    count_portfolio,
    index_words,
    list_near,
    neighbours,
    review_marks,
)
from cardwright.actions.reviews import request_review
from cardwright.actions.tags import add_tags, delete_tags
from cardwright.actions.users import all_groups, change_profile, create_user, delete_user, display_names, groups_of
from cardwright.core.card import Status
from cardwright.core.errors import Conflict, Denied, Invalid
from cardwright.core.finding import Severity
from cardwright.core.listing import CardQuery, CardSort
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.portfolio import ANY_FINDING, PortfolioQuery, PortfolioSort
from cardwright.core.review import ReviewState
from cardwright.core.text_format import TextFormat
from cardwright.server.stores import open_store
from cardwright.storage.store import Store
from tests.stores import empty_store

SCOPE = Scope("us-east-1", "000000000000")
ME = Actor(SCOPE, "me", Role.ADMIN, authenticated=True)
HOUR = 3_600_000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with cards of several promises. Shared: use names of your own."""
    store = open_store(empty_store(request, request.param, tmp_path_factory.mktemp("lists")))
    yield store
    store.close()


def make(store: Store, name: str, description: str = "", *tags: tuple[str, str], value: object = None) -> None:
    content: dict[str, object] = {"model_overview": {"model_description": description}}
    if value is not None:
        kind = "number" if isinstance(value, int | float) else "bar_chart"
        metric = {"name": "auc", "type": kind, "value": value}
        content["evaluation_details"] = [{"name": "job", "metric_groups": [{"name": "g", "metric_data": [metric]}]}]
    with store.open_unit(ME) as unit:
        create_card(unit, name, json.dumps(content), Status.DRAFT, tags)


def find(store: Store, text: str = "", **asked: object) -> list[str]:
    with store.open_unit(ME) as unit:
        index_words(unit, 1000)
    with store.open_unit(ME, writes=False) as unit:
        query = PortfolioQuery(text=text, sort=PortfolioSort.NAME, **asked)  # type: ignore[arg-type]  # fields by name
        page, matching = browse_cards(unit, query)
    assert matching == len(page.items)
    return [row.name for row in page.items]


def test_a_search_finds_numbers_as_they_are_stored_and_as_they_are_shown(store: Store) -> None:
    make(store, "number-auc", value=0.930571)
    make(store, "number-count", value=[1842770, 744])
    make(store, "number-small", value=0.00003127)
    make(store, "number-padded", "Release 2.1, from 12,500 rows", value=0.872)
    make(store, "number-curve", value=[0.4321] * 300)
    for text, found in (
        ("0.930571", "number-auc"),
        ("0.93057", "number-auc"),
        ("0.9306", "number-auc"),
        ("1842770", "number-count"),
        ("1,842,770", "number-count"),
        ("744", "number-count"),
        ("0.00003127", "number-small"),
        ("0.8720", "number-padded"),
        ("2.1", "number-padded"),
        ("12,500", "number-padded"),
        ("12500", "number-padded"),
    ):
        assert find(store, f"number {text}") == [found], text
    assert find(store, "number 0.4321") == []
    assert find(store, "number 9306") == []


def test_a_search_finds_tags_as_they_are_now(store: Store) -> None:
    make(store, "tagged-one", "", ("team", "payments-risk"), ("country", "PT ES"))
    make(store, "tagged-two")
    assert find(store, "tagged team=payments-risk") == ["tagged-one"]
    assert find(store, "tagged PT ES") == ["tagged-one"]
    with store.open_unit(ME) as unit:
        add_tags(unit, SCOPE.card_arn("tagged-two"), [("stage", "candidate")])
        delete_tags(unit, SCOPE.card_arn("tagged-one"), ["country"])
    assert find(store, "tagged candidate") == ["tagged-two"]
    assert find(store, "tagged PT ES") == []


@pytest.mark.parametrize("few", [2_000, 1])
def test_cards_are_filtered_by_tags_however_many_have_them(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("cardwright.storage.card_filters.FEW_CARDS", few)
    for number in range(4):
        make(store, f"filter{few}-{number}", "", (f"team{few}", "a" if number % 2 else "b"), (f"n{few}", str(number)))
    names = [f"filter{few}-{number}" for number in range(4)]
    assert find(store, tags=[(f"team{few}", "a")]) == [names[1], names[3]]
    assert find(store, tags=[(f"team{few}", None)]) == names
    assert find(store, tags=[(f"team{few}", "a"), (f"n{few}", "3")]) == [names[3]]
    assert find(store, tags=[(f"team{few}", "b"), (f"n{few}", "3")]) == []
    assert find(store, tags=[("team", "a' OR 1=1 --")]) == []
    assert find(store, f"filter{few}", tags=[(f"team{few}", "b")], status=["Draft"]) == [names[0], names[2]]


def test_a_search_without_hits_is_tried_with_near_words(store: Store) -> None:
    make(store, "mortgage-valuation", "Values of residential property, 0.8003 of them sold")
    make(store, "fraud-detector", "Classifier of chargebacks")
    for typed, near, found in (
        ("mortage", "mortgage", "mortgage-valuation"),
        ("frud clasifier", "fraud classifier", "fraud-detector"),
        ("chargebakcs", "chargebacks", "fraud-detector"),
        ("residential proprety", "residential property", "mortgage-valuation"),
        ("mortage 0.8003", "mortgage 0.8003", "mortgage-valuation"),
    ):
        assert find(store, typed) == []
        with store.open_unit(ME, writes=False) as unit:
            hits = browse_near(unit, PortfolioQuery(text=typed))
        assert hits is not None, typed
        assert (hits.text, [row.name for row in hits.page.items], hits.matching) == (near, [found], 1)
    with store.open_unit(ME, writes=False) as unit:
        assert browse_near(unit, PortfolioQuery(text="xylophones")) is None
        assert browse_near(unit, PortfolioQuery(text="mortage", status=["Approved"])) is None
        assert browse_near(unit, PortfolioQuery(text="")) is None


def test_a_number_is_not_looked_up_in_names(store: Store) -> None:
    make(store, "batch-000175-1510", "Rates of 17.5 and 1.5e20")
    make(store, "batch-1750-15100", "Nothing of that")
    for typed in ("17.5", "1.5×10²⁰", "1.5e20"):
        assert find(store, typed) == (["batch-000175-1510"] if typed == "17.5" else []), typed
    assert find(store, "atch-1750") == ["batch-1750-15100"]


def test_names_are_found_by_near_words_and_by_words_apart(store: Store) -> None:
    for name in ("churn-predictor-emea", "churn-predictor-apac", "predictor-of-attrition"):
        make(store, name, "Subscribers that leave")
    assert len(find(store, "subscribers leave")) == 3
    with store.open_unit(ME, writes=False) as unit:
        for typed, found in (
            ("chrun-perdictor", ["churn-predictor-apac", "churn-predictor-emea"]),
            ("Churn_Predictor EM", ["churn-predictor-emea"]),
            ("perdictor-of", ["predictor-of-attrition"]),
            ("subscirbers", []),
            ("x" * 5_000, []),
            ("%_", []),
        ):
            page = list_near(unit, CardQuery(sort_by=CardSort.NAME, limit=2, name_contains=typed))
            assert [card[0] for card in page.items] == found, typed


def test_near_words_of_an_account_come_from_its_own_cards(store: Store) -> None:
    abroad = Actor(Scope("us-east-1", "111111111111"), "me", Role.ADMIN)
    with store.open_unit(abroad) as unit:
        create_card(unit, "abroad", '{"model_overview":{"model_description":"confidential"}}', Status.DRAFT)
    with store.open_unit(abroad) as unit:
        index_words(unit, 10)
    with store.open_unit(ME, writes=False) as unit:
        assert unit.portfolio.near("confidentail", 3) == []
    with store.open_unit(abroad, writes=False) as unit:
        assert unit.portfolio.near("confidentail", 3) == ["confidential"]


def test_reviews_are_found_by_their_reviewers_and_due_dates(store: Store) -> None:
    for name in ("due-soon", "due-later", "due-never"):
        make(store, name)
    with store.open_unit(ME) as unit:
        now = unit.now
        create_user(unit, "rui", Role.APPROVER, "x")
        request_review(unit, "due-soon", reviewers=["rui"], due_at=now + HOUR)
        request_review(unit, "due-later", due_at=now + 100 * HOUR)
    assert find(store, reviewer="rui") == ["due-soon"]
    assert find(store, due_before=now + 2 * HOUR) == ["due-soon"]
    assert find(store, due_after=now + 2 * HOUR, due_before=now + 200 * HOUR) == ["due-later"]
    with store.open_unit(ME, writes=False) as unit:
        assert count_portfolio(unit, now + 2 * HOUR).overdue == 1
        page, _ = browse_cards(unit, PortfolioQuery(text="due", sort=PortfolioSort.NAME))
        marks = review_marks(unit, [row.card_id for row in page.items])
        soon = next(row.card_id for row in page.items if row.name == "due-soon")
    assert (marks[soon].state, marks[soon].due_at) == (ReviewState.OPEN, now + HOUR)
    assert len(marks) == 2


@pytest.mark.parametrize("few", [1, 2_000])
def test_cards_are_found_by_the_authors_of_their_versions(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("cardwright.storage.card_filters.FEW_CARDS", few)
    names = [f"written{few}-{number}" for number in range(3)]
    authors = [Actor(SCOPE, f"author{few}-{number}", Role.AUTHOR, authenticated=True) for number in range(2)]
    for name in names:
        with store.open_unit(authors[0]) as unit:
            create_card(unit, name, "{}", Status.DRAFT)
    with store.open_unit(authors[1]) as unit:
        update_card(unit, names[1], '{"model_overview":{"model_name":"n"}}', None)
    with store.open_unit(authors[1]) as unit:
        update_card(unit, names[2], None, Status.PENDING_REVIEW)
    assert find(store, author=authors[0].user) == names
    assert find(store, author=authors[1].user) == [names[1]]
    assert find(store, author=authors[0].user, status=["PendingReview"]) == [names[2]]
    assert find(store, author="' OR 1=1 --") == []
    with store.open_unit(authors[1], writes=False) as unit:
        page, matching = browse_cards(unit, PortfolioQuery(author="me"))
    assert ([row.name for row in page.items], matching) == ([names[1]], 1)


def test_settings_belong_to_an_account_or_to_a_person(store: Store) -> None:
    other = ME._replace(user="other")
    with store.open_unit(ME) as unit:
        assert read_text_format(unit) is TextFormat.PLAIN
        assert set_text_format(unit, TextFormat.MARKDOWN)
        assert not set_text_format(unit, TextFormat.MARKDOWN)
        use_shortcuts(unit, on=False)
    with store.open_unit(other, writes=False) as unit:
        assert (read_text_format(unit), uses_shortcuts(unit)) == (TextFormat.MARKDOWN, True)
    with store.open_unit(ME._replace(scope=Scope("us-east-1", "111111111111")), writes=False) as unit:
        assert (read_text_format(unit), uses_shortcuts(unit)) == (TextFormat.PLAIN, True)
    with store.open_unit(ME._replace(role=Role.APPROVER)) as unit:
        with pytest.raises(Denied):
            set_text_format(unit, TextFormat.PLAIN)
        assert not uses_shortcuts(unit)
        use_shortcuts(unit, on=True)
        assert uses_shortcuts(unit)
    with store.open_unit(ME) as unit:
        set_text_format(unit, TextFormat.PLAIN)
        events = [event.details for event in list_events(unit, 2)]
    assert events == ["from markdown to plain", "from plain to markdown"]


def test_cards_are_found_by_their_open_findings(store: Store) -> None:
    for name in ("found-late", "found-open", "found-none"):
        make(store, name)
    with store.open_unit(ME) as unit:
        now = unit.now
        open_finding(unit, "found-late", title="Drift", severity=Severity.HIGH, due_at=now + HOUR)
        for title in ("Bias", "Gap"):
            open_finding(unit, "found-open", title=title, severity=Severity.LOW)
    assert find(store, findings_before=ANY_FINDING) == ["found-late", "found-open"]
    assert find(store, findings_before=now + 2 * HOUR) == ["found-late"]
    with store.open_unit(ME, writes=False) as unit:
        page, _ = browse_cards(unit, PortfolioQuery(findings_before=ANY_FINDING, sort=PortfolioSort.NAME))
        marks = review_marks(unit, [row.card_id for row in page.items])
    assert [marks[row.card_id].findings for row in page.items] == [1, 2]


def test_the_neighbours_of_a_card_are_those_of_the_list(store: Store) -> None:
    for number in range(3):
        make(store, f"next-{number}", "", ("next", "yes"))
    with store.open_unit(ME, writes=False) as unit:
        query = PortfolioQuery(tags=[("next", "yes")], sort=PortfolioSort.NAME)
        assert neighbours(unit, query, "next-0") == (None, "next-1")
        assert neighbours(unit, query, "next-1") == ("next-0", "next-2")
        assert neighbours(unit, query, "next-2") == ("next-1", None)
        assert neighbours(unit, query, "no-such-card") == (None, None)


def test_people_have_names_addresses_and_groups(store: Store) -> None:
    with store.open_unit(ME) as unit:
        create_user(unit, "amara", Role.AUTHOR, "x")
        create_user(unit, "mei", Role.AUTHOR, "x")
        changed = change_profile(
            unit, "amara", display_name=" Amara \t Okafor ", email="amara@example.com", groups=["Risk", "Audit", "Risk"]
        )
    assert (changed.display_name, changed.email) == ("Amara Okafor", "amara@example.com")
    with store.open_unit(ME) as unit:
        assert display_names(unit)["amara"] == "Amara Okafor"
        assert groups_of(unit, "AMARA") == ("Audit", "Risk")
        assert all_groups(unit) == {"amara": ("Audit", "Risk")}
        for name, given in (("mei", "amara okafor"), ("mei", "AMARA")):
            with pytest.raises(Conflict, match="is the name of the user amara"):
                change_profile(unit, name, display_name=given)
        for wrong in ({"display_name": "x" * 101}, {"display_name": "a\u202eb"}, {"email": "no"}, {"groups": ["/"]}):
            with pytest.raises(Invalid):
                change_profile(unit, "mei", **wrong)
        change_profile(unit, "amara", email="")
        assert unit.users.find("amara").email is None  # type: ignore[union-attr]  # the user exists
        delete_user(unit, "amara")
        assert all_groups(unit) == {}
