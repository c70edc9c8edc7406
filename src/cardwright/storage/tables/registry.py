"""Tables of models, model package groups and packages, and jobs."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, Table

from cardwright.storage.tables.schema import ONE_TREE, TEXT, metadata, where

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
    Index("resources_token", "account_id", "kind", "client_token", unique=True, **where("client_token IS NOT NULL")),
    Index("resources_created", "account_id", "kind", "created_at", "resource_id"),
    Index("resources_of_name", "account_id", "kind", "name", "created_at", "resource_id"),  # a group's versions
    Index("resources_modified", "account_id", "kind", "modified_at", "resource_id"),
    Index("resources_artifact", "account_id", "kind", "artifact_key", **where("artifact_key IS NOT NULL")),
    **ONE_TREE,
)

documents = Table(
    "documents",
    metadata,
    Column("account_id", TEXT, primary_key=True),
    Column("resource_id", TEXT, primary_key=True),
    Column("document", TEXT, nullable=False),
    ForeignKeyConstraint(["account_id", "resource_id"], ["resources.account_id", "resources.resource_id"]),
)
