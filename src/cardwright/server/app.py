"""Builds the application: settings -> storage -> interfaces -> application. No other module imports all of these."""

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from cardwright import __version__
from cardwright.aws.callers import Callers, SignedCallers, UncheckedCallers
from cardwright.aws.endpoint import Endpoint
from cardwright.aws.kept_answers import KeptAnswers
from cardwright.aws.model import own_model, sagemaker_model
from cardwright.aws.paging import PagingKey
from cardwright.aws.s3 import ObjectEndpoint
from cardwright.aws.s3_access import MAX_BODY as MAX_OBJECT
from cardwright.aws.s3_access import ObjectAccess
from cardwright.core.errors import CardwrightError
from cardwright.core.export_job import ClaimedJob, ExportEnd
from cardwright.core.indexed_words import FoundWords
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.passwords import Passwords
from cardwright.core.people import Actor, Interface, Role
from cardwright.core.review import ExpiredApproval
from cardwright.core.sessions import Lifetimes
from cardwright.formats.record import CardRecord
from cardwright.formats.rendered import RenderedCard
from cardwright.jobs.expiry import ExpiryWorker
from cardwright.jobs.exports import ExportWorker, Printer
from cardwright.jobs.words import WordsWorker
from cardwright.objects.folder import ObjectFolder
from cardwright.objects.stores import Objects, open_objects
from cardwright.server.application import Application
from cardwright.server.local_user import local_user
from cardwright.server.request_counts import RequestCounts
from cardwright.server.stores import open_existing_store, open_store
from cardwright.server.telemetry import Telemetry, is_text
from cardwright.server.wsgi_pages import WsgiApplication, WsgiPages
from cardwright.settings import Settings
from cardwright.storage.card_texts import DueText
from cardwright.storage.known_keys import KnownKeys
from cardwright.storage.store import Store
from cardwright.storage.unit import Unit

_EXPORTER, _EXPIRER = "cardwright-export", "cardwright-expiry"  # the user names of workers in events
_INDEXER = "cardwright-words"
_WORDS_LOCK = "words.lock"  # in the home folder
OBJECTS_FOLDER = "objects"

log = logging.getLogger(__name__)


def build(settings: Settings, counts: RequestCounts | None = None, known_keys: KnownKeys | None = None) -> Application:
    """The server's application, on an open store. Costs about 100 ms.

    Args:
        counts: counts its requests; in this process only by default.
        known_keys: knows of revocations by other processes of the server.
    """
    store = open_store(settings)
    store.known_keys = known_keys or store.known_keys
    telemetry = Telemetry(text=is_text(settings.log_format), counts=counts)
    telemetry.waiting_exports = store.waiting_exports
    worker = _export_worker(settings, store, telemetry.count_export)
    return _application(settings, store, worker, worker.wake, telemetry)


@dataclass(frozen=True, slots=True)
class Embedded:
    """An application without a server, and S3 on its folder of objects."""

    home: Path
    application: Application
    objects: ObjectEndpoint


def open_embedded(home: Path | None, region: str | None) -> Embedded:
    """Open an embedded store; a missing one is made. Export jobs run before their request is answered.

    Args:
        home: its folder; that of the settings by default.
        region: its region; that of the settings by default.

    Raises:
        SettingsInvalid: a ``CARDWRIGHT_*`` variable has an invalid value.
        StoreMismatch, Unavailable: as :func:`open_store`.
    """
    given = {"home": home, "region": region, "database_url": None, "auth": "none", "objects": "local"}
    kept = {name: value for name, value in given.items() if name == "database_url" or value is not None}
    settings = Settings.read(os.environ, kept)
    settings = replace(settings, home=settings.home.absolute())
    store = open_store(settings, writes=False)
    telemetry = Telemetry(logs=False)
    worker = _export_worker(settings, store, telemetry.count_export)

    def do_exports() -> None:
        try:
            while worker.run_next():
                pass
        except CardwrightError as error:  # the job is stored, and runs with the next one
            log.warning("export jobs wait: %s", error)

    application = _application(settings, store, worker, do_exports, telemetry)
    return Embedded(settings.home, application, ObjectEndpoint(ObjectFolder(settings.home / OBJECTS_FOLDER)))


@contextmanager
def background_workers(
    settings: Settings, telemetry: Telemetry | None = None
) -> Iterator[tuple[ExportWorker, ExpiryWorker]]:
    """Workers for the export jobs and the expired approvals of the store that the settings name, for a block's length.

    Args:
        telemetry: counts the export jobs.

    Raises:
        StoreMismatch, Unavailable: as :func:`open_existing_store`.
    """
    store = open_existing_store(settings)
    try:
        counting = telemetry or Telemetry(logs=False)
        counting.waiting_exports = store.waiting_exports
        exports, expiry = _export_worker(settings, store, counting.count_export), expiry_worker(store)
        yield exports, expiry
        exports.stop()
        expiry.stop()
    finally:
        store.close()


def _application(
    settings: Settings, store: Store, worker: ExportWorker, on_export_job: Callable[[], None], telemetry: Telemetry
) -> Application:
    console = WsgiPages(partial(_console, settings, store, on_export_job), _load_templates)
    callers = _callers(settings, store)
    endpoint = Endpoint(
        sagemaker_model(),
        own_model(),
        store.open_unit,
        callers,
        PagingKey(store.server_key),
        KeptAnswers(store.database),
        partial(_objects, settings),
    )
    access = ObjectAccess(_local_objects(settings), store.open_unit, callers)
    expiry, words = expiry_worker(store), words_worker(settings, store, telemetry)
    return Application(settings, store, endpoint, access, console, worker, expiry, words, on_export_job, telemetry)


