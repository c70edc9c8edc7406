"""Session: where the cards are, and the boto3 clients that reach them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cardwright.client.aws_identity import aws_default_role_arn, aws_role_arn
from cardwright.client.job_logs import without_logs
from cardwright.client.own_client import own_client
from cardwright.client.session_objects import SessionObjects, has_objects, is_served, served_by
from cardwright.core.addresses import is_loopback
from cardwright.server.local_user import local_user

if TYPE_CHECKING:
    from botocore.config import Config

    from cardwright.client.embedded import EmbeddedStore

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
        default_bucket: the bucket that :meth:`default_bucket` gives.

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
        default_bucket: str | None = None,
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
        self._described: Mapping[str, Any] | None = None
        self._of_sagemaker: Any = None
        self._default_bucket = default_bucket
        self._default_bucket_ready = False

    @classmethod
    def aws(
        cls,
        region: str | None = None,
        *,
        profile_name: str | None = None,
        boto_session: Any = None,
        config: "Config | None" = None,
        default_bucket: str | None = None,
    ) -> "Session":
        """A session on Amazon SageMaker itself, with the usual AWS configuration chain.

        Args:
            region, profile_name: for a new boto3 session; else those of the usual configuration.
            boto_session: a boto3 session to use instead.
            config: botocore settings of the SageMaker client.
            default_bucket: the bucket that :meth:`default_bucket` gives.
        """
        session = cls.__new__(cls)
        session.endpoint_url = None
        session._on_aws = True
        session._home = session._embedded = session._client = session._described = session._of_sagemaker = None
        session._default_bucket, session._default_bucket_ready = default_bucket, False
        session._region, session._config = region, config
        if boto_session is None:
            import boto3

            boto_session = boto3.Session(region_name=region, profile_name=profile_name)
        session._boto_session = boto_session
        return session

    @property
    def boto_session(self) -> Any:
        """The boto3 session, made on first use. Its ``sagemaker`` and ``sts`` clients speak to where the cards are. Its
        ``s3`` clients reach the objects of the embedded store or of the server where those are local, else what is
        configured for AWS."""
        if self._boto_session is None:
            self._boto_session = self._new_embedded() if self.endpoint_url is None else _on_server(self)
            without_logs(self._boto_session)
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

    def account_id(self) -> str:
        """The account of the caller."""
        if self._on_aws:
            return str(self.boto_session.client("sts").get_caller_identity()["Account"])
        return str(self._caller["AccountId"])

    def get_caller_identity_arn(self) -> str:
        """The ARN of the caller's role; on AWS the user's where the caller has no role.

        Cardwright has no IAM roles: there it is an ARN in the form that requests demand, which names the user.
        """
        if not self._on_aws:
            return str(self._caller["RoleArn"])
        return aws_role_arn(self.boto_session)

    def default_bucket(self) -> str:
        """The session's default bucket, ``sagemaker-<region>-<account>`` unless another was given; made when missing.

        Raises:
            botocore.exceptions.ClientError: another account has the bucket, or the caller may not make it.
        """
        if not self._default_bucket_ready:
            account = self.account_id()
            self._default_bucket = self._default_bucket or f"sagemaker-{self.boto_region_name}-{account}"
            self._objects().ensure_bucket(self._default_bucket, account)
            self._default_bucket_ready = True
        return str(self._default_bucket)

    def upload_data(
        self,
        path: str,
        bucket: str | None = None,
        key_prefix: str = "data",
        callback: "Callable[[int], Any] | None" = None,
        extra_args: "dict[str, Any] | None" = None,
    ) -> str:
        """Upload a local file to ``<key_prefix>/<file name>``, or a folder with all that is in it.

        Args:
            path: the file or folder.
            bucket: the bucket; the default bucket by default.
            key_prefix: what the keys begin with.
            callback: is called with the number of bytes of each transfer.
            extra_args: ``ExtraArgs`` of boto3's ``upload_file``.

        Returns:
            ``s3://<bucket>/<key_prefix>/<file name>``, of a folder ``s3://<bucket>/<key_prefix>``.

        Raises:
            OSError: the file cannot be read.
            boto3.exceptions.S3UploadFailedError: S3 refuses.
        """
        return self._objects().upload(
            os.fspath(path), bucket or self.default_bucket(), key_prefix, callback, extra_args
        )

    def upload_string_as_file_body(self, body: str, bucket: str | None, key: str, kms_key: str | None = None) -> str:
        """Write a text to an object and return its URI.

        Args:
            body: the text.
            bucket: the bucket; the default bucket when None.
            key: the object's key.
            kms_key: the key that AWS encrypts it with; Cardwright refuses one.

        Raises:
            botocore.exceptions.ClientError: S3 refuses.
        """
        return self._objects().put_text(body, bucket or self.default_bucket(), key, kms_key)

    def read_s3_file(self, bucket: str, key_prefix: str) -> str:
        """The text of the object ``s3://<bucket>/<key_prefix>``.

        Raises:
            botocore.exceptions.ClientError: S3 refuses, or there is no such object.
        """
        return self._objects().read(bucket, key_prefix)

    def list_s3_files(self, bucket: str, key_prefix: str) -> list[str]:
        """The keys of a bucket that begin with ``key_prefix``.

        Raises:
            botocore.exceptions.ClientError: S3 refuses, or there is no such bucket.
        """
        return self._objects().keys(bucket, key_prefix)

    if not TYPE_CHECKING:  # a type checker would take any name for one of the session's

        def __getattr__(self, name: str) -> Any:
            """What sessions of SageMaker's SDK v2 have beside: its session on the same clients does it.

            So an ``Estimator`` or ``Model`` of the SDK takes this session.
            """
            if name.startswith("_"):
                raise AttributeError(f"Session has no attribute {name!r}")
            return getattr(self._sagemaker_session(), name)

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

    @property
    def _caller(self) -> Mapping[str, Any]:
        """What ``DescribeCaller`` says."""
        if self._described is None:
            self._described = own_client(self.sagemaker_client).describe_caller()
        described: Mapping[str, Any] = self._described
        return described

    def _sagemaker_session(self) -> Any:
        if self._of_sagemaker is None:
            try:
                from sagemaker.session import Session as SageMakerSession
            except ImportError:
                raise AttributeError(
                    "Session has what docs/reference/sdk.md lists; the rest of SDK v2's session needs the package"
                    " sagemaker, version 2"
                ) from None
            self._of_sagemaker = SageMakerSession(
                boto_session=self.boto_session,
                sagemaker_client=self.sagemaker_client,
                default_bucket=self._default_bucket or f"sagemaker-{self.boto_region_name}-{self.account_id()}",
            )
        return self._of_sagemaker

    def _objects(self) -> SessionObjects:
        client = self.boto_session.client("s3")
        in_parts = self._on_aws or (self.endpoint_url is not None and not is_served(client, self.endpoint_url))
        return SessionObjects(client, self.boto_region_name, in_parts=in_parts)

    def _new_embedded(self) -> Any:
        from cardwright.client.embedded import EmbeddedStore

        store = EmbeddedStore(self._home, self._region, local_user())
        self._embedded = store
        return store.boto_session()


def get_execution_role(sagemaker_session: Session | None = None, use_default: bool = False) -> str:
    """The ARN of the role that requests name, as SageMaker's SDK v2 gives it.

    Args:
        sagemaker_session: the session; ``Session()`` by default.
        use_default: on AWS, take the role ``AmazonSageMaker-DefaultRole`` where the caller has none.

    Raises:
        ValueError: on AWS, the caller has no role, or the default role does not exist.
    """
    session = sagemaker_session or Session()
    arn = session.get_caller_identity_arn()
    if ":role/" in arn:
        return arn
    if use_default:
        return aws_default_role_arn(session.boto_session)
    raise ValueError(
        f"The current AWS identity is not a role: {arn}, therefore it cannot be used as a SageMaker execution role"
    )


def _on_server(asked: Session) -> Any:
    import boto3

    url = str(asked.endpoint_url)

    session_class: Any = boto3.Session  # its type has an overload for each of AWS's services

    class ServerSession(session_class):  # type: ignore[misc]  # therefore
        """A boto3 session whose SageMaker and STS are the server, and whose S3 is the server's where it has objects."""

        objects_known: bool | None = None  # whether the server serves its objects, once it was asked

        def client(self, service_name: str, *args: Any, **settings: Any) -> Any:
            given = settings.get("endpoint_url")
            is_free = len(args) < _ENDPOINT_ARGUMENT and not given
            # SageMaker's SDK v2 names AWS's STS itself; the account in question is the server's.
            replaces = service_name == "sts" and len(args) < _ENDPOINT_ARGUMENT and _is_aws_url(given or "")
            if replaces or (is_free and service_name in {"sagemaker", "sts"}):
                settings["endpoint_url"] = url
            elif is_free and service_name == "s3" and self.server_has_objects():
                settings |= served_by(url, settings.get("config"))
            return super().client(service_name, *args, **settings)

        def server_has_objects(self) -> bool:
            if self.objects_known is None:
                self.objects_known = has_objects(super().client, url)
            return self.objects_known

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


def _is_aws_url(url: str) -> bool:
    """Whether an endpoint URL is AWS's own."""
    return (urlsplit(url).hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))


_ENDPOINT_ARGUMENT = 5  # the place of endpoint_url among boto3's positional arguments, after the service's name
