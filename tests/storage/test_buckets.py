"""Promises about owners of buckets, on each engine, through the actions."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardwright.actions.account_events import list_events
from cardwright.actions.buckets import check_bucket_access, give_bucket, release_bucket, suggest_bucket
from cardwright.actions.cards import create_card
from cardwright.actions.export_jobs import create_export_job, describe_export_job
from cardwright.core.account_events import AccountEvent
from cardwright.core.buckets import Claim
from cardwright.core.card import Status
from cardwright.core.errors import BucketHeld, Conflict, Denied, Invalid, NotFound
from cardwright.core.export_job import ExportJob, ExportStatus
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.server.app import background_workers
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.backup import restore_backup, write_backup
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store

HERE = Actor(Scope("us-east-1", "111111111111"), "ana", Role.ADMIN)
ABROAD = Actor(Scope("us-east-1", "222222222222"), "oda", Role.ADMIN)
HELD = "Account 222222222222 has no access to the bucket {}, which belongs to another account of this server"


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    store = open_store(store_settings)
    for actor in (HERE, ABROAD):
        with store.open_unit(actor) as unit:
            create_card(unit, "card", "{}", Status.DRAFT)
    yield store
    store.close()


def export(store: Store, actor: Actor, job: str, path: str) -> None:
    with store.open_unit(actor) as unit:
        create_export_job(unit, "card", None, job, path)


def owners(store: Store) -> dict[str, str]:
    return {claim.bucket: claim.account for claim in store.claimed_buckets()}


def do_exports(settings: Settings) -> None:
    with background_workers(settings) as (worker, _):
        while worker.run_next():
            pass


def job_of(store: Store, actor: Actor, name: str) -> ExportJob:
    with store.open_unit(actor, writes=False) as unit:
        return describe_export_job(unit, actor.scope.export_job_arn("card", name))


def may_read(store: Store, actor: Actor, bucket: str) -> bool:
    try:
        with store.open_unit(actor, writes=False) as unit:
            check_bucket_access(unit, bucket)
    except BucketHeld:
        return False
    return True


def test_the_first_account_to_export_owns_a_bucket_in_any_form_and_case(store: Store) -> None:
    store.clock = lambda: 1_800_000_000_000
    export(store, HERE, "one", "s3://Audits/2026")
    store.clock = lambda: 1_800_000_000_001
    export(store, HERE, "two", "https://audits.s3.eu-west-1.amazonaws.com/x")
    assert store.claimed_buckets() == [Claim("111111111111", "audits", 1_800_000_000_000, "ana")]
    for path in ("s3://audits", "s3://AUDITS/2026", "https://s3.amazonaws.com/Audits"):
        with pytest.raises(BucketHeld) as caught:
            export(store, ABROAD, "one", path)
        assert "`cardwright bucket give" in str(caught.value)
        assert "111111111111" not in str(caught.value)
    with pytest.raises(BucketHeld, match=HELD.format("audits")):
        export(store, ABROAD, "one", "s3://audits")
    export(store, ABROAD, "one", "s3://audits.2")
    assert owners(store) == {"audits": "111111111111", "audits.2": "222222222222"}
    assert list(Verification(store.database).faults()) == []


def test_a_refused_job_claims_no_bucket_and_a_refused_bucket_makes_no_job(store: Store) -> None:
    export(store, HERE, "job", "s3://first")
    with pytest.raises(Conflict):
        export(store, HERE, "job", "s3://second")
    with pytest.raises(NotFound), store.open_unit(HERE) as unit:
        create_export_job(unit, "none", None, "job", "s3://second")
    with pytest.raises(NotFound), store.open_unit(HERE) as unit:
        create_export_job(unit, "card", 2, "other", "s3://second")
    viewer = HERE._replace(role=Role.VIEWER)
    with pytest.raises(Denied) as caught, store.open_unit(viewer) as unit:
        create_export_job(unit, "card", None, "other", "s3://second")
    assert caught.value.role == Role.AUTHOR
    with pytest.raises(BucketHeld):
        export(store, ABROAD, "job", "s3://first")
    assert owners(store) == {"first": "111111111111"}
    with store.export_queue(writes=False) as queue:
        assert queue.waiting()[0] == 1


@pytest.mark.parametrize("undone", [False, True])
def test_a_second_claim_waits_for_the_first_and_is_refused_unless_it_rolls_back(store: Store, undone: bool) -> None:
    outcome: list[Exception | None] = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        try:
            export(store, ABROAD, "job", "s3://bucket")
        except BucketHeld as error:
            outcome.append(error)
        else:
            outcome.append(None)

    def interrupt() -> None:
        raise InterruptedError

    thread = threading.Thread(target=second)
    with contextlib.suppress(InterruptedError), store.open_unit(HERE) as unit:
        create_export_job(unit, "card", None, "job", "s3://bucket")
        thread.start()
        begun.wait()
        thread.join(0.3)
        assert outcome == []
        if undone:
            interrupt()
    thread.join()
    assert [type(one) for one in outcome] == [type(None) if undone else BucketHeld]
    assert owners(store) == {"bucket": "222222222222" if undone else "111111111111"}


def test_one_of_many_concurrent_accounts_gets_the_bucket(store: Store) -> None:
    actors = [HERE._replace(scope=Scope("us-east-1", f"{number:012}")) for number in range(1, 7)]
    for actor in actors:
        with store.open_unit(actor) as unit:
            create_card(unit, "card", "{}", Status.DRAFT)
    for number in range(6):
        bucket, barrier = f"bucket-{number}", threading.Barrier(len(actors))
        won: list[str] = []

        def claim(actor: Actor, bucket: str = bucket, barrier: Any = barrier, won: list[str] = won) -> None:
            barrier.wait()
            try:
                export(store, actor, bucket, f"s3://{bucket}")
            except BucketHeld:
                return
            won.append(actor.scope.account)

        threads = [threading.Thread(target=claim, args=(actor,)) for actor in actors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won == [owners(store)[bucket]]


def test_all_accounts_read_an_unassigned_bucket_and_its_owner_an_assigned_one(store: Store) -> None:
    assert may_read(store, HERE, "reports")
    assert may_read(store, ABROAD, "reports")
    export(store, HERE, "job", "s3://reports")
    assert may_read(store, HERE, "Reports")
    assert not may_read(store, ABROAD, "Reports")
    with store.open_unit(ABROAD, writes=False) as unit:
        assert suggest_bucket(unit, "reports") == "reports-222222222222"
        assert suggest_bucket(unit, "others") == "others"
    with store.open_unit(HERE, writes=False) as unit:
        assert suggest_bucket(unit, "reports") == "reports"
    export(store, HERE, "squatter", "s3://reports-222222222222")
    with store.open_unit(ABROAD, writes=False) as unit:
        assert suggest_bucket(unit, "reports") is None


def test_a_bucket_is_given_to_an_account_and_moved_to_another_by_an_administrator(store: Store) -> None:
    with pytest.raises(Denied), store.open_unit(HERE._replace(role=Role.APPROVER)) as unit:
        give_bucket(unit, "audits")
    with pytest.raises(Invalid, match="is not a bucket name"), store.open_unit(HERE) as unit:
        give_bucket(unit, "../audits")
    store.clock = lambda: 5
    for actor, given in ((HERE, True), (HERE, False), (ABROAD, True)):
        with store.open_unit(actor) as unit:
            assert give_bucket(unit, "Audits") is given
    assert store.claimed_buckets() == [Claim("222222222222", "audits", 5, "oda")]
    export(store, ABROAD, "job", "s3://audits")
    with pytest.raises(BucketHeld):
        export(store, HERE, "job", "s3://audits")


def events(store: Store, actor: Actor) -> list[AccountEvent]:
    """The events of the actor's account, oldest first."""
    with store.open_unit(actor, writes=False) as unit:
        return list_events(unit, 100)[::-1]


