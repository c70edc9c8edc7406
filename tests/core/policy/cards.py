"""Contents and policies for tests of checks."""

import json
from typing import Any

from cardwright.core.policy.checking import Checker
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.result import CardCheck
from cardwright.core.policy.subject import Baselines, CardVersion, Subject, card_version

NOW = 1_795_867_200_000
"""2026-11-28T12:00:00Z."""


def job(name: str, metrics: dict[str, Any], **members: Any) -> dict[str, Any]:
    """An evaluation job with one group of numbers."""
    data = [{"name": name, "type": "number", "value": value} for name, value in metrics.items()]
    group = {"name": "binary_classification_metrics", "metric_data": data}
    return {"name": name, "metric_groups": [group], **members}


def card(*jobs: dict[str, Any], version: int | None = 2, **sections: Any) -> CardVersion:
    return card_version("fraud", json.dumps({**sections, "evaluation_details": list(jobs)}), version, "Draft")


def check(rules: str, subject: CardVersion, *, before: CardVersion | None = None, **more: Any) -> CardCheck:
    """Check a card against rules, in the form of a policy file without its head."""
    policy = read_policy(f"policy: p\nrules: [{rules}]")
    return Checker(policy).check(Subject(subject, NOW, baselines=Baselines(before, before), **more))


def outcomes(found: CardCheck) -> list[tuple[str, str]]:
    return [(str(result.outcome), result.pointer) for result in found.results]
