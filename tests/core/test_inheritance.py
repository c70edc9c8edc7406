"""The card and the sections that a new card of a package group inherits."""

import pytest

from cardwright.core.inheritance import (
    GroupCard,
    card_to_inherit_from,
    package_version_of,
    sections_to_inherit,
    take_inner_card,
)


def test_the_last_modified_card_of_a_lower_version_takes_precedence() -> None:
    cards = [GroupCard("one", 1, 50), GroupCard("two", 2, 20), GroupCard("three", 3, 90)]
    assert card_to_inherit_from(cards, 3) == "one"
    assert card_to_inherit_from(cards, 2) == "one"
    assert card_to_inherit_from(reversed(cards), 4) == "three"


def test_without_a_lower_version_the_last_modified_card_counts() -> None:
    cards = [GroupCard("two", 2, 20), GroupCard("three", 3, 90), GroupCard("unknown", None, 100)]
    assert card_to_inherit_from(cards, 1) == "unknown"
    assert card_to_inherit_from(cards, 2) == "unknown"
    assert card_to_inherit_from(cards, None) == "unknown"
    assert card_to_inherit_from(cards, 3) == "two"
    assert card_to_inherit_from([], 3) is None


def test_sections_are_inherited_whole_and_only_where_missing() -> None:
    source = {
        "business_details": {"business_problem": "theirs"},
        "intended_uses": {"risk_rating": "High"},
        "additional_information": {"custom_details": {"a": "b"}},
        "model_overview": {"model_name": "theirs"},
    }
    content = {"business_details": {"line_of_business": "own"}, "intended_uses": None}
    assert sections_to_inherit(content, source) == {
        "intended_uses": {"risk_rating": "High"},
        "additional_information": {"custom_details": {"a": "b"}},
    }
    assert sections_to_inherit({}, {}) == {}


@pytest.mark.parametrize(
    ("arn", "version"),
    [
        ("arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/7", 7),
        ("arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud", None),
        ("arn:aws:sagemaker:us-east-1:123456789012:model/fraud", None),
        ("arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/x", None),
        ("arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/²", None),
        ("", None),
    ],
)
def test_the_version_is_at_the_end_of_a_packages_arn(arn: str, version: int | None) -> None:
    assert package_version_of(arn) == version


def test_members_of_the_inner_card_fill_missing_members() -> None:
    own = {
        "intended_uses": {"risk_rating": "Low"},
        "training_details": {"training_observations": "seen"},
        "evaluation_details": [{"name": "bias", "datasets": ["s3://a"]}, {"name": "same"}],
    }
    inner = {
        "intended_uses": {"risk_rating": "High", "purpose_of_model": "scoring"},
        "training_details": {"training_job_details": {"training_arn": "arn", "training_metrics": [{"name": "auc"}]}},
        "evaluation_details": [{"name": "bias"}, {"name": "same"}, {"name": "load"}],
        "house_rules": {"tier": 2},
    }
    found = take_inner_card(own, inner)
    assert found.content == {
        "intended_uses": {"purpose_of_model": "scoring"},
        "training_details": {"training_job_details": {"training_arn": "arn", "training_metrics": [{"name": "auc"}]}},
        "evaluation_details": [{"name": "load"}],
        "house_rules": {"tier": 2},
    }
    assert found.taken == (
        "intended_uses.purpose_of_model",
        "training_details.training_job_details.training_arn",
        "training_details.training_job_details.training_metrics",
        "evaluation_details[load]",
        "house_rules.tier",
    )
    assert found.left == {
        "intended_uses.risk_rating": "the card has another value",
        "evaluation_details[bias]": "the card has another evaluation with that name",
    }


def test_facts_of_another_training_job_are_never_mixed_in() -> None:
    own = {"training_details": {"training_job_details": {"training_arn": "arn:1"}}}
    inner = {"training_details": {"training_job_details": {"training_arn": "arn:2", "training_metrics": []}}}
    found = take_inner_card(own, inner)
    assert found.content == {}
    assert found.left == {
        "training_details.training_job_details": "the card names another training job, arn:1",
    }
