"""Session: selects a server, a local folder or AWS, and creates boto3 clients for it."""

import datetime
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardwright.client.aws_identity import aws_default_role_arn, aws_role_arn
from cardwright.client.job_logs import without_logs
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.client.server_session import server_session
from cardwright.client.session_objects import SessionObjects, is_served
from cardwright.server.local_user import local_user

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from cardwright.client.answers.account import DescribeCallerAnswer
    from cardwright.client.embedded import EmbeddedStore
    from cardwright.core.audit_log import AuditRecord

ENDPOINT_VARIABLE = "CARDWRIGHT_ENDPOINT_URL"


class Session:
    """A connection to the cards: on a server, in a local folder, or on AWS.

    ``Session()`` uses the server in ``CARDWRIGHT_ENDPOINT_URL``. If that is not set, it uses the embedded store: a
    local folder that this process opens without a server. Servers may use the same folder at the same time.

    Args:
        endpoint_url: the URL of a server.
        region: the AWS region of the server or store; by default the region of the usual AWS configuration (server)
            or ``CARDWRIGHT_REGION`` (embedded store), else ``us-east-1``.
        home: the folder of an embedded store, created if it is missing; by default ``CARDWRIGHT_HOME``, else the
            folder ``cardwright`` in the user's data directory.
        config: botocore settings of the SageMaker client, such as timeouts.
        default_bucket: the bucket that ``default_bucket`` returns.
        profile_name: the profile of the AWS configuration whose credentials a server gets; by default ``AWS_PROFILE``.

    Raises:
        ValueError: both a server and a folder are given.

    On a server, credentials come from the usual AWS chain. Without credentials, and if the server runs on this machine,
    the client signs as the local user: a server with ``--auth none`` checks no signature and shows that name. An
    embedded store records all changes under the local user, who has every permission.
    """

    def __init__(  # noqa: PLR0913 - callers name them
        self,
        endpoint_url: str | None = None,
        region: str | None = None,
        *,
        home: "str | os.PathLike[str] | None" = None,
        config: "Config | None" = None,
        default_bucket: str | None = None,
        profile_name: str | None = None,
    ) -> None:
        if endpoint_url is not None and home is not None:
            raise ValueError("A session uses a server (endpoint_url) or a folder (home), not both")
        if home is None:
            endpoint_url = endpoint_url or os.environ.get(ENDPOINT_VARIABLE) or None
        self.endpoint_url = endpoint_url
        self._home = None if home is None else Path(home)
        self._region = region
        self._config = config
        self._on_aws = False
        self._embedded: EmbeddedStore | None = None
        self._boto_session: boto3.Session | None = None
        self._client: SageMaker | None = None
        self._described: DescribeCallerAnswer | None = None
        self._of_sagemaker: object = None
        self._default_bucket = default_bucket
        self._default_bucket_ready = False
        self._profile = profile_name

    @classmethod
    def aws(
        cls,
        region: str | None = None,
        *,
        profile_name: str | None = None,
        boto_session: "boto3.Session | None" = None,
        config: "Config | None" = None,
        default_bucket: str | None = None,
    ) -> "Session":
        """Create a session on Amazon SageMaker itself, with the usual AWS configuration chain.

        Args:
            region: of a new boto3 session; by default from the usual configuration.
            profile_name: of a new boto3 session; likewise.
            boto_session: a boto3 session to use instead.
            config: botocore settings of the SageMaker client.
            default_bucket: the bucket that ``default_bucket`` returns.
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
    def boto_session(self) -> Any:  # its clients are made at run time, from service models
        """The boto3 session, created at the first use.

        Its ``sagemaker`` and ``sts`` clients call the server or store of this session. Its ``s3`` clients use the
        objects of the embedded store, or of the server if that stores objects locally, else S3 on AWS."""
        if self._boto_session is None:
            if self.endpoint_url is None:
                self._boto_session = self.embedded_store().boto_session()
            else:
                self._boto_session = server_session(self.endpoint_url, self._region, self._profile)
            without_logs(self._boto_session)
        return self._boto_session

    @property
    def sagemaker_client(self) -> Any:
        """The boto3 SageMaker client, created at the first use."""
        if self._client is None:
            self._client = self.boto_session.client("sagemaker", config=self._config)
        return self._client

    @property
    def boto_region_name(self) -> str:
        """The AWS region of the clients."""
        return str(self.sagemaker_client.meta.region_name)

    def record_training_job(self, **members: object) -> str:
        """Record a training run outside SageMaker, and return its ARN. Cards find it by its artifacts.

        Args:
            members: the members of ``RecordTrainingJob`` (see ``docs/reference/operations.md``). Required are
                ``TrainingJobName`` and ``ModelArtifacts``. Optional are ``FinalMetricDataList``, ``HyperParameters``,
                ``Datasets``, ``TrainingImage``, ``TrainingJobStatus``, ``TrainingStartTime``, ``TrainingEndTime`` and
                others.
        """
        return own_client(self.sagemaker_client).record_training_job(**members)["TrainingJobArn"]

    def audit_records(  # noqa: PLR0913 - the filters of the log
        self,
        *,
        since: datetime.datetime | None = None,
        until: datetime.datetime | None = None,
        person: str | None = None,
        card: str | None = None,
        kinds: Collection[str] = (),
        text: str = "",
    ) -> "Iterator[AuditRecord]":
        """Yield what people and programs did in the account, newest first. AWS does not support this method.

        Approvers and administrators read all events; others those of cards, and their own.

        Args:
            since, until: only events at or after the first time, and before the second.
            person: only events of this user or program.
            card: only events of cards with this name, also of deleted ones.
            kinds: only events of these kinds, such as ``"status"``, of
                :class:`cardwright.core.audit_log.AuditRecordKind`.
            text: only events whose line has all these words: what was done, the person, the card and the subject.

        Raises:
            ValueError: an unknown kind.
            cardwright.core.errors.Invalid: the text has too many words.
            NoSuchOperation: the session is on AWS.
        """
        from cardwright.client.audit_log import read_audit_records
        from cardwright.core.audit_log import AuditQuery, AuditRecordKind, search_words

        first, last = (None if time is None else round(time.timestamp() * 1000) for time in (since, until))
        query = AuditQuery(first, last, person, card, [AuditRecordKind(kind) for kind in kinds], search_words(text))
        return read_audit_records(self.sagemaker_client, query)

    def account_id(self) -> str:
        """Return the caller's account."""
        if self._on_aws:
            return str(self.boto_session.client("sts").get_caller_identity()["Account"])
        return self._caller["AccountId"]

    def get_caller_identity_arn(self) -> str:
        """Return the ARN of the caller's role; on AWS the ARN of the user if the caller has no role.

        Cardwright has no IAM roles. There it is an ARN in the form that requests need, with the user's name.
        """
        if not self._on_aws:
            return self._caller["RoleArn"]
        return aws_role_arn(self.boto_session)

    def default_bucket(self) -> str:
        """Return the default bucket, ``sagemaker-<region>-<account>`` unless another was given. Creates it if missing.

        Raises:
            botocore.exceptions.ClientError: another account owns the bucket, or the caller may not create it.
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
        callback: "Callable[[int], object] | None" = None,
        extra_args: "Mapping[str, object] | None" = None,
    ) -> str:
        """Upload a local file to ``<key_prefix>/<file name>``, or a folder with all its files.

        Args:
            path: the file or folder.
            bucket: the bucket; the default bucket by default.
            key_prefix: the prefix of the keys.
            callback: called with the number of bytes of each transfer.
            extra_args: ``ExtraArgs`` of boto3's ``upload_file``.

        Returns:
            ``s3://<bucket>/<key_prefix>/<file name>``, or ``s3://<bucket>/<key_prefix>`` for a folder.

        Raises:
            OSError: a file cannot be read.
            boto3.exceptions.S3UploadFailedError: S3 refuses the upload.
        """
        return self._objects().upload(
            os.fspath(path), bucket or self.default_bucket(), key_prefix, callback, extra_args
        )

    def upload_string_as_file_body(self, body: str, bucket: str | None, key: str, kms_key: str | None = None) -> str:
        """Write a text to an object and return its URI.

        Args:
            body: the text.
            bucket: the bucket; None for the default bucket.
            key: the object's key.
            kms_key: the KMS key with which AWS encrypts the object; Cardwright refuses KMS keys.

        Raises:
            botocore.exceptions.ClientError: S3 refuses the request.
        """
        return self._objects().put_text(body, bucket or self.default_bucket(), key, kms_key)

    def read_s3_file(self, bucket: str, key_prefix: str) -> str:
        """Return the text of the object ``s3://<bucket>/<key_prefix>``.

        Raises:
            botocore.exceptions.ClientError: S3 refuses the request, or the object does not exist.
        """
        return self._objects().read(bucket, key_prefix)

    def list_s3_files(self, bucket: str, key_prefix: str) -> list[str]:
        """Return the keys of a bucket that begin with ``key_prefix``.

        Raises:
            botocore.exceptions.ClientError: S3 refuses the request, or the bucket does not exist.
        """
        return self._objects().keys(bucket, key_prefix)

    if not TYPE_CHECKING:  # with it, a type checker would accept any attribute name

        def __getattr__(self, name: str) -> object:
            """Look up further members of SDK v2's session in an SDK session with the same clients.

            So an ``Estimator`` or ``Model`` of the SDK accepts this session.
            """
            if name.startswith("_"):
                raise AttributeError(f"Session has no attribute {name!r}")
            return getattr(self._sagemaker_session(), name)

    def close(self) -> None:
        """Close an embedded store. Its clients cannot send requests afterwards. Other sessions need no close."""
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
    def _caller(self) -> "DescribeCallerAnswer":
        """The answer of ``DescribeCaller``, requested once."""
        if self._described is None:
            self._described = own_client(self.sagemaker_client).describe_caller()
        return self._described

    def _sagemaker_session(self) -> object:
        if self._of_sagemaker is None:
            try:
                from sagemaker.session import Session as SageMakerSession
            except ImportError:
                raise AttributeError(
                    "Session has the members in docs/reference/sdk.md; others of SDK v2's session need the package"
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

    def embedded_store(self) -> "EmbeddedStore":
        """Return the open embedded store. Raises ValueError for a session on a server or on AWS."""
        if self._on_aws or self.endpoint_url is not None:
            raise ValueError(f"{self!r} has no embedded store")
        if self._embedded is None:
            from cardwright.client.embedded import EmbeddedStore

            self._embedded = EmbeddedStore(self._home, self._region, local_user())
        return self._embedded


def get_execution_role(sagemaker_session: Session | None = None, use_default: bool = False) -> str:
    """Return the ARN of the execution role, as SageMaker's SDK v2 does.

    Args:
        sagemaker_session: the session; ``Session()`` by default.
        use_default: on AWS, use the role ``AmazonSageMaker-DefaultRole`` if the caller has no role.

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
