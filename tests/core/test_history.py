"""Promises of ``core.integrity.history`` and of identifiers: canonical text, digests over every field, order."""

import hashlib
import threading
import time
import uuid
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core.integrity.history import GENESIS, AuditLink, Event, VersionRecord, canonical_json
from cardwright.core.names import TimeOrderedIds

LARGEST = 2**53 - 1
ASCII = st.characters(max_codepoint=0x7F)
SCALARS = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text()
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(ASCII), inner), max_leaves=20)

RECORD = VersionRecord(
    account="123456789012",
    card_id="0190f7c2-0000-7000-8000-000000000000",
    name="fraud",
    number=3,
    content_digest="ab" * 32,
    at=1_700_000_000_000,
    author="ann",
    role="author",
    note=None,
    previous_digest=GENESIS,
)
LINK = AuditLink(
    account="123456789012",
    card_id="0190f7c2-0000-7000-8000-000000000000",
    name="fraud",
    sequence=4,
    event=Event.STATUS,
    at=1_700_000_000_000,
    actor="ann",
    role="approver",
    source="127.0.0.1",
    request_id="0a0b0c0d-0000-4000-8000-000000000000",
    details='{"from":"Draft","to":"Approved","version":3}',
    previous_digest=GENESIS,
)


@given(DOCUMENTS)
def test_canonical_json_is_that_of_rfc_8785(document: Any) -> None:
    assert canonical_json(document).encode() == rfc8785.dumps(document)


def test_canonical_json_writes_every_character_as_rfc_8785_does() -> None:
    text = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000), 0x1F600, 0x10FFFF]))
    assert canonical_json(text).encode() == rfc8785.dumps(text)


def test_a_version_records_digest_is_that_of_its_documented_form() -> None:
    document: dict[str, Any] = {
        "account": RECORD.account,
        "card": RECORD.card_id,
        "name": RECORD.name,
        "version": RECORD.number,
        "content_sha256": RECORD.content_digest,
        "at": RECORD.at,
        "author": RECORD.author,
        "role": RECORD.role,
        "note": RECORD.note,
        "previous": RECORD.previous_digest,
    }
    assert RECORD.digest() == hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def test_an_audit_links_digest_is_that_of_its_documented_form() -> None:
    document: dict[str, Any] = {
        "account": LINK.account,
        "card": LINK.card_id,
        "name": LINK.name,
        "sequence": LINK.sequence,
        "event": "status",
        "at": LINK.at,
        "actor": LINK.actor,
        "role": LINK.role,
        "source": LINK.source,
        "request": LINK.request_id,
        "details": LINK.details,
        "previous": LINK.previous_digest,
    }
    assert LINK.digest() == hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def changed(value: object) -> list[Any]:
    """Other possible values of the field."""
    if isinstance(value, int):
        return [value + 1, value - 1, str(value)]
    return ["", f"{value} ", "x"] + ([None] if value is not None else [])


@pytest.mark.parametrize("item", [RECORD, LINK], ids=["record", "link"])
def test_a_digest_changes_with_every_field(item: VersionRecord | AuditLink) -> None:
    digests = {item.digest()}
    tried = 1
    for field in item._fields:
        for value in changed(getattr(item, field)):
            other: dict[str, Any] = {field: value}
            digests.add(item._replace(**other).digest())
            tried += 1
    assert len(digests) == tried


def test_values_of_two_fields_exchanged_make_another_digest() -> None:
    assert RECORD._replace(author=RECORD.role, role=RECORD.author).digest() != RECORD.digest()
    assert LINK._replace(actor=LINK.role, role=LINK.actor).digest() != LINK.digest()


def test_identifiers_are_uuids_of_version_7_with_the_time_in_them() -> None:
    ids = TimeOrderedIds()
    for _ in range(100):
        before = time.time_ns() // 1_000_000
        made = ids.next()
        parsed = uuid.UUID(made)
        assert str(parsed) == made
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
        assert before <= parsed.int >> 80 <= time.time_ns() // 1_000_000


def test_identifiers_are_unique_and_sorted_when_the_clock_stops_or_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = TimeOrderedIds()
    made = [ids.next() for _ in range(10_000)]
    for back in (0, 1_000_000, 3_600_000_000_000):
        frozen = time.time_ns() - back
        monkeypatch.setattr(time, "time_ns", lambda frozen=frozen: frozen)
        made += [ids.next() for _ in range(1_000)]
        monkeypatch.undo()
    made.append(ids.next())
    assert made == sorted(set(made))


def test_identifiers_are_unique_across_threads_and_sorted_per_thread() -> None:
    ids = TimeOrderedIds()
    start = threading.Barrier(8)
    made: list[list[str]] = [[] for _ in range(8)]

    def work(mine: list[str]) -> None:
        start.wait()
        mine.extend(ids.next() for _ in range(2_000))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({one for mine in made for one in mine}) == 16_000
