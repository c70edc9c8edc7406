"""ModelCard opens findings, adds evidence and comments, and lists them."""

import datetime
from pathlib import Path

import pytest

from cardwright.model_card import ModelCard
from tests.model_card.sessions import ServerSession


def test_a_card_opens_findings_and_lists_them(session: ServerSession, name: str) -> None:
    card = ModelCard(name, sagemaker_session=session)
    with pytest.raises(ValueError, match="create a model card"):
        card.findings()
    card.create()
    due = datetime.datetime(2199, 1, 31, tzinfo=datetime.UTC)
    opened = card.open_finding("Only adults", "low", kind="limitation", text="No minors in the data", due=due)
    assert (opened["State"], opened["Kind"], opened["DueTime"]) == ("open", "limitation", due)
    assert [one["FindingId"] for one in card.findings(unresolved=True)] == [opened["FindingId"]]
    assert card.findings(states=["closed"]) == []


def test_a_card_has_evidence_and_comments(session: ServerSession, name: str, tmp_path: Path) -> None:
    card = ModelCard(name, sagemaker_session=session)
    file = tmp_path / "guide.txt"
    file.write_text("Read me")
    with pytest.raises(ValueError, match="create a model card"):
        card.add_evidence(file, "instructions")
    card.create()
    added = card.add_evidence(file, "instructions", pointer="/intended_uses")
    assert (added["FileName"], added["FileSize"], added["MediaType"]) == ("guide.txt", 7, "text/plain")
    assert [one["EvidenceId"] for one in card.evidence(kind="instructions")] == [added["EvidenceId"]]
    comment = card.add_comment("Which uses?", pointer="/intended_uses/intended_uses")
    reply = card.add_comment("Loans.", reply_to=comment["CommentId"])
    assert [one["CommentId"] for one in card.comments()] == [reply["CommentId"], comment["CommentId"]]
    assert card.comments(pointer="/other") == []
    assert card.waivers() == []