def test_events_of_both_accounts_record_claims_and_releases_of_a_bucket(store: Store) -> None:
    store.clock = lambda: 5
    export(store, HERE._replace(user="mei", role=Role.AUTHOR, source="::1", request_id="r"), "job", "s3://Audits/x")
    export(store, HERE, "again", "s3://audits/x")  # the account owns it already: no event
    store.clock = lambda: 6
    for actor in (HERE, ABROAD, ABROAD):
        with store.open_unit(actor) as unit:
            give_bucket(unit, "audits")
    with store.open_unit(HERE) as unit:
        assert not release_bucket(unit, "audits")
    with store.open_unit(ABROAD) as unit:
        assert release_bucket(unit, "Audits")
    assert [tuple(event[1:]) for event in events(store, HERE)] == [
        (5, "mei", "author", "::1", "r", "bucket claimed", "audits", "", None),
        (6, "oda", "admin", "", "", "bucket released", "audits", "given to another account", None),
    ]
    assert [tuple(event[1:]) for event in events(store, ABROAD)] == [
        (6, "oda", "admin", "", "", "bucket given", "audits", "", None),
        (6, "oda", "admin", "", "", "bucket released", "audits", "", None),
    ]
    assert list(Verification(store.database).faults()) == []


def test_a_bucket_that_is_released_goes_to_the_next_account_that_exports_to_it(store: Store) -> None:
    export(store, HERE, "job", "s3://audits")
    with pytest.raises(Denied), store.open_unit(HERE._replace(role=Role.APPROVER)) as unit:
        release_bucket(unit, "audits")
    with pytest.raises(Invalid, match="is not a bucket name"), store.open_unit(HERE) as unit:
        release_bucket(unit, "s3://audits")
    assert not may_read(store, ABROAD, "audits")
    with store.open_unit(HERE) as unit:
        assert release_bucket(unit, "audits")
    assert may_read(store, ABROAD, "audits")
    export(store, ABROAD, "job", "s3://audits")
    assert owners(store) == {"audits": "222222222222"}
    assert list(Verification(store.database).faults()) == []


