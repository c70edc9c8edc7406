"""Reads models and runs from an MLflow store without a server: a folder ``mlruns`` or an SQLite database.

The documents have the form of the answers of MLflow's REST interface, so that one reader
(:mod:`cardwright.interchange.mlflow`) reads servers and stores.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from cardwright.client.mlflow_address import ModelAddress, logged_model_id
from cardwright.client.mlflow_records import Point, Record, StoredModel, StoredRun

_MOST_CURVES = 200
_LONGEST_HISTORY = 20_000  # points


class Records(Protocol):
    """What both kinds of stores return. ``where`` names the store in messages."""

    where: str

    def model_names(self) -> list[str]: ...
    def model(self, name: str) -> StoredModel | None: ...
    def versions(self, name: str) -> list[Record]: ...
    def run_ids(self) -> list[str]: ...
    def run(self, run_id: str) -> StoredRun | None: ...
    def logged_model(self, model_id: str) -> Record | None: ...


class MlflowStore:
    """A store of MLflow. Its methods are those of ``MlflowServer``."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def model_document(self, model: str) -> Record:
        """Read a version of a registered model, with its model, run and logged model.

        Args:
            model: ``name/3``, ``name@alias``, or ``name`` for the newest version; also after ``models:/``.

        Raises:
            ValueError: the words name no version, or the store has no such model.
            CardwrightError: a file of the store cannot be read.
        """
        address = ModelAddress.read(model)
        found = self._records.model(address.name)
        if found is None:
            raise ValueError(f"{self._records.where} has no registered model {address.name!r}")
        version = self._version(address, found.aliases)
        aliases = [{"alias": alias, "version": number} for alias, number in found.aliases.items()]
        document: Record = {"registered_model": found.members | {"aliases": aliases}, "model_version": version}
        run_id = version.get("run_id")
        if run_id and (run := self._records.run(str(run_id))) is not None:
            document |= _run_document(run)
        model_id = version.get("model_id") or logged_model_id(version, {})
        if model_id and (logged := self._records.logged_model(str(model_id))) is not None:
            document |= {"logged_model": logged}
        return document

    def run_document(self, run_id: str) -> Record:
        """Read a run with the histories of its metrics.

        Raises:
            ValueError: the store has no such run.
            CardwrightError: a file of the store cannot be read.
        """
        run = self._records.run(run_id)
        if run is None:
            raise ValueError(f"{self._records.where} has no run {run_id!r}")
        return _run_document(run)

    def documents(self) -> list[tuple[str, Callable[[], Record]]]:
        """Return names and readers of the documents that become cards.

        These are the newest versions of the registered models. A store without one has the runs that were not deleted.
        """
        models = [name for name in self._records.model_names() if self._records.versions(name)]
        if models:
            return [(name, partial(self.model_document, name)) for name in models]
        return [(run_id, partial(self.run_document, run_id)) for run_id in self._records.run_ids()]

    def _version(self, address: ModelAddress, aliases: Mapping[str, str]) -> Record:
        wanted = address.version
        if address.alias is not None:
            wanted = aliases.get(address.alias)
            if wanted is None:
                raise ValueError(f"The model {address.name!r} in {self._records.where} has no alias {address.alias!r}")
        versions = {str(one["version"]): one for one in self._records.versions(address.name)}
        if wanted is None and versions:
            wanted = max(versions, key=int)
        if wanted is None or wanted not in versions:
            missing = "no version" if wanted is None else f"no version {wanted}"
            raise ValueError(f"The model {address.name!r} in {self._records.where} has {missing}")
        return versions[wanted]


def _run_document(run: StoredRun) -> Record:
    newest = {key: max(points, key=_rank) for key, points in run.metrics.items() if points}
    stepped = [key for key, points in run.metrics.items() if len({one["step"] for one in points}) > 1][:_MOST_CURVES]
    history = {key: [{"key": key, **one} for one in run.metrics[key][:_LONGEST_HISTORY]] for key in stepped}
    data = {
        "metrics": [{"key": key, **point} for key, point in newest.items()],
        "params": [{"key": key, "value": value} for key, value in run.params.items()],
        "tags": [{"key": key, "value": value} for key, value in run.tags.items()],
    }
    document: Record = {"info": run.info, "data": data}
    if run.datasets:
        document["inputs"] = {"dataset_inputs": run.datasets}
    return {"run": document} | ({"metric_history": history} if history else {})


def _rank(point: Point) -> tuple[int, int]:
    return point["step"], point["timestamp"]
