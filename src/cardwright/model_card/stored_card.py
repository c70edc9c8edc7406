"""A card as its server stores it, and the requests that change it."""

import json
from typing import TYPE_CHECKING, TypedDict

from cardwright.client.sagemaker import SageMaker
from cardwright.model_card.service import service_error_of

if TYPE_CHECKING:
    from cardwright.client.answers.sagemaker_cards import DescribeModelCardAnswer


class CardRequest(TypedDict):
    """The request of CreateModelCard."""

    ModelCardName: str
    ModelCardStatus: str
    Content: str


def find_card(client: SageMaker, name: str) -> "DescribeModelCardAnswer | None":
    """Return the card with a name on the server; None if the server has no such card.

    Raises:
        botocore.exceptions.ClientError: the server refuses the request.
    """
    from botocore.exceptions import ClientError

    try:
        return client.describe_model_card(ModelCardName=name)
    except ClientError as error:
        if service_error_of(error).code == "ResourceNotFound":
            return None
        raise


def changes(request: CardRequest, stored: "DescribeModelCardAnswer") -> dict[str, str]:
    """Return the members of UpdateModelCard that make the stored card equal a request."""
    found = {}
    if request["ModelCardStatus"] != stored["ModelCardStatus"]:
        found["ModelCardStatus"] = request["ModelCardStatus"]
    if not equal_contents(request["Content"], stored["Content"]):
        found["Content"] = request["Content"]
    return found


def equal_contents(one: str, other: str) -> bool:
    """Whether two JSON texts hold the same content, in whatever order."""
    return json.dumps(json.loads(one), sort_keys=True) == json.dumps(json.loads(other), sort_keys=True)
