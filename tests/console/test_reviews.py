"""No form of the console sends a card back without a comment, whatever is posted."""

import re
import urllib.parse
from typing import Any

import pytest

from cardwright.actions.cards import describe_card
from cardwright.actions.drafts import begin_draft
from cardwright.console.wizard.forms import form_of_card
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.stores import open_existing_store
from tests.console.team import ACCOUNT, settings_of, signed_in
from tests.console.visits import Visitor
from tests.servers import Server


@pytest.fixture(scope="module")
def client(team: Server) -> Any:
    return team.client(*team.key("000000000000", "reviewer", "admin"))


def begin_edit(visitor: Visitor, name: str) -> str:
    """Begin to edit a card; gives the draft's address without the step."""
    visitor.get(f"/cards/{name}")
    return urllib.parse.urlsplit(visitor.post(f"/cards/{name}/edit", []).url).path.rpartition("/")[0]


def in_review(client: Any, name: str) -> str:
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="PendingReview")
    return name


def test_a_card_that_went_to_review_during_an_edit_is_not_sent_back_unseen(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="sent-in-between", Content="{}", ModelCardStatus="Draft")
    mei = signed_in(team, "mei")
    draft = begin_edit(mei, "sent-in-between")
    assert "Comment on the review" not in mei.get(f"{draft}/review").text
    client.update_model_card(ModelCardName="sent-in-between", ModelCardStatus="PendingReview")
    refused = mei.save(draft, "review", [("status", "Draft")], "publish")
    assert (refused.status, "Comment on the review" in refused.text) == (422, True)
    assert client.describe_model_card(ModelCardName="sent-in-between")["ModelCardStatus"] == "PendingReview"
    mei.save(draft, "review", [("status", "Draft"), ("comment", "I go on with it.")], "publish")
    assert client.describe_model_card(ModelCardName="sent-in-between")["ModelCardStatus"] == "Draft"
    assert "I go on with it." in mei.get("/cards/sent-in-between/history").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([("status", "Draft"), ("comment", " \n ")], "Say what should change"),
        ([("status", "Draft"), ("comment", "x" * 1001)], "A comment has at most 1,000 characters"),
        ([("status", "PendingReview"), ("comment", "x")], "and the status stays as it is"),
        ([("status", "Gone"), ("comment", "x")], "Choose one of the statuses"),
    ],
)
def test_a_mistake_in_a_comment_is_shown_at_its_field(
    team: Server, client: Any, fields: list[tuple[str, str]], words: str
) -> None:
    name = in_review(client, f"wrong-{len(fields[1][1])}-{fields[0][1].lower()}")
    ravi = signed_in(team, "ravi")
    draft = begin_edit(ravi, name)
    refused = ravi.save(draft, "review", fields, "publish")
    assert (refused.status, words in refused.text) == (422, True)
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "PendingReview"


def test_an_edit_that_stays_in_review_or_approves_needs_no_comment(team: Server, client: Any) -> None:
    name = in_review(client, "stays-in-review")
    ravi = signed_in(team, "ravi")
    changed = ("model_overview.model_owner", "Ada")
    for status in ("PendingReview", "Approved"):
        draft = begin_edit(ravi, name)
        ravi.save(draft, "model", [changed])
        assert ravi.save(draft, "review", [("status", status)], "publish").url.endswith(name)
        assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == status


def test_an_undo_of_many_sends_no_card_back(team: Server, client: Any) -> None:
    name = in_review(client, "undone-to-draft")
    mei = signed_in(team, "mei")
    mei.get("/cards")
    assert f"Not as before: {name}" in mei.post("/cards/restore", [(name, "Draft")]).text
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "PendingReview"


def test_an_edit_of_an_approved_card_says_that_it_takes_the_approval_back(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="approved-once", Content="{}", ModelCardStatus="Approved")
    mei = signed_in(team, "mei")
    draft = begin_edit(mei, "approved-once")
    page = mei.get(f"{draft}/review").text
    assert re.search(r'Now: <span class="cw-status [^>]*title="Approved"', page)
    assert "The text is unchanged. Saving moves the card to draft." in page
    assert (">Save status<" in page, "Save version 2" in page, "No changes yet" in page) == (
        True,
        False,
        False,
    )
    page = mei.save(draft, "model", [("model_overview.model_owner", "Ada"), ("status", "Draft")], "go:review").text
    assert ("Save version 2" in page, "The text is unchanged" in page) == (True, False)


