"""What actions ask of storage. Whoever stores cards fits these protocols; actions never import storage."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from cardwright.core.access_keys import AccessKey
from cardwright.core.account_events import AccountEvent
from cardwright.core.card import Card, CardSummary, Description, VersionHistory, VersionSummary
from cardwright.core.content import Document
from cardwright.core.draft import Draft, DraftLine
from cardwright.core.export_job import ExportJob, ExportQuery, ExportSummary
from cardwright.core.history import AuditLink, VersionRecord
from cardwright.core.listing import CardQuery, Page, Position, ResourceQuery, VersionQuery
from cardwright.core.people import Actor
from cardwright.core.portfolio import ModelCardLine, Portfolio, PortfolioQuery, PortfolioRow
from cardwright.core.registry import Kind, Resource
from cardwright.core.rules import Rules
from cardwright.core.search import CardHit, SearchQuery
from cardwright.core.searchable import Searchable
from cardwright.core.sessions import Limit, Session, SignedIn
from cardwright.core.users import User

Hit = TypeVar("Hit")


class Cards(Protocol):
    def find(self, name: str) -> Card | None:
        """The card of that name."""

    def lock(self, name: str) -> Card | None:
        """The card of that name, kept from other writers until the unit ends."""

    def describe(self, name: str, version: int | None) -> Description | None:
        """One version with its content; the newest when ``version`` is None."""

    def list(self, query: CardQuery) -> list[CardSummary]:
        """At most ``query.limit`` cards after the query's position."""

    def other_of_model(self, card: Card, document: Document) -> str | None:
        """The name of another card for the model, or the model package, that a card's content names."""

    def insert(self, card: Card, document: Document) -> bool:
        """Add a card; False, and nothing changed, when its name or its model has one."""

    def update(self, card: Card, document: Document | None) -> None:
        """Store a card's new state and, when it has new content, what that content says."""

    def delete(self, card: Card) -> None:
        """Remove a card whose versions are gone."""


class Versions(Protocol):
    def insert(self, record: VersionRecord, record_digest: str, status: str, content: str) -> None:
        """Add a version."""

    def set_status(self, card_id: str, number: int, status: str, at: int, by: str) -> None:
        """Change the status of a version."""

    def list(self, card_id: str, query: VersionQuery) -> list[VersionSummary]:
        """At most ``query.limit`` versions after the query's position."""

    def history(self, card_id: str, before: int, limit: int) -> Sequence[VersionHistory]:
        """At most ``limit`` versions with numbers below ``before``, the newest first."""

    def delete_all(self, card_id: str) -> None:
        """Remove all versions of a card, with their contents."""


class ExportJobs(Protocol):
    def find(self, card_id: str, name: str) -> ExportJob | None:
        """The job of that name."""

    def insert(self, job: ExportJob) -> bool:
        """Add a job, due at once; False, and nothing changed, when its card has one of that name."""

    def list(self, card_id: str, query: ExportQuery) -> list[ExportSummary]:
        """At most ``query.limit`` jobs of a card after the query's position."""

    def delete_all(self, card_id: str) -> None:
        """Remove the records of a card's jobs."""


class Buckets(Protocol):
    def owner(self, bucket: str) -> str | None:
        """The account that a bucket belongs to; None when nobody has claimed it."""

    def first(self) -> str | None:
        """The account's first bucket, by name."""

    def claim(self, bucket: str, at: int, by: str) -> bool:
        """Make a bucket the account's; False, and nothing changed, when somebody has it."""

    def take(self, bucket: str) -> str | None:
        """Take a bucket away from the other account that has it, and give that account; None when none has."""

    def release(self, bucket: str) -> bool:
        """Make a bucket of the account nobody's; False, and nothing changed, when it is not the account's."""


class Tags(Protocol):
    def get(self, resource_id: str) -> dict[str, str]:
        """Values by key, in the order of the keys."""

    def put(self, resource_id: str, tags: Mapping[str, str]) -> None:
        """Add tags, replacing the values of keys that are there."""

    def remove(self, resource_id: str, keys: Iterable[str]) -> None:
        """Remove the tags with these keys; keys that are not there are no fault."""

    def remove_all(self, resource_id: str) -> None:
        """Remove all tags of a resource."""

    def keys_in_use(self) -> list[str]:
        """All tag keys in use in the account."""


