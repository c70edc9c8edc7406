"""``verify`` names the record that was tampered with, on both engines."""

import json
import shutil
import sqlite3
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cardwright.actions.access_keys import create_key, revoke_key
from cardwright.actions.buckets import give_bucket, release_bucket
from cardwright.actions.cards import create_card, delete_card, describe_card, update_card
from cardwright.actions.evaluation_pairs import JobOf, forget_pair, keep_pair
from cardwright.actions.export_jobs import create_export_job, end_export_job
from cardwright.actions.imports import import_cards, keep_source
from cardwright.actions.packages import create_package, delete_package
from cardwright.actions.registry import create_resource
from cardwright.actions.sessions import end_sessions
from cardwright.actions.users import (
    change_role,
    create_user,
    delete_user,
    disable_user,
    enable_user,
    set_password,
)
from cardwright.core.card import Status
from cardwright.core.export_job import ExportEnd
from cardwright.core.integrity.history import GENESIS, AuditLink
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.registry import Approval, ResourceKind
from cardwright.core.sessions import Session
from cardwright.interchange import read_file
from cardwright.server.stores import migrate, open_store
from cardwright.settings import Settings
from cardwright.storage.integrity.verification import Verification
from cardwright.storage.store import Store
from tests.interchange.samples import sample
from tests.stores import make_database

LINKS = 10
"""Links: a creation, two changes of content and one of status, an import, three exports and two ends of them."""
ACTOR = Actor(Scope("us-east-1", "123456789012"), "ann", Role.ADMIN)


def fill(settings: Settings) -> None:
    """A deleted card; a card of three versions, approved, with a tag and ten links; a tagged model without a card."""
    migrate(settings)
    store = open_store(settings)
    with store.open_unit(ACTOR) as unit:
        create_card(unit, "gone", "{}", Status.DRAFT)
    with store.open_unit(ACTOR) as unit:
        delete_card(unit, "gone")
    with store.open_unit(ACTOR) as unit:
        create_card(unit, "card", "{}", Status.DRAFT, [("owner", "ann")])
    with store.open_unit(ACTOR) as unit:
        create_resource(
            unit, ResourceKind.MODEL, "model", {"PrimaryContainer": {"Image": "i"}}, tags=[("owner", "ann")]
        )
    for content, status in (("{ }", None), ("{  }", Status.APPROVED)):
        with store.open_unit(ACTOR) as unit:
            update_card(unit, "card", content, status)
    fill_source(store)
    fill_export_jobs(store)
    fill_registry(store)
    with store.open_unit(ACTOR) as unit:
        give_bucket(unit, "given")
        give_bucket(unit, "released")
        release_bucket(unit, "released")
    fill_people(store)
    store.close()


def fill_evaluations(store: Store) -> None:
    """A second card: two versions, a pair of evaluation jobs and a job without a partner."""
    content = '{"evaluation_details": [{"name": "%s"}, {"name": "%s"}]}'
    with store.open_unit(ACTOR) as unit:
        create_card(unit, "evaluated", content % ("old", "other"), Status.DRAFT)
    with store.open_unit(ACTOR) as unit:
        update_card(unit, "evaluated", content % ("new", "alone"), None)
    with store.open_unit(ACTOR) as unit:
        keep_pair(unit, "evaluated", JobOf(1, "other"), JobOf(2, "new"))
        forget_pair(unit, "evaluated", "other")
        keep_pair(unit, "evaluated", JobOf(1, "old"), JobOf(2, "new"))
        keep_pair(unit, "evaluated", JobOf(2, "alone"), None)


def fill_source(store: Store) -> None:
    """The file that the third version of the card was imported from."""
    with store.open_unit(ACTOR) as unit:
        content = json.dumps(describe_card(unit, "card").content)
        data = f'{{"format": "cardwright-record-1", "content": {content}}}'.encode()
        keep_source(unit, read_file(data, "card.record.json"), "card")


