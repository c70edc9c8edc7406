"""A boto3 client for Cardwright's own operations, made from one for SageMaker's."""

from collections.abc import Callable, Mapping
from typing import Any

from cardwright.aws.model import DATA
from cardwright.core.errors import CardwrightError

_UNKNOWN = "UnknownOperationException"


class NoSuchOperation(CardwrightError):
    """The server is SageMaker itself, or a Cardwright of before the operation."""


def own_client(sagemaker_client: Any) -> Any:
    """A client for the operations of ``aws/data/cardwright`` that goes where a SageMaker client goes.

    It signs with the same keys, sends over the same connections and calls the same event handlers. Its methods are
    those that boto3 gives a service: ``record_training_job(**members)``. They raise :class:`NoSuchOperation` where no
    Cardwright answers, and otherwise what boto3's raise.

    ``boto3.client("cardwright")`` is the same thing for those who add ``aws/data`` to ``AWS_DATA_PATH``.
    """
    import botocore.client  # noqa: PLC0415 - costs what boto3 costs, and only these need it
    import botocore.loaders  # noqa: PLC0415
    import botocore.model  # noqa: PLC0415
    from botocore import xform_name  # noqa: PLC0415

    loader = botocore.loaders.Loader(extra_search_paths=[str(DATA)])
    model = botocore.model.ServiceModel(loader.load_service_model("cardwright", "service-2"), "cardwright")
    methods = {xform_name(name): name for name in model.operation_names}
    # botocore makes clients from the names of services, inside a session that a client does not know. But two clients
    # of one endpoint differ in their service model alone.
    meta = sagemaker_client.meta
    client: Any = object.__new__(botocore.client.BaseClient)
    vars(client).update(vars(sagemaker_client), _exceptions=None)
    client.meta = botocore.client.ClientMeta(
        meta.events, meta.config, meta.endpoint_url, model, methods, meta.partition
    )
    return _Methods(client, methods)


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
            from botocore.exceptions import ClientError  # noqa: PLC0415
            from botocore.model import OperationNotFoundError  # noqa: PLC0415

            try:
                return self._client._make_api_call(operation, members)
            except (ClientError, OperationNotFoundError) as error:  # the latter from a stand-in within the process
                if isinstance(error, ClientError) and error.response["Error"].get("Code") != _UNKNOWN:
                    raise
                stated = error.response["Error"].get("Message") if isinstance(error, ClientError) else None
                raise NoSuchOperation(
                    f"{self.meta.endpoint_url} does not know {operation}: it is an operation of Cardwright's own, which"
                    " SageMaker and older servers do not have" + (f". The server's answer: {stated}" if stated else "")
                ) from error

        return call
