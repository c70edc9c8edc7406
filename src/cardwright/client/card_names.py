"""The names of the cards in a store."""

from collections.abc import Iterator
from typing import Literal

from cardwright.client.sagemaker import SageMaker

_LARGEST_PAGE = 100


def card_names(client: SageMaker, order: Literal["Name", "CreationTime"] = "Name") -> Iterator[str]:
    """Yield the names of all cards, page by page, in ascending order.

    Raises:
        botocore.exceptions.ClientError: the server refuses a request.
    """
    pages = client.get_paginator("list_model_cards").paginate(
        SortBy=order, SortOrder="Ascending", PaginationConfig={"PageSize": _LARGEST_PAGE}
    )
    yield from (card["ModelCardName"] for page in pages for card in page["ModelCardSummaries"])
