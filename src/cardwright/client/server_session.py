"""The boto3 session of a server: its clients send requests to the server in place of AWS."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cardwright.client.session_objects import has_objects, served_by
from cardwright.core.addresses import is_loopback
from cardwright.server.local_user import local_user

if TYPE_CHECKING:
    import boto3

DEFAULT_REGION = "us-east-1"

_ENDPOINT_ARGUMENT = 5  # position of endpoint_url in boto3's arguments after the service name


def server_session(url: str, region: str | None, profile: str | None) -> "boto3.Session":
    """Create a boto3 session that sends SageMaker and STS requests to a server, and S3 requests if it stores objects.

    Credentials come from the usual AWS chain. Without credentials, the clients of a server on this machine sign as the
    local user.

    Args:
        url: the URL of the server.
        region: the AWS region; by default that of the usual AWS configuration, else ``us-east-1``.
        profile: the profile of the AWS configuration.
    """
    import boto3

    class ServerSession(boto3.Session):
        objects_known: bool | None = None  # whether the server serves objects; None before the first request

        if not TYPE_CHECKING:  # boto3's stubs have an overload for each AWS service

            def client(self, service_name: str, *args: object, **settings: object) -> object:
                given = settings.get("endpoint_url")
                is_free = len(args) < _ENDPOINT_ARGUMENT and not given
                # SageMaker's SDK v2 passes the URL of AWS's STS, but the account is the server's.
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

    session = ServerSession(region_name=region, profile_name=profile)
    local = is_loopback(urlsplit(url).hostname or "")
    if local:
        # A local server never needs the instance role of a cloud machine; that lookup takes seconds.
        session._session.get_component("credential_provider").remove("iam-role")
    keys: dict[str, Any] = {}
    if local and session.get_credentials() is None:
        keys = {"aws_access_key_id": local_user(), "aws_secret_access_key": "none"}
    if keys or session.region_name is None:
        session = ServerSession(region_name=session.region_name or DEFAULT_REGION, **keys)
    return session


def _is_aws_url(url: str) -> bool:
    """Whether an endpoint URL belongs to AWS."""
    return (urlsplit(url).hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))
