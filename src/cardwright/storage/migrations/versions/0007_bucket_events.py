"""Events of buckets, and the prefixes and vocabulary of the console's index of words."""

import sqlalchemy as sa
from alembic import op

from cardwright.core.names import identifier_at

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_missing_claim_events()
    if op.get_context().dialect.name == "sqlite":
        _index_words_with_their_beginnings()


def _add_missing_claim_events() -> None:
    """Add the missing events of older bucket claims: verification requires them."""
    connection = op.get_bind()
    missing = sa.text(
        "SELECT b.account_id, b.bucket, b.claimed_at, b.claimed_by FROM buckets b WHERE NOT EXISTS ("
        "SELECT 1 FROM account_events e WHERE e.account_id = b.account_id AND e.subject = b.bucket"
        " AND e.event IN ('bucket claimed', 'bucket given'))"
    )
    insert = sa.text(
        "INSERT INTO account_events"
        " (account_id, event_id, at, actor, role, source, request_id, event, subject, details)"
        " VALUES (:account, :id, :at, :by, 'author', '', '', 'bucket claimed', :bucket,"
        " 'or given; told by a migration')"
    )
    for account, bucket, at, by in connection.execute(missing).fetchall():
        event = {"account": account, "id": identifier_at(at), "at": at, "by": by, "bucket": bucket}
        connection.execute(insert, event)


def _index_words_with_their_beginnings() -> None:
    # The words are folded and separated by spaces. The tokenizer ascii keeps them unchanged; unicode61 has other
    # letters than Python and split some words, which a search could then not find.
    op.execute("DROP TABLE IF EXISTS card_vocabulary")
    op.execute("DROP TABLE card_words")
    op.execute(
        "CREATE VIRTUAL TABLE card_words USING fts5("
        "words, content = '', detail = 'none', prefix = '1 2 3', tokenize = 'ascii')"
    )
    op.execute("CREATE VIRTUAL TABLE card_vocabulary USING fts5vocab(card_words, instance)")
    # In the order of entries, which is fastest for FTS5.
    op.get_bind().execute(
        sa.text(
            "INSERT INTO card_words (rowid, words) SELECT entry, words FROM card_texts"
            " WHERE entry IS NOT NULL ORDER BY entry"
        )
    )
