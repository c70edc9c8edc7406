"""ModelCard asks for reviews and lists them."""

import datetime

import pytest

from cardwright.client.own_client import own_client
from cardwright.model_card import ModelCard, ModelCardStatusEnum
from tests.model_card.sessions import ServerSession


def test_a_card_asks_for_a_review_and_lists_its_reviews(session: ServerSession, name: str) -> None:
    card = ModelCard(name, sagemaker_session=session)
    with pytest.raises(ValueError, match="create a model card"):
        card.request_review()
    card.create()
    assert card.reviews() == []
    due = datetime.datetime(2199, 1, 31, tzinfo=datetime.UTC)
    asked = card.request_review(due=due, comment="Please look")
    assert (card.status, asked["ModelCardVersion"]) == (ModelCardStatusEnum.PENDING_REVIEW, 1)
    (review,) = card.reviews()
    assert (review["ReviewId"], review["State"]) == (asked["ReviewId"], "Open")
    assert (review["DueTime"], review["Comment"], review["Overdue"]) == (due, "Please look", False)
    decided = own_client(session.sagemaker_client).decide_review(
        ModelCardName=name, Decision="approve", ContentDigest=asked["ContentDigest"]
    )
    assert decided["ModelCardStatus"] == "Approved"
    assert [one["State"] for one in card.reviews()] == ["Approved"]
    assert ModelCard.load(name, sagemaker_session=session).status is ModelCardStatusEnum.APPROVED
