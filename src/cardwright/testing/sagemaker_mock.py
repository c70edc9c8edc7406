"""Answers boto3's SageMaker clients in this process, from an empty store of the test.

botocore asks its endpoint object for each answer. While a mock is active, that object asks the mock first. Clients that
were created before are therefore answered too, in every thread.
"""

import copy
import functools
import inspect
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload
from urllib.parse import urlsplit

from cardwright.testing.template import copy_empty_store

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel

    from cardwright.client.session import Session

SERVICES = ("sagemaker", "sts", "s3")
"""The services that a mock can answer."""

_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_SERVICES_OF_MODELS = {"cardwright": "sagemaker", **{name: name for name in SERVICES}}
_METHOD = "_do_get_response"  # of botocore's Endpoint: returns the answer of one attempt

_Code = TypeVar("_Code", bound=Callable[..., object])
_Answer = Callable[..., object]


class SageMakerMock:
    """Requests of boto3's SageMaker clients get their answers from a store of this mock. See ``mock_sagemaker``.

    Attributes:
        session: a ``cardwright.Session`` on the mock's store. It exists while the mock is active.
    """

    session: "Session"

    def __init__(self, region: str | None = None, services: Iterable[str] = ("sagemaker",)) -> None:
        self._region = region
        self._services = frozenset([services] if isinstance(services, str) else services)
        unknown = sorted(self._services - set(SERVICES))
        if unknown:
            raise ValueError(f"A mock answers {', '.join(SERVICES)}, not {', '.join(unknown)}")
        self._folder: Path | None = None
        self._environment: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        from cardwright.client.session import Session

        if self._folder is not None:
            raise RuntimeError("This mock is active already: create another with mock_sagemaker()")
        self._folder = Path(tempfile.mkdtemp(prefix="cardwright-mock-"))
        try:
            copy_empty_store(self._folder / "store", self._region)
            self.session = Session(home=self._folder / "store", region=self._region)
            answers = self.session.embedded_store().answers
            _active.push(self, {name: answers[name] for name in self._services})
        except BaseException:
            self._remove()
            raise
        self._set_environment()
        return self

    def __exit__(self, *_: object) -> None:
        _active.remove(self)
        for name, value in self._environment.items():
            _set_variable(name, value)
        self._environment.clear()
        self.session.close()
        self._remove()

    def __call__(self, code: _Code) -> _Code:
        """Decorate a function, or a class whose methods ``test*`` each get an empty store."""
        if inspect.isclass(code):
            for name, member in list(vars(code).items()):
                if name.startswith("test") and inspect.isfunction(member):
                    setattr(code, name, self(member))
            return code
        return _decorated(code, self._again)  # type: ignore[return-value]  # functools.wraps keeps the signature

    def _again(self) -> "SageMakerMock":
        return SageMakerMock(self._region, self._services)

    def _remove(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None

    def _set_environment(self) -> None:
        """Give clients placeholder credentials and a region, and ``Session()`` the mock's store."""
        from botocore.session import Session as BotocoreSession

        region = self.session.boto_session.region_name
        wanted: dict[str, str | None] = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_SESSION_TOKEN": None,
            "CARDWRIGHT_HOME": str(self.session.embedded_store().home),
            "CARDWRIGHT_ENDPOINT_URL": None,
        }
        if BotocoreSession().get_config_variable("region") is None:
            wanted["AWS_DEFAULT_REGION"] = region
        for name in self._services & {"sagemaker"}:
            if {"AWS_ENDPOINT_URL", f"AWS_ENDPOINT_URL_{name.upper()}"} & os.environ.keys():
                wanted[f"AWS_ENDPOINT_URL_{name.upper()}"] = f"https://api.{name}.{region}.amazonaws.com"
        self._environment = {name: os.environ.get(name) for name in wanted}
        for name, value in wanted.items():
            _set_variable(name, value)


