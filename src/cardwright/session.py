"""Session: where the cards are, and the boto3 clients that reach them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cardwright.core.addresses import is_loopback
from cardwright.local_user import local_user
from cardwright.own_client import own_client

if TYPE_CHECKING:
    from botocore.config import Config

    from cardwright.embedded import EmbeddedStore

ENDPOINT_VARIABLE = "CARDWRIGHT_ENDPOINT_URL"
DEFAULT_REGION = "us-east-1"


class Session:
    """Where the cards are: on a server, in a local folder, or on AWS.

    ``Session()`` is the server that ``CARDWRIGHT_ENDPOINT_URL`` names; where that is not set, the embedded store: a
    local folder, worked on in this process, without a server. Servers may work on the same folder meanwhile.

    Args:
        endpoint_url: a server.
        region: the AWS region of the server or store; else that of the usual AWS configuration (a server) or of
            ``CARDWRIGHT_REGION`` (an embedded store), else ``us-east-1``.
        home: folder of an embedded store, made when it is missing; else ``CARDWRIGHT_HOME``, else the folder
            ``cardwright`` in the user's data directory.
        config: botocore settings of the SageMaker client, such as timeouts.

    Raises:
        ValueError: both a server and a folder are named.

    On a server, credentials come from the usual AWS chain. Where it has none and the server is on this machine, the
    client signs as the local user: a server with ``--auth none`` checks no signature and shows that name. In an
    embedded store everything is done as the local user, who may do everything.
    """

    def __init__(
        self,
        endpoint_url: str | None = None,
        region: str | None = None,
        *,
        home: "str | os.PathLike[str] | None" = None,
        config: "Config | None" = None,
    ) -> None:
        if endpoint_url is not None and home is not None:
            raise ValueError("A session is on a server (endpoint_url) or in a folder (home), not both")
        if home is None:
            endpoint_url = endpoint_url or os.environ.get(ENDPOINT_VARIABLE) or None
        self.endpoint_url = endpoint_url
        self._home = None if home is None else Path(home)
        self._region = region
        self._config = config
        self._on_aws = False
        self._embedded: EmbeddedStore | None = None
        self._boto_session: Any = None
        self._client: Any = None

    @classmethod
    def aws(
        cls,
        region: str | None = None,
        *,
        profile_name: str | None = None,
        boto_session: Any = None,
        config: "Config | None" = None,
    ) -> "Session":
        """A session on Amazon SageMaker itself, with the usual AWS configuration chain.

        Args:
            region, profile_name: for a new boto3 session; else those of the usual configuration.
            boto_session: a boto3 session to use instead.
        """
        session = cls.__new__(cls)
        session.endpoint_url = None
        session._on_aws = True
        session._home = session._embedded = session._client = None
        session._region, session._config = region, config
        if boto_session is None:
            import boto3  # noqa: PLC0415 - a fifth of a second, for those who use it

            boto_session = boto3.Session(region_name=region, profile_name=profile_name)
        session._boto_session = boto_session
        return session

    @property
    def boto_session(self) -> Any:
        """The boto3 session, made on first use. Its ``sagemaker`` clients speak to where the cards are. Its S3
        clients reach, in an embedded store, the folder ``objects`` of the home, else what is configured for AWS."""
        if self._boto_session is None:
            self._boto_session = self._new_embedded() if self.endpoint_url is None else _on_server(self)
        return self._boto_session

    @property
    def sagemaker_client(self) -> Any:
        """The boto3 SageMaker client, made on first use."""
        if self._client is None:
            self._client = self.boto_session.client("sagemaker", config=self._config)
        return self._client

    @property
    def boto_region_name(self) -> str:
        """The AWS region that the clients name."""
        return str(self.sagemaker_client.meta.region_name)

    def record_training_job(self, **members: Any) -> str:
        """Record a training run that SageMaker did not run, and give its ARN; cards find it by its artifacts.

        Args:
            members: those of ``RecordTrainingJob`` (see ``docs/reference/operations.md``): ``TrainingJobName`` and
                ``ModelArtifacts``, and ``FinalMetricDataList``, ``HyperParameters``, ``Datasets``, ``TrainingImage``,
                ``TrainingJobStatus``, ``TrainingStartTime``, ``TrainingEndTime`` and others as they are known.
        """
        return str(own_client(self.sagemaker_client).record_training_job(**members)["TrainingJobArn"])

    def close(self) -> None:
        """Close an embedded store; its clients answer no more. Nothing else needs closing."""
        if self._embedded is not None:
            self._embedded.close()

    def __repr__(self) -> str:
        if self._on_aws:
            return f"Session.aws({self._region!r})" if self._region else "Session.aws()"
        region = f"region={self._region!r}" if self._region else ""
        if self.endpoint_url is not None:
            return f"Session({', '.join(filter(None, [repr(self.endpoint_url), region]))})"
        home = self._embedded.home if self._embedded is not None else self._home
        stated = "" if home is None else f"home={str(home)!r}"
        return f"Session({', '.join(filter(None, [stated, region]))})"

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _new_embedded(self) -> Any:
        from cardwright.embedded import EmbeddedStore  # noqa: PLC0415 - the whole application, for those who use it

        store = EmbeddedStore(self._home, self._region, local_user())
        self._embedded = store
        return store.boto_session()


def _on_server(asked: Session) -> Any:
    import boto3  # noqa: PLC0415 - a fifth of a second, for those who use it

    url = str(asked.endpoint_url)

    session_class: Any = boto3.Session  # its type has an overload for each of AWS's services

    class ServerSession(session_class):  # type: ignore[misc]  # therefore
        """A boto3 session whose SageMaker is the server."""

        def client(self, service_name: str, *args: Any, **settings: Any) -> Any:
            if service_name == "sagemaker" and len(args) < _ENDPOINT_ARGUMENT:
                settings["endpoint_url"] = settings.get("endpoint_url") or url
            return super().client(service_name, *args, **settings)

    session: Any = ServerSession(region_name=asked._region)
    local = is_loopback(urlsplit(url).hostname or "")
    if local:
        # A server of this machine never needs the role of the cloud machine below: asking takes seconds.
        session._session.get_component("credential_provider").remove("iam-role")
    keys: dict[str, Any] = {}
    if local and session.get_credentials() is None:
        keys = {"aws_access_key_id": local_user(), "aws_secret_access_key": "none"}
    if keys or session.region_name is None:
        session = ServerSession(region_name=session.region_name or DEFAULT_REGION, **keys)
    return session


_ENDPOINT_ARGUMENT = 5  # the place of endpoint_url among boto3's positional arguments, after the service's name
