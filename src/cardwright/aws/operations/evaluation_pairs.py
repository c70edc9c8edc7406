"""Cardwright's own operations on stored pairs of evaluation jobs."""

from cardwright.actions import evaluation_pairs as actions
from cardwright.actions.evaluation_pairs import JobOf
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.core.errors import Invalid
from cardwright.core.pairing import KeptChoice
from cardwright.storage.unit import Unit

_OTHER = ("OtherModelCardVersion", "OtherEvaluationJobName")


def pair_evaluation_jobs(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    given = [member for member in _OTHER if member in request]
    if len(given) == 1:
        raise Invalid(f"{_OTHER[0]} and {_OTHER[1]} belong together: the request has {given[0]} only")
    one = JobOf(request["ModelCardVersion"], request["EvaluationJobName"])
    other = JobOf(request[_OTHER[0]], request[_OTHER[1]]) if given else None
    actions.keep_pair(unit, name, one, other)
    return _answer(unit, name)


def forget_evaluation_job_pair(unit: Unit, request: Members, _: Pager) -> Members:
    name = unit.actor.scope.card_name(request["ModelCardName"])
    actions.forget_pair(unit, name, request["EvaluationJobName"])
    return _answer(unit, name)


def list_evaluation_job_pairs(unit: Unit, request: Members, _: Pager) -> Members:
    return _answer(unit, unit.actor.scope.card_name(request["ModelCardName"]))


def _answer(unit: Unit, name: str) -> Members:
    pairs = [_pair(kept) for kept in actions.kept_pairs(unit, name)]
    return {"ModelCardArn": unit.actor.scope.card_arn(name), "EvaluationJobPairs": pairs}


def _pair(kept: KeptChoice) -> Members:
    later = {} if kept.after is None else {"LaterEvaluationJobName": kept.after}
    return {
        "EarlierEvaluationJobName": kept.before,
        **later,
        "CreationTime": kept.at / 1000,
        "UserName": kept.actor,
    }
