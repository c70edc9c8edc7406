"""Selectors: which cards they select, their order, and which of them can meet on a card."""

import pytest

from cardwright.core.policy.policy import ReviewPolicy, choose, tie
from cardwright.core.policy.selector import Facts, Selector, matches

FRAUD = Facts("fraud-eu", "High", {"team": "payments", "stage": "live"}, "fraud")


def policy(name: str, selector: Selector) -> ReviewPolicy:
    return ReviewPolicy(name, 1, "0" * 64, selector)


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        (Selector(), True),
        (Selector(name="fraud-eu"), True),
        (Selector(name="fraud-*"), True),
        (Selector(name="fraud-??"), True),
        (Selector(name="Fraud-*"), False),
        (Selector(name="fraud"), False),
        (Selector(risk=("High", "Unknown")), True),
        (Selector(risk=("Low",)), False),
        (Selector(tags={"team": "payments"}), True),
        (Selector(tags={"team": "payments", "stage": "test"}), False),
        (Selector(group="fraud"), True),
        (Selector(group="other", name="fraud-*"), False),
    ],
)
def test_a_selector_selects_where_all_its_conditions_hold(selector: Selector, selected: bool) -> None:
    assert selector.selects(FRAUD) is selected


def test_a_card_without_a_rating_counts_as_unknown() -> None:
    assert Selector(risk=("Unknown",)).selects(Facts("a"))


def test_the_order_is_name_then_pattern_then_group_then_tags_then_risk() -> None:
    ascending = [
        Selector(),
        Selector(risk=("High",)),
        Selector(tags={"team": "payments"}),
        Selector(tags={"team": "payments"}, risk=("High",)),
        Selector(group="fraud"),
        Selector(name="*"),
        Selector(name="fraud-eu"),
    ]
    policies = [policy(f"p{index}", selector) for index, selector in enumerate(ascending)]
    for count in range(1, len(policies) + 1):
        assert choose(policies[:count][::-1], FRAUD) == policies[count - 1]
    assert choose(policies[1:], Facts("other")) == policies[5]
    assert choose([policies[6]], Facts("other")) is None


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (Selector(name="fraud-*"), Selector(name="*-prod"), True),
        (Selector(name="fraud-*"), Selector(name="credit-*"), False),
        (Selector(name="a?c*"), Selector(name="ab*d"), True),
        (Selector(name="a?c"), Selector(name="ab*d"), False),
        (Selector(name="*a*b*"), Selector(name="b*a"), True),
        (Selector(name="a"), Selector(name="b"), False),
        (Selector(risk=("High",)), Selector(risk=("Low", "High")), True),
        (Selector(risk=("High",)), Selector(risk=("Low",)), False),
        (Selector(tags={"a": "1"}), Selector(tags={"b": "1"}), True),
        (Selector(tags={"a": "1"}), Selector(tags={"a": "2"}), False),
        (Selector(group="a"), Selector(group="b"), False),
        (Selector(), Selector(), True),
        (Selector(), Selector(risk=("High",)), False),
    ],
)
def test_two_selectors_tie_when_they_rank_equal_and_can_meet(one: Selector, other: Selector, meet: bool) -> None:
    assert one.ties(other) is meet
    assert other.ties(one) is meet


def test_a_policy_never_ties_with_an_earlier_version_of_itself() -> None:
    old, new = policy("p", Selector()), policy("p", Selector())
    assert tie([old], new) is None
    assert tie([old], policy("q", Selector())) == old


def test_a_pattern_of_many_stars_is_matched_at_once() -> None:
    assert not matches("*a" * 30 + "b", "a" * 63)
    assert not Selector(name="*a" * 30 + "b").overlaps(Selector(name="*a" * 30 + "c"))
