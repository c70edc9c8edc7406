"""Rows of reviews, findings and the like for the cards of ``tests.storage.bulk``: what governs a large portfolio.

Of each four cards, one has an open review, one is approved, and two have findings. ``me`` is asked to review, owns
or wrote one in 1,000 of each; the others belong to 40 people in turn.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cardwright.core.evidence import Evidence
from cardwright.core.field_comment import FieldComment
from cardwright.core.finding import Finding, Severity, first_span
from cardwright.core.review import DAY
from cardwright.core.waiver import Waiver
from cardwright.storage.reviews import APPROVAL_COLUMNS, DECISION_COLUMNS, REVIEW_COLUMNS

LATER = 4_000_000_000_000
"""A time far in the future, for what is neither overdue nor expired."""
DIGEST = "0" * 64
ME = "me"
SEVERITIES = tuple(Severity)

Row = dict[str, Any]
Table = tuple[str, Sequence[str], Iterable[Sequence[object]]]


def governance(account: str, cards: Sequence[tuple[str, str, int]]) -> Iterator[Table]:
    """Return the rows of the tables around cards, given as identifier, name and time."""

    def table(name: str, columns: Sequence[str], rows: Iterable[Row]) -> Table:
        empty: Row = dict.fromkeys(columns)
        filled = ((account, *(empty | row).values()) for row in rows)
        return name, ("account_id", *columns), filled

    yield table("reviews", REVIEW_COLUMNS, (_review(n, *card) for n, card in enumerate(cards) if _reviewed(n)))
    asked = ("review_id", "kind", "name", "card_id", "assigned_at", "assigned_by")
    yield table("review_assignments", asked, (_assignment(n, *card) for n, card in enumerate(cards) if _reviewed(n)))
    yield table("review_decisions", DECISION_COLUMNS, (_decision(n, *c) for n, c in enumerate(cards) if n % 4 == 2))
    yield table("approvals", APPROVAL_COLUMNS, (_approval(n, *card) for n, card in enumerate(cards) if n % 4 == 2))
    yield table("findings", Finding._fields, (_finding(n, *card)._asdict() for n, card in enumerate(cards) if n % 2))
    yield table("waivers", Waiver._fields, (_waiver(n, *card)._asdict() for n, card in enumerate(cards) if n % 4 == 3))
    yield table("evidence", Evidence._fields, (_evidence(n, *c)._asdict() for n, c in enumerate(cards) if n % 4 == 3))
    comments = (_comment(n, *card)._asdict() for n, card in enumerate(cards) if n % 4 == 3)
    yield table("field_comments", FieldComment._fields, comments)
    columns = ("name", "version", "text", "digest", "active", "stored_at", "stored_by")
    yield table("review_policies", columns, (_policy(n, at) for n, (_, _, at) in enumerate(cards) if n % 8 == 0))
    settings = ("user_key", "name", "value")
    yield table("settings", settings, (_setting(n) for n in range(0, len(cards), 8)))
    run = ("run_id", "policy_name", "policy_version", "policy_digest", "begun_by", "begun_at", "worked_at", "ended_at")
    runs = (_run(n, *card) for n, card in enumerate(cards) if n % 8 == 0)
    yield table("policy_runs", (*run, "place", "parts", "counts"), runs)


def person(number: int) -> str:
    return ME if number % 1000 < 4 else f"person-{number % 40}"


def finding_id(number: int) -> str:
    return f"finding-{number:07d}"


def review_id(number: int) -> str:
    return f"review-{number:07d}"


def _reviewed(number: int) -> bool:
    """Whether a card has a review: open for one card in four, ended for another one."""
    return number % 4 in {1, 2}


def _review(number: int, card_id: str, name: str, at: int) -> Row:
    is_open = number % 4 == 1
    asked = {"review_id": review_id(number), "card_id": card_id, "card_name": name, "version": 1}
    asked |= {"content_digest": DIGEST, "requested_at": at, "requested_by": person(number)}
    if not is_open:
        return asked | {"state": "Approved", "due_at": at, "ended_at": at + 9}
    return asked | {"state": "Open", "due_at": at if number % 1000 == 1 else LATER + number}


def _assignment(number: int, card_id: str, _: str, at: int) -> Row:
    row = {"review_id": review_id(number), "kind": "person", "name": person(number), "card_id": card_id}
    return row | {"assigned_at": at, "assigned_by": "maker"}


def _decision(number: int, card_id: str, _: str, at: int) -> Row:
    row = {"review_id": review_id(number), "number": 1, "card_id": card_id, "user_name": person(number)}
    row |= {"role": "approver", "by_person": 1, "verdict": "approve", "content_digest": DIGEST}
    return row | {"decided_at": at + 9}


def _approval(number: int, card_id: str, name: str, at: int) -> Row:
    """An approval; one in 1,000 has expired."""
    due = at + DAY if number % 1000 == 2 else LATER + number
    row = {"card_id": card_id, "card_name": name, "version": 1, "content_digest": DIGEST}
    row |= {"review_id": review_id(number), "approved_at": at + 9, "review_by": due, "expires_at": due}
    return row | {"after_expiry": "PendingReview"}


def _finding(number: int, card_id: str, _: str, at: int) -> Finding:
    """A finding, which has not ended; one in 1,000 is remediated or overdue."""
    return Finding(
        finding_id=finding_id(number),
        card_id=card_id,
        kind="limitation" if number % 1000 == 3 else "issue",
        severity=SEVERITIES[number % len(SEVERITIES)],
        category="data",
        source="review",
        title=f"Finding {number}",
        text=None,
        pointer=None,
        rule="rule" if number % 4 == 1 else None,
        owner=person(number),
        former_owners="[]",
        due_at=at if number % 1000 == 5 else None if number % 20 == 7 else LATER + number * 7919 % 100_003,
        state="remediated" if number % 1000 == 9 else "open",
        version=1,
        content_digest=DIGEST,
        opened_at=at,
        opened_by=person(number),
        changed_at=at,
        changed_by="maker",
        resolution=None,
        accepted_until=None,
        accepted_digest=None,
        ended_at=None,
        ended_by=None,
        fixed_version=None,
        spans=first_span(1),
    )


def _waiver(number: int, card_id: str, _: str, at: int) -> Waiver:
    """A waiver, granted and active; one in 1,000 is only requested."""
    return Waiver(
        waiver_id=f"waiver-{number:07d}",
        card_id=card_id,
        rule=None,
        finding_id=finding_id(number),
        scope="card",
        policy_name=None,
        version=1,
        content_digest=DIGEST,
        reason="Later.",
        requested_at=at,
        requested_by="maker",
        expires_at=LATER,
        granted_at=None if number % 1000 == 3 else at,
        granted_by=None if number % 1000 == 3 else "boss",
        revoked_at=None,
        revoked_by=None,
        revocation=None,
    )


def _evidence(number: int, card_id: str, _: str, at: int) -> Evidence:
    return Evidence(
        evidence_id=f"evidence-{number:07d}",
        card_id=card_id,
        kind="report",
        name="report.txt",
        media_type="text/plain",
        size=5,
        file_sha256=DIGEST,
        source_uri=None,
        note=None,
        version=1,
        content_digest=DIGEST,
        finding_id=finding_id(number),
        review_id=None,
        decision=None,
        pointer=None,
        added_at=at,
        added_by="maker",
    )


def _comment(number: int, card_id: str, _: str, at: int) -> FieldComment:
    return FieldComment(
        comment_id=f"comment-{number:07d}",
        card_id=card_id,
        reply_to=None,
        pointer="/model_overview/model_id",
        version=1,
        content_digest=DIGEST,
        value_digest=None,
        text="Why?",
        written_at=at,
        written_by="maker",
        resolved_at=None,
        resolved_by=None,
    )


def _policy(number: int, at: int) -> Row:
    row = {"name": f"policy-{number // 80}", "version": number % 80 + 1, "text": "{}", "digest": DIGEST}
    return row | {"active": 0, "stored_at": at, "stored_by": "maker"}


def _setting(number: int) -> Row:
    return {"user_key": f"person-{number}", "name": "shortcuts", "value": "off"}


def _run(number: int, card_id: str, name: str, _: int) -> Row:
    """A dry run of one of 1,000 policies that has ended."""
    row = {"run_id": card_id, "policy_name": f"policy-{number // 8 % 1000}", "policy_version": 1}
    row |= {"policy_digest": DIGEST, "begun_by": "maker", "begun_at": LATER + number, "worked_at": LATER + number}
    counts = '{"read":0,"governed":0,"failing":0,"newly":0,"approved":0,"by_rule":{}}'
    return row | {"ended_at": LATER + number, "place": name, "parts": 0, "counts": counts}
