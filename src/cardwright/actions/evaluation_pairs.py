"""Keep and forget pairs of evaluation jobs, for comparisons of a card's versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardwright.actions.cards import describe_card, find_card, lock_card
from cardwright.actions.events import record_card_event
from cardwright.core import content as contents
from cardwright.core.card import Card
from cardwright.core.errors import Invalid
from cardwright.core.integrity.history import Event
from cardwright.core.pairing import Choice, KeptChoice, check_choice, with_choice, without_job
from cardwright.core.people import Role
from cardwright.storage.unit import Unit

_PAIR_LIMIT = 200  # pairs of one card


@dataclass(frozen=True, slots=True)
class JobOf:
    """An evaluation job of a version of a card."""

    version: int
    name: str


def keep_pair(unit: Unit, card_name: str, one: JobOf, other: JobOf | None) -> None:
    """Store a pair of evaluation jobs with the card. Later comparisons of any two versions with these jobs use it.

    Args:
        one, other: the jobs of two versions, in any order. Without ``other``, the job is compared with no other job.

    Raises:
        CardMissing: the card or a version does not exist.
        Denied: the role may not write.
        Invalid: a version does not have the job, or the jobs need no choice.
    """
    card = _locked(unit, card_name, "PairEvaluationJobs")
    older, newer = sorted((one, other or one), key=lambda job: job.version)
    if other is not None and older.version == newer.version:
        raise Invalid("Jobs of one version cannot be paired: name two versions")
    before, after = (contents.parse(describe_card(unit, card_name, job.version).content) for job in (older, newer))
    choice = Choice(older.name, None if other is None else newer.name)
    check_choice(before, after, choice)
    kept = _by_older_job(unit.evaluation_pairs.list(card.card_id))
    wanted = with_choice(kept, choice)
    if wanted == kept:
        return
    if len(wanted) > _PAIR_LIMIT:
        raise Invalid(f"A card keeps at most {_PAIR_LIMIT} pairs of evaluation jobs: forget some first")
    for gone in kept.keys() - wanted.keys():
        unit.evaluation_pairs.remove(card.card_id, gone)
    unit.evaluation_pairs.put(card.card_id, KeptChoice(choice.before, choice.after, unit.now, unit.actor.user))
    versions = [older.version, newer.version]
    record_card_event(
        unit, card, Event.PAIRED, {"before": choice.before, "after": choice.after, "between_versions": versions}
    )


def forget_pair(unit: Unit, card_name: str, job: str) -> None:
    """Remove the stored pairs of an evaluation job.

    Raises:
        CardMissing: the card does not exist.
        Denied: the role may not write.
        Invalid: no pair of this job is kept.
    """
    card = _locked(unit, card_name, "ForgetEvaluationJobPair")
    kept = _by_older_job(unit.evaluation_pairs.list(card.card_id))
    wanted = without_job(kept, job)
    if wanted == kept:
        raise Invalid(f'The card keeps no pair of the evaluation job "{job}"')
    for gone in kept.keys() - wanted.keys():
        unit.evaluation_pairs.remove(card.card_id, gone)
    record_card_event(unit, card, Event.UNPAIRED, {"job": job})


def kept_pairs(unit: Unit, card_name: str) -> Sequence[KeptChoice]:
    """Return the pairs that are stored with a card, oldest choice first.

    Raises:
        CardMissing: the card does not exist.
    """
    return unit.evaluation_pairs.list(find_card(unit, card_name).card_id)


def pairs_of_cards(unit: Unit, card_ids: Sequence[str]) -> Mapping[str, tuple[KeptChoice, ...]]:
    """Return the pairs that are stored with a few cards, by card. One statement."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    return unit.evaluation_pairs.of_cards(card_ids) if card_ids else {}


def _locked(unit: Unit, card_name: str, action: str) -> Card:
    unit.actor.require(Role.AUTHOR, action, unit.actor.scope.card_arn(card_name))
    return lock_card(unit, card_name)


def _by_older_job(kept: Sequence[KeptChoice]) -> dict[str, str | None]:
    return {choice.before: choice.after for choice in kept}