class Registry(Protocol):
    def find(self, kind: Kind, name: str, version: int = 0) -> Resource | None:
        """The resource of that kind, name and version (0 where there are none)."""

    def lock(self, kind: Kind, name: str, version: int = 0) -> Resource | None:
        """The resource, kept from other writers until the unit ends."""

    def of_token(self, kind: Kind, token: str) -> tuple[str, int, str] | None:
        """Name, version and request digest of what was made with a client token."""

    def has_versions(self, group: str) -> bool:
        """Whether a model package group holds any version."""

    def insert(self, resource: Resource, token: str | None = None, request_digest: str | None = None) -> bool:
        """Add a resource; False, and nothing changed, when its name or its client token is taken."""

    def update(self, resource: Resource) -> None:
        """Store a resource's new state and document."""

    def give_version(self, group: Resource) -> int:
        """The next version number of a model package group that this unit has locked."""

    def delete(self, resource: Resource) -> None:
        """Remove a resource whose tags are gone."""

    def group_sizes(self, groups: Sequence[str]) -> dict[str, int]:
        """How many versions each of some model package groups holds."""

    def list(self, kind: Kind, query: ResourceQuery) -> list[Resource]:
        """At most ``query.limit`` resources after the query's position, each with its summary as document."""


class Audit(Protocol):
    def append(self, link: AuditLink, digest: str) -> None:
        """Add a link to a card's audit chain."""

    def list(self, card_id: str, before: int, limit: int) -> Sequence[AuditLink]:
        """At most ``limit`` links with sequence numbers below ``before``, the newest first."""

    def giving_status(self, card_id: str) -> Sequence[AuditLink]:
        """The links that gave a card a status, in their order."""

    def deletion(self, card_id: str) -> AuditLink | None:
        """The link that ends the chain of a deleted card."""

    def deletions(
        self, limit: int, *, name: str | None = None, at: Position | None = None, backwards: bool = False
    ) -> Sequence[AuditLink]:
        """At most ``limit`` deletions before a position, the newest first; or after it, backwards."""


class PortfolioCards(Protocol):
    def page(self, query: PortfolioQuery, model_key: str | None) -> tuple[list[PortfolioRow], int]:
        """At most ``query.limit`` cards after the query's position, or from before it in the opposite order.

        The key is that of the query's model. And how many match, counted up to a bound.
        """

    def portfolio(self, untouched_before: int) -> Portfolio:
        """The numbers of all cards."""

    def contents(self, card_ids: Sequence[str]) -> dict[str, str]:
        """The newest contents of a few cards, by card identifier."""

    def named_like_model(self, model_name: str) -> str | None:
        """The name of a card about the model of this name."""

    def about(self, keys: Sequence[str], model_names: Sequence[str]) -> Sequence[ModelCardLine]:
        """The cards whose model or model package has one of the keys, or whose model one of the names."""

    def cards_of_groups(self, groups: Sequence[str]) -> dict[str, int]:
        """How many cards each of some model package groups has."""

    def words_due(self) -> bool:
        """Whether the words of any card are still to be read."""

    def read_words(self, limit: int) -> int:
        """Read the words of at most ``limit`` cards that are due; gives how many there were."""


class Drafts(Protocol):
    def find(self, draft_id: str, *, lock: bool = False) -> Draft | None:
        """A draft; with ``lock``, kept from other writers until the unit ends."""

    def list(self, user: str, limit: int) -> list[DraftLine]:
        """A person's drafts, the one saved last first."""

    def insert(self, draft: Draft) -> None:
        """Add a draft."""

    def update(self, draft: Draft) -> None:
        """Store a draft's new state."""

    def delete(self, draft_id: str) -> None:
        """Remove a draft."""


class Users(Protocol):
    def find(self, name: str, *, lock: bool = False) -> User | None:
        """A person, by name in any case; with ``lock``, kept from other writers until the unit ends."""

    def list(self) -> list[User]:
        """All people, by name."""

    def page(self, at: str, limit: int, *, backwards: bool = False) -> Sequence[User]:
        """At most ``limit`` people whose keys come after one, by name; or before it, backwards."""

    def admins(self, *, lock: bool = False) -> frozenset[str]:
        """The keys of the administrators who may sign in; with ``lock``, who stay so until the unit ends."""

    def insert(self, user: User) -> bool:
        """Add a person; False, and nothing changed, when there is one of that name."""

    def update(self, user: User) -> None:
        """Store a person's new state."""

    def delete(self, name: str) -> None:
        """Remove a person whose sessions are gone."""


