"""A boto3 client for Cardwright's own operations, made from one for SageMaker's."""

import copy
from pathlib import Path
from typing import Any

from cardwright.aws.model import DATA


def own_client(sagemaker_client: Any) -> Any:
    """A client for the operations of ``aws/data/cardwright`` that goes where a SageMaker client goes.

    It signs with the same keys, sends over the same connections and calls the same event handlers. Its methods are
    those that boto3 gives a service: ``record_training_job(**members)``. A server that is not Cardwright answers
    ``UnknownOperationException``.

    ``boto3.client("cardwright")`` is the same thing for those who add ``aws/data`` to ``AWS_DATA_PATH``.
    """
    import botocore.loaders  # noqa: PLC0415 - costs what boto3 costs, and only these need it
    import botocore.model  # noqa: PLC0415

    loader = botocore.loaders.Loader(extra_search_paths=[str(Path(str(DATA)))])
    model = botocore.model.ServiceModel(loader.load_service_model("cardwright", "service-2"), "cardwright")
    # botocore makes clients from names only, in a session; what sets two clients of one endpoint apart is the model.
    client = copy.copy(sagemaker_client)
    client._service_model = model
    return _Methods(client, model)


class _Methods:
    """The operations of a service model as methods."""

    def __init__(self, client: Any, model: Any) -> None:
        self._client = client
        self.meta = client.meta
        self._names = {_snake_case(name): name for name in model.operation_names}

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_") or method not in self._names:
            raise AttributeError(f"Cardwright has no operation {method}; it has {', '.join(sorted(self._names))}")

        def call(**members: Any) -> Any:
            return self._client._make_api_call(self._names[method], members)

        return call


def _snake_case(name: str) -> str:
    from botocore import xform_name  # noqa: PLC0415

    return str(xform_name(name))
