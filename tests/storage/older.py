"""Stores as earlier releases left them: today's, with what later migrations added taken away."""

from cardwright.storage.unit import Unit

_AFTER_0008 = (
    *(
        f"DROP TABLE {table}"
        for table in (
            *("review_policies", "review_assignments", "review_decisions", "reviews", "approvals"),
            *("findings", "evidence", "waivers", "field_comments"),
        )
    ),
    "DROP TABLE card_sources",
    "DROP TABLE evaluation_pairs",
    *(
        f"DROP TABLE {table}"
        for table in ("user_groups", "saved_views", "list_columns", "word_trigrams", "archive_files", "archives")
    ),
    "ALTER TABLE users DROP COLUMN display_name",
    "ALTER TABLE users DROP COLUMN email",
    "DROP INDEX audit_event",
    "DROP INDEX audit_actor",
    "DROP INDEX audit_name",
    "DROP INDEX account_events_event",
    "DROP INDEX account_events_actor",
    "ALTER TABLE account_events DROP COLUMN interface",
    "DROP INDEX audit_deleted",
    "DROP INDEX audit_deleted_name",
    "ALTER TABLE cards DROP COLUMN kms_key_id",
    "ALTER TABLE export_jobs DROP COLUMN failing_since",
    "DROP INDEX cards_status_risk",
    "DROP INDEX tags_value",
    "CREATE INDEX tags_key ON tags (account_id, tag_key)",
)
_OWN_INDEX = {"sqlite": "DROP TABLE card_metadata", "postgresql": "DROP INDEX cards_metadata_trigrams"}


def age(unit: Unit, revision: str) -> None:
    """Take a store back to revision 0008, and mark it as ``revision``: the test removes what that one lacks."""
    for statement in (*_AFTER_0008, _OWN_INDEX[unit.connection.engine]):
        unit.connection.run(statement, {})
    unit.connection.run("UPDATE alembic_version SET version_num = :revision", {"revision": revision})
