"""Tables of export jobs, and of exports of several cards."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table

from cardwright.storage.tables.schema import ONE_TREE, TEXT, metadata, where

# Records of exports, and their queue: a job in progress is due at ``due_at``, and claimed until then.
export_jobs = Table(
    "export_jobs",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("job_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("card_name", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("output_path", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", TEXT, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("artifact", TEXT),
    Column("failure_reason", TEXT),
    Column("engine", TEXT),
    Column("due_at", BigInteger, nullable=False),
    Column("claim", TEXT),
    Column("attempts", Integer, nullable=False),
    Column("failing_since", BigInteger),  # the time since which its object store fails
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("export_jobs_name", "account_id", "card_id", "name", unique=True),
    Index("export_jobs_created", "account_id", "card_id", "created_at", "job_id"),
    Index("export_jobs_status", "account_id", "card_id", "status", "job_id"),
    Index("export_jobs_waiting", "due_at", "job_id", **where("status = 'InProgress'")),
    **ONE_TREE,
)

# Exports of several cards in one file, and the document of each card once it is printed.
archives = Table(
    "archives",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("archive_id", TEXT, primary_key=True),
    Column("user_name", TEXT, nullable=False),
    Column("format", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("worked_at", BigInteger, nullable=False),
    Index("archives_user", "account_id", "user_name", "created_at"),
    **ONE_TREE,
)

archive_files = Table(
    "archive_files",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("archive_id", TEXT, primary_key=True),
    Column("card_name", TEXT, primary_key=True),
    Column("file_name", TEXT),  # with its document, once it is printed
    Column("data", LargeBinary),
    Column("reason", TEXT),  # for a card that cannot be printed
    ForeignKeyConstraint(["account_id", "archive_id"], ["archives.account_id", "archives.archive_id"]),
)
