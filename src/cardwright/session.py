"""Session: a boto3 client for a Cardwright server."""

import getpass
import ipaddress
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cardwright.own_client import own_client

if TYPE_CHECKING:
    from botocore.config import Config

DEFAULT_ENDPOINT_URL = "http://127.0.0.1:8765"
ENDPOINT_VARIABLE = "CARDWRIGHT_ENDPOINT_URL"
DEFAULT_REGION = "us-east-1"


class Session:
    """Where the cards are, and a boto3 client that speaks to it.

    Args:
        endpoint_url: the server; else the variable ``CARDWRIGHT_ENDPOINT_URL``, else ``http://127.0.0.1:8765``.
        region: the server's region; else the one of the usual AWS configuration, else ``us-east-1``.
        config: botocore settings of the client, such as timeouts.

    Credentials come from the usual AWS chain. Where it has none and the server is on this machine, the client
    signs as the local user: a server with ``--auth none`` checks no signature and shows that name.
    """

    def __init__(
        self, endpoint_url: str | None = None, region: str | None = None, *, config: "Config | None" = None
    ) -> None:
        self.endpoint_url = endpoint_url or os.environ.get(ENDPOINT_VARIABLE) or DEFAULT_ENDPOINT_URL
        self._region = region
        self._config = config
        self._client: Any = None

    @property
    def sagemaker_client(self) -> Any:
        """The boto3 SageMaker client, made on first use."""
        if self._client is None:
            self._client = self._make_client()
        return self._client

    def record_training_job(self, **members: Any) -> str:
        """Record a training run that SageMaker did not run, and give its ARN; cards find it by its artifacts.

        Args:
            members: those of ``RecordTrainingJob`` (see ``docs/reference/operations.md``): ``TrainingJobName`` and
                ``ModelArtifacts``, and ``FinalMetricDataList``, ``HyperParameters``, ``Datasets``, ``TrainingImage``,
                ``TrainingJobStatus``, ``TrainingStartTime``, ``TrainingEndTime`` and others as they are known.
        """
        return str(own_client(self.sagemaker_client).record_training_job(**members)["TrainingJobArn"])

    def _make_client(self) -> Any:
        import boto3  # noqa: PLC0415 - a fifth of a second, for those who make a client

        local = _is_loopback(self.endpoint_url)
        session: Any = boto3.Session(region_name=self._region)
        if local:
            # A server of this machine never needs the role of the cloud machine below: asking takes seconds.
            session._session.get_component("credential_provider").remove("iam-role")
        keys: dict[str, Any] = {}
        if local and session.get_credentials() is None:
            keys = {"aws_access_key_id": _local_user(), "aws_secret_access_key": "none"}
        return session.client(
            "sagemaker",
            endpoint_url=self.endpoint_url,
            region_name=session.region_name or DEFAULT_REGION,
            config=self._config,
            **keys,
        )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _local_user() -> str:
    """The local user's name, in the characters that an access key id may have."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        name = ""
    return re.sub(r"[^\w+=,.@-]", "-", name, flags=re.ASCII)[:64] or "local-user"
