"""Reads a card's record through the SageMaker API of any server, as input for :mod:`cardwright.formats`."""

import datetime
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING

from cardwright.client.sagemaker import SageMaker
from cardwright.core.content import digest
from cardwright.formats import CardRecord, VersionEntry

if TYPE_CHECKING:
    from cardwright.client.answers.sagemaker_cards import ModelCardVersionSummary, UserContext


def read_record(
    client: SageMaker, name: str, version: int | None = None, *, digests: MutableMapping[int, str] | None = None
) -> CardRecord:
    """Read one version of a card and the list of its versions up to it.

    Args:
        name: the card's name or ARN.
        version: the version; the newest by default.
        digests: the known digests of the card's contents by version; those of other versions are read, with one request
            for each, and added. None leaves the digests of earlier versions out.

    Raises:
        botocore.exceptions.ClientError: the server refuses a request.
    """
    wanted = {} if version is None else {"ModelCardVersion": version}
    card = client.describe_model_card(ModelCardName=name, **wanted)
    number, content = card["ModelCardVersion"], card["Content"]
    entries = []
    for entry in _versions(client, name, up_to=number):
        at = entry["ModelCardVersion"]
        known = digest(content) if at == number else None if digests is None else digests.get(at)
        if known is None and digests is not None:
            known = digest(client.describe_model_card(ModelCardName=name, ModelCardVersion=at)["Content"])
        if known is not None and digests is not None:
            digests[at] = known
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


def _versions(client: SageMaker, name: str, *, up_to: int) -> Iterator["ModelCardVersionSummary"]:
    pages = client.get_paginator("list_model_card_versions").paginate(ModelCardName=name, SortOrder="Descending")
    for page in pages:
        yield from (item for item in page["ModelCardVersionSummaryList"] if item["ModelCardVersion"] <= up_to)


def _entry(entry: "ModelCardVersionSummary", content_digest: str | None) -> VersionEntry:
    created = entry["CreationTime"]
    return VersionEntry(
        number=entry["ModelCardVersion"],
        status=entry["ModelCardStatus"],
        created_at=_milliseconds(created),
        modified_at=_milliseconds(entry.get("LastModifiedTime") or created),
        content_digest=content_digest,
    )


def _user(context: "UserContext | None") -> str | None:
    known: UserContext = context or {}
    return known.get("UserProfileName") or known.get("IamIdentity", {}).get("PrincipalId")


def _milliseconds(moment: datetime.datetime) -> int:
    return round(moment.timestamp() * 1000)
