"""The expiry job: moves approved cards to PendingReview when their review date and grace period have passed.

Every server and every worker process runs it. Each card is looked at again under its lock, so that one of them moves
it, and once.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from cardwright.core.errors import CardwrightError
from cardwright.core.review import ExpiredApproval

POLL_SECONDS = 15
"""Seconds between two looks for expired approvals."""

_STOP_SECONDS = 10

log = logging.getLogger(__name__)


class ExpiryWorker:
    """Ends the expired approvals of one store.

    Args:
        find: returns some expired approvals of all accounts, those that expired first.
        expire: moves the card of one; False when another server moved it, or it was approved again.
    """

    def __init__(
        self, find: Callable[[], Sequence[ExpiredApproval]], expire: Callable[[ExpiredApproval], bool]
    ) -> None:
        self._find = find
        self._expire = expire
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self) -> int:
        """Move all cards whose approval has expired. Returns how many this call moved.

        Raises:
            Unavailable: the database cannot be read.
        """
        moved = 0
        while found := self._find():
            done = sum(self._moved(approval) for approval in found)
            moved += done
            if not done:  # other servers moved them, or they cannot be moved now
                break
        return moved

    def _moved(self, approval: ExpiredApproval) -> bool:
        try:
            if not self._expire(approval):
                return False
        except CardwrightError as error:
            log.warning("the expired approval of a card could not be ended: %s: %s", approval.card_name, error)
            return False
        fields = {"account": approval.account, "card": approval.card_name}
        log.info("approval expired", extra={"fields": fields})
        return True

    def start(self) -> None:
        """Run in a thread until :meth:`stop`. Call this after a fork, not before."""
        self._thread = threading.Thread(target=self._work, name="expiry", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end, and wait for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.run()
            except Exception:
                log.exception("expired approvals wait: the store is not available")
            self._stop.wait(POLL_SECONDS)
