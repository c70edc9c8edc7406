"""ModelCard.check on a server, in an embedded store, and on AWS as moto simulates it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from cardwright import ModelCard, Session
from cardwright.core.errors import NotFound, PolicyInvalid
from cardwright.core.policy.result import CardCheck
from tests.servers import Server

POLICY = """
policy: sdk
rules:
  - {id: owner-named, require: [/model_overview/model_owner]}
  - {id: auc-kept, regression: {metric: auc}}
  - {id: tagged, when: {risk: [High]}, require: [/intended_uses/purpose_of_model]}
  - {id: fresh, severity: note, freshness: {evaluation: "*", max_days: 30}}
"""


@pytest.fixture(params=["server", "embedded", "moto"])
def anywhere(
    request: pytest.FixtureRequest, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    if request.param != "moto":
        yield Session(server.url) if request.param == "server" else Session(home=tmp_path / "home")
        return
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    with mock_aws():
        yield Session.aws("us-east-1")


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return path


def content(auc: float) -> dict[str, Any]:
    metric = {"name": "auc", "type": "number", "value": auc}
    group = {"name": "binary_classification_metrics", "metric_data": [metric]}
    return {
        "model_overview": {"model_owner": "Ana"},
        "evaluation_details": [{"name": "Holdout", "metric_groups": [group], "metadata": {"date": "2026-11-01"}}],
    }


def outcomes(found: CardCheck) -> list[str]:
    return [str(result.outcome) for result in found.results]


def test_a_card_is_checked_before_and_after_it_is_stored(anywhere: Any, policy: Path, name: str) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    card = ModelCard.from_dict(content(0.9), name=name, status="Approved", sagemaker_session=anywhere)
    assert outcomes(card.check(policy, now=now)) == ["pass", "skipped", "skipped", "pass"]
    card.create()
    assert card.check(policy, now=now).card.version == 1
    worse = ModelCard.from_dict(content(0.8), name=name, sagemaker_session=anywhere)
    found = worse.check(policy, now=now)
    assert outcomes(found) == ["pass", "fail", "skipped", "pass"]
    assert found.card.version is None
    assert found.comparisons[0].version == 1
    assert not found.passed
    assert outcomes(worse.check(policy, against=1, now=now)) == outcomes(found)


def test_a_card_without_a_name_is_checked(anywhere: Any, policy: Path) -> None:
    assert outcomes(ModelCard.from_dict({}, sagemaker_session=anywhere).check(policy))[0] == "fail"


def test_a_preset_is_found_by_name_and_another_name_is_refused(anywhere: Any, name: str, tmp_path: Path) -> None:
    card = ModelCard(name=name, sagemaker_session=anywhere)
    assert not card.check("four-eyes").passed
    with pytest.raises(NotFound, match=r"four-eyes, sr-26-2, eu-ai-act-high-risk"):
        card.check("no-such-policy")
    (tmp_path / "broken.yaml").write_text("policy: p\nrules: 1")
    with pytest.raises(PolicyInvalid, match="Line 2, column 8"):
        card.check(tmp_path / "broken.yaml")


def test_aws_checks_a_policy_that_names_groups_and_cardwright_refuses_unknown_ones(
    anywhere: Any, policy: Path, request: pytest.FixtureRequest
) -> None:
    policy.write_text(f"{POLICY}approval: {{approvals: [{{reviewers: model-risk}}]}}")
    card = ModelCard.from_dict(content(0.9), sagemaker_session=anywhere)
    if "[moto]" in request.node.name:
        assert outcomes(card.check(policy))[0] == "pass"
    else:
        with pytest.raises(PolicyInvalid, match="there is no group 'model-risk'"):
            card.check(policy)