def test_an_approval_during_an_edit_is_shown_before_it_is_taken_back(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="approved-in-between", Content="{}", ModelCardStatus="Draft")
    mei = signed_in(team, "mei")
    draft = begin_edit(mei, "approved-in-between")
    mei.save(draft, "model", [("model_overview.model_owner", "Ada")])
    warning = "reviewer moved the card from draft to approved since you began.</strong> Saving moves it to draft again."
    assert "since you began" not in mei.get(f"{draft}/review").text
    client.update_model_card(ModelCardName="approved-in-between", ModelCardStatus="Approved")
    assert warning in mei.get(f"{draft}/review").text
    refused = mei.save(draft, "review", [("status", "Draft")], "publish")
    assert (refused.status, warning in refused.text) == (422, True)
    assert "Ending an approval requires a comment." in refused.text
    card = client.describe_model_card(ModelCardName="approved-in-between")
    assert (card["ModelCardStatus"], card["ModelCardVersion"]) == ("Approved", 1)
    values = [("status", "Draft"), ("comment", "The owner changed.")]
    assert mei.save(draft, "review", values, "publish").url.endswith("/cards/approved-in-between")
    card = client.describe_model_card(ModelCardName="approved-in-between")
    assert (card["ModelCardStatus"], card["ModelCardVersion"]) == ("Draft", 2)


def test_a_version_and_an_approval_during_an_edit_are_shown_together(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="both-in-between", Content="{}", ModelCardStatus="Draft")
    mei = signed_in(team, "mei")
    draft = begin_edit(mei, "both-in-between")
    mei.save(draft, "model", [("model_overview.model_owner", "Ada")])
    theirs = '{"intended_uses": {"purpose_of_model": "theirs"}}'
    client.update_model_card(ModelCardName="both-in-between", Content=theirs, ModelCardStatus="Approved")
    refused = mei.save(draft, "review", [("status", "Draft")], "publish")
    assert (refused.status, "reviewer saved version 2" in refused.text) == (409, True)
    assert "reviewer moved the card from draft to approved" in refused.text
    values = [("status", "Draft"), ("note", "Both texts.")]
    assert mei.save(draft, "review", values, "publish").url.endswith("/cards/both-in-between")


def test_a_draft_that_began_before_drafts_knew_the_status_is_saved_as_before(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="older-draft", Content="{}", ModelCardStatus="Draft")
    store = open_existing_store(settings_of(team))
    try:
        with store.open_unit(Actor(Scope(store.region, ACCOUNT), "mei", Role.AUTHOR)) as unit:
            form = form_of_card("", describe_card(unit, "older-draft"))
            assert form.card is not None
            form.card.status = form.card.card_id = None
            draft = f"/drafts/{begin_draft(unit, form).draft_id}"
    finally:
        store.close()
    client.update_model_card(ModelCardName="older-draft", ModelCardStatus="Approved")
    mei = signed_in(team, "mei")
    assert "since you began" not in mei.get(f"{draft}/review").text
    values = [("status", "Draft"), ("comment", "It goes on.")]
    assert mei.save(draft, "review", values, "publish").url.endswith("/cards/older-draft")
    assert client.describe_model_card(ModelCardName="older-draft")["ModelCardStatus"] == "Draft"


@pytest.mark.parametrize("comment", ["", "A word."])
def test_a_note_is_kept_with_the_comment_where_the_status_alone_changes(
    team: Server, client: Any, comment: str
) -> None:
    name = in_review(client, f"noted-{len(comment)}")
    ravi = signed_in(team, "ravi")
    draft = begin_edit(ravi, name)
    fields = [("status", "Approved"), ("note", "Because of the audit."), ("comment", comment)]
    assert ravi.save(draft, "review", fields, "publish").url.endswith(name)
    card = client.describe_model_card(ModelCardName=name)
    assert (card["ModelCardStatus"], card["ModelCardVersion"]) == ("Approved", 1)
    comments = "\n".join(text for text in (comment, "Because of the audit.") if text)
    assert f'<p class="cw-comment">{comments}</p>' in ravi.get(f"/cards/{name}/history").text


