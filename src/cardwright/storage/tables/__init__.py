"""The schema for both engines. Migrations bring a database to it; Search builds its statements from it.

Every primary key begins with the account, and every query names it, which separates the accounts.
Times are milliseconds since the epoch, UTC. Text sorts by code point on both engines.
"""

from cardwright.storage.tables.accounts import (
    access_keys,
    account_events,
    buckets,
    list_columns,
    saved_views,
    sessions,
    settings,
    sign_in_tries,
    store,
    user_groups,
    users,
)
from cardwright.storage.tables.annotations import evidence, field_comments, findings, waivers
from cardwright.storage.tables.cards import (
    audit,
    card_sources,
    card_texts,
    cards,
    contents,
    drafts,
    evaluation_pairs,
    tags,
    versions,
    word_trigrams,
)
from cardwright.storage.tables.exports import archive_files, archives, export_jobs
from cardwright.storage.tables.registry import documents, resources
from cardwright.storage.tables.reviews import (
    approvals,
    policy_run_parts,
    policy_runs,
    review_assignments,
    review_decisions,
    review_policies,
    reviews,
)
from cardwright.storage.tables.schema import metadata

__all__ = [
    "access_keys",
    "account_events",
    "approvals",
    "archive_files",
    "archives",
    "audit",
    "buckets",
    "card_sources",
    "card_texts",
    "cards",
    "contents",
    "documents",
    "drafts",
    "evaluation_pairs",
    "evidence",
    "export_jobs",
    "field_comments",
    "findings",
    "list_columns",
    "metadata",
    "policy_run_parts",
    "policy_runs",
    "resources",
    "review_assignments",
    "review_decisions",
    "review_policies",
    "reviews",
    "saved_views",
    "sessions",
    "settings",
    "sign_in_tries",
    "store",
    "tags",
    "user_groups",
    "users",
    "versions",
    "waivers",
    "word_trigrams",
]
