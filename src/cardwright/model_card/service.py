"""Calls that several sections share: complete searches, and refusals in the form of SageMaker's SDK v2."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar

from cardwright.client.sagemaker import SageMaker

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from cardwright.client.answers.answer import Page
    from cardwright.client.answers.registry import SearchRecord

Resource: TypeAlias = Literal["ModelCard", "TrainingJob"]
AnyPage = TypeVar("AnyPage", bound="Page")
Item = TypeVar("Item")

logger = logging.getLogger("cardwright.model_card")


class AnySession(Protocol):
    """A session of Cardwright or of SageMaker's SDK, with its boto3 session and its SageMaker client.

    boto3 creates the classes of clients at run time, so that they have no static type here.
    """

    @property
    def sagemaker_client(self) -> Any: ...
    @property
    def boto_session(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class ServiceError:
    """The error code and message of a service."""

    code: str
    message: str


def session_or_default(session: AnySession | None) -> AnySession:
    """Return the given session, or the default Cardwright session."""
    if session is not None:
        return session
    from cardwright.client.session import Session

    return Session()


@contextlib.contextmanager
def refusal_as_value_error(applies: Callable[[ServiceError], bool], message: str) -> Iterator[None]:
    """Raise ValueError with ``message`` for each refusal to which ``applies``; other errors pass unchanged."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if applies(service_error_of(error)):
            raise ValueError(message) from error
        raise


def service_error_of(error: "ClientError") -> ServiceError:
    """Return the code and message of a ``ClientError``."""
    stated = error.response.get("Error", {})
    return ServiceError(str(stated.get("Code", "")), str(stated.get("Message", "")))


def search(client: SageMaker, resource: Resource, name: str, value: str, **order: str) -> list["SearchRecord"]:
    """Return the records of a resource with this property value, from all pages.

    Raises:
        ValueError: the caller lacks permission for Search.
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
        return [record for page in _pages(client.search, wanted) for record in page["Results"] if record[resource]]


def cards_of_model(client: SageMaker, model_id: str) -> list[str]:
    """Return the names of the cards of a model or model package, by its ARN."""
    return [record["ModelCard"]["ModelCardName"] for record in search(client, "ModelCard", "ModelId", model_id)]


def _pages(call: Callable[..., AnyPage], wanted: Mapping[str, object]) -> Iterator[AnyPage]:
    """Yield the answers of a list call, page by page."""
    answer = call(**wanted)
    yield answer
    while answer.get("NextToken"):
        answer = call(**wanted, NextToken=answer["NextToken"])
        yield answer


def listing(
    call: Callable[..., AnyPage], items: Callable[[AnyPage], list[Item]], wanted: Mapping[str, object]
) -> AnyPage:
    """Return the answer of a list call with the items of all pages; one page if the caller passed a page parameter."""
    if {"MaxResults", "NextToken"} & wanted.keys():
        return call(**wanted)
    *earlier, last = _pages(call, wanted)
    items(last)[:0] = [item for answer in earlier for item in items(answer)]
    if "NextToken" in last:
        del last["NextToken"]
    return last
