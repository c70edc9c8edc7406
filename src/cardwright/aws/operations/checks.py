"""Cardwright's own operation that checks a card against a policy."""

import json
from collections.abc import Callable

from cardwright.actions.check_subject import checker_of, time_for_checks
from cardwright.actions.checks import policy_named, subject_of_version
from cardwright.actions.policies import checked_policy
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.errors import Invalid
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.result import CardCheck, Compared, Result
from cardwright.storage.unit import Unit


def check_model_card(unit: Unit, request: Members, _: Pager) -> Callable[[], Members]:
    policy = _policy(unit, request)
    subject = subject_of_version(
        unit,
        policy,
        unit.actor.scope.card_name(request["ModelCardName"]),
        version=request.get("ModelCardVersion"),
        against=request.get("Against"),
        now=request.get("CheckTime"),
    )
    arn = unit.actor.scope.card_arn(subject.card.name)

    def check() -> Members:
        found = checker_of(policy).check(subject, time_for_checks(unit))
        return {"ModelCardArn": arn, **_answer(policy, found)}

    return check


def _policy(unit: Unit, request: Members) -> ReviewPolicy:
    document, name = request.get("PolicyDocument"), request.get("PolicyName")
    if (document is None) == (name is None):
        raise Invalid("Give one of PolicyDocument and PolicyName")
    return policy_named(unit, str(name)) if document is None else checked_policy(unit, document)


def _answer(policy: ReviewPolicy, found: CardCheck) -> Members:
    return {
        "ModelCardVersion": found.card.version,
        "ContentDigest": found.card.digest,
        "PolicyName": policy.name,
        "PolicyVersion": policy.version,
        "PolicyDigest": policy.digest,
        "Outcome": "pass" if found.passed else "fail",
        "Results": [_result(result) for result in found.results],
        "Comparisons": [_comparison(one) for one in found.comparisons],
    }


def _result(result: Result) -> Members:
    members = {
        "RuleId": result.rule,
        "Severity": str(result.severity),
        "Outcome": str(result.outcome),
        "Pointer": result.pointer,
        "Message": result.message,
        "Fix": result.fix,
    }
    if result.value is not None:
        members["Value"] = json.dumps(result.value, ensure_ascii=False)
    if result.reason:
        members["WaiverReason"] = result.reason
    return members


def _comparison(one: Compared) -> Members:
    pairs = [
        {
            **({} if pair.before is None else {"Before": pair.before}),
            **({} if pair.after is None else {"After": pair.after}),
            "Reason": pair.how,
        }
        for pair in one.pairs
    ]
    return {"Against": one.against, "ModelCardVersion": one.version, "EvaluationJobs": pairs}
