"""A boto3 client for Cardwright's own operations, created from a SageMaker client."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cardwright.aws.model import DATA
from cardwright.core.errors import CardwrightError

if TYPE_CHECKING:
    from botocore.model import ServiceModel

_UNKNOWN = "UnknownOperationException"


class NoSuchOperation(CardwrightError):
    """The server does not have this operation: it is SageMaker itself or an older Cardwright."""


def own_client(sagemaker_client: Any) -> Any:
    """Create a client for the operations of ``aws/data/cardwright`` with the endpoint of a SageMaker client.

    It shares credentials, connections and event handlers with that client. Its methods have boto3's form:
    ``record_training_job(**members)``. They raise :class:`NoSuchOperation` if the server lacks the operation, else
    the errors of boto3.

    ``boto3.client("cardwright")`` is equivalent if ``aws/data`` is in ``AWS_DATA_PATH``.
    """
    if hasattr(type(sagemaker_client), "own_operations"):  # an EmbeddedClient, whose module is slow to import
        return sagemaker_client.own_operations()
    import botocore.client

    model, methods = _own_model()
    # botocore creates clients from service names, inside a session that a client does not expose. Two clients of the
    # same endpoint differ only in their service model.
    meta = sagemaker_client.meta
    client: Any = object.__new__(botocore.client.BaseClient)
    vars(client).update(vars(sagemaker_client), _exceptions=None)
    client.meta = botocore.client.ClientMeta(
        meta.events, meta.config, meta.endpoint_url, model, methods, meta.partition
    )
    return _Methods(client, methods)


@cache
def _own_model() -> "tuple[ServiceModel, Mapping[str, str]]":
    """Return the description of Cardwright's own operations, and the operations by their methods. Read once."""
    import botocore.loaders
    import botocore.model
    from botocore import xform_name

    loader = botocore.loaders.Loader(extra_search_paths=[str(DATA)])
    model = botocore.model.ServiceModel(loader.load_service_model("cardwright", "service-2"), "cardwright")
    return model, {xform_name(name): name for name in model.operation_names}


class _Methods:
    """The operations of a client's service model as methods."""

    def __init__(self, client: Any, names: Mapping[str, str]) -> None:
        self._client = client
        self._names = names
        self.meta = client.meta
        self.exceptions = client.exceptions

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = self._names.get(method)
        if operation is None:
            raise AttributeError(f"Cardwright has no operation {method}; it has {', '.join(self._names)}")

        def call(**members: Any) -> Any:
            from botocore.exceptions import ClientError
            from botocore.model import OperationNotFoundError

            try:
                return self._client._make_api_call(operation, members)
            except (ClientError, OperationNotFoundError) as error:  # moto raises the latter
                if isinstance(error, ClientError) and error.response["Error"].get("Code") != _UNKNOWN:
                    raise
                stated = error.response["Error"].get("Message") if isinstance(error, ClientError) else None
                raise NoSuchOperation(
                    f"{self.meta.endpoint_url} does not have {operation}: it is Cardwright's own operation, which"
                    " SageMaker and older servers do not have" + (f". The server's answer: {stated}" if stated else "")
                ) from error

        return call