class Sessions(Protocol):
    def find(self, digest: str) -> SignedIn | None:
        """A session, whatever its state, and what its user may do now."""

    def list(self, user: str) -> list[Session]:
        """A person's sessions that were not ended, the one used last first."""

    def insert(self, session: Session) -> None:
        """Add a session."""

    def saw(self, digest: str, at: int) -> None:
        """Write down that a session is in use."""

    def end(self, user: str, digest: str, at: int) -> bool:
        """End a person's session; False when there is none that goes on."""

    def end_all(self, user: str, at: int, *, but: str = "") -> int:
        """End a person's sessions, but for one; gives how many."""

    def forget(self, before: int) -> None:
        """Remove sessions that were last used before a time."""

    def forget_user(self, user: str) -> None:
        """Remove all sessions of a person."""


class Tries(Protocol):
    def count(self, account: str, subject: str, limit: Limit, now: int) -> int:
        """Count a try to sign in; gives 0, or the milliseconds until one is allowed, and nothing was counted."""

    def wait(self, account: str, subject: str, limit: Limit, now: int) -> int:
        """The milliseconds until a try is allowed, 0 when one is now; nothing is counted."""

    def give_back(self, account: str, subject: str, limit: Limit) -> None:
        """Count a try less: it was none."""

    def clear(self, account: str, subject: str) -> None:
        """Forget a subject's tries."""

    def forget(self, now: int) -> None:
        """Remove what no longer matters."""


class AccessKeys(Protocol):
    def find(self, account: str, access_key_id: str) -> AccessKey | None:
        """A key, whatever its state."""

    def list(self, account: str | None = None) -> list[AccessKey]:
        """The keys of an account, in the order they were made."""

    def page(
        self, account: str, *, active: bool, at: Position | None, limit: int, backwards: bool = False
    ) -> Sequence[AccessKey]:
        """At most ``limit`` keys, that hold or that have ended, made before one, the newest first.

        Backwards, those made after it, the oldest first.
        """

    def insert(self, key: AccessKey) -> None:
        """Add a key."""

    def revoke(self, account: str, access_key_id: str, at: int) -> bool:
        """End a key; False when there is none, or it has ended before."""


class AccountEvents(Protocol):
    def of(self, account: str) -> "AccountEvents":
        """The events of another account."""

    def append(self, event: AccountEvent) -> None:
        """Add an event."""

    def list(self, limit: int, at: str | None = None, *, backwards: bool = False) -> list[AccountEvent]:
        """At most ``limit`` events from before one, the newest first; or from after it, backwards."""


class Finder(Protocol[Hit]):
    def find(self, query: SearchQuery) -> tuple[Page[Hit], int, bool]:
        """A page of hits, how many there are in all, and whether that number is exact."""

    def tags_of(self, tags_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """The tags of several resources, by the identifier whose tags they are."""


class Unit(Protocol):
    """One unit of work in the caller's account. It lasts when the action returns and is undone when it raises."""

    @property
    def actor(self) -> Actor: ...
    @property
    def now(self) -> int:
        """Milliseconds since the epoch."""

    @property
    def rules(self) -> Rules:
        """What becomes of the KMS keys that requests name."""

    @property
    def cards(self) -> Cards: ...
    @property
    def versions(self) -> Versions: ...
    @property
    def export_jobs(self) -> ExportJobs: ...
    @property
    def buckets(self) -> Buckets: ...
    @property
    def tags(self) -> Tags: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def card_search(self) -> Finder[CardHit]: ...
    @property
    def portfolio(self) -> PortfolioCards: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def tries(self) -> Tries: ...
    @property
    def access_keys(self) -> AccessKeys: ...
    @property
    def account_events(self) -> AccountEvents: ...
    def registry_search(self, searchable: Searchable) -> Finder[Resource]:
        """Search over a kind of resource of the registry."""

    def new_id(self) -> str:
        """A new identifier; later ones sort after earlier ones."""
