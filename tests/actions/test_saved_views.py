"""Saved views and kept columns: each person has their own, and their number and length are bounded."""

import pytest

from cardwright.actions.saved_views import delete_view, keep_columns, kept_columns, list_views, save_view
from cardwright.core.errors import Invalid, LimitExceeded, NotFound
from cardwright.core.people import Role
from cardwright.core.saved_view import LONGEST_ADDRESS, LONGEST_NAME, MAX_VIEWS, SavedView
from tests.actions.conftest import ABROAD, Verbs, actor

VIC = actor(Role.VIEWER, "vic")
OTHERS = (actor(Role.VIEWER, "mei"), actor(Role.VIEWER, "vic", ABROAD))


def test_a_view_is_of_its_person_and_account_alone(verbs: Verbs) -> None:
    verbs.run(VIC, save_view, "  My \n drafts ", "/cards?status=Draft")
    verbs.now += 1
    verbs.run(VIC, save_view, "Late", "/cards?due=late")
    assert verbs.run(VIC, list_views) == [
        SavedView("My drafts", "/cards?status=Draft"),
        SavedView("Late", "/cards?due=late"),
    ]
    for other in OTHERS:
        assert verbs.run(other, list_views) == []
        with pytest.raises(NotFound, match="You have no saved view Late"):
            verbs.run(other, delete_view, "Late")


def test_a_view_of_the_same_name_gets_the_new_address(verbs: Verbs) -> None:
    for address in ("/cards?q=a", "/cards?q=b"):
        verbs.run(VIC, save_view, "Late", address)
    assert verbs.run(VIC, list_views) == [SavedView("Late", "/cards?q=b")]
    verbs.run(VIC, delete_view, "Late")
    assert verbs.run(VIC, list_views) == []


def test_a_person_with_all_views_may_change_one_and_not_add_one(verbs: Verbs) -> None:
    for number in range(MAX_VIEWS):
        verbs.run(VIC, save_view, f"view {number}", "/cards")
    verbs.run(VIC, save_view, "view 7", "/cards?q=changed")
    with pytest.raises(LimitExceeded, match=f"You have {MAX_VIEWS} saved views: delete one first"):
        verbs.run(VIC, save_view, "another", "/cards")
    assert len(verbs.run(VIC, list_views)) == MAX_VIEWS


@pytest.mark.parametrize(
    ("name", "address"), [("\x00 ", "/cards"), ("x" * (LONGEST_NAME + 1), "/cards"), ("x", "/" * (LONGEST_ADDRESS + 1))]
)
def test_an_empty_or_long_view_is_refused(verbs: Verbs, name: str, address: str) -> None:
    with pytest.raises(Invalid):
        verbs.run(VIC, save_view, name, address)
    assert verbs.run(VIC, list_views) == []


def test_chosen_columns_are_kept_for_their_person_until_the_usual_ones_return(verbs: Verbs) -> None:
    assert verbs.run(VIC, kept_columns) == ()
    verbs.run(VIC, keep_columns, ["owner", "risk"])
    assert verbs.run(VIC, kept_columns) == ("owner", "risk")
    assert [verbs.run(other, kept_columns) for other in OTHERS] == [(), ()]
    verbs.run(VIC, keep_columns, [])
    assert verbs.run(VIC, kept_columns) == ()
