"""The schema for both engines. Migrations bring a database to it; Search builds its statements from it.

Every primary key begins with the account, and every query names it, which separates the accounts.
Times are milliseconds since the epoch, UTC. Text sorts by code point on both engines.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

TEXT = Text().with_variant(Text(collation="C"), "postgresql")

metadata = MetaData()

# On SQLite the rows are stored in the primary key's tree: a write touches half as many pages.
_ONE_TREE: dict[str, Any] = {"sqlite_with_rowid": False}


def _where(condition: str) -> dict[str, Any]:
    """Leave rows without the value out of an index, on both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


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
    **_ONE_TREE,
)

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
    Index("cards_model", "account_id", "model_key", unique=True, **_where("model_key IS NOT NULL")),
    Index("cards_package", "account_id", "package_key", unique=True, **_where("package_key IS NOT NULL")),
    # The console's list, newest change first, within a status, a rating or a model.
    Index("cards_status_modified", "account_id", "status", "modified_at", "card_id"),
    Index("cards_risk_modified", "account_id", "risk_rating", "modified_at", "card_id"),
    Index("cards_status_risk", "account_id", "status", "risk_rating", "modified_at", "card_id"),
    Index("cards_model_name", "account_id", "model_name", "modified_at", **_where("model_name IS NOT NULL")),
    # Covers ListModelCards.
    Index("cards_created", "account_id", "created_at", "card_id", "name", "status", "modified_at"),
    Index("cards_status", "account_id", "status", "created_at", "card_id"),
    Index("cards_modified", "account_id", "modified_at", "card_id"),
    Index(
        "cards_group",
        "account_id",
        "model_package_group_name",
        "modified_at",
        **_where("model_package_group_name IS NOT NULL"),
    ),
    **_ONE_TREE,
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
    **_ONE_TREE,
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
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("card_texts_owner", "account_id", "owner", **_where("owner IS NOT NULL")),
    Index("card_texts_unevaluated", "account_id", "card_id", **_where("evaluations = 0")),
    Index("card_texts_due", "account_id", "card_id", **_where("words IS NULL")),
    Index("card_texts_entry", "entry", "account_id", "card_id", **_where("entry IS NOT NULL")),
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
    **_ONE_TREE,
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
    **_ONE_TREE,
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
    **_ONE_TREE,
)

# Models, model package groups and packages, training and processing jobs: facts for lists and Search.
resources = Table(
    "resources",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("resource_id", TEXT, primary_key=True),
    Column("kind", TEXT, nullable=False),  # as in the ARN: model-package
    Column("name", TEXT, nullable=False),  # for a model package version, the name of its group
    Column("version", Integer, nullable=False),  # 0 for unversioned resources
    Column("last_version", Integer, nullable=False),  # the highest number of a group; deletion frees no number
    Column("tags_id", TEXT, nullable=False),  # the owner of the tags: for a model package version, the group
    Column("status", TEXT),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", TEXT, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("modified_by", TEXT, nullable=False),
    Column("artifact_key", TEXT),  # SHA-256 of the URI of a training job's model
    Column("client_token", TEXT),
    Column("request_digest", TEXT),  # of the request with the token
    Column("summary", TEXT, nullable=False),  # the members of the document that lists show
    Index("resources_name", "account_id", "kind", "name", "version", unique=True),
    Index("resources_token", "account_id", "kind", "client_token", unique=True, **_where("client_token IS NOT NULL")),
    Index("resources_created", "account_id", "kind", "created_at", "resource_id"),
    Index("resources_of_name", "account_id", "kind", "name", "created_at", "resource_id"),  # a group's versions
    Index("resources_modified", "account_id", "kind", "modified_at", "resource_id"),
    Index("resources_artifact", "account_id", "kind", "artifact_key", **_where("artifact_key IS NOT NULL")),
    **_ONE_TREE,
)

documents = Table(
    "documents",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("resource_id", TEXT, primary_key=True),
    Column("document", TEXT, nullable=False),
    ForeignKeyConstraint(["account_id", "resource_id"], ["resources.account_id", "resources.resource_id"]),
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
    Index("audit_deleted", "account_id", "at", "card_id", **_where("event = 'deleted'")),
    # The audit log: newest first within a kind of event, an author or a card's name.
    Index("audit_event", "account_id", "event", "at", "card_id", "sequence"),
    Index("audit_actor", "account_id", "actor", "event", "at", "card_id", "sequence"),
    Index("audit_name", "account_id", "name", "at", "card_id", "sequence"),
    Index("audit_deleted_name", "account_id", "name", "at", "card_id", **_where("event = 'deleted'")),
    **_ONE_TREE,
)

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
    Index("export_jobs_waiting", "due_at", "job_id", **_where("status = 'InProgress'")),
    **_ONE_TREE,
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
    **_ONE_TREE,
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
    **_ONE_TREE,
)

