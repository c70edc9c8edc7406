"""The calls that several sections make: whole searches, and refusals as SageMaker's SDK v2 raises them."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

logger = logging.getLogger("cardwright.model_card")


class AnySession(Protocol):
    """A session of Cardwright or of SageMaker's SDK: two boto3 objects, whose stubs are an extra of their own."""

    @property
    def sagemaker_client(self) -> Any: ...
    @property
    def boto_session(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a service said: its error code and its sentence."""

    code: str
    message: str


def session_or_default(session: AnySession | None) -> AnySession:
    """The session that was given, else the default Cardwright session."""
    if session is not None:
        return session
    from cardwright.client.session import Session  # noqa: PLC0415 - only who has no session needs one

    return Session()


@contextlib.contextmanager
def refusal_as_value_error(applies: Callable[[Refusal], bool], message: str) -> Iterator[None]:
    """Raise ValueError with ``message`` for a refusal that ``applies``; others pass as they are."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - here a client exists, so it is loaded already

    try:
        yield
    except ClientError as error:
        if applies(refusal_of(error)):
            raise ValueError(message) from error
        raise


def refusal_of(error: Any) -> Refusal:
    """What a ``ClientError`` holds."""
    stated = error.response.get("Error", {})
    return Refusal(str(stated.get("Code", "")), str(stated.get("Message", "")))


def search(client: Any, resource: str, name: str, value: str, **order: Any) -> list[dict[str, Any]]:
    """Every record of a resource whose property equals a value, from all pages.

    Raises:
        ValueError: the caller may not search.
    """
    wanted = {
        "Resource": resource,
        "SearchExpression": {"Filters": [{"Name": name, "Operator": "Equals", "Value": value}]},
        **order,
    }
    denied = (
        f"Received AccessDeniedException while calling SageMaker Search operation on resource {resource}. "
        "This could mean the IAM role does not have the resource permissions, in which case please add resource "
        "access and retry. For cases where the role has tag based resource policy, "
        "continuing to wait for tag propagation.."
    )
    with refusal_as_value_error(lambda error: error.code == "AccessDeniedException", denied):
        return [
            record[resource] for page in pages(client.search, wanted) for record in page["Results"] if record[resource]
        ]


def cards_of_model(client: Any, model_id: str) -> list[str]:
    """The names of the cards that describe a model or a model package, by its ARN."""
    return [card["ModelCardName"] for card in search(client, "ModelCard", "ModelId", model_id)]


def pages(call: Callable[..., dict[str, Any]], wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answers of a listing call, page after page."""
    answer = call(**wanted)
    yield answer
    while answer.get("NextToken"):
        answer = call(**wanted, NextToken=answer["NextToken"])
        yield answer


def listing(call: Callable[..., dict[str, Any]], member: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """A listing call's answer with the items of all pages; one page when the caller asks for a part of them."""
    if {"MaxResults", "NextToken"} & wanted.keys():
        return call(**wanted)
    answers = list(pages(call, wanted))
    whole = {key: value for key, value in answers[-1].items() if key != "NextToken"}
    return whole | {member: [item for answer in answers for item in answer[member]]}