def test_an_export_claims_no_bucket_where_operators_assign_them(store_settings: Settings, store: Store) -> None:
    export(store, HERE, "before", "s3://own")
    closed = open_store(replace(store_settings, bucket_claims="given"))
    for actor in (HERE, ABROAD):
        with pytest.raises(BucketHeld) as caught:
            export(closed, actor, "job", "s3://reports/x")
        number = actor.scope.account
        assert f"{number} has no access to the bucket reports: it is not assigned to an account" in str(caught.value)
        assert f"`cardwright bucket give reports --account {number}`" in str(caught.value)
        assert may_read(closed, actor, "reports")
    export(closed, HERE, "more", "s3://own")
    with closed.open_unit(HERE) as unit:
        assert suggest_bucket(unit, "reports") == "own"
    with closed.open_unit(ABROAD) as unit:
        assert suggest_bucket(unit, "reports") is None
        give_bucket(unit, "reports")
        assert suggest_bucket(unit, "reports") == "reports"
    export(closed, ABROAD, "job", "s3://reports/x")
    assert owners(closed) == {"own": "111111111111", "reports": "222222222222"}
    assert list(Verification(closed.database).faults()) == []
    closed.close()


def test_concurrent_assignments_of_a_bucket_record_events_and_the_last_one_wins(store: Store) -> None:
    export(store, HERE, "job", "s3://audits")
    actors = [HERE._replace(scope=Scope("us-east-1", f"{number:012}")) for number in range(1, 5)]
    barrier = threading.Barrier(len(actors))

    def give(actor: Actor) -> None:
        barrier.wait()
        with store.open_unit(actor) as unit:
            assert give_bucket(unit, "audits")

    threads = [threading.Thread(target=give, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = [event.event for actor in [HERE, *actors] for event in events(store, actor)]
    assert (given.count("bucket given"), given.count("bucket released")) == (4, 4)
    assert list(Verification(store.database).faults()) == []


def test_a_job_whose_bucket_moves_before_its_end_fails_with_the_reason(store_settings: Settings, store: Store) -> None:
    export(store, ABROAD, "job", "s3://moved/x")
    export(store, ABROAD, "other", "s3://kept/x")
    with store.open_unit(HERE) as unit:
        give_bucket(unit, "moved")
    do_exports(store_settings)
    moved, kept = (job_of(store, ABROAD, name) for name in ("job", "other"))
    assert moved.status is ExportStatus.FAILED
    assert (moved.failure_reason or "").startswith(HELD.format("moved"))
    assert (kept.status, kept.artifact) == (ExportStatus.COMPLETED, "s3://kept/x/card/other.pdf")
    assert [path.name for path in (store_settings.home / "objects").iterdir()] == ["kept"]


def test_a_backup_has_the_owners_of_buckets(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    store = open_store(settings)
    with store.open_unit(HERE) as unit:
        give_bucket(unit, "audits")
    claims = store.claimed_buckets()
    write_backup(store, settings.home, tmp_path / "backup")
    store.close()
    restore_backup(tmp_path / "backup", tmp_path / "back")
    back = open_store(Settings(home=tmp_path / "back"))
    assert back.claimed_buckets() == claims != []
    back.close()
