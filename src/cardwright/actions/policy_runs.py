"""Try a policy on all cards of an account, and keep the result: some cards at a time, each in a short unit of work."""

import time

from cardwright.actions.policies import parsed
from cardwright.actions.policy_dry_run import TriedCard, dry_run
from cardwright.core.errors import Conflict, NotFound
from cardwright.core.people import Role
from cardwright.core.policy.stored import StoredPolicy
from cardwright.core.policy_run import KEPT, Counts, FailingCard, PolicyRun
from cardwright.core.review import PolicyMark
from cardwright.storage.unit import Unit

STEP_SECONDS = 2.0
"""The time after which a step ends, with the cards that it has tried. It tries one card at least."""


def begin_run(unit: Unit, stored: StoredPolicy) -> PolicyRun:
    """Begin a dry run of a stored policy. Old runs of the account are deleted.

    Raises:
        Conflict: another dry run of the account is in progress.
    """
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    running = unit.policy_runs.running()
    if running is not None and not running.is_stalled(unit.now):
        name, version, _ = running.policy
        raise Conflict(f"A dry run of {name}, version {version}, is in progress: wait until it has ended")
    unit.policy_runs.delete_old(unit.now - KEPT)
    mark = PolicyMark(stored.name, stored.version, stored.digest)
    run = PolicyRun(unit.new_id(), mark, unit.actor.user, unit.now, unit.now, None, "", 0, Counts())
    unit.policy_runs.insert(run)
    return run


def find_run(unit: Unit, run_id: str, policy: str) -> PolicyRun:
    """Return a dry run of a policy of this name. Raises :class:`NotFound`."""
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    run = unit.policy_runs.find(run_id)
    if run is None or run.policy.name != policy:
        raise NotFound("There is no such dry run. Dry runs are kept for 90 days")
    return run


def newest_run(unit: Unit, stored: StoredPolicy) -> PolicyRun | None:
    """Return the newest dry run of a stored policy, or None."""
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    return unit.policy_runs.newest(PolicyMark(stored.name, stored.version, stored.digest))


def failing_cards(unit: Unit, run: PolicyRun, part: int) -> list[FailingCard]:
    """Return a part of the failing cards of a dry run, by name; parts count from 1."""
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    return unit.policy_runs.part(run.run_id, part)


def continue_run(unit: Unit, run_id: str, policy: str) -> bool:
    """Claim a dry run that has stopped. False when it has ended, or another process works on it."""
    run = find_run(unit, run_id, policy)
    return run.is_stalled(unit.now) and unit.policy_runs.touch(run, unit.now)


def wait_on(unit: Unit, run_id: str) -> None:
    """Note that work on a dry run goes on, so that it does not count as stopped."""
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    run = unit.policy_runs.find(run_id)
    if run is not None:
        unit.policy_runs.touch(run, unit.now)


def try_next(unit: Unit, run_id: str) -> tuple[PolicyRun, PolicyRun, list[FailingCard]] | None:
    """Try the next cards of a dry run, without storing anything.

    Returns:
        The run before and after them, and those that fail, for :func:`store_next`; None when nothing is left to do.

    Raises:
        NotFound: the version of the policy was deleted.
    """
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    run = unit.policy_runs.find(run_id)
    if run is None or run.ended_at is not None:
        return None
    stored = unit.review_policies.find(run.policy.name, run.policy.version)
    if stored is None:
        raise NotFound(f"There is no review policy {run.policy.name} with version {run.policy.version}")
    end = time.monotonic() + STEP_SECONDS
    tried = dry_run(unit, parsed(stored.text), (run.place,) if run.place else None, lambda: time.monotonic() > end)
    failing = [failing_card(card) for card in tried.failing]
    counts = run.counts.plus(tried.read, len(tried.cards), failing)
    ended = None if tried.position is not None else unit.now
    place = run.place if tried.position is None else str(tried.position[0])
    after = run._replace(place=place, ended_at=ended, parts=run.parts + bool(failing), counts=counts)
    return run, after, failing


def store_next(unit: Unit, before: PolicyRun, after: PolicyRun, failing: list[FailingCard]) -> bool:
    """Store the result of :func:`try_next`. False when another process stored it, or the run was deleted."""
    unit.actor.require(Role.VIEWER, "CheckModelCard", "*")
    return unit.policy_runs.advance(before, after._replace(worked_at=unit.now), failing)


def failing_card(card: TriedCard) -> FailingCard:
    """Return a card that was tried as a dry run stores it."""
    failed = [(result.rule, result.message) for result in card.failed]
    return FailingCard(card.name, card.status, card.risk, failed, card.fails_today)
