"""What a check of a content reads besides it, and the time that it may take.

A check reads the card's tags, earlier versions, and the jobs that evaluated it.
"""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cardwright.core.annotations import RECORD_LIMITS, Noun
from cardwright.core.card import Card, Status
from cardwright.core.errors import Denied, Invalid
from cardwright.core.integrity.history import approved_versions
from cardwright.core.pairing import Choice
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.subject import Baselines, CardVersion, Proof, Subject, baseline_numbers, card_version
from cardwright.core.registry import ResourceKind
from cardwright.core.waiver import reasons
from cardwright.storage.unit import Unit

if TYPE_CHECKING:
    from cardwright.core.policy.checking import Checker

SECONDS = 10
"""The time for the checks of one request in all, so that a policy cannot occupy a thread."""

_EVALUATIONS = 200  # jobs whose times are read; a content holds about as many


def subject_of(  # noqa: PLR0913 - the card, the policy and the choices of the caller
    unit: Unit,
    policy: ReviewPolicy,
    card: Card,
    checked: CardVersion,
    *,
    tags: Mapping[str, str] | None = None,
    against: str | None = None,
    now: int | None = None,
) -> Subject:
    """Return the input of a check of any content of a card, stored or not.

    Args:
        tags: the card's tags, if they are to change in the same request.
    """
    at = unit.now if now is None else now
    compares = policy.compares or against is not None
    kept = unit.evaluation_pairs.list(card.card_id) if compares else []
    return Subject(
        checked,
        at,
        unit.tags.get(card.card_id) if tags is None else tags,
        _baselines(unit, card, checked, against) if compares else Baselines(),
        choices=tuple(Choice(one.before, one.after) for one in kept),
        job_times=_job_times(unit, checked.content) if policy.dates_evaluations else {},
        evidence=_proofs(unit, card) if policy.reads_evidence else (),
        waivers=reasons(unit.waivers.active(card.card_id, at), policy.waiving, checked.digest),
    )


def checker_of(policy: ReviewPolicy) -> "Checker":
    """Return a policy ready to check cards, which names metrics as readers know them."""
    from cardwright.core.policy.checking import Checker  # the rule engine waits for the first check
    from cardwright.formats.metric_names import readable

    return Checker(policy, readable)


def time_for_checks(unit: Unit) -> Callable[[], bool]:
    """Return a function that finds out whether the seconds for all checks of a unit of work are over.

    They begin with the first call.
    """
    end = unit.checks_end = unit.checks_end or time.monotonic() + SECONDS
    return lambda: time.monotonic() > end


def _proofs(unit: Unit, card: Card) -> tuple[Proof, ...]:
    found = unit.evidence.list(RECORD_LIMITS[Noun.EVIDENCE], card_id=card.card_id)
    return tuple(Proof(one.kind, one.added_at) for one in found)


def _baselines(unit: Unit, card: Card, checked: CardVersion, against: str | None) -> Baselines:
    # A version that was approved and reopened afterwards is still the one to compare with.
    approved_once = approved_versions(unit.audit.giving_status(card.card_id))
    statuses = dict.fromkeys(approved_once, Status.APPROVED)
    known = [(number, statuses.get(number, Status.DRAFT)) for number in range(1, card.version + 1)]
    numbers = baseline_numbers(known, checked.version, against)
    read: dict[int | None, CardVersion] = {}
    for number in sorted({number for number in numbers if number is not None}):
        found = unit.cards.describe(card.name, number)
        if found is not None:
            read[number] = card_version(found.name, found.content, found.version, found.status)
    approved, previous = (read.get(number) for number in numbers)
    return Baselines(approved, previous, against or "")


def _job_times(unit: Unit, content: object) -> dict[str, int]:
    """Return when the evaluation jobs of a content ended, as far as the registry knows them."""
    jobs = content.get("evaluation_details") if isinstance(content, dict) else None
    arns = [job.get("evaluation_job_arn") for job in jobs if isinstance(job, dict)] if isinstance(jobs, list) else []
    times: dict[str, int] = {}
    for arn in dict.fromkeys(arn for arn in arns[:_EVALUATIONS] if isinstance(arn, str)):
        try:
            kind, path = unit.actor.scope.resource(arn.replace("\x00", "\ufffd"))
        except (Invalid, Denied):
            continue  # a job of another system
        job = unit.registry.find(ResourceKind.PROCESSING_JOB, path) if kind == ResourceKind.PROCESSING_JOB else None
        if job is not None:
            ended = job.document.get("ProcessingEndTime")
            times[arn] = round(ended * 1000) if isinstance(ended, int | float) else job.created_at
    return times
