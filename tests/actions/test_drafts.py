"""Drafts belong to one user, and a save names the revision that it changes."""

import attrs
import pytest

from cardwright.actions.drafts import begin_draft, discard_draft, list_drafts, read_draft, save_draft
from cardwright.core.draft import MAX_DRAFTS, DraftGone, DraftOutdated, TooManyDrafts
from cardwright.core.draft_form import DraftForm
from cardwright.core.errors import Denied
from cardwright.core.people import Role
from tests.actions.conftest import ABROAD, NOW, Verbs, actor

ANA = actor(Role.AUTHOR)
RAVI = actor(Role.ADMIN, "ravi")
FORM = DraftForm(name="fraud", step="model")


def test_a_draft_is_saved_read_and_discarded_by_its_author(verbs: Verbs) -> None:
    draft = verbs.run(ANA, begin_draft, FORM)
    verbs.now = NOW + 1
    saved = verbs.run(ANA, save_draft, draft.draft_id, 1, attrs.evolve(FORM, step="training"))
    assert (saved.revision, saved.step, saved.created_at, saved.modified_at) == (2, "training", NOW, NOW + 1)
    assert verbs.run(ANA, read_draft, draft.draft_id) == saved
    assert [line.name for line in verbs.run(ANA, list_drafts)] == ["fraud"]
    verbs.run(ANA, discard_draft, draft.draft_id)
    with pytest.raises(DraftGone):
        verbs.run(ANA, read_draft, draft.draft_id)


def test_an_equal_save_makes_no_revision_and_an_old_one_is_refused(verbs: Verbs) -> None:
    draft = verbs.run(ANA, begin_draft, FORM)
    assert verbs.run(ANA, save_draft, draft.draft_id, 1, FORM).revision == 1
    verbs.run(ANA, save_draft, draft.draft_id, 1, attrs.evolve(FORM, name="second"))
    with pytest.raises(DraftOutdated) as refused:
        verbs.run(ANA, save_draft, draft.draft_id, 1, attrs.evolve(FORM, name="third"))
    assert refused.value.current.name == "second"


def test_other_users_cannot_use_a_draft(verbs: Verbs) -> None:
    draft = verbs.run(ANA, begin_draft, FORM)
    for other in (RAVI, actor(Role.AUTHOR, scope=ABROAD)):
        with pytest.raises(DraftGone):
            verbs.run(other, read_draft, draft.draft_id)
        with pytest.raises(DraftGone):
            verbs.run(other, save_draft, draft.draft_id, 1, FORM)
        with pytest.raises(DraftGone):
            verbs.run(other, discard_draft, draft.draft_id)
        assert verbs.run(other, list_drafts) == []


def test_viewers_begin_no_draft_and_authors_a_limited_number(verbs: Verbs) -> None:
    with pytest.raises(Denied):
        verbs.run(actor(Role.VIEWER), begin_draft, FORM)
    with verbs.store.open_unit(ANA) as unit:
        for _ in range(MAX_DRAFTS):
            begin_draft(unit, FORM)
    with pytest.raises(TooManyDrafts, match="the maximum"):
        verbs.run(ANA, begin_draft, FORM)
