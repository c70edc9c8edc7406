"""Names and groups of people, saved views, chosen columns, near words of searches, and exports of several cards."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, primary_key=True) for name in names]


def upgrade() -> None:
    _people()
    _lists()
    _archives()
    _index_words_again()


def _people() -> None:
    op.add_column("users", sa.Column("display_name", TEXT))
    op.add_column("users", sa.Column("email", TEXT))
    op.create_table("user_groups", *_key("account_id", "user_key", "group_name"), sqlite_with_rowid=False)
    op.create_index("user_groups_name", "user_groups", ["account_id", "group_name", "user_key"])


def _lists() -> None:
    op.create_table(
        "saved_views",
        *_key("account_id", "user_key", "name"),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "list_columns",
        *_key("account_id", "user_key"),
        sa.Column("columns", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table("word_trigrams", *_key("account_id", "trigram", "word"), sqlite_with_rowid=False)


def _archives() -> None:
    op.create_table(
        "archives",
        *_key("account_id", "archive_id"),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("format", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("worked_at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("archives_user", "archives", ["account_id", "user_name", "created_at"])
    op.create_table(
        "archive_files",
        *_key("account_id", "archive_id", "card_name"),
        sa.Column("file_name", TEXT),
        sa.Column("data", sa.LargeBinary),
        sa.Column("reason", TEXT),
        sa.ForeignKeyConstraint(["account_id", "archive_id"], ["archives.account_id", "archives.archive_id"]),
    )


def _index_words_again() -> None:
    """Let the next search index all cards again, with their numbers and tags."""
    if op.get_context().dialect.name == "sqlite":
        for table in ("card_words", "card_metadata"):
            op.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    op.execute("UPDATE card_texts SET words = NULL, entry = NULL WHERE words IS NOT NULL")
