"""S3 functions of a session, as in SageMaker's SDK v2: default bucket, uploads, reads and lists."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from botocore.config import Config

    from cardwright.client.s3 import S3

_PATH = "/s3"  # path of a server's S3 interface
_SINGLE_PART = 5 * 1024**3  # bytes; smaller objects are sent to Cardwright's S3 in one request


class ClientSettings(TypedDict):
    """Arguments of ``boto3.Session.client``."""

    endpoint_url: str
    config: "Config"


def served_by(server: str, config: "Config | None" = None) -> ClientSettings:
    """Return the settings of an S3 client for a Cardwright server; ``config`` is the caller's own."""
    from botocore.config import Config

    path_style = Config(s3={"addressing_style": "path"})
    merged = path_style if config is None else path_style.merge(config)
    return {"endpoint_url": server.rstrip("/") + _PATH, "config": merged}


def is_served(client: "S3", server: str) -> bool:
    """Whether an S3 client sends its requests to a Cardwright server."""
    return bool(client.meta.endpoint_url == server.rstrip("/") + _PATH)


def has_objects(new_client: "Callable[..., S3]", server: str) -> bool:
    """Whether the session's S3 is its server: the configuration names no other S3, and the server stores objects.

    Sends an unsigned request to the server.

    Raises:
        botocore.exceptions.EndpointConnectionError: the server does not answer.
    """
    import botocore
    from botocore.config import Config
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError

    usual = str(new_client("s3").meta.endpoint_url).rstrip("/")
    if usual != server.rstrip("/") and "amazonaws.com" not in usual:
        return False  # AWS_ENDPOINT_URL_S3 or AWS's configuration names another S3 endpoint
    unsigned = Config(signature_version=botocore.UNSIGNED, retries={"max_attempts": 0})
    try:
        new_client("s3", **served_by(server, unsigned)).list_buckets()
    except ClientError as error:
        return error.response["Error"].get("Code") == "AccessDenied"  # Cardwright's S3 demands a signature
    except ResponseParserError:
        return False  # an older server answered with a console page
    return False


class SessionObjects:
    """The S3 functions of a session.

    Args:
        client: the S3 client.
        region: the region of new buckets.
        in_parts: whether large objects may be sent in several requests.
    """

    def __init__(self, client: "S3", region: str, *, in_parts: bool) -> None:
        self._client = client
        self._region = region
        self._in_parts = in_parts

    def ensure_bucket(self, bucket: str, account: str) -> None:
        """Create a bucket unless the account owns it.

        Raises:
            botocore.exceptions.ClientError: another account owns it, or the caller lacks permission to create it.
        """
        from botocore.exceptions import ClientError

        try:
            self._client.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
        except ClientError as error:
            if error.response["Error"].get("Code") not in {"404", "NoSuchBucket"}:
                raise
            # S3 rejects us-east-1 as a location constraint.
            location = (
                {}
                if self._region == "us-east-1"
                else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
            )
            self._client.create_bucket(Bucket=bucket, **location)

    def upload(
        self,
        path: str,
        bucket: str,
        key_prefix: str,
        callback: Callable[[int], object] | None,
        extra_args: Mapping[str, object] | None,
    ) -> str:
        """Upload a file or a folder. Returns the URI of the file, or of the prefix."""
        from boto3.s3.transfer import TransferConfig

        transfer = None if self._in_parts else TransferConfig(multipart_threshold=_SINGLE_PART)
        for file, key in _files(path, key_prefix):
            self._client.upload_file(file, bucket, key, ExtraArgs=extra_args, Callback=callback, Config=transfer)
        uri = f"s3://{bucket}/{key_prefix}"
        return uri if os.path.isdir(path) else f"{uri}/{os.path.basename(path)}"

    def put_text(self, body: str | bytes, bucket: str, key: str, kms_key: str | None) -> str:
        """Write an object and return its URI."""
        encrypted = {} if kms_key is None else {"SSEKMSKeyId": kms_key, "ServerSideEncryption": "aws:kms"}
        self._client.put_object(Bucket=bucket, Key=key, Body=body, **encrypted)
        return f"s3://{bucket}/{key}"

    def read(self, bucket: str, key: str) -> str:
        """Return the text of an object."""
        body: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body.decode("utf-8")

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Return the keys of a bucket that begin with a prefix."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", ())]


def _files(path: str, key_prefix: str) -> Iterator[tuple[str, str]]:
    if not os.path.isdir(path):
        yield path, f"{key_prefix}/{os.path.basename(path)}"
        return
    for folder, _, names in os.walk(path):
        inner = "" if folder == path else os.path.relpath(folder, path).replace(os.sep, "/") + "/"
        for name in names:
            yield os.path.join(folder, name), f"{key_prefix}/{inner}{name}"