def test_a_note_that_nothing_would_keep_is_refused_and_stays_in_the_form(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="noted-in-vain", Content="{}", ModelCardStatus="Draft")
    mei = signed_in(team, "mei")
    draft = begin_edit(mei, "noted-in-vain")
    refused = mei.save(draft, "review", [("status", "Draft"), ("note", "Nothing, really.")], "publish")
    assert (refused.status, 'value="Nothing, really."' in refused.text) == (422, True)
    assert 'id="f-note-e">' in refused.text
    assert "saving makes neither. Change something, or take the note out." in refused.text
    too_long = mei.save(draft, "review", [("status", "PendingReview"), ("note", "x" * 501)], "publish")
    assert (too_long.status, "Shorten this by 1 character." in too_long.text) == (422, True)
    both = [("status", "PendingReview"), ("note", "x" * 500), ("comment", "y" * 500)]
    together = mei.save(draft, "review", both, "publish")
    assert (together.status, "Shorten one of them by 1 character." in together.text) == (422, True)
    assert len(client.list_model_card_versions(ModelCardName="noted-in-vain")["ModelCardVersionSummaryList"]) == 1
    emptied = [("status", "Draft"), ("note", ""), ("comment", "")]
    assert mei.save(draft, "review", emptied, "publish").url.endswith("/noted-in-vain")


def test_every_step_says_what_saving_would_do(team: Server, client: Any) -> None:
    client.create_model_card(ModelCardName="shown-before", Content="{}", ModelCardStatus="Approved")
    mei = signed_in(team, "mei")
    draft = begin_edit(mei, "shown-before")
    basis = r"Based on version 1\. ?([^<]*)</p>"
    assert re.findall(basis, mei.get(f"{draft}/model").text) == [
        "The text is unchanged: the last step changes the status to draft and saves no new version."
    ]
    client.update_model_card(ModelCardName="shown-before", ModelCardStatus="Draft")
    assert re.findall(basis, mei.get(f"{draft}/ethics").text) == [
        "No changes yet. A new version is saved only if you change something."
    ]
    assert re.findall(basis, mei.get(f"{draft}/review").text) == [""]
    changed = mei.save(draft, "model", [("model_overview.model_owner", "Ada")])
    assert re.findall(basis, changed.text) == ["The last step makes a new version."]
    assert re.findall(basis, mei.get(f"{draft}/review").text) == ["Saving makes a new version."]


def test_the_form_of_an_approved_card_keeps_its_status_for_approvers_and_says_so(team: Server, client: Any) -> None:
    name = "approved-edited"
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Approved")
    ravi, mei = signed_in(team, "ravi"), signed_in(team, "mei")
    chosen = r'<option value="(\w+)" selected>'
    first = ravi.get(f"/cards/{name}/edit/review").text
    assert (re.findall(chosen, first), "No changes yet: saving makes no new version." in first) == (["Approved"], True)
    draft = begin_edit(ravi, name)
    ravi.save(draft, "model", [("model_overview.model_owner", "Ada")])
    page = ravi.get(f"{draft}/review").text
    assert re.findall(chosen, page) == ["Approved"]
    assert "As Approved, version 2 is approved as soon as it is saved." in page
    assert "With another status the card is no longer approved. Version 1 stays approved in its history." in page
    assert ravi.save(draft, "review", [("status", "Approved")], "publish").url.endswith(name)
    card = client.describe_model_card(ModelCardName=name)
    assert (card["ModelCardStatus"], card["ModelCardVersion"]) == ("Approved", 2)
    draft = begin_edit(mei, name)
    mei.save(draft, "model", [("model_overview.model_owner", "Bea")])
    page = mei.get(f"{draft}/review").text
    assert re.findall(chosen, page) == ["Draft"]
    assert "With version 3 the card is no longer approved. Version 2 stays approved in its history." in page
    assert "Why the approval ends" in page
    assert mei.save(draft, "review", [("status", "Draft")], "publish").status == 422
    mei.save(draft, "review", [("status", "Draft"), ("note", "Another owner.")], "publish")
    versions = client.list_model_card_versions(ModelCardName=name)["ModelCardVersionSummaryList"]
    statuses = {one["ModelCardVersion"]: one["ModelCardStatus"] for one in versions}
    assert statuses == {1: "Approved", 2: "Approved", 3: "Draft"}


