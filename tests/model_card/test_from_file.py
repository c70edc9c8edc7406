"""`ModelCard.from_file`: a card of another tool, with its loss report, stored together with its file."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from cardwright.client.own_client import own_client
from cardwright.core.errors import Invalid
from cardwright.interchange import Outcome
from cardwright.model_card import ModelCard
from tests.interchange.samples import __file__ as samples
from tests.interchange.samples import sample
from tests.model_card.sessions import ServerSession, present

SAMPLES = Path(samples).parent


def test_a_card_is_read_and_created_with_its_file(session: ServerSession, name: str) -> None:
    card = ModelCard.from_file(SAMPLES / "mct_0_0_1.json", name, sagemaker_session=session)
    assert present(card.model_overview).model_name == "toxicity"
    report = present(card.import_report)
    assert report.counts[Outcome.DROPPED] == 0
    assert report.summary().startswith("25 of 25 facts arrive: 10 kept")
    card.create()
    source = own_client(session.sagemaker_client).describe_model_card_source(ModelCardName=name)
    assert (source["SourceData"], source["SourceName"]) == (sample("mct_0_0_1.json"), "mct_0_0_1.json")
    assert ModelCard.load(name, sagemaker_session=session).import_report is None
    again = ModelCard.from_file(SAMPLES / "mct_0_0_1.json", name, sagemaker_session=session)
    with pytest.raises(ClientError, match="already exists"):
        again.create()


def test_a_changed_card_is_stored_as_it_is_and_an_unchanged_one_digit_for_digit(
    session: ServerSession, name: str, tmp_path: Path
) -> None:
    (tmp_path / "card.json").write_text('{"model_overview": {"model_version": 1.50}}')
    card = ModelCard.from_file(tmp_path / "card.json", name, sagemaker_session=session)
    card.create()
    stored = session.sagemaker_client.describe_model_card(ModelCardName=name)["Content"]
    assert stored == '{"model_overview":{"model_version":1.50}}'
    other = ModelCard.from_file(tmp_path / "card.json", f"{name}-b", status="PendingReview", sagemaker_session=session)
    present(other.model_overview).model_owner = "Ana"
    other.create()
    found = ModelCard.load(f"{name}-b", sagemaker_session=session)
    assert (present(found.model_overview).model_owner, found.status.value) == ("Ana", "PendingReview")
    assert own_client(session.sagemaker_client).describe_model_card_source(ModelCardName=f"{name}-b")["SourceData"]


def test_one_of_several_cards_is_chosen_by_its_name(session: ServerSession, name: str, tmp_path: Path) -> None:
    models = [{"type": "machine-learning-model", "name": one} for one in (name, "other")]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.7", "components": models}
    (tmp_path / "bom.json").write_text(json.dumps(bom))
    with pytest.raises(ValueError, match=f"2 cards, choose one by its name: {name}, other"):
        ModelCard.from_file(tmp_path / "bom.json")
    card = ModelCard.from_file(tmp_path / "bom.json", name, sagemaker_session=session)
    card.create()
    assert present(card.arn).endswith(f"/{name}")


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(Invalid, match="not JSON"):
        ModelCard.from_file(tmp_path / "broken.json")
    with pytest.raises(ValueError, match="describes a part of a card"):
        ModelCard.from_file(SAMPLES / "croissant.json")
    with pytest.raises(OSError, match="nowhere"):
        ModelCard.from_file(tmp_path / "nowhere")
    assert ModelCard("plain").import_report is None
