"""Every document of an approved card prints who approved which content, when, and under which policy."""

import dataclasses
import json

import pytest

from cardwright.formats import format_named
from cardwright.formats.record import ApprovalEntry, ApproverEntry, PolicyEntry
from tests.formats.pdf_files import text_of
from tests.formats.records import record

DIGEST = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"
OLD, NEW = PolicyEntry("bank", 1, "a" * 64), PolicyEntry("bank", 2, "b" * 64)
APPROVAL = ApprovalEntry(
    content_digest=DIGEST,
    approved_at=1_795_867_201_000,
    approvers=(
        ApproverEntry("mei.tanaka@bank.example", 1_795_780_800_000, DIGEST, OLD),
        ApproverEntry("ravi", 1_795_867_201_000, DIGEST, NEW),
    ),
    policy=NEW,
    review_by=1_827_403_201_000,
    others=(ApproverEntry("tom", 1_795_867_200_500, DIGEST, NEW),),
)
WORDS = (
    ("mei.tanaka@bank.example", "2026-11-27 12:00:00", "bank, version 1"),
    ("ravi", "2026-11-28 12:00:01", "bank, version 2"),
    ("tom", "2026-11-28 12:00:00", "bank, version 2"),
)


@pytest.mark.parametrize("name", ["html", "md", "pdf"])
def test_documents_print_time_digest_and_policy_of_each_approver(name: str) -> None:
    data = format_named(name).render(dataclasses.replace(record({}), status="Approved", approval=APPROVAL)).data
    text = text_of(data) if name == "pdf" else data.decode()
    squeezed = "".join(text.split()).replace("<wbr>", "").replace("\u200b", "").replace("\\", "")
    approval = squeezed[squeezed.rindex("Approvedby" if name != "md" else "|Approvedby") - 1 :]
    for words in WORDS:
        for word in words:
            assert word.replace(" ", "") in squeezed, word
    assert squeezed.count(DIGEST) >= 4
    assert approval


def test_the_json_record_has_each_approval() -> None:
    made = dataclasses.replace(record({}), approval=APPROVAL)
    found = json.loads(format_named("record").render(made).data)["approval"]
    assert (found["approved_at"], found["content_sha256"]) == (APPROVAL.approved_at, DIGEST)
    assert found["policy"] == {"name": "bank", "version": 2, "sha256": "b" * 64}
    assert [(one["name"], one["counted"], one["policy"]["version"]) for one in found["approvers"]] == [
        ("mei.tanaka@bank.example", True, 1),
        ("ravi", True, 2),
        ("tom", False, 2),
    ]
    assert json.loads(format_named("record").render(record({})).data)["approval"] is None