def test_a_form_of_an_approved_card_approves_no_later_state_by_itself(team: Server, client: Any) -> None:
    ravi, chosen = signed_in(team, "ravi"), r'<option value="(\w+)" selected>'
    for name, change in (
        ("approved-moved", {"ModelCardStatus": "Draft"}),
        ("approved-behind", {"Content": '{"business_details": {"business_problem": "x"}}', "ModelCardStatus": "Draft"}),
    ):
        client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Approved")
        draft = begin_edit(ravi, name)
        ravi.save(draft, "model", [("model_overview.model_owner", "Ada")])
        client.update_model_card(ModelCardName=name, **change)
        refused = ravi.save(draft, "review", [("status", "Approved")], "publish")
        assert (refused.status, re.findall(chosen, refused.text)) == (409, ["Draft"]), name
        ravi.save(draft, "review", [("status", "Draft")], "publish")
        assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Draft", name


def test_a_note_stays_with_the_version_where_one_is_made(team: Server, client: Any) -> None:
    name = in_review(client, "noted-version")
    ravi = signed_in(team, "ravi")
    draft = begin_edit(ravi, name)
    ravi.save(draft, "model", [("model_overview.model_owner", "Ada")])
    ravi.save(draft, "review", [("status", "Approved"), ("note", "Owner named.")], "publish")
    assert ravi.get(f"/cards/{name}/history").text.count("Owner named.") == 1


def test_two_windows_at_the_review_step_overwrite_nothing_unseen(team: Server, client: Any) -> None:
    name = in_review(client, "two-windows")
    first, second = signed_in(team, "ravi"), signed_in(team, "ravi")
    draft = begin_edit(first, name)
    second.get(f"{draft}/review")
    first.save(draft, "review", [("status", "Draft"), ("note", "First note."), ("comment", "First comment.")])
    written = [("status", "PendingReview"), ("note", "Second note."), ("comment", "")]
    met = second.save(draft, "review", written)
    assert (met.status, "3 fields differ" in met.text) == (409, True)
    for there in ("Draft", "First note.", "First comment."):
        assert f"The other window has: <q>{there}</q>" in met.text
    assert 'value="Second note."' in met.text
    assert second.save(draft, "review", written).status == 200
    assert 'value="Second note."' in first.get(f"{draft}/review").text


def menu_of(visitor: Visitor, name: str, comment: str = "") -> list[tuple[str, str]]:
    """What the status menu of a card posts, as the card is now, except the status that is chosen."""
    page = visitor.get(f"/cards/{name}").text
    seen = re.search(r'name="version" value="(\d+)"><input type="hidden" name="was" value="(\w+)">', page)
    assert seen is not None
    return [("version", seen[1]), ("was", seen[2]), ("comment", comment)]


@pytest.mark.parametrize("changed", ["Draft", "Archived"])
def test_a_status_that_changed_during_an_edit_is_shown_before_it_is_overruled(
    team: Server, client: Any, changed: str
) -> None:
    name = in_review(client, f"moved-to-{changed.lower()}")
    ravi = signed_in(team, "ravi")
    menu = menu_of(ravi, name, "All good.")
    client.update_model_card(ModelCardName=name, ModelCardStatus=changed)
    answer = ravi.post(f"/cards/{name}/status", [*menu, ("status", "Approved")])
    assert (answer.status, client.describe_model_card(ModelCardName=name)["ModelCardStatus"]) == (409, changed)
    assert "reviewer changed the card after you opened it." in answer.text
    assert f"Version 1 is {changed.lower()} now." in answer.text
    assert ">All good.</textarea>" in answer.text
    knowing = [("version", "1"), ("was", changed), ("comment", "All good."), ("status", "Approved")]
    assert ravi.post(f"/cards/{name}/status", knowing).status == 200
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"


