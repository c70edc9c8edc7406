"""What a check of a stored card reads: the version, its tags, earlier versions, and the jobs that evaluated it."""

from collections.abc import Mapping
from typing import Any

from cardwright.actions.cards import describe_card, find_card
from cardwright.core.card import Card
from cardwright.core.errors import Denied, Invalid, NotFound
from cardwright.core.pairing import Choice
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.presets import NAMES, preset_text
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.subject import Baselines, CardVersion, Subject, baseline_numbers, card_version
from cardwright.core.registry import ResourceKind
from cardwright.storage.unit import Unit

_EVALUATIONS = 200  # jobs whose times are read; a content holds about as many


def policy_named(unit: Unit, name: str) -> ReviewPolicy:
    """Return a policy by name.

    Raises:
        NotFound: there is no policy of this name.
    """
    del unit
    if name not in NAMES:
        raise NotFound(f"There is no review policy {name}. Presets are: {', '.join(NAMES)}")
    return read_policy(preset_text(name))


def subject_of_version(  # noqa: PLR0913 - the card, the policy and the choices of the caller
    unit: Unit,
    policy: ReviewPolicy,
    name: str,
    *,
    version: int | None = None,
    against: str | None = None,
    now: int | None = None,
) -> Subject:
    """Return the input of a check of a stored version; the newest by default.

    Args:
        policy: decides what else is read.
        against: the version that regression rules compare with: ``approved``, ``previous`` or a number.
        now: the time that ages are counted from; the present by default.

    Raises:
        CardMissing: the card or the version does not exist.
        NoBaseline: the version to compare with does not exist.
    """
    described = describe_card(unit, name, version)
    checked = card_version(described.name, described.content, described.version, described.status)
    return subject_of(unit, policy, find_card(unit, name), checked, against=against, now=now)


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
    compares = policy.compares or against is not None
    kept = unit.evaluation_pairs.list(card.card_id) if compares else []
    return Subject(
        checked,
        unit.now if now is None else now,
        unit.tags.get(card.card_id) if tags is None else tags,
        _baselines(unit, card, checked, against) if compares else Baselines(),
        choices=tuple(Choice(one.before, one.after) for one in kept),
        job_times=_job_times(unit, checked.content) if policy.dates_evaluations else {},
    )


def _baselines(unit: Unit, card: Card, checked: CardVersion, against: str | None) -> Baselines:
    known = unit.versions.history(card.card_id, before=card.version + 1, limit=card.version)
    numbers = baseline_numbers([(one.number, one.status) for one in known], checked.version, against)
    read: dict[int | None, CardVersion] = {}
    for number in sorted({number for number in numbers if number is not None}):
        found = describe_card(unit, card.name, number)
        read[number] = card_version(found.name, found.content, found.version, found.status)
    approved, previous = (read.get(number) for number in numbers)
    return Baselines(approved, previous, against or "")


def _job_times(unit: Unit, content: Any) -> dict[str, int]:
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
