"""Requirements are filled by a maximum matching, with one place for each person."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from cardwright.core.people import Role
from cardwright.core.policy.approval import Approval, Requirement
from cardwright.core.policy.matching import fill
from cardwright.core.policy.missing import RequestedChanges, in_words
from cardwright.core.policy.requirements import Approver, in_places, standing

PEOPLE = ("ana", "ben", "cem", "dora")
ANY, RISK = Requirement(role=Role.APPROVER), Requirement(reviewers="risk")


@given(st.lists(st.lists(st.sampled_from(PEOPLE), unique=True), max_size=4))
def test_as_many_places_are_filled_as_can_be(places: list[list[str]]) -> None:
    filled = fill(places)
    assert len(set(filled.values())) == len(filled)
    assert all(person in places[place] for place, person in filled.items())
    padded = [*PEOPLE, *[""] * len(places)]
    best = max(
        sum(person in place for person, place in zip(chosen, places, strict=True))
        for chosen in permutations(padded, len(places))
    )
    assert len(filled) == best


def test_a_person_who_could_fill_two_places_goes_where_no_one_else_can() -> None:
    approval = Approval(approvals=(ANY, RISK))
    both = [Approver("mei", Role.APPROVER), Approver("ben", Role.APPROVER)]
    found = standing(approval, both, groups={"risk": ("Mei",)})
    assert (in_words(found.lacks), sorted(found.met)) == ((), [(0, "ben"), (1, "mei")])
    alone = standing(approval, both[:1], groups={"risk": ("Mei",)})
    assert in_words(alone.lacks) == ("1 approval from the group risk",)


def test_insiders_count_for_requirements_that_are_not_independent_alone() -> None:
    approval = Approval(approvals=(ANY, Requirement(role=Role.AUTHOR, independent=True)))
    ana = Approver("ana", Role.APPROVER)
    assert len(in_words(standing(approval, [ana], insiders={"ana"}).lacks)) == 1
    ben = Approver("ben", Role.AUTHOR)
    assert in_words(standing(approval, [ana, ben], insiders={"ana"}).lacks) == ()
    blocked = standing(approval, [ana, ben], insiders={"ana"}, blockers=[RequestedChanges("x")])
    assert in_words(blocked.lacks) == ("x requested changes",)


def test_reviewers_come_in_the_order_of_the_approvals_that_are_needed() -> None:
    approvals = [Requirement(role=Role.APPROVER, count=2), Requirement(reviewers="risk")]
    groups = {"risk": ["Tom", "kim"]}
    assert in_places(approvals, groups, ["ben", "tom"]) == ["ben", "", "tom"]
    assert in_places(approvals, groups, ["risk", "ben", "una", "cem"]) == ["ben", "una", "risk", "cem"]
    assert in_places(approvals, groups, ["kim", "tom"]) == ["tom", "", "kim"]
    assert in_places((), groups, ["ben"]) == ["ben"]