# Groups of people, such as a team; a group exists while it has members.
user_groups = Table(
    "user_groups",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),
    Column("group_name", TEXT, primary_key=True),
    Index("user_groups_name", "account_id", "group_name", "user_key"),
    **_ONE_TREE,
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
    **_ONE_TREE,
)

# Counters of failed sign-in attempts, by user name or source: each attempt moves the time ahead by a pause.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("account_id", TEXT, primary_key=True),  # empty for a source, which may try any account
    Column("subject", TEXT, primary_key=True),
    Column("ahead_to", BigInteger, nullable=False),
    Index("sign_in_tries_ahead", "ahead_to"),
    **_ONE_TREE,
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
    **_ONE_TREE,
)

# Versions of review policies; at most one version of a name is active. A deleted version stays, and frees no number.
review_policies = Table(
    "review_policies",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    Column("active", Integer, nullable=False),  # 1 or 0
    Column("stored_at", BigInteger, nullable=False),
    Column("stored_by", TEXT, nullable=False),
    Column("activated_at", BigInteger),
    Column("deleted_at", BigInteger),
    Index("review_policies_active", "account_id", "name", unique=True, **_where("active = 1")),
)

# Requests for review. A card has at most one open review.
reviews = Table(
    "reviews",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("review_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("card_name", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("policy_name", TEXT),
    Column("policy_version", Integer),
    Column("policy_digest", TEXT),
    Column("requested_at", BigInteger, nullable=False),
    Column("requested_by", TEXT),
    Column("due_at", BigInteger),
    Column("comment", TEXT),
    Column("ended_at", BigInteger),
    Column("renews", BigInteger),  # the review date before a periodic review
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("reviews_open", "account_id", "card_id", unique=True, **_where("ended_at IS NULL")),
    Index("reviews_card", "account_id", "card_id", "requested_at", "review_id"),
    Index("reviews_requested", "account_id", "requested_at", "review_id"),
    Index("reviews_state", "account_id", "state", "requested_at", "review_id"),
    Index("reviews_requester", "account_id", "requested_by", "requested_at", "review_id"),
    Index("reviews_due", "account_id", "due_at", "requested_at", "review_id", **_where("ended_at IS NULL")),
    **_ONE_TREE,
)

review_assignments = Table(
    "review_assignments",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("review_id", TEXT, primary_key=True),
    Column("kind", TEXT, primary_key=True),  # person or group
    Column("name", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("assigned_at", BigInteger, nullable=False),
    Column("assigned_by", TEXT, nullable=False),
    Index("review_assignments_card", "account_id", "card_id"),
    Index("review_assignments_name", "account_id", "kind", "name", "review_id"),
    **_ONE_TREE,
)

review_decisions = Table(
    "review_decisions",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("review_id", TEXT, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("card_id", TEXT, nullable=False),
    Column("user_name", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("by_person", Integer, nullable=False),  # 1 for a person, 0 for a program
    Column("verdict", TEXT, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("comment", TEXT),
    Column("review_by", BigInteger),
    Column("decided_at", BigInteger, nullable=False),
    Column("dismissed_at", BigInteger),
    Column("dismissed_by", TEXT),
    Column("reason", TEXT),
    Index("review_decisions_card", "account_id", "card_id", "decided_at", "review_id", "number"),
    Index("review_decisions_decided", "account_id", "decided_at", "review_id", "number"),
    **_ONE_TREE,
)

# The last approval of each card that a review completed.
approvals = Table(
    "approvals",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("card_id", TEXT, primary_key=True),
    Column("card_name", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("review_id", TEXT, nullable=False),
    Column("policy_name", TEXT),
    Column("policy_version", Integer),
    Column("policy_digest", TEXT),
    Column("held_by", TEXT),  # the policy that governs the card until the next approval
    Column("approved_at", BigInteger, nullable=False),
    Column("review_by", BigInteger),
    Column("expires_at", BigInteger),
    Column("after_expiry", TEXT),
    Column("ended_at", BigInteger),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index(
        "approvals_due",
        "account_id",
        "review_by",
        "card_id",
        **_where("ended_at IS NULL AND review_by IS NOT NULL"),
    ),
    Index(
        "approvals_expiring",
        "expires_at",
        "account_id",
        "card_id",
        **_where("ended_at IS NULL AND after_expiry = 'PendingReview'"),
    ),
    **_ONE_TREE,
)

# Findings of cards. A rule of a policy has at most one finding on a card that has not ended.
findings = Table(
    "findings",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("finding_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("severity", TEXT, nullable=False),
    Column("category", TEXT, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("title", TEXT, nullable=False),
    Column("text", TEXT),
    Column("pointer", TEXT),
    Column("rule", TEXT),
    Column("owner", TEXT),
    Column("former_owners", TEXT, nullable=False),  # a JSON list of user names in lower case
    Column("due_at", BigInteger),
    Column("state", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", TEXT, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", TEXT, nullable=False),
    Column("resolution", TEXT),
    Column("accepted_until", BigInteger),
    Column("accepted_digest", TEXT),
    Column("ended_at", BigInteger),
    Column("ended_by", TEXT),
    Column("fixed_version", Integer),
    Column("spans", TEXT, nullable=False),  # a JSON list of pairs of versions
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index(
        "findings_rule", "account_id", "card_id", "rule", unique=True, **_where("ended_at IS NULL AND rule IS NOT NULL")
    ),
    Index("findings_card", "account_id", "card_id", "opened_at", "finding_id"),
    Index("findings_opened", "account_id", "opened_at", "finding_id"),
    Index("findings_running", "account_id", "opened_at", "finding_id", **_where("ended_at IS NULL")),
    Index("findings_owner", "account_id", "owner", "opened_at", "finding_id"),
    # The console's list: most severe first, then the earliest due date.
    Index("findings_severity", "account_id", "severity", "due_at", "finding_id", **_where("ended_at IS NULL")),
    Index("findings_worked", "account_id", "state", "finding_id", **_where("ended_at IS NULL AND state <> 'open'")),
    **_ONE_TREE,
)

# Files that support cards; their bytes are in the object store.
evidence = Table(
    "evidence",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("evidence_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("media_type", TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("file_sha256", TEXT, nullable=False),
    Column("source_uri", TEXT),
    Column("note", TEXT),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("finding_id", TEXT),
    Column("review_id", TEXT),
    Column("decision", Integer),
    Column("pointer", TEXT),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", TEXT, nullable=False),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("evidence_card", "account_id", "card_id", "added_at", "evidence_id"),
    **_ONE_TREE,
)

# Failed rules and findings that are accepted until a date.
waivers = Table(
    "waivers",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("waiver_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("rule", TEXT),
    Column("finding_id", TEXT),
    Column("scope", TEXT, nullable=False),
    Column("policy_name", TEXT),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("requested_by", TEXT, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("granted_at", BigInteger),
    Column("granted_by", TEXT),
    Column("revoked_at", BigInteger),
    Column("revoked_by", TEXT),
    Column("revocation", TEXT),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("waivers_card", "account_id", "card_id", "requested_at", "waiver_id"),
    Index("waivers_requested", "account_id", "requested_at", "waiver_id"),
    Index(
        "waivers_asked",
        "account_id",
        "requested_at",
        "waiver_id",
        "finding_id",
        "expires_at",
        **_where("granted_at IS NULL AND revoked_at IS NULL"),
    ),
    **_ONE_TREE,
)

# Comments on fields of cards, and replies to them.
field_comments = Table(
    "field_comments",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("comment_id", TEXT, primary_key=True),
    Column("card_id", TEXT, nullable=False),
    Column("reply_to", TEXT),
    Column("pointer", TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_digest", TEXT, nullable=False),
    Column("value_digest", TEXT),
    Column("text", TEXT, nullable=False),
    Column("written_at", BigInteger, nullable=False),
    Column("written_by", TEXT, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolved_by", TEXT),
    ForeignKeyConstraint(["account_id", "card_id"], ["cards.account_id", "cards.card_id"]),
    Index("field_comments_card", "account_id", "card_id", "written_at", "comment_id"),
    **_ONE_TREE,
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
    **_ONE_TREE,
)

# The columns that a person chose for the list of cards.
list_columns = Table(
    "list_columns",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),
    Column("columns", TEXT, nullable=False),
    **_ONE_TREE,
)

# Settings of an account, with an empty user key, and those of its people.
settings = Table(
    "settings",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("user_key", TEXT, primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("value", TEXT, nullable=False),
    **_ONE_TREE,
)

# The words of an account's cards by each three letters of them, for near words of a search without hits.
word_trigrams = Table(
    "word_trigrams",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("trigram", TEXT, primary_key=True),
    Column("word", TEXT, primary_key=True),
    **_ONE_TREE,
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
    **_ONE_TREE,
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

# Dry runs of policies over all cards. ``counts`` is JSON; the cards that fail are in parts.
policy_runs = Table(
    "policy_runs",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("run_id", TEXT, primary_key=True),
    Column("policy_name", TEXT, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("policy_digest", TEXT, nullable=False),
    Column("begun_by", TEXT, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("worked_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("place", TEXT, nullable=False),  # the name of the last card that was read
    Column("parts", Integer, nullable=False),
    Column("counts", TEXT, nullable=False),
    Index("policy_runs_policy", "account_id", "policy_name", "policy_version", "begun_at"),
    **_ONE_TREE,
)

policy_run_parts = Table(
    "policy_run_parts",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("run_id", TEXT, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("cards", TEXT, nullable=False),  # a JSON list
    ForeignKeyConstraint(["account_id", "run_id"], ["policy_runs.account_id", "policy_runs.run_id"]),
    **_ONE_TREE,
)
