"""Reads the inventory of cards from a server, from an embedded store, or card by card from SageMaker."""

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.card import Status
from cardwright.core.card_text import card_text
from cardwright.core.content import parse
from cardwright.core.inventory import InventoryRow
from cardwright.core.json_value import text_at
from cardwright.core.recommended import recommended_count

if TYPE_CHECKING:
    from cardwright.client.answers.cards import InventoryCard
    from cardwright.client.answers.sagemaker_cards import DescribeModelCardAnswer

_PAGE_SIZE = 100  # cards of one page


def read_inventory(
    client: SageMaker, filters: Mapping[str, object], limit: int | None = None
) -> Iterator[InventoryRow]:
    """Yield the rows of the inventory, page by page.

    SageMaker itself has no inventory. There each card is read, and the time and author of an approval are unknown.

    Args:
        client: a boto3 SageMaker client.
        filters: the members of ``ListModelCards``: filters and order.
        limit: the maximum number; all by default.

    Raises:
        botocore.exceptions.ClientError: the server refuses a request.
    """
    own, wanted, left = own_client(client), dict(filters), limit
    while True:
        try:
            page = own.list_model_card_inventory(
                **wanted, MaxResults=_PAGE_SIZE if left is None else min(left, _PAGE_SIZE)
            )
        except NoSuchOperation:
            yield from _described(client, filters, limit)
            return
        yield from map(_row, page["ModelCards"])
        if left is not None:
            left -= len(page["ModelCards"])
        if "NextToken" not in page or left == 0:
            return
        wanted["NextToken"] = page["NextToken"]


def _row(item: "InventoryCard") -> InventoryRow:
    return InventoryRow(
        name=item["ModelCardName"],
        status=item["ModelCardStatus"],
        risk=item["RiskRating"],
        owner=item.get("Owner"),
        model=item.get("Model"),
        version=item["ModelCardVersion"],
        approved_version=item.get("ApprovedVersion"),
        approved_at=_milliseconds(item.get("ApprovedTime")),
        approved_by=item.get("ApprovedBy"),
        review_due=_milliseconds(item.get("ReviewDueTime")),
        open_findings=item.get("OpenFindings"),
        failed_checks=item.get("FailedChecks"),
        required_fields=item.get("RequiredFields"),
        recommended_fields=item["RecommendedFields"],
    )


def _described(client: SageMaker, filters: Mapping[str, object], limit: int | None) -> Iterator[InventoryRow]:
    config = {"MaxItems": limit, "PageSize": _PAGE_SIZE}
    for page in client.get_paginator("list_model_cards").paginate(**filters, PaginationConfig=config):
        for item in page["ModelCardSummaries"]:
            yield _of_card(client.describe_model_card(ModelCardName=item["ModelCardName"]))


def _of_card(card: "DescribeModelCardAnswer") -> InventoryRow:
    content = parse(card["Content"])
    text = card_text(content)
    given, wanted = recommended_count(content)
    is_approved = card["ModelCardStatus"] == Status.APPROVED
    return InventoryRow(
        name=card["ModelCardName"],
        status=card["ModelCardStatus"],
        risk=text_at(content, "intended_uses", "risk_rating") or "Unknown",
        owner=text.owner,
        model=text_at(content, "model_overview", "model_name") or text_at(content, "model_overview", "model_id"),
        version=card["ModelCardVersion"],
        approved_version=card["ModelCardVersion"] if is_approved else None,
        approved_at=None,
        approved_by=None,
        review_due=None,
        open_findings=None,
        failed_checks=None,
        required_fields=None,
        recommended_fields=f"{given} of {wanted}",
    )


def _milliseconds(moment: datetime.datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