def test_a_decision_about_an_earlier_version_shows_the_changes_and_keeps_its_text(team: Server, client: Any) -> None:
    name = in_review(client, "changed-while-reviewed")
    ravi = signed_in(team, "ravi")
    menu = menu_of(ravi, name, "Say more of the data.")
    client.update_model_card(ModelCardName=name, Content='{"model_overview": {"model_owner": "x"}}')
    answer = ravi.post(f"/cards/{name}/status", [*menu, ("status", "Draft")])
    assert (answer.status, client.describe_model_card(ModelCardName=name)["ModelCardStatus"]) == (409, "PendingReview")
    assert f'href="/compare?a={name}:1&amp;b={name}:2"' in answer.text.replace("%3A", ":")
    assert (f"Send {name} back?" in answer.text, ">Say more of the data.</textarea>" in answer.text) == (True, True)


def test_what_another_user_did_already_is_not_done_again(team: Server, client: Any) -> None:
    name = in_review(client, "approved-by-another")
    ravi = signed_in(team, "ravi")
    menu = menu_of(ravi, name, "Well done.")
    client.update_model_card(ModelCardName=name, ModelCardStatus="Approved")
    answer = ravi.post(f"/cards/{name}/status", [*menu, ("status", "Approved")])
    assert (answer.status, f"{name} is approved already" in answer.text, "Well done." in answer.text) == (
        409,
        True,
        True,
    )
    assert "all the same" not in answer.text


@pytest.mark.parametrize("after", ["Draft", "PendingReview", "Archived"])
def test_an_approved_card_gets_another_status_with_a_comment_only(team: Server, client: Any, after: str) -> None:
    name = f"keeps-approval-{after.lower()}"
    client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Approved")
    ravi = signed_in(team, "ravi")
    refused = ravi.post(f"/cards/{name}/status", [*menu_of(ravi, name, " "), ("status", after)])
    assert (refused.status, "Ending an approval requires a comment." in refused.text) == (422, True)
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"
    ravi.post(f"/cards/{name}/status", [*menu_of(ravi, name, "It moved."), ("status", after)])
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == after
    assert "It moved." in ravi.get(f"/cards/{name}/history").text


def test_an_undo_of_an_approval_asks_why_and_keeps_that_it_is_an_undo(team: Server, client: Any) -> None:
    name = in_review(client, "approved-by-mistake")
    ravi = signed_in(team, "ravi")
    ravi.post(f"/cards/{name}/status", [*menu_of(ravi, name, ""), ("status", "Approved")])
    undo = [("status", "PendingReview"), ("undo", "1")]
    refused = ravi.post(f"/cards/{name}/status", undo)
    assert (refused.status, "Ending an approval requires a comment." in refused.text) == (422, True)
    assert '<input type="hidden" name="undo" value="1">' in refused.text
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "Approved"
    done = ravi.post(f"/cards/{name}/status", [*undo, ("comment", "The wrong card.")])
    assert f"{name} is pending review as before" in done.text
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "PendingReview"


def test_an_undo_after_another_change_is_an_ordinary_change(team: Server, client: Any) -> None:
    name = in_review(client, "changed-in-between")
    mei = signed_in(team, "mei")
    mei.post(f"/cards/{name}/status", [*menu_of(mei, name, "Later."), ("status", "Archived")])
    client.update_model_card(ModelCardName=name, ModelCardStatus="PendingReview")
    late = mei.post(f"/cards/{name}/status", [("status", "Draft"), ("undo", "1")])
    assert (late.status, "Say what should change" in late.text) == (422, True)
    assert client.describe_model_card(ModelCardName=name)["ModelCardStatus"] == "PendingReview"
