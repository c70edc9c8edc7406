"""Objects in S3 and compatible servers, in Google Cloud Storage and in Azure, through obstore (an extra).

Cardwright never creates these buckets: the operator decides about them.
"""

import json
import os
import re
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import boto3
import obstore
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.exceptions import BaseError, GenericError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store

from cardwright.core.errors import ObjectRefused, ObjectsAway
from cardwright.core.objects import Location, check_size

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ClientConfig, GCSConfig, RetryConfig, S3Config

_TIMEOUTS: "ClientConfig" = {"timeout": "30s", "connect_timeout": "5s"}
_RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
_AWAY = re.compile(r" - HTTP error: |non-2xx status code: (?:408|429|5\d\d)")
"""obstore's errors for a store that gave no answer, or that asks for a retry."""
_ADVICE = {
    "s3": "the AWS credentials of the server",
    "gcs": "GOOGLE_APPLICATION_CREDENTIALS of the server",
    "azure": "the AZURE_STORAGE_* variables of the server",
}


class RemoteObjects:
    """Reads and writes objects of one object store; ``s3://bucket/key`` means its bucket (Azure: container).

    Args:
        kind: ``s3``, ``gcs`` or ``azure``.
        endpoint: URL of a server other than the provider's; for S3 the default is ``AWS_ENDPOINT_URL_S3``.
        region: the region of S3 buckets, when the usual AWS configuration has none.
    """

    def __init__(self, kind: str, endpoint: str | None, region: str) -> None:
        self._kind = kind
        makers: dict[str, Callable[[str], ObjectStore]] = {"s3": self._s3, "gcs": self._gcs, "azure": self._azure}
        self._store = lru_cache(maxsize=64)(makers[kind])
        self._endpoint = endpoint
        self._region = region

    def put(self, at: Location, data: bytes, content_type: str) -> None:
        """Write an object completely or not at all, replacing an existing one.

        Raises:
            ObjectRefused: the object cannot be written; ``ObjectsAway`` when a retry may work.
        """
        try:
            obstore.put(self._store(at.bucket), at.key, data, attributes={"Content-Type": content_type})
        except FileNotFoundError as error:
            raise ObjectRefused(f"{at} cannot be written: there is no bucket {at.bucket}; make it first") from error
        except (BaseError, OSError, ValueError) as error:
            raise self._fault(f"{at} cannot be written", at, error) from error

    def get(self, at: Location, limit: int | None = None) -> bytes | None:
        """Return the object's bytes; None when it does not exist.

        Raises:
            ObjectRefused: the object cannot be read, or has more than ``limit`` bytes.
        """
        try:
            found = obstore.get(self._store(at.bucket), at.key)
            if limit is not None:
                check_size(at, found.meta["size"], limit)
            return bytes(found.bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError, ValueError) as error:
            raise self._fault(f"{at} cannot be read", at, error) from error

    def _s3(self, bucket: str) -> ObjectStore:
        session = boto3.Session()
        if session.get_credentials() is None:
            raise ObjectRefused(f"The bucket {bucket} cannot be used: the server has no AWS credentials")
        endpoint = self._endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        elsewhere: S3Config = {} if endpoint is None else {"aws_endpoint_url_s3": endpoint}
        return S3Store(
            bucket,
            region=session.region_name or self._region,
            virtual_hosted_style_request=False,
            credential_provider=Boto3CredentialProvider(session),
            client_options=self._client_options(endpoint),
            retry_config=_RETRIES,
            config=elsewhere,
        )

    def _gcs(self, bucket: str) -> ObjectStore:
        elsewhere: GCSConfig = {} if self._endpoint is None else {"base_url": self._endpoint}
        if (self._endpoint or "").startswith("http://"):  # an emulator: credentials are never sent unencrypted
            anonymous = {"client_email": "", "private_key": "", "private_key_id": "", "disable_oauth": True}
            elsewhere = {"service_account_key": json.dumps(anonymous | {"gcs_base_url": self._endpoint})}
        options = self._client_options(self._endpoint)
        return GCSStore(bucket, client_options=options, retry_config=_RETRIES, config=elsewhere)

    def _azure(self, bucket: str) -> ObjectStore:
        elsewhere: AzureConfig = {} if self._endpoint is None else {"endpoint": self._endpoint}
        options = self._client_options(self._endpoint)
        return AzureStore(bucket, client_options=options, retry_config=_RETRIES, config=elsewhere)

    @staticmethod
    def _client_options(endpoint: str | None) -> "ClientConfig":
        return {**_TIMEOUTS, "allow_http": (endpoint or "").startswith("http://")}

    def _fault(self, what: str, at: Location, error: Exception) -> ObjectRefused:
        if isinstance(error, PermissionDeniedError | UnauthenticatedError):
            advice = f"check {_ADVICE[self._kind]} and the bucket's policy"
            return ObjectRefused(f"{what}: access to the bucket {at.bucket} is denied; {advice}")
        # The first line names the failure; the lines below repeat the request.
        reason = (str(error).splitlines() or [type(error).__name__])[0][:400]
        away = isinstance(error, GenericError) and _AWAY.search(reason)
        return (ObjectsAway if away else ObjectRefused)(f"{what}: {reason}")