def _local_objects(settings: Settings) -> ObjectEndpoint | None:
    if settings.objects != "local":
        return None
    return ObjectEndpoint(ObjectFolder(settings.home / OBJECTS_FOLDER), MAX_OBJECT)


def _export_worker(settings: Settings, store: Store, on_end: Callable[[str], None]) -> ExportWorker:
    def actor_of(job: ClaimedJob) -> Actor:
        return Actor(Scope(store.region, job.account), _EXPORTER, Role.VIEWER, interface=Interface.WORKER)

    def read_card(job: ClaimedJob) -> CardRecord:
        from cardwright.actions.export_jobs import record_to_export

        with store.open_unit(actor_of(job), writes=False) as unit:
            return record_to_export(unit, job)

    def end_job(job: ClaimedJob, end: ExportEnd) -> bool:
        from cardwright.actions.export_jobs import end_export_job

        with store.open_unit(actor_of(job)) as unit:
            ended = end_export_job(unit, job, end)
        if unit.commitment is not None:
            unit.commitment.settle()
        return ended

    return ExportWorker(
        store.export_queue,
        end_job,
        read_card,
        _objects(settings),
        open_printer(),
        store.clock,
        settings.export_lease,
        on_end,
    )


def expiry_worker(store: Store) -> ExpiryWorker:
    """The job that ends the expired approvals of a store."""

    def expire(approval: ExpiredApproval) -> bool:
        from cardwright.actions.approval_expiry import expire_card

        scope = Scope(store.region, approval.account)
        actor = Actor(scope, _EXPIRER, Role.ADMIN, interface=Interface.WORKER)
        with store.open_unit(actor) as unit:
            moved = expire_card(unit, approval.card_name, approval.card_id)
        if unit.commitment is not None:
            unit.commitment.settle()
        return moved

    return ExpiryWorker(store.expired_approvals, expire)


class StoredTexts:
    """The due cards of a store, for the index job."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _unit(self, account: str, *, writes: bool) -> Unit:
        return self._store.open_unit(Actor(Scope(self._store.region, account), _INDEXER, Role.VIEWER), writes=writes)

    def due_account(self, after: str) -> str | None:
        return self._store.due_account(after)

    def read_due(self, account: str, limit: int, before: str | None) -> list[DueText]:
        from cardwright.actions.portfolio import read_due_words

        with self._unit(account, writes=False) as unit:
            return read_due_words(unit, limit, before)

    def store_words(self, account: str, read: Sequence[DueText], words: Sequence[FoundWords]) -> int:
        from cardwright.actions.portfolio import store_words

        with self._unit(account, writes=True) as unit:
            stored = store_words(unit, read, words)
        if unit.commitment is not None:
            unit.commitment.settle()
        return stored


def words_worker(settings: Settings, store: Store, telemetry: Telemetry) -> WordsWorker:
    """The job that indexes the words of a store's cards."""
    return WordsWorker(StoredTexts(store), settings.home / _WORDS_LOCK, lambda: telemetry.answered)


def _objects(settings: Settings) -> Objects:
    folder = settings.home / OBJECTS_FOLDER
    return open_objects(settings.objects, folder, settings.objects_endpoint, settings.region)


class _PdfPrinter:
    """Prints with Typst. Without Typst, each job fails with a message that names the extra to install."""

    @property
    def engine(self) -> str:
        from cardwright.formats.pdf.engine import engine_name

        return f"{engine_name()}, template of Cardwright {__version__}"

    def __call__(self, record: CardRecord) -> RenderedCard:
        from cardwright.formats.pdf import render_pdf

        return render_pdf(record)


open_printer: Callable[[], Printer] = _PdfPrinter
"""Makes the printer of export jobs."""


def _callers(settings: Settings, store: Store) -> Callers:
    if settings.auth == "sigv4":
        return SignedCallers(store.region, store.find_access_key, store.server_key.secret_access_key, time.time)
    return UncheckedCallers(store.region)


def _console(settings: Settings, store: Store, on_export_job: Callable[[], None]) -> WsgiApplication:
    """The console, made when its first page is asked for: what it needs comes with an extra."""
    from cardwright.console.application import make_console
    from cardwright.console.context import PageContext, Person, SignIn

    @contextmanager
    def open_unit(actor: Actor, *, writes: bool) -> Iterator[Unit]:
        with store.open_unit(actor, writes=writes) as unit:
            yield unit
        if unit.commitment is not None:
            unit.commitment.settle()

    local, sign_in = None, None
    if settings.auth == "none":
        local = Person(Scope(store.region, OPEN_ACCOUNT), local_user(), Role.ADMIN)
    else:
        lifetimes = Lifetimes(settings.session_idle * 1000, settings.session_longest * 1000)
        sign_in = SignIn(Passwords(), lifetimes, store.accounts_with_users, store.server_key.secret_access_key)
    secret = store.server_key.derive("console")
    objects = _objects(settings)
    context = PageContext(
        open_unit, store.region, local, sign_in, store.clock, secret, __version__, objects, on_export_job
    )
    return make_console(context)


def _load_templates(console: Any) -> None:
    from cardwright.console.application import load_templates

    load_templates(console)
