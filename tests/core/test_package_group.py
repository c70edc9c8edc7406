"""Promises of ``core.package_group``: the group of a card, for any content."""

import json

import pytest

from cardwright.core.content import check
from cardwright.core.package_group import group_of_card, package_version, version_of_card

_ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/g/1"


@pytest.mark.parametrize(
    ("name", "arn", "model_id", "group"),
    [
        ("named", None, None, "named"),
        ("named", _ARN, None, "named"),
        (None, _ARN, None, "g"),
        ("", _ARN, "model-1", "g"),
        (None, None, _ARN, "g"),
        (None, _ARN, _ARN.replace("/g/", "/other/"), "g"),
        (None, _ARN.replace("aws:", "aws-cn:").replace("us-east-1", "cn-north-1"), None, "g"),
        (None, None, None, None),
        ("", "", "", None),
    ],
)
def test_a_card_belongs_to_the_group_it_names_or_that_of_its_version(
    name: str | None, arn: str | None, model_id: str | None, group: str | None
) -> None:
    assert group_of_card(name, arn, model_id) == group


@pytest.mark.parametrize(
    "text",
    [
        _ARN.removesuffix("/1"),
        _ARN + "/2",
        _ARN.replace("/1", "/x"),
        _ARN.replace("/g/", "/-g/"),
        _ARN.replace("/g/", f"/{'g' * 64}/"),
        _ARN.replace("model-package", "model"),
        _ARN.replace("sagemaker", "s3"),
        _ARN + "\n",
        "g/1",
        "a" * 5000,
        _ARN.replace("/g/", "/" + "g-" * 2000 + "/"),
    ],
)
def test_other_texts_name_no_version(text: str) -> None:
    assert package_version(text) is None


def test_the_number_of_the_version_comes_from_the_package_first() -> None:
    assert version_of_card(_ARN, _ARN.replace("/1", "/2")) == 1
    assert version_of_card(None, _ARN.replace("/1", "/2")) == 2
    assert version_of_card("g", "model") is None


def test_checked_content_includes_its_group() -> None:
    for content in ({"model_package_details": {"model_package_arn": _ARN}}, {"model_overview": {"model_id": _ARN}}):
        assert check(json.dumps(content)).model_package_group_name == "g"
    assert check("{}").model_package_group_name is None
