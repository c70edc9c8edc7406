"""The beginnings and the vocabulary of the console's index of words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _index_words_with_their_beginnings()


def _index_words_with_their_beginnings() -> None:
    op.execute("DROP TABLE IF EXISTS card_vocabulary")
    op.execute("DROP TABLE card_words")
    op.execute("CREATE VIRTUAL TABLE card_words USING fts5(words, content = '', detail = 'none', prefix = '1 2 3')")
    op.execute("CREATE VIRTUAL TABLE card_vocabulary USING fts5vocab(card_words, instance)")
    # In the order of entries, which FTS5 takes best.
    op.get_bind().execute(
        sa.text(
            "INSERT INTO card_words (rowid, words) SELECT entry, words FROM card_texts"
            " WHERE entry IS NOT NULL ORDER BY entry"
        )
    )