@overload
def mock_sagemaker(code: _Code, /) -> _Code: ...
@overload
def mock_sagemaker(*, region: str | None = None, services: Iterable[str] = ("sagemaker",)) -> SageMakerMock: ...
def mock_sagemaker(
    code: Callable[..., object] | None = None,
    /,
    *,
    region: str | None = None,
    services: Iterable[str] = ("sagemaker",),
) -> object:
    """Answer boto3's SageMaker clients from an empty store, without a network.

    Use it as a context manager, whose value has a ``session`` on the store, or as a decorator of functions and test
    classes, with or without parentheses. Clients of every boto3 session are answered, also those that were created
    before, in every thread. Clients of other services, and of endpoints outside AWS, are not changed, so that moto can
    answer them. The innermost of several mocks answers.

    While it is active, the environment has placeholder credentials, and ``cardwright.Session()`` opens the same store.

    Args:
        region: the region of the store's ARNs; by default ``CARDWRIGHT_REGION``, else ``us-east-1``. Clients of other
            regions are answered too.
        services: the services to answer, of ``sagemaker``, ``sts`` and ``s3``. S3 keeps objects in the store's folder,
            where export jobs write.

    Raises:
        ValueError: a service is unknown.
    """
    mock = SageMakerMock(region, services)
    return mock if code is None else mock(code)


def _decorated(code: Callable[..., object], new_mock: Callable[[], SageMakerMock]) -> Callable[..., object]:
    if inspect.iscoroutinefunction(code):

        @functools.wraps(code)
        async def awaited(*arguments: object, **named: object) -> object:
            with new_mock():
                return await code(*arguments, **named)

        return awaited

    @functools.wraps(code)
    def called(*arguments: object, **named: object) -> object:
        with new_mock():
            return code(*arguments, **named)

    return called


def _set_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


class _Active:
    """The active mocks; patches botocore while at least one is active."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mocks: tuple[tuple[SageMakerMock, Mapping[str, _Answer]], ...] = ()
        self._original: Callable[..., object] | None = None

    def push(self, mock: SageMakerMock, answers: Mapping[str, _Answer]) -> None:
        from botocore.endpoint import Endpoint

        with self._lock:
            self._mocks = (*self._mocks, (mock, answers))
            if self._original is None:
                self._original = original = getattr(Endpoint, _METHOD)
                setattr(Endpoint, _METHOD, self._asking(original))

    def remove(self, mock: SageMakerMock) -> None:
        from botocore.endpoint import Endpoint

        with self._lock:
            self._mocks = tuple(entry for entry in self._mocks if entry[0] is not mock)
            if not self._mocks and self._original is not None:
                setattr(Endpoint, _METHOD, self._original)
                self._original = None

    def _asking(self, original: Callable[..., object]) -> Callable[..., object]:
        """Return the method that asks the innermost mock first."""

        @functools.wraps(original)
        def respond(
            endpoint: Any, request: "AWSPreparedRequest", operation_model: "OperationModel", context: object
        ) -> object:
            answer = self._answer_for(endpoint, request, operation_model)
            if answer is not None:
                endpoint = copy.copy(endpoint)
                endpoint._event_emitter = _Answering(endpoint._event_emitter, answer)
            return original(endpoint, request, operation_model, context)

        return respond

    def _answer_for(
        self, endpoint: Any, request: "AWSPreparedRequest", operation_model: "OperationModel"
    ) -> _Answer | None:
        service = _SERVICES_OF_MODELS.get(operation_model.service_model.service_name)
        if service is None or not (urlsplit(request.url).hostname or "").endswith(_AWS):
            return None
        for _, answers in reversed(self._mocks):
            if service in answers:
                return None if _has_store(endpoint) else answers[service]
        return None


def _has_store(endpoint: Any) -> bool:
    """Whether an embedded store answers the client of an endpoint."""
    from cardwright.client.embedded import STORE_EVENT

    return bool(endpoint._event_emitter.emit(STORE_EVENT))


class _Answering:
    """The events of a client, where a mock's answer takes the place of all handlers of ``before-send``."""

    def __init__(self, events: Any, answer: _Answer) -> None:
        self._events = events
        self._answer = answer

    def emit(self, name: str, **details: object) -> object:
        if name.startswith("before-send."):
            return [(self._answer, self._answer(details["request"]))]
        return self._events.emit(name, **details)

    def __getattr__(self, name: str) -> object:
        return getattr(self._events, name)


_active = _Active()