def fill_export_jobs(store: Store) -> None:
    """A completed job, a failed one and a waiting one."""
    with store.open_unit(ACTOR) as unit:
        for name in ("done", "failed", "waits"):
            create_export_job(unit, "card", 2, name, "s3://bucket/folder")
    done = ExportEnd("s3://bucket/folder/card/done.pdf", engine="typst", length=1, digest="0" * 64)
    for end in (done, ExportEnd(failure_reason="full")):
        with store.export_queue(writes=True) as queue:
            job = queue.claim(store.clock(), store.clock() + 1000)
        assert job is not None
        with store.open_unit(ACTOR) as unit:
            assert end_export_job(unit, job, end)


def fill_registry(store: Store) -> None:
    """A group with a version with a card, a deleted one and a newer one; an unversioned package; two jobs."""
    card = {"ModelCardContent": "{}", "ModelCardStatus": "Draft"}
    with store.open_unit(ACTOR) as unit:
        create_resource(unit, ResourceKind.GROUP, "group", {}, status="Completed", tags=[("team", "risk")])
        create_package(unit, None, "group", {"ModelCard": card}, token="token", approval=Approval.APPROVED)
        create_package(unit, None, "group", {})
        create_package(unit, None, "group", {"ModelPackageDescription": "newest"})
        delete_package(unit, "group/2")
        create_package(unit, "alone", None, {}, tags=[("team", "risk")])
        create_resource(unit, ResourceKind.PROCESSING_JOB, "processed", {}, status="Failed")
        made = {"ModelArtifacts": {"S3ModelArtifacts": "s3://models/model.tar.gz"}, "SecondaryStatus": "Completed"}
        create_resource(unit, ResourceKind.TRAINING_JOB, "trained", made, status="Completed")


