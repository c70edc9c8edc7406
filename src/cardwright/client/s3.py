"""The methods of boto3's S3 clients that are used here."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NotRequired, Protocol, TypedDict

if TYPE_CHECKING:
    from boto3.s3.transfer import TransferConfig
    from botocore.client import ClientMeta
    from botocore.response import StreamingBody


class StoredObject(TypedDict):
    """An object in a list."""

    Key: str


class ObjectsPage(TypedDict):
    """A page of the objects in a bucket."""

    Contents: NotRequired[list[StoredObject]]


class ReadObject(TypedDict):
    """An object that is read."""

    Body: "StreamingBody"
    ContentType: NotRequired[str]


class ObjectsPaginator(Protocol):
    """The pages of the objects in a bucket."""

    def paginate(self, **members: object) -> Iterable[ObjectsPage]: ...


class S3(Protocol):
    """A boto3 client of S3. Methods take the members of a request by their names."""

    @property
    def meta(self) -> "ClientMeta": ...

    def create_bucket(self, **members: object) -> object: ...
    def get_object(self, **members: object) -> ReadObject: ...
    def get_paginator(self, operation: Literal["list_objects_v2"], /) -> ObjectsPaginator: ...
    def head_bucket(self, **members: object) -> object: ...
    def list_buckets(self, **members: object) -> object: ...
    def put_object(self, **members: object) -> object: ...
    def upload_file(  # noqa: PLR0913 - of boto3
        self,
        file: str,
        bucket: str,
        key: str,
        /,
        *,
        ExtraArgs: Mapping[str, object] | None,  # noqa: N803 - boto3's names
        Callback: Callable[[int], object] | None,  # noqa: N803
        Config: "TransferConfig | None",  # noqa: N803
    ) -> None: ...
