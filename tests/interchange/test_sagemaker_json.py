"""Model cards are read from SageMaker's JSON in its three shapes."""

import json

import pytest

from cardwright.core.errors import Invalid
from cardwright.interchange import ImportedCard, NotACard, Unreadable, read_card

CONTENT = '{"model_overview": {"model_version": 1.50},\n "intended_uses": {"risk_rating": "Low"}}'


def test_content_keeps_its_text_and_has_no_name() -> None:
    assert read_card(CONTENT.encode()) == ImportedCard("", CONTENT)
    assert read_card(b"\xef\xbb\xbf" + CONTENT.encode()).content == CONTENT
    assert read_card(b"{}").content == "{}"


@pytest.mark.parametrize(
    "document",
    [
        {"ModelCardName": "fraud", "Content": CONTENT, "ModelCardStatus": "Draft"},
        {
            "ModelCardArn": "arn:aws:sagemaker:us-east-1:1:model-card/fraud",
            "ModelCardName": "fraud",
            "Content": CONTENT,
        },
    ],
)
def test_requests_and_answers_give_their_name_and_content(document: dict[str, str]) -> None:
    assert read_card(json.dumps(document, indent=1).encode()) == ImportedCard("fraud", CONTENT)


def test_a_name_is_cut_to_the_length_of_a_card_name() -> None:
    assert read_card(json.dumps({"ModelCardName": "n" * 70, "Content": "{}"}).encode()).name == "n" * 63


@pytest.mark.parametrize(
    "template",
    [
        {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Card": {"Type": "AWS::SageMaker::ModelCard"}}},
        {"Type": "AWS::SageMaker::ModelCard", "Properties": {"ModelCardName": "fraud"}},
    ],
)
def test_a_cloudformation_template_is_refused_and_names_apply(template: dict[str, object]) -> None:
    with pytest.raises(NotACard, match="cardwright apply -f FILE"):
        read_card(json.dumps(template).encode())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "This is not JSON. Invalid JSON: "),
        (b"not json", "This is not JSON"),
        (b'{"a": "\xff"}', "not UTF-8 text (byte 8)"),
        (b'{"Content": "{"}', "Its Content is not JSON"),
        (b'{"model_overview": ' + b"[" * 300 + b"]" * 300 + b"}", "levels deep"),
    ],
)
def test_broken_files_are_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_card(data)
    assert words in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:  # an error is logged, and must not hold what the file says
        assert not isinstance(error, UnicodeDecodeError)
        error = error.__context__


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[]", "is an object"),
        (b"1", "is an object"),
        (b'{"Content": "[1]"}', "is an object"),
        (b'{"a": 1}', "not a model card"),
        (b'{"Content": 1}', "not a model card"),
    ],
)
def test_json_that_is_not_a_card_has_one_violation(data: bytes, words: str) -> None:
    with pytest.raises(NotACard, match=words) as caught:
        read_card(data)
    assert isinstance(caught.value, Invalid)
    assert [(item.path, item.description) for item in caught.value.violations] == [("(root)", str(caught.value))]
