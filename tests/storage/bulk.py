"""Stores with many cards, filled in seconds: bulk inserts write the rows of many CreateModelCard calls."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

import psycopg

from cardwright.core.card import model_key
from cardwright.core.integrity.history import GENESIS
from cardwright.server.stores import migrate
from cardwright.settings import Settings
from tests.storage.bulk_governance import governance

ACCOUNT = "000000000000"
STATUSES = ("Draft", "PendingReview", "Approved", "Archived")
RISKS = ("High", "Medium", "Low", "Unknown")
FIRST = 1_700_000_000_000
"""When the first card was made; each of the others a millisecond after the one before."""

Rows = Iterable[Sequence[object]]


def fill(settings: Settings, cards: int) -> None:
    """Make a store with so many cards, each with a version, its content, a tag and its words.

    Every second card has another tag. One card in 1,000 has ``rare`` in its name, its model and a tag. Each has a
    different model. One person owns an eighth of them, and 50 others the rest. Statuses and risks cycle; one card in
    20,000 is Archived and High. ``bulk_governance`` adds reviews, findings and the like.
    """
    migrate(settings)
    if settings.database_url is None:
        with closing(sqlite3.connect(settings.home / "cardwright.db")) as connection, connection:
            for table, columns, rows in (*_tables(cards), *_indexes(cards)):
                marks = ", ".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
        return
    with psycopg.connect(settings.database_url) as session, session.cursor() as cursor:
        for table, columns, rows in _tables(cards):
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)
    with psycopg.connect(settings.database_url, autocommit=True) as session:
        session.execute("VACUUM ANALYZE")


def name_of(number: int) -> str:
    return f"card-{number:07d}" + ("-rare" if number % 1000 == 7 else "")


def identity_of(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def _owner(number: int) -> str:
    return "owner of many" if number % 8 == 2 else f"owner-{number % 50}"


def _model(number: int) -> str:
    return ("rare " if number % 1000 == 7 else "") + f"model-{number}"


def _content(number: int) -> str:
    """The content of a card, all of which is metadata."""
    return f'{{"model_overview":{{"model_id":"{_model(number)}"}},"intended_uses":{{"risk_rating":"{_risk(number)}"}}}}'


def _risk(number: int) -> str:
    return "High" if number % 20_000 == 3 else RISKS[number % 3 + 1]


def _tables(cards: int) -> Iterator[tuple[str, Sequence[str], Rows]]:
    numbers = range(cards)
    made = ("maker", "maker", "0" * 64, "name", GENESIS, 1, GENESIS)
    yield (
        "cards",
        (
            *("account_id", "version", "created_by", "modified_by", "content_digest", "model_name", "record_digest"),
            *("audit_sequence", "audit_digest", "card_id", "name", "status", "created_at", "modified_at", "model_key"),
            *("model_id", "model_package_group_name", "risk_rating", "metadata"),
        ),
        (
            (
                *(ACCOUNT, 1, *made, identity_of(n), name_of(n), STATUSES[n % 4], FIRST + n, FIRST + n),
                *(model_key(_model(n)), _model(n), f"group-{n % 500}", _risk(n), _content(n)),
            )
            for n in numbers
        ),
    )
    version = (ACCOUNT, "0" * 64, FIRST, "maker", "author", GENESIS, GENESIS, "Draft", FIRST, "maker")
    yield (
        "versions",
        (
            *("account_id", "content_digest", "created_at", "author", "role", "previous_digest", "record_digest"),
            *("status", "modified_at", "modified_by", "card_id", "version", "name"),
        ),
        ((*version, identity_of(n), 1, name_of(n)) for n in numbers),
    )
    content = ("account_id", "card_id", "version", "content")
    yield "contents", content, ((ACCOUNT, identity_of(n), 1, _content(n)) for n in numbers)
    texts = ("account_id", "card_id", "owner", "evaluations", "words", "entry")
    yield "card_texts", texts, ((ACCOUNT, identity_of(n), _owner(n), 0, name_of(n), n + 1) for n in numbers)
    tag = ("account_id", "resource_id", "tag_key", "tag_value")
    yield "tags", tag, ((ACCOUNT, identity_of(n), "team", f"team-{n % 40}") for n in numbers)
    yield "tags", tag, ((ACCOUNT, identity_of(n), "even", "yes") for n in numbers if n % 2 == 0)
    yield "tags", tag, ((ACCOUNT, identity_of(n), "seldom", "yes") for n in numbers if n % 1000 == 7)
    yield from _events(cards)
    yield from governance(ACCOUNT, [(identity_of(n), name_of(n), FIRST + n) for n in numbers])


def _events(cards: int) -> Iterator[tuple[str, Sequence[str], Rows]]:
    """The audit links of cards, and as many account events as every tenth card.

    Each card has a creation, by one of 40 people or, for one in 10,000, by ``seldom``. One in four has a change of
    status; one in 20,000 an export.
    """
    numbers = range(cards)
    link = (
        *("account_id", "role", "source", "request_id", "details", "previous_digest", "digest"),
        *("card_id", "sequence", "name", "event", "at", "actor"),
    )
    same = (ACCOUNT, "author", "", "", "{}", GENESIS, GENESIS)
    yield "audit", link, ((*same, identity_of(n), 1, name_of(n), "created", FIRST + n, _actor(n)) for n in numbers)
    yield (
        "audit",
        link,
        ((*same, identity_of(n), 2, name_of(n), "status", FIRST + n + 5, _actor(n)) for n in numbers if n % 4 == 3),
    )
    yield (
        "audit",
        link,
        ((*same, identity_of(n), 2, name_of(n), "exported", FIRST + n, "w") for n in numbers if n % 20_000 == 8),
    )
    event = ("account_id", "role", "source", "request_id", "details", "event", "event_id", "at", "actor", "subject")
    yield (
        "account_events",
        event,
        (
            (*(ACCOUNT, "admin", "", "", ""), "password changed", identity_of(n), FIRST + n, _actor(n), "person-1")
            for n in numbers
            if n % 10 == 0
        ),
    )


def _actor(number: int) -> str:
    return "seldom" if number % 10_000 == 77 else f"person-{number % 40}"


def _indexes(cards: int) -> Iterator[tuple[str, Sequence[str], Rows]]:
    """SQLite's own indexes of texts."""
    numbers = range(cards)
    yield "card_names", ("name", "account_id", "card_id"), ((name_of(n), ACCOUNT, identity_of(n)) for n in numbers)
    yield "card_words", ("rowid", "words"), ((n + 1, name_of(n)) for n in numbers)
    yield "card_metadata", ("rowid", "metadata"), ((n + 1, _content(n)) for n in numbers)
