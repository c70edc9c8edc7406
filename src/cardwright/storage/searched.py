"""The sources of Search: how the tables store each kind of resource. A new kind is a row of ``SOURCES``."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from cardwright.core.card import model_key
from cardwright.core.defaults import constants
from cardwright.core.names import Scope
from cardwright.core.registry import Resource, artifact_key
from cardwright.core.search import CardHit
from cardwright.core.searchable import KINDS, Searchable, properties_of
from cardwright.storage.card_indexes import CardIndexes
from cardwright.storage.registry import resource_of
from cardwright.storage.search import Column, Source
from cardwright.storage.tables import cards, documents, resources


def _user_arn(column: Column) -> Callable[[Scope], Column]:
    return lambda scope: sa.literal(scope.user_arn("")) + column


def _row(table: sa.Table) -> dict[str, Callable[[Scope], Column]]:
    """Return the properties of every kind: times and users."""
    return {
        "CreationTime": lambda _: table.c.created_at,
        "CreatedBy.IamIdentity.Arn": _user_arn(table.c.created_by),
        "CreatedBy.IamIdentity.PrincipalId": lambda _: table.c.created_by,
        "LastModifiedTime": lambda _: table.c.modified_at,
        "LastModifiedBy.IamIdentity.Arn": _user_arn(table.c.modified_by),
        "LastModifiedBy.IamIdentity.PrincipalId": lambda _: table.c.modified_by,
    }


CARDS = Source(
    properties=properties_of(Searchable.CARD),
    table=cards,
    rows=cards,
    account=cards.c.account_id,
    id=cards.c.card_id,
    tags_id=cards.c.card_id,
    condition=None,
    hit=(
        cards.c.card_id,
        cards.c.name,
        cards.c.version,
        cards.c.status,
        cards.c.metadata,
        cards.c.created_at,
        cards.c.created_by,
        cards.c.modified_at,
        cards.c.modified_by,
        cards.c.model_id,
        cards.c.risk_rating,
        cards.c.model_package_group_name,
        cards.c.model_package_arn,
        cards.c.kms_key_id,
    ),
    read=CardHit._make,
    columns=_row(cards)
    | {
        "ModelCardArn": lambda scope: sa.literal(scope.card_arn_prefix) + cards.c.name,
        "ModelCardName": lambda _: cards.c.name,
        # A filter's number may exceed any version, so it is compared and bound as a 64-bit number.
        "ModelCardVersion": lambda _: sa.type_coerce(cards.c.version, sa.BigInteger),
        "Content": lambda _: cards.c.metadata,
        "ModelCardStatus": lambda _: cards.c.status,
        "SecurityConfig.KmsKeyId": lambda _: cards.c.kms_key_id,
        "ModelId": lambda _: cards.c.model_id,
        "RiskRating": lambda _: cards.c.risk_rating,
        "ModelPackageGroupName": lambda _: cards.c.model_package_group_name,
    },
    document=None,
    defaults={},
    always=frozenset(
        {"ModelCardArn", "ModelCardName", "ModelCardVersion", "ModelCardStatus", "CreationTime", "LastModifiedTime"}
    ),
    keyed={"ModelId": lambda _, value: cards.c.model_key == model_key(value)},  # model_id is too long to be indexed
    ordered=frozenset({"LastModifiedTime", "CreationTime", "ModelCardName"}),
    indexed=frozenset({"ModelCardStatus", "RiskRating"}),
    candidates=lambda connection, account, expression: CardIndexes(connection, account).candidates(expression),
)


def _resources(
    searchable: Searchable,
    columns: dict[str, Callable[[Scope], Column]],
    keyed: Mapping[str, Callable[[Scope, str], sa.ColumnElement[bool]]] | None = None,
) -> Source[Resource]:
    kind = KINDS[searchable]
    version = sa.case((resources.c.version > 0, sa.literal("/") + sa.cast(resources.c.version, sa.Text)), else_="")
    return Source(
        properties=properties_of(searchable),
        table=resources,
        rows=resources.join(documents),
        account=resources.c.account_id,
        id=resources.c.resource_id,
        tags_id=resources.c.tags_id,
        condition=resources.c.kind == kind.value,
        hit=(
            resources.c.resource_id,
            resources.c.kind,
            resources.c.name,
            resources.c.version,
            resources.c.last_version,
            resources.c.tags_id,
            resources.c.status,
            resources.c.created_at,
            resources.c.created_by,
            resources.c.modified_at,
            resources.c.modified_by,
            documents.c.document,
        ),
        read=resource_of,
        columns=_row(resources)
        | {
            f"{searchable}Name": lambda _: resources.c.name,
            f"{searchable}Arn": lambda scope: sa.literal(scope.arn(kind, "")) + resources.c.name + version,
        }
        | columns,
        document=documents.c.document,
        defaults=constants(kind),
        always=frozenset(
            {f"{searchable}Name", f"{searchable}Arn", "CreationTime", "LastModifiedTime"} - columns.keys()
        ),
        keyed=keyed or {},
        ordered=frozenset({"LastModifiedTime", "CreationTime"}),
    )


def _of_artifact(scope: Scope, uri: str) -> sa.ColumnElement[bool]:
    # Through the identifier: SQLite would otherwise walk the order of time instead of using the index.
    job = resources.alias("job")
    found = sa.select(job.c.resource_id).where(
        job.c.account_id == scope.account,
        job.c.kind == KINDS[Searchable.TRAINING_JOB].value,
        job.c.artifact_key == artifact_key(uri),
    )
    return resources.c.resource_id.in_(found)


SOURCES: Mapping[Searchable, Source[Any]] = {
    Searchable.CARD: CARDS,
    Searchable.MODEL: _resources(Searchable.MODEL, {}),
    Searchable.GROUP: _resources(Searchable.GROUP, {"ModelPackageGroupStatus": lambda _: resources.c.status}),
    Searchable.PACKAGE: _resources(
        Searchable.PACKAGE,
        {
            "ModelPackageName": lambda _: sa.case((resources.c.version == 0, resources.c.name)),
            "ModelPackageGroupName": lambda _: sa.case((resources.c.version > 0, resources.c.name)),
            "ModelPackageVersion": lambda _: sa.type_coerce(sa.func.nullif(resources.c.version, 0), sa.BigInteger),
            "ModelPackageStatus": lambda _: sa.literal("Completed"),
            "ModelApprovalStatus": lambda _: resources.c.status,
        },
        keyed={
            "ModelPackageName": lambda _, name: (resources.c.version == 0) & (resources.c.name == name),
            "ModelPackageGroupName": lambda _, name: (resources.c.version > 0) & (resources.c.name == name),
        },
    ),
    Searchable.TRAINING_JOB: _resources(
        Searchable.TRAINING_JOB,
        {"TrainingJobStatus": lambda _: resources.c.status},
        keyed={"ModelArtifacts.S3ModelArtifacts": _of_artifact},
    ),
}
