"""Tables of cards: facts, versions, contents, texts for the search, tags and the audit chains."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table

from cardwright.storage.tables.schema import ONE_TREE, TEXT, metadata, where

# The facts of a card that lists and Search read; ``contents`` stores its content.
cards = Table(
    "cards",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", TEXT, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("modified_by", TEXT, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    # SHA-256 of model_id: the identifier itself may be longer than an index entry.
    Column("model_key", TEXT),
    Column("package_key", TEXT),  # SHA-256 of model_package_arn
    Column("model_id", TEXT),
    Column("model_name", TEXT),
    Column("model_package_group_name", TEXT),
    Column("model_package_arn", TEXT),
    Column("risk_rating", TEXT),
    Column("metadata", TEXT, nullable=False),
    # The heads of the card's two chains.
    Column("record_digest", TEXT, nullable=False),
    Column("audit_sequence", Integer, nullable=False),
    Column("audit_digest", TEXT, nullable=False),
    Column("kms_key_id", TEXT),
    Index("cards_name", "account_id", "name", unique=True),
    Index("cards_model", "account_id", "model_key", unique=True, **where("model_key IS NOT NULL")),
    Index("cards_package", "account_id", "package_key", unique=True, **where("package_key IS NOT NULL")),
    # The console's list, newest change first, within a status, a rating or a model.
    Index("cards_status_modified", "account_id", "status", "modified_at", "card_id"),
    Index("cards_risk_modified", "account_id", "risk_rating", "modified_at", "card_id"),
    Index("cards_status_risk", "account_id", "status", "risk_rating", "modified_at", "card_id"),
    Index("cards_model_name", "account_id", "model_name", "modified_at", **where("model_name IS NOT NULL")),
    # Covers ListModelCards.
    Index("cards_created", "account_id", "created_at", "card_id", "name", "status", "modified_at"),
    Index("cards_status", "account_id", "status", "created_at", "card_id"),
    Index("cards_modified", "account_id", "modified_at", "card_id"),
    Index(
        "cards_group",
        "account_id",
        "model_package_group_name",
        "modified_at",
        **where("model_package_group_name IS NOT NULL"),
    ),
    **ONE_TREE,
)

# The version record (all columns except the last three never change) and the version's status.
versions = Table(
    "versions",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("author", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("note", TEXT),
    Column("previous_digest", TEXT, nullable=False),
    Column("record_digest", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("modified_by", TEXT, nullable=False),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    **ONE_TREE,
)

contents = Table(
    "contents",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", TEXT, nullable=False),
    ForeignKeyConstraint(
        ["account_id", "card_id", "version"],
        ["versions.account_id", "versions.card_id", "versions.version"],
    ),
)

# The text of a card's newest content for the console's list and its search.
card_texts = Table(
    "card_texts",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("description", TEXT),
    Column("owner", TEXT),
    Column("evaluations", Integer, nullable=False),
    Column("words", TEXT),  # null until they are indexed
    Column("entry", BigInteger),  # the number of the card's entry in SQLite's index of words
    Column("seal", TEXT),  # of the words
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("card_texts_owner", "account_id", "owner", **where("owner IS NOT NULL")),
    Index("card_texts_unevaluated", "account_id", "card_id", **where("evaluations = 0")),
    Index("card_texts_due", "account_id", "card_id", **where("words IS NULL")),
    Index("card_texts_entry", "entry", "account_id", "card_id", **where("entry IS NOT NULL")),
)

# The files that cards were imported from, by the version that the import made. Not in one tree: the files are large.
card_sources = Table(
    "card_sources",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", TEXT, nullable=False),  # the key of the card format
    Column("file_name", TEXT, nullable=False),
    Column("media_type", TEXT, nullable=False),
    Column("sha256", TEXT, nullable=False),
    Column("size", Integer, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("imported_by", TEXT, nullable=False),
    Column("packed", LargeBinary, nullable=False),  # the file's bytes, compressed with zlib
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
)

# Unfinished cards of the console: the form as it was last saved.
drafts = Table(
    "drafts",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("draft_id", TEXT, primary_key=True),
    Column("user_name", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("card", TEXT),  # the name of the card that the draft changes
    Column("step", TEXT, nullable=False),
    Column("form", TEXT, nullable=False),
    Index("drafts_user", "account_id", "user_name", "modified_at"),
    **ONE_TREE,
)

# The tags of every kind of resource, by the resource's identifier.
tags = Table(
    "tags",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("resource_id", TEXT, primary_key=True),
    Column("tag_key", TEXT, primary_key=True),
    Column("tag_value", TEXT, nullable=False),
    Index("tags_value", "account_id", "tag_key", "tag_value", "resource_id"),
    **ONE_TREE,
)

# Evaluation jobs of a card's versions that a user paired, for comparisons.
evaluation_pairs = Table(
    "evaluation_pairs",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("before_name", TEXT, primary_key=True),  # the job of the older version
    Column("after_name", TEXT),  # null for a job without a partner
    Column("at", BigInteger, nullable=False),
    Column("actor", TEXT, nullable=False),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    **ONE_TREE,
)

# The words of an account's cards by each three letters of them, for near words of a search without hits.
word_trigrams = Table(
    "word_trigrams",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("trigram", TEXT, primary_key=True),
    Column("word", TEXT, primary_key=True),
    **ONE_TREE,
)

# The audit chain of each card; it outlives the card.
audit = Table(
    "audit",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("event", TEXT, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("request_id", TEXT, nullable=False),
    Column("details", TEXT, nullable=False),
    Column("previous_digest", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    # The cards that were deleted: all, and those of one name.
    Index("audit_deleted", "account_id", "at", "card_id", **where("event = 'deleted'")),
    # The audit log: newest first within a kind of event, an author or a card's name.
    Index("audit_event", "account_id", "event", "at", "card_id", "sequence"),
    Index("audit_actor", "account_id", "actor", "event", "at", "card_id", "sequence"),
    Index("audit_name", "account_id", "name", "at", "card_id", "sequence"),
    Index("audit_deleted_name", "account_id", "name", "at", "card_id", **where("event = 'deleted'")),
    **ONE_TREE,
)
