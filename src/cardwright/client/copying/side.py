"""One side of a copy: reads the cards of a store."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from attrs import frozen

from cardwright.client.card_names import card_names
from cardwright.client.documents import print_card
from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.client.session import Session
from cardwright.core.card import Status
from cardwright.core.content import digest
from cardwright.core.copying import CardState
from cardwright.core.errors import Invalid
from cardwright.formats import format_named

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from cardwright.client.answers.sagemaker_cards import DescribeModelCardAnswer

AWS = "aws"
_GONE = "ResourceNotFound"
_NO_CARD = "does not exist"
_OPEN = frozenset({Status.DRAFT.value, Status.PENDING_REVIEW.value})


@frozen
class Side:
    """A store that cards are copied from or to.

    Attributes:
        session: the connection to the store.
        name: what commands call it: ``aws``, the URL of a server, or a folder.
        on_aws: whether it is Amazon SageMaker, which keeps no authors, times and comments of a copy.
    """

    session: Session
    name: str
    on_aws: bool

    @property
    def client(self) -> SageMaker:
        """The boto3 SageMaker client. Threads may share it."""
        client: SageMaker = self.session.sagemaker_client
        return client

    def record(self, name: str, content: str) -> bytes:
        """Return the record of a card's newest version, with the authors, times and notes of its versions.

        Args:
            content: the content that the record has instead of the card's, where a copy names other packages.
        """
        printed = print_card(self.client, name, format_named("record")).data
        document = orjson.loads(printed)
        if document["content"] == content:
            return printed
        document |= {"content": content, "content_sha256": digest(content)}
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def keep(self, name: str, record: bytes) -> None:
        """Keep a record as the source of a card's newest version. A store without this operation keeps none."""
        from botocore.exceptions import ClientError

        own = own_client(self.client)
        try:
            own.import_model_card(
                ExistingModelCardName=name,
                SourceData=record,
                SourceName=f"{name}.record.json",
                SourceFormat="record",
                SourceOnly=True,
            )
        except NoSuchOperation:
            return
        except ClientError as error:
            if error.response["Error"].get("Code") != "ConflictException":  # the card was changed since
                raise

    def identity(self) -> str:
        """Return a text that identifies this store: its name, region and account."""
        return f"{self.name} {self.session.boto_region_name} {self.session.account_id()}"

    def card_names(self) -> Iterator[str]:
        """Return the names of all cards, oldest card first."""
        return card_names(self.client, "CreationTime")

    def state(self, name: str, read: "Callable[[str], str] | None" = None) -> CardState | None:
        """Return a card with the digests of all versions; None if the store has no such card.

        Args:
            name: the card's name.
            read: changes a content before its digest is taken.
        """
        card = self.described(name)
        if card is None:
            return None
        digests = []
        for number in range(1, card["ModelCardVersion"] + 1):
            content = card["Content"] if number == card["ModelCardVersion"] else self.content(name, number)
            digests.append(digest(read(content) if read else content))
        return CardState(tuple(digests), card["ModelCardStatus"], self.tags(card["ModelCardArn"]))

    def described(self, name: str, **wanted: object) -> "DescribeModelCardAnswer | None":
        """Return the answer of DescribeModelCard; None if the store has no such card."""
        from botocore.exceptions import ClientError

        try:
            return self.client.describe_model_card(ModelCardName=name, **wanted)
        except ClientError as error:
            if is_gone(error):
                return None
            raise

    def content(self, name: str, version: int) -> str:
        """Return the content of one version, exactly as stored."""
        return str(self.client.describe_model_card(ModelCardName=name, ModelCardVersion=version)["Content"])

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of a resource; see :func:`tags_of`."""
        return tags_of(self.client, arn)


def tags_of(client: SageMaker, arn: str) -> dict[str, str]:
    """Return the tags of a resource by key, without those that AWS itself sets."""
    pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
    tags = (tag for page in pages for tag in page["Tags"])
    return {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")}


def opened(client: SageMaker, name: str, status: str) -> str:
    """Move a card to Draft if its status does not take new content, and return its status then."""
    if status in _OPEN:
        return status
    client.update_model_card(ModelCardName=name, ModelCardStatus=Status.DRAFT.value)
    return Status.DRAFT.value


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the form of requests."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tagged(tags: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Return the member ``Tags`` of a request that creates a resource; no member without tags."""
    return {"Tags": pairs(tags)} if tags else {}


def is_gone(error: "ClientError") -> bool:
    """Whether a botocore ClientError says that a resource does not exist."""
    stated = error.response["Error"]
    return stated.get("Code") in {_GONE, "ResourceNotFoundException"} or (
        stated.get("Code") == "ValidationException" and _NO_CARD in stated.get("Message", "")
    )


def open_side(
    where: str,
    *,
    region: str | None = None,
    profile: str | None = None,
    creates: bool = False,
    connections: int = 8,
) -> Side:
    """Connect to one side of a copy.

    Args:
        where: ``aws``, the URL of a server, or the folder of an embedded store.
        region: the AWS region; by default that of the usual AWS configuration.
        profile: the profile of the AWS configuration whose credentials are used.
        creates: whether a folder that does not exist is created.
        connections: how many requests run at the same time.

    Raises:
        Invalid: the folder does not exist or has no store.
    """
    from botocore.config import Config

    config = Config(
        retries={"mode": "adaptive", "total_max_attempts": 10}, max_pool_connections=connections, connect_timeout=5
    )
    if where == AWS:
        return Side(Session.aws(region, profile_name=profile, config=config), AWS, on_aws=True)
    if where.startswith(("http://", "https://")):
        return Side(Session(where, region, config=config, profile_name=profile), where.rstrip("/"), on_aws=False)
    home = Path(where).expanduser()
    if not creates and not home.is_dir():
        raise Invalid(f"{where} is not a folder: give aws, the URL of a server, or the folder of a store")
    return Side(Session(home=home, region=region, config=config), str(home.resolve()), on_aws=False)
