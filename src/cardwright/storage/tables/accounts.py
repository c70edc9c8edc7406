"""Tables of accounts: their keys, users, sessions, settings and events, and the marks of the store."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from cardwright.storage.tables.schema import ONE_TREE, TEXT, metadata

store = Table(
    "store",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("region", TEXT, nullable=False),
    Column("key_fingerprint", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

access_keys = Table(
    "access_keys",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("access_key_id", TEXT, primary_key=True),
    Column("user_name", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    **ONE_TREE,
)

# Users who sign in to the console.
users = Table(
    "users",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),  # the name in lower case
    Column("user_name", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("password", TEXT, nullable=False),  # its argon2id hash
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", TEXT, nullable=False),
    Column("password_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("signed_in_at", BigInteger),
    Column("display_name", TEXT),
    Column("email", TEXT),
    **ONE_TREE,
)

# Groups of people, such as a team; a group exists while it has members.
user_groups = Table(
    "user_groups",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),
    Column("group_name", TEXT, primary_key=True),
    Index("user_groups_name", "account_id", "group_name", "user_key"),
    **ONE_TREE,
)

# Browsers in which users are signed in. An ended session stays for some days, so that an open form is not lost.
sessions = Table(
    "sessions",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("digest", TEXT, primary_key=True),  # of the browser's token
    Column("user_name", TEXT, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("ended_at", BigInteger),
    Index("sessions_user", "account_id", "user_name"),
    Index("sessions_seen", "account_id", "seen_at"),
    **ONE_TREE,
)

# Counters of failed sign-in attempts, by user name or source: each attempt moves the time ahead by a pause.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("account_id", TEXT, primary_key=True),  # empty for a source, which may try any account
    Column("subject", TEXT, primary_key=True),
    Column("ahead_to", BigInteger, nullable=False),
    Index("sign_in_tries_ahead", "ahead_to"),
    **ONE_TREE,
)

# A person's views of the list of cards: names for addresses.
saved_views = Table(
    "saved_views",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("address", TEXT, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    **ONE_TREE,
)

# The columns that a person chose for the list of cards.
list_columns = Table(
    "list_columns",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),
    Column("columns", TEXT, nullable=False),
    **ONE_TREE,
)

# Settings of an account, with an empty user key, and those of its people.
settings = Table(
    "settings",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("value", TEXT, nullable=False),
    **ONE_TREE,
)

# Owners of buckets, by bucket name in lower case. Names are unique on a server, across accounts.
buckets = Table(
    "buckets",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("bucket", TEXT, primary_key=True),
    Column("claimed_at", BigInteger, nullable=False),
    Column("claimed_by", TEXT, nullable=False),
    Index("buckets_name", "bucket", unique=True),
    **ONE_TREE,
)

# Changes to users, access keys and buckets.
account_events = Table(
    "account_events",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("event_id", TEXT, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("request_id", TEXT, nullable=False),
    Column("event", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("details", TEXT, nullable=False),
    Column("interface", TEXT),
    Index("account_events_event", "account_id", "event", "at", "event_id"),
    Index("account_events_actor", "account_id", "actor", "event", "at", "event_id"),
    **ONE_TREE,
)
