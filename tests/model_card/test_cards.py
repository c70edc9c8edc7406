"""ModelCard against a real server: create, load, update, history, delete."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cardwright.model_card import IntendedUses, ModelCard, ModelCardStatusEnum, ModelOverview
from tests.model_card.sessions import ServerSession, present


def make(session: ServerSession, name: str, **members: Any) -> ModelCard:
    card = ModelCard(name, sagemaker_session=session, **members)
    card.create()
    return card


def versions(card: ModelCard) -> list[int]:
    return [version["ModelCardVersion"] for version in card.get_version_history()]


def test_a_created_card_has_its_arn_version_and_times(session: ServerSession, name: str) -> None:
    card = ModelCard(name, sagemaker_session=session)
    arn = card.create()
    assert arn == card.arn
    assert card.arn.endswith(f"model-card/{name}")
    assert (card.version, card.status) == (1, ModelCardStatusEnum.DRAFT)
    assert card.created_time is not None
    assert card.last_modified_time is not None
    with pytest.raises(FileExistsError, match=f"Model card {name} already exists with arn {card.arn}"):
        card.create()


def test_a_second_card_with_the_name_is_refused_by_the_server(session: ServerSession, name: str) -> None:
    make(session, name)
    with pytest.raises(ClientError, match="ConflictException"):
        make(session, name)


def test_content_that_breaks_the_schema_is_refused_by_the_server(session: ServerSession, name: str) -> None:
    with pytest.raises(ClientError, match=r"The document is not valid model_overview.model_name: String length"):
        make(session, name, model_overview=ModelOverview(model_name="x" * 1025))


def test_a_card_without_a_name_raises_a_clear_error(session: ServerSession) -> None:
    with pytest.raises(ValueError, match="Give the card a name before it is created"):
        ModelCard.from_dict({}, sagemaker_session=session).create()


def test_load_gives_back_what_was_created(session: ServerSession, name: str) -> None:
    made = make(session, name, status="PendingReview", intended_uses=IntendedUses("purpose", risk_rating="High"))
    loaded = ModelCard.load(name, sagemaker_session=session)
    assert (
        loaded.to_dict() == made.to_dict() == {"intended_uses": {"purpose_of_model": "purpose", "risk_rating": "High"}}
    )
    assert (loaded.status, loaded.arn, loaded.version) == (ModelCardStatusEnum.PENDING_REVIEW, made.arn, 1)
    assert loaded.created_time == made.created_time
    assert loaded.model_overview is None
    with pytest.raises(ClientError, match="does not exist"):
        ModelCard.load(name, 2, session)


def test_update_before_create_is_refused(session: ServerSession, name: str) -> None:
    with pytest.raises(ValueError, match="Please create a model card or load an existing model card before update"):
        ModelCard(name, sagemaker_session=session).update()


def test_update_sends_content_and_status_together_and_loses_neither(session: ServerSession, name: str) -> None:
    card = make(session, name, model_overview=ModelOverview(model_name=name))
    card.status = "Archived"
    present(card.model_overview).model_owner = "Growth"
    assert card.update().keys() == {"status", "content"}
    there = ModelCard.load(name, sagemaker_session=session)
    assert (there.status, there.version) == (ModelCardStatusEnum.ARCHIVED, 2)
    assert present(there.model_overview).model_owner == "Growth"
    assert card.version == 2


def test_update_sends_nothing_when_nothing_changed(session: ServerSession, name: str) -> None:
    card = make(session, name, evaluation_details=[{"name": "job"}])
    assert card.update() == {}
    # v2 would add "datasets": [] and make a version of it.
    assert ModelCard.load(name, sagemaker_session=session).update(status="Approved").keys() == {"status"}
    assert versions(card) == [1]


def test_update_takes_members_and_warns_of_unknown_ones(
    session: ServerSession, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    card = make(session, name)
    card.update(intended_uses={"purpose_of_model": "p"}, nothing=1)
    assert "nothing doesn't exist in model card." in caplog.text
    assert present(ModelCard.load(name, sagemaker_session=session).intended_uses).purpose_of_model == "p"


def test_update_over_a_newer_version_warns(session: ServerSession, name: str, caplog: pytest.LogCaptureFixture) -> None:
    first = make(session, name)
    second = ModelCard.load(name, sagemaker_session=session)
    second.update(model_overview={"model_name": name})
    first.update(model_overview={"model_description": "mine"})
    assert f"Version 2 of {name} was made after this object's version 1; its content is replaced." in caplog.text
    assert first.version == 3


def test_unknown_keys_survive_load_and_update(session: ServerSession, name: str) -> None:
    content = {
        "training_details": {"objective_function": {"function": "Minimize", "facet": "LogLoss", "since": "2026"}},
        "evaluation_details": [
            {"name": "job", "metric_groups": [{"name": "group", "metric_data": [], "reviewed_by": "Ada"}]}
        ],
    }
    session.sagemaker_client.create_model_card(ModelCardName=name, Content=json.dumps(content), ModelCardStatus="Draft")
    card = ModelCard.load(name, sagemaker_session=session)
    card.update(business_details={"business_problem": "churn"})
    stored = session.sagemaker_client.describe_model_card(ModelCardName=name)["Content"]
    assert json.loads(stored) == {**content, "business_details": {"business_problem": "churn"}}


def test_the_version_history_is_complete_at_any_length(session: ServerSession, name: str) -> None:
    card = make(session, name)
    for number in range(104):
        session.sagemaker_client.update_model_card(
            ModelCardName=name, Content=json.dumps({"model_overview": {"model_description": str(number)}})
        )
    assert versions(card) == list(range(1, 106))
    newest = card.get_version_history(MaxResults=1, SortOrder="Descending")
    assert [version["ModelCardVersion"] for version in newest] == [105]


def test_delete_removes_the_card_and_archives_the_object(session: ServerSession, name: str) -> None:
    card = make(session, name)
    assert card.delete() is True
    assert card.status is ModelCardStatusEnum.ARCHIVED
    with pytest.raises(ClientError, match="does not exist"):
        ModelCard.load(name, sagemaker_session=session)


def test_no_card_content_is_logged(session: ServerSession, name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="cardwright"):
        card = make(session, name, model_overview=ModelOverview(model_name="a-secret-name"))
        card.update(model_overview=ModelOverview(model_name="another-secret-name"))
    assert "secret" not in caplog.text
    assert f"Creating model card with name: {name}" in caplog.text


def test_saving_creates_and_then_updates(session: ServerSession, name: str) -> None:
    card = ModelCard(name, sagemaker_session=session, intended_uses=IntendedUses("first"))
    arn = card.save()
    assert (card.save(), card.version) == (arn, 1)
    card.intended_uses = IntendedUses("second")
    card.status = "PendingReview"
    assert (card.save(), card.version, versions(card)) == (arn, 2, [1, 2])
    assert ModelCard.load(name, sagemaker_session=session).status is ModelCardStatusEnum.PENDING_REVIEW


def test_a_notebook_cell_that_saves_can_run_again(session: ServerSession, name: str) -> None:
    def cell(purpose: str) -> ModelCard:
        card = ModelCard(name, sagemaker_session=session, intended_uses=IntendedUses(purpose))
        card.save()
        return card

    first, again, changed = cell("first"), cell("first"), cell("second")
    assert (first.version, again.version, changed.version) == (1, 1, 2)
    assert first.arn == again.arn == changed.arn
    assert present(ModelCard.load(name, sagemaker_session=session).intended_uses).purpose_of_model == "second"


def test_a_card_that_was_deleted_is_saved_as_a_new_one(session: ServerSession, name: str) -> None:
    card = make(session, name, intended_uses=IntendedUses("first"))
    ModelCard.load(name, sagemaker_session=session).delete()
    card.save()
    assert (card.version, versions(card)) == (1, [1])
    with pytest.raises(ValueError, match="Give the card a name before it is saved"):
        ModelCard.from_dict({}, sagemaker_session=session).save()


def test_callers_that_save_one_new_card_at_once_all_succeed(session: ServerSession, name: str) -> None:
    cards = [ModelCard(name, sagemaker_session=session, intended_uses=IntendedUses("same")) for _ in range(8)]
    with ThreadPoolExecutor(len(cards)) as threads:
        arns = set(threads.map(ModelCard.save, cards))
    assert arns == {cards[0].arn}
    assert [card.version for card in cards] == [1] * len(cards)


def test_a_conflict_with_a_card_of_the_same_model_is_refused(session: ServerSession, name: str) -> None:
    overview = ModelOverview(model_id=f"model-of-{name}")
    make(session, name, model_overview=overview)
    with pytest.raises(ClientError, match="ConflictException"):
        ModelCard(f"{name}-2", sagemaker_session=session, model_overview=overview).save()


@pytest.mark.parametrize("path", ["card.pdf", "/srv/cards", "file:///srv/card.pdf", r"C:\cards\card.pdf", "./out"])
def test_a_local_path_for_an_export_job_points_to_export(session: ServerSession, name: str, path: str) -> None:
    card = make(session, name)
    with pytest.raises(ValueError, match=r"export_pdf writes to S3, .* is a local path: write a file with export\("):
        card.export_pdf(path)
    assert card.list_export_jobs()["ModelCardExportJobSummaries"] == []
