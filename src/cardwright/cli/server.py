"""Connects commands to a server, and explains its errors."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING

import click

from cardwright.client.sagemaker import SageMaker
from cardwright.client.session import ENDPOINT_VARIABLE, Session
from cardwright.core.errors import CardwrightError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_KEYS = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or create a key with `cardwright key create`"
_ADVICE = {
    "UnrecognizedClientException": _KEYS,
    "MissingAuthenticationTokenException": _KEYS,
    "IncompleteSignatureException": _KEYS,
    "InvalidSignatureException": "check AWS_SECRET_ACCESS_KEY, --region and the clock of this machine",
    "ServiceUnavailable": "try again when the store can be used",
}


class ServerRefused(CardwrightError):
    """A server refused the request or did not answer; the message names the remedy."""


endpoint_option = click.option(
    "--endpoint-url",
    envvar=ENDPOINT_VARIABLE,
    help=f"The server's URL. The default is the embedded store in CARDWRIGHT_HOME.  [{ENDPOINT_VARIABLE}]",
)
region_option = click.option(
    "--region", envvar="CARDWRIGHT_REGION", help="The server's AWS region.  [CARDWRIGHT_REGION]"
)


def server_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options that select a server to a command, and pass it ``client``."""

    @wraps(command)
    def with_client(session: Session, **values: object) -> object:
        return command(client=_client(session), **values)

    return session_options(with_client)


def session_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options that select a server to a command, and pass it ``session``."""

    @wraps(command)
    def with_session(endpoint_url: str | None, region: str | None, **values: object) -> object:
        with explained_session(endpoint_url, region) as session:
            return command(session=session, **values)

    return endpoint_option(region_option(with_session))


@contextmanager
def explained(endpoint_url: str | None, region: str | None = None) -> Iterator[SageMaker]:
    """Yield a client. Refusals and connection errors inside the block become :class:`ServerRefused`."""
    with explained_session(endpoint_url, region) as session:
        yield _client(session)


def _client(session: Session) -> SageMaker:
    client: SageMaker = session.sagemaker_client if session.endpoint_url else session.embedded_store().client()
    return client


@contextmanager
def explained_session(endpoint_url: str | None, region: str | None = None) -> Iterator[Session]:
    """Yield a session. Refusals and connection errors inside the block become :class:`ServerRefused`."""
    session = Session(endpoint_url, region)
    if session.endpoint_url:
        from botocore.config import Config

        config = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
        session = Session(endpoint_url, region, config=config)
    with explained_errors(session.endpoint_url or "The embedded store"):
        yield session


def address_of(client: object) -> str:
    """Return what messages call a client's server: its URL, or the embedded store."""
    meta = getattr(client, "meta", None)  # that of an embedded store has none
    return "The embedded store" if meta is None else str(meta.endpoint_url)


@contextmanager
def explained_errors(url: str) -> Iterator[None]:
    """Turn refusals and connection errors of a server inside the block into :class:`ServerRefused`."""
    try:
        yield
    except CardwrightError:
        raise
    except Exception as error:
        explanation = _explanation(error, url)
        if explanation is None:
            raise
        raise ServerRefused(explanation) from error


def _explanation(error: Exception, url: str) -> str | None:
    """Return what a command prints about an error; None for an unknown one."""
    from botocore import exceptions as faults

    if isinstance(error, faults.ClientError):
        return _refusal(error, url)
    if isinstance(error, faults.SSLError):
        return f"The TLS certificate of {url} is not trusted: name its certificate authority in AWS_CA_BUNDLE"
    if isinstance(error, faults.ConnectionError | faults.HTTPClientError):
        return (
            f"No answer from {url}: is the server running? Start it with `cardwright serve`,"
            f" or name another server with --endpoint-url or {ENDPOINT_VARIABLE}"
        )
    if isinstance(error, faults.NoCredentialsError):
        return f"{url} needs signed requests, and no access key was found: {_KEYS}"
    if isinstance(error, faults.BotoCoreError | ValueError):
        return f"The request to {url} cannot be sent: {' '.join(str(error).split())}"
    return None


def refusal_of(error: "ClientError") -> str:
    """Return the message and the code of a botocore ClientError."""
    stated = error.response["Error"]
    return f"{stated.get('Message')} ({stated.get('Code')})"


def _refusal(error: "ClientError", url: str) -> str:
    stated = error.response["Error"]
    code, message = stated.get("Code", ""), stated.get("Message", "")
    if not code or code.isdecimal():
        metadata: Mapping[str, object] = error.response.get("ResponseMetadata", {})
        status = metadata.get("HTTPStatusCode", code)
        return f"{url} does not answer like a Cardwright server (HTTP {status}): check --endpoint-url"
    advice = _ADVICE.get(code)
    return f"{message} ({code})" + (f": {advice}" if advice else "")
