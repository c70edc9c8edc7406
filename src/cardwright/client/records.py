"""A card's record, read through the SageMaker API of any server: what :mod:`cardwright.formats` prints."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from cardwright.core.content import digest
from cardwright.formats import CardRecord, VersionEntry


class CardReader(Protocol):
    """The calls of a boto3 SageMaker client that reading needs.

    The arguments stay open: boto3's own stubs type them by literals and typed dictionaries, which no narrower
    signature here would fit.
    """

    def describe_model_card(self, *args: Any, **kwargs: Any) -> Any: ...
    def get_paginator(self, *args: Any, **kwargs: Any) -> Any: ...


def read_record(client: CardReader, name: str, version: int | None = None, *, with_digests: bool = False) -> CardRecord:
    """Read one version of a card and the list of its versions up to it.

    Args:
        name: of the card, or its ARN.
        version: the newest when not given.
        with_digests: read the content of each earlier version too, for its digest: one call a version.

    Raises:
        botocore.exceptions.ClientError: whatever the server refuses.
    """
    wanted = {} if version is None else {"ModelCardVersion": version}
    card = client.describe_model_card(ModelCardName=name, **wanted)
    number, content = card["ModelCardVersion"], card["Content"]
    entries = []
    for entry in _versions(client, name, up_to=number):
        known = digest(content) if entry["ModelCardVersion"] == number else None
        if known is None and with_digests:
            described = client.describe_model_card(ModelCardName=name, ModelCardVersion=entry["ModelCardVersion"])
            known = digest(described["Content"])
        entries.append(_entry(entry, known))
    created, modified = card["CreationTime"], card.get("LastModifiedTime") or card["CreationTime"]
    return CardRecord(
        name=card["ModelCardName"],
        arn=card["ModelCardArn"],
        version=number,
        status=card["ModelCardStatus"],
        content=content,
        created_at=_milliseconds(created),
        created_by=_user(card.get("CreatedBy")),
        modified_at=_milliseconds(modified),
        modified_by=_user(card.get("LastModifiedBy")),
        versions=tuple(entries),
    )


def _versions(client: CardReader, name: str, *, up_to: int) -> Iterator[Mapping[str, Any]]:
    pages = client.get_paginator("list_model_card_versions").paginate(ModelCardName=name, SortOrder="Descending")
    for page in pages:
        yield from (item for item in page["ModelCardVersionSummaryList"] if item["ModelCardVersion"] <= up_to)


def _entry(entry: Mapping[str, Any], content_digest: str | None) -> VersionEntry:
    created = entry["CreationTime"]
    return VersionEntry(
        number=entry["ModelCardVersion"],
        status=entry["ModelCardStatus"],
        created_at=_milliseconds(created),
        modified_at=_milliseconds(entry.get("LastModifiedTime") or created),
        content_digest=content_digest,
    )


def _user(context: Mapping[str, Any] | None) -> str | None:
    known = context or {}
    name: str | None = known.get("UserProfileName") or known.get("IamIdentity", {}).get("PrincipalId")
    return name


def _milliseconds(moment: datetime.datetime) -> int:
    return round(moment.timestamp() * 1000)
