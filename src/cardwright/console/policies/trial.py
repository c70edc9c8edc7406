"""What the page of a policy shows of its dry run, and the thread that tries a policy on all cards."""

import logging
import threading
from collections.abc import Sequence
from typing import NamedTuple

from cardwright.actions.cards import list_cards
from cardwright.actions.policy_dry_run import AT_ONCE, dry_run
from cardwright.actions.policy_runs import (
    failing_card,
    failing_cards,
    find_run,
    newest_run,
    store_next,
    try_next,
    wait_on,
)
from cardwright.console.context import PageContext
from cardwright.core.errors import CardwrightError
from cardwright.core.listing import CardQuery, CardSort
from cardwright.core.people import Actor
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.stored import StoredPolicy
from cardwright.core.policy_run import Counts, FailingCard, PolicyRun
from cardwright.storage.unit import Unit

_PATIENCE = 10  # seconds after which a dry run that waits for its turn says so

log = logging.getLogger(__name__)


class Trial(NamedTuple):
    """A dry run as the page shows it.

    Attributes:
        run: the stored run; None when the page computed it, or there is none yet.
        is_open: whether there are too many cards for a page, and no run yet.
        failing: the failing cards of one part.
        part: its number.
    """

    run: PolicyRun | None
    is_open: bool
    counts: Counts
    failing: Sequence[FailingCard] = ()
    part: int = 1


def trial_of(unit: Unit, stored: StoredPolicy, policy: ReviewPolicy, run_id: str, part: int | None) -> Trial:
    """Return the dry run that an address names, else the newest one. Few cards are tried for the page.

    Raises:
        NotFound: there is no such dry run.
    """
    if run_id:
        return _stored(unit, find_run(unit, run_id, stored.name), part)
    if list_cards(unit, CardQuery(sort_by=CardSort.NAME, limit=AT_ONCE)).position is None:
        tried = dry_run(unit, policy)
        failing = [failing_card(card) for card in tried.failing]
        return Trial(None, False, Counts().plus(tried.read, len(tried.cards), failing), failing)
    run = newest_run(unit, stored)
    return Trial(None, True, Counts()) if run is None else _stored(unit, run, part)


def _stored(unit: Unit, run: PolicyRun, part: int | None) -> Trial:
    number = max(1, min(part or 1, run.parts))
    return Trial(run, False, run.counts, failing_cards(unit, run, number), number)


class DryRuns:
    """Tries policies on all cards in a thread, one policy at a time. The pages of a server do not wait for it."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._turn = threading.Lock()

    def start(self, actor: Actor, run_id: str) -> None:
        """Work on a dry run until it ends."""
        threading.Thread(target=self._work, args=(actor, run_id), name="dry-run", daemon=True).start()

    def _work(self, actor: Actor, run_id: str) -> None:
        while not self._turn.acquire(timeout=_PATIENCE):
            with self._context.open_unit(actor, writes=True) as unit:
                wait_on(unit, run_id)
        try:
            while self._step(actor, run_id):
                pass
        except CardwrightError as error:  # the run counts as stopped, and its page offers to continue it
            log.warning("a dry run stopped: %s", error)
        finally:
            self._turn.release()

    def _step(self, actor: Actor, run_id: str) -> bool:
        """Try and store the next cards. False when nothing is left, or another process works on the run."""
        with self._context.open_unit(actor, writes=False) as unit:
            tried = try_next(unit, run_id)
        if tried is None:
            return False
        with self._context.open_unit(actor, writes=True) as unit:
            return store_next(unit, *tried)
