"""Models, model package groups and packages, training and processing jobs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

ONE_TREE: dict[str, Any] = {"sqlite_with_rowid": False}


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "resources",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("resource_id", TEXT, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.Column("tags_id", TEXT, nullable=False),
        sa.Column("status", TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("modified_at", sa.BigInteger, nullable=False),
        sa.Column("modified_by", TEXT, nullable=False),
        sa.Column("artifact_key", TEXT),
        sa.Column("client_token", TEXT),
        sa.Column("request_digest", TEXT),
        sa.Column("summary", TEXT, nullable=False),
        **ONE_TREE,
    )
    op.create_index("resources_name", "resources", ["account_id", "kind", "name", "version"], unique=True)
    op.create_index(
        "resources_token",
        "resources",
        ["account_id", "kind", "client_token"],
        unique=True,
        **where("client_token IS NOT NULL"),
    )
    op.create_index("resources_created", "resources", ["account_id", "kind", "created_at", "resource_id"])
    op.create_index("resources_of_name", "resources", ["account_id", "kind", "name", "created_at", "resource_id"])
    op.create_index("resources_modified", "resources", ["account_id", "kind", "modified_at", "resource_id"])
    op.create_index(
        "resources_artifact", "resources", ["account_id", "kind", "artifact_key"], **where("artifact_key IS NOT NULL")
    )
    op.create_table(
        "documents",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("resource_id", TEXT, primary_key=True),
        sa.Column("document", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["account_id", "resource_id"], ["resources.account_id", "resources.resource_id"]),
    )
