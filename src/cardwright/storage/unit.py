"""The unit of work of actions: the tables of one account inside one transaction."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cardwright.core.indexed_words import WordSeals
from cardwright.core.names import Scope, TimeOrderedIds
from cardwright.core.people import Actor
from cardwright.core.registry import Resource
from cardwright.core.rules import Rules
from cardwright.core.search import CardHit
from cardwright.core.searchable import Searchable
from cardwright.storage.access_keys import AccessKeyTable
from cardwright.storage.account_events import AccountEventTable
from cardwright.storage.audit import AuditTable
from cardwright.storage.buckets import BucketTable
from cardwright.storage.cards import CardTable
from cardwright.storage.engines.database import Commitment, Connection, Transaction
from cardwright.storage.export_jobs import ExportJobTable
from cardwright.storage.registry import ResourceTable
from cardwright.storage.review_policies import ReviewPolicyTable
from cardwright.storage.reviews import ReviewTable
from cardwright.storage.sessions import AttemptTable, SessionTable
from cardwright.storage.tags import TagTable
from cardwright.storage.users import UserTable
from cardwright.storage.versions import VersionTable

if TYPE_CHECKING:
    from cardwright.storage.annotations import CommentTable, EvidenceTable, WaiverTable
    from cardwright.storage.archives import ArchiveTable
    from cardwright.storage.audit_log import AuditLogTable
    from cardwright.storage.card_sources import CardSourceTable
    from cardwright.storage.drafts import DraftTable
    from cardwright.storage.evaluation_pairs import EvaluationPairTable
    from cardwright.storage.finder import Finder
    from cardwright.storage.findings import FindingTable
    from cardwright.storage.policy_runs import PolicyRunTable
    from cardwright.storage.portfolio import PortfolioTable
    from cardwright.storage.review_work import ReviewWorkTable
    from cardwright.storage.saved_views import SavedViewTable
    from cardwright.storage.setting_table import SettingTable

Clock = Callable[[], int]
"""Returns milliseconds since the epoch."""


class Unit:
    """One unit of work: the tables of the caller's account inside one transaction.

    The transaction begins with the first use of a table or of :attr:`now`, so that work without tables (checking
    content, checking roles) blocks no other writer. Tables that few commands use are imported with their first use.
    """

    __slots__ = (
        "_begin",
        "_clock",
        "_forget_keys",
        "_ids",
        "_now",
        "_revokes",
        "_seals",
        "_transaction",
        "actor",
        "checks_end",
        "commitment",
        "rules",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - a store passes what its units share
        self,
        begin: Callable[[], Transaction],
        actor: Actor,
        clock: Clock,
        ids: TimeOrderedIds,
        rules: Rules,
        seals: WordSeals,
        forget_keys: Callable[[], None],
    ) -> None:
        self._begin = begin
        self._clock = clock
        self._ids = ids
        self._transaction: Transaction | None = None
        self._now: int | None = None
        self._seals = seals
        self._forget_keys = forget_keys
        self._revokes = False
        self.actor = actor
        self.rules = rules
        self.commitment: Commitment | None = None
        self.checks_end: float | None = None  # by time.monotonic: the end of the time for checks of cards

    @property
    def connection(self) -> Connection:
        if self._transaction is None:
            self._transaction = self._begin()
        return self._transaction.connection

    @property
    def now(self) -> int:
        """The time of this unit, read after the transaction has begun: later writers have later times."""
        if self._now is None:
            _ = self.connection
            self._now = self._clock()
        return self._now

    def not_before(self, at: int) -> None:
        """Let this unit's time be at least that of an earlier record, whose server may have a clock that is ahead."""
        self._now = max(self.now, at)

    @property
    def scope(self) -> Scope:
        return self.actor.scope

    @property
    def cards(self) -> CardTable:
        return CardTable(self.connection, self.actor.scope.account)

    @property
    def versions(self) -> VersionTable:
        return VersionTable(self.connection, self.actor.scope.account)

    @property
    def export_jobs(self) -> ExportJobTable:
        return ExportJobTable(self.connection, self.actor.scope.account)

    @property
    def buckets(self) -> BucketTable:
        return BucketTable(self.connection, self.actor.scope.account)

    @property
    def tags(self) -> TagTable:
        return TagTable(self.connection, self.actor.scope.account)

    @property
    def evaluation_pairs(self) -> "EvaluationPairTable":
        from cardwright.storage.evaluation_pairs import EvaluationPairTable

        return EvaluationPairTable(self.connection, self.actor.scope.account)

    @property
    def audit(self) -> AuditTable:
        return AuditTable(self.connection, self.actor.scope.account)

    @property
    def audit_log(self) -> "AuditLogTable":
        from cardwright.storage.audit_log import AuditLogTable

        return AuditLogTable(self.connection, self.actor.scope.account)

    @property
    def portfolio(self) -> "PortfolioTable":
        from cardwright.storage.portfolio import PortfolioTable

        return PortfolioTable(self.connection, self.actor.scope.account, self._seals)

    @property
    def saved_views(self) -> "SavedViewTable":
        from cardwright.storage.saved_views import SavedViewTable

        return SavedViewTable(self.connection, self.actor.scope.account, self.actor.user)

    @property
    def policy_runs(self) -> "PolicyRunTable":
        from cardwright.storage.policy_runs import PolicyRunTable

        return PolicyRunTable(self.connection, self.actor.scope.account)

    @property
    def settings(self) -> "SettingTable":
        from cardwright.storage.setting_table import SettingTable

        return SettingTable(self.connection, self.actor.scope.account)

    @property
    def archives(self) -> "ArchiveTable":
        from cardwright.storage.archives import ArchiveTable

        return ArchiveTable(self.connection, self.actor.scope.account)

    @property
    def drafts(self) -> "DraftTable":
        from cardwright.storage.drafts import DraftTable

        return DraftTable(self.connection, self.actor.scope.account)

    @property
    def sources(self) -> "CardSourceTable":
        from cardwright.storage.card_sources import CardSourceTable

        return CardSourceTable(self.connection, self.actor.scope.account)

    @property
    def registry(self) -> ResourceTable:
        return ResourceTable(self.connection, self.actor.scope.account)

    @property
    def users(self) -> UserTable:
        return UserTable(self.connection, self.actor.scope.account)

    @property
    def review_work(self) -> "ReviewWorkTable":
        from cardwright.storage.review_work import ReviewWorkTable

        return ReviewWorkTable(self.connection, self.actor.scope.account)

    @property
    def sessions(self) -> SessionTable:
        return SessionTable(self.connection, self.actor.scope.account)

    @property
    def attempts(self) -> AttemptTable:
        return AttemptTable(self.connection)

    @property
    def access_keys(self) -> AccessKeyTable:
        return AccessKeyTable(self.connection, self._note_revocation)

    def _note_revocation(self) -> None:
        self._revokes = True

    @property
    def account_events(self) -> AccountEventTable:
        return AccountEventTable(self.connection, self.actor.scope.account)

    @property
    def review_policies(self) -> ReviewPolicyTable:
        return ReviewPolicyTable(self.connection, self.actor.scope.account)

    @property
    def reviews(self) -> ReviewTable:
        return ReviewTable(self.connection, self.actor.scope.account)

    @property
    def findings(self) -> "FindingTable":
        from cardwright.storage.findings import FindingTable

        return FindingTable(self.connection, self.actor.scope.account)

    @property
    def evidence(self) -> "EvidenceTable":
        from cardwright.storage.annotations import EvidenceTable

        return EvidenceTable(self.connection, self.actor.scope.account)

    @property
    def waivers(self) -> "WaiverTable":
        from cardwright.storage.annotations import WaiverTable

        return WaiverTable(self.connection, self.actor.scope.account)

    @property
    def comments(self) -> "CommentTable":
        from cardwright.storage.annotations import CommentTable

        return CommentTable(self.connection, self.actor.scope.account)

    def delete_annotations(self, card_id: str) -> None:
        """Delete findings, evidence, waivers and comments of a card."""
        from cardwright.storage.annotations import delete_annotations

        delete_annotations(self.connection, self.actor.scope.account, card_id)

    @property
    def card_search(self) -> "Finder[CardHit]":
        return self._finder(Searchable.CARD)

    def registry_search(self, searchable: Searchable) -> "Finder[Resource]":
        return self._finder(searchable)

    def _finder(self, searchable: Searchable) -> "Finder[Any]":
        # SQLAlchemy takes a quarter of a second to import: the first search imports it, not the start.
        from cardwright.storage.finder import Finder
        from cardwright.storage.searched import SOURCES

        return Finder(self.connection, self.actor.scope, SOURCES[searchable])

    def new_id(self) -> str:
        return self._ids.next()

    def __enter__(self) -> "Unit":
        return self

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if self._transaction is None:
            return
        try:
            if fault is None:
                self.commitment = self._transaction.commit()
            else:
                self.commitment = self._transaction.rollback(fault)
        finally:
            if self._revokes:  # also when it is unknown whether the commit is complete
                self._forget_keys()