def fill_people(store: Store) -> None:
    """An administrator, an approver with a key and a session, a disabled and a deleted user, a program's old key."""
    with store.open_unit(ACTOR) as unit:
        for name, role in (("root", Role.ADMIN), ("Bob", Role.AUTHOR), ("off", Role.VIEWER), ("left", Role.AUTHOR)):
            create_user(unit, name, role, "hash")
    with store.open_unit(ACTOR) as unit:
        create_key(unit, "left", Role.VIEWER)
        create_key(unit, "bob", Role.AUTHOR)
        revoke_key(unit, create_key(unit, "robot", Role.ADMIN).access_key_id)
        change_role(unit, "bob", Role.APPROVER)
        disable_user(unit, "bob")
        enable_user(unit, "bob")
        set_password(unit, "bob", "another hash")
        disable_user(unit, "off")
        delete_user(unit, "left")
        end_sessions(unit, "left")
        create_key(unit, "bob", Role.APPROVER)
        unit.sessions.insert(Session(ACTOR.scope.account, "digest", "Bob", unit.now, unit.now, "127.0.0.1"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("filled")
    settings = Settings(home=home)
    if request.param == "postgresql":
        settings = Settings(home=home, database_url=make_database(request.getfixturevalue("postgres")))
    fill(settings)
    return settings


@pytest.fixture
def copy(filled: Settings, tmp_path: Path) -> Settings:
    """A copy of the filled store, to tamper with."""
    home = tmp_path / "copy"
    shutil.copytree(filled.home, home)
    if filled.database_url is None:
        return Settings(home=home)
    server, _, template = filled.database_url.rpartition("/")
    return Settings(home=home, database_url=make_database(f"{server}/", template))


def tamper(settings: Settings, *statements: str) -> list[Any]:
    """Run SQL directly on the database, without Cardwright. Returns the last statement's rows."""
    if settings.database_url is None:
        with sqlite3.connect(settings.home / "cardwright.db") as connection:
            rows = [connection.execute(sql).fetchall() for sql in statements]
        connection.close()
        return rows[-1]
    with psycopg.connect(settings.database_url) as postgres:
        postgres.execute("SET session_replication_role = replica")  # foreign keys do not prevent it
        cursor = [postgres.execute(sql.encode()) for sql in statements][-1]
        return cursor.fetchall() if cursor.description else []


def records(settings: Settings) -> list[str]:
    """The records with problems."""
    store = open_store(settings)
    try:
        return [fault.record for fault in Verification(store.database, seals=store.seals).faults()]
    finally:
        store.close()


CARD = "card_id = (SELECT card_id FROM cards)"
COPIED_VERSION = f"""
    INSERT INTO versions SELECT account_id, card_id, {{number}}, name, content_digest, created_at, author, role, note,
        {{previous}}, record_digest, status, modified_at, modified_by FROM versions WHERE {CARD} AND version = 3"""
COPIED_LINK = f"""
    INSERT INTO audit SELECT account_id, card_id, {{sequence}}, name, event, at, actor, role, source, request_id,
        details, digest, digest FROM audit WHERE {CARD} AND sequence = {LINKS}"""

CHANGES = {
    "bucket moved": ("bucket given", ["UPDATE buckets SET account_id = '222222222222' WHERE bucket = 'given'"]),
    "bucket added": (
        "bucket released",
        ["INSERT INTO buckets SELECT account_id, 'released', 1, 'eve' FROM buckets WHERE bucket = 'given'"],
    ),
    "bucket deleted": ("bucket bucket", ["DELETE FROM buckets WHERE bucket = 'bucket'"]),
    "bucket renamed": ("bucket Given", ["UPDATE buckets SET bucket = 'Given' WHERE bucket = 'given'"]),
    "bucket claimed by another": ("bucket given", ["UPDATE buckets SET claimed_by = 'eve' WHERE bucket = 'given'"]),
    "bucket claimed earlier": ("bucket bucket", ["UPDATE buckets SET claimed_at = 1 WHERE bucket = 'bucket'"]),
    "content changed": ("version 2", ["UPDATE contents SET content = '{\"a\":1}' WHERE version = 2"]),
    "contents swapped": (
        "version 1",
        [
            "UPDATE contents SET version = -1 WHERE version = 1",
            "UPDATE contents SET version = 1 WHERE version = 2",
            "UPDATE contents SET version = 2 WHERE version = -1",
        ],
    ),
    "content deleted": ("version 2", ["DELETE FROM contents WHERE version = 2"]),
    "content added": (
        "content of version 9",
        ["INSERT INTO contents SELECT account_id, card_id, 9, content FROM contents WHERE version = 1"],
    ),
    "author changed": ("version 1", ["UPDATE versions SET author = 'eve' WHERE version = 1"]),
    "note added": ("version 1", ["UPDATE versions SET note = 'approved' WHERE version = 1"]),
    "version's status changed": ("version 2", ["UPDATE versions SET status = 'Archived' WHERE version = 2"]),
    "version's last change moved": (
        "version 2",
        ["UPDATE versions SET modified_at = modified_at + 1 WHERE version = 2"],
    ),
    "version deleted": ("version 2", ["DELETE FROM versions WHERE version = 2"]),
    "newest version deleted": ("version 3", ["DELETE FROM versions WHERE version = 3"]),
    "version forged": ("version 4", [COPIED_VERSION.format(number=4, previous="record_digest")]),
    "version forged, and named by the card": (
        "version 4",
        [COPIED_VERSION.format(number=4, previous="record_digest"), "UPDATE cards SET version = 4"],
    ),
    "version forged before the first": ("version 0", [COPIED_VERSION.format(number=0, previous=f"'{GENESIS}'")]),
    "link deleted": ("audit link 2", [f"DELETE FROM audit WHERE sequence = 2 AND {CARD}"]),
    "last link deleted": (f"audit link {LINKS}", [f"DELETE FROM audit WHERE sequence = {LINKS} AND {CARD}"]),
    "chain deleted": ("audit link 1", [f"DELETE FROM audit WHERE {CARD}"]),
    "link changed": ("audit link 3", [f"UPDATE audit SET actor = 'eve' WHERE sequence = 3 AND {CARD}"]),
    "link forged at the end": ("audit link 11", [COPIED_LINK.format(sequence=11)]),
    "link forged at the end, and named by the card": (
        "audit link 11",
        [COPIED_LINK.format(sequence=11), "UPDATE cards SET audit_sequence = 10"],
    ),
    "links exchanged": (
        "audit link 2",
        [
            f"UPDATE audit SET sequence = -1 WHERE sequence = 2 AND {CARD}",
            f"UPDATE audit SET sequence = 2 WHERE sequence = 3 AND {CARD}",
            f"UPDATE audit SET sequence = 3 WHERE sequence = -1 AND {CARD}",
        ],
    ),
    "card's status changed": ("the card", ["UPDATE cards SET status = 'Draft'"]),
    "both statuses changed": (
        "version 3",
        ["UPDATE cards SET status = 'Draft'", "UPDATE versions SET status = 'Draft' WHERE version = 3"],
    ),
    "card's model changed": ("the card", ["UPDATE cards SET model_name = 'x'"]),
    "card rolled back": ("version 3", ["UPDATE cards SET version = 2"]),
    "card renamed": ("version 1", ["UPDATE cards SET name = 'other'"]),
    "card deleted": ("the card", ["DELETE FROM cards"]),
    "card and chain deleted": ("the card", [f"DELETE FROM audit WHERE {CARD}", "DELETE FROM cards"]),
    "all of a card but its tags deleted": (
        "the card",
        [f"DELETE FROM audit WHERE {CARD}"] + [f"DELETE FROM {table}" for table in ("contents", "versions", "cards")],
    ),
    "all of a card but its chain deleted": (
        "the card",
        [f"DELETE FROM {table}" for table in ("tags", "contents", "versions", "cards")],
    ),
    "tombstone deleted": ("the card", ["DELETE FROM audit WHERE event = 'deleted'"]),
    "export job of another card's name": ("export job done", ["UPDATE export_jobs SET card_name = 'x'"]),
    "export job of no version": ("export job done", ["UPDATE export_jobs SET version = 4 WHERE name = 'done'"]),
    "export job's file changed": (
        "export job done",
        ["UPDATE export_jobs SET artifact = 's3://bucket/other.pdf' WHERE name = 'done'"],
    ),
    "export job completed without a file": (
        "export job waits",
        ["UPDATE export_jobs SET status = 'Completed' WHERE name = 'waits'"],
    ),
    "export job excused": ("export job failed", ["UPDATE export_jobs SET failure_reason = NULL WHERE name = 'failed'"]),
    "role given": ("user bob", ["UPDATE users SET role = 'admin' WHERE user_key = 'bob'"]),
    "user enabled": ("user off", ["UPDATE users SET disabled_at = NULL WHERE user_key = 'off'"]),
    "user disabled": ("user root", ["UPDATE users SET disabled_at = 1 WHERE user_key = 'root'"]),
    "user renamed": ("user bob", ["UPDATE users SET user_name = 'rob' WHERE user_key = 'bob'"]),
    "user deleted": ("user off", ["DELETE FROM users WHERE user_key = 'off'"]),
    "user added": (
        "user eve",
        [
            "INSERT INTO users SELECT account_id, 'eve', 'eve', role, password, created_at, created_by, password_at,"
            " disabled_at, signed_in_at, display_name, email FROM users WHERE user_key = 'root'"
        ],
    ),
    "session without a user": ("a session of eve", ["UPDATE sessions SET user_name = 'eve'"]),
    "event of a user's creation deleted": (
        "user root",
        ["DELETE FROM account_events WHERE event = 'user created' AND subject = 'root'"],
    ),
    "tag changed": ("tag owner", ["UPDATE tags SET tag_value = 'eve'"]),
    "tag deleted": ("tag owner", ["DELETE FROM tags"]),
    "tag added": ("tag more", ["INSERT INTO tags SELECT account_id, resource_id, 'more', tag_value FROM tags"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_the_servers_back_is_reported(copy: Settings, change: str) -> None:
    record, statements = CHANGES[change]
    tamper(copy, *statements)
    assert records(copy)[0] == record


PAIR_CHANGES = {
    "changed": (
        "pair of evaluation job old",
        ["UPDATE evaluation_pairs SET after_name = 'alone' WHERE before_name = 'old'"],
    ),
    "deleted": ("pair of evaluation job alone", ["DELETE FROM evaluation_pairs WHERE after_name IS NULL"]),
    "added": (
        "pair of evaluation job more",
        [
            "INSERT INTO evaluation_pairs SELECT account_id, card_id, 'more', after_name, at, actor"
            " FROM evaluation_pairs WHERE before_name = 'old'"
        ],
    ),
}


@pytest.mark.parametrize("change", PAIR_CHANGES)
def test_a_change_of_a_kept_pair_of_evaluation_jobs_is_reported(copy: Settings, change: str) -> None:
    store = open_store(copy)
    fill_evaluations(store)
    store.close()
    assert records(copy) == []
    record, statements = PAIR_CHANGES[change]
    tamper(copy, *statements)
    assert records(copy) == [record]


SOURCE_CHANGES: dict[str, str | bytes] = {
    "bytes changed": zlib.compress(b"# Another model"),
    "bytes damaged": b"\0\xff",
    "bytes cut off": zlib.compress(b"# Another model" * 100)[:-8],
    "digest changed": f"sha256 = '{'0' * 64}'",
    "size changed": "size = size - 1",
    "format changed": "kind = 'spdx'",
    "name changed": "file_name = 'other'",
    "user changed": "imported_by = 'eve'",
    "version changed": "version = 7",
}


def test_an_imported_file_without_its_link_and_a_link_without_its_file_are_reported(copy: Settings) -> None:
    """The file moves to version 2, where no import was; bytes and digest still agree."""
    tamper(copy, "UPDATE card_sources SET version = 2")
    assert records(copy) == ["imported file of version 2", "imported file of version 3"]
    tamper(copy, "DELETE FROM card_sources")
    assert records(copy) == ["imported file of version 3"]


def test_another_file_with_its_own_digest_is_not_the_one_of_the_audit_chain(copy: Settings) -> None:
    data = b"# Another model"
    packed = zlib.compress(data).hex()
    shown = f"x'{packed}'" if copy.database_url is None else f"'\\x{packed}'"
    facts = f"packed = {shown}, size = {len(data)}, sha256 = '{sha256(data).hexdigest()}'"
    tamper(copy, f"UPDATE card_sources SET {facts}")
    assert records(copy) == ["imported file of version 3"]


@pytest.mark.parametrize("change", SOURCE_CHANGES)
def test_a_change_of_an_imported_file_is_reported(copy: Settings, change: str) -> None:
    changed = SOURCE_CHANGES[change]
    if isinstance(changed, bytes):
        changed = f"packed = x'{changed.hex()}'" if copy.database_url is None else f"packed = '\\x{changed.hex()}'"
    tamper(copy, f"UPDATE card_sources SET {changed}")
    found = [f"imported file of version {7 if change == 'version changed' else 3}"]
    assert records(copy) == found + ["imported file of version 3"] * (change == "version changed")


def test_files_imported_one_after_another_verify(tmp_path: Path) -> None:
    """A part and a record leave the digest of the first file in the content."""
    settings = Settings(home=tmp_path)
    migrate(settings)
    store = open_store(settings)
    with store.open_unit(ACTOR) as unit:
        import_cards(unit, read_file(sample("README.md"), "README.md"), name="model")
    with store.open_unit(ACTOR) as unit:
        import_cards(unit, read_file(sample("croissant.json"), "croissant.json"), into="model")
    with store.open_unit(ACTOR) as unit:
        import_cards(unit, read_file(sample("fraud.record.json"), "x.record.json"), into="model")
    assert [*Verification(store.database).faults()] == []
    store.close()


KEY_CHANGES = {
    "role given": "UPDATE access_keys SET role = 'admin' WHERE role = 'approver'",
    "owner changed": "UPDATE access_keys SET user_name = 'root' WHERE role = 'approver'",
    "account changed": "UPDATE access_keys SET account_id = '000000000001' WHERE role = 'approver'",
    "made active": "UPDATE access_keys SET revoked_at = NULL WHERE user_name = 'robot'",
    "revoked": "UPDATE access_keys SET revoked_at = 1 WHERE role = 'approver'",
    "deleted": "DELETE FROM access_keys WHERE user_name = 'robot'",
    "added": "INSERT INTO access_keys SELECT account_id, 'AKCWNEW', user_name, role, created_at, NULL FROM access_keys"
    " WHERE user_name = 'robot'",
    "event deleted": "DELETE FROM account_events WHERE event = 'access key created' AND details LIKE '%robot%'",
    "event changed": "UPDATE account_events SET details = 'for robot as viewer' WHERE details = 'for robot as admin'",
    "event invented": "UPDATE account_events SET event = 'access key blessed' WHERE details = 'for robot as admin'",
}


@pytest.mark.parametrize("change", KEY_CHANGES)
def test_a_change_of_an_access_key_or_of_its_events_is_reported(copy: Settings, change: str) -> None:
    tamper(copy, KEY_CHANGES[change])
    reported = records(copy)
    assert reported
    assert all(record.startswith(("access key AKCW", "account event ")) for record in reported), reported


NEWEST = "resource_id = (SELECT resource_id FROM resources WHERE kind = 'model-package' AND version = 3)"
FIRST = "resource_id = (SELECT resource_id FROM resources WHERE kind = 'model-package' AND version = 1)"
ALONE = "resource_id = (SELECT resource_id FROM resources WHERE name = 'alone')"
TRAINED = "resource_id = (SELECT resource_id FROM resources WHERE kind = 'training-job')"
REGISTRY_CHANGES = {
    "group deleted": (
        "is a version of a missing model package group",
        [
            "DELETE FROM documents WHERE resource_id = (SELECT resource_id FROM resources WHERE name = 'group' AND"
            " version = 0)",
            "DELETE FROM resources WHERE name = 'group' AND version = 0",
        ],
    ),
    "version invented": (
        "model-package group/4 is a version beyond the last one of its group, 3",
        [f"UPDATE resources SET version = 4 WHERE {NEWEST}"],
    ),
    "versions forgotten": (
        "model-package group/3 is a version beyond the last one of its group, 2",
        ["UPDATE resources SET last_version = 2 WHERE kind = 'model-package-group'"],
    ),
    "moved to another group": (
        "model-package other/3 is a version of a missing model package group",
        [f"UPDATE resources SET name = 'other' WHERE {NEWEST}"],
    ),
    "package that gives versions": (
        "model-package alone has a last version, which only model package groups have",
        [f"UPDATE resources SET last_version = 1 WHERE {ALONE}"],
    ),
    "model with a version": (
        "model model/1 has a version, which only model packages have, from 1 on",
        ["UPDATE resources SET version = 1 WHERE kind = 'model'"],
    ),
    "renamed to what nothing is called": (
        "training-job a/b has an invalid resource name",
        [f"UPDATE resources SET name = 'a/b' WHERE {TRAINED}"],
    ),
    "another kind": (
        "has a kind that the registry does not know",
        [f"UPDATE resources SET kind = 'x' WHERE {ALONE}"],
    ),
    "approval invented": (
        "model-package group/1 has a status that its kind does not have",
        [f"UPDATE resources SET status = 'Blessed' WHERE {FIRST}"],
    ),
    "approval taken away": (
        "model-package group/1 has a status that its kind does not have",
        [f"UPDATE resources SET status = NULL WHERE {FIRST}"],
    ),
    "job goes on": (
        "training-job trained has a status that its kind does not have",
        [f"UPDATE resources SET status = 'InProgress' WHERE {TRAINED}"],
    ),
    "document deleted": ("training-job trained has lost its document", [f"DELETE FROM documents WHERE {TRAINED}"]),
    "document cut": (
        "training-job trained has a document that is not a JSON object",
        [f"UPDATE documents SET document = substr(document, 1, 5) WHERE {TRAINED}"],
    ),
    "document of a list": (
        "training-job trained has a document that is not a JSON object",
        [f"UPDATE documents SET document = '[]' WHERE {TRAINED}"],
    ),
    "description changed": (
        "model-package group/3 has a summary that differs from its document",
        [f"UPDATE documents SET document = '{{}}' WHERE {NEWEST}"],
    ),
    "summary changed": (
        "model-package group/3 has a summary that differs from its document",
        [f"UPDATE resources SET summary = '[]' WHERE {NEWEST}"],
    ),
    "artifact changed": (
        "training-job trained has another artifact key than its document",
        [f"UPDATE documents SET document = replace(document, 'model.tar.gz', 'other') WHERE {TRAINED}"],
    ),
    "artifact of a wrong kind": (
        "training-job trained has another artifact key than its document",
        [f'UPDATE documents SET document = \'{{"ModelArtifacts":7,"SecondaryStatus":"Completed"}}\' WHERE {TRAINED}'],
    ),
    "card without content of cards": (
        "model-package group/1 has a card whose content violates the schema of package cards",
        [f"""UPDATE documents SET document = replace(document, '"{{}}"', '"[]"') WHERE {FIRST}"""],
    ),
    "card's content a number": (
        "model-package group/1 has a card whose content is not text",
        [f"""UPDATE documents SET document = replace(document, '"{{}}"', '7') WHERE {FIRST}"""],
    ),
    "card with an unknown status": (
        "model-package group/1 has a card without a valid status",
        [f"UPDATE documents SET document = replace(document, 'Draft', 'Blessed') WHERE {FIRST}"],
    ),
    "card whose status is a list": (
        "model-package group/1 has a card without a valid status",
        [f"""UPDATE documents SET document = replace(document, '"Draft"', '[]') WHERE {FIRST}"""],
    ),
    "tags of another": (
        "model-package group/3 has the tags of another resource",
        [f"UPDATE resources SET tags_id = resource_id WHERE {NEWEST}"],
    ),
    "tags of a version": (
        "model-package group/3 has its own tags, although the tags of its group apply",
        [f"INSERT INTO tags SELECT account_id, resource_id, 'k', 'v' FROM resources WHERE {NEWEST}"],
    ),
    "a tag of AWS": (
        "model-package alone has invalid tags: aws: prefixed",
        [f"UPDATE tags SET tag_key = 'aws:team' WHERE {ALONE}"],
    ),
    "request forgotten": (
        "model-package group/1 lacks the digest of the request that created it",
        [f"UPDATE resources SET request_digest = NULL WHERE {FIRST}"],
    ),
    "a token of a job": (
        "training-job trained has a client token or a digest of its request",
        [f"UPDATE resources SET client_token = 'x' WHERE {TRAINED}"],
    ),
    "document of nothing": (
        "document stray has no resource",
        [f"INSERT INTO documents SELECT account_id, 'stray', document FROM documents WHERE {TRAINED}"],
    ),
    "name given twice": (
        "training-job trained, version 0, exists twice",
        ["DROP INDEX resources_name", f"UPDATE resources SET name = 'trained', kind = 'training-job' WHERE {ALONE}"],
    ),
    "token given twice": (
        "model-package alone has the client token of another one",
        ["DROP INDEX resources_token", "UPDATE resources SET client_token = 'token' WHERE kind = 'model-package'"],
    ),
    "two cards of one model package": (
        "card card is about a model package that has another card",
        [
            "DROP INDEX cards_package",
            "UPDATE cards SET package_key = 'x'",
            "INSERT INTO cards SELECT account_id, 'second', 'second', status, version, created_at, created_by,"
            " modified_at, modified_by, content_digest, model_key, package_key, model_id, model_name,"
            " model_package_group_name, model_package_arn, risk_rating, metadata, record_digest, audit_sequence,"
            " audit_digest, kms_key_id FROM cards",
        ],
    ),
}


REGISTRY_CHANGES_AT_ONCE = (
    "versions forgotten",
    "package that gives versions",
    "approval invented",
    "artifact changed",
    "tags of a version",
    "a tag of AWS",
    "document of nothing",
    "token given twice",
    "two cards of one model package",
)


def faults(settings: Settings) -> list[str]:
    store = open_store(settings)
    try:
        return [str(fault) for fault in Verification(store.database, seals=store.seals).faults()]
    finally:
        store.close()


@pytest.mark.parametrize("filled", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", REGISTRY_CHANGES)
def test_a_change_of_the_registry_behind_the_servers_back_is_reported(copy: Settings, change: str) -> None:
    expected, statements = REGISTRY_CHANGES[change]
    tamper(copy, *statements)
    assert any(expected in line for line in faults(copy)), faults(copy)


def test_many_changes_of_the_registry_at_once_are_all_reported(copy: Settings) -> None:
    changes = [REGISTRY_CHANGES[change] for change in REGISTRY_CHANGES_AT_ONCE]
    tamper(copy, *(statement for _, statements in changes for statement in statements))
    found = faults(copy)
    assert [expected for expected, _ in changes if not any(expected in line for line in found)] == []


@pytest.mark.parametrize(
    ("sequence", "expected"),
    [(2, ["audit link 3"]), (LINKS, [f"audit link {LINKS}"])],
    ids=["in the middle", "the last"],
)
def test_a_changed_link_with_a_new_digest_does_not_match_its_neighbours(
    copy: Settings, sequence: int, expected: list[str]
) -> None:
    link = read_link(copy, sequence)
    forged = link._replace(source="203.0.113.9")
    where = f"WHERE {CARD} AND sequence = {sequence}"
    tamper(copy, f"UPDATE audit SET source = '{forged.source}', digest = '{forged.digest()}' {where}")
    assert records(copy) == expected


def read_link(settings: Settings, sequence: int) -> AuditLink:
    columns = (
        "account_id, card_id, name, sequence, event, at, actor, role, source, request_id, details, previous_digest"
    )
    return AuditLink(*tamper(settings, f"SELECT {columns} FROM audit WHERE {CARD} AND sequence = {sequence}")[0])


def test_a_chain_rewritten_to_its_end_does_not_match_the_card(copy: Settings) -> None:
    previous = read_link(copy, 2).previous_digest
    for sequence in range(2, LINKS + 1):
        link = read_link(copy, sequence)._replace(source="203.0.113.9", previous_digest=previous)
        changed = f"source = '{link.source}', previous_digest = '{previous}', digest = '{link.digest()}'"
        tamper(copy, f"UPDATE audit SET {changed} WHERE {CARD} AND sequence = {sequence}")
        previous = link.digest()
    assert records(copy) == [f"audit link {LINKS}"]


def test_an_untouched_store_verifies(copy: Settings) -> None:
    store = open_store(copy)
    verification = Verification(store.database)
    assert list(verification.faults()) == []
    assert (verification.counts.cards, verification.counts.versions, verification.counts.links) == (1, 3, LINKS + 2)
    store.close()


@pytest.mark.parametrize(
    ("sql", "reported"),
    [
        ("DELETE FROM card_names", 1),
        ("INSERT INTO card_names SELECT * FROM card_names", 1),
        ("UPDATE card_names SET name = 'other'", 2),
        ("DELETE FROM card_names_data WHERE id > 10", 1),
    ],
)
def test_a_change_of_sqlites_index_of_names_is_reported(tmp_path: Path, sql: str, reported: int) -> None:
    settings = Settings(home=tmp_path)
    fill(settings)
    tamper(settings, sql)
    assert records(settings) == ["the index of names"] * reported
